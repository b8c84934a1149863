"""Quantities as people write them about code: 30 s, half a minute, v2, at most five, Go 1.22 or newer."""

from __future__ import annotations

from typing import NamedTuple

from mnemo import text

# A noun may be called time or size, so these names are no words.
SECOND, PERIOD, BYTE, PERCENT = "#time", "#period", "#size", "#percent"
_TIME = {
    1e-9: "ns nanosecond nanoseconds", 1e-6: "us µs microsecond microseconds",
    0.001: "ms millisecond milliseconds", 1: "s sec secs second seconds", 60: "min mins minute minutes",
    3600: "h hour hours", 86400: "d day days", 604800: "week weeks", 2592000: "month months",
    31536000: "year years",
}  # fmt: skip
# A kB is taken for a KiB: people write one and mean the other.
_SIZE = {
    1: "byte bytes", 2**10: "kb kib k kilobytes", 2**20: "mb mib megabytes megabyte",
    2**30: "gb gib gigabytes", 2**40: "tb tib terabytes",
}  # fmt: skip
UNITS: dict[str, tuple[str, float]] = {
    **{name: (SECOND, size) for size, names in _TIME.items() for name in names.split()},
    **{name: (BYTE, size) for size, names in _SIZE.items() for name in names.split()},
    **dict.fromkeys(("%", "percent"), (PERCENT, 1.0)),
}
PERIODS = {
    "hourly": 3600,
    "daily": 86400,
    "nightly": 86400,
    "weekly": 604800,
    "monthly": 2592000,
}
_WORDS = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen".split()
)
NUMBERS = {
    **{word: float(value) for value, word in enumerate(_WORDS)},
    "twenty": 20.0, "thirty": 30.0, "forty": 40.0, "fifty": 50.0, "sixty": 60.0, "ninety": 90.0,
    "hundred": 100.0, "thousand": 1000.0, "twice": 2.0,
}  # fmt: skip
_BOUNDS = {
    **dict.fromkeys("atmost max maximum within under below fewer less".split(), "most"),
    **dict.fromkeys("atleast min minimum above over more newer later older".split(), "least"),
    **dict.fromkeys("about around roughly approximately nearly almost".split(), "about"),
}
_ENDS = frozenset("max maximum min minimum".split())
# Other words begin no quantity.
_DIGITS = "0123456789"
_BEGINNINGS = frozenset((*PERIODS, *NUMBERS, "half", "a", "an", "every", "per"))
_BEFORE_ONE_UNIT = frozenset("for every once after within in than least most atmost atleast each".split())
_BEFORE_A_YEAR = frozenset("in since before after until from by".split())
_REPEATING = frozenset(("every", "each", "once"))
_LINKS = frozenset("and to".split())
LONGEST_SAID = 40  # characters
ROUGHLY = 0.25  # "about 4" may be anything this share away from 4


class Quantity(NamedTuple):
    """A number and what it counts.

    Args:
        low, high: the bounds, equal where it is one number; seconds, bytes, or parts of a version.
        bound: exact, most, least, about or range.
        of: what is measured: a time, period, size or percentage, the counted noun, or the word it numbers;
            empty for neither.
        said: as it was written.
    """

    low: tuple[float, ...]
    high: tuple[float, ...]
    bound: str
    of: str
    said: str


def disagree(one: Quantity, other: Quantity) -> bool:
    """Tell whether two quantities of the same thing cannot both hold."""
    if one.of != other.of:
        return False
    bounds = {one.bound, other.bound}
    if one.bound == other.bound and one.bound != "range":
        return one.low != other.low and not (one.bound == "about" and _near(one, other))
    if "about" in bounds:
        return not _near(one, other)
    if bounds == {"most", "least"}:
        most, least = (one, other) if one.bound == "most" else (other, one)
        return least.low > most.high
    return not _meet(one, other)


def _meet(one: Quantity, other: Quantity) -> bool:
    low_one, high_one = _reach(one)
    low_other, high_other = _reach(other)
    return low_one <= high_other and low_other <= high_one


def _reach(one: Quantity) -> tuple[tuple[float, ...], tuple[float, ...]]:
    low = (-1.0,) if one.bound == "most" else one.low
    return low, (float("inf"),) if one.bound == "least" else one.high


def _near(one: Quantity, other: Quantity) -> bool:
    return abs(one.low[0] - other.low[0]) <= ROUGHLY * max(one.low[0], other.low[0])


class Reader:
    """Reads the quantities of one clause and remembers which tokens they took.

    Args:
        tokens: of the clause, lower case.
    """

    def __init__(self, tokens: list[str]) -> None:
        self._tokens = tokens
        self.taken: set[int] = set()
        self.found: list[Quantity] = []
        at = 0
        while at < len(tokens):
            token = tokens[at]
            begins = token in _BEGINNINGS or token[0] in _DIGITS or token[-1] in _DIGITS
            at = max(self._read(at), at + 1) if begins else at + 1

    def _token(self, at: int) -> str:
        return self._tokens[at] if 0 <= at < len(self._tokens) else ""

    def _read(self, at: int) -> int:
        """Read a quantity that begins here, if one does; return where to go on."""
        token = self._token(at)
        if token in PERIODS:
            # "The daily digest" is a name.
            named = self._token(at - 1) in ("the", "a") and is_noun(self._token(at + 1))
            return at + 1 if named else self._add(at, at, at, PERIOD, (float(PERIODS[token]),))
        if (
            token == "half"
            and self._token(at + 1) in ("a", "an")
            and (half := UNITS.get(self._token(at + 2)))
        ):
            return self._add(at, at, at + 2, half[0], (half[1] / 2,))
        unit = UNITS.get(self._token(at + 1))
        if token in ("a", "an", "every", "per") and unit and unit[0] == SECOND:
            alone = token == "every" or (token != "per" and self._token(at - 1) in _BEFORE_ONE_UNIT)
            of = PERIOD if token == "every" or self._token(at - 1) in _REPEATING else SECOND
            return self._add(at, at, at + 1, of, (unit[1],)) if alone else at + 2
        values = _values(token)
        if values is None:
            return self._read_label(at)
        if (
            at == 1
            and is_noun(self._token(0))
            and is_noun(self._token(2))
            and not _unit(token, self._token(2))
        ):
            # "Migration 12 adds …" names its subject by a number; nothing is counted.
            return at + 1
        if _is_year(token) and self._token(at - 1) in _BEFORE_A_YEAR:
            return at + 1
        last, high = at, values
        ranging = self._token(at - 1) in ("between", "from") or self._token(at + 1) == "to"
        more = _values(self._token(at + 2)) if ranging and self._token(at + 1) in _LINKS else None
        if more is not None:
            last, high = at + 2, more
        return self._read_measured(at, last, values, high)

    def _read_measured(self, at: int, last: int, low: tuple[float, ...], high: tuple[float, ...]) -> int:
        after = self._token(last + 1)
        if unit := _unit(self._token(last), after):
            scaled = [(_decimal(self._token(place)) * unit[1],) for place in (at, last)]
            end = last if self._token(last)[-1].isalpha() and self._token(last) not in NUMBERS else last + 1
            of = PERIOD if unit[0] == SECOND and self._token(at - 1) in _REPEATING else unit[0]
            return self._add(at, last, end, of, scaled[0], scaled[1])
        if is_noun(after):
            return self._add(at, last, last, text.stem(after), low, high)
        before = self._token(at - 1)
        if is_noun(before):
            return self._add(at, last, last, text.stem(before), low, high)
        return self._add(at, last, last, "", low, high)

    def _read_label(self, at: int) -> int:
        """Read a version or size that is part of a word, such as v2 or ES2017."""
        token = self._token(at)
        name = token.rstrip("0123456789.")
        number = token[len(name) :].strip(".")
        if not number or not name.isalpha() or (len(name) < 2 and name != "v"):
            return at + 1
        return self._add(at, at, at, name, tuple(float(part) for part in number.split(".") if part))

    def _add(
        self,
        first: int,
        last: int,
        end: int,
        of: str,
        low: tuple[float, ...],
        high: tuple[float, ...] | None = None,
    ) -> int:
        high = high or low
        bound = "range" if high != low else self._bound(first, end)
        said = " ".join(self._tokens[first : end + 1])[:LONGEST_SAID]
        self.found.append(Quantity(min(low, high), max(low, high), bound, of, said))
        self.taken.update(range(first, end + 1))
        return end + 1

    def _bound(self, first: int, end: int) -> str:
        near = [*reversed(self._tokens[max(0, first - 3) : first]), *self._tokens[end + 1 : end + 5]]
        # "The minimum of the pool is 3" says so from afar.
        near += [token for token in self._tokens[:first] if token in _ENDS]
        return next((_BOUNDS[token] for token in near if token in _BOUNDS), "exact")


def _values(token: str) -> tuple[float, ...] | None:
    """Return the parts of a number, None when the token is none."""
    if token in NUMBERS:
        return (NUMBERS[token],)
    if token[:1] not in tuple("0123456789"):
        return None
    return tuple(float(part[:15]) for part in _digits(token).split(".") if part.isdecimal())[:4] or None


def _unit(number: str, after: str) -> tuple[str, float] | None:
    """Return the unit of a number, whether written to it or behind it."""
    suffix = "" if number in NUMBERS else number.lstrip("0123456789.,:")
    return UNITS.get(suffix or after)


def _is_year(token: str) -> bool:
    return len(token) == 4 and token.isdigit() and token[:2] in ("19", "20")


def _decimal(token: str) -> float:
    """Return a number that is one, such as 0.05."""
    whole, _, rest = _digits(token).partition(".")
    return NUMBERS[token] if token in NUMBERS else float(f"{whole[:15]}.{rest.replace('.', '')[:15]}")


def _digits(token: str) -> str:
    return token.rstrip("%abcdefghijklmnopqrstuvwxyzµ").replace(",", "").replace(":", ".")


def is_noun(token: str) -> bool:
    """Tell whether a token may be what is counted: a word that is no number, bound or filler."""
    known = token in text.STOP_WORDS or token in NUMBERS or token in _BOUNDS or token in _NO_NOUNS
    return bool(token) and token[0].isalpha() and not known


_NO_NOUNS = frozenset(
    "must need needs may might shall per by get gets old long wide instead pinned set".split()
)
