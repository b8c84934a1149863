"""`mnemo eval`: expectations in a file, and citations of a history."""

from __future__ import annotations

import contextlib
import io
import json
from pathlib import Path
from typing import Any

import pytest

import mnemo
from mnemo import projects
from mnemo.errors import Invalid, NotFound
from mnemo.interfaces import cli, render
from mnemo.tools.evaluating import evaluate
from tests.repos import commit
from tests.tools.faces import Face

FIVE = Path(__file__).with_name("five_questions.yaml")
CLAIMS = (
    ("decisions", "SQLite instead of Postgres, because nobody should have to run a server"),
    ("patterns", "Errors travel as Result objects; exceptions stay inside a module"),
    ("tasks", "The handlers are half moved to the new router; uploads are left"),
    ("issues", "The connection pool hangs under load when its size is 5"),
    ("history", "Redis was measured as a cache and thrown out: it cost more than it saved"),
    ("architecture", "Requests go from the gateway to one worker for each tenant"),
    ("dependencies", "Vitest is pinned to 1.6 until its snapshots are stable"),
    ("context", "The team deploys from Berlin on Tuesdays"),
)


@pytest.fixture
def newcomers(repository: Path) -> Path:
    """A repository with a claim of each domain."""
    mnemo.claim(batch=[{"content": content, "domain": domain} for domain, content in CLAIMS])
    return repository


def run(*words: str) -> tuple[int, str, str]:
    """Type a command; return its exit code and what it printed."""
    out, problems = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(problems):
        code = cli.main(["eval", *words])
    return code, out.getvalue(), problems.getvalue()


def write(folder: Path, text: str) -> str:
    """Write a file of cases and return its path."""
    path = folder / "cases.yaml"
    path.write_text(text, encoding="utf-8")
    return str(path)


def missed(record: dict[str, Any], run_: int = 0) -> list[str]:
    """Return what a run missed."""
    return [miss["problem"] for miss in record["runs"][run_]["misses"]]


def test_the_five_questions_of_a_newcomer_find_the_right_claim_first(newcomers: Path) -> None:
    record = evaluate(str(FIVE))
    assert missed(record) == []
    assert record["ok"]
    assert record["cases"] == 13


def test_each_face_answers_the_five_questions_alike(newcomers: Path, face: Face) -> None:
    assert [
        face("recall", query=query)["claims"][0]["domain"]
        for query in (
            "why is it built so?", "which patterns?", "what is in progress?", "what breaks?",
            "what was tried?",
        )
    ] == ["decisions", "patterns", "tasks", "issues", "history"]  # fmt: skip


def test_a_miss_ends_with_3_and_says_what_was_told(newcomers: Path, tmp_path: Path) -> None:
    cases = write(
        tmp_path,
        "- {query: connection pool, contains: [size is 5, size is 6], not_contains: hangs,"
        " first: SQLite, max_tokens: 5}",
    )
    code, out, _ = run(cases)
    assert code == 3
    assert "as set: 0 of 1 as expected" in out
    for said in (
        "must contain 'size is 6'",
        "must not contain 'hangs'",
        "'SQLite' must come first",
        "5 are allowed",
    ):
        assert said in out
    assert "size is 5'" not in out
    assert "The connection pool hangs" in out


def test_what_is_met_ends_with_0(newcomers: Path, tmp_path: Path) -> None:
    code, out, _ = run(write(tmp_path, "connection pool: size is 5\nwhy sqlite: {first: SQLite}\n"))
    assert (code, out.startswith("as set: 2 of 2 as expected, ")) == (0, True)


def test_an_address_can_be_expected(newcomers: Path, tmp_path: Path) -> None:
    address = mnemo.recall("connection pool")["claims"][0]["address"]
    assert evaluate(write(tmp_path, f"connection pool: '{address[:12]}'"))["ok"]
    assert not evaluate(write(tmp_path, "connection pool: '0123456789ab'"))["ok"]


def test_what_the_code_refutes_is_missed_and_said(newcomers: Path, tmp_path: Path) -> None:
    mnemo.claim("sessions are kept in a file", anchors=["src/sessions.py"])
    (problem,) = missed(evaluate(write(tmp_path, "sessions: kept in a file")))
    assert "withheld" in problem


def test_settings_are_compared_beside_each_other(newcomers: Path, tmp_path: Path) -> None:
    cases = write(tmp_path, "where do requests go: gateway")
    compare = ["retrieval=fts5", "retrieval=tfidf, recall.timeout_ms=9000"]
    record = evaluate(cases, compare=compare)
    assert [one["settings"] for one in record["runs"]] == [
        "as set", "retrieval=fts5", "retrieval=tfidf, recall.timeout_ms=9000",
    ]  # fmt: skip
    assert [one["passed"] for one in record["runs"]] == [1, 1, 1]
    assert projects.current().settings.get("retrieval").value == "bm25"


def test_only_the_settings_as_they_are_decide_the_exit_code(newcomers: Path, tmp_path: Path) -> None:
    cases = write(tmp_path, "what breaks?: {contains: pool, max_tokens: 100000}")
    code, _, _ = run(cases, "--compare", "recall.timeout_ms=1000", "--json")
    assert code == 0


def test_measuring_leaves_no_trace(newcomers: Path) -> None:
    evaluate(str(FIVE))
    project = projects.current()
    assert project.recalls.recent("") == {}
    project.recalls.flush()
    with project.db.reading() as connection:
        address = mnemo.recall("connection pool")["claims"][0]["address"]
        assert project.recalls.counts_of(connection, address).recalled == 1


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a: [", "no YAML"),
        ("", "no cases"),
        ("just words", "no cases"),
        ("- {query: a}", "case 1 expects nothing"),
        ("- {contains: a}", "case 1 asks nothing"),
        ("- a", "case 1 is 'a', no table"),
        ("- {query: a, first: b}\n- {query: a, frist: b}", "case 2 has 'frist'"),
        ("- {query: a, contains: no}", "contains is False, no text"),
        ("- {query: a, max_tokens: many}", "max_tokens is 'many'"),
        ("- {query: a, contains: b, limit: 0}", "limit is '0'"),
        ("!!python/object/apply:os.system ['true']", "no YAML"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_by_its_place(
    repository: Path, tmp_path: Path, text: str, said: str
) -> None:
    with pytest.raises(Invalid, match=r"cases\.yaml") as caught:
        evaluate(write(tmp_path, text))
    assert said in caught.value.message
    assert caught.value.fix


def test_wrong_wishes_are_refused(repository: Path, tmp_path: Path) -> None:
    cases = write(tmp_path, "a: b")
    with pytest.raises(Invalid, match="Nothing was named"):
        evaluate()
    with pytest.raises(Invalid, match="and --from-git were given"):
        evaluate(cases, from_git=True)
    with pytest.raises(NotFound, match="cannot be read"):
        evaluate(str(tmp_path / "nowhere.yaml"))
    with pytest.raises(Invalid, match="retrieval"):
        evaluate(cases, compare=["retrieval=magic"])
    with pytest.raises(NotFound, match="colour"):
        evaluate(cases, compare=["colour=blue"])
    with pytest.raises(Invalid, match="no setting"):
        evaluate(cases, compare=["fts5"])
    with pytest.raises(Invalid, match="--commits 1"):
        evaluate(from_git=True, commits=1)


def test_a_history_is_measured_by_what_its_messages_cite(repository: Path) -> None:
    first = commit(repository, "Guard the session cache with a lock", {"cache.py": "1\n"})
    commit(repository, "Draw the logo in blue", {"logo.svg": "blue\n"})
    commit(repository, "Count uploads per tenant (#12)", {"uploads.py": "1\n"})
    commit(
        repository,
        f"Let readers of the session cache wait\n\nSince {first[:9]} they could starve.",
        {"cache.py": "2\n"},
    )
    commit(repository, "Count uploads of a tenant by day\n\nBuilds on #12, see #99.", {"uploads.py": "2\n"})
    commit(
        repository,
        f'Revert "Guard the session cache with a lock"\n\nThis reverts commit {first}.',
        {"cache.py": "0\n"},
    )
    record = evaluate(from_git=True, compare=["retrieval=fts5"])
    assert record["citations"] == 2
    assert [one["settings"] for one in record["runs"]] == ["as set", "retrieval=fts5"]
    assert record["runs"][0]["recall_at_5"] == 1
    assert record["runs"][0]["mrr"] == 1
    assert not (repository / ".mnemo").exists()
    text = render.text("eval", record)
    assert text.startswith("2 citations in 7 commits\nas set: recall@1 100.0%, recall@5 100.0%")
    assert json.loads(run("--from-git", "--json")[1])["citations"] == 2


def test_a_history_without_citations_says_so(repository: Path) -> None:
    record = evaluate(from_git=True)
    assert record["runs"] == []
    assert "no commit cites an earlier one" in record["notes"][0]
