"""Executors: names that work is handed to, with what their user said of them. Nothing here runs anything.

[executors.codex]            in config.toml of the user's own folder, never of a repository
kinds = ["bugfix", "tests"]  what it is for; any kind when left out
max_risk = "high"            the riskiest task it may be given: low, medium (default) or high
available = false            leave it out for now
health = "codex --version"   told to whoever asks how to check it; mnemo does not run it
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple, cast

from mnemo.errors import Invalid
from mnemo.ledger import names

RISKS = ("low", "medium", "high")
SECTION = "executors"
FIELDS = ("kinds", "max_risk", "available", "health")

# What someone reports of a try, the worst first.
OUTCOMES = ("timeout", "process_failed", "no_changes", "verification_failed", "verified")


class Executor(NamedTuple):
    """One name that work can be handed to.

    Args:
        name: as tasks are dispatched to it.
        kinds: the kinds of task it is for; empty for any.
        max_risk: the riskiest task it may be given.
        available: whether its user lets it be chosen.
        health: a command that its user may run to check it; empty when none is known.
        known: whether the user's configuration names it, or it is whoever asks.
    """

    name: str
    kinds: tuple[str, ...] = ()
    max_risk: str = "medium"
    available: bool = True
    health: str = ""
    known: bool = True


def read(tables: Mapping[str, Any]) -> list[Executor]:
    """Return the executors of a user's configuration, by name.

    Args:
        tables: name -> table, as settings.Settings.table gives them.

    Raises:
        Invalid: naming the executor, the field and its value.
    """
    return [_read(name, table) for name, table in sorted(tables.items())]


def outcome(
    *, timed_out: bool = False, exit_code: int = 0, changed: bool = True, verified: bool = False
) -> str:
    """Return what a reported try came to, one of OUTCOMES; a report of success proves nothing.

    Args:
        timed_out: whether it ran out of time.
        exit_code: of its process, 0 when it ended well.
        changed: whether any file changed.
        verified: whether the task's evidence holds.
    """
    if timed_out:
        return "timeout"
    if exit_code:
        return "process_failed"
    if verified:
        return "verified"
    return "verification_failed" if changed else "no_changes"


def _read(name: str, table: Any) -> Executor:
    if not isinstance(table, dict):
        raise _wrong(name, "a table", table)
    fields = cast("dict[str, Any]", table)
    for field in fields:
        if field not in FIELDS:
            raise Invalid(
                f"The executor {names.brief(name)} has the unknown field {names.brief(field)}.",
                f"It may have {', '.join(FIELDS)}.",
            )
    kinds, risk = fields.get("kinds", []), fields.get("max_risk", "medium")
    available, health = fields.get("available", True), fields.get("health", "")
    listed = cast("list[Any]", kinds) if isinstance(kinds, list) else []
    if not isinstance(kinds, list) or not all(isinstance(each, str) for each in listed):
        raise _wrong(name, "a list of texts as kinds", kinds)
    if risk not in RISKS:
        raise _wrong(name, f"one of {', '.join(RISKS)} as max_risk", risk)
    if not isinstance(available, bool):
        raise _wrong(name, "true or false as available", available)
    if not isinstance(health, str):
        raise _wrong(name, "a text as health", health)
    return Executor(names.executor_name(name), tuple(listed), risk, available, health)


def _wrong(name: str, wanted: str, value: Any) -> Invalid:
    return Invalid(
        f"The executor {names.brief(name)} takes {wanted}, not {names.brief(value)}.",
        "Mend that line of config.toml in your own mnemo folder.",
    )
