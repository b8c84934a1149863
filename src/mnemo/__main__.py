"""The command `mnemo`: chooses the process before anything heavy is imported."""

from __future__ import annotations

import gc
import os
import sys

INTERRUPTED = 130


def main() -> int:
    """Run the words of this process and return its exit code."""
    if sys.platform == "win32":
        print("Error: mnemo does not run on Windows itself.\nInstall it inside WSL.", file=sys.stderr)
        return 1
    words = sys.argv[1:]
    if words[:1] == ["hook"] and words[1:2] != ["last"]:
        gc.disable()  # the process ends before it could gain anything
        from mnemo.interfaces.hooks import entry

        os._exit(entry.main(words[1:]))  # nothing is left to be done, and ending in order takes 2 ms
    serving = words[:1] == ["serve"]
    try:
        if serving:
            from mnemo.interfaces import serve

            return serve.main(words[1:])
        from mnemo.interfaces import cli

        return cli.main(words)
    except KeyboardInterrupt:
        return 0 if serving else INTERRUPTED


if __name__ == "__main__":
    sys.exit(main())
