"""What a piece of a syntax tree says: its words in their order, without comments and formatting.

Only texts count, not what a grammar calls its nodes, so that a new version of a grammar says the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from mnemo.ids import digest
from mnemo.light import TYPE_CHECKING

if TYPE_CHECKING:
    from mnemo.repo.grammars import Node

HASH_LENGTH = 16

COMMENTS = frozenset(("comment", "line_comment", "block_comment", "html_comment", "hash_bang_line"))
# Their inside is text, in which blanks mean something.
TEXTS = frozenset(
    "string template_string regex jsx_text string_literal raw_string_literal char_literal"
    " interpreted_string_literal rune_literal".split()
)
OPENERS = ("(", "[", "{", "<", ",")
CLOSERS = (")", "]", "}", ">")
# There a comma at the end means something: one value is no tuple, and a macro may count.
COUNTED = ("tuple_expression", "tuple_type", "tuple_pattern", "token_tree")
MEMBERS = ("object_type", "interface_body")


def words_hash(nodes: Iterable[Node], keyword: str, *, rust: bool) -> str:
    """Return 16 hexadecimal digits of the sha-256 over the words of some nodes.

    Args:
        nodes: pieces of one syntax tree.
        keyword: what introduced them further up, such as const.
        rust: whether a semicolon means something.
    """
    words = [keyword, *(word for node in nodes for word in iter_words(node, rust=rust))]
    return digest("\0".join(words).encode("utf-8", "replace"))[:HASH_LENGTH]


def iter_words(node: Node, *, rust: bool) -> Iterator[str]:
    """Give a node's words: names, signs, whole texts; statements begin with `;`, however they were ended."""
    held = last = ""
    for word, parent in _leaves(node, rust=rust):
        if held:
            if word not in CLOSERS:
                yield held
            held = ""
        # Right after an opener or another comma it stands for a value left out.
        if word == "," and parent not in COUNTED and last not in OPENERS:
            held = word
        else:
            yield word
        last = word
    yield from (held,) if held else ()


def _leaves(top: Node, *, rust: bool) -> Iterator[tuple[str, str]]:
    """Give each word and the kind of node it stands in, also of what the grammar left without a node."""
    source, start = top.text or b"", top.start_byte
    end = start
    waiting: list[tuple[Node, str]] = [(top, "")]
    while waiting:
        node, parent = waiting.pop()
        kind = node.type
        missed = source[end - start : node.start_byte - start].strip()
        if missed:
            yield missed.decode("utf-8", "replace"), parent
        end = max(end, node.start_byte)
        if kind in COMMENTS:
            end = node.end_byte
        elif kind in TEXTS or not node.child_count:
            end = node.end_byte
            yield from ((word, parent) for word in _said(node, kind, parent, rust=rust))
        else:
            if not rust and kind.endswith(("_statement", "_declaration")):
                yield ";", kind
            waiting += [(child, kind) for child in reversed(node.children)]
    missed = source[end - start :].strip()
    if missed:
        yield missed.decode("utf-8", "replace"), ""


def _said(node: Node, kind: str, parent: str, *, rust: bool) -> Iterator[str]:
    word = (node.text or b"").decode("utf-8", "replace")
    if word == ";" and not rust and parent not in ("empty_statement", "for_clause"):
        return
    if kind == "jsx_text":
        word = " ".join(word.split()) if "\n" in word else word
    elif kind == "string" and not {"\\", '"'}.intersection(word[1:-1]):
        word = f'"{word[1:-1]}"'
    elif not word.strip() or (word == "," and parent in MEMBERS):
        return
    elif kind == "identifier" and parent == "arrow_function":  # `x =>` or `(x) =>`
        yield from ("(", word, ")")
        return
    if word:
        yield word
