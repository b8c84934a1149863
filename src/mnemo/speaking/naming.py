"""Which files of the repository a prompt names, and which claims hold such a name."""

from __future__ import annotations

from mnemo import text
from mnemo.errors import MnemoError
from mnemo.repo.files import WorkingTree
from mnemo.speaking.tracked import Index
from mnemo.store import search
from mnemo.store.connections import Connection
from mnemo.store.search import Words

MOST_TRIED = 40
MOST_FILES = 8
MOST_CLAIMS = 24
LONGEST = 400
AROUND = "\"'`“”‘’«»()[]{}<>,;:!?*|="


def list_files(prompt: str, tree: WorkingTree, index: Index) -> list[str]:
    """Return the files that a prompt names, in its order: by a path that exists, or by a name that is unique.

    Args:
        prompt: what the person typed.
        tree: the files.
        index: which of them git tracks.
    """
    found: dict[str, None] = {}
    for word in _candidates(prompt):
        path = _existing(word, tree) or _unique(word, index)
        if path:
            found[path] = None
        if len(found) >= MOST_FILES:
            break
    return list(found)


def list_naming(connection: Connection, path: str) -> list[int]:
    """Return rows of claims that hold a file's name with its ending, such as context.go.

    Args:
        connection: a reader.
        path: the file.
    """
    name = " ".join(text.words(path.rpartition("/")[2]))
    if " " not in name:  # a name of one word is a word like others
        return []
    return [claim for claim, _ in next(search.iter_pages(connection, Words((name,), ()), MOST_CLAIMS))]


def _candidates(prompt: str) -> list[str]:
    """Return the words that look like a file: with a dot inside or a slash."""
    found: dict[str, None] = {}
    for typed in prompt.split():
        if len(typed) > LONGEST or ("." not in typed and "/" not in typed and "@" not in typed):
            continue
        word = typed.lstrip(AROUND + "@").rstrip(AROUND + ".").removesuffix("'s")
        # src/a.py:10-20, src/a.py::f, src/a.py#L10
        word = word.split(":", 1)[0].split("#", 1)[0]
        stem, dot, _ = word.rpartition("/")[2].partition(".")
        if word and "://" not in typed and ("/" in word or (dot and (stem or word.startswith(".")))):
            found[word] = None
        if len(found) >= MOST_TRIED:
            break
    return list(found)


def _existing(word: str, tree: WorkingTree) -> str:
    try:
        path = tree.relative(word)
        return path if path != "." and tree.exists(path) and not _is_folder(path, tree) else ""
    except MnemoError:
        return ""


def _is_folder(path: str, tree: WorkingTree) -> bool:
    import os

    return os.path.isdir(os.path.join(tree.root, path))


def _unique(word: str, index: Index) -> str:
    name = word.strip("/")
    if word.startswith(("/", "~", "..")) or not index.readable:
        return ""
    same = index.named(name)
    return same[0] if len(same) == 1 else ""
