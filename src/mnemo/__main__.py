"""The command `mnemo`: chooses the process before anything heavy is imported."""

from __future__ import annotations

import sys

INTERRUPTED = 130


def main() -> int:
    """Run the words of this process and return its exit code."""
    if sys.platform == "win32":
        print("Error: mnemo does not run on Windows itself.\nInstall it inside WSL.", file=sys.stderr)
        return 1
    words = sys.argv[1:]
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
