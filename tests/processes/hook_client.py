"""A client that calls hooks: what it says, what it hears, and a repository in which something is known."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from mnemo import homes
from mnemo.anchors.parse import parse_anchor
from mnemo.anchors.pin import pin
from mnemo.model.anchor import anchor_record
from mnemo.repo.files import WorkingTree
from tests import repos, warm
from tests.house.sources import SOURCE
from tests.stores import open_store, say

Record = dict[str, Any]

START = SOURCE / "mnemo" / "interfaces" / "hooks" / "start.py"
FACT = "The gateway bans a client after four tries, so three are made."


def compile_all() -> None:
    """Compile the package as an installation does: the first start would take longer than a hook may."""
    subprocess.run([sys.executable, "-m", "compileall", "-q", str(SOURCE / "mnemo")], check=False)


def make_project(tmp_path: Path) -> Path:
    """Make a repository with one claim that is anchored to src/a.py."""
    top = repos.make_repository(
        tmp_path / "r", {"src/a.py": "def tries():\n    return 3\n", "b.py": "b = 1\n"}
    )
    tree = WorkingTree(str(top), list)
    anchor = anchor_record(pin(parse_anchor("src/a.py::tries", tree), tree))
    db = open_store(top)
    with db.transaction() as connection:
        say(connection, FACT, payload={"anchors": [anchor]}, priority=900)
    db.close()
    return top


# As slow as this machine may be: what is said is tested apart from how soon.
PATIENT = (
    "import sys; from mnemo.interfaces.hooks import entry, replying\n"
    "entry.WHOLE_S = replying.JUDGING_S = 20\nsys.exit(entry.main(sys.argv[1:]))"
)
COMMANDS = {
    "patient": ["-c", PATIENT],
    "command": ["-m", "mnemo", "hook"],
    "start": ["-I", "-S", str(START)],
}


def hook(
    event: str, given: Record | bytes, *words: str, by: str = "patient", **more: Any
) -> subprocess.CompletedProcess[bytes]:
    """Run a hook as a client does.

    Args:
        event: as the client names it.
        given: what it says.
        words: behind the event.
        by: the command, the program that install writes for one machine, or one that is never in a hurry,
            which need not be loaded anew.
        more: for subprocess.run.
    """
    said = given if isinstance(given, bytes) else json.dumps(given).encode()
    environ = {**os.environ, "PYTHONPATH": str(SOURCE), **more.pop("env", {})}
    python = warm.python() if by == "patient" and "preexec_fn" not in more else sys.executable
    command = [python, *COMMANDS[by], event, *words]
    return subprocess.run(command, input=said, capture_output=True, check=False, env=environ, **more)


def reading(top: Path, session: str = "s1", path: str = "src/a.py") -> Record:
    """What Claude Code says before a file is read."""
    return {
        "session_id": session,
        "cwd": str(top),
        "hook_event_name": "PreToolUse",
        "tool_name": "Read",
        "tool_input": {"file_path": str(top / path)},
    }


def context(ran: subprocess.CompletedProcess[bytes]) -> str:
    """What the model reads of a hook's answer; nothing else may be in it."""
    assert (ran.returncode, ran.stderr) == (0, b"")
    if not ran.stdout:
        return ""
    told = json.loads(ran.stdout)
    return told.get("additional_context") or told.get("hookSpecificOutput", {}).get("additionalContext", "")


def records(folder: Path) -> list[Record]:
    """The counted record of a folder."""
    path = folder / "logs" / "hooks.jsonl"
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


def user_folder() -> Path:
    """The folder of what belongs to the user."""
    return Path(homes.home_folder(os.environ))
