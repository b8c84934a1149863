"""What --help prints: the overview of commands, the page of one, and the line to type."""

from __future__ import annotations

from collections.abc import Iterable

from mnemo.interfaces.commands import GROUPS, PROCESSES, Command
from mnemo.interfaces.options import Option, list_options

EVERYWHERE = (
    ("--json", "print the record instead of text"),
    ("--project DIR", "the repository to use; left out, the one you stand in"),
    ("--workspace DIR", "a folder whose store is used, also outside a repository"),
    ("--help", "explain a command"),
)
HEADINGS = {"originals": "originals (also spelled with dashes)"}
WIDTH = 100


def overview(table: dict[str, Command]) -> str:
    """Return the list of all commands by group."""
    lines = ["Project memory that is checked against your code each time it is told.", ""]
    lines += ["Usage: mnemo COMMAND [OPTIONS]"]
    for group in GROUPS:
        members = [command for command in table.values() if command.listed and command.group == group]
        if members:
            lines += ["", f"{HEADINGS.get(group, group)}:", *_columns(_spoken(each) for each in members)]
    lines += ["", "server:", *_columns(PROCESSES)]
    lines += ["", "everywhere:", *_columns(EVERYWHERE), "", "mnemo COMMAND --help explains one command."]
    return "\n".join(lines)


def page(command: Command) -> str:
    """Return the help of one command: its line, what it does, its options."""
    options = list_options(command.function, command.renamed)
    lines = [usage_line(command, options), "", _first_paragraph(command.function.__doc__ or "")]
    if options:
        lines += ["", *_columns((_typed(option), _about(option)) for option in options)]
    return "\n".join([*lines, "", *_columns(EVERYWHERE)])


def below(word: str, members: Iterable[Command]) -> str:
    """Return the commands that begin with a word, such as evidence."""
    rows = _columns(_spoken(each) for each in members)
    return "\n".join([f"Usage: mnemo {word} COMMAND [OPTIONS]", "", *rows])


def usage_line(command: Command, options: Iterable[Option]) -> str:
    """Return the line to type: what must be given, then what may."""
    words: list[str] = []
    for option in options:
        name = option.metavar + ("..." if option.many else "")
        if option.positional:
            words.append(name if option.required else f"[{name}]")
        elif option.required:
            words.append(f"{option.flags[0]} {option.metavar}")
    return " ".join(["Usage: mnemo", command.words, *words, "[OPTIONS]"])


def _spoken(command: Command) -> tuple[str, str]:
    words = command.words.replace("-", "_") if command.group == "originals" else command.words
    return words, _first_paragraph(command.function.__doc__ or "").split("\n", 1)[0]


def _typed(option: Option) -> str:
    return option.flag if option.kind == "flag" else f"{option.flag} {option.metavar}"


def _about(option: Option) -> str:
    about = option.about
    if option.kind == "choice":
        about += f" One of {', '.join(option.choices)}."
    if option.many:
        about += " May be repeated."
    if option.default not in (None, "", False, 0, []):
        default = f"{option.default:g}" if isinstance(option.default, float) else option.default
        about += f" Default {default}."
    return about.strip()


def _columns(rows: Iterable[tuple[str, str]]) -> list[str]:
    # textwrap is worth its import only for those who read this.
    from textwrap import wrap

    rows = list(rows)
    edge = min(28, max((len(left) for left, _ in rows), default=0))
    lines: list[str] = []
    for left, right in rows:
        first, *rest = wrap(right, WIDTH - edge - 4) or [""]
        if len(left) > edge:
            lines += [f"  {left}", f"  {'':<{edge}}  {first}"]
        else:
            lines.append(f"  {left:<{edge}}  {first}".rstrip())
        lines += [f"  {'':<{edge}}  {more}" for more in rest]
    return lines


def _first_paragraph(docstring: str) -> str:
    return " ".join(line.strip() for line in docstring.strip().split("\n\n", 1)[0].splitlines())
