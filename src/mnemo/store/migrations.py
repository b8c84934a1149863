"""Migrations: ordered functions, each committed together with its record, never edited after a release."""

from __future__ import annotations

from collections.abc import Callable

from mnemo.store import meta
from mnemo.store.engine import sqlite3

# Shared tables hold what the events fold to and are the same in every replica; their rows carry a sum.
# Local tables (meta, seals, refolding, anchor_states, counters, embeddings, contained, waits, sketches,
# search …) belong to this copy.
_FIRST = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE migrations (number INTEGER PRIMARY KEY, name TEXT NOT NULL, clock INTEGER NOT NULL) STRICT;

CREATE TABLE objects (id INTEGER PRIMARY KEY, hash BLOB NOT NULL UNIQUE, bytes BLOB NOT NULL) STRICT;
CREATE TABLE events (
  id INTEGER PRIMARY KEY, replica TEXT NOT NULL, space TEXT NOT NULL, seq INTEGER NOT NULL,
  clock INTEGER NOT NULL, kind TEXT NOT NULL, hash BLOB NOT NULL, bytes BLOB,
  UNIQUE (replica, space, seq)) STRICT;
CREATE INDEX events_by_clock ON events (clock);
CREATE TABLE event_aggregates (
  aggregate INTEGER NOT NULL, event INTEGER NOT NULL REFERENCES events (id),
  PRIMARY KEY (aggregate, event)) STRICT, WITHOUT ROWID;
CREATE TABLE seals (event INTEGER PRIMARY KEY REFERENCES events (id), sealed_by INTEGER NOT NULL) STRICT;
CREATE TABLE quarantine (replica TEXT PRIMARY KEY, reason TEXT NOT NULL) STRICT, WITHOUT ROWID;

CREATE TABLE refolding (evidence TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;

CREATE TRIGGER events_are_kept BEFORE DELETE ON events
  BEGIN SELECT RAISE(ABORT, 'events are never deleted'); END;
CREATE TRIGGER events_are_final BEFORE UPDATE ON events
  WHEN NEW.bytes IS NOT NULL OR NEW.hash != OLD.hash OR NEW.replica != OLD.replica OR NEW.space != OLD.space
    OR NEW.seq != OLD.seq OR NEW.clock != OLD.clock OR NEW.kind != OLD.kind
    OR OLD.kind NOT IN ('log', 'log.moved') OR NOT EXISTS (SELECT 1 FROM seals
      JOIN events AS later ON later.id = seals.sealed_by
      WHERE seals.event = OLD.id AND later.kind = 'log.pruned')
  BEGIN SELECT RAISE(ABORT, 'events are never changed'); END;

CREATE TABLE claims (
  id INTEGER PRIMARY KEY, address TEXT NOT NULL UNIQUE, kind TEXT NOT NULL, made INTEGER NOT NULL,
  purged INTEGER NOT NULL, sum INTEGER NOT NULL) STRICT;
CREATE TABLE inputs (
  claim INTEGER NOT NULL REFERENCES claims (id) ON DELETE CASCADE, input TEXT NOT NULL, sum INTEGER NOT NULL,
  PRIMARY KEY (claim, input)) STRICT, WITHOUT ROWID;
CREATE TABLE assertions (
  id INTEGER PRIMARY KEY, claim INTEGER NOT NULL REFERENCES claims (id) ON DELETE CASCADE,
  branch TEXT NOT NULL,
  commit_id TEXT NOT NULL, worktree TEXT NOT NULL, session TEXT NOT NULL, agent TEXT NOT NULL,
  origin TEXT NOT NULL,
  scope TEXT NOT NULL, domain TEXT NOT NULL, confidence INTEGER NOT NULL, priority INTEGER NOT NULL,
  standing TEXT NOT NULL, cause TEXT NOT NULL, folder TEXT NOT NULL, object TEXT NOT NULL,
  clock INTEGER NOT NULL, first INTEGER NOT NULL,
  expires INTEGER NOT NULL, reinforced INTEGER NOT NULL, quiet INTEGER NOT NULL, sum INTEGER NOT NULL,
  UNIQUE (claim, branch)) STRICT;
CREATE INDEX assertions_by_time ON assertions (clock);
CREATE INDEX assertions_of_branches ON assertions (branch, commit_id) WHERE scope = 'branch';
CREATE INDEX assertions_by_folder ON assertions (folder) WHERE folder != '';
CREATE INDEX assertions_loud ON assertions (priority, clock) WHERE priority >= 500 AND standing = 'active';
CREATE INDEX assertions_by_session ON assertions (session) WHERE session != '';
CREATE TABLE tags (
  assertion INTEGER NOT NULL REFERENCES assertions (id) ON DELETE CASCADE, tag TEXT NOT NULL,
  sum INTEGER NOT NULL,
  PRIMARY KEY (assertion, tag)) STRICT, WITHOUT ROWID;
CREATE TABLE anchors (
  assertion INTEGER NOT NULL REFERENCES assertions (id) ON DELETE CASCADE, position INTEGER NOT NULL,
  type TEXT NOT NULL, path TEXT NOT NULL, name TEXT NOT NULL, sum INTEGER NOT NULL,
  PRIMARY KEY (assertion, position)) STRICT, WITHOUT ROWID;
CREATE INDEX anchors_by_path ON anchors (path);
CREATE INDEX anchors_by_name ON anchors (name) WHERE name != '';
CREATE TABLE links (
  claim INTEGER NOT NULL REFERENCES claims (id) ON DELETE CASCADE, relation TEXT NOT NULL,
  target TEXT NOT NULL,
  clock INTEGER NOT NULL, sum INTEGER NOT NULL, PRIMARY KEY (claim, relation, target)) STRICT, WITHOUT ROWID;
CREATE INDEX links_by_target ON links (target);

CREATE TABLE log_entries (
  id INTEGER PRIMARY KEY, entry TEXT NOT NULL UNIQUE, branch TEXT NOT NULL, commit_id TEXT NOT NULL,
  worktree TEXT NOT NULL, agent TEXT NOT NULL, session TEXT NOT NULL, clock INTEGER NOT NULL,
  object TEXT NOT NULL,
  sum INTEGER NOT NULL) STRICT;
CREATE INDEX log_entries_by_branch ON log_entries (branch, clock);

CREATE TABLE runs (
  id INTEGER PRIMARY KEY, run TEXT NOT NULL UNIQUE, status TEXT NOT NULL, branch TEXT NOT NULL,
  commit_id TEXT NOT NULL, spike INTEGER NOT NULL, plan TEXT NOT NULL, object TEXT NOT NULL,
  reason TEXT NOT NULL, clock INTEGER NOT NULL,
  changed INTEGER NOT NULL, sum INTEGER NOT NULL) STRICT;
CREATE INDEX runs_by_branch ON runs (branch, status);
CREATE TABLE plans (
  id INTEGER PRIMARY KEY, plan TEXT NOT NULL UNIQUE, run TEXT NOT NULL, status TEXT NOT NULL,
  object TEXT NOT NULL, reason TEXT NOT NULL,
  clock INTEGER NOT NULL, changed INTEGER NOT NULL, sum INTEGER NOT NULL) STRICT;
CREATE INDEX plans_by_run ON plans (run);
CREATE TABLE tasks (
  id INTEGER PRIMARY KEY, task TEXT NOT NULL UNIQUE, run TEXT NOT NULL, parent TEXT NOT NULL,
  status TEXT NOT NULL,
  priority INTEGER NOT NULL, object TEXT NOT NULL, reason TEXT NOT NULL, clock INTEGER NOT NULL,
  changed INTEGER NOT NULL, sum INTEGER NOT NULL) STRICT;
CREATE INDEX tasks_by_run ON tasks (run, status, priority, clock, task);
CREATE TABLE task_dependencies (
  task TEXT NOT NULL, needs TEXT NOT NULL, sum INTEGER NOT NULL, PRIMARY KEY (task, needs)) STRICT,
  WITHOUT ROWID;
CREATE INDEX task_dependencies_by_need ON task_dependencies (needs);
CREATE TABLE dispatches (
  id INTEGER PRIMARY KEY, dispatch TEXT NOT NULL UNIQUE, task TEXT NOT NULL, status TEXT NOT NULL,
  executor TEXT NOT NULL, attempt INTEGER NOT NULL, taken INTEGER NOT NULL, lease_until INTEGER NOT NULL,
  object TEXT NOT NULL, result TEXT NOT NULL, clock INTEGER NOT NULL, changed INTEGER NOT NULL,
  sum INTEGER NOT NULL) STRICT;
CREATE INDEX dispatches_by_task ON dispatches (task, status);
CREATE INDEX dispatches_alive ON dispatches (status, executor) WHERE status IN ('queued', 'claimed');
CREATE TABLE gates (
  id INTEGER PRIMARY KEY, gate TEXT NOT NULL UNIQUE, run TEXT NOT NULL, task TEXT NOT NULL,
  kind TEXT NOT NULL,
  status TEXT NOT NULL, object TEXT NOT NULL, clock INTEGER NOT NULL, changed INTEGER NOT NULL,
  sum INTEGER NOT NULL) STRICT;
CREATE INDEX gates_by_run ON gates (run, kind);
CREATE TABLE evidence (
  id INTEGER PRIMARY KEY, evidence TEXT NOT NULL UNIQUE, run TEXT NOT NULL, task TEXT NOT NULL,
  dispatch TEXT NOT NULL, kind TEXT NOT NULL, status TEXT NOT NULL, trust TEXT NOT NULL,
  content TEXT NOT NULL,
  tree TEXT NOT NULL, object TEXT NOT NULL, clock INTEGER NOT NULL, sum INTEGER NOT NULL) STRICT;
CREATE INDEX evidence_by_task ON evidence (task);
CREATE INDEX evidence_by_run ON evidence (run, kind);
CREATE TABLE superseded_evidence (
  evidence TEXT NOT NULL, successor TEXT NOT NULL, clock INTEGER NOT NULL, sum INTEGER NOT NULL,
  PRIMARY KEY (evidence)) STRICT, WITHOUT ROWID;
CREATE TABLE evidence_tests (
  test TEXT NOT NULL, clock INTEGER NOT NULL, evidence TEXT NOT NULL, status TEXT NOT NULL,
  sum INTEGER NOT NULL,
  PRIMARY KEY (test, clock, evidence)) STRICT, WITHOUT ROWID;
CREATE TABLE evidence_criteria (
  evidence TEXT NOT NULL, task TEXT NOT NULL, criterion INTEGER NOT NULL, sum INTEGER NOT NULL,
  PRIMARY KEY (evidence, task, criterion)) STRICT, WITHOUT ROWID;
CREATE INDEX superseded_evidence_by_successor ON superseded_evidence (successor);
CREATE INDEX evidence_criteria_by_task ON evidence_criteria (task);
CREATE TRIGGER evidence_is_final BEFORE UPDATE ON evidence
  BEGIN SELECT RAISE(ABORT, 'evidence is never changed; what replaces it is recorded beside it'); END;
CREATE TRIGGER evidence_is_kept BEFORE DELETE ON evidence
  WHEN NOT EXISTS (SELECT 1 FROM refolding WHERE evidence = OLD.evidence)
  BEGIN SELECT RAISE(ABORT, 'evidence is never deleted'); END;

CREATE TABLE anchor_states (
  assertion INTEGER NOT NULL REFERENCES assertions (id) ON DELETE CASCADE, position INTEGER NOT NULL,
  worktree TEXT NOT NULL, state TEXT NOT NULL, reason TEXT NOT NULL, path TEXT NOT NULL,
  clock INTEGER NOT NULL,
  PRIMARY KEY (assertion, position, worktree)) STRICT, WITHOUT ROWID;
CREATE INDEX anchor_states_path ON anchor_states (path) WHERE path != '';
CREATE TABLE counters (
  claim INTEGER PRIMARY KEY REFERENCES claims (id) ON DELETE CASCADE, recalled INTEGER NOT NULL,
  used INTEGER NOT NULL, last_recalled INTEGER NOT NULL) STRICT;
CREATE TABLE embeddings (
  id INTEGER PRIMARY KEY, model TEXT NOT NULL, address TEXT NOT NULL, vector BLOB NOT NULL,
  UNIQUE (model, address)) STRICT;
CREATE TABLE contained (head TEXT NOT NULL, branch TEXT NOT NULL, commit_id TEXT NOT NULL,
  holds INTEGER NOT NULL, PRIMARY KEY (head, branch, commit_id)) STRICT, WITHOUT ROWID;
CREATE TABLE tips (branch TEXT NOT NULL, tip TEXT NOT NULL, worked INTEGER NOT NULL, work TEXT NOT NULL,
  landed TEXT NOT NULL, sum INTEGER NOT NULL, PRIMARY KEY (branch, tip)) STRICT, WITHOUT ROWID;
CREATE TABLE waits (
  task INTEGER NOT NULL REFERENCES tasks (id) ON DELETE CASCADE, needs INTEGER NOT NULL,
  PRIMARY KEY (task, needs)) STRICT, WITHOUT ROWID;
CREATE TABLE heartbeats (dispatch TEXT PRIMARY KEY, lease_until INTEGER NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE takes (dispatch TEXT NOT NULL, path TEXT NOT NULL, content TEXT NOT NULL,
  PRIMARY KEY (dispatch, path)) STRICT, WITHOUT ROWID;
CREATE TABLE sketches (hash INTEGER NOT NULL, claim INTEGER NOT NULL, mark INTEGER NOT NULL,
  PRIMARY KEY (hash, claim)) STRICT, WITHOUT ROWID;
CREATE VIRTUAL TABLE search USING fts5 (headline, body, tags, paths, tokenize = "ascii tokenchars '_'");
CREATE VIRTUAL TABLE search_words USING fts5vocab (search, row);
"""


def m001_first(connection: sqlite3.Connection) -> None:
    """Make every table of the first version, and say in the same breath whose store it is and where.

    Who looks a moment later, or after a kill, would otherwise find a store made at no place: a stranger's.
    """
    for statement in _statements(_FIRST):
        connection.execute(statement)
    meta.repository_id(connection)
    meta.replica(connection)


MIGRATIONS: tuple[Callable[[sqlite3.Connection], None], ...] = (m001_first,)
SCHEMA = len(MIGRATIONS)


def migrate(connection: sqlite3.Connection) -> None:
    """Bring a store to this version, one committed step at a time.

    Args:
        connection: a writer, outside a transaction, whose process holds the lock.
    """
    while True:
        connection.execute("BEGIN IMMEDIATE")
        try:
            number = int(connection.execute("PRAGMA user_version").fetchone()[0])
            if number >= SCHEMA:
                connection.execute("COMMIT")
                return
            step = MIGRATIONS[number]
            step(connection)
            connection.execute(
                "INSERT INTO migrations (number, name, clock) VALUES (?, ?, unixepoch())",
                (number + 1, step.__name__),
            )
            connection.execute(f"PRAGMA user_version = {number + 1}")
            connection.execute("COMMIT")
        except BaseException:
            connection.execute("ROLLBACK")
            raise


def _statements(script: str) -> list[str]:
    """Split a script at complete statements; executescript would commit behind our back."""
    found: list[str] = []
    rest = ""
    for line in script.splitlines():
        rest += line + "\n"
        if line.rstrip().endswith(";") and sqlite3.complete_statement(rest):
            found.append(rest.strip())
            rest = ""
    return found
