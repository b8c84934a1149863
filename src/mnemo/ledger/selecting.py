"""Choosing one of several patches for the same work: the score, what is rejected and why, and the trail."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fnmatch import fnmatchcase
from typing import Any, NamedTuple, cast

from mnemo.errors import Invalid
from mnemo.ledger import coverage, policies, recording
from mnemo.ledger.names import brief, get_row, shown
from mnemo.ledger.recording import About, Piece
from mnemo.ledger.workspace import Present
from mnemo.model import work
from mnemo.store import objects, queue
from mnemo.store.connections import Connection
from mnemo.store.database import Database

CANDIDATE, SELECTION = "patch_candidate", "patch_selection"
MOST_CANDIDATES = 50
RISKS = ("low", "medium", "high")
# What counts in a candidate's score, in tenths of a point.
VERIFIED, UNSAFE, RISK, PER_LINE = 1000, -1000, {"high": -250, "medium": -100, "low": 0}, -1
POLICY = ("require_approval_for_high_risk", "require_approval_for_graph_regressions", "forbidden_paths")

Record = dict[str, Any]


class Candidate(NamedTuple):
    """One patch.

    Args:
        name: the dispatch it came from, or what else it is called.
        executor: who made it.
        verified: whether its checks passed.
        evidence: ids of evidence that shows it; where given, it decides.
        unsafe: paths it should not touch.
        size: lines it adds and takes away.
        graph_risk: low, medium or high.
        warnings: what a comparison of the code's graph warned of.
    """

    name: str
    executor: str
    verified: bool
    evidence: tuple[str, ...]
    unsafe: tuple[str, ...]
    size: int
    graph_risk: str
    warnings: tuple[str, ...]


class Judged(NamedTuple):
    """A candidate after a look at it.

    Args:
        candidate: what was looked at.
        score: in tenths of a point.
        reason: why it cannot be taken; empty when it can.
        requires_approval: whether an approval would make it possible.
    """

    candidate: Candidate
    score: int
    reason: str
    requires_approval: bool


def read_candidates(given: Sequence[Any], policy: Mapping[str, Any]) -> list[Candidate]:
    """Return candidates from what a caller says of them.

    Args:
        given: objects {"dispatch_id", "executor", "verification_passed", "evidence", "unsafe_paths",
            "changed_paths", "diff_size", "graph_risk", "graph_diff"}; all but the first may be left out.
        policy: its forbidden_paths are patterns of paths that no patch may change.

    Raises:
        Invalid: candidates_required; or one that cannot be read, or is named twice.
    """
    unknown = sorted(set(policy) - set(POLICY))
    if unknown:
        raise Invalid(
            f"The policy of a selection has no {brief(unknown[0])}.", f"It may have {', '.join(POLICY)}."
        )
    if not given:
        raise Invalid(
            "There is no candidate to choose from.",
            """Give --candidate-json '{"dispatch_id": "…", "verification_passed": true}', once for each.""",
            "candidates_required",
        )
    if len(given) > MOST_CANDIDATES:
        raise Invalid(f"{len(given)} candidates are too many.", f"Give at most {MOST_CANDIDATES}.")
    found = [_candidate(each, policy) for each in given]
    names = [each.name for each in found]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice:
        raise Invalid(f"The candidate {brief(twice)} was given twice.", "Give each patch once.")
    return found


def judge(candidate: Candidate, policy: Mapping[str, Any], *, approved: bool = False) -> Judged:
    """Return a candidate's score and whether it may be taken.

    100 for a verified patch, less 100 for unsafe paths, 25 or 10 for a high or medium risk to the code's
    graph, and a tenth for each line.

    Args:
        candidate: the patch.
        policy: require_approval_for_high_risk and require_approval_for_graph_regressions, both true
            when left out.
        approved: whether somebody approved this very patch.
    """
    score = RISK[candidate.graph_risk] + PER_LINE * candidate.size
    score += VERIFIED if candidate.verified else 0
    score += UNSAFE if candidate.unsafe else 0
    reason = ""
    if candidate.unsafe or (
        candidate.graph_risk == "high" and policy.get("require_approval_for_high_risk", True)
    ):
        reason = "high_risk_or_unsafe_paths"
    elif candidate.warnings and policy.get("require_approval_for_graph_regressions", True):
        reason = "graph_regression_requires_approval"
    if not candidate.verified:
        return Judged(candidate, score, "verification_failed", requires_approval=False)
    reason = "" if approved else reason
    return Judged(candidate, score, reason, requires_approval=bool(reason))


def choose(judged: Sequence[Judged]) -> Judged | None:
    """Return the best candidate that may be taken, or None; of equals the smaller, then the first named."""
    free = [each for each in judged if not each.reason]
    return max(free, key=lambda each: (each.score, -each.candidate.size), default=None)


def select(
    db: Database,
    given: Sequence[Any],
    policy: Mapping[str, Any],
    *,
    at: dict[str, str],
    now: int,
    present: Present,
    run: str | None = None,
    task: str | None = None,
) -> Record:
    """Choose a patch, and keep every candidate's trail; nothing is merged.

    Args:
        given: see read_candidates.
        policy: see judge.
        at: where and by whom.
        now: wall clock, milliseconds.
        present: the workspace now.
        run, task: ids, or unique beginnings of them; the branch's newest run when both are left out.

    Returns:
        ok, decision {selected_dispatch_id, approval_required, auto_merge_allowed, scores, rejected,
        preserved_evidence_trails}, and the rows of evidence: candidates and selection.

    Raises:
        Invalid: candidates_required, or a candidate that cannot be read.
        NotFound: run_not_found, task_not_found, evidence_not_found.
    """
    candidates = read_candidates(given, policy)
    with db.reading() as connection:
        owner = None if task else recording.run_of(connection, run, at)["run"]
        whom = recording.about(connection, present, task=task, run=owner or run)
        judged = [_look(connection, each, policy, whom.run, present) for each in candidates]
    decision = _decision(judged)
    pieces = [_trail(each) for each in judged]
    chosen = decision["selected_dispatch_id"]
    status = "passed" if chosen else "warning" if decision["approval_required"] else "failed"
    told = f"took {chosen}" if chosen else "took none of " + ", ".join(each.name for each in candidates)
    stored = {**decision, "scores": {name: str(score) for name, score in decision["scores"].items()}}
    pieces.append(Piece(SELECTION, status, work.ADVISORY, {"summary": told, "decision": stored}))
    about = About(whom.run, whom.task)
    with db.transaction() as connection:
        written = recording.put(connection, pieces, about, deed="patch_selection.decided", at=at, now=now)
    return {"ok": chosen is not None, "decision": decision, "rows": written}


def _look(
    connection: Connection, candidate: Candidate, policy: Mapping[str, Any], run: str, present: Present
) -> Judged:
    problems = [
        coverage.problem_of(connection, get_row(connection, work.EVIDENCE, each), present)
        for each in candidate.evidence
    ]
    if candidate.evidence:
        candidate = candidate._replace(verified=not any(problems))
    return judge(candidate, policy, approved=_is_approved(connection, candidate.name, run, present))


def _is_approved(connection: Connection, name: str, run: str, present: Present) -> bool:
    for row in queue.iter_evidence(connection, run=run, kind=work.APPROVAL):
        scope = (objects.find(connection, row["object"]) or {}).get("scope", {})
        about_it = scope.get("kind") in (work.DISPATCH, "patch") and scope.get("id", "") in (
            name,
            _full(connection, name),
        )
        if about_it and not coverage.problem_of(connection, row, present):
            return True
    return False


def _full(connection: Connection, name: str) -> str:
    found = queue.list_ids(connection, work.DISPATCH, name) if name.startswith("dispatch_") else []
    return found[0] if len(found) == 1 else name


def _decision(judged: Sequence[Judged]) -> Record:
    chosen = choose(judged)
    waiting = any(each.requires_approval for each in judged)
    return {
        "selected_dispatch_id": chosen.candidate.name if chosen else None,
        "approval_required": chosen is None and waiting,
        "auto_merge_allowed": chosen is not None,
        "scores": {each.candidate.name: each.score / 10 for each in judged},
        "rejected": {
            each.candidate.name: {"reason": each.reason, "requires_approval": each.requires_approval}
            for each in judged
            if each.reason
        },
        "preserved_evidence_trails": [each.candidate.name for each in judged],
    }


def _trail(judged: Judged) -> Piece:
    one = judged.candidate
    verified = "verified" if one.verified else "not verified"
    by = "by evidence" if one.evidence else "by word alone"
    payload: Record = {
        "summary": f"{one.name}: {verified} {by}, {one.size} lines, graph risk {one.graph_risk}",
        "candidate": {**one._asdict(), "evidence": list(one.evidence)},
        "score": str(judged.score / 10),
        "reason": judged.reason,
        "supports": [shown(each) for each in one.evidence],
    }
    return Piece(CANDIDATE, "observed", work.ADVISORY, payload)


def _candidate(given: Any, policy: Mapping[str, Any]) -> Candidate:
    if not isinstance(given, dict):
        raise _unreadable(given)
    record = cast(Record, given)
    name: Any = record.get("dispatch_id") or record.get("id") or ""
    verified: Any = record.get("verification_passed", record.get("verified", False))
    size: Any = record.get("diff_size", 0)
    risk: Any = record.get("graph_risk") or record.get("risk") or "low"
    graph: Any = record.get("graph_diff") or {}
    right = isinstance(name, str) and name.strip() and isinstance(verified, bool) and isinstance(graph, dict)
    if not right or type(size) is not int or size < 0 or risk not in RISKS:
        raise _unreadable(given)
    comparison = cast(Record, graph)
    forbidden = policies.words(policy, "forbidden_paths")
    changed = policies.words(record, "changed_paths")
    touched = [path for path in changed if any(_fits(path, each) for each in forbidden)]
    return Candidate(
        name=cast(str, name).strip(),
        executor=str(record.get("executor") or ""),
        verified=cast(bool, verified),
        evidence=tuple(policies.words(record, "evidence")),
        unsafe=tuple(dict.fromkeys([*policies.words(record, "unsafe_paths"), *touched])),
        size=size,
        graph_risk=risk,
        warnings=tuple(policies.words(comparison, "warnings")),
    )


def _fits(path: str, pattern: str) -> bool:
    return path == pattern or path.startswith(pattern.rstrip("/") + "/") or fnmatchcase(path, pattern)


def _unreadable(given: Any) -> Invalid:
    return Invalid(
        f"The candidate {brief(given)} cannot be read.",
        'Give {"dispatch_id": "…", "verification_passed": true, "unsafe_paths": [], "diff_size": 12, '
        '"graph_risk": "low"}.',
    )
