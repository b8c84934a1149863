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
    "start": "lifecycle.start",
    "plan": "lifecycle.plan",
    "approve_plan": "lifecycle.approve_plan",
    "reject_plan": "lifecycle.reject_plan",
    "pause": "lifecycle.pause",
    "resume": "lifecycle.resume",
    "cancel": "lifecycle.cancel",
    "review": "lifecycle.review",
    "enqueue_event": "lifecycle.enqueue_event",
    "report": "reporting.report",
    "handoff": "reporting.handoff",
    "evidence run": "evidencing.evidence_run",
    "evidence add": "evidencing.evidence_add",
    "evidence list": "evidencing.evidence_list",
    "evidence show": "evidencing.evidence_show",
    "verify_task": "evidencing.verify_task",
    "record_external_check": "evidencing.record_external_check",
    "record_approval": "evidencing.record_approval",
    "record_graph_diff": "evidencing.record_graph_diff",
    "select_patch": "releasing.select_patch",
    "release_gate": "releasing.release_gate",
    "audit verify": "releasing.audit_verify",
    "audit head": "releasing.audit_head",
    "worker_payload": "contexts.worker_payload",
    "dispatch_task": "handing.dispatch_task",
    "list_dispatches": "handing.list_dispatches",
    "claim_dispatch": "handing.claim_dispatch",
    "complete_dispatch": "handing.complete_dispatch",
    "fail_dispatch": "handing.fail_dispatch",
    "context_bundle": "contexts.context_bundle",
    "route_task": "contexts.route_task",
    "recover_jobs": "contexts.recover_jobs",
    "graph_status": "contexts.graph_status",
    "graph_update": "contexts.graph_update",
    "memory_prefetch": "contexts.memory_prefetch",
    "memory_writeback": "contexts.memory_writeback",
    "classify": "skills.classify",
    "skills": "skills.skills",
    "init": "upkeep.init",
    "install": "installing.install",
    "uninstall": "installing.uninstall",
    "status": "upkeep.status",
    "doctor": "upkeep.doctor",
    "self_check": "smoking.self_check",
    "sample_smoke": "smoking.sample_smoke",
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
    "cleanup_deleted_branches": "pruning.cleaned_up",
    "prune_old_logs": "pruning.pruned_old",
    "prune_by_size": "pruning.pruned_by_size",
}


def get_function(place: str) -> Function:
    """Return a function of this room by its place in the table, such as people.show."""
    module, _, name = place.partition(".")
    return getattr(import_module(f"mnemo.tools.{module}"), name)
