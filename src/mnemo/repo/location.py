"""Where a repository is: its working tree, its git directories, and the place of its store.

Reads the files that git reads (`.git`, `commondir`, `gitdir`, `config`, see gitrepository-layout(5)) without
starting git. GIT_DIR and its relatives are ignored: inside a git hook they name the repository that runs the
hook, not the one asked about.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping

from mnemo.errors import NotARepository
from mnemo.light import NamedTuple, expression

MAIN = "main"
STORE_NAME = "mnemo.db"
LARGEST_LINK = 1 << 16

_HEAD = expression(rb"ref:\s*(refs/[^\0\n]*[^\s\0])\s*|([0-9a-f]{40}|[0-9a-f]{64})\s*")
_SECTION = expression(r'\[([A-Za-z0-9.-]+)(?:[ \t]+"((?:[^"\\\n]|\\.)*)")?\]')
_KEY = expression(r"([A-Za-z][A-Za-z0-9-]*)[ \t]*(=[ \t]*)?")
_VALUE = expression(r'(?:[^"\\;#\n]|\\(?:.|\n)|"(?:[^"\\\n]|\\(?:.|\n))*")*')
_ESCAPE = expression(r'\\(.|\n)|"')
_BLANK_ENDS = expression(r"\A(?:\s|\\\n)+|[ \t\r\f\v]+\Z")
_ESCAPES = {"n": "\n", "t": "\t", "b": "\b", "\n": ""}


class Place(NamedTuple):
    """Where a repository is, as real paths.

    Args:
        top: top of the working tree; None when there is none (bare).
        git_dir: git directory of this working tree.
        common_dir: git directory that all working trees of the repository share.
        worktree: main, or the linked worktree's name.
    """

    top: str | None
    git_dir: str
    common_dir: str
    worktree: str


def find_place(start: str | os.PathLike[str]) -> Place | None:
    """Find the repository that a path lies in, as git would from there; None when it lies in none.

    Args:
        start: a folder or file, which need not exist.
    """
    folder = _start(start)
    while folder:
        link = os.path.join(folder, ".git")
        if os.path.isfile(link):
            # A link that leads nowhere ends the search in git too: what lies above is another repository.
            target = _follow(link, "gitdir: ")
            return _place(target, folder) if target and _is_git_dir(target) else None
        if _is_git_dir(link):
            return _place(link, folder)
        if _is_git_dir(folder):
            return _place(folder, None)
        parent = os.path.dirname(folder)
        folder = parent if parent != folder else ""
    return None


def get_place(start: str | os.PathLike[str]) -> Place:
    """Return the repository that a path lies in.

    Args:
        start: a folder or file, which need not exist.

    Raises:
        NotARepository: it lies in none; the fix names the folder looked in.
    """
    place = find_place(start)
    if place is None:
        looked = repr(os.fspath(start))[1:-1]
        raise NotARepository(
            "Not in a Git repository.",
            f"Looked in {looked} and the folders above: run git init there, or name another with --project.",
        )
    return place


def store_path(place: Place, environ: Mapping[str, str], home: str) -> str:
    """Return the path of the repository's database file; all its working trees have the same.

    Args:
        place: the repository.
        environ: where MNEMO_STORE may name a folder, or a file by a path ending in .db; `~` is home, a
            relative path starts where the store would else be kept, whatever the current folder.
        home: the user's folder; its `.mnemo` is for what belongs to no repository.
    """
    beside = _has_own_top(place.common_dir)
    base = os.path.dirname(place.common_dir) if beside else place.common_dir
    chosen = environ.get("MNEMO_STORE", "")
    if chosen and "${" not in chosen:
        if chosen == "~" or chosen.startswith("~/"):
            chosen = home + chosen[1:]
        path = real(os.path.join(base, chosen))
        names_file = path.endswith(".db") and not os.path.isdir(path)
        return path if names_file else os.path.join(path, STORE_NAME)
    if beside and not (home and real(home) == base):
        return os.path.join(base, ".mnemo", STORE_NAME)
    return os.path.join(place.common_dir, "mnemo", STORE_NAME)


def find_head(git_dir: str) -> str | None:
    """Read HEAD: `ref: ` and a full ref name, or a commit; None when it is neither.

    Args:
        git_dir: a git directory, of the main or of a linked working tree.
    """
    path = os.path.join(git_dir, "HEAD")
    raw = read_bytes(path, LARGEST_LINK)
    if raw.startswith(b"ref: refs/") and raw[5:].split() == [raw[5:-1]] and b"\0" not in raw:
        return os.fsdecode(raw[:-1])  # as git writes it
    match = _HEAD.fullmatch(raw)
    if match and match[1]:
        return os.fsdecode(b"ref: " + match[1])
    try:
        target = os.readlink(path)  # how git wrote it before 2005; it may point at a branch not yet born
    except OSError:
        return os.fsdecode(match[2]) if match else None
    return "ref: " + target if target.startswith("refs/") else None


def real(path: str) -> str:
    """Return a path without symbolic links, in NFC where that names the same file."""
    path = os.path.realpath(path)
    if path.isascii():
        return path
    import unicodedata

    # Linux keeps NFC and NFD apart, macOS does not; the same place must always be called the same.
    composed = unicodedata.normalize("NFC", path)
    try:
        return composed if os.path.samefile(composed, path) else path
    except OSError:
        return path


def read_bytes(path: str, limit: int = -1) -> bytes:
    """Read a regular file, empty when there is none or it may not be read.

    Args:
        path: the file.
        limit: most bytes read; -1 for all.
    """
    try:
        # Anything may be called .git or HEAD; opening a pipe would wait for ever.
        if not os.path.isfile(path):
            return b""
        with open(path, "rb", buffering=0) as file:
            return file.read(limit) or b""
    except (OSError, ValueError):
        return b""


def parse_settings(text: str) -> dict[str, str]:
    """Parse a git configuration file (git-config(1), "Syntax") without includes; later values win.

    Args:
        text: the file; a line that git would refuse is left out.

    Returns:
        section and key in lower case, a subsection between them as it is; a key alone counts as true.
    """
    settings: dict[str, str] = {}
    text = text.removeprefix("\ufeff").replace("\r\n", "\n")
    at, section = 0, ""
    while at < len(text):
        if text[at].isspace():
            at += 1
        elif header := _SECTION.match(text, at):
            at = header.end()
            section = header[1].lower() + "."
            if header[2] is not None:
                section += re.sub(r"\\(.)", r"\1", header[2]) + "."
        elif (key := _KEY.match(text, at)) and (key[2] or _ends(text, key.end())):
            raw = _VALUE.match(text, key.end())
            at = raw.end() if raw and key[2] else key.end()
            settings[section + key[1].lower()] = _unquote(raw[0]) if raw and key[2] else "true"
        else:
            at = _line_end(text, at)
    return settings


def is_true(value: str) -> bool:
    """Tell whether git takes a setting's value as true."""
    lower = value.lower()
    if lower in ("true", "yes", "on", "", "false"):
        return lower in ("true", "yes", "on")
    return bool(re.fullmatch(r"[+-]?\d*[1-9]\d*[kmg]?", lower))


def _start(start: str | os.PathLike[str]) -> str:
    """Return the real path of a start, empty when no file system could hold it."""
    try:
        # Under an ASCII locale the same name may come as text or as escaped bytes.
        native = os.fsdecode(os.fspath(start).encode("utf-8", "surrogateescape"))
        return real(native)
    except (ValueError, OSError):
        return ""


def _place(git_dir: str, folder: str | None) -> Place:
    """Build the place of a git directory, reached through `.git` in folder or by standing inside it."""
    git_dir = real(git_dir)
    common = _common_dir(git_dir)
    if common == git_dir:
        return Place(_main_top(git_dir, folder), git_dir, common, MAIN)
    name = os.path.basename(git_dir)
    # A linked worktree may be called main; its anchor states are not those of the main one.
    return Place(_linked_top(git_dir, folder), git_dir, common, f"worktrees/{MAIN}" if name == MAIN else name)


def _main_top(git_dir: str, folder: str | None) -> str | None:
    settings = _settings(git_dir)
    if is_true(settings.get("core.bare", "")):
        return None
    chosen = settings.get("core.worktree", "")
    # A clone cannot bring `.git`, but it can bring a bare repository whose settings point anywhere.
    if chosen and (folder or "/.git/" in git_dir + "/"):
        top = real(os.path.join(git_dir, chosen))
        if os.path.isdir(top):
            return top
    if folder:
        return folder
    return os.path.dirname(git_dir) if os.path.basename(git_dir) == ".git" else None


def _linked_top(git_dir: str, folder: str | None) -> str | None:
    if folder:
        return folder
    link = _follow(os.path.join(git_dir, "gitdir"), "")
    if not link or not os.path.isfile(link):
        return None
    leads_back = _follow(link, "gitdir: ")
    return os.path.dirname(real(link)) if leads_back and real(leads_back) == git_dir else None


def _has_own_top(common_dir: str) -> bool:
    """Tell whether a common directory is `.git` at the top of its own working tree."""
    if os.path.basename(common_dir) != ".git":
        return False
    return _main_top(common_dir, os.path.dirname(common_dir)) == os.path.dirname(common_dir)


def _settings(git_dir: str) -> dict[str, str]:
    text = os.fsdecode(read_bytes(os.path.join(git_dir, "config")))
    if _says_nothing(text.lower()):
        return {}
    settings = parse_settings(text)
    if is_true(settings.get("extensions.worktreeconfig", "")):
        settings |= parse_settings(os.fsdecode(read_bytes(os.path.join(git_dir, "config.worktree"))))
    return settings


def _says_nothing(text: str) -> bool:
    """Whether a configuration leaves the working tree where it is usual, as nearly all do; in lower case."""
    bare = [line.strip() for line in text.split("\n") if "bare" in line]
    return "worktree" not in text and bare in ([], ["bare = false"])


def _common_dir(git_dir: str) -> str:
    common = _follow(os.path.join(git_dir, "commondir"), "")
    return real(common) if common else git_dir


def _is_git_dir(path: str) -> bool:
    if not os.path.lexists(os.path.join(path, "HEAD")) or find_head(path) is None:
        return False
    common = _follow(os.path.join(path, "commondir"), "") or path
    # A clone can bring a folder that looks so, with a common directory that is someone else's.
    if common != path and os.path.dirname(real(path)) != os.path.join(real(common), "worktrees"):
        return False
    return os.path.isdir(os.path.join(common, "objects")) and os.path.isdir(os.path.join(common, "refs"))


def _follow(path: str, prefix: str) -> str | None:
    """Return where a file that holds one path points, seen from its folder."""
    text = os.fsdecode(read_bytes(path, LARGEST_LINK)).rstrip("\r\n")
    target = text.removeprefix(prefix)
    if not target or "\0" in text or (prefix and target == text):
        return None
    return os.path.join(os.path.dirname(path), target)


def _ends(text: str, at: int) -> bool:
    return at >= len(text) or text[at] == "\n"


def _line_end(text: str, at: int) -> int:
    end = text.find("\n", at)
    return len(text) if end < 0 else end


def _unquote(raw: str) -> str:
    def plain(match: re.Match[str]) -> str:
        return _ESCAPES.get(match[1], match[1]) if match[1] else ""

    return _ESCAPE.sub(plain, _BLANK_ENDS.sub("", raw))
