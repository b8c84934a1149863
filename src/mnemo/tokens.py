"""How many tokens a text costs a model, estimated without the vocabulary, which is 1.7 MB.

A text is cut as cl100k cuts it before it looks anything up: words with one character before them, up to three
digits, runs of punctuation, white space. Each piece then costs what such a piece cost on average in English
prose, documents and code; a word by how often a token ends between each two of its letters.
"""

from __future__ import annotations

from functools import lru_cache
from itertools import pairwise
from math import ceil

from mnemo.light import expression

# Lifts the mean above the truth: of texts of 200 characters, 1 in 100 or fewer is estimated over 3 % too low.
_MARGIN = 1.06

# Pieces are bounded so that what is cached stays small, whatever comes in.
_PIECE = expression(
    r"'(?:[sdmtSDMT]|ll|ve|re)"
    r"|(?:[^\w\r\n]|_)?[^\W\d_]{1,60}"
    r"|\d{1,3}"
    r"| ?(?:[^\w\s]|_){1,80}[\r\n]{0,8}"
    r"|\s{0,80}[\r\n]{1,8}|\s{1,80}(?!\S)|\s"
)
_PART = expression(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")
_REPEATED = expression(r"(.)\1\1+")

# How often a token ends between two letters, in tenths: a row for the first letter, a column for the second.
_ENDS = """
    73228217325100729010304504 46671880608019149321259749 26160893090259196230099918
    24810649228348129447359807 26123234498320470013633037 27742206099204049267299825
    09791912499013096133149978 10960999396532055270089549 20100304993001002120929290
    55970999392949259643294999 09831619698670460947293999 03021250296172119421038419
    14721639297605028938399947 33001519273110379331133959 03437055454220001043040558
    09964990385025001150009959 66975999499059995995099999 36431540292522099254351706
    29130034082330007011350529 07240600199418119132192309 01040309249003409231799099
    29990918179993099689975959 07951991278390099028991599 19095991399929909992999309
    68993957299511229630990537 35951449699994999998692474
""".split()
_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_BREAKS = {
    first + second: int(tenths) / 10
    for first, row in zip(_LETTERS, _ENDS, strict=True)
    for second, tenths in zip(_LETTERS, row, strict=True)
}
# What a word costs before its letters, by the character it starts with.
_LEADS = {" ": 0.2} | dict.fromkeys("_.\t", 0.5) | dict.fromkeys("(<#@", 0.8) | dict.fromkeys("/-\"'", 1.0)

# Our own name stands in much of what is told and written here, and its letters look like a common word's.
_OWN_NAME, _OWN_COST = "mnemo", 1.8

# Tokens of a character beyond ASCII: (first code point of a range, tokens).
_RANGES = (
    *((0x80, 1.2), (0x370, 1.0), (0x400, 0.45), (0x530, 1.3), (0x600, 0.9), (0x700, 2.0), (0x2000, 1.2)),
    *((0x2070, 1.7), (0x2E00, 1.03), (0xAC00, 1.13), (0xD7B0, 1.3), (0x10000, 3.0)),
)  # fmt: skip
_STARTS = [start for start, _ in _RANGES]


def estimate(text: str) -> int:
    """Return about how many tokens of cl100k a text has.

    Measured on 6,000 texts of 200 to 2,500 characters: mean error 7 % on English and 9 % on code, nearly
    always upwards; 1.1 % are over 3 % too low, 0.3 % over a quarter too high.

    Args:
        text: anything, of any length.
    """
    return ceil(_MARGIN * sum(map(_cost, _PIECE.findall(text))))


@lru_cache(maxsize=4096)
def _cost(piece: str) -> float:
    if not piece.isascii():
        return _foreign_cost(piece)
    core = piece.strip()
    if not core:
        return max(1, len(piece) / 40)
    if core[-1].isalpha():
        return _word_cost(piece)
    return 1 if core.isdigit() else _punctuation_cost(piece, core)


def _word_cost(piece: str) -> float:
    bare = piece[0].isalpha()
    first, *others = _PART.findall(piece if bare else piece[1:])
    cost = max(1, _part_cost(first) + (0.5 if bare else _LEADS.get(piece[0], 1.45)))
    for part in others:
        # A part of one or two letters is rather random text than a word.
        cost += max(0.5, _part_cost(part) + (0.35 if len(part) > 2 else 1.0))
    return cost


def _part_cost(part: str) -> float:
    """Return what one part of a camelCase word costs beyond its lead."""
    if part == _OWN_NAME:
        return _OWN_COST
    if part.isupper():
        return 0.12 * (len(part) - 1) + (0.63 if len(part) > 1 else 0)
    start = 0.2 if part[0].isupper() else 0
    return start + sum(_BREAKS[first + second] for first, second in pairwise(part.lower()))


def _punctuation_cost(piece: str, core: str) -> float:
    """Different characters in a row seldom share a token; equal ones do, but then little else joins them."""
    changes = sum(first != second for first, second in pairwise(core))
    repeated = len(_REPEATED.findall(core))
    cost = 0.45 + 0.44 * changes + 0.5 * repeated + len(core) / 40
    if changes and piece[0] == " ":
        cost += 0.2
    if repeated and piece[-1] in "\r\n":
        cost += 0.6
    return max(1, cost) if core.isprintable() else len(piece)


def _foreign_cost(piece: str) -> float:
    from bisect import bisect_right  # most texts do without it

    cost = 0.0
    for letter in piece:
        at = bisect_right(_STARTS, ord(letter))
        cost += _RANGES[at - 1][1] if at else 0.3
    return max(1, cost)
