"""Which commands there are for people beside the tools: the one table that the CLI loops over."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any

Function = Callable[..., dict[str, Any]]

# By module and function of this room; who types one command does not wait for the others to be imported.
COMMANDS: dict[str, str] = {
    "claim": "pinning.claim",
    "verify": "people.verify",
    "claims": "people.claims",
    "show": "people.show",
    "edit": "correcting.edit",
    "forget": "correcting.forget",
    "undo": "correcting.undo",
    "inbox": "inbox.inbox",
    "mend": "mending.mend",
    "brief": "briefing.brief",
    "why": "why.why",
    "check": "reviewing.check",
    "import auto": "importing.import_auto",
    "import git": "importing.import_git",
    "quiet": "hooking.quiet",
    "eval": "evaluating.evaluate",
    "hook last": "hooking.hook_last",
    "where": "upkeep.where",
    "evidence run": "working.evidence_run",
    "init": "upkeep.init",
    "install": "installing.install",
    "uninstall": "installing.uninstall",
    "status": "upkeep.status",
    "doctor": "upkeep.doctor",
    "health": "upkeep.health",
    "backup": "upkeep.backup",
    "restore": "upkeep.restore",
    "trust": "upkeep.trust",
    "config get": "upkeep.config_get",
    "config set": "upkeep.config_set",
    "config list": "upkeep.config_list",
    "logs": "upkeep.logs",
    "export": "people.export",
    "log_work": "originals.log_work",
    "fetch_branch_logs": "originals.fetched_branch_logs",
}


def get_function(place: str) -> Function:
    """Return a function of this room by its place in the table, such as people.show."""
    module, _, name = place.partition(".")
    return getattr(import_module(f"mnemo.tools.{module}"), name)
