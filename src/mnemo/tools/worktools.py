"""The `work` toolset: the ledger over MCP, each tool an action of one of the commands for people.

A tool's parameters are those of all its actions. What an action does not take is refused by name, so that
nothing given is ignored. To add an action: its line in ACTIONS, its parameters in the tool's signature.
"""

from __future__ import annotations

import inspect
from typing import Any, Literal

from mnemo.errors import Invalid
from mnemo.tools.commands import COMMANDS, get_function
from mnemo.tools.marks import writes

Record = dict[str, Any]
_NOTHING: tuple[Any, ...] = ("", [], {}, False)

# Tool -> action -> module and function of this room, as in the table of commands.
ACTIONS: dict[str, dict[str, str]] = {
    "work_run": {
        "start": "lifecycle.start",
        "status": "upkeep.status",
        "pause": "lifecycle.pause",
        "resume": "lifecycle.resume",
        "cancel": "lifecycle.cancel",
        "report": "reporting.report",
    },
    "work_plan": {
        "plan": "lifecycle.plan",
        "approve": "lifecycle.approve_plan",
        "reject": "lifecycle.reject_plan",
    },
    "work_context": {
        "payload": "contexts.worker_payload",
        "bundle": "contexts.context_bundle",
        "route": "contexts.route_task",
        "graph_status": "contexts.graph_status",
        "graph_update": "contexts.graph_update",
        "prefetch": "contexts.memory_prefetch",
        "writeback": "contexts.memory_writeback",
    },
    "work_recover": {
        "recover": "contexts.recover_jobs",
    },
    "work_evidence": {
        "attach": "evidencing.evidence_add",
        "list": "evidencing.evidence_list",
        "show": "evidencing.evidence_show",
        "external_check": "evidencing.record_external_check",
        "approval": "evidencing.record_approval",
        "graph_diff": "evidencing.record_graph_diff",
    },
    "work_gate": {
        "review": "lifecycle.review",
        "verify": "evidencing.verify_task",
        "release": "releasing.release_gate",
        "select_patch": "releasing.select_patch",
    },
}


@writes("Start, stop and report a run")
def work_run(
    action: Literal["start", "status", "pause", "resume", "cancel", "report"] = "status",
    run_id: str | None = None,
    goal: str | None = None,
    allow_spike: bool | None = None,
    reason: str | None = None,
    handles: list[str] | None = None,
) -> Record:
    """Open a run for a goal, stop it and let it go on, and tell where it stands.

    Args:
        action: what to do; status and report change nothing.
        run_id: the run; left out, start opens one, status and report take this branch's newest.
        goal: start: what the run is for.
        allow_spike: start: let it work without an approved plan, at most 100 open tasks.
        reason: pause, resume, cancel: why.
        handles: pause, cancel: processes of yours that may still run; they are written down, never touched.
    """
    return call("work_run", locals())


@writes("Draft, approve and reject plans")
def work_plan(
    action: Literal["plan", "approve", "reject"] = "plan",
    run_id: str | None = None,
    plan_id: str | None = None,
    title: str | None = None,
    body: str | None = None,
    assumptions: list[str] | None = None,
    risks: list[str] | None = None,
    criteria: list[str] | None = None,
    reviewer: str | None = None,
    reason: str | None = None,
) -> Record:
    """Draft a plan for a run, approve it so that work may be handed out, or reject it.

    Args:
        action: what to do.
        run_id: the run.
        plan_id: approve, reject: the plan.
        title: plan: in a line.
        body: plan: the steps.
        assumptions: plan: what it rests on.
        risks: plan: what may go wrong.
        criteria: plan: what must hold at its end.
        reviewer: approve, reject: who decided.
        reason: reject: why.
    """
    return call("work_plan", locals())


@writes("Attach evidence, record checks and approvals")
def work_evidence(
    action: Literal["attach", "list", "show", "external_check", "approval", "graph_diff"] = "attach",
    task: str | None = None,
    run_id: str | None = None,
    uris: list[str] | None = None,
    kind: str | None = None,
    criteria: list[int] | None = None,
    summary: str | None = None,
    supports: list[str] | None = None,
    supersedes: list[str] | None = None,
    evidence: str | None = None,
    limit: int | None = None,
    provider: str | None = None,
    external_run_id: str | None = None,
    status: str | None = None,
    conclusion: str | None = None,
    url: str | None = None,
    attest: str | None = None,
    task_id: str | None = None,
    actor: str | None = None,
    scope_kind: str | None = None,
    scope_id: str | None = None,
    prompt: str | None = None,
    response: str | None = None,
    before_graph_json: dict[str, Any] | None = None,
    after_graph_json: dict[str, Any] | None = None,
    blocking: bool | None = None,
) -> Record:
    """Keep what shows that work is done; no command is run here: `mnemo evidence run` does that.

    Args:
        action: what to do; list and show change nothing.
        task: attach, list: the task.
        run_id: the run.
        uris: attach: paths of the workspace; for a diff those it is limited to.
        kind: attach: file, diff, artifact, screenshot; summary, reasoning, chat prove nothing.
        criteria: attach: the task's criteria that it serves, from 1.
        summary: attach: what it shows.
        supports: attach: claims or whatever else it speaks for.
        supersedes: attach: ids of evidence that it replaces.
        evidence: show: its id.
        limit: list: most pieces.
        provider: external_check: who ran it.
        external_run_id: external_check: its number there.
        status: external_check: how far it is there.
        conclusion: external_check: how it ended; only success passes.
        url: external_check: where to see it.
        attest: external_check: who has seen it and stands for it.
        task_id: external_check, graph_diff: the task, where it is one alone.
        actor: approval: who answered.
        scope_kind: approval: run, release, plan, task, dispatch, gate, patch.
        scope_id: approval: which one.
        prompt: approval: what was asked.
        response: approval: the answer as it was given.
        before_graph_json: graph_diff: god_nodes, cross_community_edges, modularity before.
        after_graph_json: graph_diff: the same afterwards.
        blocking: graph_diff: let a warning close the release gate.
    """
    return call("work_evidence", locals())


@writes("Record a review, judge a task, open a release")
def work_gate(
    action: Literal["review", "verify", "release", "select_patch"] = "review",
    run_id: str | None = None,
    gate: str | None = None,
    status: str | None = None,
    summary: str | None = None,
    reviewer: str | None = None,
    task_id: str | None = None,
    enrich: bool | None = None,
    repair: bool | None = None,
    required_checks: list[str] | None = None,
    required_approvals: int | None = None,
    policy_json: dict[str, Any] | None = None,
    candidate_json: list[str | dict[str, Any]] | None = None,
) -> Record:
    """Record what a review found, judge a task, choose a patch, and see whether a run may be released.

    Args:
        action: what to do.
        run_id: the run.
        gate: review: preflight_safety, plan_review, implementation_review, quality_review,
            final_acceptance, approval or release_readiness; a failed one blocks the run until a later pass.
        status: review: pending, passed, failed or waived.
        summary: review: what was found; why, when it is waived.
        reviewer: review: who reviewed.
        task_id: verify: the task to accept or reject; review: the task that was reviewed; select_patch:
            the task that the patches are for.
        enrich: verify: ask also for what lessons name.
        repair: verify: add a task that mends what is rejected.
        required_checks: release: names of checks, such as a provider or a command.
        required_approvals: release: how many people must have approved.
        policy_json: release: {"require_no_graph_warnings": true}; select_patch: {"forbidden_paths": []}.
        candidate_json: select_patch: one patch each, such as {"dispatch_id", "verification_passed"}.
    """
    return call("work_gate", locals())


@writes("Packets, bundles, routing, code graph, lessons")
def work_context(
    action: Literal[
        "payload", "bundle", "route", "graph_status", "graph_update", "prefetch", "writeback"
    ] = "payload",
    task_id: str | None = None,
    dispatch_id: str | None = None,
    run_id: str | None = None,
    executor: str | None = None,
    query: str | None = None,
    limit: int | None = None,
    lesson: str | None = None,
    domain: str | None = None,
    mock: bool | None = None,
) -> Record:
    """Show what a task is worked on with, preview who would get it, keep its context and what it taught.

    Args:
        action: what to do; payload, graph_status and prefetch change nothing, nothing is ever started.
        task_id: payload, bundle, route: the task.
        dispatch_id: payload: the dispatch that hands it out.
        run_id: payload, bundle, route: the task's run; graph_update: the run that it is evidence for.
        executor: route: whom you want.
        query: prefetch: what is to be done.
        limit: prefetch: most lessons.
        lesson: writeback: a sentence that holds next month too.
        domain: writeback: where it belongs, as in claim.
        mock: graph_update: list the files alone.
    """
    return call("work_context", locals())


@writes("Recover work that nobody finished")
def work_recover(
    action: Literal["recover"] = "recover",
    run_id: str | None = None,
    requeue: bool | None = None,
    executor: str | None = None,
    reason: str | None = None,
) -> Record:
    """Find tasks that were begun and not finished, each with a context bundle; queue them anew if asked.

    Args:
        action: what to do.
        run_id: only this run's.
        requeue: take them back from whoever holds them, and queue a fresh dispatch for each.
        executor: requeue: for whom.
        reason: requeue: why.
    """
    return call("work_recover", locals())


def call(tool: str, given: Record) -> Record:
    """Do what an action of a tool names, with the parameters that were given for it.

    Args:
        tool: its name in ACTIONS.
        given: every parameter of the tool by name, action among them; None for those left out.

    Raises:
        Invalid: there is no such action, or it does not take what was given.
    """
    known = ACTIONS[tool]
    action = given["action"]
    if action not in known:
        raise Invalid(f"{str(action)[:40]!r} is no action of {tool}.", f"Use one of {', '.join(known)}.")
    function = get_function(known[action])
    wanted = inspect.signature(function).parameters
    named = {name: value for name, value in given.items() if name != "action" and value is not None}
    # A client that fills in every parameter says nothing by an empty one.
    odd = [name for name, value in named.items() if name not in wanted and value not in _NOTHING]
    if odd:
        takes = [name for name in given if name in wanted]
        raise Invalid(
            f"{tool} {action} does not take {', '.join(odd)}.", f"It takes {', '.join(takes) or 'nothing'}."
        )
    record = function(**{name: value for name, value in named.items() if name in wanted})
    return {**record, "action": action}


def command_of(tool: str, action: str) -> str:
    """Return the command for people that an action is, as the table of commands calls it.

    Args:
        tool: its name in ACTIONS.
        action: one of its actions.
    """
    place = ACTIONS[tool][action]
    return next((name for name, other in COMMANDS.items() if other == place), "")
