"""Secrets that are assigned to a name: which names say so, what stands between, and what is no secret."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from operator import ne

from mnemo.light import expression
from mnemo.secret_shapes import REFERENCE, lowered, mark

# Names that say that a secret follows. More letters behind one (token_type, passwords) make it doubtful.
_NAME_HINTS = ("pass", "pwd", "secret", "token", "credential", "auth", "key")
# Matched against lowered text: a pattern without regard to case takes six times as long.
_OWNERS = "api access account admin client encryption master private secret service shared signing".split()
_NAME = expression(
    rf"(?a)(?P<word>{'|'.join(owner + '[ _.-]?key' for owner in _OWNERS)}|pass(?:word|wd|phrase|code)"
    r"|pass(?<![a-z]pass)(?![a-z])|pwd|secret|token|credential|auth(?<![a-z]auth))(?P<rest>\w{0,30})"
)
_ASSIGNED_KINDS = ("key", "secret", "token", "credential", "auth")
# What may follow a name without making it doubtful, as in SECRET_KEY_BASE.
_SAME = expression(
    r"(?ai)(?:[_\d]|access|key|token|secret|password|value|base|prod|production|staging|dev|test)*\Z"
)
_ASSIGNS = expression(r"""(?ax)
    \\{0,3} ["'`]? \]?                                            # closes a quoted name
    (?: \s{0,2} : \s{0,2} [A-Za-z_] [\w.\[\], |]{0,30} = (?!=) \s{0,2}   # a type before the sign
      | \s{0,4} (?: ={1,3}>? | :(?!:)=? ) \s{0,4}
      | \s{1,2} (?:is|was) [:\s] \s{0,2}
      | \( (?=["'])
      | >
    )
    (?: [bBrRfFuU]{1,2} (?=["']) )?
""")
# A secret may also just follow, as behind a flag; then it is told by its looks.
_STANDS_BEFORE = expression(r"(?a)(?:-[a-z]{1,16}){0,3}[ =]")
_QUOTED = expression(r"(?a)(?P<quote>\\{0,3}[\"'`])(?P<value>(?:(?!(?P=quote))(?:\\.|[^\\\n]))+)")
# A separator ends a bare value where what follows looks like the next thing.
_BARE = expression(r"""(?ax)
    (?P<value> (?: [^\s"'`\\,;&|()\[\]{}<>]
                 | \\ (?![nrt"'])
                 | [,;&|()\[\]{}] (?! \s | \Z | ["'`,;)}\]] | \w{1,20} \s? [=:] ) ){4,} )
""")
# In an environment file a value ends with its word.
_WHOLE = expression(r"(?a)(?P<value>[^\s\"'`]{4,})")
# So many characters tell whether a value is a secret.
_ENOUGH = 64

# A value that is a word for a secret, a type, a place or a date.
_NO_SECRET = expression(r"""(?ax)
    (?i: none | null | nil | true | false | undefined | str | string | text | bytes | bool | int | any
       | object | required | optional | hidden | example | changeme | placeholder | your.* | [x.*]+ ) \Z
    | [a-z][a-z\d+.-]* :// | \d{4}-\d\d-\d\d | [),;\]}^(\[\\]
""")
# Letters that no word has beside each other, or that change case as no camelCase name does.
_UNSPEAKABLE = expression(r"(?a)[b-df-hj-np-tv-xzB-DF-HJ-NP-TV-XZ]{5}|(?:[A-Z][a-z]{0,2}(?![a-z])){3}")
_PATH = expression(r"(?a)~?\.{0,2}/")
_CALL = expression(r"(?a)[A-Za-z_][\w.]*[(\[{]")
_ATTRIBUTE = expression(r"(?a)(?:[A-Za-z_]\w*\.)+[A-Za-z_]\w*\Z")


def without_assigned(text: str) -> str:
    """Return a text with a mark in the place of each secret that is assigned to a name in it.

    Args:
        text: anything, of any length.
    """
    kept: list[str] = []
    position = 0
    for name in _iter_names(text):
        span = _find_assigned(text, name) if name.start() >= position else None
        if span:
            kept += (text[position : span[0]], mark(_kind_of(name)))
            position = span[1]
    return "".join(kept) + text[position:]


def find_kind(name: str, value: str) -> str | None:
    """Return the kind of secret that a value is under a name, None where it is none.

    Args:
        name: the whole of it, such as a key of a record.
        value: a text.
    """
    for found in _iter_names(name):
        if found.end() == len(name) and _is_secret(value, found, is_whole=True):
            return _kind_of(found)
    return None


def _find_assigned(text: str, name: re.Match[str]) -> tuple[int, int] | None:
    """Find where the secret starts and ends that is assigned to a name."""
    sign = _ASSIGNS.match(text, name.end())
    if sign:
        is_clear = True
    else:
        sign = _STANDS_BEFORE.match(text, name.end())
        if not sign:
            return None
        is_clear = sign[0] == " " and _is_flag(text, name.start())
    pattern = _WHOLE if sign[0] == "=" and text[slice(*name.span())].isupper() else _BARE
    if _QUOTED.match(text, sign.end(), sign.end() + _ENOUGH):
        pattern = _QUOTED
    # Only a secret is read to its end, and then never again: that keeps the time in proportion.
    value = pattern.match(text, sign.end(), sign.end() + _ENOUGH)
    is_bare = pattern is _BARE
    if not value or not _is_assigned_secret(value["value"], name, is_bare=is_bare, is_clear=is_clear):
        return None
    start, end = (pattern.match(text, sign.end()) or value).span("value")
    return start, start + len(text[start:end].rstrip(".,:;!?)")) if is_bare else end


def _is_assigned_secret(value: str, name: re.Match[str], *, is_bare: bool, is_clear: bool) -> bool:
    # In this order most text is let go before an expression has to be compiled.
    speaks = (is_clear or _looks_random(value)) and not (is_bare and _looks_like_code(value))
    return speaks and _is_secret(value, name, is_whole=not is_bare)


def _looks_like_code(value: str) -> bool:
    is_attribute = _ATTRIBUTE.match(value) and not _looks_random(value)
    return bool(is_attribute or _CALL.match(value))


def _is_flag(text: str, start: int) -> bool:
    return text[max(0, start - 40) : start].rpartition(" ")[2].startswith("--")


def _kind_of(name: re.Match[str]) -> str:
    return next((kind for kind in _ASSIGNED_KINDS if kind in name["word"]), "password")


def _is_secret(value: str, name: re.Match[str], *, is_whole: bool) -> bool:
    """Tell whether a value assigned to such a name is a secret rather than a word for one, or code."""
    if len(value) < 4 or REFERENCE.match(value) or _NO_SECRET.match(value):
        return False
    if _looks_random(value):
        return True
    has_digit = any(map(str.isdigit, value))
    says_so = not has_digit and any(_iter_names(value))
    if says_so or _PATH.match(value) or not _SAME.match(name["rest"]):
        return False
    if " " in value:
        return is_whole and (has_digit or name["word"] == "passphrase")
    if _UNSPEAKABLE.search(value):
        return True
    if _kind_of(name) in ("token", "credential", "auth"):
        is_mixed = value not in (value.lower(), value.upper())
        return has_digit and len(value) > 9 and (is_whole or is_mixed)
    return is_whole or (has_digit and len(value) > 5)


def _looks_random(value: str) -> bool:
    """Tell whether kinds of characters alternate as they seldom do in words and names."""
    kinds = value.encode("ascii", "replace").translate(_character_kinds()).replace(b"-", b"")
    changes = sum(map(ne, kinds, kinds[1:])) - kinds.count(b"Aa")
    least = 0.15 if b"0" in kinds or b"!" in kinds else 0.25
    return len(kinds) >= 8 and changes >= max(3, least * len(kinds)) and " " not in value


def _iter_names(text: str) -> Iterator[re.Match[str]]:
    """Yield the names in a text that say that a secret follows, in lower case."""
    lower = lowered(text)
    may_name = any(map(lower.__contains__, _NAME_HINTS))
    return _NAME.finditer(lower) if may_name else iter(())


@lru_cache(maxsize=1)
def _character_kinds() -> bytes:
    """Return the table from a character to its kind: A, a, 0, ! and for the rest, which parts words, -."""
    table = bytearray(b"-" * 256)
    table[ord("A") : ord("Z") + 1] = b"A" * 26
    table[ord("a") : ord("z") + 1] = b"a" * 26
    table[ord("0") : ord("9") + 1] = b"0" * 10
    for sign in b"!#$%&*+=@^~":
        table[sign] = ord("!")
    return bytes(table)
