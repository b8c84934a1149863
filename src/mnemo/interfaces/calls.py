"""One call of a tool: from a name and arguments to a text and a record, whatever happens."""

from __future__ import annotations

import json
import logging
import traceback
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

from mnemo import fence, project, projects
from mnemo.errors import MnemoError, NotFound
from mnemo.interfaces import arguments, render
from mnemo.interfaces.schemas import Parameter, Shape, read_shape
from mnemo.redact import redact
from mnemo.tools import circumstances
from mnemo.tools.toolsets import HIDDEN, TOOLSETS

Record = dict[str, Any]
_log = logging.getLogger("mnemo")


class Offer(NamedTuple):
    """One name that a server answers to.

    Args:
        function: the tool.
        shape: what it takes.
        renamed: what this name calls some of its parameters, to our names.
    """

    function: Callable[..., Record]
    shape: Shape
    renamed: Mapping[str, str]


class Caller(NamedTuple):
    """Who calls: the client's name and the connection."""

    agent: str
    session: str


class Answer(NamedTuple):
    """What the client gets: text for the model, the same as a record for programs."""

    text: str
    record: Record
    failed: bool


def list_offers(names: Iterable[str]) -> dict[str, Offer]:
    """Return the tools of some toolsets by name, then the names that are answered without being listed."""
    listed = {f.__name__: Offer(f, read_shape(f), {}) for name in names for f in TOOLSETS[name]}
    return listed | {name: _hidden(tool, renamed) for name, (tool, renamed) in HIDDEN.items()}


def call(offers: Mapping[str, Offer], name: str, given: Mapping[str, Any], caller: Caller) -> Answer:
    """Call a tool; every failure is an answer too.

    Args:
        offers: what this server answers to.
        name: as the client wrote it.
        given: arguments as the client sent them.
        caller: on whose behalf.
    """
    try:
        with project.acting(agent=caller.agent, session=caller.session):
            offer = _get_offer(offers, name)
            renamed = {offer.renamed.get(key, key): value for key, value in given.items()}
            asked = arguments.read_arguments(offer.shape, renamed)
            record = projects.forgiving(lambda: offer.function(**asked))
            return _sendable(Answer(render.text(offer.shape.name, record), record, failed=False))
    except MnemoError as error:
        return _failure(error)
    except Exception as error:  # noqa: BLE001 - a client without an answer waits for ever
        # Clients keep what a server says on standard error.
        _log.error("%s failed\n%s", name, redact("".join(traceback.format_exception(error))))
        what = f"{fence.line(name, 40)} failed unexpectedly: {type(error).__name__}."
        return _failure(MnemoError(what, "Run `mnemo doctor`.", "unexpected"))


def _hidden(tool: Callable[..., Record], renamed: Mapping[str, str]) -> Offer:
    shape = read_shape(tool)
    spoken = {name: Parameter(str, "", "") for name in circumstances.NAMES}
    return Offer(circumstances.minding(tool), shape._replace(parameters=spoken | shape.parameters), renamed)


def _failure(error: MnemoError) -> Answer:
    return _sendable(Answer(render.error(error), dict(error.record()), failed=True))


def _get_offer(offers: Mapping[str, Offer], name: str) -> Offer:
    if name in offers:
        return offers[name]
    shown = fence.line(name, 40)
    for toolset, functions in TOOLSETS.items():
        if name in {function.__name__ for function in functions}:
            raise NotFound(
                f"{shown} belongs to the toolset {toolset}, which this server was not started with.",
                f"Restart it with: mnemo serve --tools {toolset}",
            )
    known = ", ".join(offer for offer in offers if offer not in HIDDEN)
    raise NotFound(f"There is no tool {shown!r}.", f"There is: {known}.")


def _sendable(answer: Answer) -> Answer:
    """Return an answer that has a form in JSON and UTF-8; a file name may have none."""
    try:
        json.dumps([answer.text, answer.record], ensure_ascii=False).encode()
    except (TypeError, UnicodeEncodeError):
        whole = json.dumps([answer.text, answer.record], ensure_ascii=False, default=str)
        text, record = json.loads(whole.encode("utf-8", "replace"))
        return Answer(text, record, answer.failed)
    return answer
