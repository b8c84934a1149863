"""The door to tree-sitter: syntax trees of JavaScript, TypeScript, Go and Rust."""

from __future__ import annotations

from mnemo.errors import MissingExtra
from mnemo.light import TYPE_CHECKING, TypeAlias
from mnemo.repo.files import Unreadable

if TYPE_CHECKING:
    import tree_sitter

    Node: TypeAlias = tree_sitter.Node

EXTRA = "mnemo-repo[code]"

LANGUAGES = {
    "javascript": ("js", "jsx", "mjs", "cjs"),
    "typescript": ("ts", "mts", "cts"),
    "tsx": ("tsx",),
    "go": ("go",),
    "rust": ("rs",),
}
LANGUAGE_OF = {suffix: language for language, suffixes in LANGUAGES.items() for suffix in suffixes}

SPOKEN = {"javascript": "JavaScript", "go": "Go", "rust": "Rust"}

_loaded: dict[str, tree_sitter.Language] = {}


class NoGrammar(Unreadable, MissingExtra):
    """A language's grammar is not installed, so that nothing can be said of its definitions."""


def language_of(path: str) -> str:
    """Return the language of a source file by its suffix, "" for all others."""
    return LANGUAGE_OF.get(path.rpartition(".")[2], "")


def parse(language: str, source: str) -> Node:
    """Return the top of a source text's syntax tree; what is broken in it stands there as errors.

    Args:
        language: one of LANGUAGES.
        source: the text.

    Raises:
        NoGrammar: the extra is not installed.
    """
    grammar = _loaded.get(language) or _load(language)
    from tree_sitter import Parser

    return Parser(grammar).parse(source.encode("utf-8", "replace")).root_node


def _load(language: str) -> tree_sitter.Language:
    try:
        from tree_sitter import Language

        _loaded[language] = Language(_pointer(language))
    except (ImportError, ValueError) as problem:  # ValueError: of a version the library does not know
        message = f"definitions of {SPOKEN.get(language, 'TypeScript')} are only read with {EXTRA}"
        raise NoGrammar(message, f"install {EXTRA}, then verify again") from problem
    return _loaded[language]


def _pointer(language: str) -> object:
    # Each grammar is a library of its own, up to 2 MB: only what is asked for is loaded.
    if language == "javascript":
        import tree_sitter_javascript

        return tree_sitter_javascript.language()
    if language == "go":
        import tree_sitter_go

        return tree_sitter_go.language()
    if language == "rust":
        import tree_sitter_rust

        return tree_sitter_rust.language()
    import tree_sitter_typescript

    tsx = language == "tsx"
    return tree_sitter_typescript.language_tsx() if tsx else tree_sitter_typescript.language_typescript()
