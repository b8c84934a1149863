"""Whether two statements about the same thing can both hold.

Two clauses contradict each other when they speak of the same thing and differ in exactly one way: a quantity,
a denial, or one of two words that exclude each other. What differs in two ways, or names something of its own
on each side, speaks of two things.
"""

from __future__ import annotations

from mnemo import text
from mnemo.memory import quantities
from mnemo.memory.clauses import Clause, clauses
from mnemo.memory.quantities import Quantity

ALIKE = 0.5  # share of the shorter clause's words that two clauses must have in common

# Of each line a thing is one: two of them in the same place exclude each other.
_KINDS = tuple(
    frozenset(map(text.stem, line.split()))
    for line in """nanoseconds microseconds milliseconds seconds minutes hours days weeks months
    bytes kilobytes megabytes
    json yaml toml ini xml csv
    postgres postgresql mysql sqlite mariadb oracle
    rest grpc graphql soap
    tabs spaces
    integer integers string strings float floats decimal decimals uuid uuids
    utc localtime
    mondays tuesdays wednesdays thursdays fridays saturdays sundays
    monday tuesday wednesday thursday friday saturday sunday
    http https""".splitlines()
)


def contradiction(one: str, other: str) -> str:
    """Return how two statements on the same thing contradict each other; empty when they do not.

    Args:
        one, other: the statements; "this" in the answer is the first.
    """
    for mine in clauses(one):
        for theirs in clauses(other):
            if why := _conflict(mine, theirs):
                return why
    return ""


def _conflict(mine: Clause, theirs: Clause) -> str:
    if mine.past != theirs.past or mine.reach.isdisjoint(theirs.reach):
        return ""
    if _decides_against(mine, theirs) or _decides_against(theirs, mine):
        return "one decides for what the other decides against"
    if _is_reserved(mine, theirs) or _is_reserved(theirs, mine):
        return "one says only, the other also"
    mine, theirs = _without_prefixes(mine, theirs), _without_prefixes(theirs, mine)
    if not _is_same_thing(mine, theirs):
        return ""
    own, others = mine.words - theirs.words, theirs.words - mine.words
    opposed = mine.denied != theirs.denied and (mine.axes <= theirs.axes or theirs.axes <= mine.axes)
    differing = _differing(mine.amounts, theirs.amounts)
    replaced = bool(own and others)
    reordered = bool(mine.order and theirs.order and mine.order != theirs.order)
    mine_set, theirs_set = dict(mine.settings), dict(theirs.settings)
    reset = [name for name, value in mine_set.items() if theirs_set.get(name, value) != value]
    if opposed + bool(differing) + replaced + reordered + len(reset) != 1:
        return ""
    if reset:
        return f"it says {reset[0]}={theirs_set[reset[0]]}, this says {reset[0]}={mine_set[reset[0]]}"
    if reordered:
        return "" if own or others else f"it says {theirs.order}, this says {mine.order}"
    if replaced:
        return f"it says {', '.join(others)}, this says {', '.join(own)}"
    if differing:
        narrowed = own & mine.narrowed or others & theirs.narrowed or _is_more(mine, own | others)
        return "" if narrowed else f"it says {differing[1].said}, this says {differing[0].said}"
    return _opposition(mine, theirs, own, others)


def _opposition(mine: Clause, theirs: Clause, own: frozenset[str], others: frozenset[str]) -> str:
    """Return how one clause denies what the other says; empty when each may be right about its own part."""
    if _narrows(mine, own, theirs) or _narrows(theirs, others, mine) or _is_reversed(mine, theirs):
        return ""
    if mine.amounts and theirs.amounts and not any(_same(a, b) for a in mine.amounts for b in theirs.amounts):
        return ""
    axes = sorted(mine.axes | theirs.axes)
    if axes and mine.possible != theirs.possible:
        return ""
    return f"one says {axes[0]}, the other the opposite" if axes else "one says not, the other does not"


def _is_same_thing(mine: Clause, theirs: Clause) -> bool:
    """Tell whether two clauses are about one thing: neither has its own subject, nor both something else."""
    shared = mine.words & theirs.words
    if not shared or len(shared) < ALIKE * min(len(mine.words), len(theirs.words)):
        return False
    own, others = mine.words - shared, theirs.words - shared
    if own and others:
        return len(own) == len(others) == 1 and any(own | others <= kind for kind in _KINDS)
    return shared.issuperset((*mine.subject, *theirs.subject))


def _is_reversed(mine: Clause, theirs: Clause) -> bool:
    """Tell whether each is about what the other does to it: A needs B, B does not need A."""
    apart = mine.subject[:1] != theirs.subject[:1] and mine.subject and theirs.subject
    return bool(apart) and mine.turned == theirs.turned


def _is_more(clause: Clause, own: frozenset[str]) -> bool:
    """Tell whether what one clause says beyond the other is too much for the same thing in other words."""
    return 2 * len(own) > len(clause.words - own) + 1


def _decides_against(mine: Clause, theirs: Clause) -> bool:
    """Tell whether one clause says what the other says to be done otherwise."""
    if (
        not mine.rejected
        or theirs.denied
        or not mine.rejected <= theirs.words
        or theirs.rejected >= mine.rejected
    ):
        return False
    rest = theirs.words - mine.rejected
    if not (mine.words | mine.rejected).issuperset(theirs.subject):
        return False
    return 2 * len(rest & mine.words) >= min(len(rest), len(mine.words))


def _is_reserved(mine: Clause, theirs: Clause) -> bool:
    """Tell whether one clause keeps for its subject only what the other says of another subject."""
    kept, other = set(mine.subject), set(theirs.subject)
    if not mine.exclusive or mine.denied or theirs.denied or not kept or not other or kept & other:
        return False
    deed = mine.words - kept
    more = theirs.words - deed - other - kept
    return bool(deed) and deed <= theirs.words and not more and mine.amounts == theirs.amounts


def _narrows(clause: Clause, own: frozenset[str], other: Clause) -> bool:
    """Tell whether a clause speaks of a part only of what the other one speaks of."""
    if clause.denied:
        return bool(own & clause.scoped if clause.axes else own)
    if other.usual and not clause.usual and clause.scoped:
        return True  # what is not so by default may be so here
    return bool(own & clause.narrowed) and not other.universal


def _differing(mine: tuple[Quantity, ...], theirs: tuple[Quantity, ...]) -> tuple[Quantity, Quantity] | None:
    """Return the first two quantities of the same thing that cannot both hold, of those without an equal."""
    left = [one for one in mine if not any(_same(one, other) for other in theirs)]
    right = [one for one in theirs if not any(_same(one, other) for other in mine)]
    pairs = ((one, other) for one in left for other in right if quantities.disagree(one, other))
    return next(pairs, None)


def _same(one: Quantity, other: Quantity) -> bool:
    return one.of == other.of and one.high == other.high and one.low == other.low


def _without_prefixes(mine: Clause, theirs: Clause) -> Clause:
    """Read insensitive as not sensitive where the other clause says sensitive."""
    for word, bare in mine.prefixed:
        if bare in theirs.words and word not in theirs.words:
            words = (mine.words - {word}) | {bare}
            subject = tuple(bare if one == word else one for one in mine.subject)
            return mine._replace(words=words, subject=subject, denied=not mine.denied)
    return mine
