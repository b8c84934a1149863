"""Which files of a repository a source file refers to, read from its import lines."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from mnemo.repo.files import Unreadable
from mnemo.repo.imports import LANGUAGE_OF

JS_ENDINGS = ("", *(f".{suffix}" for suffix in "ts tsx js jsx mjs cjs mts cts vue svelte".split()))
MOST_OF_PACKAGE = 20  # files that one import of a whole package leads to

_PYTHON = re.compile(r"^[ \t]*(?:from|import)\b", re.MULTILINE)
_JS = re.compile(r"""(?:\bfrom|\bimport|\b(?:require|import)\()[ \t]*["'](\.{1,2}(?:/[^"'\n]*)?)["']""")
_GO = re.compile(r"""^(?:import)?[ \t]*(?:[\w.]+[ \t]+)?"([^"\s]+)"[ \t]*(?://.*)?$""", re.MULTILINE)
_RUST_MODULE = re.compile(r"^[ \t]*(?:pub(?:\([^)]*\))?[ \t]+)?mod[ \t]+(\w+)[ \t]*;", re.MULTILINE)
_RUST_USE = re.compile(r"\bcrate::((?:\w+::)*\w+)")
_JAVA = re.compile(r"^[ \t]*import[ \t]+(?:static[ \t]+)?([\w.]+)", re.MULTILINE)


class Places(NamedTuple):
    """The files of a repository, to be found by what an import calls them.

    Args:
        files: every path.
        by_end: last parts of a path without its suffix, joined by slashes -> the paths that end so.
        by_folder: folder -> the source files directly in it.
    """

    files: frozenset[str]
    by_end: dict[str, list[str]]
    by_folder: dict[str, list[str]]


def index_places(paths: Iterable[str]) -> Places:
    """Return the files of a repository in the order in which imports look for them.

    Args:
        paths: every file, relative to the top.
    """
    files = sorted(path for path in paths if _language(path))
    by_end: dict[str, list[str]] = {}
    by_folder: dict[str, list[str]] = {}
    for path in files:
        folder = posixpath.dirname(path)
        by_folder.setdefault(folder, []).append(path)
        parts = _module_parts(path)
        for start in range(len(parts)):
            by_end.setdefault("/".join(parts[start:]), []).append(path)
    return Places(frozenset(files), by_end, by_folder)


def list_references(path: str, text: str, places: Places) -> list[str]:
    """Return the files of the repository that a file imports, sorted; itself left out.

    Args:
        path: of the file.
        text: what it holds.
        places: the files of the repository.
    """
    reader = _READERS.get(_language(path))
    return sorted(set(reader(path, text, places)) - {path}) if reader else []


def _python(path: str, text: str, places: Places) -> Iterator[str]:
    if not _PYTHON.search(text):
        return
    from ast import Import, ImportFrom, walk

    from mnemo.repo.syntax import parse

    try:
        nodes = list(walk(parse(text)))
    except Unreadable:
        return
    for node in nodes:
        if isinstance(node, Import):
            for alias in node.names:
                yield from _module(alias.name.split("."), path, places)
        elif isinstance(node, ImportFrom):
            parts = _python_base(path, node.level) + (node.module or "").split(".")
            parts = [part for part in parts if part]
            for alias in node.names:
                inner = list(_module([*parts, alias.name], path, places, node.level))
                yield from inner or _module(parts, path, places, node.level)


def _python_base(path: str, level: int) -> list[str]:
    folders = path.split("/")[:-1]
    return folders[: len(folders) - level + 1] if level else []


def _module(parts: list[str], path: str, places: Places, level: int = 0) -> Iterator[str]:
    """Yield the file that a dotted name means: the nearest to the importer, among equals the first."""
    name = "/".join(parts)
    found = [each for each in places.by_end.get(name, ()) if _language(each) == "python"]
    if level:
        found = [each for each in found if _module_parts(each) == parts]
    if found:
        yield min(found, key=lambda each: (-len(posixpath.commonpath([path, each])), len(each), each))


def _js(path: str, text: str, places: Places) -> Iterator[str]:
    for target in _JS.findall(text):
        base = posixpath.normpath(posixpath.join(posixpath.dirname(path), target))
        # TypeScript names the compiled file of a source.
        bases = (base, re.sub(r"\.[cm]?jsx?$", "", base))
        spelled = [stem + ending for stem in bases for ending in JS_ENDINGS]
        spelled += [f"{base}/index{ending}" for ending in JS_ENDINGS[1:]]
        yield from [each for each in spelled if each in places.files][:1]


def _go(path: str, text: str, places: Places) -> Iterator[str]:
    for target in _GO.findall(text.partition("\nfunc ")[0]):
        host, _, rest = target.partition("/")
        folder = _go_folder(rest, places) if "." in host else ""  # the standard library's have no dot
        if folder and folder != posixpath.dirname(path):
            yield from _go_files(folder, places)


def _go_folder(package: str, places: Places) -> str:
    """Return the folder that has the most of a package's path at its end, empty when none has its name."""
    parts = package.split("/")
    for start in range(len(parts)):
        end = "/".join(parts[start:])
        fitting = [each for each in places.by_folder if each == end or each.endswith(f"/{end}")]
        if any(_go_files(each, places) for each in fitting):
            return min(each for each in fitting if _go_files(each, places))
    return ""


def _go_files(folder: str, places: Places) -> list[str]:
    found = [each for each in places.by_folder.get(folder, ()) if each.endswith(".go")]
    return [each for each in found if not each.endswith("_test.go")][:MOST_OF_PACKAGE]


def _rust(path: str, text: str, places: Places) -> Iterator[str]:
    folder, name = posixpath.split(path)
    stem = name.removesuffix(".rs")
    inside = folder if stem in ("mod", "lib", "main") else posixpath.join(folder, stem)
    for module in _RUST_MODULE.findall(text):
        spelled = (posixpath.join(inside, f"{module}.rs"), posixpath.join(inside, module, "mod.rs"))
        yield from [each for each in spelled if each in places.files][:1]
    root = path[: path.index("src/") + 4] if "src/" in path else ""
    for used in _RUST_USE.findall(text):
        parts = used.split("::")
        spelled = [root + "/".join(parts[:end]) for end in range(len(parts), 0, -1)]
        files = [each + ending for each in spelled for ending in (".rs", "/mod.rs")]
        yield from [each for each in files if each in places.files][:1]


def _java(path: str, text: str, places: Places) -> Iterator[str]:
    for dotted in _JAVA.findall(text):
        parts = dotted.split(".")
        for end in (len(parts), len(parts) - 1):
            found = places.by_end.get("/".join(parts[:end]), ()) if end > 1 else ()
            if found:
                yield found[0]
                break


def _module_parts(path: str) -> list[str]:
    """Return a path's parts without the suffix, a package's own file under the package's name."""
    parts = path.rpartition(".")[0].split("/")
    return parts[:-1] if parts[-1] == "__init__" and len(parts) > 1 else parts


def _language(path: str) -> str:
    return LANGUAGE_OF.get(path.rpartition(".")[2], "")


_READERS: dict[str, Callable[[str, str, Places], Iterator[str]]] = {
    "python": _python,
    "js": _js,
    "go": _go,
    "rust": _rust,
    "java": _java,
}
