"""A record as text: the one place where an answer gets its words, for the shell and for MCP alike."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from mnemo.errors import MnemoError
from mnemo.interfaces.render import (
    briefing,
    handing,
    hooks,
    importing,
    installing,
    knowledge,
    lifecycle,
    measuring,
    memory,
    people,
    places,
    proving,
    pruning,
    smoking,
    upkeep,
    work,
)
from mnemo.interfaces.render.plain import anything, as_json
from mnemo.retrieval import cards
from mnemo.tools import worktools

__all__ = ["as_json", "error", "text"]

Record = dict[str, Any]

# Whatever has no words of its own here is told in full by plain.anything.
WORDS: dict[str, Callable[[Record], str]] = {
    "recall": memory.recall,
    "claim": memory.claim,
    "verify": memory.verify,
    "help": memory.help_text,
    "claims": people.claims,
    "inbox": people.inbox,
    "mend": people.mend,
    "show": people.show,
    "edit": people.edit,
    "forget": people.forget,
    "undo": people.undo,
    "brief": briefing.brief,
    "import_auto": importing.imported,
    "import_git": importing.imported,
    "why": places.why,
    "check": places.check,
    "where": people.where,
    "log": work.log,
    "log_work": work.logged,
    "fetch_branch_logs": work.entries_json,
    "cleanup_deleted_branches": pruning.branches,
    "prune_old_logs": pruning.old,
    "prune_by_size": pruning.by_size,
    "dispatch": work.dispatch,
    "start": lifecycle.run,
    "pause": lifecycle.run,
    "resume": lifecycle.run,
    "cancel": lifecycle.run,
    "plan": lifecycle.plan,
    "approve_plan": lifecycle.plan,
    "reject_plan": lifecycle.plan,
    "review": lifecycle.review,
    "enqueue_event": lifecycle.enqueued,
    "report": lifecycle.report,
    "handoff": lifecycle.handoff,
    "evidence_run": work.evidence,
    "evidence_add": proving.recorded,
    "evidence_list": proving.listed,
    "evidence_show": proving.shown,
    "verify_task": proving.verdict,
    "record_external_check": proving.recorded,
    "record_approval": proving.recorded,
    "record_graph_diff": proving.graph_diff,
    "select_patch": proving.patch,
    "release_gate": proving.release,
    "audit_verify": proving.audit,
    "audit_head": proving.audit_heads,
    "dispatch_task": handing.dispatched,
    "claim_dispatch": handing.dispatched,
    "complete_dispatch": handing.dispatched,
    "fail_dispatch": handing.dispatched,
    "list_dispatches": handing.dispatches,
    "worker_payload": handing.payload,
    "context_bundle": handing.bundle,
    "route_task": handing.route,
    "recover_jobs": handing.recovery,
    "graph_status": handing.graph,
    "graph_update": handing.graph,
    "prefetch": handing.lessons,
    "writeback": handing.lesson,
    "classify": handing.verdict,
    "skills": handing.skills,
    "doctor": upkeep.checks,
    "status": upkeep.status,
    "health": upkeep.health,
    "self_check": upkeep.checks,
    "sample_smoke": smoking.sample_smoke,
    "backup": upkeep.backup,
    "restore": upkeep.restore,
    "export": upkeep.export,
    "config_get": upkeep.config_get,
    "demo": upkeep.already_said,
    "config_list": upkeep.config_list,
    "config_set": upkeep.config_set,
    "init": upkeep.init,
    "install": installing.install,
    "uninstall": installing.uninstall,
    "logs": upkeep.logs,
    "eval": measuring.evaluation,
    "update": memory.claim,
    "reinforce": knowledge.reinforce,
    "link": knowledge.link,
    "search": knowledge.search,
    "query": knowledge.query,
    "hook": hooks.answered,
    "hook_last": hooks.last,
    "quiet": hooks.quiet,
}


def text(name: str, record: Record) -> str:
    """Return a record as the text that people and models read.

    Args:
        name: the tool or command that answered, in kebab or snake case, with or without memory_.
        record: what it answered.
    """
    if record.get("ok") is False and "message" in record:
        return _two_lines(record["message"], record.get("fix", ""))
    plain_name = name.replace("-", "_").replace(" ", "_").removeprefix("memory_")
    if plain_name in worktools.ACTIONS and "action" in record:
        plain_name = worktools.command_of(plain_name, record["action"]).replace(" ", "_")
    return WORDS.get(plain_name, anything)(record)


def error(error: MnemoError) -> str:
    """Return an error as two lines: what went wrong with the value, what to do next."""
    return _two_lines(error.message, error.fix)


def _two_lines(message: str, fix: str) -> str:
    told = cards.phrase(message, 4 * cards.LINE)
    return f"{told}\n{cards.phrase(fix, 4 * cards.LINE)}" if fix else told
