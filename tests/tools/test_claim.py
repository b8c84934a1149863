"""`claim` through Python, the command line and MCP."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest

from tests.repos import commit
from tests.tools.faces import Face, command, mcp, mcp_text, python

SOURCE = "def area(width, height):\n    return width * height\n\n\ndef depth():\n    return 3\n"


def test_a_claim_answers_with_address_scope_and_the_state_of_its_anchors(
    repository: Path, face: Face
) -> None:
    commit(repository, "code", {"src/shapes.py": SOURCE})
    record = face("claim", content="area multiplies", anchors=["src/shapes.py::area", "src/shapes.py"])
    (one,) = record["claims"]
    assert len(one["address"]) == 64
    assert one["standing"] == "active"
    assert [anchor["state"] for anchor in one["anchors"]] == ["ok", "ok"]
    assert one["scope"] == "project"
    assert "main" in one["scope_reason"]
    assert record["retracted"] == []


def test_a_claim_without_anchors_is_told_what_it_could_be_pinned_to(repository: Path, face: Face) -> None:
    commit(repository, "code", {"src/shapes.py": SOURCE})
    (one,) = face("claim", content="area() in src/shapes.py multiplies")["claims"]
    assert one["suggested"] == ["src/shapes.py::area"]
    assert one["anchors"] == []
    (other,) = face("claim", content="we meet on mondays")["claims"]
    assert "suggested" not in other
    text = mcp_text("claim", content="area() of src/shapes.py knows no units")
    assert "could be to src/shapes.py::area" in text


def test_the_command_line_pins_what_a_claim_names(repository: Path) -> None:
    commit(repository, "code", {"src/shapes.py": SOURCE})
    batch = ["`depth` is three", {"content": "src/shapes.py is short"}, "no name in here"]
    record = command("claim", content="area() multiplies", batch=batch, anchor_auto=True)
    pinned = [[(a["path"], a.get("name"), a["state"]) for a in one["anchors"]] for one in record["claims"]]
    path = "src/shapes.py"
    assert pinned == [[(path, "area", "ok")], [(path, "depth", "ok")], [(path, None, "ok")], []]
    (one,) = command("claim", content="area() is slow", anchors=["README.md"], anchor_auto=True)["claims"]
    assert [anchor["path"] for anchor in one["anchors"]] == ["README.md"]


def test_an_anchor_that_does_not_hold_is_told_at_once(repository: Path, face: Face) -> None:
    record = face("claim", content="there is a cache", anchors=["src/cache.py"])
    (anchor,) = record["claims"][0]["anchors"]
    assert (anchor["type"], anchor["path"], anchor["state"]) == ("file", "src/cache.py", "missing")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"content": ""}, "empty"),
        ({"content": "   "}, "empty"),
        ({"content": "x" * 1_000_000}, "1,000,000"),
        ({"content": "x", "domain": "foo"}, "foo"),
        ({"content": "x", "confidence": 2}, "confidence"),
        ({"content": "x", "priority": -1}, "priority"),
        ({"content": "x", "scope": "planet"}, "planet"),
        ({"content": "x", "anchors": [{"type": "moon"}]}, "moon"),
        ({"content": "x", "anchors": ["../outside.py"]}, "outside"),
        ({"content": "x", "path": "/etc"}, "/etc"),
        ({"content": "x", "supersedes": ["ffff"]}, "ffff"),
        ({"retracts": ["ffff"], "why": "gone"}, "ffff"),
        ({"retracts": ["ffff"]}, "why"),
        ({"content": "x", "scope": "global", "anchors": ["README.md"]}, "global"),
        ({"content": "x", "ttl_days": -1}, "ttl_days"),
    ],
)
def test_bad_input_is_one_line_with_a_next_step_and_writes_nothing(
    repository: Path, face: Face, arguments: dict[str, object], said: str
) -> None:
    record = face("claim", **arguments)
    assert record["ok"] is False
    assert said in record["message"]
    assert record["fix"]
    assert "\n" not in record["message"] + record["fix"]
    assert not (repository / ".mnemo" / "mnemo.db").exists()


def test_nul_and_half_characters_are_refused_by_every_face_that_can_carry_them(repository: Path) -> None:
    for call in (python, mcp):
        assert "NUL" in call("claim", content="a\0b")["message"]
    assert python("claim", content="a\ud800b")["ok"] is False
    assert not (repository / ".mnemo" / "mnemo.db").exists()


def test_one_bad_item_in_a_batch_of_500_refuses_all_and_is_named(repository: Path) -> None:
    batch: list[object] = [f"statement {number}" for number in range(500)]
    batch[321] = {"content": "x", "domain": "nonsense"}
    for call in (python, mcp):
        record = call("claim", batch=batch)
        assert "batch[321]" in record["message"]
        assert "nonsense" in record["message"]
    assert not (repository / ".mnemo" / "mnemo.db").exists()


def test_a_batch_of_500_is_one_deed_and_answers_in_order(repository: Path) -> None:
    record = mcp("claim", content="first", batch=[f"statement number {number}" for number in range(500)])
    assert len(record["claims"]) == 501
    assert record["claims"][0]["content"] == "first"
    assert record["claims"][500]["content"] == "statement number 499"
    assert len(python("recall", query="statement 77")["claims"]) > 0


def test_the_same_text_again_is_the_same_claim(repository: Path, face: Face) -> None:
    first, second = (face("claim", content="we use tabs")["claims"][0] for _ in range(2))
    assert first["address"] == second["address"]
    assert (first["new"], second["new"]) == (True, False)


def test_near_duplicates_are_named_with_address_and_reason(repository: Path, face: Face) -> None:
    first = face("claim", content="the nightly build runs on two machines in the office")["claims"][0]
    second = face("claim", content="the nightly build runs on three machines in the office")["claims"][0]
    assert [one["address"] for one in second["duplicates"]] == [first["address"]]
    assert second["duplicates"][0]["reason"]


def test_a_contradiction_on_the_same_anchor_is_a_conflict_and_both_stay(repository: Path, face: Face) -> None:
    commit(repository, "code", {"src/shapes.py": SOURCE})
    first = face("claim", content="the timeout is 30 seconds", anchors=["src/shapes.py::depth"])["claims"][0]
    second = face(
        "claim", content="after review the timeout is 60 seconds", anchors=["src/shapes.py::depth"]
    )["claims"][0]
    assert [one["address"] for one in second["conflicts"]] == [first["address"]]
    assert len(python("recall", query="timeout seconds", limit=5)["claims"]) == 2


def test_a_batch_is_told_what_each_of_its_claims_alone_would_be(repository: Path) -> None:
    commit(repository, "code", {f"src/{name}.py": SOURCE for name in ("a", "b", "c")})
    spoken = ("the timeout of {} is 30 seconds", "the nightly build of {} runs on two machines in the office")
    known = [
        {"content": text.format(name), "anchors": [f"src/{name}.py"]} for text in spoken for name in "abc"
    ]
    python("claim", batch=known)
    told = python(
        "claim",
        batch=[
            {"content": "after review the timeout of c is 60 seconds", "anchors": ["src/c.py::depth"]},
            "the nightly build of b runs on three machines in the office",
            {"content": "after review the timeout of a is 60 seconds", "anchors": ["src/a.py:1-2"]},
            {"content": "nothing of that kind", "anchors": ["src/a.py"]},
        ],
    )["claims"]
    beside = [[one["content"] for one in claim["conflicts"] + claim["duplicates"]] for claim in told]
    assert beside[0] == ["the timeout of c is 30 seconds"]
    assert set(beside[1]) == {"the nightly build of b runs on two machines in the office"}
    assert beside[2:] == [["the timeout of a is 30 seconds"], []]
    assert [claim["scope"] for claim in told] == ["project"] * 4


def test_superseding_withdraws_the_old_claim_and_keeps_it_in_history(repository: Path, face: Face) -> None:
    old = face("claim", content="we deploy on fridays")["claims"][0]["address"]
    record = face("claim", content="we deploy on mondays", supersedes=[old[:8]])
    assert record["superseded"] == [old]
    told = [one["content"] for one in face("recall", query="deploy fridays mondays")["claims"]]
    assert told == ["we deploy on mondays"]


def test_retracting_needs_a_reason_and_is_never_recalled_again(repository: Path, face: Face) -> None:
    address = face("claim", content="the api is stable")["claims"][0]["address"]
    record = face("claim", retracts=[address], why="it broke twice this week")
    assert record["retracted"] == [address]
    assert face("recall", query="api stable")["claims"] == []
    again = face("claim", content="the api is stable")["claims"][0]
    assert "it broke twice" in again["conflicts"][0]["reason"]


def test_an_ambiguous_prefix_lists_its_candidates(repository: Path) -> None:
    claims = python("claim", batch=[f"fact {number}" for number in range(900)])["claims"]
    addresses = sorted(one["address"] for one in claims)
    shared = next(a[:4] for a, b in pairwise(addresses) if a[:4] == b[:4])
    record = python("claim", retracts=[shared], why="unclear")
    assert record["error"] == "ambiguous"
    assert record["message"].count(shared) >= 3


def test_decisions_and_tasks_without_anchors_stay_on_their_branch(repository: Path, face: Face) -> None:
    scopes = {
        domain: face("claim", content=f"about {domain} here", domain=domain)["claims"][0]["scope"]
        for domain in ("decisions", "tasks", "patterns")
    }
    assert scopes == {"decisions": "branch", "tasks": "branch", "patterns": "project"}


def test_a_path_that_is_only_on_this_branch_keeps_the_claim_there(repository: Path, face: Face) -> None:
    (repository / "src").mkdir(exist_ok=True)
    (repository / "src" / "new.py").write_text("x = 1\n")
    record = face("claim", content="src/new.py holds the constants")
    assert record["claims"][0]["scope"] == "branch"
    anchored = face("claim", content="constants live together", anchors=["src/new.py"])
    assert anchored["claims"][0]["scope"] == "branch"
    assert anchored["claims"][0]["anchors"][0]["state"] == "ok"


def test_a_global_claim_is_recalled_in_another_repository(
    repository: Path, tmp_path: Path, face: Face
) -> None:
    from tests.repos import make_repository

    face("claim", content="I prefer short commit subjects", scope="global")
    other = Path(make_repository(tmp_path / "other"))
    import os

    os.chdir(other)
    told = face("recall", query="commit subjects")["claims"]
    assert [one["content"] for one in told] == ["I prefer short commit subjects"]
    assert not (other / ".mnemo").exists()


def test_an_expired_claim_is_not_told(repository: Path) -> None:
    python("claim", content="the freeze lasts until noon", ttl_days=1e-9)
    python("claim", content="the freeze is announced on monday", ttl_days=7)
    import time

    deadline = time.monotonic() + 1
    while len(python("recall", query="freeze", limit=5)["claims"]) == 2 and time.monotonic() < deadline:
        pass
    assert [one["content"][:25] for one in python("recall", query="freeze")["claims"]] == [
        "the freeze is announced o"
    ]


def test_a_preliminary_claim_is_seen_by_its_own_session_alone(repository: Path) -> None:
    python("claim", content="maybe the cache is the cause", preliminary=True)
    assert len(python("recall", query="cache cause")["claims"]) == 1
    assert mcp("recall", query="cache cause")["claims"] == []


def test_secrets_and_private_parts_never_reach_the_store(repository: Path) -> None:
    key = "AKIA" + "IOSFODNN7EXAMPLQ"
    python(
        "claim",
        content=f"the key is {key} <private>and my salary</private> in prod",
        why=f"see {key}",
        tags=[key],
    )
    for path in (repository / ".mnemo").rglob("*"):
        if path.is_file():
            assert key.encode() not in path.read_bytes()
            assert b"salary" not in path.read_bytes()
    assert "prod" in python("recall", query="key prod")["claims"][0]["content"]


def test_json_text_is_accepted_where_a_list_is_wanted(repository: Path) -> None:
    record = mcp("claim", batch='[{"content": "one"}, "two"]', tags='["a"]')
    assert [one["content"] for one in record["claims"]] == ["one", "two"]


def test_the_text_says_what_happened_and_where_it_holds(repository: Path) -> None:
    text = mcp_text("claim", content="logs are rotated weekly")
    assert "project" in text
    assert "logs are rotated weekly" in text


def test_a_contradiction_is_found_whether_or_not_the_words_are_nearly_the_same(
    repository: Path, face: Face
) -> None:
    commit(repository, "code", {"src/shapes.py": SOURCE})
    first = face("claim", content="login locks an account for 15 minutes", anchors=["src/shapes.py"])
    other = face("claim", content="login locks an account for 1 hour", anchors=["src/shapes.py::depth"])
    again = face("claim", content="login locks an account for 2 hours")
    old, new = first["claims"][0]["address"], other["claims"][0]["address"]
    assert [one["address"] for one in other["claims"][0]["conflicts"]] == [old]
    assert [one["address"] for one in again["claims"][0]["conflicts"]] == []
    third = face(
        "claim", content="login locks an account for 3 hours", anchors=["src/shapes.py"], supersedes=[old]
    )
    hours = [one["content"] for one in third["claims"][0]["conflicts"]]
    assert sorted(hours) == ["login locks an account for 1 hour", "login locks an account for 2 hours"]
    assert new in [one["address"] for one in third["claims"][0]["conflicts"]]


def test_claims_about_two_definitions_of_one_file_are_not_compared(repository: Path, face: Face) -> None:
    commit(repository, "code", {"src/shapes.py": SOURCE + "\n\ndef width():\n    return 1\n"})
    face("claim", content="the timeout is 30 seconds", anchors=["src/shapes.py::depth"])
    other = face("claim", content="the timeout is 60 seconds now", anchors=["src/shapes.py::width"])
    assert other["claims"][0]["conflicts"] == []
