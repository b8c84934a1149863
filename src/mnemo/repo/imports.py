"""What the source files of a repository import."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Collection, Iterator

from mnemo.errors import Invalid, QueryTimeout
from mnemo.repo.files import Tree, Unreadable
from mnemo.repo.manifests import normal_name
from mnemo.repo.recent import Recent

KEPT_CHARACTERS = 4_000_000

LANGUAGES = {
    "python": ("py", "pyi", "pyw"),
    "js": ("js", "jsx", "mjs", "cjs", "ts", "tsx", "mts", "cts", "vue", "svelte"),
    "go": ("go",),
    "rust": ("rs",),
    "java": ("java", "kt", "kts", "scala", "groovy"),
}
LANGUAGE_OF = {suffix: language for language, suffixes in LANGUAGES.items() for suffix in suffixes}

_PYTHON = re.compile(r"(?:^|;)[ \t]*(?:from[ \t]+([\w.]+)[ \t]+import|import[ \t]+([^#;\n]+))", re.MULTILINE)
_JS = re.compile(r"""(?:\bfrom|\bimport|\b(?:require|import)\()[ \t]*["']([^"'\n]+)["']""")
_GO = re.compile(r"""^(?:import)?[ \t]*(?:[\w.]+[ \t]+)?"([^"\s]+)"[ \t]*(?://.*)?$""", re.MULTILINE)
_RUST = re.compile(r"^[ \t]*(?:pub\b[^\s;]*[ \t]+)?(?:use|extern crate)[ \t]+(?:::)?(\w+)", re.MULTILINE)
_JAVA = re.compile(r"^[ \t]*import[ \t]+(?:static[ \t]+)?(\w+(?:\.\w+)+)", re.MULTILINE)

_found: Recent[frozenset[str]] = Recent(
    KEPT_CHARACTERS, lambda text: ((reader, text) for reader in (*_READERS, "ast"))
)


def imports(tree: Tree, language: str) -> dict[str, str]:
    """Return what a tree's files of one language import, each name with the first file that does.

    Args:
        tree: the files.
        language: python, js, go, rust or java.

    Python names are dotted modules and all their parents, js names packages, go names import paths, rust
    names crates, each as module_name() writes it.
    """
    found: dict[str, str] = {}
    for path, text in _sources(tree, [language], deadline=None):
        for name in sorted(_verified(text, language)):
            found.setdefault(name, path)
    return found


def find_import(tree: Tree, name: str, deadline: float | None = None) -> str | None:
    """Return the first file that imports a name, in whatever language; None when no file does.

    Args:
        tree: the files.
        name: module, package or crate.
        deadline: time.monotonic() at which to stop.

    Raises:
        QueryTimeout: the deadline came before the last file.
    """
    wanted = {language: module_name(language, name) for language in LANGUAGES}
    spellings = {name, name.lower(), name.replace("-", "_").lower(), name.replace("_", "-"), wanted["java"]}
    for path, text in _sources(tree, LANGUAGES, deadline):
        language = LANGUAGE_OF[_suffix(path)]
        # Dearer looks only where cheaper ones leave it open: the word, the lines, the syntax tree.
        if any(spelling in text for spelling in spellings) and all(
            _mentions(look(text, language), language, wanted[language]) for look in (names_in, _verified)
        ):
            return path
    return None


def module_name(language: str, name: str) -> str:
    """Return a name as import lines are compared: Python's modules keep their dots, unlike distributions."""
    if language == "java":
        return name.partition(":")[0]
    return name.replace("-", "_").lower() if language == "python" else normal_name(language, name)


def names_in(text: str, language: str) -> frozenset[str]:
    """Return the names that lines looking like imports mention, in a language's normal form."""
    return _found.once((language, text), len(text), lambda: frozenset(_READERS[language](text)))


def _mentions(found: frozenset[str], language: str, name: str) -> bool:
    # A go module is imported by any path below it.
    return name in found or (language == "go" and any(path.startswith(f"{name}/") for path in found))


def _sources(tree: Tree, languages: Collection[str], deadline: float | None) -> Iterator[tuple[str, str]]:
    for path in tree.list_files():
        if LANGUAGE_OF.get(_suffix(path), "") not in languages:
            continue
        if deadline is not None and time.monotonic() >= deadline:
            raise QueryTimeout("there was no time to read every source file", "verify again")
        try:
            text = tree.read(path)
        except Invalid:
            continue
        if text:
            yield path, text


def _verified(text: str, language: str) -> frozenset[str]:
    """Return the names imported in earnest: in Python a line inside a string is none, so its tree decides."""
    if language != "python" or not names_in(text, language):
        return names_in(text, language)
    return _found.once(("ast", text), len(text), lambda: _by_syntax(text))


def _by_syntax(text: str) -> frozenset[str]:
    from mnemo.repo.syntax import iter_imports, parse

    try:
        modules = list(iter_imports(parse(text)))
    except Unreadable:
        return names_in(text, "python")
    return frozenset(name for module in modules for name in _with_parents(module))


def _python(text: str) -> Iterator[str]:
    for source, listed in _PYTHON.findall(text.replace("\\\n", " ")):
        modules = [source] if source else [part.split()[0] for part in listed.split(",") if part.strip()]
        for module in modules:
            yield from _with_parents(module)


def _with_parents(module: str) -> Iterator[str]:
    parts = module.split(".")
    if parts[0]:
        for length in range(1, len(parts) + 1):
            yield module_name("python", ".".join(parts[:length]))


def _js(text: str) -> Iterator[str]:
    for match in _JS.finditer(text):
        target = match[1].removeprefix("node:")
        line = text[text.rfind("\n", 0, match.start()) + 1 : match.start() + 1].lstrip()
        if not target.startswith((".", "/")) and not line.startswith(("//", "*", "/*")):
            yield "/".join(target.split("/")[: 2 if target.startswith("@") else 1])


def _go(text: str) -> Iterator[str]:
    yield from _GO.findall(text.partition("\nfunc ")[0])


def _rust(text: str) -> Iterator[str]:
    for crate in _RUST.findall(text):
        if crate not in ("crate", "self", "super"):
            yield normal_name("rust", crate)


def _java(text: str) -> Iterator[str]:
    for whole in _JAVA.findall(text):
        parts = whole.split(".")
        # A group alone, such as com or org, is nobody's name.
        yield from (".".join(parts[:length]) for length in range(2, len(parts) + 1))


def _suffix(path: str) -> str:
    return path.rpartition(".")[2]


_READERS: dict[str, Callable[[str], Iterator[str]]] = {
    "python": _python,
    "js": _js,
    "go": _go,
    "rust": _rust,
    "java": _java,
}
