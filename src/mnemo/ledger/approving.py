"""What others say of a run: checks that ran elsewhere, and approvals by people."""

from __future__ import annotations

import unicodedata
from typing import Any, NamedTuple

from mnemo.errors import Invalid
from mnemo.ledger import binding, names, recording, runs
from mnemo.ledger.names import get_row
from mnemo.ledger.recording import About, Piece
from mnemo.ledger.workspace import Present
from mnemo.model import work
from mnemo.store import objects, queue
from mnemo.store.connections import Connection
from mnemo.store.database import Database
from mnemo.store.rows import Row

# The whole answer must be one of these words; "I do not approve" holds one of them and means the opposite.
YES = ("approved", "approve", "yes", "y", "ok", "승인", "승인함")
FAILED = ("failure", "failed", "error", "cancelled", "timed_out", "action_required", "startup_failure")
ENDED = ("", "completed", "complete", "done", "finished", "success")
# An approval of one of these speaks for it alone, not for the release of its run.
NARROW = (work.TASK, work.PLAN, work.DISPATCH, work.GATE, "patch", "command")
_KNOWN_SCOPES = (work.RUN, work.PLAN, work.TASK, work.DISPATCH, work.GATE)

Record = dict[str, Any]


class CheckElsewhere(NamedTuple):
    """What is told of a check that ran elsewhere.

    Args:
        provider: who ran it, such as github_actions; the name by which a release asks for it.
        external_run_id: its number there.
        status: how far it is there, such as completed.
        conclusion: success is the only one that passes.
        url: where to see it.
        attested_by: who has seen it and stands for it.
    """

    provider: str
    external_run_id: str = ""
    status: str = ""
    conclusion: str = ""
    url: str = ""
    attested_by: str = ""


def record_check(
    db: Database,
    told: CheckElsewhere,
    *,
    at: dict[str, str],
    now: int,
    present: Present,
    run: str | None = None,
    task: str | None = None,
) -> Row:
    """Record what a check that ran elsewhere concluded; it replaces what was recorded of it before.

    Nobody here has seen it run: it is advisory unless somebody stands for it by name.

    Args:
        told: what is said of it.
        at: where and by whom.
        now: wall clock, milliseconds.
        present: the workspace now.
        run, task: ids, or unique beginnings of them; the branch's newest run when both are left out.

    Raises:
        Invalid: provider_required, run_id_required.
        NotFound: run_not_found, task_not_found.
    """
    payload = {**_about_check(told), "commit": at.get("commit", "")}
    attested = bool(payload["attested_by"])
    with db.reading() as connection:
        whom = _whom(connection, present, run, task, at)
    with db.transaction() as connection:
        former = tuple(
            row["evidence"]
            for row in _active(connection, whom.run, work.EXTERNAL_CHECK, provider=payload["provider"])
            # What nobody stands for cannot take the place of what somebody does.
            if row["task"] == whom.task and (attested or row["trust"] == work.ADVISORY)
        )
        trust = work.TRUSTED if attested else work.ADVISORY
        outcome = _outcome(told.status, told.conclusion)
        piece = Piece(work.EXTERNAL_CHECK, outcome, trust, payload, supersedes=former)
        return recording.put(connection, [piece], whom, deed="external_check.recorded", at=at, now=now)[0]


def record_approval(
    db: Database,
    actor: str,
    scope_kind: str,
    scope_id: str,
    prompt: str,
    response: str,
    *,
    at: dict[str, str],
    now: int,
    present: Present,
    run: str | None = None,
) -> Row:
    """Record what somebody answered when asked to approve something; it replaces their earlier answer.

    Only a word of YES alone approves. Any other answer is kept as observed and never counted.

    Args:
        actor: who answered.
        scope_kind: what was to be approved: run, plan, task, dispatch, gate, release, patch …
        scope_id: which one; an id where the ledger has such things.
        prompt: the question.
        response: the answer, as it was given.
        at: where and by whom it is recorded.
        now: wall clock, milliseconds.
        present: the workspace now.
        run: id of the run; left out, that of what is approved, else the branch's newest.

    Raises:
        Invalid: actor_required, response_required, scope_required.
        NotFound: run_not_found and the like: what is to be approved is not there.
    """
    who = _required("actor", actor, names.LONGEST_NAME)
    kind = _required("scope", scope_kind, names.LONGEST_NAME).lower()
    answer = _required("response", response, names.LONGEST_CRITERION)
    with db.reading() as connection:
        found = _scope(connection, kind, scope_id)
        task = found["task"] if found and kind in (work.TASK, work.DISPATCH) else None
        owner = run or (found.get("run", "") if found and not task else "") or None
        whom = _whom(connection, present, owner, task, at)
    subject = found[kind] if found else names.text("scope id", scope_id, names.LONGEST_NAME)
    payload: Record = {
        "summary": f"{who} on {kind} {scope_id or 'as a whole'}: {answer}"[: names.LONGEST_TITLE],
        "actor": who,
        "scope": {"kind": kind, "id": subject},
        "prompt": names.text("prompt", prompt),
        "response": answer,
        "source": who,
    }
    approved = is_yes(answer)
    with db.transaction() as connection:
        former = _active(connection, whom.run, work.APPROVAL, actor=who, scope=payload["scope"])
        piece = Piece(
            work.APPROVAL,
            "passed" if approved else "observed",
            work.TRUSTED if approved else work.ADVISORY,
            payload,
            supersedes=tuple(row["evidence"] for row in former),
        )
        return recording.put(connection, [piece], whom, deed="approval.recorded", at=at, now=now)[0]


def is_yes(response: str) -> bool:
    """Tell whether an answer is one word of consent and nothing else; punctuation around it aside."""
    word = unicodedata.normalize("NFC", response).casefold()
    return _trimmed(word) in YES


def _trimmed(word: str) -> str:
    start, end = 0, len(word)
    while start < end and not word[start].isalnum():
        start += 1
    while end > start and not word[end - 1].isalnum():
        end -= 1
    return word[start:end]


def _about_check(told: CheckElsewhere) -> Record:
    provider = names.text("provider", told.provider, names.LONGEST_NAME)
    if not provider:
        raise Invalid(
            "No provider is named.", "Give --provider, such as github_actions.", "provider_required"
        )
    conclusion = names.text("conclusion", told.conclusion, names.LONGEST_NAME)
    state = names.text("status", told.status, names.LONGEST_NAME)
    attested = names.text("name of who attests it", told.attested_by, names.LONGEST_NAME)
    return {
        "summary": f"{provider}: {conclusion or state or 'nothing concluded'}",
        "provider": provider,
        "external_run_id": names.text("external run id", told.external_run_id, names.LONGEST_NAME),
        "state": state,
        "conclusion": conclusion,
        "uri": names.text("url", told.url, names.LONGEST_CRITERION),
        "attested_by": attested,
        "source": attested or provider,
    }


def _outcome(status: str, conclusion: str) -> str:
    told = conclusion.strip().casefold()
    if told in FAILED:
        return "failed"
    ended = status.strip().casefold() in ENDED
    return "passed" if told == "success" and ended else "observed"


def _whom(
    connection: Connection, present: Present, run: str | None, task: str | None, at: dict[str, str]
) -> About:
    """Return whom a statement speaks for; it serves no criterion unless the work cites it."""
    if task:
        return recording.about(connection, present, task=task, run=run)._replace(numbers=())
    row = recording.run_of(connection, run, at)
    named = binding.named_in_run(connection, row["run"], present.workspace)
    return About(row["run"], bound=binding.bind(present.workspace, named))


def _scope(connection: Connection, kind: str, scope_id: str) -> Row | None:
    """Return the row of what is to be approved; None where the ledger has no such thing."""
    if kind in _KNOWN_SCOPES and scope_id:
        return get_row(connection, kind, scope_id)
    if kind == "release" and scope_id.startswith("run_"):
        row = runs.get_run(connection, scope_id)
        return {**row, kind: row["run"]}
    if kind in _KNOWN_SCOPES and kind != work.RUN:
        raise Invalid(f"No {kind} is named to be approved.", "Give --scope-id.", "scope_required")
    return None


def _active(connection: Connection, run: str, kind: str, **said: Any) -> list[Row]:
    """Return the evidence of a run of one kind that says this and was not replaced."""
    found: list[Row] = []
    for row in queue.iter_evidence(connection, run=run, kind=kind):
        payload = objects.find(connection, row["object"]) or {}
        if row["status"] != "superseded" and all(payload.get(name) == value for name, value in said.items()):
            found.append(row)
    return found


def _required(name: str, value: str, limit: int) -> str:
    told = names.text(name, value, limit)
    if not told:
        raise Invalid(f"The {name} is empty.", f"Give the {name}.", f"{name}_required")
    return told
