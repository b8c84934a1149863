"""The counted record: one line for each call of a hook, in the store's logs or else in the user's."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping

from mnemo import homes
from mnemo import json_light as json
from mnemo.errors import StorageError

FILE = "hooks.jsonl"
FOLDER = "logs"


def note(folder: str, environ: Mapping[str, str], record: Mapping[str, object]) -> None:
    """Write down one call; where nothing can be written nothing is.

    Args:
        folder: the store's, empty when there is none that may be written.
        environ: the environment, for the home folder.
        record: event, client, ms, said (claims told), and failed (the reason) where it failed.
    """
    from mnemo.store import journal

    now = time.time_ns() // 1_000_000
    stamp = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(now // 1000))
    line = json.dumps({"time": f"{stamp}.{now % 1000:03d}Z", **record})
    # Of a moment in which nothing was to be done, such as in a repository without a store, nothing is kept.
    for each in (folder, homes.home_folder(environ) if folder or "failed" in record else ""):
        if not each:
            continue
        try:
            journal.append(os.path.join(each, FOLDER, FILE), line)
        except (OSError, ValueError, StorageError):
            continue
        return
