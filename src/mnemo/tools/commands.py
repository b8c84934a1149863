"""Which commands there are for people beside the tools: the one table that the CLI loops over."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from mnemo.tools import originals, people, upkeep, working

COMMANDS: dict[str, Callable[..., dict[str, Any]]] = {
    "verify": people.verify,
    "claims": people.claims,
    "show": people.show,
    "edit": people.edit,
    "forget": people.forget,
    "undo": people.undo,
    "where": upkeep.where,
    "evidence run": working.evidence_run,
    "init": upkeep.init,
    "status": upkeep.status,
    "doctor": upkeep.doctor,
    "health": upkeep.health,
    "backup": upkeep.backup,
    "restore": upkeep.restore,
    "trust": upkeep.trust,
    "config get": upkeep.config_get,
    "config set": upkeep.config_set,
    "config list": upkeep.config_list,
    "logs": upkeep.logs,
    "export": people.export,
    "log_work": originals.log_work,
    "fetch_branch_logs": originals.fetched_branch_logs,
}
