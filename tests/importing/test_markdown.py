"""Markdown read as blocks that keep their line numbers."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from mnemo.importing import restructured, rules
from mnemo.importing.markdown import CODE, HEADING, ITEM, PARAGRAPH, ROW, cells, read_blocks

PIECES = st.sampled_from(
    [
        "# One", "## Two words", "- item", "  - nested `code`", "1. first", "2) second", "```bash", "```",
        "~~~", "    indented", "\ttabbed", "| a | b |", "|---|:-:|", "| `x` | must be y |", "> quoted", "",
        "Never do this.", "Run `make test`:", "---", "===", "<!-- open", "-->", "<div>",
        "[x]: http://a.example", "**Bold:** always use uv", "* [ ] box", "\x1b[31m", "\u202e", "\x00",
        "a" * 5_000, "Do not", "key: value", ".. code-block:: sh", "Title", "=====", "Text::", "#. auto",
    ]
)  # fmt: skip
TEXTS = st.one_of(st.lists(PIECES, max_size=25).map("\n".join), st.text(max_size=300))
WORD = re.compile(r"[^\W_]+")


def kinds(text: str) -> list[tuple[str, int, int]]:
    """List kind, first and last line of a text's blocks."""
    return [(block.kind, block.first, block.last) for block in read_blocks(text)]


def test_blocks_know_their_lines() -> None:
    text = "---\na: b\n---\n# Title\n\nSome text\ngoes on.\n\n- one\n  more\n  - deep\n\n```sh\nmake\n```\n"
    assert kinds(text) == [
        (HEADING, 4, 4),
        (PARAGRAPH, 6, 7),
        (ITEM, 9, 10),
        (ITEM, 11, 11),
        (CODE, 13, 15),
    ]


def test_a_row_carries_its_columns() -> None:
    (row,) = [one for one in read_blocks("| a | b |\n|---|---|\n| x | `y\\|z` |\n") if one.kind == ROW]
    assert (row.label, cells(row.text), row.first) == ("a|b", ["x", "`y|z`"], 3)


def test_an_underlined_line_is_a_heading() -> None:
    assert kinds("Title\n=====\n\ntext\n") == [(HEADING, 1, 2), (PARAGRAPH, 4, 4)]


def test_comments_tags_and_rules_are_no_blocks() -> None:
    assert kinds("<!-- a\nb -->\n<div align='center'>\n***\n[x]: y\n") == []


@given(TEXTS)
def test_any_text_is_split_and_lines_are_in_order(text: str) -> None:
    last, count = 0, text.count("\n") + 1
    for block in read_blocks(text):
        assert last < block.first <= block.last <= count
        last = block.last


@given(TEXTS, st.booleans())
def test_every_rule_stands_on_its_lines(text: str, strict: bool) -> None:
    lines = text.split("\n")
    for rule in rules.list_rules(text, strict=strict):
        assert 1 <= rule.first <= rule.last <= len(lines)
        there = set(WORD.findall("\n".join(lines[rule.first - 1 : rule.last])))
        assert set(WORD.findall(rule.text)) - set(map(str, range(50))) <= there
        assert len(rule.text) <= rules.LONGEST_RULE


@given(TEXTS)
def test_restructured_text_keeps_its_number_of_lines(text: str) -> None:
    assert restructured.as_markdown(text).count("\n") == text.count("\n")
