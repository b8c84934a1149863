"""What mnemo wants to stand in a client's file, how it gets there, and how exactly that comes out again."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple, cast

from mnemo.clients import editing, jsonc, toml
from mnemo.clients.jsonc import find_node, find_root, plain
from mnemo.errors import Conflict, Invalid

Path = tuple[str, ...]
Fields = dict[str, Any]

NAME = "mnemo"
TOOLS = ("recall", "claim", "verify", "log", "dispatch", "help")

# mnemo hook Stop, '/path/to/mnemo' hook Stop, python -m mnemo hook Stop, python …/mnemo/interfaces/hooks/x.py
_SERVE = re.compile(r"\bserve\b")
_HOOK = re.compile(r"\bmnemo['\"]?\s+hook\s+\w|\bmnemo/interfaces/hooks/\w+\.py\b")


class Setup(NamedTuple):
    """For whom and where an installation is.

    Args:
        home: the user's folder.
        top: top of this working tree; empty outside a repository.
        main: top of the repository's main working tree, which clients take for the project.
        scope: local, user or project.
        program: the words that start mnemo on this machine, absolute.
        hook: the words before a hook's event, absolute.
        environ: the environment.
        allow: whether the tools are allowed without a question each.
        rules: whether a page of rules is written where the client has such pages.
    """

    home: str
    top: str
    main: str
    scope: str
    program: tuple[str, ...] = (NAME,)
    hook: tuple[str, ...] = (NAME, "hook")
    environ: Mapping[str, str] = {}
    allow: bool = False
    rules: bool = False

    @property
    def shared(self) -> bool:
        """Whether the files are shared with colleagues, whose machines may have no mnemo."""
        return self.scope == "project"

    @property
    def command(self) -> tuple[str, ...]:
        """The words that start mnemo, without a path in what is shared."""
        return (NAME,) if self.shared else self.program


class Server(NamedTuple):
    """The server, as a member of an object or a table.

    Args:
        where: its place in the file.
        fields: what it says.
    """

    where: Path
    fields: Fields


class Hook(NamedTuple):
    """A hook, as an element of the array of its event.

    Args:
        where: the array's place in the file.
        fields: the hook, or a group that holds it.
    """

    where: Path
    fields: Fields


class Word(NamedTuple):
    """A text in an array of texts."""

    where: Path
    text: str


class Constant(NamedTuple):
    """A member that the client insists on in a file that holds anything of ours."""

    where: Path
    value: Any


class Page(NamedTuple):
    """A whole file of our own."""

    text: str


Entry = Server | Hook | Word | Constant | Page


class Target(NamedTuple):
    """A file that an installation changes.

    Args:
        path: absolute.
        root: the folder that it must really lie in.
        form: json, toml or page.
        entries: what is to stand in it.
    """

    path: str
    root: str
    form: str
    entries: tuple[Entry, ...]


def hook_line(setup: Setup, event: str, client: str = "") -> str:
    """Return the shell's line for a hook; what is shared is silent where mnemo is absent.

    One line and no list of arguments: VS Code and Cursor run Claude Code's hooks too, know no `args`, and
    would start the bare command with the client's JSON as its input.

    Args:
        setup: for whom.
        event: as the client calls it.
        client: its name; empty for Claude Code.
    """
    rest = (event, "--client", client) if client else (event,)
    if not setup.shared:
        return shlex.join((*setup.hook, *rest))
    # No exec: whatever goes by that name elsewhere, an exit code of 2 would stop the prompt or the tool.
    return f"command -v {NAME} >/dev/null 2>&1 && {shlex.join((NAME, 'hook', *rest))} || exit 0"


def put_entries(text: str, target: Target) -> str:
    """Return a file's text with our entries in it; entries of ours that differ are brought up to date.

    Args:
        text: as it stands, empty for a file that is not there.
        target: what is wanted.

    Raises:
        Invalid: the text cannot be read, or has another form where an entry belongs.
        Conflict: something that is not ours has our name.
    """
    for entry in target.entries:
        text = _put(text, entry, target.form)
    return text


def drop_entries(text: str, target: Target, made: set[Path] | None = None, words: bool = True) -> str:
    """Return a file's text without our entries, and without what held nothing else.

    Args:
        text: as it stands.
        target: whose entries.
        made: what install had to make to hold them; left out, whatever they leave empty.
        words: whether texts in arrays, such as permissions, go too.

    Raises:
        Invalid: the text cannot be read.
    """
    emptied: set[Path] = set()
    for entry in reversed(target.entries):
        if isinstance(entry, Word) and not words:
            continue
        changed = _drop(text, entry, target.form)
        if changed != text and target.form == "json" and not isinstance(entry, Page | Constant):
            emptied |= {entry.where[:size] for size in range(1, len(entry.where) + 1)}
        text = changed
    for path in sorted(emptied if made is None else made & emptied, key=len, reverse=True):
        text = editing.drop(text, path) if editing.is_empty(text, path) else text
    constants = {one.where[0]: one.value for one in target.entries if isinstance(one, Constant)}
    root = find_root(text) if constants and emptied else None
    if root and plain(root) == constants:
        for name in reversed(constants):
            text = editing.drop(text, (name,))
    return text


def missing_containers(text: str, target: Target) -> set[Path]:
    """Return the objects and arrays that have to be made to hold our entries."""
    if target.form != "json":
        return set()
    root = find_root(text)
    paths: set[Path] = set()
    for entry in target.entries:
        if isinstance(entry, Page | Constant):
            continue
        above = entry.where[:-1] if isinstance(entry, Server) else entry.where
        paths |= {above[:size] for size in range(1, len(above) + 1)}
    return {path for path in paths if find_node(root, path) is None}


def is_our_server(fields: Fields) -> bool:
    """Tell whether an entry named mnemo starts this mnemo: the name alone may be another program's."""
    words = words_of(fields)
    return any(NAME in word for word in words) and any(_SERVE.search(word) for word in words)


def is_our_hook(fields: Fields) -> bool:
    """Tell whether a hook calls mnemo."""
    return bool(_HOOK.search(" ".join(words_of(fields))))


def words_of(fields: Fields) -> list[str]:
    """Return the words of a command, whichever way a client spells it."""
    command, arguments = fields.get("command"), fields.get("args")
    words: list[Any] = [command] if isinstance(command, str) else []
    for given in (command, arguments):
        words += cast("list[Any]", given) if isinstance(given, list) else []
    return [word for word in words if isinstance(word, str)]


def iter_hooks(root: jsonc.Node | None, where: Path) -> Iterator[tuple[tuple[str | int, ...], Fields, bool]]:
    """Go through our hooks in the array of an event: path, hook, whether it shares its group with others."""
    array = find_node(root, where)
    for at, member in enumerate(array.members if array and array.kind == "array" else ()):
        element = plain(member.node)
        if not isinstance(element, dict):
            continue
        group = cast(Fields, element).get("hooks")
        if not isinstance(group, list):
            if is_our_hook(cast(Fields, element)):
                yield (*where, at), cast(Fields, element), False
            continue
        inner = [
            (n, cast(Fields, one)) for n, one in enumerate(cast("list[Any]", group)) if isinstance(one, dict)
        ]
        ours = [(n, one) for n, one in inner if is_our_hook(one)]
        if ours and len(ours) == len(cast("list[Any]", group)):
            yield (*where, at), ours[0][1], False
        else:
            for n, one in ours:
                yield (*where, at, "hooks", n), one, True


def find_server(text: str, where: Path, form: str) -> Fields | None:
    """Return the server's entry as it stands, None where there is none.

    Raises:
        Invalid: the text cannot be read, or the entry is no object.
    """
    if form == "toml":
        return toml.find_table(text, where)
    node = find_node(find_root(text), where)
    if node is None:
        return None
    if node.kind != "object":
        raise Invalid(f"{editing.shown(where)} is no object")
    return plain(node)


def _put(text: str, entry: Entry, form: str) -> str:
    if isinstance(entry, Page):
        return entry.text
    if isinstance(entry, Server):
        return _put_server(text, entry, form)
    if isinstance(entry, Hook):
        return _put_hook(text, entry)
    node = find_node(find_root(text), entry.where)
    if isinstance(entry, Word):
        there = _texts(node)
        return text if entry.text in there else editing.append(text, entry.where, entry.text)
    return editing.put(text, entry.where, entry.value) if node is None else text


def _put_server(text: str, entry: Server, form: str) -> str:
    there = find_server(text, entry.where, form)
    if there is not None and not is_our_server(there):
        raise Conflict(f"{editing.shown(entry.where)} belongs to another program of that name")
    wanted = _merged(there or {}, entry.fields)
    if wanted == there:
        return text
    put = toml.put_table if form == "toml" else editing.put
    return put(text, entry.where, wanted)


def _merged(there: Fields, wanted: Fields) -> Fields:
    """Return an entry brought up to date; what a person added to it stays: settings, further arguments."""
    merged = {**there, **wanted}
    for name, value in wanted.items():
        old = there.get(name)
        if isinstance(old, list) and isinstance(value, list):
            old_words, words = cast("list[Any]", old), cast("list[Any]", value)
            # In one list the program comes first, and may have moved; what follows it is as it was.
            same = old_words[: len(words)] == words or (
                name == "command" and old_words[1 : len(words)] == words[1:]
            )
            merged[name] = words + old_words[len(words) :] if same else words
        elif old and value == {}:
            merged[name] = old
    return merged


def _put_hook(text: str, entry: Hook) -> str:
    found = list(iter_hooks(find_root(text), entry.where))
    for path, _, _ in reversed(found[1:]):
        text = editing.drop(text, path)
    if not found:
        return editing.append(text, entry.where, entry.fields)
    path, _, is_shared = found[0]
    wanted = entry.fields["hooks"][0] if is_shared else entry.fields
    node = find_node(find_root(text), path)
    return text if node and plain(node) == wanted else editing.put(text, path, wanted)


def _drop(text: str, entry: Entry, form: str) -> str:
    if isinstance(entry, Page):
        return "" if text == entry.text else text
    if isinstance(entry, Constant):
        return text
    if isinstance(entry, Server):
        there = find_server(text, entry.where, form)
        if there is None or not is_our_server(there):
            return text
        return toml.drop_table(text, entry.where) if form == "toml" else editing.drop(text, entry.where)
    if isinstance(entry, Hook):
        for path, _, _ in reversed(list(iter_hooks(find_root(text), entry.where))):
            text = editing.drop(text, path)
        return text
    there = _texts(find_node(find_root(text), entry.where))
    return editing.drop(text, (*entry.where, there.index(entry.text))) if entry.text in there else text


def _texts(array: jsonc.Node | None) -> list[Any]:
    return [one.node.scalar for one in array.members] if array and array.kind == "array" else []
