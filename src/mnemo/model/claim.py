"""Claims and who asserts them: one statement, and per branch one assertion of it."""

from __future__ import annotations

from collections.abc import Iterable

from mnemo.light import Any, NamedTuple

KINDS = ("leaf", "compress", "supersede", "root", "pipeline", "vector")
DOMAINS = (
    "architecture",
    "decisions",
    "patterns",
    "tasks",
    "issues",
    "dependencies",
    "history",
    "context",
    "feedback",
)
SCOPES = ("branch", "project", "global")
ORIGINS = ("agent", "person", "capture", "import", "scan", "survey", "pipeline", "replica")
RELATIONS = ("relates_to", "caused_by", "depends_on", "blocks", "enables", "contradicts")
LIVE = ("active", "unconfirmed", "preliminary")
WITHDRAWN = ("superseded", "retracted", "compressed", "stashed", "purged")
PERMILLE = 1000


class Assertion(NamedTuple):
    """A claim made by someone, somewhere.

    Args:
        id: row of the assertion in this store.
        claim: row of the claim in this store.
        address: the claim's address, 64 hex.
        kind: one of KINDS.
        branch, commit: where it was made.
        worktree, session, agent, origin: by whom.
        scope: one of SCOPES.
        domain: one of DOMAINS.
        confidence, priority: permille.
        standing: active, unconfirmed, preliminary or one of WITHDRAWN.
        cause: what withdrew it: the address that supersedes it, or the hash of the reason.
        folder: the folder it speaks for; empty for the whole repository.
        object: hash of the payload: content, why, when, tags, path, anchors.
        clock, first: when it was last and first made.
        expires: wall clock in milliseconds after which it no longer holds, 0 never.
        reinforced: how often it was claimed again.
        quiet: whether hooks keep it to themselves.
    """

    id: int
    claim: int
    address: str
    kind: str
    branch: str
    commit: str
    worktree: str
    session: str
    agent: str
    origin: str
    scope: str
    domain: str
    confidence: int
    priority: int
    standing: str
    cause: str
    folder: str
    object: str
    clock: int
    first: int
    expires: int
    reinforced: int
    quiet: bool


class View(NamedTuple):
    """From where memory is looked at.

    Args:
        branch: the branch that is checked out.
        contained: where other branches' assertions were made whose work this branch's history holds, each a
            branch and a commit.
        session: whose preliminary workspace is open.
        now: wall clock, milliseconds.
        everything: whether unmerged branches are looked at too.
    """

    branch: str
    contained: frozenset[tuple[str, str]] = frozenset()
    session: str = ""
    now: int = 0
    everything: bool = False


def belongs(assertion: Assertion, view: View) -> bool:
    """Whether an assertion is part of the branch's own history."""
    return assertion.branch == view.branch or (assertion.branch, assertion.commit) in view.contained


def is_visible(assertion: Assertion, view: View) -> bool:
    """Whether an assertion says anything here at all."""
    return view.everything or assertion.scope != "branch" or belongs(assertion, view)


def current(assertions: Iterable[Assertion], view: View) -> Assertion | None:
    """Return the assertion of one claim that counts here, or None.

    What the branch's own history says beats what holds everywhere; the latest of them counts.

    Args:
        assertions: all assertions of one claim.
        view: from where it is looked at.
    """
    visible = [one for one in assertions if is_visible(one, view)]
    if len(visible) < 2:
        return visible[0] if visible else None
    return max(visible, key=lambda one: (belongs(one, view), one.clock))


def is_live(assertion: Assertion, view: View) -> bool:
    """Whether an assertion that counts may be told: neither withdrawn, expired, nor another session's own."""
    if assertion.standing == "preliminary":
        return bool(view.session) and assertion.session == view.session
    return assertion.standing in LIVE and not is_expired(assertion, view.now)


def is_expired(assertion: Assertion, now: int) -> bool:
    """Whether an assertion's time is over; now is the wall clock in milliseconds."""
    return bool(assertion.expires) and assertion.expires <= now


def standing_at(assertion: Assertion, now: int) -> str:
    """Return an assertion's standing at a time, in milliseconds."""
    return "expired" if assertion.standing in LIVE and is_expired(assertion, now) else assertion.standing


def payload_of(
    content: str,
    *,
    why: str | None = None,
    when: str | None = None,
    tags: Iterable[str] = (),
    path: str = "",
    anchors: Iterable[dict[str, Any]] = (),
    kind: str = "leaf",
    inputs: Iterable[str] = (),
) -> dict[str, Any]:
    """Return what an assertion's object says: only the fields that are used."""
    found: dict[str, Any] = {
        "content": content,
        "why": why,
        "when": when,
        "tags": sorted(set(tags)),
        "path": path,
        "anchors": list(anchors),
        "kind": "" if kind == "leaf" else kind,
        "inputs": sorted(set(inputs)),
    }
    return {name: value for name, value in found.items() if value}
