"""What folding is made of: one event seen from one aggregate, and how a type of aggregate takes it."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping, Sequence

from mnemo.light import Any, NamedTuple
from mnemo.model.event import Event, Part

# Payloads at hand, by their hash: what was stored a moment ago need not be read and parsed once more.
Texts = Mapping[str, dict[str, Any]]
NO_TEXTS: Texts = {}


class Fold(NamedTuple):
    """One event seen from one aggregate: all that an apply function may look at.

    Args:
        name: the aggregate's own name, without its type.
        part: what the event says of it.
        event: the whole event.
        texts: payloads at hand; any other is read from the store.
    """

    name: str
    part: Part
    event: Event
    texts: Texts = NO_TEXTS


Many = Callable[[sqlite3.Connection, Sequence[Fold]], None]
_NONE: dict[str, Many] = {}


class Aggregate(NamedTuple):
    """How one type of aggregate is folded.

    Args:
        apply: what each deed (`do` of a part) changes in its rows.
        clear: removes its rows before it is folded anew.
        settle: brings local indexes up to date after the rows of some changed, with the payloads at hand;
            may be None.
        together: deeds that come in numbers: what one event does to many aggregates, in few statements.
    """

    apply: dict[str, Callable[[sqlite3.Connection, Fold], None]]
    clear: Callable[[sqlite3.Connection, str], None]
    settle: Callable[[sqlite3.Connection, Sequence[str], Texts], None] | None = None
    together: dict[str, Many] = _NONE
