"""The boundary to programs that take plugins: every command of the ledger, registered with whoever asks.

    [project.entry-points."hermes_agent.plugins"]
    mnemo = "mnemo.interfaces.plugin"

A host loads that module and calls its register(ctx). No host is imported here, and none is needed.
"""

from __future__ import annotations

import json
import os
import shlex
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from typing import Any, cast

from mnemo import project, projects
from mnemo.errors import Invalid, MnemoError
from mnemo.interfaces import arguments, commands
from mnemo.interfaces.commands import Command
from mnemo.interfaces.options import list_options
from mnemo.interfaces.schemas import Parameter, Shape, read_shape

ENTRY_POINTS = "hermes_agent.plugins"
AGENT = "plugin"
WORKSPACE = "workspace"
NAMES = (
    "doctor", "init", "sample-smoke", "start", "plan", "approve-plan", "pause", "resume", "cancel", "status",
    "report", "enqueue-event", "worker-payload", "dispatch-task", "list-dispatches", "claim-dispatch",
    "complete-dispatch", "fail-dispatch", "context-bundle", "route-task", "verify-task", "graph-status",
    "graph-update", "memory-prefetch", "memory-writeback", "record-external-check", "record-approval",
    "record-graph-diff", "select-patch", "release-gate", "recover-jobs", "review",
)  # fmt: skip

Record = dict[str, Any]
Given = Mapping[str, Any] | str | None


def register(ctx: Any) -> list[str]:
    """Register each command of the ledger with a host, and return their names.

    Args:
        ctx: has `register_command(name, handler, **metadata)`; a host without it is left as it is.
    """
    offer = getattr(ctx, "register_command", None)
    if not callable(offer):
        return []
    table = commands.list_commands()
    for name in NAMES:
        command = table[name]
        shape = _shape(command)
        hint = " ".join(f"{each}=…" for each in shape.parameters)
        offer(name, _answering(command), description=shape.text, args_hint=hint)
    return list(NAMES)


def read_given(given: Given) -> Record:
    """Return the arguments of a call: an object, JSON text of one, or text such as `title="a b" limit=3`.

    Args:
        given: as the host passes it; None for no arguments.

    Raises:
        Invalid: it is none of these.
    """
    if given is None or isinstance(given, Mapping):
        return {_name(key): value for key, value in (given or {}).items()}
    text = given.strip()
    if text.startswith("{"):
        try:
            found = json.loads(text)
        except (ValueError, RecursionError):
            raise _unreadable(text) from None
        return read_given(cast("Mapping[str, Any]", found))
    try:
        pairs = [word.partition("=") for word in shlex.split(text)]
    except ValueError:
        raise _unreadable(text) from None
    if not all(name and mark for name, mark, _ in pairs):
        raise _unreadable(text)
    return {_name(name): value for name, _, value in pairs}


def call(command: Command, given: Given = None) -> Record:
    """Call a command and return its record; every failure is a record too.

    Args:
        command: one of the table.
        given: its arguments as read_given() takes them, and `workspace`, a folder whose store is used.
    """
    try:
        asked = read_given(given)
        folder = asked.pop(WORKSPACE, None)
        function = command.function
        taken = arguments.read_arguments(_spoken(_shape(command), asked), asked)
        with ExitStack() as where:
            where.enter_context(project.acting(AGENT, f"{AGENT}-{os.getpid()}"))
            if folder:
                where.enter_context(projects.using(projects.open_workspace(str(folder), os.environ)))
            return projects.forgiving(lambda: function(**taken))
    except MnemoError as error:
        return dict(error.record())


def _answering(command: Command) -> Callable[..., Record]:
    def answer(given: Given = None, **named: Any) -> Record:
        return call(command, {**read_given(given), **named} if named else given)

    return answer


def _shape(command: Command) -> Shape:
    """Return what a command takes from a host: whoever listens meanwhile is none of it."""
    found = read_shape(command.function)
    wanted = {option.name for option in list_options(command.function, {})}
    return found._replace(parameters={name: one for name, one in found.parameters.items() if name in wanted})


def _spoken(shape: Shape, asked: Record) -> Shape:
    """Return a shape whose numbers and flags may come as text, as key=value has them."""
    for name, value in asked.items():
        parameter = shape.parameters.get(name)
        if parameter and parameter.kind is bool and isinstance(value, str):
            asked[name] = value.strip().lower() in ("true", "yes", "on", "1")
        if (
            parameter
            and isinstance(value, str)
            and _is_list(parameter)
            and not value.lstrip().startswith("[")
        ):
            asked[name] = [value]
    return shape


def _is_list(parameter: Parameter) -> bool:
    return str(parameter.kind).startswith("list[")


def _name(key: Any) -> str:
    return str(key).strip().lstrip("-").replace("-", "_")


def _unreadable(text: str) -> Invalid:
    return Invalid(
        f"The arguments {text[:60]!r} cannot be read.",
        'Give an object, JSON text such as {"goal": "…"}, or key=value pairs.',
    )
