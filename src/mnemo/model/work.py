"""Work: the states of run, plan, task, dispatch, gate and evidence, and which may follow which."""

from __future__ import annotations

RUN = "run"
PLAN = "plan"
TASK = "task"
DISPATCH = "dispatch"
GATE = "gate"
EVIDENCE = "evidence"

# Kind -> state -> the states that may follow it. A state that nothing follows is final.
TRANSITIONS: dict[str, dict[str, tuple[str, ...]]] = {
    RUN: {
        "active": ("paused", "blocked", "cancelled", "completed"),
        "paused": ("active", "cancelled"),
        "blocked": ("active", "cancelled"),
        "cancelled": (),
        "completed": (),
    },
    PLAN: {
        "draft": ("canonical", "rejected"),
        "canonical": ("superseded",),
        "superseded": (),
        "rejected": (),
    },
    # Work done is still judged: completed may become accepted or rejected. A submitted, rejected or
    # blocked task may be taken up again, and is then in progress. Whoever still holds a rejected one may
    # hand it in again, and it is accepted once the evidence that it lacked is there.
    TASK: {
        "pending": ("ready", "claimed", "in_progress", "blocked", "cancelled"),
        "ready": ("pending", "claimed", "in_progress", "blocked", "cancelled"),
        "claimed": ("in_progress", "ready", "blocked", "cancelled"),
        "in_progress": ("submitted", "completed", "ready", "blocked", "cancelled"),
        "submitted": (
            "verifying",
            "completed",
            "accepted",
            "rejected",
            "in_progress",
            "ready",
            "blocked",
            "cancelled",
        ),
        "verifying": ("submitted", "accepted", "rejected", "ready", "blocked", "cancelled"),
        "completed": ("verifying", "accepted", "rejected"),
        "rejected": ("ready", "in_progress", "submitted", "completed", "accepted", "blocked", "cancelled"),
        "blocked": ("pending", "ready", "in_progress", "cancelled"),
        "accepted": (),
        "cancelled": (),
    },
    DISPATCH: {
        "queued": ("claimed", "recovered"),
        "claimed": ("completed", "failed", "recovered"),
        "completed": (),
        "failed": (),
        "recovered": (),
    },
    GATE: {
        "pending": ("passed", "failed", "waived"),
        "failed": ("passed", "waived"),
        "passed": (),
        "waived": (),
    },
    EVIDENCE: {
        "passed": ("superseded",),
        "failed": ("superseded",),
        "observed": ("superseded",),
        "warning": ("superseded",),
        "superseded": (),
    },
}

DONE = ("accepted", "completed")
WAITING = ("pending", "ready")
LIVE = ("queued", "claimed")
# What still needs someone: the tasks that count towards the limit of an unplanned run.
OPEN = ("pending", "ready", "claimed", "in_progress", "submitted", "verifying", "rejected", "blocked")
GATE_KINDS = (
    "preflight_safety",
    "plan_review",
    "implementation_review",
    "quality_review",
    "final_acceptance",
    "approval",
    "release_readiness",
)
TRUSTED, ADVISORY = "trusted", "advisory"

# Kinds of evidence. What mnemo ran itself, what lies in the workspace, what somebody stands for by name:
RUN_KINDS = (
    "command_output",
    "test_result",
    "lint_result",
    "type_result",
    "compile_result",
    "smoke_result",
)
FILE_KINDS = ("file", "diff", "artifact", "screenshot")
APPROVAL, EXTERNAL_CHECK = "approval", "external_check"
PROVING_KINDS = (*RUN_KINDS, *FILE_KINDS, APPROVAL, EXTERNAL_CHECK)
# What somebody says: kept, and never enough for anything.
SAID_KINDS = ("summary", "reasoning", "chat", "session_state", "terminal_log")


def allowed(kind: str, old: str) -> tuple[str, ...]:
    """Return the states that may follow a state; none for a final or an unknown one.

    Args:
        kind: run, plan, task, dispatch, gate or evidence.
        old: the state now.
    """
    return TRANSITIONS[kind].get(old, ())


def can(kind: str, old: str, new: str) -> bool:
    """Whether a state may follow another; staying is no transition."""
    return new in allowed(kind, old)


def is_final(kind: str, state: str) -> bool:
    """Whether nothing may follow a state."""
    return not allowed(kind, state)
