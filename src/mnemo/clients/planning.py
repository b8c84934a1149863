"""What an installation or removal would change, found out in full before the first byte is written."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterable
from typing import NamedTuple, TypeVar

from mnemo import fence
from mnemo.clients import files
from mnemo.clients.entries import Page, Setup, Target, Word, drop_entries, missing_containers, put_entries
from mnemo.clients.files import Change, Found
from mnemo.clients.installed import Installed
from mnemo.errors import Conflict, Invalid

Result = TypeVar("Result")

MEND = "Mend it by hand first; nothing was changed."


class Step(NamedTuple):
    """What happens to one file for one client.

    Args:
        client: its name.
        scope: local, user or project.
        found: the file as it lies there.
        before: its text before this step; None where there is no file.
        after: its text after it; None where the file goes.
        record: what to keep of it; None where nothing of ours stays.
        known: the record that was there before.
        holds_older: whether entries of ours were there before the installation, and are again.
    """

    client: str
    scope: str
    found: Found
    before: str | None
    after: str | None
    record: Installed | None = None
    known: Installed | None = None
    holds_older: bool = False

    @property
    def changes(self) -> bool:
        """Whether anything is different afterwards."""
        return self.before != self.after


class Plan:
    """Steps one after the other; a file that several steps change is carried from one to the next.

    Args:
        records: what is known to be installed.
    """

    def __init__(self, records: Iterable[Installed]) -> None:
        self.steps: list[Step] = []
        self.records = {one.key: one for one in records}
        self._drafts: dict[str, tuple[Found, str | None]] = {}

    def install(self, client: str, setup: Setup, target: Target) -> Step:
        """Plan to put a client's entries into a file.

        Raises:
            Refused: the file must not be touched.
            Invalid: it cannot be read.
            Conflict: something that is not ours has our name.
        """
        found, before = self._draft(setup, target)
        known = self._known(client, setup, target)
        text = before or ""
        if target.form == "page" and text and not _is_our_page(text, target, known):
            raise Conflict(f"{fence.line(target.path, 200)} is there and not mnemo's.", MEND)
        after, made = _guarded(target, lambda: (put_entries(text, target), missing_containers(text, target)))
        record = (
            None
            if after == before and not known
            else _recorded(client, setup, target, found, before, after, made, known)
        )
        return self._add(Step(client, setup.scope, found, before, after, record or known, known))

    def uninstall(self, client: str, setup: Setup, target: Target) -> Step:
        """Plan to take a client's entries out of a file.

        Raises:
            Refused: the file must not be touched.
            Invalid: it cannot be read.
        """
        found, before = self._draft(setup, target)
        known = self._known(client, setup, target)
        if before is None:
            return self._add(Step(client, setup.scope, found, None, None, None, known))
        after: str | None
        if known and known.after == digest(before):
            after = None if not known.existed else _restored(before, target, known)
        else:
            after = _guarded(target, lambda: _without_ours(before, target, known))
            if known and not known.existed and after.strip("\ufeff \t\r\n") in ("", "{}"):
                after = None
        older = bool(known and after) and _without_ours(after or "", target, known) != after
        return self._add(Step(client, setup.scope, found, before, after, None, known, older))

    def older(self) -> list[str]:
        """Return the files that hold entries of ours again, because they did so before the installation."""
        return [step.found.path for step in self.steps if step.holds_older]

    def changes(self) -> list[Change]:
        """Return what is to be written, each file once."""
        changed: list[Change] = []
        for found, text in self._drafts.values():
            new = None if text is None else text.encode("utf-8")
            if new != (found.data if found.exists else None):
                steps = [step for step in self.steps if step.found.real == found.real and step.known]
                folders = tuple(folder for step in steps if step.known for folder in step.known.folders)
                changed.append(Change(found, new, folders))
        return changed

    def kept(self) -> list[Installed]:
        """Return the records as they are to be afterwards."""
        return list(self.records.values())

    def _draft(self, setup: Setup, target: Target) -> tuple[Found, str | None]:
        found = files.find(target.path, target.root, shared=target.root != setup.home)
        if found.real not in self._drafts:
            self._drafts[found.real] = (found, files.text_of(found) if found.exists else None)
        return self._drafts[found.real]

    def _known(self, client: str, setup: Setup, target: Target) -> Installed | None:
        return self.records.get((target.path, client, setup.scope, project_of(setup)))

    def _add(self, step: Step) -> Step:
        self._drafts[step.found.real] = (step.found, step.after)
        self.steps.append(step)
        if step.record:
            self.records[step.record.key] = step.record
        elif step.known:
            self._hand_over(self.records.pop(step.known.key))
        return step

    def _hand_over(self, gone: Installed) -> None:
        """Let other installations know what was made for them too: in the same file, or above theirs."""
        heir = next((one for one in self.records.values() if one.path == gone.path), None)
        if heir:
            made = tuple(sorted({*heir.made, *gone.made}))
            self.records[heir.key] = heir._replace(existed=heir.existed and gone.existed, made=made)
        for key, one in self.records.items():
            above = {folder for folder in gone.folders if one.path.startswith(folder + os.sep)}
            self.records[key] = one._replace(folders=tuple(sorted({*one.folders, *above})))


def project_of(setup: Setup) -> str:
    """Return the folder that an installation is for; empty for the user."""
    return {"user": "", "local": setup.main}.get(setup.scope, setup.top)


def digest(text: str) -> str:
    """Return the SHA-256 of a text, 64 hex digits."""
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def _recorded(
    client: str,
    setup: Setup,
    target: Target,
    found: Found,
    before: str | None,
    after: str,
    made: set[tuple[str, ...]],
    known: Installed | None,
) -> Installed:
    allowed = any(isinstance(entry, Word) for entry in target.entries) or bool(known and known.allowed)
    record = Installed(
        target.path,
        client,
        setup.scope,
        project_of(setup),
        target.form,
        existed=before is not None,
        before="" if before is None else digest(before),
        after=digest(after),
        made=tuple(sorted(made)),
        folders=files.missing_folders(found),
        allowed=allowed,
    )
    if known is None:
        if before is not None and _without_ours(after, target, record) != before:
            record = record._replace(original=before.encode("utf-8"))
        return record
    # Brought up to date: what lay there before the first installation is still what is given back.
    untouched = before is not None and known.after == digest(before)
    return known._replace(
        after=record.after,
        allowed=allowed,
        made=tuple(sorted({*known.made, *made})),
        original=known.original if untouched else None,
        before=known.before if untouched else "",
    )


def _restored(before: str, target: Target, known: Installed) -> str:
    if known.original is not None:
        return known.original.decode("utf-8")
    return _guarded(target, lambda: _without_ours(before, target, known))


def _without_ours(text: str, target: Target, known: Installed | None) -> str:
    made = set(known.made) if known else None
    return drop_entries(text, target, made, words=known.allowed if known else True)


def _is_our_page(text: str, target: Target, known: Installed | None) -> bool:
    pages = [entry.text for entry in target.entries if isinstance(entry, Page)]
    return text in pages or bool(known and known.after == digest(text))


def _guarded(target: Target, edit: Callable[[], Result]) -> Result:
    """Return what an edit returns; an error names the file."""
    try:
        return edit()
    except Invalid as error:
        raise Invalid(f"{fence.line(target.path, 200)}: {fence.line(error.message, 200)}.", MEND) from None
    except Conflict as error:
        raise Conflict(f"{fence.line(target.path, 200)}: {fence.line(error.message, 200)}.", MEND) from None
