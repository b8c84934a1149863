"""The graph of a repository's code: made from its files, kept beside the store, judged by what changed."""

from __future__ import annotations

import json
import posixpath
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple, cast

from mnemo.code.references import index_places, list_references
from mnemo.errors import Damaged, MnemoError
from mnemo.ids import digest
from mnemo.repo.files import Tree
from mnemo.repo.imports import LANGUAGE_OF, names_in
from mnemo.repo.symbols import list_symbols, speaks
from mnemo.store import sidefiles

VERSION = 1
FOLDER = "graph"
MOST_SYMBOLS = 2_000  # of one file
NEAR = 40  # neighbours told of one file

Record = dict[str, Any]
Progress = Callable[[int, int], object]


class Moment(NamedTuple):
    """What was checked out when a graph was made.

    Args:
        commit: HEAD, empty without one.
        tree: hash of the files as they lay there; empty in a bare repository, where the commit says all.
        clock: wall clock, milliseconds.
    """

    commit: str
    tree: str
    clock: int


class Standing(NamedTuple):
    """What is to be thought of the graph that lies there.

    Args:
        state: missing, current, stale or update_failed.
        reason: why, in one line; empty when it is current.
        graph: what it says; None when there is none that can be read.
    """

    state: str
    reason: str
    graph: Record | None


def build(
    tree: Tree,
    files: Iterable[str],
    moment: Moment,
    former: Record | None = None,
    *,
    names_only: bool = False,
    progress: Progress | None = None,
) -> Record:
    """Return the graph of the files as they are: nodes with what they define, edges from who imports whom.

    Args:
        tree: reads them.
        files: their paths; those in no language that is read are left out.
        moment: what is checked out.
        former: an earlier graph, whose nodes are kept where a file is as it was.
        names_only: list the files without reading them.
        progress: called with how many files were read and how many there are.
    """
    paths = sorted({path for path in files if LANGUAGE_OF.get(path.rpartition(".")[2])})
    known = {node["id"]: node for node in (former or {}).get("nodes", [])}
    places = index_places(paths)
    nodes: list[Record] = []
    edges: list[tuple[str, str]] = []
    for count, path in enumerate(paths):
        node: Record = {"id": path, "language": _language(path), "community": posixpath.dirname(path) or "."}
        text = None if names_only else _read(tree, path)
        if text is not None:
            node.update(_content(path, text, known.get(path)))
            edges += ((path, each) for each in list_references(path, text, places))
        nodes.append(node)
        if progress and count % 50 == 0:
            progress(count, len(paths))
    mode = "names" if names_only else "scan"
    return {"version": VERSION, **moment._asdict(), "mode": mode, "nodes": nodes, "edges": edges}


def write(folder: str, worktree: str, graph: Record) -> str:
    """Keep a working tree's graph, and return the path of its file.

    Args:
        folder: the store's.
        worktree: the working tree's name.
        graph: what build() gave.

    Raises:
        StorageError: it cannot be written.
    """
    raw = json.dumps(graph, ensure_ascii=True, separators=(",", ":")).encode()
    return sidefiles.put(posixpath.join(folder, FOLDER), file_name(worktree), raw)


def read(folder: str, worktree: str) -> Record | None:
    """Return the graph that was kept for a working tree, None where there is none.

    Raises:
        Damaged: the file is no such graph.
    """
    raw = sidefiles.find(posixpath.join(folder, FOLDER), file_name(worktree))
    if raw is None:
        return None
    try:
        found = json.loads(raw)
        if found["version"] == VERSION and isinstance(found["nodes"], list) and found["edges"] is not None:
            return cast(Record, found)
    except (ValueError, KeyError, TypeError, RecursionError):
        pass
    raise Damaged("The code graph cannot be read.", "Make it anew: mnemo graph-update.")


def judge(folder: str, worktree: str, commit: str, tree_hash: Callable[[], str]) -> Standing:
    """Return what is to be thought of a working tree's graph now.

    Args:
        folder: the store's.
        worktree: the working tree's name.
        commit: HEAD now.
        tree_hash: gives the hash of the files now.
    """
    try:
        graph = read(folder, worktree)
    except MnemoError as error:
        return Standing("update_failed", error.message, None)
    if graph is None:
        return Standing("missing", "no graph was made here yet", None)
    if graph["commit"] != commit:
        return Standing("stale", f"it was made at {graph['commit'][:12] or 'no commit'}", graph)
    if graph["tree"] != tree_hash():
        return Standing("stale", "files have changed since it was made", graph)
    return Standing("current", "", graph)


def near(graph: Record, paths: Iterable[str]) -> list[Record]:
    """Return what a graph says of some files: what they import, who imports them, what they define.

    Args:
        graph: what build() gave.
        paths: relative to the top; those it does not know are left out.
    """
    nodes = {node["id"]: node for node in graph["nodes"]}
    found: list[Record] = []
    for path in dict.fromkeys(paths):
        if path not in nodes:
            continue
        imports = sorted(target for source, target in graph["edges"] if source == path)
        imported_by = sorted(source for source, target in graph["edges"] if target == path)
        names = [symbol["name"] for symbol in nodes[path].get("symbols", [])]
        around = {"imports": imports[:NEAR], "imported_by": imported_by[:NEAR], "defines": names[:NEAR]}
        found.append({"path": path, **around})
    return found


def counts(graph: Record) -> Record:
    """Return how many files, symbols and imports a graph holds."""
    return {
        "files": len(graph["nodes"]),
        "symbols": sum(len(node.get("symbols", ())) for node in graph["nodes"]),
        "imports": len(graph["edges"]),
    }


def file_name(worktree: str) -> str:
    """Return the name of the file of a working tree's graph, whatever characters that tree's name has."""
    plain = worktree.replace("-", "").replace("_", "")
    return (
        f"{worktree}.json"
        if plain.isascii() and plain.isalnum()
        else f"{digest(worktree.encode())[:16]}.json"
    )


def _content(path: str, text: str, known: Record | None) -> Record:
    mark = digest(text.encode("utf-8", "replace"))[:16]
    if known and known.get("hash") == mark:
        return {name: known[name] for name in ("hash", "lines", "symbols", "packages") if name in known}
    found: Record = {"hash": mark, "lines": text.count("\n") + 1}
    language = LANGUAGE_OF.get(path.rpartition(".")[2], "")
    found["packages"] = sorted(name for name in names_in(text, language) if "." not in name)
    if speaks(path):
        try:
            symbols = list_symbols(text, path)
        except MnemoError as error:
            found["problem"] = error.message
        else:
            found["symbols"] = [
                {"name": each.name, "lines": [each.first, each.last]} for each in symbols[:MOST_SYMBOLS]
            ]
    return found


def _read(tree: Tree, path: str) -> str | None:
    try:
        return tree.read(path)
    except MnemoError:  # binary, too large, or not to be read: its name is still a node
        return None


def _language(path: str) -> str:
    return speaks(path) or LANGUAGE_OF.get(path.rpartition(".")[2], "")
