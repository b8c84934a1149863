"""Passages: some lines of a file, remembered by hashes alone, and found again when they moved or changed.

Only what a line says counts: blank lines, indentation and line ends do not.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from mnemo.errors import Invalid
from mnemo.ids import digest
from mnemo.light import Any, NamedTuple, expression
from mnemo.repo.recent import Recent

HASH_LENGTH = 16
LINE_HASH_LENGTH = 8

# Lines with their hashes weigh their text and about 250 bytes each.
KEPT_BYTES = 16_000_000
LINE_BYTES = 250

# Most places looked at more closely when a passage is no longer there as it was.
MOST_CANDIDATES = 64
MOST_SHIFTS = 8
SHORT = 2  # lines
WORD_HASH_LENGTH = 4
MOST_WORDS = 100

_WORD = expression(r"\w+")

SpanOf = Callable[[str], "tuple[int, int] | None"]


class Lines(NamedTuple):
    """The lines of a text that say something.

    Args:
        numbers: their line numbers, from 1.
        texts: what they say, stripped.
        hashes: the short hash of each.
        joined: the hashes, one after the other.
    """

    numbers: Sequence[int]
    texts: Sequence[str]
    hashes: Sequence[str]
    joined: str

    def within(self, first: int, last: int) -> Lines:
        """Return those with line numbers from first to last."""
        inside = [place for place, number in enumerate(self.numbers) if first <= number <= last]
        cut = slice(inside[0], inside[-1] + 1) if inside else slice(0, 0)
        return _lined(self.numbers[cut], self.texts[cut], self.hashes[cut])


class Passage(NamedTuple):
    """What is remembered of a passage: hashes, never its text.

    Args:
        hash: 16 digits of the sha-256 over its lines.
        lines: the short hashes of its lines, one after the other.
        rare: which of its lines stood nowhere else: a hexadecimal number, its lowest bit the first line.
        before: short hash of the line above, "" at the start.
        after: short hash of the line below, "" at the end.
        line: number of its first line.
        copies: how often the passage stood in the file, 0 when it did not.
        symbol: the definition it stood in, when it stood in the file more than once.
        words: of a passage of one or two lines the short hashes of its words, one after the other.
    """

    hash: str
    lines: str
    rare: str = "0"
    before: str = ""
    after: str = ""
    line: int = 0
    copies: int = 0
    symbol: str = ""
    words: str = ""


class Match(NamedTuple):
    """Where a passage is now.

    Args:
        first: its first line.
        last: its last line.
        changed: how many of its lines are not there any more.
        whole: whether it is as it was.
    """

    first: int
    last: int
    changed: int = 0
    whole: bool = True


_lines: Recent[Lines] = Recent(KEPT_BYTES, lambda text: (text,))


def read_lines(text: str) -> Lines:
    """Return the lines of a text that say something."""
    kept = _lines.find(text)
    if kept is not None:
        return kept
    weight = 2 * len(text) + LINE_BYTES * text.count("\n")
    return _lines.once(text, weight, lambda: _split(text))


def hash_lines(texts: Iterable[str]) -> str:
    """Return a passage's hash: 16 digits of the sha-256 over its stripped lines, joined by `\\n`."""
    return digest("\n".join(texts).encode("utf-8", "replace"))[:HASH_LENGTH]


def describe(
    text: str, within: tuple[int, int], symbol: str = "", scope: tuple[int, int] | None = None
) -> Passage:
    """Return what to remember of some lines of a file.

    Args:
        text: the file.
        within: first and last line of the passage.
        symbol: the definition that encloses it, used when it is not unique.
        scope: first and last line of that definition.
    """
    whole = read_lines(text)
    passage = bare(whole.within(*within).texts)
    copies = len(_occurrences(passage, whole))
    if copies < 2 or not scope:
        symbol, scope = "", None
    lines = whole.within(*scope) if scope else whole
    start = next((place for place, number in enumerate(lines.numbers) if number >= within[0]), 0)
    return _placed(passage, lines, start)._replace(copies=copies, symbol=symbol)


def bare(texts: Sequence[str]) -> Passage:
    """Return what to remember of lines wherever they may stand."""
    words = _hash_words(texts) if len(texts) <= SHORT else ""
    return Passage(hash_lines(texts), "".join(map(_hash_line, texts)), words=words)


def find(passage: Passage, text: str, span_of: SpanOf) -> Match | None:
    """Return where a passage is now: as it was, or at least half of its lines in their order; else None.

    Args:
        passage: what is remembered.
        text: the file as it is.
        span_of: gives a definition's first and last line, None when there is none of that name.
    """
    lines, enough = read_lines(text), max(passage.copies, 1)
    span = span_of(passage.symbol) if passage.symbol else None
    if span:
        lines, enough = lines.within(*span), 1
    places = _occurrences(passage, lines)
    if len(places) >= enough:
        return _whole(passage, lines, places)
    if not passage.copies or (passage.symbol and not span):
        return None
    # A copy is gone; ours is still there if one stands between the same neighbours.
    places = [place for place in places if _between_neighbours(passage, lines, place)]
    return _whole(passage, lines, places) if places else _changed(passage, lines) or _reworded(passage, lines)


def as_pin(passage: Passage) -> dict[str, Any]:
    """Return a passage as an anchor keeps it: the fields that say something."""
    defaults = Passage._field_defaults
    return {name: value for name, value in passage._asdict().items() if value != defaults.get(name)}


def from_pin(pin: dict[str, Any] | None) -> Passage | None:
    """Return the passage that as_pin() wrote, None when nothing was pinned.

    Raises:
        Invalid: its fields are not what as_pin() writes.
    """
    if not pin or "hash" not in pin:
        return None
    get = pin.get
    whole, lines, rare = pin["hash"], get("lines", ""), get("rare", "0")
    before, after, symbol, words = get("before", ""), get("after", ""), get("symbol", ""), get("words", "")
    line, copies = get("line", 0), get("copies", 0)
    texts = (whole, lines, rare, before, after, symbol, words)
    if type(line) is not int or type(copies) is not int or not all(isinstance(text, str) for text in texts):
        raise Invalid("the pinned passage is damaged", "claim it again to pin it anew")
    passage = Passage(whole, lines, rare, before, after, line, copies, symbol, words)
    if not passage.lines or len(passage.lines) % LINE_HASH_LENGTH or not _is_hex(passage.rare):
        raise Invalid("the pinned passage is damaged", "claim it again to pin it anew")
    return passage


def count(passage: Passage) -> int:
    """Return how many lines a passage has."""
    return len(passage.lines) // LINE_HASH_LENGTH


def _split(text: str) -> Lines:
    stripped = [(number, line.strip()) for number, line in enumerate(text.split("\n"), 1)]
    kept = [(number, line) for number, line in stripped if line]
    texts = tuple(line for _, line in kept)
    return _lined(tuple(number for number, _ in kept), texts, tuple(map(_hash_line, texts)))


def _lined(numbers: Sequence[int], texts: Sequence[str], hashes: Sequence[str]) -> Lines:
    return Lines(numbers, texts, hashes, "".join(hashes))


def _hash_line(line: str) -> str:
    return digest(line.encode("utf-8", "replace"))[:LINE_HASH_LENGTH]


def _is_hex(text: str) -> bool:
    return bool(text) and set(text) <= set("0123456789abcdef")


def _hash_words(texts: Iterable[str]) -> str:
    words = [word for text in texts for word in _WORD.findall(text)]
    return "".join(digest(word.encode("utf-8", "replace"))[:WORD_HASH_LENGTH] for word in words[:MOST_WORDS])


def _hashes(passage: Passage) -> list[str]:
    return _pieces(passage.lines, LINE_HASH_LENGTH)


def _pieces(hashes: str, size: int) -> list[str]:
    return [hashes[at : at + size] for at in range(0, len(hashes), size)]


def _placed(passage: Passage, lines: Lines, start: int) -> Passage:
    """Return a passage with its neighbours and rare lines, as it stands at a place of these lines."""
    end = start + count(passage)
    seen: dict[str, int] = {}
    for line_hash in lines.hashes:
        seen[line_hash] = seen.get(line_hash, 0) + 1
    rare = sum(1 << place for place, line_hash in enumerate(_hashes(passage)) if seen.get(line_hash) == 1)
    return passage._replace(
        rare=f"{rare:x}",
        before=lines.hashes[start - 1] if start else "",
        after=lines.hashes[end] if end < len(lines.hashes) else "",
        line=lines.numbers[start] if lines.numbers else 0,
    )


def _occurrences(passage: Passage, lines: Lines) -> list[int]:
    """Return the places where a passage stands as it was."""
    joined, places, at = lines.joined, list[int](), -1
    while True:
        at = joined.find(passage.lines, at + 1)
        if at < 0:
            return places
        place, rest = divmod(at, LINE_HASH_LENGTH)
        if not rest and hash_lines(lines.texts[place : place + count(passage)]) == passage.hash:
            places.append(place)


def _whole(passage: Passage, lines: Lines, places: list[int]) -> Match:
    place = min(places, key=lambda place: abs(lines.numbers[place] - passage.line))
    return Match(lines.numbers[place], lines.numbers[place + count(passage) - 1])


def _between_neighbours(passage: Passage, lines: Lines, place: int) -> bool:
    end = place + count(passage)
    before = lines.hashes[place - 1] if place else ""
    after = lines.hashes[end] if end < len(lines.hashes) else ""
    return (before, after) == (passage.before, passage.after)


def _changed(passage: Passage, lines: Lines) -> Match | None:
    """Return the stretch that keeps most of a passage's lines in order, if it keeps at least half.

    A closing brace or `return None` stands everywhere, so lines found again count only where the passage is
    recognised: around a line that stood nowhere else, or between the lines that were its neighbours.
    """
    wanted = _hashes(passage)
    best: tuple[int, int, int] | None = None
    for start, end in (*_gaps(passage, lines), *_shifts(passage, lines)):
        kept, last = _kept(wanted, lines.hashes[start:end])
        if kept * 2 >= len(wanted) and (best is None or kept > best[0]):
            _, length = _kept(wanted[::-1], lines.hashes[start : start + last][::-1])
            best = (kept, start + last - length, start + last - 1)
    if best is None:
        return None
    kept, first, last = best
    # One copy of several, its neighbours changed: nothing in it did.
    whole = kept == len(wanted) == last - first + 1
    return Match(lines.numbers[first], lines.numbers[last], len(wanted) - kept, whole)


def _reworded(passage: Passage, lines: Lines) -> Match | None:
    """Return the line or two in a short passage's place that keep at least half of its words in their order.

    Of so few lines no half stays when a word changes, so their words tell whether it is the same statement.
    """
    wanted, size = _pieces(passage.words, WORD_HASH_LENGTH), count(passage)
    for start, end in _gaps(passage, lines) if wanted else ():
        found = _pieces(_hash_words(lines.texts[start:end]), WORD_HASH_LENGTH) if end - start <= size else []
        kept, _ = _kept(wanted, found)
        if kept * 2 >= max(len(wanted), len(found)):
            return Match(lines.numbers[start], lines.numbers[end - 1], size, whole=False)
    return None


def _gaps(passage: Passage, lines: Lines) -> list[tuple[int, int]]:
    """Return the stretches between lines like the passage's neighbours, those near its old line first."""
    longest = 2 * count(passage)
    starts = [place + 1 for place, line_hash in enumerate(lines.hashes) if line_hash == passage.before]
    starts += [] if passage.before else [0]
    starts = [start for start in starts if start < len(lines.numbers)]
    starts.sort(key=lambda start: abs(lines.numbers[start] - passage.line))
    gaps: list[tuple[int, int]] = []
    for start in starts[:MOST_CANDIDATES]:
        if not passage.after and len(lines.hashes) - start <= longest:
            gaps.append((start, len(lines.hashes)))
        reach = lines.hashes[start + 1 : start + longest + 1] if passage.after else ()
        gaps += [(start, start + 1 + place) for place, found in enumerate(reach) if found == passage.after]
    return gaps[:MOST_CANDIDATES]


def _shifts(passage: Passage, lines: Lines) -> list[tuple[int, int]]:
    """Return the stretches, twice the passage's length, in which its rare lines are found again."""
    size, rare = count(passage), int(passage.rare, 16)
    places: dict[str, list[int]] = {}
    for place, line_hash in enumerate(lines.hashes):
        places.setdefault(line_hash, []).append(place)
    votes: dict[int, int] = {}
    for offset, line_hash in enumerate(_hashes(passage)):
        for place in places.get(line_hash, ()) if rare >> offset & 1 else ():
            votes[place - offset] = votes.get(place - offset, 0) + 1
    shifts = sorted(votes, key=lambda shift: -votes[shift])[:MOST_SHIFTS]
    slack = (size + 1) // 2
    return [(max(shift - slack, 0), max(shift + size + slack, 0)) for shift in shifts]


def _kept(wanted: Sequence[str], found: Sequence[str]) -> tuple[int, int]:
    """Return how many wanted lines are found in order, and how many found lines that takes from the start.

    The longest common subsequence by bit operations, one row an integer (H. Hyyrö, "Bit-parallel LCS-length
    computation revisited", 2004): a zero bit stands for one more line in common.
    """
    masks: dict[str, int] = {}
    for place, line in enumerate(wanted):
        masks[line] = masks.get(line, 0) | 1 << place
    full = (1 << len(wanted)) - 1
    row, kept, length = full, 0, 0
    for place, line in enumerate(found, 1):
        common = row & masks.get(line, 0)
        row = ((row + common) | (row - common)) & full
        now = len(wanted) - row.bit_count()
        if now > kept:
            kept, length = now, place
    return kept, length
