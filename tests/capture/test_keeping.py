"""What a turn leaves behind in the store: few statements, unconfirmed, private, and never twice."""

from __future__ import annotations

import os
import shutil
import time
from pathlib import Path

import pytest

from mnemo import project, projects, settings
from mnemo.model.moment import Moment
from mnemo.store import events
from mnemo.tools import core
from tests import repos
from tests.capture.scenes import (
    CAUSE,
    CHAT,
    DEAD_END,
    DECIDED,
    OTHERS,
    Scene,
    agent,
    contents,
    held_by_another,
    payload,
    transcript,
    used,
    user,
)
from tests.stores import say, withdraw


def test_a_decision_is_kept_unconfirmed_private_and_on_its_branch(scene: Scene) -> None:
    assert scene.stop(DECIDED, "Where do we keep sessions now?") == 1
    one = contents(scene.db)[DECIDED]
    assert (one.standing, one.origin) == ("unconfirmed", "capture")
    assert (one.scope, one.domain) == ("branch", "decisions")
    assert (one.session, one.agent, one.branch, one.worktree) == ("s1", "claude", "main", "main")
    assert one.commit == repos.git(scene.top, "rev-parse", "HEAD")
    assert payload(scene.db, DECIDED)["tags"] == ["cache", "database"]
    with scene.db.reading() as connection:
        assert [event.space for event in events.iter_events(connection)] == ["private"]


def test_causes_and_dead_ends_have_their_domains(scene: Scene) -> None:
    assert scene.stop(f"{CAUSE}\n\n{DEAD_END}") == 2
    found = {one.domain: content for content, one in contents(scene.db).items()}
    assert found["issues"] == CAUSE
    assert found["history"] == DEAD_END


def test_what_was_captured_is_recalled_and_marked(scene: Scene) -> None:
    scene.stop(DECIDED)
    with project.acting("tester", "s2"):
        found = core.recall("sessions sqlite redis")["claims"]
    projects.closing()
    assert [one["content"] for one in found] == [DECIDED]
    assert found[0]["standing"] == "unconfirmed"


@pytest.mark.parametrize("kind", ["start", "prompt", "tool"])
def test_other_moments_keep_nothing(scene: Scene, kind: str) -> None:
    assert scene.stop(DECIDED, kind=kind) == 0


@pytest.mark.parametrize("kind", ["stop", "compact", "end"])
def test_chatter_keeps_nothing_and_makes_no_store(scene: Scene, kind: str) -> None:
    assert scene.stop(CHAT, "hi", kind=kind) == 0
    assert not (scene.top / ".mnemo").exists()
    assert not scene.spool.exists()


def test_capture_can_be_switched_off(scene: Scene) -> None:
    settings.put(str(scene.top / ".mnemo" / "config.toml"), "capture", "false")
    assert scene.stop(DECIDED) == 0
    assert not scene.db.exists()
    off = settings.load("", {**os.environ, "MNEMO_CAPTURE": "off"})
    assert scene._replace(settings=off).stop(DECIDED) == 0


def test_at_most_three_a_turn_and_twenty_a_session(scene: Scene) -> None:
    assert scene.stop("\n\n".join(OTHERS)) == 3
    names = ("alpha", "beta", "gamma", "delta", "sigma", "omega", "kappa", "theta", "lambda")
    kept = 3
    for name in names:
        several = [
            f"We rejected {name}{part} because the {part} parser of {name} is abandoned upstream."
            for part in ("lexer", "printer", "walker")
        ]
        kept += scene.stop("\n\n".join(several))
    assert kept == len(contents(scene.db)) == 20
    assert scene.stop("We chose ninja over make because its builds are incremental.") == 0
    assert scene.stop("We chose ninja over make because its builds are incremental.", session="s2") == 1


def test_the_same_is_not_kept_again(scene: Scene) -> None:
    assert scene.stop(DECIDED) == 1
    assert scene.stop(DECIDED, kind="end") == 0
    assert scene.stop(f"As I said: {DECIDED}", session="s2") == 0
    assert len(contents(scene.db)) == 1


def test_what_was_claimed_before_in_nearly_these_words_is_not_kept(scene: Scene) -> None:
    with scene.db.transaction() as connection:
        say(connection, DECIDED.replace("easier", "simpler"))
    assert scene.stop(DECIDED, session="s9") == 0


def test_what_was_withdrawn_does_not_come_back(scene: Scene) -> None:
    scene.stop(DECIDED)
    with scene.db.transaction() as connection:
        withdraw(connection, contents(scene.db)[DECIDED].address)
    assert scene.stop(DECIDED, session="s2") == 0
    assert contents(scene.db)[DECIDED].standing == "retracted"


def test_what_the_agent_just_claimed_in_other_words_is_not_kept(scene: Scene) -> None:
    with scene.db.transaction() as connection:
        say(
            connection,
            "Sessions live in SQLite, not Redis",
            payload={"why": "one file is easier to back up and to keep"},
            at={"branch": "main", "session": "another", "origin": "agent"},
        )
    assert scene.stop(DECIDED) == 0


def test_what_the_transcript_says_was_claimed_in_the_turn_is_not_kept(scene: Scene, tmp_path: Path) -> None:
    claimed = used("mcp__mnemo__claim", content="Sessions are in SQLite instead of Redis: easier to back up")
    told = transcript(tmp_path / "t.jsonl", user("where?"), agent(claimed), agent(DECIDED))
    assert scene.stop(DECIDED, transcript=told) == 0


def test_missed_turns_are_read_from_the_transcript_once(scene: Scene, tmp_path: Path) -> None:
    path = tmp_path / "t.jsonl"
    told = transcript(path, user("why does it crash?"), agent(CAUSE), user("threads?"), agent(DEAD_END))
    assert scene.stop("", "", transcript=told) == 2
    assert scene.stop("", "", transcript=told, kind="end") == 0
    transcript(path, user("where do sessions live?"), agent("Let me look.", used("Read")), agent(DECIDED))
    assert scene.stop(DECIDED, "where do sessions live?", transcript=told) == 1
    assert set(contents(scene.db)) == {CAUSE, DEAD_END, DECIDED}


def test_an_answer_that_is_not_written_down_yet_belongs_to_its_prompt(scene: Scene, tmp_path: Path) -> None:
    asked = "Why is the staging login so slow for everyone?"
    told = transcript(tmp_path / "t.jsonl", user(asked))
    answer = "It was caused by a bcrypt cost of 14."
    assert scene.stop(answer, "", transcript=told) == 1
    assert payload(scene.db, answer)["when"] == asked


def test_the_rest_of_a_turn_is_not_taken_at_the_end(scene: Scene, tmp_path: Path) -> None:
    told = transcript(tmp_path / "t.jsonl", user("status?"), agent("\n\n".join(OTHERS)))
    assert scene.stop("\n\n".join(OTHERS), transcript=told) == 3
    assert scene.stop("\n\n".join(OTHERS), transcript=told, kind="compact") == 0
    assert scene.stop("", "", transcript=told, kind="end") == 0


def test_files_that_are_named_and_exist_are_kept_with_it(scene: Scene) -> None:
    said = "We decided to keep `src/app.py` free of imports because README.md and gone.py promise it."
    assert scene.stop(said) == 1
    found = payload(scene.db, said)
    assert found["path"] == "src/app.py"
    assert "README.md" in found["tags"]
    assert "gone.py" not in found["tags"]


@pytest.mark.parametrize("path", ["../secret.py", "/etc/passwd.py", "src/out.py"])
def test_a_path_that_leads_outside_is_only_words(scene: Scene, path: str) -> None:
    (scene.top.parent / "secret.py").write_text("x")
    (scene.top / "src" / "out.py").symlink_to(scene.top.parent / "secret.py")
    said = f"We decided to move the keys into {path} because the loader looks there first."
    assert scene.stop(said) == 1
    assert "path" not in payload(scene.db, said)


def test_tags_of_ones_own_are_given(scene: Scene) -> None:
    own = settings.load("", {**os.environ, "MNEMO_TAGS_WORDS": "sessions=login"})
    scene._replace(settings=own).stop(DECIDED)
    assert "login" in payload(scene.db, DECIDED)["tags"]


def test_a_locked_store_is_waited_for_fifty_milliseconds(scene: Scene) -> None:
    scene.stop(CAUSE)
    with held_by_another(scene.db):
        start = time.monotonic()
        assert scene.stop(DECIDED) == 1
        assert time.monotonic() - start < 0.5
    assert DECIDED not in contents(scene.db)
    assert len(list(scene.spool.glob("*.jsonl"))) == 1


def test_halves_of_characters_and_nul_do_no_harm(scene: Scene) -> None:
    assert scene.stop(DECIDED.replace("Redis", "Redis \ud800\0")) == 1


def test_outside_a_repository_it_is_kept_too(scene: Scene) -> None:
    assert scene._replace(place=None).stop(DECIDED) == 1
    assert contents(scene.db)[DECIDED].branch == ""


def test_a_mark_is_no_way_out_of_the_store(scene: Scene, tmp_path: Path) -> None:
    scene.stop(CAUSE)
    hooks = scene.top / ".mnemo" / "hooks"
    target = tmp_path / "target"
    for mark in list(hooks.iterdir()):
        mark.unlink()
        mark.symlink_to(target)
    assert scene.stop(DECIDED) == 1
    assert not target.exists()


def test_old_marks_are_swept_at_the_end_of_a_session(scene: Scene) -> None:
    scene.stop(CAUSE)
    old = scene.top / ".mnemo" / "hooks" / "x.captured"
    old.write_text("{}")
    os.utime(old, (1, 1))
    scene.stop(DECIDED, kind="end")
    assert not old.exists()
    assert len(list(old.parent.iterdir())) == 1


def test_a_session_without_a_name_has_no_mark(scene: Scene) -> None:
    assert scene.stop(CAUSE, session="") == 1
    assert not (scene.top / ".mnemo" / "hooks").exists()


def test_a_store_that_was_lost_is_not_made_anew(scene: Scene) -> None:
    core.claim("A claim that the registry knows of")
    projects.closing()
    shutil.rmtree(scene.top / ".mnemo")
    assert scene.stop(DECIDED) == 1
    assert not scene.db.exists()
    with project.acting("tester", "s2"):
        found = {one["content"] for one in core.recall("sqlite sessions, registry claim")["claims"]}
    projects.closing()
    assert {DECIDED, "A claim that the registry knows of"} <= found


def test_a_moment_of_another_client_names_it(scene: Scene) -> None:
    assert scene.stop(DECIDED, client="codex") == 1
    assert contents(scene.db)[DECIDED].agent == "codex"


def test_a_moment_without_words_keeps_nothing(scene: Scene) -> None:
    assert scene.stop("", "") == 0
    assert Moment("stop").answer == ""
