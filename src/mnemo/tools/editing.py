"""A claim as a text that people edit: its content, and below a line its fields as comments."""

from __future__ import annotations

import os
import re
import signal
import threading
from collections.abc import Generator, Sequence
from contextlib import contextmanager, suppress
from typing import Any, NamedTuple

from mnemo import ids
from mnemo.anchors.parse import parse_anchor
from mnemo.errors import Invalid, MnemoError
from mnemo.model.anchor import Anchor
from mnemo.repo.files import Tree

LINE = "# ------ mnemo: the text is above, its fields below; empty or unchanged, nothing happens ------"
MARK = "# ------ mnemo:"
TEXTS = ("why", "when", "domain", "tags")
NAMES = (*TEXTS, "anchor")
_FIELD = re.compile(r"#?[ \t]*([a-z]+):(?:[ \t](.*))?$")

Record = dict[str, Any]


class Edited(NamedTuple):
    """A claim as a person left it.

    Args:
        content, why, when, domain: texts.
        tags: words.
        anchors: as they were, and parsed where a line is new.
    """

    content: str
    why: str
    when: str
    domain: str
    tags: tuple[str, ...]
    anchors: tuple[Anchor, ...]


def as_text(address: str, one: Edited, shown: Sequence[str]) -> str:
    """Return the text that an editor opens.

    Args:
        address: the claim's.
        one: what it says now.
        shown: its anchors in the form in which they can be typed.
    """
    values = {"why": one.why, "when": one.when, "domain": one.domain, "tags": ", ".join(one.tags)}
    lines = [one.content.rstrip("\n"), "", LINE, f"# claim {ids.short(address)}"]
    lines += [_commented(name, values[name]) for name in TEXTS]
    lines += [_commented("anchor", label) for label in shown] or ["# anchor:"]
    return "\n".join(lines) + "\n"


def read(text: str, before: Edited, shown: Sequence[str], tree: Tree) -> Edited:
    """Return the claim that an edited text describes; without the line of fields, they stay as they were.

    Args:
        text: as the editor left it.
        before: what the claim said.
        shown: its anchors as as_text() was given them; a line that is left alone keeps its anchor.
        tree: where new anchors lie.

    Raises:
        Invalid: naming the line that is no field, or the anchor that is none.
    """
    content, mark, below = text.rpartition(f"\n{MARK}") if f"\n{MARK}" in text else ("", "", text)
    if not mark and not text.startswith(MARK):
        return before._replace(content=text.strip("\n"))
    found = _fields(below.split("\n")[1:])
    known = list(zip(shown, before.anchors, strict=True))
    anchors = [_anchor(line, known, tree) for line in found["anchor"] if line.strip()]
    tags = [tag.strip().lstrip("#") for tag in ",".join(found["tags"]).split(",")]
    return Edited(
        content.strip("\n"),
        "\n".join(found["why"]).strip(),
        "\n".join(found["when"]).strip(),
        " ".join(found["domain"]).strip() or before.domain,
        tuple(sorted({tag for tag in tags if tag})),
        tuple(anchors),
    )


def in_editor(text: str) -> Draft:
    """Return a text as the person left it in $VISUAL or $EDITOR, and the file that still holds it.

    Raises:
        MnemoError: there is no editor, it could not be started, or it failed; the text is kept then.
    """
    import shlex
    import subprocess
    import tempfile

    editor = os.environ.get("VISUAL") or os.environ.get("EDITOR") or ""
    try:
        words = shlex.split(editor)
    except ValueError:
        words = []
    if not words:
        raise MnemoError("There is no $EDITOR to open.", "Set EDITOR, or give the new text with --content.")
    descriptor, path = tempfile.mkstemp(prefix="mnemo-", suffix=".md")
    with open(descriptor, "w", encoding="utf-8", errors="backslashreplace") as file:
        file.write(text)
    draft = Draft(text, path)
    try:
        with _interrupts_for_the_editor():
            code = subprocess.call([*words, path])
    except OSError as error:
        draft.discard()
        raise MnemoError(f"{words[0]} could not be started: {error.strerror}.", "Set EDITOR.") from None
    if code:
        kept = draft.discard_unless_changed()
        raise MnemoError(f"{words[0]} ended with {code}; nothing was changed.{kept}", "Try again.")
    return draft.reread()


class Draft(NamedTuple):
    """What an editor left.

    Args:
        text: the text.
        path: the file that holds it until it is discarded.
    """

    text: str
    path: str

    def reread(self) -> Draft:
        """Return the draft with what its file holds now; MnemoError when that cannot be read."""
        try:
            with open(self.path, encoding="utf-8") as file:
                return self._replace(text=file.read())
        except (OSError, UnicodeDecodeError) as error:
            raise MnemoError(f"What the editor wrote cannot be read: {error}.", f"See {self.path}.") from None

    def discard(self) -> None:
        """Delete the file."""
        with suppress(OSError):
            os.unlink(self.path)

    def discard_unless_changed(self) -> str:
        """Delete the file where it holds nothing new; otherwise say where the text is kept."""
        with suppress(MnemoError):
            if self.reread().text.strip() in (self.text.strip(), ""):
                self.discard()
                return ""
        return f" The text is kept in {self.path}."

    @contextmanager
    def kept_on_error(self) -> Generator[None]:
        """Delete the file behind the block; keep it and name it where the block fails."""
        try:
            yield
        except MnemoError as error:
            error.fix = f"{error.fix} The text is kept in {self.path}.".strip()
            raise
        self.discard()


def typed(anchor: Anchor, path: str, lines: tuple[int, int] | None) -> str:
    """Return an anchor as it can be typed.

    Args:
        anchor: the anchor.
        path: where it is now.
        lines: of a passage, where it is now.
    """
    if not anchor.absent and anchor.type == "file":
        return path
    if not anchor.absent and anchor.type == "symbol":
        return f"{path}::{anchor.name}"
    if not anchor.absent and anchor.type == "content":
        return f"{path}:{lines[0]}-{lines[1]}" if lines else f"{path} (a passage that is gone)"
    import json

    name = {"id": anchor.name} if anchor.type == "test" else {"name": anchor.name}
    fields: Record = {"type": anchor.type, "path": path, "pattern": anchor.pattern, "regex": anchor.regex}
    fields |= {**name, "spec": anchor.spec, "absent": anchor.absent}
    return json.dumps({key: value for key, value in fields.items() if value}, ensure_ascii=False)


def _commented(name: str, value: str) -> str:
    first, *rest = value.split("\n")
    return "\n".join([f"# {name}: {first}".rstrip(), *(f"#    {line}" for line in rest)])


def _fields(lines: Sequence[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {name: [] for name in NAMES}
    last = ""
    for line in lines:
        named = _FIELD.match(line)
        if named and named[1] in NAMES:
            last = named[1]
            found[last].append(named[2] or "")
        elif last in ("why", "when") and re.match(r"#?(?: {2,}|\t)", line):
            found[last].append(line.lstrip("#").removeprefix("    "))
        elif line.strip(" #\t") and not line.startswith("# claim "):
            raise Invalid(f"{line[:60]!r} is no field.", f"Fields are {', '.join(NAMES)}, one a line.")
    return found


def _anchor(line: str, known: list[tuple[str, Anchor]], tree: Tree) -> Anchor:
    for place, (label, anchor) in enumerate(known):
        if label == line.strip():
            del known[place]
            return anchor
    return parse_anchor(line.strip(), tree)


@contextmanager
def _interrupts_for_the_editor() -> Generator[None]:
    """Let Ctrl-C mean what the editor takes it for, instead of ending us below it."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, _unheard)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _unheard(_signal: int, _frame: object) -> None:
    """Do nothing; a process that is started does not inherit this."""
