"""A sentence as words: each with its surface, its base form, and what the lexicon says it stands for."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from mnemo.capture import lexicon
from mnemo.light import expression

NUMBER, CODE, STATUS, PAST, GOING = "NUMBER", "CODE", "STATUS", "-ed", "-ing"
SHORTEST = 3  # letters of a base form that is found by taking an ending off

_PIECE = expression(r"`[^`]*`?|[\w@#$][\w'’@#$%+.:/-]*|[;:(),!?–—%\"]|(?<=\s)-(?=\s)")
_STATUS = expression(r"[45]\d\ds?")  # of HTTP
_SPLIT = {
    "can't": "can not", "cannot": "can not", "won't": "will not", "cant": "can not", "wont": "will not",
    "dont": "do not", "doesnt": "does not", "didnt": "did not", "isnt": "is not", "wasnt": "was not",
    "let's": "let us", "gonna": "going to", "it's": "it is", "that's": "that is",
    "what's": "what is", "he's": "he is", "there's": "there is", "here's": "here is", "who's": "who is",
    "where's": "where is", "how's": "how is", "hab's": "habe es", "geht's": "geht es",
}  # fmt: skip
_ENDS = {"n't": "not", "'ve": "have", "'re": "are", "'ll": "will", "'d": "would", "'m": "am"}
_SUFFIXES = (
    ("ies", "y"), ("ied", "y"), ("s", ""), ("es", ""), ("ed", ""), ("ed", "e"), ("ing", ""), ("ing", "e"),
    ("ly", ""),
)  # fmt: skip


def iter_words(sentence: str) -> Iterator[frozenset[str]]:
    """Yield the words of a sentence and the signs between them, each as all that a pattern can call it."""
    for piece in _PIECE.findall(sentence):
        yield from _words(piece)


@lru_cache(maxsize=4096)
def _words(piece: str) -> tuple[frozenset[str], ...]:
    """Return what a piece between blanks stands for: mostly one word, of a contraction several."""
    if piece[0] == "`":
        return (frozenset({CODE}),)
    if len(piece) == 1 and not piece.isalnum():
        return (frozenset({"-" if piece in "–—" else piece}),)
    bare = piece.rstrip(".:'’/-+")
    found = _bare_words(bare) if bare else ()
    return (*found, frozenset({":"})) if ":" in piece[len(bare) :] else found


def _bare_words(bare: str) -> tuple[frozenset[str], ...]:
    lower = bare.lower().replace("’", "'")
    if lower in _SPLIT:
        return tuple(map(_word, _SPLIT[lower].split()))
    for end, stands in _ENDS.items():
        if lower.endswith(end) and lower != end:
            return _word(lower.removesuffix(end)), _word(stands)
    lower = lower.removesuffix("'s")
    if lower[0].isdigit():
        number = frozenset({NUMBER, lower, STATUS if _STATUS.fullmatch(lower) else NUMBER})
        return (number, frozenset("%")) if "%" in lower else (number,)
    if bare == "May":  # else it is a guess
        return (frozenset({"month"}),)
    if _is_code(bare):
        return (frozenset({CODE, lower, *_concepts_of(lower)}),)
    if "-" in lower and not _concepts_of(lower):
        return tuple(_word(one) for one in lower.split("-") if one)
    return (_word(lower),)


def _is_code(word: str) -> bool:
    named = any(sign in word[1:-1] for sign in "/._:@#$")
    return named or (not word.isupper() and any(map(str.isupper, word[1:])))


def _word(lower: str) -> frozenset[str]:
    lemma, form = _lemma(lower)
    concepts = {*_concepts_of(lower), *_concepts_of(lemma)}
    return frozenset({lower, f"={lower}", lemma, form, *concepts, *(one + form for one in concepts)})


def _lemma(word: str) -> tuple[str, str]:
    """Return the base form of a word, where the lexicon has it, and which form this one is."""
    irregular, _ = _lexicon()
    if word in irregular:
        return irregular[word], PAST
    form = PAST if _is_past(word) else GOING if word.endswith("ing") and len(word) > SHORTEST + 1 else ""
    return next(filter(_concepts_of, _bases(word)), word), form


def _is_past(word: str) -> bool:
    return len(word) > SHORTEST and word.endswith("ed") and word[-3] != "e"


def _bases(word: str) -> Iterator[str]:
    for end, instead in _SUFFIXES:
        stem = word.removesuffix(end)
        if stem != word and len(stem + instead) >= SHORTEST:
            yield stem + instead
            if len(stem) > SHORTEST and stem[-1] == stem[-2]:
                yield stem[:-1]
    yield word


def _concepts_of(lemma: str) -> tuple[str, ...]:
    return _lexicon()[1].get(lemma, ())


@lru_cache(maxsize=1)
def _lexicon() -> tuple[dict[str, str], dict[str, tuple[str, ...]]]:
    """Return base forms by irregular form, and concepts by lemma."""
    concepts: dict[str, tuple[str, ...]] = {}
    name = ""
    for word in lexicon.CONCEPTS.split():
        if word[-1] == ":":
            name = word[:-1]
        else:
            concepts[word] = (*concepts.get(word, ()), name)
    irregular: dict[str, str] = {}
    for entry in lexicon.IRREGULAR.replace("\n", "|").split("|"):
        base, _, forms = entry.partition(":")
        irregular.update(dict.fromkeys(forms.split(), base.strip()))
    return irregular, concepts
