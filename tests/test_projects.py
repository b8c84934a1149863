"""Which project a call means, and what is done for open stores beside the calls."""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path

import pytest

from mnemo import projects
from mnemo.errors import Damaged
from mnemo.tools import core
from tests.repos import git, make_repository
from tests.tools.faces import mcp, mcp_text, python


def copies(folder: Path) -> int:
    """How many backups this user has of any repository."""
    return len(list((Path(os.environ["HOME"]) / ".mnemo" / "backups").glob("*/memory_*.db")))


@pytest.fixture(autouse=True)
def closed_projects() -> None:
    """Start without an open project."""
    projects.closing()


def test_the_environment_names_the_project_before_the_current_folder(tmp_path: Path) -> None:
    named, other = make_repository(tmp_path / "named"), make_repository(tmp_path / "other")
    os.chdir(other)
    assert projects.current().folder == str(other)
    for name in projects.STARTS[::-1]:
        os.environ[name] = str(named)
        assert projects.current().folder == str(named)
        os.environ[name] = "${workspaceFolder}"
        assert projects.current().folder == str(other)
        del os.environ[name]


def test_a_workspace_without_a_repository_has_a_store_of_its_own(tmp_path: Path) -> None:
    here = projects.open_workspace(str(tmp_path), os.environ)
    with projects.using(here):
        python("claim", content="kept beside the files")
        assert python("recall", query="kept files")["claims"][0]["content"] == "kept beside the files"
    assert (tmp_path / ".mnemo" / "mnemo.db").exists()


def test_open_stores_are_backed_up_once_an_interval(repository: Path) -> None:
    python("claim", content="worth keeping")
    projects.look_after()
    assert copies(repository) == 1
    python("claim", content="also worth keeping")
    projects.look_after()
    assert copies(repository) == 1
    projects.closing()
    assert copies(repository) == 2


def test_a_call_that_meets_damage_is_answered_from_the_newest_good_backup(repository: Path) -> None:
    python("claim", content="survives the damage")
    projects.closing()
    damage(repository / ".mnemo" / "mnemo.db")
    assert [one["content"] for one in mcp("recall", query="survives damage")["claims"]] == [
        "survives the damage"
    ]
    assert list((repository / ".mnemo").glob("mnemo.db.corrupt-*"))


def test_the_answer_says_what_came_back(repository: Path) -> None:
    python("claim", content="survives the damage")
    projects.closing()
    damage(repository / ".mnemo" / "mnemo.db")
    assert "estored" in mcp_text("recall", query="survives damage")


def test_damage_without_a_backup_is_said_and_nothing_is_replaced(repository: Path) -> None:
    python("claim", content="lost")
    projects.closing()
    for copy in (Path(os.environ["HOME"]) / ".mnemo" / "backups").glob("*/memory_*.db"):
        copy.unlink()
    store = repository / ".mnemo" / "mnemo.db"
    damage(store)
    before = store.read_bytes()
    with pytest.raises(Damaged):
        projects.forgiving(lambda: core.recall("lost"))
    assert mcp("recall", query="lost")["error"] == "damaged"
    assert store.read_bytes() == before


def damage(store: Path) -> None:
    """Change what a claim's row says without its sum."""
    raw = sqlite3.connect(store)
    raw.execute("UPDATE assertions SET confidence = confidence + 1")
    raw.commit()
    raw.close()


def test_a_file_that_git_has_just_begun_to_track_is_listed_at_once(repository: Path) -> None:
    tree = projects.current_unchecked().tree
    assert "new.py" not in tree.list_files()
    for name in ("new.py", "newer.py"):
        (repository / name).write_text("x = 1\n")
        git(repository, "add", name)
        assert name in tree.list_files()
    git(repository, "rm", "-q", "--cached", "new.py")
    assert "new.py" not in tree.list_files()
