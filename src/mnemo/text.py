"""Text as the index sees it: identifiers split, stop words dropped, English stemmed, Unicode folded.

Whatever is stored for search and whatever is asked goes through the same `words`, so that both sides are
alike. A word holds letters, marks, digits and underscores only: a tokenizer that splits at all other ASCII
characters, as SQLite's `ascii` does with `_` added, sees exactly these words.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from itertools import chain, groupby

from mnemo.light import expression

# To be raised whenever `words` answers differently: analysed text kept under another number is stale.
ANALYSIS = 2

STOP_WORDS = frozenset(
    """a about above after again all also am an and any are as at be because been before being below between
    both but by can could did do does doing down during each few for from further had has have having he her
    here hers him his how i if in into is it its itself just me more most my no nor not now of off on once
    only or other our ours out over own same she should so some such than that the their theirs them then
    there these they this those through to too under until up very was we were what when where which while
    who whom why will with would you your yours""".split()
)

# A longer run is data rather than language; its pieces are found all the same, and no index entry is huge.
_LONGEST = 100

_TOKEN = expression(rf"\w{{1,{_LONGEST}}}", re.ASCII)
# Of ASCII, what belongs to no token is a blank: splitting at those takes a quarter of looking for tokens.
_APART = bytes(code if chr(code).isalnum() or chr(code) == "_" else ord(" ") for code in range(128)).ljust(
    256
)
# HTTPServer2 is HTTP, Server, 2; userIDs is user, IDs.
_PART = expression(r"[A-Z]+s?(?![a-z])|[A-Z]?[a-z]+|[0-9]+")

# Vowel signs and tone marks belong to their word, though `\w` knows letters only.
_MARKS = "\u0483-\u0487\u0591-\u05bd\u0610-\u061a\u064b-\u065f\u0670\u0900-\u0963\u0980-\u0ebd\u102b-\u109d"

# Blocks written without spaces between words, each as its first code point and the one after its last:
# Thai and Lao, Burmese, Khmer, kana, Han, Hangul, Han beyond the basic plane.
_UNSPACED = (
    *(0x0E00, 0x0F00, 0x1000, 0x10A0, 0x1780, 0x1800, 0x3005, 0x3008, 0x3040, 0x3100),
    *(0x3400, 0x4DC0, 0x4E00, 0xA000, 0xAC00, 0xD7B0, 0x20000, 0x32400),
)  # fmt: skip


def words(text: str) -> list[str]:
    """Return the words of a text as they are indexed, in order, repeated where they repeat.

    An identifier gives its lower-cased whole and then its camelCase, snake_case and digit parts; a run of a
    script without spaces gives its pairs of neighbours. Stop words are dropped, English is stemmed.

    Args:
        text: anything, of any length.
    """
    return list(chain.from_iterable(map(_indexed, tokens(text))))


def surface(text: str) -> list[str]:
    """Return the words of a text unstemmed, of each identifier the parts only.

    Args:
        text: anything, of any length.
    """
    return [part for token in tokens(text) for part in split(token)[1]]


def analysed(text: str) -> str:
    """Return the words of a text as one line, to be stored for search.

    Args:
        text: anything, of any length.
    """
    return " ".join(words(text))


def tokens(text: str) -> list[str]:
    """Return the runs of letters, digits and underscores of a text in their case, overlong ones in pieces."""
    if text.isascii():
        found = text.encode().translate(_APART).decode().split()
        return found if max(map(len, found), default=0) <= _LONGEST else _TOKEN.findall(text)
    from unicodedata import normalize

    # Case stays until later: it shows where the parts of an identifier meet.
    apart = normalize("NFKD", text)
    bare = "".join(letter for letter in apart if not "\u0300" <= letter <= "\u036f")
    return _wide_patterns()[0].findall(normalize("NFKC", bare))


def split(token: str) -> tuple[str, list[str]]:
    """Return a token in lower case, empty where one part is all there is of it, and its parts.

    Stop words are dropped, and a run of a script without spaces has parts only.
    """
    whole = token.casefold()
    parts = _parts(token)
    if whole in STOP_WORDS or not parts:
        return "", []
    many = parts != [whole] and (token.isascii() or not any(map(_is_unspaced, token)))
    return whole if many else "", [part for part in parts if part not in STOP_WORDS]


def headline(content: str) -> str:
    """Return the first line of a statement where more follow, else an empty string.

    Args:
        content: the statement; white space around it does not count.
    """
    lines = content.strip().splitlines()
    return lines[0].rstrip() if len(lines) > 1 else ""


@lru_cache(maxsize=8192)
def stem(word: str) -> str:
    """Return the stem of an English word; what is not all ASCII letters comes back as it is.

    M. F. Porter, "An algorithm for suffix stripping", Program 14 (3), 1980, with three departures that its
    author made later: bli, logi, and added is add. The step numbers in the code are those of the paper.

    Args:
        word: lower case.
    """
    if len(word) < 3 or not (word.isascii() and word.isalpha()):
        return word
    word = _without_tense(_without_plural(word))
    if word[-1] == "y" and "v" in _shape(word[:-1]):  # 1c
        word = word[:-1] + "i"
    for endings in (_STEP_2, _STEP_3):
        ending = _longest_ending(word, endings)
        if ending and _measure(word.removesuffix(ending)) > 0:
            word = word.removesuffix(ending) + endings[ending]
    return _without_last_letter(_without_ending(word))


@lru_cache(maxsize=4096)
def _indexed(token: str) -> tuple[str, ...]:
    whole, parts = split(token)
    return tuple(map(stem, [whole, *parts] if whole else parts))


def _parts(token: str) -> list[str]:
    if token.isascii():
        return [part.lower() for part in _PART.findall(token)]
    found: list[str] = []
    for unspaced, letters in groupby(token, _is_unspaced):
        run = "".join(letters)
        if unspaced:
            found += [run[at : at + 2] for at in range(len(run) - 1)] or [run]
        else:
            found += [part.casefold() for part in _wide_patterns()[1].findall(run)]
    return found


@lru_cache(maxsize=1)
def _wide_patterns() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """Compile the patterns of tokens and parts beyond ASCII, when first needed: it takes a millisecond."""
    lower = rf"(?:[^\W\d_A-Z]|[{_MARKS}])"
    token = re.compile(rf"[\w{_MARKS}]{{1,{_LONGEST}}}")
    return token, re.compile(rf"[A-Z]+s?(?!{lower})|[A-Z]?{lower}+|\d+")


def _is_unspaced(letter: str) -> bool:
    from bisect import bisect_right  # most texts do without it

    return bisect_right(_UNSPACED, ord(letter)) % 2 == 1


_STEP_2 = {
    "ational": "ate", "tional": "tion", "enci": "ence", "anci": "ance", "izer": "ize", "bli": "ble",
    "alli": "al", "entli": "ent", "eli": "e", "ousli": "ous", "ization": "ize", "ation": "ate",
    "ator": "ate", "alism": "al", "iveness": "ive", "fulness": "ful", "ousness": "ous", "aliti": "al",
    "iviti": "ive", "biliti": "ble", "logi": "log",
}  # fmt: skip
_STEP_3 = {"icate": "ic", "ative": "", "alize": "al", "iciti": "ic", "ical": "ic", "ful": "", "ness": ""}
_STEP_4 = dict.fromkeys(
    "al ance ence er ic able ible ant ement ment ent ion ou ism ate iti ous ive ize".split(), ""
)


def _longest_ending(word: str, endings: Iterable[str]) -> str:
    """Return the longest ending of the table that the word has, empty when it has none."""
    suffixes = (word[-size:] for size in range(7, 1, -1))
    return next((suffix for suffix in suffixes if suffix in endings), "")


def _shape(word: str) -> str:
    """Write c for each consonant and v for each vowel; y is a vowel after a consonant."""
    shape = ""
    for letter in word:
        is_vowel = letter in "aeiou" or (letter == "y" and shape[-1:] == "c")
        shape += "v" if is_vowel else "c"
    return shape


def _measure(word: str) -> int:
    """Count vowel-consonant sequences, the m of the paper: 0 in tree, 1 in trouble, 2 in private."""
    return _shape(word).count("vc")


def _is_short(word: str) -> bool:
    """Tell whether a word ends as hop does, the *o of the paper."""
    return _shape(word)[-3:] == "cvc" and word[-1] not in "wxy"


def _without_plural(word: str) -> str:
    if word.endswith(("sses", "ies")):  # 1a
        return word[:-2]
    return word[:-1] if word[-1] == "s" and word[-2] != "s" else word


def _without_tense(word: str) -> str:
    if word.endswith("eed"):  # 1b
        return word[:-1] if _measure(word[:-3]) > 0 else word
    base = word[:-2] if word.endswith("ed") else word.removesuffix("ing")
    if base == word or "v" not in _shape(base):
        return word
    if base.endswith(("at", "bl", "iz")):
        return base + "e"
    if base[-1:] == base[-2:-1] and base[-1] not in "aeioulsz":
        return base if len(base) == 3 and base[0] in "aeo" else base[:-1]
    return base + "e" if _measure(base) == 1 and _is_short(base) else base


def _without_ending(word: str) -> str:
    ending = _longest_ending(word, _STEP_4)  # 4
    base = word.removesuffix(ending)
    kept = ending == "ion" and not base.endswith(("s", "t"))
    return word if kept or _measure(base) < 2 else base


def _without_last_letter(word: str) -> str:
    if word[-1] == "e":  # 5a
        measure = _measure(word[:-1])
        if measure > 1 or (measure == 1 and not _is_short(word[:-1])):
            word = word[:-1]
    return word[:-1] if word.endswith("ll") and _measure(word) > 1 else word  # 5b
