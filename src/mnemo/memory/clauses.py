"""A statement read as clauses: what it speaks of, which quantities it gives, whether it affirms or denies."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from mnemo import text
from mnemo.light import expression
from mnemo.memory import quantities
from mnemo.memory.quantities import Quantity

LONGEST = 2_000  # characters read of a statement
MOST_CLAUSES = 12

# Words that deny, and pairs of words of which the second denies what the first says.
_NOT = frozenset(
    "not no never without cannot can't don't doesn't didn't isn't aren't wasn't won't mustn't shouldn't nor "
    "non nowhere neither lack lacks lacking".split()
)
_OPPOSITES = {
    "enabled": "enabled enable enables activated|disabled disable disables deactivated",
    "required": "required require requires mandatory compulsory need needs needed|optional",
    "sync": "synchronous synchronously sync|asynchronous asynchronously async",
    "allowed": "allowed allow allows permitted permits permit accept accepts accepted"
    " tolerates tolerated tolerate"
    "|forbidden forbid forbids prohibited banned disallowed reject rejects rejected refuse refuses refused"
    " denied",
    "included": "include includes included including|exclude excludes excluded excluding",
    "lazy": "lazily lazy|eagerly eager",
    "automatic": "automatically automatic|manually manual",
    "public": "public|private",
    "mutable": "mutable|immutable",
    "state": "stateful|stateless",
    "ascending": "ascending|descending",
    "single": "single|multi multiple",
    "visible": "visible shown|hidden invisible",
    "kept": "keep keeps kept preserve preserves preserved retained"
    "|drop drops dropped delete deletes deleted discarded discards strip strips",
    "push": "push pushes pushed|pull pulls pulled",
    "succeed": "succeed succeeds|fail fails",
    "true": "true|false",
    "background": "background|foreground",
    "open": "open opened|closed close closes",
    "harm": "harmful|harmless",
    "upper": "upper|lower",
    "increase": "increases increase raised|decreases decrease reduced",
    "strict": "strict|lenient",
    "inside": "inside|outside",
    "honoured": "honoured honours honour honored honors honor respected respects obeyed obeys"
    "|ignored ignores ignore",
    "local": "locally|remotely",
    "parallel": "parallel concurrently|sequentially sequential serially",
    "static": "static statically|dynamic dynamically",
    "inclusive": "inclusive|exclusive",
    "at least once": "atleastonce|atmostonce",
    "newest first": "newestfirst latestfirst|oldestfirst earliestfirst",
    "row-major": "rowmajor|columnmajor",
    "big-endian": "bigendian|littleendian",
    "depth-first": "depthfirst|breadthfirst",
    "stop": "stop stops stopped aborts abort|continue continues",
}  # fmt: skip
_POLES = {
    word: (axis, denies)
    for axis, both in _OPPOSITES.items()
    for denies, words in enumerate(both.split("|"))
    for word in words.split()
}
# What stands between a thing and its quantity or deed, and names neither.
_LIGHT = frozenset(
    """use uses used using take takes taken get gets hold holds held contain contains limit limited limits
    support supports supported run runs running have having make makes made happen happens always must may
    might shall need needs every each any anyone set up default defaults version minimum maximum
    min max newer later least most atmost atleast also only us we across per new newest once too everywhere
    yet still already currently now exactly exact between instead rather than""".split()
)
# "It does not do so itself" leaves it to others.
_EMPTY = (text.STOP_WORDS | _LIGHT | _NOT) - {"itself", "themselves"}
# What is said in other words, behind a fragment without which it is not looked for.
_PHRASES = (
    ("first", r"\b(newest|latest|oldest|earliest|depth|breadth)[- ](first)\b", r"\1\2"),
    ("major", r"\b(row|column)[- ](major)\b", r"\1\2"),
    ("endian", r"\b(big|little)[- ](endian)\b", r"\1\2"),
    ("once", r"\bat (least|most)[- ]once\b", r"at\1once"),
    ("local time", r"\blocal time\b", "localtime"),
    ("than", r"\b(?:no|not) (?:more|longer) than\b", " atmost "),
    ("ed ", r"\b(?:limited|capped) (?:to|at)\b", " atmost "),
    ("at most", r"\bat most\b", " atmost "),
    ("up to", r"\bup to\b", " atmost "),
    ("than", r"\b(?:no|not) (?:less|fewer) than\b", " atleast "),
    ("at least", r"\bat least\b", " atleast "),
    ("not ", r"\bnot (?:only|just|necessarily|merely)\b", " also "),
    ("but also", r"\bbut also\b", " also "),
    ("no longer", r"\bno longer\b", " not "),
    ("out of order", r"\bout of(?= order)", " not "),
    ("none of", r"\bnone of\b", " not "),
    ("run time", r"\brun time\b", "runtime"),
    ("need", r"\bneed not\b|\bneedn't\b", " not "),
    ("off", r"\b(?:is|are|turned|switched) off\b|\boff by default\b", " disabled "),
    ("on", r"\b(?:is|are|turned|switched) on\b(?= for| by|[.;,]|$)|\bon by default\b", " enabled "),
    ("-", r"(?<=\d)\s?-\s?(?=\d)", " to "),
    ("–", r"(?<=\d)\s?–\s?(?=\d)", " to "),
    (":", r":\s(?=\d)", " is "),
    ("=", r"\s?==?\s?(?=\d)", " is "),
)
_SAID = tuple((hint, expression(pattern), instead) for hint, pattern, instead in _PHRASES)
# How a word denies the rest of itself: unsafe, nondeterministic, incompatible.
_PREFIX = expression(r"(?:un|non|in|im|ir|dis)(\w{4}.*)")
_TOKEN = expression(r"\d+(?:[.,:]\d+)*[a-zµ]*|%|[^\W\d]\w*(?:'\w+)?(?:[./]\w+)*")
_BREAK = expression(
    r"(?:[.;!?:]|--|—)\s+(?!\d)|[,;]?\s(?:but|because|whereas|although|which|so that)\s|,\s(?:so|and|since)\s"
)
_SETTING = expression(r"\b([a-z_]\w*) ?= ?([a-z_]\w*)")
_RATHER = expression(r"\binstead of\b|\brather than\b|, (?:not|never)\b(?! only| just)")
_RATHER_HINTS = ("instead of", "rather than", ", n")
_UNDER = frozenset("when if while unless until because since where whenever".split())
_SCOPE = frozenset("for in on of when if while from with during to by under at where unless".split())
_NARROW = frozenset("for in on when if while during under where unless".split())
_ORDER = ("before", "after")
_ASIDE = _SCOPE.union(_ORDER)  # how a clause begins whose subject comes later
_PAST = expression(
    r"^(?:before|until|formerly|previously|originally|in (?:19|20)\d\d)\b|\bused to\b|\bat first\b"
    r"|^(?:(?!\b(?:is|are|has|have|can|must|may)\b)[^,]){0,60}?\b(?:was|were|had)\b"
)
_PAST_HINTS = tuple("before until formerly previously originally in used first was were had".split())
_BE = frozenset("is are be been was were isn't aren't".split())
_UNIVERSAL = frozenset("never no nowhere neither".split())
_CAN = frozenset(("can", "cannot", "can't", "may", "could", "might"))
_VERBS = (
    _BE
    | _CAN
    | _NOT
    | frozenset(
        """must shall should need needs has have had do does will uses use takes take holds hold contains runs
    gets supports keeps""".split()
    )
)
# Between two conditions, what the conditions say of the thing.
_STATES = frozenset(("up", "down", "on", "off")) | _NOT | _POLES.keys()


class Clause(NamedTuple):
    """One clause of a statement.

    Args:
        words: stems of what it speaks of.
        subject: those of them before the verb, in order, and the verb where it is no auxiliary.
        scoped: those of them that stand behind a preposition or conjunction.
        narrowed: those of them that say where or when it holds: behind for, in, when and the like.
        amounts: the quantities that it gives.
        denied: how it comes out when every denial in it is counted.
        axes: pairs of opposites that it decides between.
        order: before or after, where it says one of them.
        universal: whether it denies once and for all.
        possible: whether it says what can be rather than what is.
        past: whether it says how things were.
        turned: whether it is in the passive, or only says what something is.
        rejected: stems of what it decides against ("A instead of B").
        settings: names with the word they are set to ("SameSite=Lax").
        exclusive: whether it holds of its subject only.
        usual: whether it says what holds by default.
        prefixed: those of words that deny the rest of themselves, each with that rest.
        reach: words that another clause must have one of, or reach for, to be about the same.
    """

    words: frozenset[str]
    subject: tuple[str, ...]
    scoped: frozenset[str]
    narrowed: frozenset[str]
    amounts: tuple[Quantity, ...]
    denied: bool
    axes: frozenset[str]
    order: str
    universal: bool
    possible: bool
    past: bool
    turned: bool
    rejected: frozenset[str]
    settings: frozenset[tuple[str, str]]
    exclusive: bool
    usual: bool
    prefixed: tuple[tuple[str, str], ...]
    reach: frozenset[str]


@lru_cache(maxsize=512)
def clauses(statement: str) -> tuple[Clause, ...]:
    """Return the clauses of a statement, those that say anything.

    Args:
        statement: any text; the first LONGEST characters count.
    """
    plain = statement[:LONGEST].replace("’", "'").replace("`", "").replace("()", "")
    found = (_clause(part.strip()) for part in _BREAK.split(plain.lower())[:MOST_CLAUSES])
    return tuple(one for one in found if one.words or one.amounts)


def _clause(part: str) -> Clause:
    past = _hints(_PAST_HINTS, part) and bool(_PAST.search(part))
    rest = ""
    if _hints(_RATHER_HINTS, part):
        part, _, rest = _RATHER.sub("\0", part, count=1).partition("\0")
    rejected = frozenset(_stems(_TOKEN.findall(rest))) if rest else frozenset[str]()
    for hint, pattern, instead in _SAID:
        if hint in part:
            part = pattern.sub(instead, part)
    settings = frozenset[tuple[str, str]]()
    if "=" in part:
        settings = frozenset(_SETTING.findall(part))
        part = _SETTING.sub(r"\1", part)
    tokens = _TOKEN.findall(part)
    one = _judged(tokens, quantities.Reader(tokens))
    return one._replace(past=past, rejected=rejected, settings=settings, reach=one.reach | rejected)


def _hints(hints: tuple[str, ...], part: str) -> bool:
    return any(map(part.__contains__, hints))


def _judged(tokens: list[str], read: quantities.Reader) -> Clause:
    """Sort the words of a clause into what it speaks of, what narrows it, and what turns it round."""
    words: list[str] = []
    scoped: set[str] = set()
    narrowed: set[str] = set()
    axes: set[str] = set()
    denials = 0
    verb: int | None = None
    under = scoping = narrowing = False
    for at, token in enumerate(tokens):
        under = under or token in _UNDER
        scoping = scoping or token in _SCOPE
        starts = token in _NARROW and (token in _UNDER or not under)
        narrowing = starts or (narrowing and token not in _SCOPE and token not in _BE)
        if verb is None and (token in _VERBS or token in _POLES):
            verb = 1 if under else len(words)
        prefix = _PREFIX.match(token)
        if token in _NOT and not under:
            denials += 1
        elif token in _POLES and not under and not _is_attribute(tokens, at):
            axes.add(_POLES[token][0])
            denials += _POLES[token][1]
        elif under and token in _STATES:
            words.append(token)
        elif prefix and prefix[1] in _LIGHT:
            denials += 1
        elif at not in read.taken and token not in _EMPTY:
            word = text.stem(token)
            words.append(word)
            if scoping:
                scoped.add(word)
            if narrowing:
                narrowed.add(word)
    prefixed = tuple([(word, found[1]) for word in words if (found := _PREFIX.match(word))])
    return Clause(
        frozenset(words),
        () if _ASIDE.intersection(tokens[:1]) else tuple(words[: 2 if verb is None else verb or 1]),
        frozenset(scoped),
        frozenset(narrowed),
        tuple(read.found),
        bool(denials % 2),
        frozenset(axes),
        next((token for token in tokens if token in _ORDER), ""),
        not _UNIVERSAL.isdisjoint(tokens),
        not _CAN.isdisjoint(tokens),
        False,
        not _BE.isdisjoint(tokens),
        frozenset(),
        frozenset(),
        tokens[:1] == ["only"],
        "default" in tokens,
        prefixed,
        frozenset((*words, *(bare for _, bare in prefixed))),
    )


def _is_attribute(tokens: list[str], at: int) -> bool:
    """Tell whether an adjective names its noun: the public API."""
    after = tokens[at + 1] if at + 1 < len(tokens) else ""
    return at > 0 and tokens[at - 1] in ("the", "a", "an") and quantities.is_noun(after)


def _stems(tokens: list[str]) -> list[str]:
    return [text.stem(one) for one in tokens if one not in _EMPTY]
