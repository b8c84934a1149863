"""Why an anchor fails, in the words of a person, and where what it held may be now."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cached_property
from typing import NamedTuple

from mnemo.errors import Invalid
from mnemo.model.anchor import Anchor, Finding, followed
from mnemo.repo.files import Tree
from mnemo.repo.symbols import find_symbol, list_symbols, speaks
from mnemo.retrieval.judging import Judge

LARGEST_RENAME = 400  # definitions of a file among which a new name is looked for


class Cause(NamedTuple):
    """Why anchors fail; equal causes make one group.

    Args:
        word: renamed, moved, deleted, changed, gone, dependency, pattern, test, forbidden or error.
        path, name: what was anchored; empty where it had none.
        place: where it is now, as it can be typed; empty where nobody can say.
        certain: whether it is certainly there.
        what: one sentence for a person.
    """

    word: str
    path: str
    name: str
    place: str
    certain: bool
    what: str


class Clues:
    """Where something may have gone; files are listed once.

    Args:
        tree: the files as they are now.
        judge: judges one anchor.
    """

    def __init__(self, tree: Tree, judge: Judge) -> None:
        self.tree = tree
        self._judge = judge

    @cached_property
    def _files(self) -> list[str]:
        return self.tree.list_files()

    def exists(self, path: str) -> bool:
        """Tell whether a file is there; what cannot be looked at is not."""
        try:
            return self.tree.exists(path)
        except Invalid:
            return False

    def find_namesake(self, anchor: Anchor) -> Anchor | None:
        """Return an anchor at the one other file of the same name that still has something of it."""
        name = anchor.path.rpartition("/")[2]
        likely = [path for path in self._files if path.rpartition("/")[2] == name and path != anchor.path]
        return self._only(anchor._replace(path=path) for path in likely)

    def find_new_name(self, anchor: Anchor) -> Anchor | None:
        """Return an anchor at the one definition of its file that is what was pinned but for its name."""
        text = self._text(anchor.path)
        scope, _, last = anchor.name.rpartition(".")
        found: list[str] = []
        try:
            symbols = list_symbols(text, anchor.path) if text else []
            for symbol in symbols if len(symbols) <= LARGEST_RENAME else ():
                above, _, new = symbol.name.rpartition(".")
                if above == scope and _renamed_body(text, symbol.name, last, anchor) and new != last:
                    found.append(symbol.name)
        except Invalid:
            return None
        return anchor._replace(name=found[0]) if len(found) == 1 else None

    def find_definition(self, anchor: Anchor) -> Anchor | None:
        """Return an anchor at the one other file that defines the name, changed on its way."""
        last = anchor.name.rpartition(".")[2]
        likely = [
            path
            for path in self._files
            if path != anchor.path and speaks(path) == speaks(anchor.path) and last in self._text(path)
        ]
        return self._only(anchor._replace(path=path) for path in likely)

    def find_pattern(self, anchor: Anchor) -> Anchor | None:
        """Return an anchor at the one other file that holds the text."""
        if anchor.regex or not anchor.path:
            return None
        holders = [path for path in self._files if path != anchor.path and anchor.pattern in self._text(path)]
        return anchor._replace(path=holders[0]) if len(holders) == 1 else None

    def _only(self, candidates: Iterator[Anchor]) -> Anchor | None:
        found: list[Anchor] = []
        for one in candidates:
            if self._judge(one, "").state in ("ok", "drifted"):
                found.append(one)
            if len(found) > 1:
                return None
        return found[0] if found else None

    def _text(self, path: str) -> str:
        try:
            return self.tree.read(path) or ""
        except Invalid:
            return ""


def cause_of(anchor: Anchor, finding: Finding, clues: Clues) -> tuple[Cause, Anchor | None]:
    """Return why an anchor fails, and the anchor at its new place where there is one.

    Args:
        anchor: as it was pinned.
        finding: what judging it said.
        clues: where it may have gone.
    """
    path, new = anchor.path, finding.path
    if finding.state == "error":
        return Cause(
            "error", path, anchor.name, "", False, finding.reason or f"{path} cannot be judged"
        ), None
    if anchor.absent:
        named = anchor.name or anchor.pattern
        return Cause(
            "forbidden", path, named, "", False, f"what must not be there is there: {_shown(anchor)}"
        ), None
    if new and finding.state != "missing":
        return _followable(anchor, finding, clues), followed(anchor, new)
    if anchor.type == "dependency":
        return Cause("dependency", "", anchor.name, "", False, finding.reason), None
    if anchor.type == "test":
        return Cause("test", "", anchor.name, "", False, finding.reason), None
    here = anchor._replace(path=new or path)
    if finding.state == "drifted":
        return _changed(here), None
    return _missing(here, finding, clues)


def _followable(anchor: Anchor, finding: Finding, clues: Clues) -> Cause:
    old, new = anchor.path, finding.path
    if finding.state == "drifted":
        return Cause("renamed", old, "", new, False, f"{old} is now {new}, and changed")
    if clues.exists(old):
        return Cause("moved", old, anchor.name, new, True, f"{_shown(anchor)} moved to {new}")
    return Cause("renamed", old, "", new, True, f"{old} is now {new}")


def _changed(anchor: Anchor) -> Cause:
    if anchor.type == "symbol":
        return Cause(
            "changed", anchor.path, anchor.name, "", False, f"{anchor.name} in {anchor.path} changed"
        )
    return Cause("changed", anchor.path, "", "", False, f"lines of {anchor.path} changed")


def _missing(anchor: Anchor, finding: Finding, clues: Clues) -> tuple[Cause, Anchor | None]:
    path, name = anchor.path, anchor.name
    if anchor.type == "grep" and (not path or clues.exists(path)):
        target = clues.find_pattern(anchor)
        return _probable(Cause("pattern", path, anchor.pattern, "", False, finding.reason), target)
    if not clues.exists(path):
        target = clues.find_namesake(anchor)
        return _probable(Cause("deleted", path, "", "", False, f"{path} is gone"), target)
    if anchor.type == "symbol":
        what = f"{path} no longer defines {name}"
        target = clues.find_new_name(anchor) or clues.find_definition(anchor)
        return _probable(Cause("gone", path, name, "", False, what), target)
    return Cause("gone", path, "", "", False, f"lines of {path} are gone"), None


def _probable(cause: Cause, target: Anchor | None) -> tuple[Cause, Anchor | None]:
    if target is None:
        return cause, None
    place = _shown(target) if cause.word in ("gone",) else target.path
    return cause._replace(place=place, what=f"{cause.what}; probably {place} now"), target


def _renamed_body(text: str, candidate: str, old: str, anchor: Anchor) -> bool:
    """Tell whether a definition would be what was pinned, if it still had its old name."""
    symbol = find_symbol(text, candidate, anchor.path)
    if symbol is None or not anchor.pin:
        return False
    new = candidate.rpartition(".")[2]
    lines = text.split("\n")
    own = lines[symbol.first - 1 : symbol.last]
    spoken = [re.sub(rf"\b{re.escape(new)}\b", old, line) for line in own]
    renamed = "\n".join([*lines[: symbol.first - 1], *spoken, *lines[symbol.last :]])
    there = find_symbol(renamed, anchor.name, anchor.path)
    return bool(there and there.body_hash == anchor.pin.get("body"))


def _shown(anchor: Anchor) -> str:
    if anchor.type == "symbol":
        return f"{anchor.path}::{anchor.name}"
    if anchor.type == "grep":
        return f'"{anchor.pattern}"' + (f" in {anchor.path}" if anchor.path else "")
    if anchor.type == "content":
        return f"a passage of {anchor.path}"
    return anchor.path or anchor.name
