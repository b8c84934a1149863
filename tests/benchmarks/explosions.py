"""How long fifty exploding expressions take on the clock, and how long other threads wait meanwhile.

python -m tests.benchmarks.explosions [--busy N] [--write]
"""

from __future__ import annotations

import argparse
import subprocess
import sys

from tests.anchors.test_patterns import EXPLODING, explode
from tests.benchmarks import page

BUSY = "while True: pass"


def main() -> None:
    """Measure and print it; with --write, also into the guide."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--busy", type=int, default=0, help="processes that compute all the while")
    parser.add_argument("--write", action="store_true")
    asked = parser.parse_args()
    others = [subprocess.Popen([sys.executable, "-c", BUSY]) for _ in range(asked.busy)]
    try:
        found = [explode(pattern) for pattern in EXPLODING]
    finally:
        for process in others:
            process.kill()
            process.wait()
    took, longest, _ = (max(figures) for figures in zip(*found, strict=True))
    beside = f" beside {asked.busy} busy processes" if asked.busy else ""
    rows = [
        (f"{len(found)} exploding expressions{beside}, longest", f"{took:.2f} s", "at most 1 s"),
        (f"another thread's longest wait meanwhile{beside}", f"{longest * 1e3:.0f} ms", "at most 200 ms"),
    ]
    for row in rows:
        print(" | ".join(row))
    if asked.write:
        page.keep("Truth", rows)


if __name__ == "__main__":
    main()
