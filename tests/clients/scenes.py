"""Places and looks that the tests of install and uninstall share."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

Files = dict[str, bytes]


def snapshot(*folders: Path) -> Files:
    """Return every file and folder below some folders, but git's and mnemo's own."""
    found: Files = {}
    for folder in folders:
        for at, names, plain in os.walk(folder):
            names[:] = [name for name in names if name not in (".git", ".mnemo")]
            found |= {os.path.join(at, name): Path(at, name).read_bytes() for name in plain}
            found |= {os.path.join(at, name) + os.sep: b"" for name in names}
    return found


def place(path: Path, data: bytes | None) -> Path:
    """Put a file there, or none."""
    if data is not None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return path


def settings(repository: Path) -> Path:
    """Return the file of local hooks."""
    return repository / ".claude" / "settings.local.json"


def hooks_in(path: Path) -> dict[str, list[Any]]:
    """Return the hooks that a plain JSON file holds."""
    return json.loads(path.read_bytes())["hooks"]
