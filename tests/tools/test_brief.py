"""The brief in a real repository: printed, written between markers, checked, never where it must not be."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from mnemo import project
from mnemo.interfaces import cli
from mnemo.tokens import estimate
from mnemo.tools import core
from tests.repos import add_worktree, checkout, commit, git, merge
from tests.tools.faces import python

CODE = {"src/a.py": "def login():\n    return 1\n"}


@pytest.fixture
def told(repository: Path) -> Path:
    """A repository with one proven claim and one that nothing supports."""
    commit(repository, "code", CODE)
    python("claim", content="Login is fast", anchors=["src/a.py::login"], domain="decisions")
    python("claim", content="Said by an agent alone")
    return repository


def written(top: Path, name: str = "AGENTS.md") -> str:
    return (top / name).read_text(encoding="utf-8")


def test_it_is_printed_as_markdown(told: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["brief"]) == 0
    out = capsys.readouterr().out
    assert "\n### Decisions\n\n- Login is fast (`src/a.py::login`)\n" in out
    assert "alone" not in out
    assert not (told / "AGENTS.md").exists()


def test_what_a_person_says_is_told_without_an_anchor(told: Path, run_coded: Any) -> None:
    with project.acting("cli", "s", "person"):
        core.claim(content="Deploys happen on Tuesdays")
    assert [one["text"] for one in run_coded("brief")[1]["claims"]] == [
        "- Login is fast (`src/a.py::login`)",
        "- Deploys happen on Tuesdays",
    ]


def test_it_is_written_once_and_a_second_time_changes_no_byte(told: Path, run_coded: Any) -> None:
    (told / "AGENTS.md").write_bytes(b"# Rules\r\n\r\nBe kind.")
    code, record = run_coded("brief", "--write", "AGENTS.md")
    assert (code, record["written"], record["up_to_date"]) == (0, True, True)
    first = (told / "AGENTS.md").read_bytes()
    assert first.startswith(b"# Rules\r\n\r\nBe kind.\r\n\r\n<!-- mnemo:begin")
    assert first.count(b"\n") == first.count(b"\r\n")
    stamp = (told / "AGENTS.md").stat()
    assert run_coded("brief", "--write", "AGENTS.md")[1]["written"] is False
    assert (told / "AGENTS.md").stat() == stamp
    assert (told / "AGENTS.md").read_bytes() == first


def test_it_says_when_git_does_not_track_the_file(told: Path, run_coded: Any) -> None:
    assert "git does not track AGENTS.md" in run_coded("brief", "--write", "AGENTS.md")[1]["notes"][0]
    commit(told, "brief")
    assert run_coded("brief", "--write", "AGENTS.md")[1]["notes"] == []


def test_a_check_exits_with_three_when_the_code_moved_on_and_writes_nothing(
    told: Path, run_coded: Any
) -> None:
    assert run_coded("brief", "--check", "--write", "AGENTS.md")[0] == 3
    assert not (told / "AGENTS.md").exists()
    run_coded("brief", "--write", "AGENTS.md")
    assert run_coded("brief", "--check", "--write", "AGENTS.md")[0] == 0
    (told / "src" / "a.py").write_text("def sign_in():\n    return 1\n")
    before = written(told)
    code, record = run_coded("brief", "--check", "--write", "AGENTS.md")
    assert (code, record["ok"], written(told)) == (3, False, before)
    run_coded("brief", "--write", "AGENTS.md")
    assert "Nothing is proven" in written(told)


def test_where_a_line_moves_the_brief_stays_the_same(told: Path, run_coded: Any) -> None:
    run_coded("brief", "--write", "AGENTS.md")
    (told / "src" / "a.py").write_text("import os\n\n\n" + CODE["src/a.py"])
    assert run_coded("brief", "--check", "--write", "AGENTS.md")[0] == 0


def test_an_empty_brief_makes_no_file(repository: Path, run_coded: Any) -> None:
    python("claim", content="Said by an agent alone")
    code, record = run_coded("brief", "--write", "AGENTS.md")
    assert (code, record["written"]) == (0, False)
    assert "nothing is proven" in record["notes"][0]
    assert not (repository / "AGENTS.md").exists()


def test_without_a_store_it_says_what_to_do(repository: Path, run_coded: Any) -> None:
    code, record = run_coded("brief")
    assert (code, record["error"]) == (1, "not_found")
    assert not (repository / ".mnemo").exists()


@pytest.mark.parametrize(
    ("words", "error"),
    [
        (("--check",), "invalid"),
        (("--write", "../AGENTS.md"), "invalid"),
        (("--write", ".git/config"), "invalid"),
        (("--write", ".mnemo/x.md"), "invalid"),
        (("--write", ".env"), "refused"),
        (("--write", "missing/AGENTS.md"), "storage_error"),
        (("--write", "src"), "invalid"),
        (("--tokens", "20"), "invalid"),
        (("--domain", "feedback"), "invalid"),
    ],
)
def test_what_cannot_be_done_is_one_error_and_changes_nothing(
    told: Path, run_coded: Any, words: tuple[str, ...], error: str
) -> None:
    before = git(told, "status", "--porcelain")
    code, record = run_coded("brief", *words)
    assert (code, record["error"]) == (1, error)
    assert record["fix"]
    assert git(told, "status", "--porcelain") == before


def test_a_link_that_leaves_the_repository_is_refused(told: Path, run_coded: Any, tmp_path: Path) -> None:
    (tmp_path / "theirs.md").write_text("theirs")
    (told / "AGENTS.md").symlink_to(tmp_path / "theirs.md")
    assert run_coded("brief", "--write", "AGENTS.md")[0] == 1
    assert (tmp_path / "theirs.md").read_text() == "theirs"


def test_broken_markers_are_named_by_line(told: Path, run_coded: Any) -> None:
    (told / "AGENTS.md").write_text("a\n<!-- mnemo:begin -->\nb\n<!-- mnemo:begin -->\n")
    code, record = run_coded("brief", "--write", "AGENTS.md")
    assert (code, "begin in line 2, begin in line 4" in record["message"]) == (1, True)


def test_a_claim_drawn_from_the_file_is_not_written_back_into_it(told: Path, run_coded: Any) -> None:
    commit(told, "rules", {"AGENTS.md": "# Rules\n\nUse tabs for everything.\n"})
    (told / "CLAUDE.md").symlink_to("AGENTS.md")
    with project.acting("cli", "s", "import"):
        core.claim(content="Use tabs for everything", anchors=["AGENTS.md:3-3"])
    assert "tabs" in str(run_coded("brief")[1]["claims"])
    for name in ("AGENTS.md", "CLAUDE.md"):
        assert "tabs" not in str(run_coded("brief", "--write", name)[1]["claims"])


def test_a_brief_does_not_prove_itself(told: Path, run_coded: Any) -> None:
    (told / "src" / "b.py").write_text("zanzibar = 1\n")
    commit(told, "zanzibar")
    python("claim", content="We need zanzibar", anchors=[{"type": "grep", "pattern": "zanzibar"}])
    run_coded("brief", "--write", "AGENTS.md")
    assert "zanzibar" in written(told)
    commit(told, "brief", {"src/b.py": "x = 1\n"})
    run_coded("brief", "--write", "AGENTS.md")
    assert "zanzibar" not in written(told)


def test_what_only_a_branch_says_reaches_the_brief_when_it_merges(told: Path, run_coded: Any) -> None:
    checkout(told, "feature", new=True)
    commit(told, "new", {"src/b.py": "def fresh():\n    return 2\n"}, when=1)
    python("claim", content="Fresh is new", anchors=["src/b.py::fresh"])
    assert "Fresh" not in str(run_coded("brief")[1]["claims"])
    checkout(told, "main")
    assert "Fresh" not in str(run_coded("brief")[1]["claims"])
    merge(told, "feature", when=2)
    assert "Fresh is new" in str(run_coded("brief")[1]["claims"])


def test_while_a_merge_is_under_way_nothing_is_written(told: Path, run_coded: Any) -> None:
    run_coded("brief", "--write", "AGENTS.md")
    before = written(told)
    (told / ".git" / "MERGE_HEAD").write_text(git(told, "rev-parse", "HEAD") + "\n")
    code, record = run_coded("brief", "--write", "AGENTS.md")
    assert (code, record["error"], written(told)) == (1, "conflict", before)


def test_a_file_with_conflict_markers_is_left_alone(told: Path, run_coded: Any) -> None:
    (told / "AGENTS.md").write_text("<<<<<<< ours\na\n=======\nb\n>>>>>>> theirs\n")
    assert run_coded("brief", "--write", "AGENTS.md")[1]["error"] == "conflict"


def test_each_worktree_has_its_own_file(told: Path, run_coded: Any, tmp_path: Path) -> None:
    linked = add_worktree(told, tmp_path / "linked", "side")
    os.chdir(linked)
    assert run_coded("brief", "--write", "AGENTS.md")[1]["path"] == str(linked / "AGENTS.md")
    assert not (told / "AGENTS.md").exists()


def test_domains_and_tokens_bound_it(told: Path, run_coded: Any) -> None:
    python(
        "claim", batch=[{"content": f"Rule {n} of login " * 5, "anchors": ["src/a.py"]} for n in range(40)]
    )
    record = run_coded("brief", "--tokens", "300", "--write", "AGENTS.md")[1]
    assert estimate(written(told)) <= record["tokens"] <= 300
    assert record["more"] > 0
    assert {one["domain"] for one in run_coded("brief", "--domain", "decisions")[1]["claims"]} == {
        "decisions"
    }


def test_it_is_told_in_a_line_what_became_of_the_file(told: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["brief", "--write", "AGENTS.md"]) == 0
    assert "Wrote the brief into AGENTS.md (1 claim, " in capsys.readouterr().out
    (told / "src" / "a.py").write_text("")
    assert cli.main(["brief", "--write", "AGENTS.md", "--check"]) == 3
    assert "Next: mnemo brief --write AGENTS.md" in capsys.readouterr().out
