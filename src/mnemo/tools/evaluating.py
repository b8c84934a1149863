"""Measuring recall: against a file of expectations, or against the citations of the repository's history."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager
from os import path
from typing import Any

from mnemo import projects, settings
from mnemo.errors import Invalid
from mnemo.evaluating import cases as written
from mnemo.evaluating import checking, citations, histories
from mnemo.evaluating.cases import Case
from mnemo.evaluating.checking import Ask
from mnemo.project import Project
from mnemo.repo import commits
from mnemo.repo.commits import Commit
from mnemo.retrieval import backends
from mnemo.retrieval.standpoint import Standpoint
from mnemo.store.database import Database
from mnemo.tools import remembering
from mnemo.tools.remembering import SCHEMA

Record = dict[str, Any]
Progress = Callable[[int, int], None] | None
Changed = Mapping[str, str]

AS_SET = "as set"
USUAL_BUDGET = 1500
MOST_COMMITS = 3_000
MOST_CITATIONS = 300


def evaluate(
    file: str = "",
    from_git: bool = False,
    compare: list[str] | None = None,
    commits: int = MOST_COMMITS,
    progress: Progress = None,
) -> Record:
    """Check recall against a file of expectations, or measure it on the repository's own history.

    Args:
        file: YAML; each case has a query and what the answer must contain, must not, has first, may cost.
        from_git: look for commits that the messages of later ones cite, in a store made for that.
        compare: a setting to measure as well, such as retrieval=fts5; several with a comma.
        commits: how many commits of the history are taken, the newest.
        progress: called with how much is done and how much there is.
    """
    if bool(file) == from_git:
        raise Invalid("Nothing was named to measure by." if not file else "A file and --from-git were given.",
                      "Give a file of cases, or --from-git.")  # fmt: skip
    changes: list[Changed] = [{}, *(_changed(one) for one in compare or [])]
    project = projects.current()
    if from_git:
        return _from_git(project, changes, commits, progress)
    expected = written.read_cases(file)
    runs: list[Record] = []
    for changed in changes:
        with _changed_project(project, changed) as other:
            outcome = checking.check(expected, _asker(other), progress)
        runs.append(
            {"settings": _label(changed), **outcome._asdict(), "missed": len(expected) - outcome.passed}
        )
    ok = runs[0]["missed"] == 0
    return {**SCHEMA, "ok": ok, "file": file, "cases": len(expected), "runs": runs, "notes": project.told()}


def _asker(project: Project) -> Ask:
    def ask(case: Case) -> Record:
        where = project.tree.relative(case.path) if case.path else ""
        return remembering.answered(
            project,
            remembering.Asking(
                case.query, where, case.limit or None, case.budget or USUAL_BUDGET, case.domain or None
            ),
        )

    return ask


def _from_git(project: Project, changes: Sequence[Changed], most: int, progress: Progress) -> Record:
    if most < 2:
        raise Invalid(f"--commits {most} is too few to cite one another.", "Give 2 or more.")
    git, now = project.git(), project.now()
    walked = list(commits.iter_commits(git, commits.list_hashes(git, limit=most)))
    cited = citations.list_citations(walked, MOST_CITATIONS)
    record: Record = {**SCHEMA, "commits": len(walked), "citations": len(cited), "runs": []}
    if not cited:
        return {**record, "notes": ["no commit cites an earlier one", *project.told()]}
    with _store_of(walked, now, progress) as (db, known):
        for changed in changes:
            chosen = backends.choose(_settings(project, changed), db, project.environ)
            standpoint = Standpoint(backend=chosen.backend)
            found = citations.measure(
                cited, lambda query, at=standpoint: histories.iter_ranked(db, known, query, at, now)
            )
            shares = {f"recall_at_{depth}": share for depth, share in found.recall.items()}
            notes = list(dict.fromkeys(chosen.notes))
            record["runs"].append({"settings": _label(changed), **shares, "mrr": found.mrr, "notes": notes})
    return {**record, "notes": project.told()}


@contextmanager
def _store_of(
    walked: Sequence[Commit], now: int, progress: Progress
) -> Generator[tuple[Database, dict[str, list[str]]]]:
    with tempfile.TemporaryDirectory(prefix="mnemo-eval-") as folder:
        db = Database(path.join(folder, "mnemo.db"))
        try:
            yield db, histories.fill(db, walked, now, progress)
        finally:
            db.close()


@contextmanager
def _changed_project(project: Project, changed: Changed) -> Generator[Project]:
    """Use the same repository under other settings."""
    if not changed:
        yield project
        return
    other = Project(project.place, project.db.path, _environ(project, changed))
    try:
        with projects.using(other):
            yield other
    finally:
        other.db.close()


def _settings(project: Project, changed: Changed) -> settings.Settings:
    return settings.Settings(project.settings.files, _environ(project, changed))


def _environ(project: Project, changed: Changed) -> dict[str, str]:
    return {**project.environ, **{settings.get_key(name).variable: value for name, value in changed.items()}}


def _changed(text: str) -> Changed:
    """Return the settings of a comparison by name.

    Raises:
        Invalid, NotFound: it is no name=value, there is no such setting, or it takes no such value.
    """
    found: dict[str, str] = {}
    for part in text.split(","):
        name, mark, value = (piece.strip() for piece in part.partition("="))
        if not mark:
            raise Invalid(f"{text[:60]!r} is no setting with a value.", "Write retrieval=fts5.")
        settings.read_value(settings.get_key(name), value, name)
        found[name] = value
    return found


def _label(changed: Changed) -> str:
    return ", ".join(f"{name}={value}" for name, value in changed.items()) or AS_SET
