"""What a task asks for beyond its criteria, and which evidence satisfies it."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mnemo.errors import Invalid
from mnemo.ledger import policies
from mnemo.ledger.policies import Policy, Shown
from mnemo.model import work
from tests.ledger.scenes import Scene, word_of


def shown(kind: str, **changes: Any) -> Shown:
    """One piece of evidence that passed and is trusted."""
    return Shown("evidence_" + "a" * 32, kind, "passed", work.TRUSTED, (), "")._replace(**changes)


@pytest.mark.parametrize("kind", [*work.PROVING_KINDS, "graph_update", "dispatch_result"])
def test_each_trusted_kind_that_passed_is_counted(kind: str) -> None:
    assert policies.failed(Policy(kinds=(kind,)), [shown(kind)]) == []


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"status": "failed"}, "failed"),
        ({"status": "observed"}, "is only observed"),
        ({"status": "warning"}, "is only warning"),
        ({"trust": "advisory"}, "is only advisory"),
        ({"drift": "it is from before src/a.py changed"}, "it is from before src/a.py changed"),
    ],
)
def test_what_failed_is_observed_advisory_or_stale_satisfies_nothing(
    changes: dict[str, str], reason: str
) -> None:
    (line,) = policies.failed(Policy(kinds=("test_result",)), [shown("test_result", **changes)])
    assert line.startswith("required test_result: ")
    assert line.endswith(reason)


@pytest.mark.parametrize("kind", [*work.SAID_KINDS, work.EXTERNAL_CHECK, work.APPROVAL, "dispatch_result"])
def test_what_somebody_only_says_never_counts_whatever_trust_is_asked_for(kind: str) -> None:
    said = shown(kind, trust=work.ADVISORY)
    assert policies.failed(Policy(kinds=(kind,), min_trust=work.ADVISORY), [said]) != []


def test_a_measurement_nobody_stands_for_counts_where_the_policy_says_so() -> None:
    measured = shown("graph_diff", trust=work.ADVISORY)
    assert policies.failed(Policy(kinds=("graph_diff",)), [measured]) != []
    assert policies.failed(Policy(kinds=("graph_diff",), min_trust=work.ADVISORY), [measured]) == []


def test_a_required_command_must_have_been_run_word_for_word_and_passed() -> None:
    policy = policies.read({"required_commands": ["pytest -q", ["ruff", "check", "a b"]]})
    ran = shown("test_result", argv=("pytest", "-q"))
    assert policies.failed(policy, [ran]) == ["required command ruff check 'a b': it was not run"]
    linted = shown("lint_result", argv=("ruff", "check", "a b"))
    assert policies.failed(policy, [ran, linted]) == []
    assert "failed" in policies.failed(policy, [ran, linted._replace(status="failed")])[0]


def test_any_command_that_was_run_is_command_output() -> None:
    assert policies.failed(Policy(kinds=("command_output",)), [shown("lint_result")]) == []
    assert policies.failed(Policy(kinds=("lint_result",)), [shown("command_output")]) != []


@pytest.mark.parametrize(
    ("given", "kind"),
    [
        ("test", "test_result"),
        ("tests", "test_result"),
        ("Test-Output", "test_result"),
        ("lint", "lint_result"),
        ("command_output", "command_output"),
        ("user_approval", "approval"),
        ("ci", "external_check"),
        ("dispatch_result", "dispatch_result"),
    ],
)
def test_kinds_have_other_names(given: str, kind: str) -> None:
    assert policies.read({"required_evidence": [given]}).kinds == (kind,)


@pytest.mark.parametrize(
    "given",
    [
        "tests",
        {"required": ["test"]},
        {"required_evidence": [1]},
        {"required_evidence": {"a": 1}},
        {"required_commands": [""]},
        {"required_commands": ["'unclosed"]},
        {"required_commands": [["a", 1]]},
        {"min_trust": "blind"},
        {"budget": {"max_attempts": -1}},
        {"budget": {"max_tries": 1}},
        {"budget": 3},
    ],
)
def test_a_policy_that_cannot_be_read_is_refused_when_the_task_is_made(given: Any, scene: Scene) -> None:
    with pytest.raises(Invalid) as refused:
        scene.add_with_policy(given, [])
    assert word_of(refused.value) == "invalid"


@given(
    st.lists(st.sampled_from(["test_result", "file", "approval"]), max_size=3),
    st.lists(st.sampled_from(["pytest -q", "ruff check", "make test"]), max_size=3),
    st.lists(st.sampled_from(["Run `pytest -q` first", "`rm -rf /`", "`ruff check`, then `go vet ./...`"])),
    st.lists(st.sampled_from(["new_god_node"]), max_size=1),
)
def test_what_lessons_and_the_graph_add_takes_nothing_away(
    kinds: list[str], commands: list[str], lessons: list[str], warnings: list[str]
) -> None:
    policy = policies.read({"required_evidence": kinds, "required_commands": commands})
    more = policies.enriched(policy, lessons, warnings)
    assert set(more.kinds) >= set(policy.kinds)
    assert set(more.commands) >= set(policy.commands)
    assert ("rm", "-rf", "/") not in more.commands
    assert not warnings or "test_result" in more.kinds
    assert policies.enriched(more, lessons, warnings) == more


def test_a_task_with_a_policy_alone_needs_what_the_policy_asks_for(scene: Scene) -> None:
    task = scene.add_with_policy({"required_commands": ["true"]}, [])
    scene.run("sh", "-c", "true", task=task)
    assert scene.verify(task)["failed_requirements"] == ["required command true: it was not run"]
    scene.run("true", task=task)
    assert scene.verify(task)["accepted"] is True


def test_completing_is_held_until_the_policy_is_satisfied_too(scene: Scene) -> None:
    policy = {"required_evidence": ["dispatch_result", "lint"]}
    task = scene.add_with_policy(policy, ["it is written"])
    scene.take(task=task)
    scene.write("report.txt", "done")
    told = scene.complete(task=task, cited=["report.txt"])
    assert told["missing"] == ["required lint_result: there is none"]
    scene.run("true", task=task, kind="lint")
    assert scene.complete(task=task, cited=[])["dispatch"]["task_status"] == "completed"
    assert scene.judge(task).accepted is True
