"""Rules in a file of instructions: each item, short paragraph, row or command, under what it stands."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from mnemo import text as texts
from mnemo.importing import wording
from mnemo.importing.markdown import CODE, HEADING, ITEM, PARAGRAPH, ROW, Block, cells, read_blocks

LONGEST_RULE = 1_500  # characters; what is longer is told item by item, or cut
LONGEST_PARAGRAPH = 900
LONGEST_LEAD = 200
LONGEST_CODE = 14  # lines
LONGEST_LABEL = 5  # words
MOST_HEADINGS = 2  # told of those above a rule, the nearest
SHELLS = frozenset(("", "sh", "bash", "shell", "console", "zsh", "fish", "shellsession", "text", "terminal"))
COMMANDS = frozenset("sh bash shell console zsh fish shellsession terminal".split())


class Rule(NamedTuple):
    """One rule and where it stands.

    Args:
        first, last: its lines, counted from 1.
        text: what it says; further lines hold its details and code.
        context: headings and labels above it, the widest first.
    """

    first: int
    last: int
    text: str
    context: tuple[str, ...] = ()

    @property
    def content(self) -> str:
        """The statement as it can be read alone."""
        said = set(texts.words(self.text.split("\n", 1)[0]))
        above = [label for label in self.context if not _is_said(label, said)]
        return f"{' / '.join(above)}: {self.text}" if above else self.text


def _is_said(label: str, said: set[str]) -> bool:
    words = set(texts.words(label))
    # Without "Do not" above it, a rule would demand what it forbids.
    return bool(words) and words <= said and not wording.is_negating(label)


class _Node:
    """An item with what stands inside it."""

    def __init__(self, item: Block) -> None:
        self.item = item
        self.extra: list[Block] = []
        self.below: list[_Node] = []

    @property
    def last(self) -> int:
        return max([self.item.last, *(one.last for one in self.extra), *(one.last for one in self.below)])


def list_rules(text: str, *, strict: bool = False) -> list[Rule]:
    """Return the rules of a Markdown text in order.

    Args:
        text: anything.
        strict: whether only what demands something counts, as in a file for people.
    """
    found: list[Rule] = []
    for context, blocks in _sections(read_blocks(text)):
        found += [rule._replace(text=_cut(rule.text)) for rule in _section_rules(blocks, context, strict)]
    return found


def _sections(blocks: Sequence[Block]) -> Iterator[tuple[tuple[str, ...], list[Block]]]:
    """Yield the blocks below each heading with the headings above them; sections of filler are left out."""
    tops = [one for one in blocks if one.kind == HEADING and one.level == 1]
    title = tops[0] if len(tops) == 1 else None
    stack: list[Block] = []
    below: list[Block] = []
    for block in blocks:
        if block.kind != HEADING:
            below.append(block)
            continue
        yield from _section(stack, below, title)
        below = []
        while stack and stack[-1].level >= block.level:
            stack.pop()
        stack.append(block)
    yield from _section(stack, below, title)


def _section(
    stack: Sequence[Block], below: list[Block], title: Block | None
) -> Iterator[tuple[tuple[str, ...], list[Block]]]:
    above = [one for one in stack if one is not title]
    if below and not any(wording.is_filler_heading(one.text) for one in above):
        words = [wording.heading(one.text) for one in above]
        told = [word[:LONGEST_LEAD] for word in words if not wording.is_empty_heading(word)]
        near = len(told) - MOST_HEADINGS
        yield tuple(w for at, w in enumerate(told) if at >= near or wording.is_negating(w)), _joined(below)


def _joined(blocks: list[Block]) -> list[Block]:
    """Join a paragraph that needs the one before it to that one."""
    found: list[Block] = []
    for block in blocks:
        before = found[-1] if found else None
        both = before is not None and before.kind == block.kind == PARAGRAPH
        if before and both and wording.leans_back(wording.plain(block.text)):
            text = f"{before.text} {block.text}"
            if len(text) <= LONGEST_PARAGRAPH:
                found[-1] = before._replace(last=block.last, text=text)
                continue
        found.append(block)
    return found


def _section_rules(blocks: list[Block], context: tuple[str, ...], strict: bool) -> Iterator[Rule]:
    at = 0
    while at < len(blocks):
        block = blocks[at]
        end = at + 1
        if block.kind == ITEM:
            end = _end_of_list(blocks, at)
            yield from _list_rules(_tree(blocks[at:end]), context, strict)
        elif block.kind == PARAGRAPH and _leads(blocks, at):
            end = _end_of_list(blocks, at + 1)
            yield from _led_list(block, _tree(blocks[at + 1 : end]), context, strict)
        elif block.kind == PARAGRAPH:
            code = _code_behind(blocks, at)
            end += len(code)
            yield from _paragraph_rules(block, code, context, strict)
        else:
            yield from _lone(block, context, strict)
        at = end


def _leads(blocks: list[Block], at: int) -> bool:
    """Tell whether a paragraph leads into the list behind it."""
    if at + 1 >= len(blocks) or blocks[at + 1].kind != ITEM:
        return False
    said = wording.plain(blocks[at].text)
    return said.endswith(":") or (wording.count_words(said) <= LONGEST_LABEL and said[-1:] not in ".!?")


def _code_behind(blocks: list[Block], at: int) -> list[Block]:
    """Return the short code that belongs to a paragraph: one block, or several behind a colon."""
    most = len(blocks) if wording.plain(blocks[at].text).endswith(":") else 1
    code: list[Block] = []
    while len(code) < most and at + 1 + len(code) < len(blocks) and _belongs(blocks[at + 1 + len(code)]):
        code.append(blocks[at + 1 + len(code)])
    return code


def _paragraph_rules(
    block: Block, code: list[Block], context: tuple[str, ...], strict: bool
) -> Iterator[Rule]:
    said = wording.plain(block.text)
    whole = "\n".join([said, *map(_fenced, code)])
    shell = any(one.label in COMMANDS for one in code)
    if len(said) <= LONGEST_PARAGRAPH and _is_kept(said, whole if shell or not strict else said, strict):
        yield Rule(block.first, code[-1].last if code else block.last, whole, context)
    elif shell and not wording.is_filler(whole, strict=strict):
        for one in code:
            yield from _lone(one, context, strict)


def _is_kept(said: str, whole: str, strict: bool) -> bool:
    if wording.is_filler(whole, strict=strict) or (said.endswith(":") and said == whole):
        return False
    return wording.is_normative(said) or wording.has_code(whole)


def _led_list(lead: Block, nodes: list[_Node], context: tuple[str, ...], strict: bool) -> Iterator[Rule]:
    """Yield the rules of a list that a sentence with a colon leads into."""
    said = wording.plain(lead.text)
    items = [wording.plain(node.item.text) for node in nodes]
    short = all(wording.count_words(item) <= 2 * LONGEST_LABEL for item in items)
    small = len(said) + sum(map(len, items)) <= LONGEST_RULE // 2
    if short and small and not any(map(wording.is_normative, items)) and not any(n.below for n in nodes):
        if not wording.is_filler(said, strict=strict) or (not strict and wording.count_words(said) > 4):
            yield Rule(lead.first, nodes[-1].last, "\n".join([said, *_lines(nodes, "")]), context)
        return
    sentences = said.removesuffix(":").split(". ")
    label = sentences[-1]
    if len(label) > LONGEST_LEAD:
        # Too long to stand before each item, and they may mean the opposite without it.
        yield Rule(lead.first, nodes[-1].last, "\n".join([said, *_lines(nodes, "")]), context)
        return
    before = ". ".join(sentences[:-1])
    if before and len(before) <= LONGEST_PARAGRAPH and _is_kept(before, before, strict):
        yield Rule(lead.first, lead.last, f"{before}.", context)
    if not wording.is_filler_heading(label):
        yield from _list_rules(nodes, (*context, label) if label else context, strict)


def _list_rules(nodes: list[_Node], context: tuple[str, ...], strict: bool) -> Iterator[Rule]:
    if _is_procedure(nodes):
        whole = "\n".join(_lines(nodes, ""))
        if not wording.is_filler(whole, strict=strict):
            yield Rule(nodes[0].item.first, nodes[-1].last, whole, context)
        return
    for node in nodes:
        yield from _node_rules(node, context, strict)


def _node_rules(node: _Node, context: tuple[str, ...], strict: bool) -> Iterator[Rule]:
    said = wording.plain(node.item.text)
    whole = "\n".join([said, *_inside(node, "")])
    label = said.rstrip(":").strip()
    is_label = bool(node.below) and _is_label(said, label)
    if is_label and not (len(whole) <= LONGEST_RULE // 3 and _are_mere_names(node.below)):
        if not wording.is_filler_heading(label):
            name = wording.heading(label)[:LONGEST_LEAD]
            yield from _list_rules(node.below, (*context, name), strict)
    elif len(whole) > LONGEST_RULE and node.below:
        yield from _one(Rule(node.item.first, node.item.last, said, context), strict)
        inner = (*context, label.split(". ")[0][:LONGEST_LEAD])
        yield from _list_rules(node.below, inner, strict)
    else:
        yield from _one(Rule(node.item.first, node.last, whole, context), strict)


def _is_label(said: str, label: str) -> bool:
    few = wording.count_words(label) <= LONGEST_LABEL
    if len(label) > LONGEST_LEAD:
        return False
    return (few and not wording.NORMATIVE.search(label)) or (
        said.endswith(":") and not wording.is_normative(said)
    )


def _one(rule: Rule, strict: bool) -> Iterator[Rule]:
    if not wording.is_filler(rule.text, strict=strict) and not rule.text.endswith(":"):
        yield rule


def _are_mere_names(nodes: list[_Node]) -> bool:
    said = [wording.plain(node.item.text) for node in nodes]
    return all(wording.count_words(one) <= LONGEST_LABEL and not wording.is_normative(one) for one in said)


def _is_procedure(nodes: list[_Node]) -> bool:
    """Tell whether numbered items are steps, which only together say something."""
    if len(nodes) < 2 or not all(node.item.ordered for node in nodes):
        return False
    said = [wording.plain(node.item.text) for node in nodes]
    demanding = sum(bool(wording.NORMATIVE.search(one)) for one in said)
    whole = sum(map(len, _lines(nodes, "")))
    return whole <= LONGEST_RULE and 2 * demanding < len(nodes) and not any(len(n.below) > 2 for n in nodes)


def _lone(block: Block, context: tuple[str, ...], strict: bool) -> Iterator[Rule]:
    """Yield the rules of a row, and of commands that nothing but a heading explains."""
    if block.kind == ROW:
        said = _row(block)
        if said and not wording.is_filler(said, strict=strict) and (not strict or wording.is_normative(said)):
            yield Rule(block.first, block.last, said, context)
    elif block.kind == CODE and block.label in COMMANDS and (context or "# " in block.text):
        for first, last, note, commands in _commands(block):
            if commands and len(commands) <= LONGEST_CODE and not (strict and _is_chore(note, commands)):
                said = "\n".join([*([note] if note else []), "```", *commands, "```"])
                yield Rule(first, last, said, context)


def _is_chore(note: str, commands: list[str]) -> bool:
    return wording.is_filler("\n".join([note, *(f"`{one}`" for one in commands)]), strict=True)


def _commands(block: Block) -> Iterator[tuple[int, int, str, list[str]]]:
    """Yield the first and last line, the comment and the commands of each part of a shell block."""
    first, note, commands = block.first + 1, "", list[str]()
    lines = block.text.split("\n")
    for number, line in enumerate(lines, block.first + 1):
        if line.startswith("# ") or (not line.strip() and commands):
            if commands:
                yield first, number - 1, note, commands
                note, commands = "", []
                first = number if line.strip() else number + 1
            note = " ".join([note, line.lstrip("# ").strip()]).strip()
        elif line.strip():
            commands.append(line)
    if commands:
        yield first, block.first + len(lines), note, commands


def _row(block: Block) -> str:
    columns = block.label.split("|")
    values = [wording.plain(cell) for cell in cells(block.text)]
    if len([value for value in values if value]) < 2:
        return ""
    named = [
        f"{wording.plain(columns[place])}: {value}" if place > 1 and place < len(columns) else value
        for place, value in enumerate(values)
        if value
    ]
    return f"{named[0]}: {'; '.join(named[1:])}"


def _belongs(block: Block) -> bool:
    return block.kind == CODE and block.text.count("\n") < LONGEST_CODE and bool(block.text.strip())


def _fenced(block: Block) -> str:
    return f"```{block.label}\n{block.text}\n```"


def _end_of_list(blocks: list[Block], at: int) -> int:
    level = blocks[at].level
    end = at + 1
    while end < len(blocks):
        one = blocks[end]
        inside = one.kind in (CODE, PARAGRAPH) and one.level > level
        if one.kind == CODE and one.level >= level and end + 1 < len(blocks):
            inside = inside or (blocks[end + 1].kind == ITEM and blocks[end - 1].kind == ITEM)
        if one.kind != ITEM and not inside:
            break
        end += 1
    return end


def _tree(blocks: list[Block]) -> list[_Node]:
    tops: list[_Node] = []
    path: list[_Node] = []
    for block in blocks:
        if block.kind != ITEM:
            path[-1].extra.append(block)
            continue
        node = _Node(block)
        while path and path[-1].item.level >= block.level:
            path.pop()
        (path[-1].below if path else tops).append(node)
        path.append(node)
    return tops


def _lines(nodes: Sequence[_Node], margin: str) -> Iterator[str]:
    for place, node in enumerate(nodes, 1):
        marker = f"{place}." if node.item.ordered else "-"
        yield f"{margin}{marker} {wording.plain(node.item.text)}"
        yield from _inside(node, margin + "  ")


def _inside(node: _Node, margin: str) -> Iterator[str]:
    for block in node.extra:
        if block.kind == PARAGRAPH:
            yield margin + wording.plain(block.text)
        elif _belongs(block):
            yield _fenced(block)
    yield from _lines(node.below, margin)


def _cut(text: str) -> str:
    """Return at most LONGEST_RULE characters of whole lines, or of one line that is longer."""
    if len(text) <= LONGEST_RULE:
        return text
    end = text.rfind("\n", 0, LONGEST_RULE)
    return text[:end] if end > 0 else text[:LONGEST_RULE].rsplit(" ", 1)[0]
