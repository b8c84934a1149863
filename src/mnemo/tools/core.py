"""The six tools an agent needs most days."""

from __future__ import annotations

from typing import Any, Literal

from mnemo import projects
from mnemo.tools import remembering, working
from mnemo.tools.marks import reads, writes
from mnemo.worklog import writing

Record = dict[str, Any]
SCHEMA = remembering.SCHEMA
Items = list[str | dict[str, Any]]
Domain = Literal[
    "architecture",
    "decisions",
    "patterns",
    "tasks",
    "issues",
    "dependencies",
    "history",
    "context",
    "feedback",
]


@reads("Recall what the project knows", loaded=True)
def recall(
    query: str = "",
    path: str | None = None,
    limit: int | None = None,
    budget: int = 1500,
    domain: Domain | None = None,
    branches: Literal["here", "all"] = "here",
    detail: Literal["card", "full"] = "card",
    explain: bool = False,
) -> Record:
    """Tell what is known about a question, or about a file before you change it; judged against the code now.

    Args:
        query: a question or keywords.
        path: a file; alone, everything known about it.
        limit: most claims told; left out, at most 8.
        budget: most tokens in the answer.
        domain: only this domain.
        branches: here, or all to include unmerged branches.
        detail: card (first lines) or full text.
        explain: show how each score came about.
    """
    asking = remembering.Asking(
        query, path or "", limit, budget, domain, branches == "all", detail == "full", explain
    )
    return remembering.recalled(asking)


@writes("Claim something about the project", loaded=True)
def claim(
    content: str = "",
    why: str | None = None,
    when: str | None = None,
    domain: Domain = "context",
    tags: list[str] | None = None,
    anchors: Items | None = None,
    path: str | None = None,
    confidence: float = 0.8,
    priority: float = 0,
    scope: Literal["auto", "branch", "project", "global"] = "auto",
    supersedes: list[str] | None = None,
    retracts: list[str] | None = None,
    ttl_days: float = 0,
    preliminary: bool = False,
    batch: Items | None = None,
) -> Record:
    """Store a decision, convention or finding pinned to the code that shows it, or withdraw one.

    Args:
        content: the statement; a first line with more below is its headline.
        why: the reason; required with retracts.
        when: the situation it applies in.
        domain: what kind of knowledge it is.
        tags: free words.
        anchors: "src/a.py", "src/a.py:10-20", "src/a.py::Class.f", or objects with type file, grep,
            dependency, content, symbol, test.
        path: the folder it speaks for.
        confidence: 0-1, how sure.
        priority: 0-1, how loud.
        scope: where it holds; auto decides by its anchors.
        supersedes: addresses it replaces.
        retracts: addresses to withdraw.
        ttl_days: days until it expires; 0 never.
        preliminary: keep it in this session's workspace.
        batch: several claims at once, each text or an object with these fields.
    """
    fields = {
        "content": content,
        "why": why,
        "when": when,
        "domain": domain,
        "tags": tags,
        "anchors": anchors,
        "path": path,
        "confidence": confidence,
        "priority": priority,
        "scope": scope,
        "supersedes": supersedes,
        "ttl_days": ttl_days,
        "preliminary": preliminary,
    }
    return remembering.claimed(fields, batch, retracts)


@writes("Verify claims or a task")
def verify(target: str | None = None, repair: bool = False) -> Record:
    """Judge claims against the code, or a task against its evidence.

    Args:
        target: address, path, task or run id; left out, every claim.
        repair: follow certain moves and renames, list the rest.
    """
    return working.judged(target, repair)


@writes("Log work done")
def log(
    message: str | None = None,
    extra: dict[str, Any] | None = None,
    branch: str | None = None,
    limit: int = 50,
) -> Record:
    """Add to this branch's work log, or read it.

    Args:
        message: what was done; left out, the log is read.
        extra: further facts as an object.
        branch: another branch to read.
        limit: most entries read.
    """
    if message is not None:
        return working.logged(message, extra)
    project = projects.current_for_log()
    found = writing.read(project.db, branch or project.head().branch, limit)
    return {**SCHEMA, **found, "notes": project.told()}


@writes("Dispatch work")
def dispatch(
    action: Literal["ready", "add", "create", "take", "heartbeat", "complete", "fail", "list"] = "ready",
    task: str | None = None,
    dispatch: str | None = None,
    title: str | None = None,
    body: str | None = None,
    criteria: list[str] | None = None,
    executor: str | None = None,
    summary: str | None = None,
    evidence: Items | None = None,
    reason: str | None = None,
    lease_minutes: float = 30.0,
) -> Record:
    """Queue work, take it once, and finish it with evidence.

    Args:
        action: ready lists what can start, add makes a task, take starts one; complete and fail end it.
        task: task id.
        dispatch: dispatch id, the fence of who took it.
        title: add: the task.
        body: add: what it asks.
        criteria: add: what must be shown.
        executor: who takes it; left out, this client.
        summary: complete: what was done.
        evidence: complete: evidence ids, paths, or {"uri", "criteria": [1]}.
        reason: fail: why.
        lease_minutes: how long a take holds.
    """
    asked = working.Asked(task, dispatch, title, body, criteria, summary, evidence, reason, lease_minutes)
    return working.dispatched(action, executor, asked)
