"""Every console example of the README and the guide runs as written, and prints what it says."""

from __future__ import annotations

import os
import re
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.house.sources import CHECKOUT, SOURCE
from tests.repos import make_repository
from tests.warm import program, python


class Step(NamedTuple):
    """One command of an example.

    Args:
        command: what stands behind the `$`, continued lines joined.
        code: the exit code it says with a comment such as `# exits 3`; 0 without.
        shown: what it prints; `…` stands for anything, a line with nothing else for any lines.
    """

    command: str
    code: int
    shown: tuple[str, ...]


def list_pages() -> list[Path]:
    """List the pages that people read, the README first."""
    pages = [CHECKOUT / "README.md", *sorted((CHECKOUT / "guide").rglob("*.md"))]
    return [page for page in pages if page.exists()]


def console_blocks(text: str) -> list[str]:
    """List the ```console blocks of a page."""
    return re.findall(r"^```console\n(.*?)^```", text, re.MULTILINE | re.DOTALL)


def parse_block(block: str) -> list[Step]:
    """Parse an example into its commands with what they show."""
    steps = []
    for part in re.split(r"^\$ ", block.replace("\\\n", ""), flags=re.MULTILINE)[1:]:
        command, *shown = part.rstrip("\n").split("\n")
        said = re.search(r"\s+# exits (\d)$", command)
        code = int(said[1]) if said else 0
        steps.append(Step(command[: said.start()] if said else command, code, tuple(shown)))
    return steps


def is_shown(line: str, printed: str) -> bool:
    """Tell whether an output holds a line; `…` in it stands for anything on that line."""
    pattern = ".*".join(re.escape(piece) for piece in line.strip().split("…"))
    return any(re.search(pattern, each) for each in printed.splitlines())


def run_step(step: Step, folder: Path, programs: Path) -> None:
    """Run one command in a shell and compare the exit code and what it prints.

    Args:
        step: the command and what it is said to print.
        folder: where it runs.
        programs: holds `mnemo`, the checkout's own, and `python`.
    """
    environment = {
        **os.environ,
        "PYTHONPATH": str(SOURCE),
        "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}",
        "EDITOR": "true",
    }
    done = subprocess.run(
        ["bash", "-c", step.command],
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
    )
    printed = done.stdout + done.stderr
    assert done.returncode == step.code, f"$ {step.command}\n{printed}"
    for line in step.shown:
        assert is_shown(line, printed), f"$ {step.command}\nis said to print\n{line}\nand prints\n{printed}"


@pytest.fixture(scope="module")
def programs() -> Iterator[Path]:
    """A folder whose `mnemo` and `python` are this interpreter with the checkout's source."""
    with tempfile.TemporaryDirectory() as folder:
        for name, command in (("mnemo", program()), ("python", python()), ("python3", python())):
            place = Path(folder, name)
            place.write_text(f'#!/bin/sh\nexec "{command}" "$@"\n', encoding="utf-8")
            place.chmod(0o755)
        yield Path(folder)


def prepare(folder: Path) -> Path:
    """Make the small repository that the examples speak of."""
    top = Path(make_repository(folder / "shop"))
    (top / "src").mkdir(exist_ok=True)
    (top / "src" / "auth.py").write_text(AUTH, encoding="utf-8")
    (top / "requirements.txt").write_text("requests>=2.31\n", encoding="utf-8")
    for command in ("git add .", "git commit -qm 'Sign in'"):
        subprocess.run(["bash", "-c", command], cwd=top, check=True)
    return top


AUTH = '''"""Signing in."""

TOKEN_MINUTES = 15


def login(name: str, password: str) -> str:
    """Return a token."""
    return f"{name}:{TOKEN_MINUTES}"
'''

EXAMPLES = [page for page in list_pages() if "\n```console\n" in page.read_text(encoding="utf-8")]


SCRIPTS = [
    ("client.py", ("tools: recall, claim, verify, log, dispatch, help", "first verdict: proven")),
    ("remember.py", ("proven: Totals", "withheld: …")),
    ("worker.py", ("without evidence: submitted", "with evidence: completed")),
    (
        "two_agents.py",
        (
            "completed by its word: submitted",
            "completed with evidence: completed",
            "gate after the work: open",
            "on main: 1 log entry followed, the claim is proven",
            "gate after a touch: closed (…",
            "gate after the way back: open",
        ),
    ),
]


@pytest.mark.parametrize("page", EXAMPLES, ids=lambda page: page.relative_to(CHECKOUT).as_posix())
def test_the_examples_of_a_page_are_true(page: Path, tmp_path: Path, programs: Path) -> None:
    top = prepare(tmp_path)
    for block in console_blocks(page.read_text(encoding="utf-8")):
        for step in parse_block(block):
            run_step(step, top, programs)


@pytest.mark.parametrize(("name", "shown"), SCRIPTS)
def test_the_example_scripts_run(name: str, shown: tuple[str, ...], tmp_path: Path, programs: Path) -> None:
    run_step(Step(f"python '{CHECKOUT / 'examples' / name}'", 0, shown), tmp_path, programs)


def test_every_example_script_is_run() -> None:
    assert {name for name, _ in SCRIPTS} == {path.name for path in (CHECKOUT / "examples").iterdir()}


def test_a_block_is_parsed_into_commands_codes_and_output() -> None:
    block = "$ mnemo recall a \\\n  --limit 1\nfirst\n…\n$ mnemo verify  # exits 3\n"
    assert parse_block(block) == [
        Step("mnemo recall a   --limit 1", 0, ("first", "…")),
        Step("mnemo verify", 3, ()),
    ]


def test_only_console_blocks_are_run() -> None:
    assert console_blocks("```\n$ rm\n```\n\n```console\n$ ls\n```\n") == ["$ ls\n"]


def test_an_ellipsis_stands_for_anything_on_its_line() -> None:
    assert is_shown("claimed … on main", "x\nclaimed 1234 on main\n")
    assert not is_shown("claimed … on main", "claimed 1234\non main\n")


@pytest.mark.parametrize("step", [Step("false", 0, ()), Step("true", 3, ()), Step("echo a", 0, ("b",))])
def test_an_untrue_example_is_found(step: Step, tmp_path: Path) -> None:
    (tmp_path / "shop").mkdir()
    with pytest.raises(AssertionError):
        run_step(step, tmp_path / "shop", tmp_path)
