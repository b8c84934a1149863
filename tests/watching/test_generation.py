"""Generations: what was found is used only while the watcher has seen all that happened before."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from mnemo import projects
from mnemo.store import states
from mnemo.tools import core
from mnemo.watching import duty, generation
from tests.repos import write
from tests.watching.watched import Watched, claim, until

Watch = Callable[..., Watched]
PEAR = {"type": "grep", "pattern": "a pear"}


def known(watched: Watched) -> str:
    """Return what the watcher found of the first claim's first anchor."""
    with watched.project.db.reading() as connection:
        (assertion, position), *_ = sorted(states.list_states(connection, "main"))
        found = generation.known_state(connection, assertion, position, "main")
    return found.state if found else ""


def test_no_edit_is_overlooked_by_who_asks_right_after_it(repository: Path, watch: Watch) -> None:
    claim("Somewhere is a pear", PEAR)
    watched = watch().ready()
    for number in range(10):
        wanted = number % 2 == 0
        write(repository, {"README.md": "# a pear\n" if wanted else "# nothing\n"})
        answer = generation.find_generation(watched.project.db.folder, "main", 1.0)
        assert answer is None or known(watched) == ("ok" if wanted else "missing")
        assert until(watched.settled)
        assert known(watched) == ("ok" if wanted else "missing")


def test_a_generation_is_counted_up_by_changes_that_matter(repository: Path, watch: Watch) -> None:
    claim("Somewhere is a pear", PEAR)
    watched = watch().ready()
    folder = watched.project.db.folder
    first = generation.find_generation(folder, "main", 30.0)
    write(repository, {"untracked.txt": "a pear"})
    assert until(watched.settled)
    assert generation.find_generation(folder, "main", 30.0) == first
    write(repository, {"README.md": "# a pear\n"})
    watched.wait_for("ok")
    assert until(watched.settled)
    assert (generation.find_generation(folder, "main", 30.0) or 0) > (first or 0)
    assert [name for name in os.listdir(folder) if name.startswith(generation.ASK)] == []


def test_nobody_answers_for_a_watcher_that_is_gone(repository: Path, watch: Watch) -> None:
    claim("Somewhere is a pear", PEAR)
    folder = projects.current().db.folder
    assert generation.find_generation(folder, "main") is None
    watched = watch().ready()
    assert generation.find_generation(folder, "another", 30.0) is None
    watched.end()
    assert generation.find_generation(folder, "main") is None
    assert duty.report(folder)["state"] == "off"
    told = generation.find_published(folder) or {}
    generation.publish(folder, {**told, "state": "watching"})
    assert generation.find_generation(folder, "main") is None


def test_what_another_says_of_a_search_is_not_taken_for_the_watchers(repository: Path, watch: Watch) -> None:
    claim("Somewhere is a pear", PEAR)
    watched = watch().ready()
    with watched.project.db.transaction() as connection:
        ((assertion, position), found), *_ = states.list_states(connection, "main").items()
        states.put(connection, assertion, position, "main", found._replace(state="ok"), 1)
    assert known(watched) == "missing"


def test_recall_takes_what_the_watcher_knows_of_a_search_through_the_whole_tree(
    repository: Path, watch: Watch
) -> None:
    claim("Somewhere is a pear", PEAR)
    watched = watch().ready()
    with watched.project.db.transaction() as connection:
        ((assertion, position), found), *_ = states.list_states(connection, "main").items()
        planted = found._replace(state="error", reason="as the watcher says")
        states.put(connection, assertion, position, f"{states.ANSWERED}main", planted, 1)
    (told,) = core.recall("pear")["claims"]
    assert [anchor["reason"] for anchor in told["anchors"]] == ["as the watcher says"]


def test_recall_right_after_an_edit_is_never_behind_it(repository: Path, watch: Watch) -> None:
    claim("Somewhere is a pear", PEAR)
    watch().ready()
    for number in range(10):
        wanted = number % 2 == 0
        write(repository, {"README.md": "# a pear\n" if wanted else "# nothing\n"})
        assert bool(core.recall("pear")["claims"]) == wanted


def test_a_report_that_is_torn_or_foreign_counts_as_none(tmp_path: Path) -> None:
    for text in ("", "{", "[]", "[" * 100_000, "\udcff"):
        (tmp_path / generation.FILE).write_text(text, errors="surrogateescape")
        assert generation.find_published(str(tmp_path)) is None
        assert generation.find_generation(str(tmp_path), "main") is None
