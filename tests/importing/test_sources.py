"""Which files tell what holds, and for which folder."""

from __future__ import annotations

import pytest

from mnemo.importing import frontmatter
from mnemo.importing.sources import find_source, folder_of_globs, list_sources


@pytest.mark.parametrize(
    ("path", "kind", "folder"),
    [
        ("CLAUDE.md", "claude", ""),
        ("web/app/CLAUDE.md", "claude", "web/app"),
        ("web/.claude/CLAUDE.md", "claude", "web"),
        ("CLAUDE.local.md", "claude", ""),
        (".claude/rules/tests.md", "claude", ""),
        ("AGENTS.md", "agents", ""),
        (".agents/AGENTS.md", "agents", ""),
        ("src/AGENTS.md", "agents", "src"),
        ("GEMINI.md", "gemini", ""),
        (".cursor/rules/a/b.mdc", "cursor", ""),
        ("pkg/.cursor/rules/b.mdc", "cursor", "pkg"),
        (".cursorrules", "cursor", ""),
        (".windsurfrules", "windsurf", ""),
        (".github/copilot-instructions.md", "copilot", ""),
        (".github/instructions/py.instructions.md", "copilot", ""),
        ("docs/adr/0001-use-sqlite.md", "adr", ""),
        ("doc/adr/0002.md", "adr", ""),
        ("adr/3-x.md", "adr", ""),
        ("docs/architecture/decisions/0004-y.md", "adr", ""),
        ("docs/architecture-decision-records/5.rst", "adr", ""),
        ("CONTRIBUTING.md", "contributing", ""),
        (".github/CONTRIBUTING.md", "contributing", ""),
        ("docs/contributing.rst", "contributing", ""),
        ("pkg/CONTRIBUTING.md", "contributing", "pkg"),
    ],
)
def test_a_file_is_known_by_its_path(path: str, kind: str, folder: str) -> None:
    source = find_source(path, True)
    assert source is not None
    assert (source.kind, source.folder) == (kind, folder)


@pytest.mark.parametrize(
    "path",
    [
        "README.md", "docs/agent.md", "docs/gemini.md", "node_modules/x/CLAUDE.md",
        "tests/fixtures/AGENTS.md", "docs/adr/README.md", "docs/adr/template.md", "docs/adr/0000-template.md",
        "src/decisions.py", "a/" * 20 + "CLAUDE.md",
    ],
)  # fmt: skip
def test_other_files_are_none(path: str) -> None:
    assert find_source(path, True) is None


def test_files_of_the_whole_repository_come_first() -> None:
    paths = ["src/AGENTS.md", "CLAUDE.md", "CONTRIBUTING.md", "AGENTS.md"]
    found = list_sources(paths, ["GEMINI.md", "AGENTS.md"])
    assert [(one.path, one.tracked) for one in found] == [
        ("AGENTS.md", True),
        ("CLAUDE.md", True),
        ("GEMINI.md", False),
        ("CONTRIBUTING.md", True),
        ("src/AGENTS.md", True),
    ]
    assert [one.path for one in list_sources(paths, [], ["claude"])] == ["CLAUDE.md"]


@pytest.mark.parametrize(
    ("globs", "folder"),
    [
        (["src/web/**/*.ts"], "src/web"),
        (["src/web/*.ts", "src/api/**"], "src"),
        (["**/*.py"], ""),
        (["src/a.py"], "src"),
        (["./docs/"], "docs"),
        (["../x/*"], ""),
        ([], ""),
    ],
)
def test_patterns_speak_for_the_deepest_folder_that_holds_them(globs: list[str], folder: str) -> None:
    assert folder_of_globs(globs) == folder


def test_front_matter_is_read_without_yaml() -> None:
    text = '---\ndescription: "A, b"\nglobs: ["src/*.{ts,tsx}", docs/**]\nlist:\n  - one\n  - two\n---\n# x\n'
    fields = frontmatter.read_fields(text)
    assert fields["globs"] == ["src/*.{ts,tsx}", "docs/**"]
    assert fields["list"] == ["one", "two"]
    assert frontmatter.line_of(text, "globs") == 3
    assert frontmatter.read_fields("no front matter\n---\n") == {}
