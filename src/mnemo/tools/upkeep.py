"""Keeping the store well: init, status, doctor, config, where, health, backup, restore, trust."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

from mnemo import homes, projects, settings
from mnemo.clients import installed
from mnemo.errors import MnemoError, NotARepository
from mnemo.health import checking, places
from mnemo.health import doctor as doctors
from mnemo.health.looking import Check
from mnemo.ledger.workspace import Present
from mnemo.memory import verifying
from mnemo.project import Project
from mnemo.store import assertions, journal, meta, queue
from mnemo.tools import installing, reporting, skills, watching
from mnemo.tools.remembering import SCHEMA

Record = dict[str, Any]
Progress = Callable[[int, int], None] | None


def init(fresh: bool = False) -> Record:
    """Make the store of this repository; nothing else is touched.

    Args:
        fresh: start anew where the store is lost or damaged; what is there is set aside, never deleted.
    """
    project = projects.current_unchecked()
    note = project.guard.start_fresh() if fresh else ""
    if not fresh:
        project.check(writing=True)
    existed = project.db.exists()
    with project.db.transaction() as connection:
        repository = meta.repository_id(connection)
    project.guard.register()
    notes = [note] if note else []
    return {
        **SCHEMA,
        "ok": True,
        "backend": "sqlite",
        "path": project.db.path,
        "repository": repository,
        "created": not existed,
        "notes": notes + project.told(),
    }


def status(run_id: str = "", progress: Progress = None) -> Record:
    """Tell where the run stands, what the memory holds, and how much of it the code supports now.

    Args:
        run_id: the run; left out, this branch's newest.
    """
    project = projects.current()
    view = project.view()
    with project.db.reading() as connection:
        chosen = verifying.live_claims(connection, view)
        checked = verifying.check(connection, chosen, project.patient_judge(), progress)
        standing = assertions.counts(connection)
        run = reporting.find_run(connection, project, run_id)
        told = reporting.overview(connection, run, Present(project.workspace()))
        work = queue.count_tasks(connection, view.branch)
    verdicts: dict[str, int] = {}
    for one in checked:
        verdicts[one.verdict] = verdicts.get(one.verdict, 0) + 1
    return {
        **SCHEMA,
        "ok": True,
        "repository": project.folder,
        "branch": view.branch,
        "claims": len(checked),
        "verdicts": verdicts,
        "standing": standing,
        "work": work,
        "store": project.db.path,
        "watcher": watching.report(project),
        **told,
        "notes": project.told(),
    }


def doctor() -> Record:
    """Check the installation, the repository and the store; nothing is written."""
    try:
        project = projects.current_unchecked()
    except NotARepository:
        project = None
    watcher = [_of_watcher(project)] if project else []
    checks = doctors.checks(
        project.guard if project else None, os.environ, [*watcher, *_of_clients(), skills.check()]
    )
    named = {check.pop("name"): check for check in checks}
    return {**SCHEMA, "ok": all(check["ok"] for check in checks), "checks": named}


def health(install_cron: bool = False, progress: Progress = None) -> Record:
    """Check every row of the store, back it up when it is due, and mend what can be mended.

    Args:
        install_cron: print the line for crontab instead; nothing is installed.
    """
    if install_cron:
        return {**SCHEMA, "crontab": checking.cron_line(projects.current_unchecked().folder)}
    project = projects.current_unchecked()
    return {**SCHEMA, **checking.health(project.guard, progress)}


def backup(progress: Progress = None) -> Record:
    """Copy the store into the home folder and verify the copy."""
    project = projects.current()
    return {**SCHEMA, **project.guard.back_up(progress)}


def restore(source: str = "") -> Record:
    """Bring a backup back; the present store is set aside, never deleted.

    Args:
        source: a backup's file; left out, the newest that passes its checks.
    """
    project = projects.current_unchecked()
    return {**SCHEMA, **project.guard.restore(source)}


def trust() -> Record:
    """Believe the store and settings that came with this repository."""
    project = projects.current_unchecked()
    return {**SCHEMA, **project.guard.trust()}


def where() -> Record:
    """Tell every path that holds data, its size, who can read it, and what never leaves."""
    try:
        guard = projects.current_unchecked().guard
    except NotARepository:
        guard = None
    sent = guard is not None and guard.settings.get("retrieval").value == "embedding"
    return {
        **SCHEMA,
        "paths": places.list_places(guard, os.environ) + _changed_files(),
        "never_leaves": [
            "every file above: mnemo opens no connection and sends nothing by itself",
            "secrets that it recognises and <private> parts never reach the disk at all",
        ],
        "leaves": [
            "what recall and hooks tell goes to your client, which sends it to the model that it uses",
            "what `mnemo brief --write` puts into a file goes wherever you push that file",
            *(["claims and questions go to the service of embeddings that is set up"] if sent else []),
        ],
        "erase": [
            "one claim for ever: mnemo forget ADDRESS --purge; it names the backups that still hold it",
            "mnemo's entries in your clients' files: mnemo uninstall",
            "this repository's memory: mnemo uninstall --data, then delete its backups",
            "everything: after that, delete every path above that is mnemo's own",
        ],
    }


def config_get(name: str) -> Record:
    """Print one setting.

    Args:
        name: such as log.default_limit.
    """
    found = _settings().get(name)
    return {**SCHEMA, "key": found.key.name, "value": found.value, "source": found.source}


def config_set(name: str, value: str, user: bool = False) -> Record:
    """Change one setting of this repository, or of the user.

    Args:
        name: such as log.default_limit.
        value: the new value.
        user: change it for every repository.
    """
    folder = homes.home_folder(os.environ) if user else _folder_of_settings()
    path = os.path.join(folder, "config.toml")
    found = settings.put(path, name, settings.read_value(settings.get_key(name), value, "the command line"))
    return {**SCHEMA, "key": name, "value": found.value, "path": path}


def config_list() -> Record:
    """List every setting with its value and where it comes from."""
    return {
        **SCHEMA,
        "settings": [
            {"key": one.key.name, "value": one.value, "source": one.source, "about": one.key.about}
            for one in _settings().list_all()
        ],
    }


def logs(which: str = "events", tail: int = 20) -> Record:
    """Print the end of one of the derived logs.

    Args:
        which: events, health or failures.
        tail: how many lines.
    """
    project = projects.current()
    return {**SCHEMA, "lines": journal.last_lines(project.logs, which, tail)}


def _of_clients() -> list[Check]:
    found = {f"{one.client}: {one.path}": one for one in reversed(installing.list_stale())}
    checks = [Check(name, False, one.problem, one.fix) for name, one in found.items()]
    return checks or [Check("clients", True, "nothing left over and nothing half installed")]


def _of_watcher(project: Project) -> Check:
    found = watching.report(project)
    detail = ", ".join(part for part in (found["state"], found["reason"]) if part)
    if found["folders"]:
        detail += f", {found['folders']} folders of {len(found['worktrees'])} working trees"
    fix = "Recall stays right without it, only slower. Raise fs.inotify.max_user_watches, restart the client."
    return Check("watcher", found["state"] not in ("failed", "polling"), detail, fix)


def _changed_files() -> list[Record]:
    """Return the files of clients that hold entries of ours."""
    found = {one.path: one for one in installed.read(homes.home_folder(os.environ))}
    return [
        places.record_of(f"{one.client}: mnemo's entries in it", path)
        for path, one in found.items()
        if os.path.lexists(path)
    ]


def _settings() -> settings.Settings:
    try:
        return projects.current_unchecked().settings
    except NotARepository:
        return settings.load(homes.home_folder(os.environ), os.environ)


def _folder_of_settings() -> str:
    project = projects.current(writing=True)
    if not project.db.exists():
        raise MnemoError("This repository has no store yet.", "Type `mnemo init` first, or give --user.")
    return project.db.folder
