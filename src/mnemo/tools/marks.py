"""What a tool says of itself: its toolset's order stays in toolsets.py, its nature here."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple, TypeVar

Function = TypeVar("Function", bound=Callable[..., Any])


class Mark(NamedTuple):
    """A tool's nature, for clients and people.

    Args:
        title: what people read.
        writes: whether it can change the store.
        loaded: whether clients that defer tools should load it at once.
        sends: whether it can reach beyond this machine.
    """

    title: str
    writes: bool
    loaded: bool = False
    sends: bool = False


def reads(title: str, *, loaded: bool = False) -> Callable[[Function], Function]:
    """Mark a function as a tool that changes nothing."""
    return _marked(Mark(title, writes=False, loaded=loaded))


def writes(title: str, *, loaded: bool = False) -> Callable[[Function], Function]:
    """Mark a function as a tool that can change the store."""
    return _marked(Mark(title, writes=True, loaded=loaded))


def mark_of(function: Callable[..., Any]) -> Mark:
    """Return what a tool said of itself."""
    return function.__dict__["mark"]


def _marked(mark: Mark) -> Callable[[Function], Function]:
    def attach(function: Function) -> Function:
        function.__dict__["mark"] = mark
        return function

    return attach
