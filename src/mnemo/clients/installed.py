"""The record of what was installed where, so that removing it can give back every byte."""

from __future__ import annotations

import base64
import binascii
import fcntl
import json
import os
from collections.abc import Generator, Iterable
from contextlib import contextmanager
from typing import Any, NamedTuple, cast

from mnemo.errors import MnemoError

FILE = "installed.json"
Path = tuple[str, ...]


class Installed(NamedTuple):
    """What an installation did to one file.

    Args:
        path: the file.
        client: for which client.
        scope: local, user or project.
        project: top of the repository; empty for the user.
        form: json, toml or page.
        existed: whether there was a file.
        before: SHA-256 of what it held, 64 hex digits; empty when there was none.
        after: the same of what install left.
        original: what it held, where taking our entries out would not give the same bytes; else None.
        made: the objects and arrays that install made.
        folders: the folders that install made.
        allowed: whether permissions were added.
    """

    path: str
    client: str
    scope: str
    project: str
    form: str = "json"
    existed: bool = True
    before: str = ""
    after: str = ""
    original: bytes | None = None
    made: tuple[Path, ...] = ()
    folders: tuple[str, ...] = ()
    allowed: bool = False

    @property
    def key(self) -> tuple[str, str, str, str]:
        """What no two records share."""
        return self.path, self.client, self.scope, self.project


def read(folder: str) -> list[Installed]:
    """Return every record; none where there is no file, and none that is no record.

    Args:
        folder: that of the user's mnemo; empty without a home.
    """
    try:
        with open(os.path.join(folder, FILE), "rb") as file:
            found: Any = json.loads(file.read())
    except (OSError, ValueError, RecursionError):
        return []
    listed: Any = cast("dict[str, Any]", found).get("installed") if isinstance(found, dict) else None
    told = cast("list[Any]", listed) if isinstance(listed, list) else []
    return [one for fields in told if (one := _find_read(fields)) is not None]


def write(folder: str, records: Iterable[Installed]) -> None:
    """Replace the records in one step.

    Raises:
        MnemoError: they cannot be written.
    """
    path = os.path.join(folder, FILE)
    listed = [_as_fields(one) for one in sorted(records, key=lambda one: one.key)]
    draft = f"{path}.{os.getpid()}.tmp"
    try:
        os.makedirs(folder, mode=0o700, exist_ok=True)
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(json.dumps({"installed": listed}, indent=1) + "\n")
            file.flush()
            os.fsync(file.fileno())
        os.replace(draft, path)
    except OSError as error:
        raise MnemoError(
            f"{path} cannot be written: {error.strerror}.",
            "Nothing was changed; make the home folder writable.",
        ) from None


@contextmanager
def turn(folder: str) -> Generator[None]:
    """Hold the right to install and uninstall; another process waits.

    Raises:
        MnemoError: the folder of the user's mnemo cannot be written.
    """
    try:
        os.makedirs(folder, mode=0o700, exist_ok=True)
        descriptor = os.open(
            os.path.join(folder, FILE + ".lock"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600
        )
    except OSError as error:
        raise MnemoError(
            f"{folder} cannot be written: {error.strerror}.", "Make the home folder writable."
        ) from None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _as_fields(one: Installed) -> dict[str, Any]:
    original = None if one.original is None else base64.b64encode(one.original).decode("ascii")
    return {**one._asdict(), "original": original}


def _find_read(fields: Any) -> Installed | None:
    if not isinstance(fields, dict):
        return None
    given = cast("dict[str, Any]", fields)
    if not all(isinstance(given.get(name), str) for name in ("path", "client", "scope", "project", "form")):
        return None
    try:
        original = given.get("original")
        kept = None if original is None else base64.b64decode(original, validate=True)
        made = tuple(tuple(str(step) for step in path) for path in given.get("made", ()))
        return Installed(
            given["path"],
            given["client"],
            given["scope"],
            given["project"],
            given["form"],
            existed=given.get("existed") is not False,
            before=str(given.get("before", "")),
            after=str(given.get("after", "")),
            original=kept,
            made=made,
            folders=tuple(str(folder) for folder in given.get("folders", ())),
            allowed=given.get("allowed") is True,
        )
    except (TypeError, ValueError, binascii.Error):
        return None
