"""`import mnemo` costs next to nothing, and every public name can still be had."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable

import mnemo
from tests.house.sources import SOURCE

ROUNDS = 9
BOUND = 15.0
# What an idle machine needs for `python -c pass`; a busy or slower one gets more in proportion.
BARE = 8.0


def cpu_milliseconds(program: str) -> float:
    """Run a program in a new interpreter and return its CPU time, user and system together."""
    environment = {**os.environ, "PYTHONPATH": str(SOURCE)}
    process = subprocess.Popen([sys.executable, "-c", program], env=environment)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0
    return (usage.ru_utime + usage.ru_stime) * 1000


def added_milliseconds(program: str) -> tuple[float, float]:
    """Return what a program costs over an empty one, and the bound for it on this machine now.

    The best of each counts, taken in turns, so that noise falls on both.
    """
    pairs = [(cpu_milliseconds(program), cpu_milliseconds("pass")) for _ in range(ROUNDS)]
    bare = min(bare for _, bare in pairs)
    return min(loaded for loaded, _ in pairs) - bare, BOUND * max(1.0, bare / BARE)


def test_import_mnemo_costs_less_than_fifteen_milliseconds(
    record_property: Callable[[str, object], None],
) -> None:
    cpu_milliseconds("import mnemo")  # the first run may have to compile
    added, bound = added_milliseconds("import mnemo")
    record_property("import mnemo", f"{added:.1f} ms CPU over bare Python (bound {bound:.0f})")
    assert added < bound


def test_a_heavy_import_would_be_measured() -> None:
    added, bound = added_milliseconds("import pydantic")
    assert added > bound


def test_every_public_name_can_be_had() -> None:
    missing = [name for name in mnemo.__all__ if not hasattr(mnemo, name)]
    assert missing == []


def test_public_names_are_listed_once_and_shown_by_dir() -> None:
    assert len(mnemo.__all__) == len(set(mnemo.__all__))
    assert set(mnemo.__all__) <= set(dir(mnemo))
