"""Tools and commands on the command line: the only door to cyclopts.

cyclopts splits the words a person typed among the parameters of a function; everything else (which
command, what a word means as a value, what an error says) is ours and the same for every command.
"""

from __future__ import annotations

import inspect
import os
import sys
from collections.abc import Callable, Collection, Generator, Sequence
from contextlib import contextmanager
from typing import Annotated, Any, cast

from mnemo import fence
from mnemo.errors import MnemoError
from mnemo.interfaces import commands, options, render, streams, usage
from mnemo.interfaces.commands import Command
from mnemo.interfaces.everywhere import Globals, standing_in, take_globals
from mnemo.interfaces.options import Option

Record = dict[str, Any]

FINDINGS = 3
INTERRUPTED = 130

# Commands whose findings are an exit code; other records may list findings without being a check.
JUDGES = ("verify", "memory-verify", "verify-task", "check")

# Commands that begin in a folder that need not be there yet.
MAKERS = ("init", "sample_smoke")

# Parameters that nobody types: the command line passes whoever listens.
SAY, PROGRESS, ASK = "say", "progress", "ask"

# A word that begins with a dash and is no option ("-", "- fixed it", whatever follows --) is passed through
# the parser behind this mark; no argument of a process can contain it.
MARK = "\0"


class Usage(MnemoError):
    """The words typed do not fit the command."""

    exit_code = 2


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code: 0 fine, 1 error, 2 usage, 3 findings, 4 busy, 5 damaged.

    Args:
        argv: the words after `mnemo`; those of this process when left out.
    """
    words = list(sys.argv[1:] if argv is None else argv)
    as_json = "--json" in words[: words.index("--") if "--" in words else None]
    try:
        streams.speak_utf8()
        try:
            return _run([streams.decoded(word) for word in words])
        finally:
            _close()
    except MnemoError as error:
        return _fail(error, as_json)
    except BrokenPipeError:
        return streams.reader_left()
    except KeyboardInterrupt:
        return INTERRUPTED
    except Exception as error:
        if os.environ.get("MNEMO_DEBUG") == "1":
            raise
        return _fail(_unexpected(error), as_json)


def _run(words: list[str]) -> int:
    asked, words = take_globals(words, leading=True)
    if words[:1] == ["serve"]:
        return _serve(asked, words[1:])
    if words[:1] == ["watch"]:
        return _watch(*take_globals(words[1:], asked))
    table = commands.list_commands()
    if asked.version or not words or words[0].startswith("-"):
        return _without_command(asked, words, table)
    found = commands.find_command(words, table)
    if found is None:
        return _group_or_nothing(words, table)
    command, rest = found
    wanted = options.list_options(command.function, command.renamed)
    own = {flag for option in wanted for flag in option.flags}
    asked, rest = take_globals(rest, asked, keep=own)
    if asked.help:
        return streams.tell(usage.page(command))
    record = _call(command, read_words(command, wanted, rest), asked)
    return _tell(command, record, asked.json)


def _without_command(asked: Globals, words: Sequence[str], table: dict[str, Command]) -> int:
    if asked.version:
        return streams.tell(f"mnemo {_version()}")
    if words:
        raise Usage(f"there is no option {fence.line(words[0], 60)} without a command", "Type: mnemo --help")
    return streams.tell(usage.overview(table))


def _serve(asked: Globals, words: list[str]) -> int:
    # `mnemo serve` itself never comes here; this is `mnemo --project DIR serve`.
    from mnemo.interfaces import serve

    given = [("--project", asked.project), ("--workspace", asked.workspace)]
    return serve.main([*words, *(word for flag, folder in given if folder for word in (flag, folder))])


def _watch(asked: Globals, words: list[str]) -> int:
    from mnemo.interfaces import watching

    if asked.help:
        return streams.tell(watching.USAGE)
    if words:
        raise Usage(f"mnemo watch has no {fence.line(words[0], 60)}", "Type: mnemo watch --help")
    with standing_in(asked):
        return watching.main(asked.json)


def _group_or_nothing(words: Sequence[str], table: dict[str, Command]) -> int:
    below = list(commands.iter_below(words[0], table))
    word = fence.line(words[0], 40)
    if below and (len(words) == 1 or words[1] in ("-h", "--help")):
        return streams.tell(usage.below(word, below))
    if below:
        known = ", ".join(command.words.split(" ", 1)[1] for command in below)
        raise Usage(f"mnemo {word} has no {fence.line(words[1], 40)}", f"It has {known}.")
    from difflib import get_close_matches

    close = get_close_matches(words[0].replace("_", "-"), table, 1)
    raise Usage(f'there is no command "{word}"', f"Type: mnemo {close[0]}" if close else "Type: mnemo --help")


def read_words(command: Command, wanted: Sequence[Option], words: Sequence[str]) -> Record:
    """Return the arguments of a command's function from the words behind the command.

    Args:
        command: the command.
        wanted: its options.
        words: as typed; behind -- every word is positional and verbatim.

    Raises:
        Usage: the words do not fit the options.
        Invalid: a word is not the value its option takes.
    """
    typed = _split(command, wanted, words)
    by_name = {option.name: option for option in wanted}
    arguments = {name: options.read_value(by_name[name], value) for name, value in typed.items()}
    for option in wanted:
        text = option.kind == "text" and (option.positional or option.name == "content")
        if text and arguments.get(option.name) == "-":
            arguments[option.name] = streams.standard_input()
    return arguments


def _split(command: Command, wanted: Sequence[Option], words: Sequence[str]) -> dict[str, Any]:
    from cyclopts import App
    from cyclopts.exceptions import CycloptsError

    def taken(**typed: Any) -> Record:
        return typed

    taken.__annotations__ = {}
    taken.__dict__["__signature__"] = inspect.Signature([_parameter(option) for option in wanted])
    app = App(name="mnemo", help_flags=(), version_flags=(), default_command=taken)
    try:
        bound = app.parse_args(_marked(words), exit_on_error=False, print_error=False)[1]
    except CycloptsError as error:
        raise _misused(error, command, wanted, words) from None
    return {name: _unmarked(value) for name, value in bound.arguments.items()}


def _parameter(option: Option) -> inspect.Parameter:
    from cyclopts import Parameter

    # Every value arrives as the word typed: what it means is read in options.py, with our own errors.
    word: Any = bool if option.kind == "flag" else list[str] if option.many else str
    if not option.required:
        word = word | None  # where pydantic is loaded, cyclopts lets it check the default as well
    how = Parameter(name=option.flags, negative=(), allow_leading_hyphen=not option.positional)
    return inspect.Parameter(
        option.name,
        inspect.Parameter.POSITIONAL_OR_KEYWORD if option.positional else inspect.Parameter.KEYWORD_ONLY,
        default=inspect.Parameter.empty if option.required else None,
        annotation=Annotated[word, how],
    )


def _marked(words: Sequence[str]) -> list[str]:
    marked: list[str] = []
    for place, word in enumerate(words):
        if word == "--":
            return [*marked, word, *(MARK + later for later in words[place + 1 :])]
        name = word.split("=", 1)[0]
        is_text = word == "-" or (word.startswith("-") and any(letter.isspace() for letter in name))
        marked.append(MARK + word if is_text else word)
    return marked


def _unmarked(value: Any) -> Any:
    if isinstance(value, str):
        return value.removeprefix(MARK)
    if isinstance(value, list):
        return [_unmarked(each) for each in cast("list[Any]", value)]
    return value


def _misused(error: Any, command: Command, wanted: Sequence[Option], words: Sequence[str]) -> Usage:
    """Return a parser's complaint in our words, with the line to type."""
    from cyclopts import exceptions as said

    line = usage.usage_line(command, wanted)
    argument = error.argument
    if isinstance(error, said.UnknownOptionError):
        flag = error.token.keyword or error.token.value
        return Usage(f"mnemo {command.words} has no {fence.line(flag, 60)}{_perhaps(flag, wanted)}", line)
    if isinstance(error, said.MissingArgumentError):
        asked = next((option for option in wanted if argument and argument.name in option.flags), None)
        typed = [word.split("=", 1)[0] for word in words]
        given = next((flag for flag in (asked.flags if asked else ()) if flag in typed), "")
        missing = f"{options.name_of(asked) if asked else 'something'} is missing"
        return Usage(f"{given} needs a value" if given else missing, line)
    if isinstance(error, said.RepeatArgumentError):
        return Usage(f"{error.token.keyword} was given twice", line)
    if isinstance(error, said.UnusedCliTokensError):
        extra = fence.line(" ".join(error.unused_tokens or ()).replace(MARK, ""), 60)
        return Usage(f'too many words: "{extra}" (a text of several words needs quotes)', line)
    return Usage(fence.line(str(error), 200), line)


def _perhaps(flag: str, wanted: Sequence[Option]) -> str:
    from difflib import get_close_matches

    close = get_close_matches(flag, [name for option in wanted for name in option.flags], 1)
    return f"; perhaps {close[0]}" if close else ""


def _call(command: Command, arguments: Record, asked: Globals) -> Record:
    from mnemo import project, projects

    parameters = inspect.signature(command.function).parameters
    rest = [name for name in arguments if parameters[name].kind is options.REST]
    words = [word for name in rest for word in arguments.pop(name)]
    with (
        # Whoever types at a terminal is a person; what runs without one was started by a program.
        project.acting("cli", f"cli-{os.getppid()}", "person" if sys.stdin.isatty() else "agent"),
        standing_in(asked, making=command.name in MAKERS),
        _listening(command, parameters, asked) as listeners,
    ):
        return projects.forgiving(lambda: command.function(*words, **arguments, **listeners))


@contextmanager
def _listening(
    command: Command, names: Collection[str], asked: Globals
) -> Generator[dict[str, Callable[..., object]], None, None]:
    """Give a function whoever hears what it says meanwhile, and whoever draws how far it is."""
    listeners: dict[str, Callable[..., object]] = {}
    if ASK in names and not asked.json:
        from mnemo.interfaces import walking

        asker = walking.find_asker()
        listeners |= {ASK: asker} if asker else {}
    if SAY in names:
        listeners[SAY] = _unheard if asked.json else streams.tell
    if PROGRESS not in names:
        yield listeners
        return
    from mnemo.interfaces import terminal

    with terminal.progress(command.words, sys.stderr) as advance:
        yield {**listeners, PROGRESS: advance}


def _unheard(_text: str) -> None:
    """Say nothing: standard output is for the record alone."""


def _tell(command: Command, record: Record, as_json: bool) -> int:
    whole = {"schema": "mnemo.v1", **record}
    text = render.as_json(whole) if as_json else _worded(command.name, record)
    if text:
        streams.tell(text)
    if record.get("interrupted"):
        return INTERRUPTED
    if command.words == "evidence run":
        # Like env or time: whoever wraps a test run in it still sees how the run ended.
        return _shell_code(record["exit_code"])
    refused = record.get("ok") is False or record.get("accepted") is False
    return FINDINGS if refused or (command.words in JUDGES and record.get("findings")) else 0


def _worded(name: str, record: Record) -> str:
    from mnemo.interfaces import tables

    return tables.find_table(name, record) or render.text(name, record)


def _shell_code(exit_code: int) -> int:
    return exit_code if exit_code >= 0 else 128 - exit_code


def _close() -> None:
    # Only what needed a project has opened one: --help stays quick.
    if "mnemo.projects" in sys.modules:
        sys.modules["mnemo.projects"].closing()


def _fail(error: MnemoError, as_json: bool) -> int:
    try:
        if as_json:
            streams.tell(render.as_json(error.record()))
        sys.stderr.write(f"Error: {render.error(error)}\n")
        sys.stderr.flush()
    except BrokenPipeError:
        streams.reader_left()
    return error.exit_code


def _unexpected(error: Exception) -> MnemoError:
    what = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
    return MnemoError(what, "MNEMO_DEBUG=1 shows where; mnemo doctor checks the store.", "unexpected")


def _version() -> str:
    from importlib.metadata import version

    return version("mnemo-repo")
