"""The watcher: what anchors say follows what happens to the files, in every working tree."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from mnemo import projects
from mnemo.repo import watch as watches
from mnemo.store import database
from mnemo.tools import core
from mnemo.watching import duty, generation, inbox, polling
from tests.repos import add_worktree, checkout, commit, git, link, make_repository, write
from tests.watching.watched import Watched, claim, until

Watch = Callable[..., Watched]
HOLDS = {"type": "grep", "pattern": "return 1", "path": "src/app.py"}
EDITED, ORIGINAL = "def main():\n    return 2\n", "def main():\n    return 1\n"


def test_a_saved_edit_refutes_and_restoring_the_text_proves_again(repository: Path, watch: Watch) -> None:
    claim("main returns 1", HOLDS)
    watched = watch().ready()
    watched.wait_for("ok")
    write(repository, {"src/app.py": EDITED})
    watched.wait_for("missing")
    event = watched.hear(event="anchor")
    assert (event["from"], event["to"], event["was"], event["verdict"]) == (
        "ok", "missing", "proven", "refuted",
    )  # fmt: skip
    assert event["content"] == "main returns 1"
    assert event["anchor"]["path"] == "src/app.py"
    write(repository, {"src/app.py": ORIGINAL})
    watched.wait_for("ok")


def test_a_file_saved_by_renaming_another_over_it_is_noticed(repository: Path, watch: Watch) -> None:
    claim("main returns 1", HOLDS)
    watched = watch().ready()
    write(repository, {"src/.app.py.swp": EDITED})
    os.replace(repository / "src/.app.py.swp", repository / "src/app.py")
    watched.wait_for("missing")
    (repository / "src/app.py").unlink()
    write(repository, {"src/app.py": ORIGINAL})
    watched.wait_for("ok")


def test_a_file_that_appears_below_missing_folders_is_noticed(repository: Path, watch: Watch) -> None:
    claim("There is a deep file", "a/b/c/deep.txt")
    watched = watch().ready()
    watched.wait_for("missing")
    write(repository, {"a/b/c/deep.txt": "here"})
    watched.wait_for("ok")
    shutil.rmtree(repository / "a")
    watched.wait_for("missing")


def test_a_renamed_folder_is_followed_and_watched_where_it_is(repository: Path, watch: Watch) -> None:
    claim("main returns 1", HOLDS)
    watched = watch().ready()
    git(repository, "mv", "src", "lib")
    assert watched.hear(event="anchor")["anchor"]["state"] == "ok"
    watched.wait_for("ok")
    write(repository, {"lib/app.py": EDITED})
    watched.wait_for("missing")
    write(repository, {"lib/app.py": ORIGINAL})
    watched.wait_for("ok")


def test_a_followed_file_is_watched_though_something_else_searches_it(repository: Path, watch: Watch) -> None:
    commit(repository, "notes", {"notes.txt": "somewhere\n"})
    claim("main returns 1", HOLDS)
    claim("it stands somewhere", {"type": "grep", "pattern": "somewhere"})
    watched = watch().ready()
    git(repository, "mv", "src/app.py", "app.py")
    assert watched.hear(event="anchor")["anchor"]["state"] == "ok"
    watched.ready()
    write(repository, {"app.py": EDITED})
    watched.ready()
    assert watched.states() == ["missing", "ok"]
    (repository / "app.py").unlink()
    watched.ready()
    assert watched.states() == ["missing", "ok"]


def test_a_folder_that_is_moved_away_and_made_anew_is_still_watched(repository: Path, watch: Watch) -> None:
    claim("main returns 1", HOLDS)
    watched = watch().ready()
    os.rename(repository / "src", repository.parent / "elsewhere")
    watched.wait_for("missing")
    write(repository, {"src/app.py": ORIGINAL})
    watched.wait_for("ok")
    write(repository, {"src/app.py": EDITED})
    watched.wait_for("missing")


def test_a_file_behind_a_link_is_noticed_and_a_loop_of_links_harms_nobody(
    repository: Path, watch: Watch
) -> None:
    link(repository / "short", "src")
    link(repository / "round", "round")
    claim("main returns 1", {**HOLDS, "path": "short/app.py"})
    claim("There is a loop", {"type": "file", "path": "round/x.py", "absent": True})
    watched = watch().ready()
    write(repository, {"src/app.py": EDITED})
    until(lambda: watched.states()[0] == "missing")


def test_every_working_tree_has_states_of_its_own(repository: Path, watch: Watch, tmp_path: Path) -> None:
    claim("main returns 1", HOLDS)
    watched = watch().ready()
    other = add_worktree(repository, tmp_path / "other", "feature")
    watched.wait_for("ok", worktree="other")
    write(other, {"src/app.py": EDITED})
    watched.wait_for("missing", worktree="other")
    assert watched.states() == ["ok"]
    assert watched.hear(event="anchor")["worktree"] == "other"
    git(repository, "worktree", "remove", "--force", str(other))
    until(lambda: "other" not in watched.report()["worktrees"])
    until(lambda: watched.states("other") == [])
    write(repository, {"src/app.py": EDITED})
    watched.wait_for("missing")


def test_a_checkout_is_told_and_its_files_judged(repository: Path, watch: Watch) -> None:
    claim("main returns 1", HOLDS)
    checkout(repository, "feature", new=True)
    commit(repository, files={"src/app.py": EDITED})
    checkout(repository, "main")
    watched = watch().ready()
    checkout(repository, "feature")
    told = watched.hear(event="branch")
    assert (told["from"], told["to"], told["worktree"]) == ("main", "feature", "main")
    watched.wait_for("missing")
    checkout(repository, "main")
    watched.wait_for("ok")


def test_a_claim_made_meanwhile_is_watched(repository: Path, watch: Watch) -> None:
    claim("main returns 1", HOLDS)
    watched = watch().ready()
    claim("There is an orange", "fruit/orange.txt")
    watched.wait_for("ok", "missing")
    write(repository, {"fruit/orange.txt": "here"})
    watched.wait_for("ok", "ok")


def test_a_withdrawn_claim_is_not_told_of(repository: Path, watch: Watch) -> None:
    first = claim("main returns 1", HOLDS)
    second = claim("There is a readme", "README.md")
    watched = watch().ready()
    core.claim("", retracts=[first["address"]], why="wrong")
    until(lambda: watched.report()["worktrees"]["main"]["anchors"] == 1)
    write(repository, {"src/app.py": EDITED, "README.md": None})
    assert watched.hear(event="anchor")["address"] == second["address"]


@pytest.mark.parametrize("absent", [False, True])
def test_a_pattern_anywhere_follows_tracked_files(repository: Path, watch: Watch, absent: bool) -> None:
    claim("Somewhere is a pear", {"type": "grep", "pattern": "a pear", "absent": absent})
    without, there = ("ok", "missing") if absent else ("missing", "ok")
    watched = watch().ready()
    watched.wait_for(without)
    write(repository, {"new.txt": "a pear\n"})
    assert watched.settled()
    assert watched.states() == [without]
    git(repository, "add", "new.txt")
    watched.wait_for(there)
    write(repository, {"new.txt": "no more\n", "README.md": "# A pearl, a pear\n"})
    write(repository, {"README.md": "# none\n"})
    watched.wait_for(without)


def test_a_dependency_follows_its_manifest(repository: Path, watch: Watch) -> None:
    claim("We use requests", {"type": "dependency", "name": "requests"})
    watched = watch().ready()
    watched.wait_for("missing")
    write(repository, {"requirements.txt": "requests>=2\n"})
    watched.wait_for("ok")
    write(repository, {"requirements.txt": "flask\n"})
    watched.wait_for("missing")


def test_while_a_merge_is_under_way_nothing_is_judged(repository: Path, watch: Watch) -> None:
    claim("main returns 1", HOLDS)
    checkout(repository, "feature", new=True)
    commit(repository, files={"src/app.py": EDITED})
    checkout(repository, "main")
    commit(repository, files={"src/app.py": "def main():\n    return 3 + 1\n"})
    commit(repository, files={"src/app.py": ORIGINAL})
    commit(repository, files={"src/app.py": "def main():\n    return 1\n\n\n"})
    watched = watch().ready()
    git(repository, "merge", "feature", check=False)
    assert watched.hear(event="operation")["to"] == "merge"
    assert not watched.settled()
    assert watched.states() == ["ok"]
    git(repository, "merge", "--abort")
    assert watched.hear(event="operation")["to"] == ""
    until(watched.settled)
    assert watched.states() == ["ok"]


def test_more_changes_than_are_kept_are_survived_by_looking_at_everything(
    repository: Path, watch: Watch, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inbox, "MOST_KEPT", 0)
    for number in range(9):
        claim(f"There is {number}", f"many/{number}.txt")
    watched = watch().ready()
    write(repository, {f"many/{number}.txt": "here" for number in range(9)})
    watched.wait_for(*["ok"] * 9)
    write(repository, {f"many/{number}.txt": None for number in range(9)})
    watched.wait_for(*["missing"] * 9)
    assert watched.report()["rescan"]


def test_where_the_system_has_no_more_room_files_are_looked_at(
    repository: Path, watch: Watch, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(self: object, path: str, mask: object) -> bool:
        raise OSError(28, "inotify watch limit reached")

    monkeypatch.setattr(watches.ByFolder, "_add", refuse)
    monkeypatch.setattr(polling, "LEAST_S", 0.05)
    claim("main returns 1", HOLDS)
    watched = watch()
    watched.wait_for("ok")
    write(repository, {"src/app.py": "def main():\n    return 22\n"})
    watched.wait_for("missing")
    told = ("polling", "inotify watch limit reached")
    until(lambda: (watched.report()["state"], watched.report()["reason"]) == told)
    assert not watched.settled()
    checkout(repository, "feature", new=True)
    assert watched.hear(event="branch")["to"] == "feature"


def test_ignored_folders_are_looked_at_and_not_watched(
    repository: Path, watch: Watch, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(polling, "LEAST_S", 0.05)
    write(repository, {".gitignore": "node_modules/\n", "node_modules/a/package.json": "{}"})
    claim("a is installed", "node_modules/a/package.json")
    watched = watch().ready()
    watched.wait_for("ok")
    folders = watched.report()["folders"]
    shutil.rmtree(repository / "node_modules/a")
    watched.wait_for("missing")
    assert folders < 12


def test_a_store_that_is_replaced_is_taken_up_anew(repository: Path, watch: Watch) -> None:
    claim("main returns 1", HOLDS)
    kept = projects.current().guard.back_up()["path"]
    claim("There is a readme", "README.md")
    watched = watch().ready()
    watched.wait_for("ok", "ok")
    projects.current().guard.restore(kept)
    write(repository, {"src/app.py": EDITED})
    watched.wait_for("missing")


def test_a_store_that_is_gone_ends_watching_and_is_not_made_again(repository: Path, watch: Watch) -> None:
    claim("main returns 1", HOLDS)
    watched = watch().ready()
    # In one step: who removes files one by one meets those that the watcher is just writing.
    (repository / ".mnemo").rename(repository.parent / "gone")
    until(lambda: watched.report()["state"] == "off")
    watched.end()
    assert not (repository / ".mnemo").exists()


def test_no_store_is_made_by_watching(repository: Path, watch: Watch) -> None:
    watched = watch()
    watched.end()
    assert not (repository / ".mnemo").exists()


def test_one_watches_and_another_takes_over_and_follows_meanwhile(repository: Path, watch: Watch) -> None:
    claim("main returns 1", HOLDS)
    first = watch().ready()
    second = watch(following=True)
    assert second.hear(event="watcher")["state"] == "following"
    write(repository, {"src/app.py": EDITED})
    assert second.hear(event="anchor")["verdict"] == "refuted"
    checkout(repository, "feature", new=True)
    assert second.hear(event="branch")["to"] == "feature"
    first.end()
    second.ready()
    write(repository, {"src/app.py": ORIGINAL})
    assert second.hear(event="anchor")["verdict"] == "proven"
    assert first.events.empty() or first.report()["state"] == "watching"


def test_a_writer_that_holds_the_store_only_delays_what_is_kept(
    repository: Path, watch: Watch, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "SERVER_WAIT_S", 0.05)
    claim("main returns 1", HOLDS)
    watched = watch().ready()
    db = projects.current().db
    with db.locked():
        write(repository, {"src/app.py": EDITED})
        until(lambda: not generation.find_published(db.folder)["worktrees"]["main"]["settled"])  # pyright: ignore
    watched.wait_for("missing")


def test_recall_is_right_while_nobody_watches(repository: Path) -> None:
    claim("main returns 1", HOLDS)
    assert duty.report(projects.current().db.folder)["state"] == "off"
    write(repository, {"src/app.py": EDITED})
    answer = core.recall("what does main return")
    assert answer["claims"] == []
    assert answer["withheld"][0]["verdict"] == "refuted"
    write(repository, {"src/app.py": ORIGINAL})
    assert core.recall("what does main return")["claims"][0]["verdict"] == "proven"


def test_recall_is_right_in_the_moment_after_an_edit_while_someone_watches(
    repository: Path, watch: Watch
) -> None:
    claim("main returns 1", HOLDS)
    watch().ready()
    for text, wanted in ((EDITED, "refuted"), (ORIGINAL, "proven")) * 3:
        write(repository, {"src/app.py": text})
        answer = core.recall("what does main return")
        assert [one["verdict"] for one in answer["claims"] + answer["withheld"]] == [wanted]


def test_two_repositories_are_watched_apart(repository: Path, watch: Watch, tmp_path: Path) -> None:
    claim("main returns 1", HOLDS)
    first = watch().ready()
    os.chdir(make_repository(tmp_path / "second"))
    claim("main returns 1", HOLDS)
    second = watch().ready()
    write(tmp_path / "second", {"src/app.py": EDITED})
    second.wait_for("missing")
    assert first.states() == ["ok"]
