"""What pytest prints, read back."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mnemo.ledger.results import MOST_TESTS, PytestLines, results

STARTS = "============================= test session starts ==============================\n"
SUMMARY = "=========================== short test summary info ============================\n"


def read(text: str, size: int = 7) -> PytestLines:
    """Feed a text in small pieces."""
    lines = PytestLines()
    raw = text.encode()
    for start in range(0, len(raw), size):
        lines.feed(raw[start : start + size])
    lines.end()
    return lines


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("PASSED tests/test_a.py::test_b", {"tests/test_a.py::test_b": "passed"}),
        ("FAILED tests/test_a.py::test_b - assert 1 == 2", {"tests/test_a.py::test_b": "failed"}),
        ("ERROR tests/test_a.py::test_b - ValueError: no", {"tests/test_a.py::test_b": "failed"}),
        ("XPASS tests/test_a.py::test_b - reason", {"tests/test_a.py::test_b": "passed"}),
        ("XFAIL tests/test_a.py::test_b - reason", {}),
        ("SKIPPED [1] tests/test_a.py:3: no time", {}),
        ("ERROR tests/test_a.py - SyntaxError", {}),
        ("tests/test_a.py::test_b PASSED                    [ 50%]", {"tests/test_a.py::test_b": "passed"}),
        (
            "tests/test_a.py::T::test_b FAILED                 [100%]",
            {"tests/test_a.py::T::test_b": "failed"},
        ),
        ("tests/test_a.py::test_b SKIPPED (no time)         [100%]", {}),
        ("[gw1] [ 50%] PASSED tests/test_a.py::test_b ", {"tests/test_a.py::test_b": "passed"}),
        ("PASSED tests/test_a.py::test_b[x - y]", {"tests/test_a.py::test_b[x - y]": "passed"}),
        ("FAILED tests/test_a.py::test_b[1] - assert [1] == [2]", {"tests/test_a.py::test_b[1]": "failed"}),
        ("PASSED my tests/test_a.py::test_b", {"my tests/test_a.py::test_b": "passed"}),
        (
            "\x1b[32mPASSED\x1b[0m tests/test_a.py::\x1b[1mtest_b\x1b[0m",
            {"tests/test_a.py::test_b": "passed"},
        ),
        ("it PASSED tests/test_a.py::test_b", {}),
        ("PASSED tests/test_a.py::test_b\r", {"tests/test_a.py::test_b": "passed"}),
    ],
)
def test_each_kind_of_line_is_understood(line: str, found: dict[str, str]) -> None:
    assert read(f"{SUMMARY}{line}\n").tests == found
    assert read(f"{STARTS}{line}").tests == found


def test_lines_before_pytest_has_begun_are_no_results() -> None:
    assert read("PASSED tests/test_a.py::test_b\n").tests == {}


def test_a_test_that_failed_in_any_line_failed() -> None:
    text = f"{SUMMARY}PASSED a.py::t\nERROR a.py::t - teardown\nPASSED a.py::t\n"
    assert read(text).tests == {"a.py::t": "failed"}


def test_the_counts_of_the_last_line_are_read() -> None:
    assert read("= 3 passed, 1 skipped, 2 warnings in 0.12s =\n").counts == {
        "passed": 3,
        "skipped": 1,
        "warnings": 2,
    }
    assert read("1 failed, 2 passed in 61.00s (0:01:01)").counts == {"failed": 1, "passed": 2}


def test_very_long_lines_and_very_many_tests_are_bounded() -> None:
    lines = PytestLines()
    lines.feed(SUMMARY.encode() + b"PASSED a.py::t[" + b"x" * 100_000)
    lines.feed(b"x" * 100_000 + b"]\n")
    assert lines.tests == {}
    lines.feed(b"".join(b"PASSED a.py::t%d\n" % number for number in range(MOST_TESTS + 10)))
    assert len(lines.tests) == MOST_TESTS


@given(st.binary(max_size=400), st.integers(1, 50))
def test_any_output_is_read_without_an_error(noise: bytes, size: int) -> None:
    lines = PytestLines()
    lines.feed(SUMMARY.encode())
    for start in range(0, len(noise), size):
        lines.feed(noise[start : start + size])
    lines.end()
    results(lines, ["pytest", "a.py::t"], 0, ".", lambda path: True)


def named(
    text: str, *argv: str, exit_code: int = 0, folder: str = ".", present: tuple[str, ...] = ()
) -> list[list[str]]:
    return results(read(text), ["pytest", *argv], exit_code, folder, lambda path: path in present)


def test_ids_are_told_relative_to_the_workspace() -> None:
    text = f"{SUMMARY}PASSED test_a.py::t\nPASSED ../lib/test_b.py::t\n"
    assert named(text, folder="sub", present=("sub/test_a.py", "lib/test_b.py")) == [
        ["lib/test_b.py::t", "passed"],
        ["sub/test_a.py::t", "passed"],
    ]
    assert named(text, folder="sub", present=()) == [
        ["../lib/test_b.py::t", "passed"],
        ["test_a.py::t", "passed"],
    ]


def test_a_test_with_parameters_passed_when_each_case_did() -> None:
    text = f"{SUMMARY}PASSED a.py::t[1]\nFAILED a.py::t[2] - no\nPASSED a.py::t[3]\nPASSED a.py::u[1]\n"
    found = dict(named(text, exit_code=1))
    assert (found["a.py::t"], found["a.py::t[1]"], found["a.py::u"]) == ("failed", "passed", "passed")


def test_a_test_that_was_asked_for_alone_passed_when_the_whole_quiet_run_did() -> None:
    assert named("1 passed in 0.01s\n", "-q", "a.py::t") == [["a.py::t", "passed"]]
    assert named("1 passed, 1 skipped in 0.01s\n", "-q", "a.py::t") == []
    assert named("1 passed in 0.01s\n", "-q", "a.py::t", exit_code=1) == []
    assert named("no tests ran in 0.01s\n", "-q", "a.py::t") == []


SUITE = """
import pytest

def test_good(): pass

def test_bad(): assert [1] == [2]

@pytest.mark.parametrize("word", ["a b", "c - d", "e]f"])
def test_words(word): assert word != "a b"

@pytest.mark.xfail
def test_known(): assert False

@pytest.fixture
def broken():
    yield
    raise ValueError("teardown")

def test_torn(broken): pass
"""


@pytest.mark.parametrize("options", [["-rA", "-q"], ["-v"], ["-v", "--color=yes"], ["-q"]])
def test_the_output_of_a_real_pytest_is_understood(tmp_path: Path, options: list[str]) -> None:
    (tmp_path / "test_suite.py").write_text(SUITE)
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-p",
        "no:cacheprovider",
        *options,
        "test_suite.py",
    ]
    environ = {**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    ran = subprocess.run(command, cwd=tmp_path, capture_output=True, env=environ)
    lines = PytestLines()
    lines.feed(ran.stdout)
    lines.end()
    found = dict(results(lines, command, ran.returncode, ".", lambda path: (tmp_path / path).exists()))
    failing = {
        "test_suite.py::test_bad",
        "test_suite.py::test_words",
        "test_suite.py::test_words[a b]",
        "test_suite.py::test_torn",
    }
    assert {test for test, status in found.items() if status == "failed"} == failing
    assert lines.counts["failed"] == 2
    if options != ["-q"]:
        assert found["test_suite.py::test_good"] == found["test_suite.py::test_words[c - d]"] == "passed"
        assert "test_suite.py::test_known" not in found
