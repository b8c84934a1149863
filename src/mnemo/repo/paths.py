"""Which spellings of a path are accepted, and what a path alone says of its file."""

from __future__ import annotations

import os
from collections.abc import Iterator
from functools import lru_cache

from mnemo.errors import Invalid

LONGEST_PATH = 4_096

# No text in these, so a search need not open them.
BINARY_SUFFIXES = frozenset(
    "7z a avif bin bmp bz2 class db dll dylib eot exe flac gif gz ico jar jpeg jpg mov mp3 mp4 npy npz o ogg "
    "otf parquet pdf pkl png pyc rar so sqlite sqlite3 tar tgz tif tiff ttf wasm wav webm webp whl woff "
    "woff2 xz zip zst".split()
)
SECRET_SUFFIXES = tuple(".env .pem .key .p12 .pfx .jks .keystore .kdbx .ppk .tfstate .tfvars".split())
SECRET_NAMES = frozenset(
    ".netrc _netrc .npmrc .pypirc .pgpass .htpasswd .git-credentials .dockercfg .envrc kubeconfig "
    "id_rsa id_dsa id_ecdsa id_ed25519".split()
)
SECRET_STEMS = frozenset(("credentials", "secrets", "secret", "service-account", "service_account"))
SECRET_KINDS = frozenset(("", "json", "yml", "yaml", "toml", "ini", "csv", "xml", "txt"))
SECRET_FOLDERS = frozenset((".ssh", ".gnupg", ".aws", ".kube"))
HARMLESS_ENDINGS = (".example", ".sample", ".template", ".dist", ".pub")

# Some file systems ignore these inside names: there `.g\u200cit` opens `.git`. Git refuses them too.
IGNORABLE = dict.fromkeys([*range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x2070), 0xFEFF])
PRIVATE_NAMES = frozenset((".git", ".mnemo", "git~1"))


def nfc(path: str) -> str:
    """Return a path in Unicode's composed form, in which paths are kept."""
    if path.isascii():
        return path
    from unicodedata import normalize

    return normalize("NFC", path)


def to_system(path: str) -> str:
    """Return a path as file functions take it, whatever the locale says: names in a repository are UTF-8.

    Raises:
        Invalid: a lone surrogate that stands for no byte.
    """
    if path.isascii():
        return path
    try:
        return os.fsdecode(path.encode("utf-8", "surrogateescape"))
    except UnicodeEncodeError as problem:
        raise outside(path) from problem


def from_system(path: str) -> str:
    """Return a path that file functions gave as the repository calls it: the way back of to_system()."""
    return path if path.isascii() else os.fsencode(path).decode("utf-8", "surrogateescape")


def readable(path: str) -> str:
    """Return a path as it may be stored and told: bytes that are no UTF-8 written out."""
    return path if path.isascii() else path.encode("utf-8", "backslashreplace").decode()


@lru_cache(maxsize=4096)
def private(part: str) -> bool:
    """Tell whether one part of a path opens git's folder or ours, however it is spelled."""
    return part.translate(IGNORABLE).rstrip(" .").casefold() in PRIVATE_NAMES


def secret(path: str) -> bool:
    """Tell whether a file usually holds secrets, so that nothing of it may be quoted or kept."""
    *folders, name = path.casefold().split("/")
    if name.endswith(HARMLESS_ENDINGS):
        return False
    stem, _, kind = name.lstrip(".").partition(".")
    return (
        name.startswith(".env.")
        or name in SECRET_NAMES
        or name.endswith(SECRET_SUFFIXES)
        or (stem in SECRET_STEMS and kind in SECRET_KINDS)
        or bool(SECRET_FOLDERS.intersection(folders))
    )


def may_hold_text(path: str) -> bool:
    """Tell whether a file's name leaves it open that it holds text."""
    return path.rpartition(".")[2].lower() not in BINARY_SUFFIXES


def iter_folders(path: str) -> Iterator[str]:
    """Give the folders above a path, the nearest first."""
    while "/" in path:
        path = path.rpartition("/")[0]
        yield path


def check_spelling(path: object) -> None:
    """Refuse what no path of a repository can be.

    Raises:
        Invalid: no text, empty, too long, or with a backslash or control character.
    """
    fix = "give a path inside the repository with forward slashes, such as src/a.py"
    if not isinstance(path, str):
        raise Invalid(f"{shown(path)} is no path", fix)
    if not path.strip():
        raise Invalid("the path is empty", fix)
    if "\\" in path:
        raise Invalid(f"{shown(path)} holds a backslash", fix)
    if not path.isprintable() and any(map(_unprintable, path)):
        raise Invalid(f"{shown(path)} holds a control character", fix)
    if len(path) > LONGEST_PATH:
        raise Invalid(f"{shown(path)} is too long for a path", fix)


def outside(path: str) -> Invalid:
    """Return the error for a path that leaves the repository or enters what is not its content."""
    return Invalid(
        f"{shown(path)} is not a file of this repository", "give a path inside it, but not in .git or .mnemo"
    )


def _unprintable(sign: str) -> bool:
    return sign < " " or sign == "\x7f" or "\ud800" <= sign <= "\udfff"


def shown(value: object, limit: int = 60) -> str:
    """Return a value as it may stand in a message: on one line, quoted, at most limit characters."""
    text = repr(value)
    return text if len(text) <= limit else text[: limit - 1] + "…"
