"""Walk the path of somebody new on a real terminal, and time each step.

    python -m tests.benchmarks.newcomer [CHECKOUT] [--show]

The checkout is cloned, the README's first command is typed as it stands there (pip fetches what mnemo needs),
and the mnemo that it made is used in a repository of one's own: installed, asked, told something, asked
again, and asked once more when the code has changed. Nothing outside a temporary folder is touched.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from tests.repos import make_repository, write
from tests.terminals import MNEMO, terminal

SHELL = ("/bin/sh", "-c")
DEMO = re.compile(r"<!-- demo -->\n```sh\n(.+?)\n```", re.DOTALL)
PATIENCE_S = 600.0  # of the step that fetches packages
OWN = {
    "CLAUDE.md": "# Shop\n\n## Rules\n\n- Never call the payment gateway from tests.\n",
    "pay.py": "def charge(amount):\n    return amount * 100\n",
}
FACT = "charge takes euros and the gateway wants cents"


class Step(NamedTuple):
    """One step of the path.

    Args:
        name: what was done.
        seconds: how long it took, waiting for keys included.
        shown: what the person saw.
    """

    name: str
    seconds: float
    shown: str


class Newcomer(NamedTuple):
    """A person with a home and a repository, and the mnemo that they use."""

    home: Path
    top: Path
    program: tuple[str, ...] = MNEMO

    @property
    def environ(self) -> dict[str, str]:
        """What differs for their processes; another mnemo than this checkout's finds its own package."""
        own = {"HOME": str(self.home)}
        return own if self.program == MNEMO else {**own, "PYTHONPATH": ""}

    def types(self, *words: str, keys: tuple[str, ...] = ()) -> Step:
        """Type a command, answer each question with a key and Enter, as people do, and wait for its end."""
        began = time.monotonic()
        with terminal(self.top, *words, environ=self.environ, program=self.program) as screen:
            for number, key in enumerate(keys, 1):
                screen.await_text("no  ? ", number)
                screen.press(f"{key}\r")
            code = screen.await_end()
            shown = screen.text
        assert code == 0, f"mnemo {' '.join(words)} ended with {code}:\n{shown}"
        return Step(f"mnemo {' '.join(words)}", time.monotonic() - began, shown)

    def starts_a_session(self, name: str) -> Step:
        """Let a client start a session: the hook that was installed is run as its settings say."""
        settings = json.loads((self.top / ".claude" / "settings.local.json").read_text(encoding="utf-8"))
        command: str = settings["hooks"]["SessionStart"][0]["hooks"][0]["command"]
        given: dict[str, Any] = {"session_id": name, "cwd": str(self.top), "source": "startup"}
        began = time.monotonic()
        ran = subprocess.run(
            [*SHELL, command],
            input=json.dumps(given).encode(),
            capture_output=True,
            check=True,
            cwd=self.top,
            env={**os.environ, **self.environ},
        )
        said = json.loads(ran.stdout) if ran.stdout else {}
        told = said.get("hookSpecificOutput", {}).get("additionalContext", "")
        shown = f"person: {said.get('systemMessage', '')}\nmodel: {told}"
        return Step(f"a session starts ({name})", time.monotonic() - began, shown)


def main() -> None:
    """Walk the whole path and print the seconds of each step."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("checkout", nargs="?", default=str(Path(__file__).resolve().parents[2]))
    parser.add_argument("--show", action="store_true")
    asked = parser.parse_args()
    total = 0.0
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder, "home")
        home.mkdir()
        for step in (*set_up(Path(folder), home, asked.checkout), *walk(own(Path(folder), home))):
            total += step.seconds
            print(f"{step.seconds:7.2f} s  {step.name}", flush=True)
            if asked.show:
                print(re.sub(r"(?m)^", "           | ", step.shown.strip()), flush=True)
    print(f"{total:7.2f} s  in all")


def set_up(folder: Path, home: Path, checkout: str) -> Iterator[Step]:
    """Clone, and type the README's first command."""
    began = time.monotonic()
    subprocess.run(["git", "clone", "--quiet", checkout, str(folder / "mnemo")], check=True)
    yield Step("git clone", time.monotonic() - began, "")
    found = DEMO.search((folder / "mnemo" / "README.md").read_text(encoding="utf-8"))
    assert found, "the README has no first command"
    began = time.monotonic()
    environ = {"HOME": str(home), "PYTHONPATH": ""}
    with terminal(folder / "mnemo", found[1], environ=environ, program=SHELL) as screen:
        code, shown = screen.await_end(PATIENCE_S), screen.text
    assert code == 0, shown
    yield Step(found[1], time.monotonic() - began, shown)


def own(folder: Path, home: Path) -> Newcomer:
    """Return somebody who set mnemo up in a folder and has a repository of their own beside it."""
    program = (str(folder / "mnemo" / ".venv" / "bin" / "mnemo"),)
    return Newcomer(home, make_repository(folder / "shop", OWN), program)


def walk(newcomer: Newcomer) -> Iterator[Step]:
    """Install, ask, let something be remembered, ask again, change the code, and ask once more."""
    yield newcomer.types("install", "claude", keys=("y", "y"))
    yield newcomer.starts_a_session("first")
    yield newcomer.types("import", "auto")
    yield newcomer.types("recall", "what must tests not do with the gateway?")
    yield newcomer.types("claim", FACT, "--anchor", "pay.py::charge")
    yield newcomer.starts_a_session("second")
    yield newcomer.types("recall", "euros or cents?")
    write(newcomer.top, {"pay.py": "def bill(cents):\n    return cents\n"})
    yield newcomer.types("recall", "euros or cents?")
    yield newcomer.starts_a_session("third")


if __name__ == "__main__":
    main()
