"""Commands as processes of their own: exit codes, pipes, locales, and what starting one costs."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.warm import program


def start(*words: str, **more: Any) -> subprocess.CompletedProcess[str]:
    """Run a command as a process of its own."""
    command = [sys.executable, "-m", "mnemo", *words]
    return subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=False, **more)


def test_a_process_ends_with_the_code_of_its_error(repository: Path) -> None:
    assert start("recall", "--nope", cwd=repository).returncode == 2
    assert start("recall", "--limit", "x", cwd=repository).returncode == 1
    assert start("--help", cwd=repository).returncode == 0


def test_a_reader_that_leaves_early_is_no_error(repository: Path) -> None:
    subprocess.run([program(), "claim", "sqlite " + "x" * 200], capture_output=True, check=True)
    reading, writing = os.pipe()
    os.close(reading)
    command = [sys.executable, "-m", "mnemo", "recall", "sqlite"]
    ended = subprocess.run(command, stdout=writing, stderr=subprocess.PIPE, cwd=repository, check=False)
    os.close(writing)
    assert ended.stderr == b""


def test_output_passes_where_the_locale_knows_only_ascii(repository: Path) -> None:
    plain = {**os.environ, "LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    logged = start("log-work", "é ☃ 😀", cwd=repository, env=plain)
    assert logged.stdout == "Logged on main: é ☃ 😀\n"
    assert json.loads(start("fetch-branch-logs", cwd=repository, env=plain).stdout)[0]["message"] == "é ☃ 😀"


def test_arguments_that_are_no_text_are_refused(repository: Path) -> None:
    command = [sys.executable.encode(), b"-m", b"mnemo", b"log-work", b"\xff\xfe"]
    ended = subprocess.run(command, capture_output=True, cwd=repository, check=False)
    assert ended.returncode == 1
    assert ended.stderr.startswith(b"Error: not UTF-8")


def test_an_unexpected_error_is_one_line_unless_debugging(repository: Path) -> None:
    program = (
        "import sys; from mnemo.interfaces.commands import OWN; from mnemo.interfaces import cli\n"
        "def broken():\n    'Break.'\n    raise ZeroDivisionError('oh')\n"
        "OWN['broken'] = broken\nsys.exit(cli.main(['broken']))"
    )
    quiet = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert (quiet.returncode, quiet.stdout) == (1, "")
    assert quiet.stderr.startswith("Error: ZeroDivisionError: oh\n")
    assert "Traceback" not in quiet.stderr
    debugging = {**os.environ, "MNEMO_DEBUG": "1"}
    loud = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False, env=debugging
    )
    assert "Traceback" in loud.stderr


@pytest.mark.parametrize(
    ("words", "absent"),
    [
        (("--help",), ("cyclopts", "rich", "fastmcp", "pydantic", "git", "asyncio")),
        (("recall", "sqlite"), ("rich", "fastmcp", "pydantic", "git", "asyncio", "numpy")),
        (("log-work", "x"), ("rich", "fastmcp", "pydantic", "asyncio")),
    ],
)
def test_nothing_heavy_is_loaded(repository: Path, words: tuple[str, ...], absent: tuple[str, ...]) -> None:
    program = f"import sys; from mnemo.interfaces import cli; cli.main({words!r}); print(*sys.modules)"
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert set(ended.stdout.splitlines()[-1].split()) & set(absent) == set()


def cpu_milliseconds(environment: dict[str, str], *command: str) -> float:
    """Run a process and return its CPU time, user and system together."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.executable, *command], capture_output=True, check=True, env=environment)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return (after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime) * 1000


@pytest.mark.parametrize(("words", "limit_ms"), [(("--help",), 200), (("recall", "sqlite"), 250)])
def test_the_shell_gets_its_answer_quickly(
    repository: Path,
    words: tuple[str, ...],
    limit_ms: int,
    record_property: Callable[[str, object], None],
) -> None:
    # As installed: compiled once, by the first command of the run.
    environment = dict(os.environ)
    claim = [program(), "claim", "SQLite, because nobody runs a server"]
    subprocess.run(claim, capture_output=True, check=True)
    command, empty = ("-m", "mnemo", *words), ("-c", "pass")
    rounds = [
        (cpu_milliseconds(environment, *command), cpu_milliseconds(environment, *empty)) for _ in range(5)
    ]
    spent, bare = min(one for one, _ in rounds), min(one for _, one in rounds)
    record_property("CPU milliseconds", f"{spent:.0f} for mnemo {' '.join(words)}, bare Python {bare:.0f}")
    # A machine that runs the whole suite is slower for everyone: an empty Python normally takes 10 ms.
    assert spent < limit_ms * max(1.0, bare / 10)
