"""`mnemo demo`: the whole story on a throw-away copy, through a real server and a real MCP client.

This is the only door to the mcp library, whose client the demonstration uses.
"""

from __future__ import annotations

import ast
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NamedTuple

from mnemo.errors import MnemoError
from mnemo.repo.location import find_place

if TYPE_CHECKING:
    from mcp import Client

RECORD = "mnemo/record"
MOST_FILES = 3_000
LARGEST_SOURCE = 200_000
WIDTH = 100

Record = dict[str, Any]


class Subject(NamedTuple):
    """The definition that the story is about.

    Args:
        path: its file, relative to the repository.
        name: its name.
        about: what its author says of it.
    """

    path: str
    name: str
    about: str

    @property
    def anchor(self) -> str:
        """The anchor that pins a claim to it."""
        return f"{self.path}::{self.name}"


class Step(NamedTuple):
    """One step that was taken, for the record.

    Args:
        title: what was done.
        call: what was called.
        answer: what came back.
        ms: how long it took, milliseconds.
    """

    title: str
    call: str
    answer: str
    ms: float


def demo(say: Callable[[str], None] = print) -> Record:
    """Show the main job on a throw-away copy of this repository, through a real server and client.

    Args:
        say: gets each step as text as soon as it is done.
    """
    import asyncio

    with tempfile.TemporaryDirectory(prefix="mnemo-demo-") as scratch:
        folder, source = _copy(os.path.join(os.path.realpath(scratch), "repository"))
        say(f"A throw-away copy of {source}; your own files and memory stay untouched.\n")
        story = _Story(folder, scratch, say)
        asyncio.run(story.tell(_subject(folder)))
    program = shutil.which("mnemo") or os.path.join(os.path.dirname(sys.executable), "mnemo")
    line = f"{program} install"
    say(f"\nNow go to your own repository and type:  {line}")
    return {"schema": "mnemo.v1", "ok": True, "steps": [step._asdict() for step in story.steps], "next": line}


class _Story:
    """The steps in order, each timed."""

    def __init__(self, folder: str, scratch: str, say: Callable[[str], None]) -> None:
        self.folder = folder
        self.say = say
        self.steps: list[Step] = []
        home = os.path.join(scratch, "home")
        os.mkdir(home)
        kept = ("PATH", "LANG", "LC_ALL", "PYTHONPATH", "VIRTUAL_ENV", "TMPDIR")
        self.environ = {name: os.environ[name] for name in kept if name in os.environ} | {"HOME": home}

    async def tell(self, subject: Subject) -> None:
        """Take every step of the story.

        Raises:
            MnemoError: a step did not go as told.
        """
        from mcp import Client, StdioServerParameters
        from mcp.client.stdio import stdio_client

        server = StdioServerParameters(
            command=sys.executable,
            args=["-m", "mnemo", "serve", "--project", self.folder],
            env=self.environ,
            cwd=self.folder,
        )
        failure: MnemoError | None = None
        with open(os.devnull, "w", encoding="utf-8") as nowhere:
            begun = time.perf_counter()
            async with Client(stdio_client(server, errlog=nowhere)) as client:
                try:
                    await self._steps(client, subject, begun)
                except MnemoError as error:
                    # Raised through the client's task groups it would arrive wrapped in groups of its own.
                    failure = error
        if failure:
            raise failure

    async def _steps(self, client: Client, subject: Subject, begun: float) -> None:
        tools = [tool.name for tool in (await client.list_tools()).tools]
        self._done(
            "a real MCP client starts a real server", "mnemo serve", f"tools: {', '.join(tools)}", begun
        )
        await self._remember(client, subject)
        await self._work(client, subject)

    async def _remember(self, client: Client, subject: Subject) -> None:
        content = f"{subject.name}: {subject.about}"
        await self._call(
            client, "an agent claims, pinned to the code", "claim", content=content, anchors=[subject.anchor]
        )
        await self._recall(client, "recalled: proven against the code", subject, "proven")
        path = os.path.join(self.folder, subject.path)
        with _edited(path, subject.name):
            self._say_edit(f"somebody renames {subject.name} in {subject.path}")
            await self._recall(
                client, "recalled after the edit: withheld, with the reason", subject, "refuted"
            )
        self._say_edit("the edit is reverted")
        await self._recall(client, "recalled again: proven", subject, "proven")

    async def _work(self, client: Client, subject: Subject) -> None:
        criterion = f"{subject.path} compiles"
        added = await self._call(
            client,
            "work is queued with a criterion",
            "dispatch",
            action="add",
            title="check it",
            criteria=[criterion],
        )
        task = added["tasks"][0]["id"]
        await self._call(client, "an agent takes it", "dispatch", action="take", task=task)
        held = await self._call(
            client,
            '"done" without evidence is refused',
            "dispatch",
            action="complete",
            task=task,
            summary="done, trust me",
        )
        self._expect(held["dispatch"]["task_status"] == "submitted", "the task was held at submitted")
        evidence = self._evidence(task, subject.path)
        done = await self._call(
            client,
            "done, with evidence to inspect",
            "dispatch",
            action="complete",
            task=task,
            evidence=[evidence],
        )
        self._expect(done["dispatch"]["task_status"] == "completed", "the task was completed")

    def _evidence(self, task: str, path: str) -> str:
        program = "import sys; compile(open(sys.argv[1]).read(), sys.argv[1], 'exec'); print('it compiles')"
        command = [sys.executable, "-c", program, path]
        begun = time.perf_counter()
        told = subprocess.run(
            [sys.executable, "-m", "mnemo", "--json", "evidence", "run", "--task", task, "--", *command],
            cwd=self.folder,
            env=self.environ,
            capture_output=True,
            text=True,
            check=False,
        )
        import json

        self._expect(told.returncode == 0, "the command that is evidence ran")
        record = json.loads(told.stdout[told.stdout.index("{") :])
        self._done(
            "the command that proves it is run and kept",
            "mnemo evidence run -- …",
            f"{record['id']}: exit 0",
            begun,
        )
        return record["id"]

    async def _recall(self, client: Client, title: str, subject: Subject, verdict: str) -> None:
        record = await self._call(client, title, "recall", path=subject.path)
        told = record["withheld"] if verdict == "refuted" else record["claims"]
        self._expect(any(one["verdict"] == verdict for one in told), f"the claim was {verdict}")

    async def _call(self, client: Client, step: str, tool: str, /, **arguments: Any) -> Record:
        begun = time.perf_counter()
        result = await client.call_tool(tool, arguments)
        text = "\n".join(getattr(block, "text", "") for block in result.content)
        if result.is_error:
            raise MnemoError(f"{tool} answered: {text}", "Run `mnemo doctor`.")
        shown = ", ".join(f"{name}={value!r}" for name, value in arguments.items())
        self._done(step, f"{tool}({shown})", text, begun)
        return (result.meta or {})[RECORD]

    def _say_edit(self, what: str) -> None:
        self._done(what, "", "", time.perf_counter())

    def _done(self, title: str, call: str, answer: str, begun: float) -> None:
        step = Step(title, call, answer, round((time.perf_counter() - begun) * 1000, 1))
        self.steps.append(step)
        taken = f"  [{step.ms:.0f} ms]" if call else ""
        self.say(f"{len(self.steps):2}. {title}{taken}")
        if call:
            self.say(f"      {call if len(call) <= WIDTH else call[: WIDTH - 1] + '…'}")
        for line in answer.splitlines()[:6]:
            self.say(f"      {line if len(line) <= WIDTH else line[: WIDTH - 1] + '…'}")

    def _expect(self, holds: bool, what: str) -> None:
        if not holds:
            raise MnemoError(
                f"The demonstration went wrong: not so that {what}.", "Run `mnemo doctor` and report it."
            )


def _copy(folder: str) -> tuple[str, str]:
    """Copy this repository, or the installed package's sources; return the copy and what it is of."""
    place = find_place(os.getcwd())
    if (
        place
        and place.top
        and _git("clone", "-q", "--no-hardlinks", "--depth", "1", f"file://{place.top}", folder)
    ):
        if any(name.endswith(".py") for _, _, names in os.walk(folder) for name in names):
            return folder, place.top
        shutil.rmtree(folder)
    shutil.copytree(
        os.path.dirname(os.path.dirname(os.path.abspath(__file__))),
        folder,
        ignore=shutil.ignore_patterns("__pycache__"),
    )
    who = (
        "-c",
        "user.name=mnemo demo",
        "-c",
        "user.email=demo@example.invalid",
        "-c",
        "commit.gpgsign=false",
    )
    for words in (("init", "-q"), ("add", "."), (*who, "commit", "-q", "-m", "sources")):
        if not _git("-C", folder, *words):
            raise MnemoError(
                "git could not make the copy.", "Check `git --version` and the disk's free space."
            )
    return folder, "the installed package's sources"


def _git(*words: str) -> bool:
    safe = ("-c", "core.hooksPath=/dev/null", "-c", "init.templateDir=", "-c", "core.fsmonitor=false")
    try:
        return subprocess.run(["git", *safe, *words], capture_output=True, check=False).returncode == 0
    except FileNotFoundError:
        raise MnemoError("git is not installed.", "Install git, then try again.") from None


def _subject(folder: str) -> Subject:
    """Return a function of the copy that its author explained; tests are the last choice."""
    spare: Subject | None = None
    for path in _sources(folder):
        with open(os.path.join(folder, path), encoding="utf-8", errors="replace") as file:
            try:
                tree = ast.parse(file.read(LARGEST_SOURCE))
            except (SyntaxError, ValueError):
                continue
        for node in tree.body:
            if not isinstance(node, ast.FunctionDef) or node.name.startswith("_") or node.name == "main":
                continue
            about = (ast.get_docstring(node) or "").split("\n", 1)[0]
            found = Subject(
                path, node.name, about or "the one place for this; call it, do not write it again"
            )
            if about and "test" not in path:
                return found
            spare = spare or found
    if spare is None:
        raise MnemoError(
            "This repository holds no Python function to pin a claim to.", "Try the demo in another folder."
        )
    return spare


def _sources(folder: str) -> Iterator[str]:
    seen = 0
    for home, folders, names in os.walk(folder):
        folders[:] = sorted(one for one in folders if not one.startswith("."))
        for name in sorted(names):
            path = os.path.join(home, name)
            if name.endswith(".py") and not os.path.islink(path) and seen < MOST_FILES:
                seen += 1
                yield os.path.relpath(path, folder)


@contextmanager
def _edited(path: str, name: str) -> Generator[None]:
    """Rename a definition in a file, and put it back."""
    with open(path, encoding="utf-8", newline="") as file:
        before = file.read()
    with open(path, "w", encoding="utf-8", newline="") as file:
        file.write(before.replace(f"def {name}(", f"def {name}_renamed("))
    try:
        yield
    finally:
        with open(path, "w", encoding="utf-8", newline="") as file:
            file.write(before)
