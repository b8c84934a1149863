"""What pytest printed about single tests, read from its output while it streams by.

Lines are those of pytest's terminal reporter: verbose progress ("tests/a.py::b PASSED [ 50%]", with xdist
"[gw0] [ 50%] PASSED tests/a.py::b") and the short summary ("FAILED tests/a.py::b - reason", `-rA`).
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterable, Sequence

MOST_TESTS = 20_000
LONGEST_LINE = 1_000

_COLOUR = re.compile(rb"\x1b\[[0-9;]*m")
_OUTCOMES = rb"PASSED|FAILED|ERROR|XPASS|XFAIL|SKIPPED"
_ID = rb"(?P<id>[^\s\[][^\[\n]*?::[^\s\[]+(?:\[.*?\])?)"
_VERBOSE = re.compile(_ID + rb" (?P<outcome>" + _OUTCOMES + rb")(?: \(.*\))?\s*(?:\[\s*\d+%\])?\s*")
_SUMMARY = re.compile(
    rb"(?:\[gw\d+\] \[\s*\d+%\] )?(?P<outcome>" + _OUTCOMES + rb") " + _ID + rb"(?: - .*)?\s*"
)
_HEADER = re.compile(rb"=+ (?:test session starts|short test summary info) =+\s*")
_COUNTS = re.compile(rb"(?:=+ )?((?:\d+ [a-z]+(?:, )?)+) in \d+(?:\.\d+)?s(?: \([\d:]+\))?(?: =+)?\s*")
_COUNT = re.compile(rb"(\d+) ([a-z]+)")
_STATUS = {b"PASSED": "passed", b"XPASS": "passed", b"FAILED": "failed", b"ERROR": "failed"}
# A run that reports any of these says nothing sure about each test it was asked for.
_DOUBTFUL = ("failed", "error", "errors", "skipped", "deselected", "xfailed", "xpassed")


class PytestLines:
    """Collects outcomes from output that arrives in pieces; whatever is not pytest's costs little."""

    def __init__(self) -> None:
        self.tests: dict[str, str] = {}
        self.counts: dict[str, int] = {}
        self._begun = False
        self._rest = b""

    def feed(self, piece: bytes) -> None:
        """Take the next piece of the output."""
        lines = (self._rest + piece).split(b"\n")
        self._rest = lines.pop()[-LONGEST_LINE:]
        for line in lines:
            self._read(line)

    def end(self) -> None:
        """Take what stands after the last line break."""
        self._read(self._rest)
        self._rest = b""

    def _read(self, line: bytes) -> None:
        if len(line) > LONGEST_LINE:
            return
        line = _COLOUR.sub(b"", line) if b"\x1b" in line else line
        if b" in " in line and (counts := _COUNTS.fullmatch(line)):
            self.counts = {word.decode(): int(number) for number, word in _COUNT.findall(counts[1])}
        if not self._begun:
            self._begun = b"==" in line and _HEADER.fullmatch(line) is not None
        elif b"::" in line:
            found = _SUMMARY.fullmatch(line) or _VERBOSE.fullmatch(line)
            if found:
                self._put(found["id"].decode("utf-8", "replace"), _STATUS.get(found["outcome"]))

    def _put(self, test: str, status: str | None) -> None:
        # A test whose teardown breaks is reported twice; it did not pass.
        if (
            status
            and (test in self.tests or len(self.tests) < MOST_TESTS)
            and self.tests.get(test) != "failed"
        ):
            self.tests[test] = status


def results(
    lines: PytestLines, argv: Sequence[str], exit_code: int, folder: str, exists: Callable[[str], bool]
) -> list[list[str]]:
    """Return what a run says of single tests: pairs of test id and passed or failed, sorted.

    Args:
        lines: what was read of the output.
        argv: the command; ids named in it passed when the whole run did, also when it printed no ids.
        exit_code: the command's.
        folder: where it ran, relative to the workspace, "." at its top.
        exists: tells whether a path of the workspace is there.
    """
    found = dict(lines.tests)
    if (
        exit_code == 0
        and lines.counts.get("passed")
        and not any(lines.counts.get(each) for each in _DOUBTFUL)
    ):
        for test in _ids_in(argv):
            found.setdefault(test, "passed")
    named: dict[str, str] = {}
    for test, status in found.items():
        path, _, inner = test.partition("::")
        below = posixpath.normpath(posixpath.join(folder, path))
        place = below if exists(below) else path
        for each in {f"{place}::{inner}", f"{place}::{inner.partition('[')[0]}"}:
            # A test with parameters passed when each of its cases did.
            named[each] = status if named.get(each) != "failed" else "failed"
    return [[test, status] for test, status in sorted(named.items())]


def _ids_in(argv: Iterable[str]) -> list[str]:
    return [each for each in argv if "::" in each and not each.startswith("-")]
