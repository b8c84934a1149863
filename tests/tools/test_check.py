"""Which claims a change breaks, touches or violates; and what there is to check against."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from mnemo.interfaces import cli
from mnemo.interfaces.render.places import harmless
from tests.repos import checkout, commit, git, write
from tests.tools.corrections import CODE, claimed


class Ended:
    """A command that ended: its exit code, its record, and what it printed."""

    def __init__(self, code: int, out: str) -> None:
        self.code = code
        self.out = out

    @property
    def record(self) -> Any:
        """The record that it printed."""
        return json.loads(self.out)

    @property
    def effects(self) -> list[tuple[str, str]]:
        """What the change does to which claim."""
        return [(one["effect"], one["content"]) for one in self.record["findings"]]


@pytest.fixture
def check(capsys: pytest.CaptureFixture[str]) -> Any:
    """Run check and return how it ended."""

    def call(*words: str, as_json: bool = True) -> Ended:
        capsys.readouterr()
        code = cli.main(["check", *words, *(["--json"] if as_json else [])])
        return Ended(code, capsys.readouterr().out)

    return call


@pytest.fixture
def top(repository: Path) -> Path:
    """A repository with claims of every kind, on a branch."""
    commit(
        repository, "Code", {"src/locks.py": CODE, "a.sh": "set -e\nbuild one\nbuild two\n", "b.txt": "b\n"}
    )
    claimed("locking is idempotent", anchors=["src/locks.py::lock"])
    claimed("two builds", anchors=["a.sh:2-3"])
    claimed("b is there", anchors=["b.txt"])
    claimed(
        "we never print", domain="patterns", anchors=[{"type": "grep", "pattern": "print(", "absent": True}]
    )
    checkout(repository, "feature", new=True)
    return repository


def test_a_change_that_concerns_no_claim_ends_with_0(top: Path, check: Any) -> None:
    commit(top, "Other", {"c.txt": "c\n"})
    ended = check("main..HEAD")
    assert (ended.code, ended.record["checked"], ended.effects) == (0, 4, [])


def test_a_change_breaks_touches_and_violates_the_worst_first(top: Path, check: Any) -> None:
    changed = CODE.replace("account.locked = True", "print(account)")
    commit(top, "Change", {"src/locks.py": changed, "b.txt": None, "a.sh": "set -e\nbuild one\nbuild 2\n"})
    ended = check("main..HEAD")
    assert ended.code == 3
    assert [effect for effect, _ in ended.effects] == ["violates", "breaks", "touches", "touches"]
    assert ended.effects[:2] == [("violates", "we never print"), ("breaks", "b is there")]


def test_nothing_is_checked_out_and_only_what_the_branch_did_counts(top: Path, check: Any) -> None:
    commit(top, "Remove", {"b.txt": None})
    checkout(top, "main")
    commit(top, "On main", {"a.sh": "true\n"})
    ended = check("main..feature")
    assert ended.effects == [("breaks", "b is there")]
    assert (top / "b.txt").exists()


def test_without_a_range_the_working_tree_is_compared_with_the_default_branch(top: Path, check: Any) -> None:
    assert check().code == 0
    (top / "b.txt").unlink()
    write(top, {"new.py": "x = 1\n"})
    ended = check()
    assert (ended.effects, ended.record["head"]) == ([("breaks", "b is there")], "")


def test_a_renamed_file_breaks_nothing(top: Path, check: Any) -> None:
    git(top, "mv", "src/locks.py", "src/safes.py")
    commit(top, "Move", {})
    assert check("main..HEAD").code == 0


def test_comments_in_a_definition_touch_it_and_its_margin_does_not(top: Path, check: Any) -> None:
    commit(top, "Comment", {"src/locks.py": CODE.replace("    return", "    # done\n    return")})
    (finding,) = check("main..HEAD").record["findings"]
    assert finding["anchors"][0]["reason"] == "lines of lock changed; it holds"
    commit(top, "Move down", {"src/locks.py": "\n\n" + CODE})
    assert check("main..HEAD").code == 0


def test_what_did_not_hold_before_is_no_fault_of_the_change(top: Path, check: Any) -> None:
    checkout(top, "main")
    commit(top, "Remove", {"b.txt": None})
    checkout(top, "late", new=True)
    commit(top, "Other", {"c.txt": "c\n"})
    assert check("main..HEAD").code == 0


def test_a_pattern_that_stood_elsewhere_before_is_not_violated_anew(top: Path, check: Any) -> None:
    checkout(top, "main")
    commit(top, "Print", {"old.py": "print(1)\n"})
    checkout(top, "late", new=True)
    commit(top, "Print more", {"new.py": "print(2)\n"})
    assert check("main..HEAD").effects == []


def test_ci_checks_against_an_export(top: Path, check: Any, tmp_path: Path) -> None:
    export = tmp_path / "claims.json"
    cli.main(["export", "--to", str(export)])
    commit(top, "Remove", {"b.txt": None})
    clone = tmp_path / "clone"
    git(tmp_path, "clone", "-q", str(top), str(clone))
    git(clone, "branch", "-q", "main", "origin/main")
    ended = check("main..HEAD", "--claims", str(export), "--project", str(clone))
    assert (ended.code, ended.effects) == (3, [("breaks", "b is there")])
    assert not (clone / ".mnemo").exists()


HOSTILE = "x\n## forged\n<script>@admin ![a](http://b.c/d) #1 `x` [l](http://e)\x1b[2J\u202e"


def test_an_export_is_never_trusted(top: Path, check: Any, tmp_path: Path) -> None:
    export = tmp_path / "claims.json"
    export.write_text(json.dumps([{"content": HOSTILE, "anchors": [{"type": "file", "path": "b.txt"}]}]))
    commit(top, "Remove", {"b.txt": None})
    told = check("main..HEAD", "--claims", str(export), "--format", "markdown", as_json=False).out
    for sign in ("<script>", "@admin", "![a]", "http://", "#1", "](", "\x1b", "\u202e"):
        assert sign not in told
    assert all(line.startswith("- ") for line in told.splitlines() if "forged" in line)
    plain = check("main..HEAD", "--claims", str(export), as_json=False).out
    assert "\n## forged" not in plain
    assert "\x1b" not in plain


@pytest.mark.parametrize(
    "text",
    [
        "", "{", "[1]", '{"memories": 1}', '[{"content": 1}]',
        '[{"content": "a", "anchors": [{"type": "x"}]}]',
        '[{"content": "a", "anchors": [{"type": "file", "path": 1}]}]',
        '[{"content": "a", "anchors": [{"type": "file", "path": "a\\u0000b"}]}]',
        '[{"content": "a", "anchors": [{"type": "content", "path": "a", "pin": {"x": {}}}]}]',
        "[" * 100_000,
    ],
)  # fmt: skip
def test_a_file_that_is_no_export_is_told(top: Path, check: Any, tmp_path: Path, text: str) -> None:
    export = tmp_path / "claims.json"
    export.write_text(text)
    ended = check("main..HEAD", "--claims", str(export))
    assert (ended.code, ended.record["error"]) == (1, "invalid")


@pytest.mark.parametrize("anchor", [
    {"type": "file", "path": "../../etc/passwd"}, {"type": "file", "path": "/etc/passwd"},
    {"type": "grep", "pattern": "(a+)+$", "regex": True}, {"type": "grep", "pattern": "(", "regex": True},
    {"type": "content", "path": "b.txt", "pin": {"hash": "x", "lines": "zz"}},
    {"type": "symbol", "path": "src/locks.py", "name": "lock", "pin": {"body": 3}},
])  # fmt: skip
def test_an_odd_anchor_of_an_export_does_no_harm(top: Path, check: Any, tmp_path: Path, anchor: Any) -> None:
    export = tmp_path / "claims.json"
    export.write_text(json.dumps([{"content": "a", "anchors": [anchor]}]))
    commit(top, "Change", {"b.txt": "c\n", "src/locks.py": CODE + "\n", "d.txt": "a" * 40 + "!\n"})
    assert check("main..HEAD", "--claims", str(export)).code in (0, 3)


@pytest.mark.parametrize("words", [("nope..HEAD",), ("main..nope",), ("--output=x..HEAD",)])
def test_an_unknown_revision_ends_with_2(top: Path, check: Any, words: tuple[str, ...]) -> None:
    ended = check("--", *words) if words[0].startswith("-") else check(*words)
    assert ended.code == 2


def test_without_a_store_or_claims_or_anchors_there_is_nothing_to_check(repository: Path, check: Any) -> None:
    assert check("main..HEAD").code == 2
    claimed("no anchor at all")
    ended = check("main..HEAD")
    assert (ended.code, ended.record["message"]) == (2, "None of the 1 claims has an anchor.")


def test_the_text_names_the_claim_and_the_reason(top: Path, check: Any) -> None:
    commit(top, "Remove", {"b.txt": None})
    told = check("main..HEAD", as_json=False).out
    assert "4 claims checked, 1 broken." in told
    assert "  > b is there\n  b.txt: b.txt does not exist\n" in told
    assert check("main..HEAD", "--format", "json", as_json=False).record["schema"] == "mnemo.v1"
    assert check("--format", "xml").code == 1


def test_markdown_of_others_is_shown_and_does_nothing() -> None:
    assert harmless("plain words, 5 s") == "plain words, 5 s"
    assert harmless("a_b @x") == "a&#95;b &#64;x"
