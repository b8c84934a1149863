"""The words that earlier programs taught people: log_work, fetch_branch_logs, and the store as an object."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from typing import Any

from mnemo import clock, projects
from mnemo.errors import Invalid, NotARepository, NotFound
from mnemo.memory import claiming, drafts, recalling, verifying, withdrawing
from mnemo.model.claim import PERMILLE, Assertion
from mnemo.project import Project, acting, actor
from mnemo.retrieval.ranking import Candidate, iter_candidates
from mnemo.store import assertions
from mnemo.tools import people, working
from mnemo.tools.remembering import SCHEMA
from mnemo.worklog import writing

Record = dict[str, Any]
LONGEST_QUERY = 1_000
SAME = 50  # characters; shorter texts are only the same when they are equal


def log_work(message: str, extra: dict[str, Any] | str | None = None) -> Record:
    """Add an entry to this branch's work log.

    Args:
        message: what was done.
        extra: further facts, an object or JSON text of one.
    """
    return working.logged(message, extra)


def fetch_branch_logs(branch: str | None = None, limit: int | None = None) -> list[Record]:
    """Return a branch's log entries, newest first: timestamp, branch, message, extra.

    Args:
        branch: its name; the current one when left out.
        limit: most entries; 50 unless set otherwise; none for 0 or less.
    """
    project = projects.current_for_log()
    most = project.settings.whole("log.default_limit") if limit is None else limit
    return writing.read(project.db, branch or project.head().branch, most)["entries"]


def fetched_branch_logs(branch: str | None = None, limit: int | None = None) -> Record:
    """Print a branch's log entries as JSON, newest first.

    Args:
        branch: its name; the current one when left out.
        limit: most entries; 50 unless set otherwise.
    """
    return {**SCHEMA, "entries": fetch_branch_logs(branch, limit)}


def get_store() -> Store:
    """Return this repository's store, the global one outside a repository; the same object each time."""
    try:
        project = projects.current()
    except NotARepository:
        project = projects.open_global(os.environ)
        project.check()
    return _stores.setdefault(project.db.path, Store(project))


class Store:
    """A memory as an object: remember, recall, delete, export.

    Args:
        project: the repository, or the user's global memory.
    """

    def __init__(self, project: Project) -> None:
        self.project = project

    def remember(
        self,
        text: str,
        importance: float = 0.5,
        tags: list[str] | None = None,
        collection: str = "knowledge",
        source: str = "conversation",
        session_id: str = "default",
    ) -> str:
        """Store a text and return its id; nearly the same text returns the id it has.

        Args:
            text: what to remember.
            importance: 0-1; above .5 it becomes loud.
            tags: at most 50 words.
            collection, source, session_id: kept as tags and session.

        Raises:
            ValidationError: an empty or overlong text, too many tags, an importance out of range.
        """
        if not 0 <= importance <= 1:
            raise Invalid(f"importance is {importance}, not between 0 and 1.", "Give a number from 0 to 1.")
        plain = "".join(letter for letter in text if letter.isprintable() or letter in "\n\t").strip()
        labels = [*(tags or []), f"collection:{collection}", f"source:{source}"]
        draft = drafts.checked(
            {
                "content": plain,
                "tags": labels,
                "priority": max(0.0, 2 * importance - 1),
                "scope": self._scope(),
            },
            self.project.tree,
        )
        self.project.check(writing=True)
        with acting(actor().agent, session_id, actor().origin):
            where = self.project.surroundings()
            ready = claiming.prepare(draft, where)
            with self.project.db.transaction() as connection:
                near = claiming.nearly_same(connection, ready, where.view) if len(plain) > SAME else None
                if near:
                    return near
                claiming.store(connection, [ready], where)
        return ready.address

    def recall(
        self,
        query: str,
        topk: int = 5,
        collection: str | None = None,
        filters: Record | None = None,
        min_importance: float | None = None,
        since: str | datetime | None = None,
        before: str | datetime | None = None,
        timeout_ms: int = 5000,
    ) -> list[Record]:
        """Return memories that match, best first; none for a blank query.

        Args:
            query: at most 1,000 characters.
            topk: most memories.
            collection, filters, min_importance, since, before: what they must fit; filters knows tags (any of
                them), source, session_id, text_like, min_importance, since and before; times are datetimes or
                spans such as 30m, 12h, 7d, 2w.
            timeout_ms: milliseconds after which the search is interrupted.

        Raises:
            ValidationError: an overlong query.
            QueryTimeout: the time ran out.
        """
        if len(query) > LONGEST_QUERY:
            raise Invalid(
                f"The query has {len(query):,} characters; {LONGEST_QUERY:,} are the most.",
                "Ask in a sentence.",
            )
        if not query.strip():
            return []
        wanted = _Wanted(
            {"collection": collection, "min_importance": min_importance, "since": since, "before": before}
            | (filters or {})
        )
        self.project.check()
        view = self.project.view()
        found: list[Record] = []
        with self.project.db.reading(timeout_ms) as connection:
            for one in iter_candidates(connection, recalling.checked_question(query, "", None), view):
                memory = _memory(one)
                if wanted.fits(memory):
                    found.append(memory)
                if len(found) >= topk:
                    break
        return sorted(found, key=lambda one: -one["score"])

    def batch_recall(self, queries: list[str], topk: int = 5) -> list[list[Record]]:
        """Return what recall returns, for each query."""
        return [self.recall(query, topk) for query in queries]

    def get_recent(self, n: int = 10) -> list[Record]:
        """Return the newest memories, newest first."""
        view = self.project.view()
        with self.project.db.reading() as connection:
            newest = verifying.live_claims(connection, view)[:n]
            payloads = assertions.payloads(connection, newest)
        return [_memory(Candidate(one, payloads[one.object], 0.0, {})) for one in newest]

    def delete(self, memory_id: str) -> bool:
        """Withdraw a memory; return whether there was one."""
        project = self.project
        project.check(writing=True)
        try:
            with project.db.transaction() as connection:
                withdrawing.retract(
                    connection,
                    [memory_id],
                    "deleted",
                    at=project.at(),
                    now=project.now(),
                    wide=True,
                    space=project.space,
                )
        except NotFound:
            return False
        return True

    def stats(self) -> Record:
        """Return how many memories each collection holds, and where the store lies."""
        everything = self.get_recent(10**9)
        collections: dict[str, int] = {}
        for one in everything:
            collections[one["collection"]] = collections.get(one["collection"], 0) + 1
        return {
            "total": len(everything),
            "collections": collections,
            "path": self.project.db.path,
            "backend": "sqlite",
        }

    def export_json(self, path: str) -> str:
        """Write every memory as JSON and return the file's path."""
        with projects.using(self.project):
            return people.export(path)["path"]

    def backup(self) -> str:
        """Back the store up and return the copy's path."""
        return self.project.guard.back_up(None)["path"]

    def _scope(self) -> str:
        return "global" if self.project.space == "global" else "auto"


_stores: dict[str, Store] = {}


class _Wanted:
    """What a memory must fit."""

    def __init__(self, filters: Record) -> None:
        known = {
            "collection",
            "tags",
            "source",
            "session_id",
            "text_like",
            "min_importance",
            "since",
            "before",
        }
        unknown = sorted(set(filters) - known)
        if unknown:
            raise Invalid(f"{unknown[0]!r} is no filter.", f"Filters are {', '.join(sorted(known))}.")
        self.filters = {name: value for name, value in filters.items() if value is not None}

    def fits(self, memory: Record) -> bool:
        """Whether a memory fits every filter."""
        wanted = self.filters
        tags = set(wanted.get("tags", []))
        return (
            all(
                memory[name] == wanted[name]
                for name in ("collection", "source", "session_id")
                if name in wanted
            )
            and (not tags or bool(tags & set(memory["tags"])))
            and wanted.get("text_like", "").lower() in memory["text"].lower()
            and memory["importance"] >= wanted.get("min_importance", 0)
            and ("since" not in wanted or memory["timestamp"] >= _moment(wanted["since"]))
            and ("before" not in wanted or memory["timestamp"] <= _moment(wanted["before"]))
        )


def _moment(value: str | datetime) -> str:
    """Return a time, or a span before now, as the timestamps have it."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S")
    if value[-1:] in people.UNITS_MS and value[:-1].isdigit():
        ago = timedelta(milliseconds=int(value[:-1]) * people.UNITS_MS[value[-1]])
        return (datetime.now(UTC) - ago).strftime("%Y-%m-%dT%H:%M:%S")
    return value


def _memory(candidate: Candidate) -> Record:
    one: Assertion = candidate.assertion
    tags = candidate.payload.get("tags", [])
    marked = {
        name: tag[len(name) + 1 :]
        for tag in tags
        for name in ("collection", "source")
        if tag.startswith(name + ":")
    }
    return {
        "id": one.address,
        "text": candidate.payload["content"],
        "score": candidate.score,
        "timestamp": clock.iso(one.first),
        "source": marked.get("source", one.origin),
        "session_id": one.session,
        "importance": (one.priority / PERMILLE + 1) / 2,
        "tags": [tag for tag in tags if not tag.startswith(("collection:", "source:"))],
        "collection": marked.get("collection", "knowledge"),
    }
