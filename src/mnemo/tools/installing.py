"""Registering mnemo with the clients, and taking it out again: install, uninstall."""

from __future__ import annotations

import difflib
import os
import shutil
import sys
import sysconfig
from contextlib import suppress
from typing import Any, Literal

from mnemo import clock, fence, homes, projects
from mnemo.clients import files, installed, planning, stale, vscode
from mnemo.clients.entries import NAME, Setup, Target
from mnemo.clients.planning import Plan, Step
from mnemo.clients.table import CLIENTS, Client, list_here
from mnemo.errors import Conflict, Invalid, MnemoError, NotARepository, Refused
from mnemo.health import restoring
from mnemo.redact import redact
from mnemo.repo.git import Git
from mnemo.repo.location import find_place, get_place
from mnemo.tools.asking import YES_OR_NO, Ask, Say
from mnemo.tools.remembering import SCHEMA

Record = dict[str, Any]
Name = Literal["claude", "cursor", "codex", "vscode", "gemini", "opencode", "windsurf"]
Scope = Literal["local", "user", "project"]

LONGEST_LINE = 200
IMPORT = "mnemo import auto"
# Below the package; no tool imports an interface, and here only its place is wanted.
HOOK_START = ("interfaces", "hooks", "start.py")


def install(
    client: Name | None = None,
    scope: Scope | None = None,
    dry_run: bool = False,
    yes: bool = False,
    allow: bool = False,
    no_allow: bool = False,
    rules: bool = False,
    say: Say | None = None,
    ask: Ask | None = None,
) -> Record:
    """Register server and hooks with a client; the difference is shown first.

    Args:
        client: which one; left out, those that are found here.
        scope: local (you, this repository), user (you, everywhere) or project (everyone, this repository);
            left out, the first of these that the client has.
        dry_run: show the difference and change nothing.
        yes: do not ask.
        allow: let Claude Code use the six tools without a question each time.
        no_allow: do not, and do not ask about it.
        rules: write a page of rules for Cursor too.
        say: hears the difference before it is made.
        ask: shows a question and returns the key pressed; left out, nobody is there and it goes ahead.
    """
    base = _setup(rules=rules)
    notes: list[str] = []
    chosen = _chosen(client, scope, base, notes)
    if not (allow or no_allow or yes or dry_run) and ask and any(one.name == "claude" for one, _ in chosen):
        allow = _agrees(ask, "Let Claude Code use mnemo's six tools without asking you each time?")
    plan = Plan(_records(base))
    before = plan.kept()
    told: list[Record] = []
    for one, setup in chosen:
        for target in _targets_to_install(one, setup._replace(allow=allow and not no_allow), notes):
            plan.install(one.name, setup, target)
        told.append({"client": one.name, "scope": setup.scope, "wants": one.wants(setup)})
        notes += _cautions(one, setup)
    done = _carried_out(plan, before, base, "Install?", dry_run=dry_run, yes=yes, say=say, ask=ask)
    following = [IMPORT] if done or not any(step.changes for step in plan.steps) else []
    return {**_record(plan, done, dry_run), "clients": told, "next": following, "notes": notes}


def uninstall(
    client: Name | None = None,
    scope: Scope | None = None,
    data: bool = False,
    dry_run: bool = False,
    yes: bool = False,
    say: Say | None = None,
    ask: Ask | None = None,
) -> Record:
    """Take out of the clients exactly what install put there.

    Args:
        client: which one; left out, every one.
        scope: local, user or project; left out, all of them, but nothing shared that was not installed here.
        data: move this repository's memory to the backups too.
        dry_run: show the difference and change nothing.
        yes: do not ask.
        say: hears the difference before it is made.
        ask: shows a question and returns the key pressed; left out, nobody is there and it goes ahead.
    """
    if data and not (yes or ask or dry_run):
        raise Refused("Nobody is there to agree that the memory is moved away.", "Add --yes to agree.")
    base = _setup(rules=True)._replace(allow=True)
    notes: list[str] = []
    plan = Plan(_records(base))
    before = plan.kept()
    for one in [CLIENTS[client]] if client else CLIENTS.values():
        for each in _scopes_to_leave(one, scope, base):
            _take_out(plan, one, base._replace(scope=each), named=(client, scope), notes=notes)
    done = _carried_out(plan, before, base, "Uninstall?", dry_run=dry_run, yes=yes, say=say, ask=ask)
    record: Record = {**_record(plan, done, dry_run), "clients": [], "next": []}
    notes += [f"an older entry is back in {path}: uninstall again to remove it" for path in plan.older()]
    notes += [f"still installed for {place}" for place in _places_left(plan)] if client is None else []
    declined = not done and any(step.changes for step in plan.steps)
    if data and not dry_run and not declined:
        record |= _moved_away(
            yes or ask is None or _agrees(ask, "Move this repository's memory to the backups?")
        )
    return {**record, "notes": notes}


def list_stale() -> list[stale.Stale]:
    """Return what installations for this user and repository left behind that no longer works."""
    base = _setup()
    return list(stale.iter_stale(base.home, base.top, base.main, base.environ))


def program_words() -> tuple[str, ...]:
    """Return the words that start this very mnemo, absolute: its console script, else the interpreter."""
    script = os.path.join(sysconfig.get_path("scripts"), NAME)
    return (script,) if os.access(script, os.X_OK) else (sys.executable, "-m", NAME)


def hook_words() -> tuple[str, ...]:
    """Return the words before a hook's event, absolute: the quickest way in, past every installed package."""
    start = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), *HOOK_START)
    return (sys.executable, "-I", "-S", start) if os.path.isfile(start) else (*program_words(), "hook")


def _setup(*, rules: bool = False) -> Setup:
    place = find_place(projects.start_folder(os.environ))
    top = (place.top if place else "") or ""
    main = top
    if place and top and os.path.basename(place.common_dir) == ".git":
        # Claude Code takes the main working tree for the project of all linked ones.
        main = os.path.dirname(place.common_dir)
    return Setup(
        homes.home(os.environ), top, main, "", program_words(), hook_words(), os.environ, rules=rules
    )


def _chosen(name: str | None, scope: str | None, base: Setup, notes: list[str]) -> list[tuple[Client, Setup]]:
    found = [CLIENTS[name]] if name else list_here(base)
    if not found:
        notes.append("No client was found here: this is for Claude Code.")
        found = [CLIENTS["claude"]]
    elif not name:
        notes.append(f"Found here: {', '.join(one.title for one in found)}.")
    chosen: list[tuple[Client, Setup]] = []
    for one in found:
        each = scope or one.scopes[0]
        if each not in one.scopes:
            if name:
                raise Invalid(f"{one.title} has no scope {each}.", f"It has {' and '.join(one.scopes)}.")
            notes.append(f"{one.title} has no scope {each}: left out.")
            continue
        if scope is None and each != "local":
            notes.append(f"{one.title} has no local scope: {each} is used.")
        _check_reach(one, each, base)
        chosen.append((one, base._replace(scope=each)))
    return chosen


def _check_reach(client: Client, scope: str, base: Setup) -> None:
    if scope != "user" and not base.top:
        start = projects.start_folder(os.environ)
        get_place(start)
        raise NotARepository(f"{start!r} has no working tree.", "Go to one, or say --scope user.")
    if scope != "project" and not base.home:
        raise Invalid(f"There is no home folder for {client.title}'s settings.", "Set HOME.")


def _targets_to_install(client: Client, setup: Setup, notes: list[str]) -> list[Target]:
    targets = client.targets(setup)
    if client.name != "vscode":
        return targets
    for path in vscode.list_hook_files_of_claude(setup):
        with suppress(OSError, UnicodeDecodeError):
            with open(path, encoding="utf-8") as file:
                text = file.read(files.LARGEST)
            if f"{NAME} hook" in text or f"{NAME}' hook" in text or f"{NAME}/interfaces/hooks" in text:
                notes.append("VS Code runs the hooks in Claude Code's settings: it gets none of its own.")
                return targets[:1]
    return targets


def _cautions(client: Client, setup: Setup) -> list[str]:
    if setup.shared and not shutil.which(NAME, path=setup.environ.get("PATH")):
        link = os.path.join(os.path.join(setup.home, ".local", "bin"), NAME)
        return [f"{NAME} is not on your PATH, which --scope project needs: ln -s {setup.program[0]} {link}"]
    if client.name == "claude" and setup.scope == "local" and not _is_ignored(setup):
        return ["add .claude/settings.local.json to .gitignore: it names paths of your machine"]
    return []


def _is_ignored(setup: Setup) -> bool:
    name = os.path.join(".claude", "settings.local.json")
    with suppress(MnemoError):
        return name in Git(get_place(setup.main)).ignored([name])
    return True


def _scopes_to_leave(client: Client, scope: str | None, base: Setup) -> list[str]:
    reached = [each for each in client.scopes if base.home and (base.top or each == "user")]
    return [each for each in reached if scope in (None, each)]


def _take_out(
    plan: Plan, client: Client, setup: Setup, named: tuple[str | None, str | None], notes: list[str]
) -> None:
    name, scope = named
    project = planning.project_of(setup)
    known = [one for one in plan.kept() if one[1:4] == (client.name, setup.scope, project)]
    targets = client.targets(setup)
    for one in known:
        if one.path not in {target.path for target in targets}:
            twin = next((target for target in targets if target.form == one.form), None)
            targets += [twin._replace(path=one.path)] if twin else []
    meant = scope is not None or (name is not None and client.scopes[0] == setup.scope)
    if setup.shared and not known and not meant:
        trial = Plan(())
        with suppress(MnemoError):
            shared = client.targets(setup._replace(allow=False))
            if any(trial.uninstall(client.name, setup, target).changes for target in shared):
                notes.append(
                    f"What {client.title} shares in this repository stays; --scope project removes it."
                )
        return
    for target in targets:
        try:
            plan.uninstall(client.name, setup, target)
        except MnemoError as error:
            if name or known:
                raise
            notes.append(f"left alone: {error.message}")


def _records(base: Setup) -> list[installed.Installed]:
    return installed.read(homes.home_folder(os.environ)) if base.home else []


def _carried_out(
    plan: Plan,
    before: list[installed.Installed],
    base: Setup,
    question: str,
    *,
    dry_run: bool,
    yes: bool,
    say: Say | None,
    ask: Ask | None,
) -> bool:
    """Show what a plan changes, ask, and do it; return whether it was done."""
    changing = [step for step in plan.steps if step.changes]
    for step in changing:
        if say:
            say(difference(step))
    if dry_run or (not changing and plan.kept() == before):
        return False
    if changing and ask and not yes and not _agrees(ask, question):
        return False
    if not base.home:
        files.write_all(plan.changes())
        return True
    folder = homes.home_folder(os.environ)
    with installed.turn(folder):
        if installed.read(folder) != before:
            raise Conflict("Another installation went on meanwhile.", "Try again.")
        installed.write(folder, plan.kept())
        try:
            files.write_all(plan.changes())
        except MnemoError:
            installed.write(folder, before)
            raise
    return bool(changing)


def _agrees(ask: Ask, question: str) -> bool:
    return ask("question", {"question": question}, YES_OR_NO) == "y"


def difference(step: Step) -> str:
    """Return what a step changes, as a unified diff; secrets that stand beside it are left out."""
    old, new = (step.before or "").splitlines(), (step.after or "").splitlines()
    path = step.found.path
    names = (path if step.before is not None else os.devnull, path if step.after is not None else os.devnull)
    lines = difflib.unified_diff(old, new, *names, lineterm="")
    whole = redact(fence.escape("\n".join(lines)))
    return "\n".join(
        line if len(line) <= LONGEST_LINE else line[:LONGEST_LINE] + "…" for line in whole.split("\n")
    )


def _record(plan: Plan, done: bool, dry_run: bool) -> Record:
    return {
        **SCHEMA,
        "done": done,
        "dry_run": dry_run,
        "files": [
            {
                "path": step.found.path,
                "client": step.client,
                "scope": step.scope,
                "change": _word(step),
                "difference": difference(step) if step.changes else "",
            }
            for step in plan.steps
            if step.before is not None or step.after is not None
        ],
    }


def _word(step: Step) -> str:
    if not step.changes:
        return "unchanged"
    return "created" if step.before is None else "removed" if step.after is None else "changed"


def _places_left(plan: Plan) -> list[str]:
    return sorted({f"{one.client} in {one.project}" for one in plan.kept() if one.project})


def _moved_away(agreed: bool) -> Record:
    """Move the store to the backups, where nothing looks for it and nothing deletes it."""
    if not agreed:
        return {"moved": "", "backup": ""}
    project = projects.current_unchecked()
    if not project.db.exists():
        return {"moved": "", "backup": ""}
    made = project.guard.back_up(cause="before uninstall")
    folder = os.path.dirname(made["path"])
    aside: str = restoring.start_anew(project.guard.ward, clock.now_ms())["set_aside"]
    for end in ("", *restoring.BESIDE):
        if os.path.exists(aside + end):
            shutil.move(aside + end, os.path.join(folder, os.path.basename(aside + end)))
    return {"moved": os.path.join(folder, os.path.basename(aside)), "backup": made["path"]}
