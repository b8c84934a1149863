"""`recall` through Python, the command line and MCP."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as limits
from hypothesis import strategies as st

from mnemo.tokens import estimate
from tests.repos import commit, git
from tests.tools.faces import Face, mcp, mcp_text, mcp_texts, python

SOURCE = "def area(width, height):\n    return width * height\n\n\ndef depth():\n    return 3\n"


def test_the_claim_that_answers_comes_first_with_its_verdict(repository: Path, face: Face) -> None:
    commit(repository, "code", {"src/db.py": SOURCE})
    face("claim", content="We chose SQLite over Postgres because it needs no server", anchors=["src/db.py"])
    face("claim", content="The parser is written by hand")
    record = face("recall", query="why did we choose sqlite?")
    assert [one["content"][:15] for one in record["claims"]] == ["We chose SQLite"]
    assert record["claims"][0]["verdict"] == "proven"
    assert record["claims"][0]["anchors"][0] == {"type": "file", "path": "src/db.py", "state": "ok"}
    assert 0 < record["tokens"] <= 1500


def test_what_the_code_no_longer_supports_is_withheld_with_the_reason_and_comes_back(
    repository: Path, face: Face
) -> None:
    commit(repository, "code", {"src/shapes.py": SOURCE})
    address = face("claim", content="area multiplies its sides", anchors=["src/shapes.py::area"])["claims"][
        0
    ]["address"]
    path = repository / "src" / "shapes.py"
    path.write_text(SOURCE.replace("def area", "def surface"))
    record = face("recall", query="area sides")
    assert record["claims"] == []
    assert record["withheld"][0]["address"] == address
    assert record["withheld"][0]["verdict"] == "refuted"
    assert "area" in record["withheld"][0]["reason"]
    path.write_text(SOURCE)
    assert face("recall", query="area sides")["claims"][0]["verdict"] == "proven"


def test_a_changed_body_is_told_as_drifted_with_what_changed(repository: Path, face: Face) -> None:
    commit(repository, "code", {"src/shapes.py": SOURCE})
    face("claim", content="area multiplies its sides", anchors=["src/shapes.py::area"])
    (repository / "src" / "shapes.py").write_text(SOURCE.replace("width * height", "width + height"))
    (one,) = face("recall", query="area sides")["claims"]
    assert one["verdict"] == "drifted"
    assert one["anchors"][0]["reason"]


def test_a_withheld_claim_is_replaced_by_the_next(repository: Path, face: Face) -> None:
    commit(repository, "code", {"a.py": "a = 1\n", "b.py": "b = 1\n"})
    face("claim", content="alpha cache rule one", anchors=["a.py"])
    face("claim", content="alpha cache rule two", anchors=["b.py"])
    (repository / "a.py").unlink()
    record = face("recall", query="alpha cache rule", limit=1)
    assert [one["content"] for one in record["claims"]] == ["alpha cache rule two"]


def test_a_path_alone_tells_everything_about_the_file_and_its_folders(repository: Path, face: Face) -> None:
    commit(repository, "code", {"src/api/routes.py": SOURCE, "src/other.py": SOURCE})
    face("claim", content="routes are sorted by name", anchors=["src/api/routes.py"])
    face("claim", content="everything in the api folder is async", path="src/api")
    face("claim", content="other is legacy", anchors=["src/other.py"])
    told = {one["content"] for one in face("recall", path="src/api/routes.py")["claims"]}
    assert told == {"routes are sorted by name", "everything in the api folder is async"}


def test_a_branch_keeps_its_claims_until_it_merges(repository: Path, face: Face) -> None:
    commit(repository, "base", {"a.py": "a = 1\n"})
    git(repository, "checkout", "-q", "-b", "feature")
    commit(repository, "work", {"b.py": "b = 1\n"})
    face("claim", content="the beta module is experimental", anchors=["b.py"])
    assert len(face("recall", query="beta module")["claims"]) == 1
    git(repository, "checkout", "-q", "main")
    record = face("recall", query="beta module")
    assert record["claims"] == []
    assert [(one["branch"], one["verdict"]) for one in record["elsewhere"]] == [("feature", "unproven")]
    assert face("recall", query="beta module", branches="all")["claims"] or record["elsewhere"]
    git(repository, "merge", "-q", "--no-ff", "-m", "merge", "feature")
    assert [one["verdict"] for one in face("recall", query="beta module")["claims"]] == ["proven"]


def test_a_feature_branch_sees_what_its_history_contains(repository: Path, face: Face) -> None:
    commit(repository, "base", {"a.py": "a = 1\n"})
    face("claim", content="we decided to use gamma rays", domain="decisions")
    git(repository, "checkout", "-q", "-b", "feature")
    assert len(face("recall", query="gamma rays")["claims"]) == 1


def test_linked_worktrees_share_one_memory(repository: Path, tmp_path: Path, face: Face) -> None:
    commit(repository, "base", {"a.py": "a = 1\n"})
    git(repository, "worktree", "add", "-q", str(tmp_path / "linked"), "-b", "side")
    face("claim", content="the delta format is stable", anchors=["a.py"])
    os.chdir(tmp_path / "linked")
    assert [one["verdict"] for one in face("recall", query="delta format")["claims"]] == ["proven"]
    assert not (tmp_path / "linked" / ".mnemo").exists()


def test_a_budget_is_used_where_there_is_more_to_say(repository: Path) -> None:
    for number in range(4):
        rule = "it never waits for the network while it holds a lock. "
        python("claim", content=f"The epsilon engine {number}: {40 * rule}")
    budgets = range(150, 400)
    texts = mcp_texts("recall", [{"query": "epsilon engine", "budget": budget} for budget in budgets])
    for budget, text in zip(budgets, texts, strict=True):
        assert 0.85 * budget < estimate(text) <= budget


@pytest.mark.parametrize("budget", [40, 60, 100, 200, 400, 1500, 5000])
def test_a_budget_is_a_hard_cap(repository: Path, budget: int) -> None:
    python(
        "claim", batch=[f"statement {number} on the epsilon engine: " + "word " * 60 for number in range(40)]
    )
    for detail in ("card", "full"):
        text = mcp_text("recall", query="epsilon engine", budget=budget, detail=detail, limit=30)
        assert estimate(text) <= budget


def test_the_record_holds_what_the_text_shows(repository: Path) -> None:
    python("claim", content="zeta is the last letter", tags=["greek"])
    text = mcp_text("recall", query="zeta letter")
    for one in mcp("recall", query="zeta letter")["claims"]:
        assert one["content"] in text
        assert one["address"][:12] in text


def test_an_empty_answer_names_what_was_searched_and_what_others_hold(repository: Path, face: Face) -> None:
    commit(repository, "base", {"a.py": "a = 1\n"})
    git(repository, "checkout", "-q", "-b", "feature")
    commit(repository, "more", {"b.py": "a = 1\n"})
    face("claim", content="eta decision", domain="decisions")
    git(repository, "checkout", "-q", "main")
    record = face("recall", query="nothing like it")
    assert record["claims"] == []
    assert "main" in record["scope"]["searched"]
    assert record["scope"]["others"] == 1


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"query": "x", "limit": 0}, "limit"),
        ({"query": "x", "budget": 1}, "budget"),
        ({"query": "x", "domain": "foo"}, "foo"),
        ({"path": "../../etc/passwd"}, "passwd"),
        ({"query": "x" * 30_000}, "30,000"),
    ],
)
def test_bad_questions_are_one_line_with_a_next_step(
    repository: Path, face: Face, arguments: dict[str, object], said: str
) -> None:
    record = face("recall", **arguments)
    assert record["ok"] is False
    assert said in record["message"]
    assert "\n" not in record["message"] + record["fix"]


def test_recalling_creates_nothing(repository: Path, face: Face) -> None:
    assert face("recall", query="anything")["claims"] == []
    assert not (repository / ".mnemo").exists()


def test_unconfirmed_claims_come_last_and_are_marked(repository: Path) -> None:
    from mnemo import projects
    from mnemo.memory import claiming, drafts

    python("claim", content="theta rule spoken by an agent")
    here = projects.current(writing=True)
    draft = drafts.checked({"content": "theta rule theta rule theta rule captured"}, here.tree)
    where = here.surroundings()
    with here.db.transaction() as connection:
        claiming.store(connection, [claiming.prepare(draft, where, "unconfirmed")], where)
    told = python("recall", query="theta rule", limit=5)["claims"]
    assert [one["standing"] for one in told] == ["active", "unconfirmed"]
    assert "unconfirmed" in mcp_text("recall", query="theta rule", limit=5)


def test_every_stage_of_the_score_is_explained_and_they_add_up(repository: Path, face: Face) -> None:
    commit(repository, "code", {"src/db.py": SOURCE})
    face("claim", content="iota connections are pooled", anchors=["src/db.py"])
    (one,) = face("recall", query="iota pooled", path="src/db.py", explain=True)["claims"]
    assert {"words", "coverage", "spelling", "path", "recency", "confidence"} <= set(one["explain"])
    assert one["score"] == pytest.approx(sum(one["explain"].values()))


@limits(max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    query=st.text(max_size=60)
    | st.sampled_from(
        ['"', "AND OR NOT", "a*", "(", "NEAR(a b)", "x:y", "\0", "^", "-", "'", "a.b/c", "日本語", "🚀"]
    )
)
def test_any_query_is_safe(repository: Path, query: str) -> None:
    record = python("recall", query=query)
    assert "claims" in record or record["error"] == "invalid"


def test_an_exact_path_or_identifier_is_found(repository: Path, face: Face) -> None:
    face("claim", batch=[f"module_{number} does thing {number}" for number in range(60)])
    face("claim", content="retry_with_backoff lives in net/retry.py")
    for query in ("retry_with_backoff", "net/retry.py", "retryWithBackoff"):
        assert any(
            "retry_with_backoff" in one["content"] for one in face("recall", query=query, limit=3)["claims"]
        )
