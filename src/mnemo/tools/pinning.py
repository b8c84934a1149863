"""Claiming on the command line, where the anchors that a text suggests can be pinned at once."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any, cast, get_type_hints

from mnemo import projects
from mnemo.memory import drafts, suggesting
from mnemo.memory.naming import like_code
from mnemo.repo.files import Tree
from mnemo.tools import core

Record = dict[str, Any]
AUTO = "anchor_auto"


def _beside(tool: Callable[..., Record], name: str, about: str) -> Callable[[Callable[..., Record]], Any]:
    """Give a function the parameters and the words of a tool, and one flag more."""

    def attach(function: Callable[..., Record]) -> Callable[..., Record]:
        flag = inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=False, annotation=bool)
        known = inspect.signature(tool)
        function.__dict__["__signature__"] = known.replace(parameters=[*known.parameters.values(), flag])
        function.__annotations__ = {**get_type_hints(tool), name: bool}
        function.__doc__ = f"{inspect.cleandoc(tool.__doc__ or '')}\n    {name}: {about}\n"
        return function

    return attach


@_beside(core.claim, AUTO, "where no anchors are given, pin the files and definitions that the text names.")
def claim(**fields: Any) -> Record:
    """Store a claim as the tool does; the line above gives it the tool's parameters and words."""
    if fields.pop(AUTO, False):
        tree = projects.current(writing=True).tree
        fields = _anchored(fields, tree)
        if fields.get("batch"):
            fields["batch"] = [
                _anchored(_as_fields(one), tree) for one in drafts.items("batch", fields["batch"])
            ]
    return core.claim(**fields)


def _as_fields(item: Any) -> Any:
    return {"content": item} if isinstance(item, str) else item


def _anchored(fields: Any, tree: Tree) -> Any:
    """Return a claim's fields with the anchors its content suggests; what is no claim is refused later."""
    if not isinstance(fields, dict):
        return cast("object", fields)
    given = cast("Record", fields)
    content = given.get("content")
    if not isinstance(content, str) or given.get("anchors") or given.get("scope") == "global":
        return given
    return {**given, "anchors": suggesting.suggest(like_code(content), tree)}
