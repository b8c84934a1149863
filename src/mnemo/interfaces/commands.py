"""Which words the command line knows: every tool and every command for people, in one table."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

Record = dict[str, Any]

# A tool memory_x is typed x, unless the ledger or the work log had the word first.
TAKEN = ("plan", "status", "log", "init", "verify")

GROUPS = ("memory", "work", "correcting", "upkeep", "originals")
# What these tools do, each action by itself, are commands already.
UNLISTED = ("work",)
GROUP_OF_TOOLSET = {"work": "work", "snapshot": "upkeep", "ops": "upkeep", "projects": "upkeep"}
GROUP_OF_WORD = {
    "memory": ("claim", "verify", "why", "check", "survey", "import", "brief"),
    "work": (
        "log", "dispatch", "evidence", "run", "plan", "gate", "board",
        "start", "approve-plan", "reject-plan", "pause", "resume", "cancel", "review", "enqueue-event",
        "report", "handoff", "status",
        "verify-task", "record-external-check", "record-approval", "record-graph-diff", "select-patch",
        "release-gate", "audit",
        "worker-payload", "dispatch-task", "list-dispatches", "claim-dispatch", "complete-dispatch",
        "fail-dispatch", "context-bundle", "route-task", "recover-jobs", "graph-status", "graph-update",
        "memory-prefetch", "memory-writeback", "classify", "skills",
    ),
    "correcting": ("claims", "show", "edit", "forget", "undo", "inbox", "mend", "where", "quiet"),
    "originals": (
        "log-work", "fetch-branch-logs", "cleanup-deleted-branches", "prune-old-logs", "prune-by-size",
    ),
}  # fmt: skip


class Command(NamedTuple):
    """One command.

    Args:
        words: as people type it, such as "recall" or "evidence run".
        name: the tool or command whose record it returns, as render knows it.
        made_by: the plain typed function behind it, or its place in the table of commands.
        group: one of GROUPS, where --help lists it.
        renamed: option names of the originals and what we call them.
        listed: whether --help lists it.
    """

    words: str
    name: str
    made_by: Callable[..., Record] | str
    group: str
    renamed: dict[str, str]
    listed: bool = True

    @property
    def function(self) -> Callable[..., Record]:
        """The function behind it, imported when it is first asked for."""
        from mnemo.tools.commands import get_function

        return get_function(self.made_by) if isinstance(self.made_by, str) else self.made_by


def list_commands() -> dict[str, Command]:
    """Return every command by its words in kebab case; commands for people win over tools."""
    from mnemo.tools.commands import COMMANDS
    from mnemo.tools.toolsets import HIDDEN, TOOLSETS

    table: dict[str, Command] = {}
    for toolset, tools in TOOLSETS.items():
        for tool in tools:
            name = tool.__name__
            for place, words in enumerate(_words_of_tool(name)):
                group = _group_of(words, GROUP_OF_TOOLSET.get(toolset, "memory"))
                listed = place == 0 and toolset not in UNLISTED
                table[words] = Command(words, name, tool, group, {}, listed=listed)
    for name, (tool, renamed) in HIDDEN.items():
        table.setdefault(_kebab(name), Command(_kebab(name), name, tool, "memory", renamed, listed=False))
    for key, function in (OWN | COMMANDS).items():
        words = _kebab(key)
        table[words] = Command(words, key, function, _group_of(words, "upkeep"), {})
    return table


def demo(say: Callable[[str], None] = print) -> Record:
    """Show on a throw-away copy of this repository what mnemo does.

    Args:
        say: hears each step as soon as it is done.
    """
    from mnemo.interfaces import demo as story

    return story.demo(say)


# Commands that need an interface, so that no tool can hold them.
OWN: dict[str, Callable[..., Record]] = {"demo": demo}
# Processes that never come to the table: the console entry starts them before anything is imported.
PROCESSES = (
    ("serve", "Answer MCP on standard input and output; a client normally starts it."),
    ("hook", "Answer one event of a client, which starts it: `mnemo hook EVENT [--client NAME]`."),
    ("watch", "Show claims as the code proves or refutes them, until Ctrl-C."),
)


def find_command(words: Sequence[str], table: dict[str, Command]) -> tuple[Command, Sequence[str]] | None:
    """Return the command that words begin with and the words left over; of two commands the longer."""
    typed = [_kebab(word) for word in words[:2]]
    for length in range(len(typed), 0, -1):
        command = table.get(" ".join(typed[:length]))
        if command is not None:
            return command, words[length:]
    joined = table.get(typed[0].replace("-", " ", 1)) if typed else None
    return (joined, words[1:]) if joined else None


def iter_below(word: str, table: dict[str, Command]) -> Iterator[Command]:
    """Yield the two-word commands that begin with word."""
    return (command for words, command in table.items() if words.startswith(f"{_kebab(word)} "))


def _words_of_tool(name: str) -> tuple[str, ...]:
    short = _kebab(name.removeprefix("memory_"))
    if short == _kebab(name):
        return (short,)
    return (_kebab(name),) if short in TAKEN else (short, _kebab(name))


def _group_of(words: str, otherwise: str) -> str:
    first = words.split(" ", 1)[0]
    for group, known in GROUP_OF_WORD.items():
        if words in known or first in known:
            return group
    return otherwise


def _kebab(name: str) -> str:
    return name.replace("_", "-")
