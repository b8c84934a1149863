"""What keeps git from running anything that a repository names.

Its configuration and attributes can name commands (git-config(1), gitattributes(5)). None of them runs:

- file monitor and hooks are switched off for each command; pager, editor, aliases and signature programs
  belong to porcelain, and only plumbing is asked;
- external diffs and text conversions are refused wherever a diff is made, and no diff looks at working files;
- working files are looked at by `ls-files` alone, with every configured filter set to nothing; their content
  is hashed and compared in Python;
- no protocol is allowed: what is missing from a partial clone stays missing, nothing is fetched.

Nothing takes a lock or writes an object either, but the one command of worktrees.py.
"""

from __future__ import annotations

import os
from collections.abc import Mapping

from mnemo.errors import Refused

# An empty monitor is none in every version; "false" would be a program to run before git 2.36.
SETTINGS = ("-c", "core.fsmonitor=", "-c", "core.hooksPath=/dev/null", "--no-pager")
ENVIRONMENT = {
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_ALLOW_PROTOCOL": "none",
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_NO_REPLACE_OBJECTS": "1",
}
PLAIN_DIFF = ("--raw", "-z", "--no-abbrev", "--no-ext-diff", "--no-textconv")
# A git hook sets these for its own repository, and another is asked about.
POINTERS = tuple(
    f"GIT_{name}"
    for name in (
        "DIR WORK_TREE COMMON_DIR INDEX_FILE OBJECT_DIRECTORY ALTERNATE_OBJECT_DIRECTORIES NAMESPACE PREFIX"
        " SHALLOW_FILE GRAFT_FILE IMPLICIT_WORK_TREE CEILING_DIRECTORIES ATTR_SOURCE DEFAULT_HASH"
        " LITERAL_PATHSPECS ICASE_PATHSPECS GLOB_PATHSPECS NOGLOB_PATHSPECS"
    ).split()
)
FILTER_KEYS = r"^filter\."


def forget_pointers(environ: Mapping[str, str]) -> list[str]:
    """Return the start of a command that forgets variables pointing git at another repository.

    Args:
        environ: the variables it would inherit.
    """
    present = [name for name in POINTERS if name in environ]
    return ["env", *(part for name in present for part in ("-u", name))] if present else []


def filters_off(keys: bytes) -> list[str]:
    """Return options that set every filter to nothing.

    Args:
        keys: the names of all settings that match FILTER_KEYS, each ended by NUL.

    Raises:
        Refused: a name that no option can express.
    """
    names = sorted({key.rpartition(b".")[0] for key in keys.split(b"\0") if key.count(b".") > 1})
    if any(b"=" in name for name in names):
        raise Refused(
            "A filter in the git configuration cannot be switched off: its name has an equals sign.",
            "Rename the filter, or remove it.",
        )
    values = (b"clean=", b"process=", b"required=false")
    return [part for name in names for value in values for part in ("-c", os.fsdecode(name + b"." + value))]
