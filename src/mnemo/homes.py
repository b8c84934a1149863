"""The folders that belong to the user and to no repository, and what the environment says of them."""

from __future__ import annotations

import os
from collections.abc import Mapping


def variable(environ: Mapping[str, str], name: str) -> str:
    """Return an environment variable; one that is empty or an unfilled ${…} counts as absent, which is ''."""
    value = environ.get(name, "")
    return "" if "${" in value else value


def home(environ: Mapping[str, str]) -> str:
    """Return the user's home folder; empty where there is none, and none is ever made."""
    found = environ.get("HOME", "")
    if not found:
        import pwd

        try:
            found = pwd.getpwuid(os.getuid()).pw_dir
        except KeyError:
            return ""
    return found if os.path.isabs(found) and os.path.isdir(found) else ""


def home_folder(environ: Mapping[str, str]) -> str:
    """Return the folder of what belongs to the user and no repository; empty without a home."""
    found = home(environ)
    return os.path.join(found, ".mnemo") if found else ""


def global_store(environ: Mapping[str, str]) -> str:
    """Return the file of the store that holds for the user everywhere; empty without a home."""
    chosen = _chosen_path(environ, "MNEMO_GLOBAL") or _below_home(environ, "global")
    if chosen.endswith(".db") and not os.path.isdir(chosen):
        return chosen
    return os.path.join(chosen, "mnemo.db") if chosen else ""


def backups_root(environ: Mapping[str, str]) -> str:
    """Return the folder that holds a folder of backups for each repository; empty without a home."""
    return _chosen_path(environ, "MNEMO_BACKUPS") or _below_home(environ, "backups")


def registry_path(environ: Mapping[str, str]) -> str:
    """Return the file that knows every repository of this user; empty without a home."""
    return _below_home(environ, "projects.json")


def _below_home(environ: Mapping[str, str], name: str) -> str:
    folder = home_folder(environ)
    return os.path.join(folder, name) if folder else ""


def _chosen_path(environ: Mapping[str, str], name: str) -> str:
    """Return the path that a variable names; `~` and relative paths start at home."""
    value = variable(environ, name)
    if value == "~" or value.startswith("~/"):
        value = "." + value[1:]
    if not value or os.path.isabs(value):
        return value
    base = home(environ)
    return os.path.normpath(os.path.join(base, value)) if base else ""
