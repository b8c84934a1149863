"""Does it work here? A sample run from its goal to its report, and the whole check of an installation."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import Any

from mnemo import projects
from mnemo.errors import MnemoError, NotARepository
from mnemo.project import Project
from mnemo.store import backup
from mnemo.tools import handing, lifecycle, reporting, upkeep
from mnemo.tools.remembering import SCHEMA

Record = dict[str, Any]
Progress = Callable[[int, int], None] | None

EXECUTOR = "sample-worker"
RESULT = "sample-smoke.txt"


def sample_smoke() -> Record:
    """Walk a sample run from its goal to its report and tell each step; nothing is started.

    It is walked in the folder of --workspace, where it stays; without one in a folder of its own that is
    gone afterwards.
    """
    chosen = projects.find_chosen()
    if chosen:
        return _walked(chosen)
    with _spare_project() as spare:
        return _walked(spare)


def self_check(progress: Progress = None) -> Record:
    """Check the installation, walk a sample run in a folder of its own, and look at every row of the store.

    Args:
        progress: called with how much is done and how much there is.
    """
    parts = ("doctor", "sample run", "integrity")

    def done(count: int) -> None:
        if progress:
            progress(count, len(parts))

    checks: dict[str, Record] = dict(upkeep.doctor()["checks"])
    done(1)
    with _spare_project() as spare:
        checks["sample run"] = _of_smoke(_walked(spare))
    done(2)
    checks["integrity"] = _of_rows()
    done(3)
    return {**SCHEMA, "ok": all(check["ok"] for check in checks.values()), "checks": checks}


class _Walk:
    """Takes step after step until one fails.

    Args:
        project: in which the steps are taken.
    """

    def __init__(self, project: Project) -> None:
        self.project = project
        self.steps: list[Record] = []
        self.going = True

    def step(self, name: str, call: Callable[[], Record]) -> Record:
        """Take a step and return its record; nothing once a step has failed."""
        if not self.going:
            return {}
        try:
            record = call()
        except MnemoError as error:
            record = error.record()
        self.going = record.get("ok") is not False
        self.steps.append({"step": name, "ok": self.going, "result": record})
        return record if self.going else {}


def _walked(project: Project) -> Record:
    walk = _Walk(project)
    with projects.using(project):
        walk.step("init", upkeep.init)
        walk.step("doctor", upkeep.doctor)
        run = _id(walk.step("start", lambda: lifecycle.start("Show that mnemo works here")), "run")
        plan = _id(walk.step("plan", lambda: _plan(run)), "plan")
        walk.step("approve-plan", lambda: lifecycle.approve_plan(run, plan, "sample-reviewer"))
        task = _id(walk.step("enqueue-event", lambda: _enqueue(run)), "task")
        handed = walk.step("dispatch-task", lambda: handing.dispatch_task(task, run, EXECUTOR))
        dispatch = _id(handed, "dispatch")
        walk.step("claim-dispatch", lambda: handing.claim_dispatch(dispatch, EXECUTOR))
        walk.step("complete-dispatch", lambda: _complete(project, dispatch))
        walk.step("list-dispatches", lambda: handing.list_dispatches(run))
        walk.step("status", lambda: upkeep.status(run))
        walk.step("report", lambda: reporting.report(run))
    return {
        **SCHEMA,
        "ok": walk.going,
        "workspace": project.folder,
        "executor_invoked": False,
        "steps": walk.steps,
    }


def _plan(run: str) -> Record:
    return lifecycle.plan(
        run,
        "One sample task",
        "Make a file and hand it in as evidence.",
        ["The folder can be written."],
        ["None: nothing but that file and the store is touched."],
        ["The task is completed."],
    )


def _enqueue(run: str) -> Record:
    return lifecycle.enqueue_event(
        run_id=run,
        title="Make a file",
        body=f"Write {RESULT} and complete the dispatch with it.",
        acceptance_criteria=[f"{RESULT} is there"],
        source="sample-smoke",
    )


def _complete(project: Project, dispatch: str) -> Record:
    """Do the sample task, and finish it with the file that it asks for."""
    path = os.path.join(project.folder, RESULT)
    try:
        with open(path, "w", encoding="utf-8") as file:
            file.write(f"made for {dispatch}\n")
    except OSError as error:
        raise MnemoError(
            f"{path} cannot be written: {error.strerror}.", "Give a folder that you may write to."
        ) from None
    return handing.complete_dispatch(dispatch, "made the file", [RESULT], EXECUTOR)


def _id(record: Record, name: str) -> str:
    return record[name]["id"] if record else ""


@contextmanager
def _spare_project() -> Generator[Project]:
    """Open a project in a folder that nobody else uses, and leave nothing of it behind."""
    with tempfile.TemporaryDirectory(prefix="mnemo-sample-") as folder:
        workspace = os.path.join(folder, "workspace")
        os.mkdir(workspace)
        home = os.path.join(folder, "home")
        environ = {**os.environ, "HOME": home, "MNEMO_BACKUPS": home, "MNEMO_GLOBAL": home}
        project = projects.open_alone(workspace, environ)
        try:
            yield project
        finally:
            projects.close(project)


def _of_smoke(record: Record) -> Record:
    names = [step["step"] for step in record["steps"]]
    if record["ok"]:
        return {"ok": True, "detail": f"{len(names)} steps from init to report", "fix": ""}
    told = record["steps"][-1]["result"].get("message", "its checks failed")
    return {"ok": False, "detail": f"{names[-1]} failed: {told}", "fix": "Run `mnemo sample-smoke`."}


def _of_rows() -> Record:
    """Return whether every row of this repository's store is what its events say."""
    fix = "Run `mnemo health`; it restores the newest good backup."
    try:
        project = projects.current_unchecked()
    except NotARepository:
        return {"ok": True, "detail": "no repository here, so no store", "fix": fix}
    if not project.db.exists():
        return {"ok": True, "detail": "no store here yet", "fix": fix}
    try:
        with project.db.reading() as connection:
            problem = next(backup.iter_damage_in(connection, thorough=True), "")
            rows = project.db.newest(connection)
    except MnemoError as error:
        return {"ok": False, "detail": error.message, "fix": error.fix}
    return {"ok": not problem, "detail": problem or f"{rows} events and every row fit", "fix": fix}
