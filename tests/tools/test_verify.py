"""`verify` through Python, the command line and MCP."""

from __future__ import annotations

from pathlib import Path

from tests.repos import commit, git
from tests.tools.faces import Face, command, python

SOURCE = "def area(width, height):\n    return width * height\n\n\ndef depth():\n    return 3\n"


def test_every_claim_is_judged_and_what_fails_is_named_with_the_reason(repository: Path, face: Face) -> None:
    commit(repository, "code", {"a.py": SOURCE, "b.py": SOURCE})
    face("claim", content="a exists", anchors=["a.py"])
    address = face("claim", content="b has depth", anchors=["b.py::depth"])["claims"][0]["address"]
    face("claim", content="nothing to check")
    assert face("verify") | {"notes": []} == face("verify") | {"notes": []}
    (repository / "b.py").write_text("x = 1\n")
    record = face("verify")
    assert (record["checked"], record["ok"]) == (3, 2)
    (finding,) = record["findings"]
    assert (finding["address"], finding["state"]) == (address, "missing")
    assert "depth" in finding["reason"]


def test_one_claim_or_one_path_can_be_judged(repository: Path, face: Face) -> None:
    commit(repository, "code", {"a.py": SOURCE, "b.py": SOURCE})
    address = face("claim", content="a exists", anchors=["a.py"])["claims"][0]["address"]
    face("claim", content="b exists", anchors=["b.py"])
    assert face("verify", target=address[:10])["checked"] == 1
    assert face("verify", target="b.py")["checked"] == 1
    assert face("verify", target="ffffff")["ok"] is False


def test_a_committed_rename_is_followed_and_repaired(repository: Path, face: Face) -> None:
    commit(repository, "code", {"a.py": SOURCE})
    face("claim", content="area multiplies", anchors=["a.py::area"])
    git(repository, "mv", "a.py", "shapes.py")
    git(repository, "commit", "-q", "-m", "rename")
    before = face("verify")
    assert before["ok"] == 1
    record = face("verify", repair=True)
    assert len(record["repaired"]) == 1
    (one,) = face("recall", path="shapes.py")["claims"]
    assert one["anchors"][0]["path"] == "shapes.py"
    assert face("verify", repair=True)["repaired"] == []


def test_anchors_are_unknown_while_a_merge_is_under_way(repository: Path, face: Face) -> None:
    commit(repository, "code", {"a.py": "a = 1\n"})
    face("claim", content="a is one", anchors=["a.py"])
    git(repository, "checkout", "-q", "-b", "other")
    commit(repository, "theirs", {"a.py": "a = 2\n"})
    git(repository, "checkout", "-q", "main")
    commit(repository, "ours", {"a.py": "a = 3\n"})
    git(repository, "merge", "other", check=False)
    (finding,) = face("verify")["findings"]
    assert finding["state"] == "unknown"
    assert "merge" in finding["reason"]


def test_all_six_anchor_types_are_judged(repository: Path, face: Face) -> None:
    files = {
        "a.py": SOURCE,
        "pyproject.toml": '[project]\nname = "x"\nversion = "1"\ndependencies = ["httpx>=0.27"]\n',
    }
    commit(repository, "code", files)
    anchors = [
        "a.py",
        "a.py:1-2",
        "a.py::area",
        {"type": "grep", "pattern": "width * height", "path": "a.py"},
        {"type": "dependency", "name": "httpx"},
        {"type": "dependency", "name": "http", "absent": True},
        {"type": "test", "id": "tests/test_a.py::test_area"},
    ]
    (one,) = face("claim", content="everything is pinned", anchors=anchors)["claims"]
    assert [anchor["state"] for anchor in one["anchors"]] == ["ok"] * 6 + ["unknown"]


def test_findings_are_exit_code_three(repository: Path) -> None:
    from mnemo.interfaces import cli

    commit(repository, "code", {"a.py": SOURCE})
    python("claim", content="a exists", anchors=["a.py"])
    assert cli.main(["verify"]) == 0
    (repository / "a.py").unlink()
    assert cli.main(["verify"]) == 3
    assert command("verify")["checked"] == 1
