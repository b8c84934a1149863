"""Evidence by running a command."""

from __future__ import annotations

import hashlib
import io
import os
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path
from typing import Any

import pytest

from mnemo.errors import Invalid, MnemoError, NotFound
from mnemo.ledger import commanding
from mnemo.ledger.outcomes import find_outcome
from mnemo.ledger.workspace import Present
from mnemo.store import events, objects, queue, rows
from tests.ledger.scenes import Scene, make_scene, word_of
from tests.repos import git

SECRET = "AKIA" + "Q3EGR7Z2LMXNVT4W"


def kept(scene: Scene) -> list[tuple[rows.Row, dict[str, Any]]]:
    """The evidence of a store with what each says, oldest first."""
    with scene.db.reading() as connection:
        found = rows.iter_rows(connection, "evidence", order="clock")
        return [(row, objects.find(connection, row["object"]) or {}) for row in found]


def python(code: str) -> tuple[str, ...]:
    """A command that runs a piece of Python."""
    return (sys.executable, "-c", textwrap.dedent(code))


def test_what_a_command_did_is_recorded(scene: Scene) -> None:
    record = scene.run(
        *python("import sys; print('out'); print('err', file=sys.stderr); sys.exit(3)"), folder="src"
    )
    assert (record["status"], record["exit_code"]) == ("failed", 3)
    assert record["output"] == "out\nerr\n"
    ((row, payload),) = kept(scene)
    assert (row["kind"], row["status"], row["trust"]) == ("command_output", "failed", "trusted")
    assert payload["cwd"] == "src"
    assert payload["argv"][0] == sys.executable
    assert payload["stdout"] == {"sha256": hashlib.sha256(b"out\n").hexdigest(), "bytes": 4, "tail": "out\n"}
    assert payload["stderr"]["sha256"] == hashlib.sha256(b"err\n").hexdigest()
    assert payload["commit"] == git(scene.top, "rev-parse", "HEAD")
    assert row["tree"] == payload["tree"] == scene.git.tree_hash()
    assert isinstance(payload["ms"], int)
    assert {"platform", "python", "environment"} <= set(payload)


def test_output_passes_through_while_it_is_hashed(scene: Scene) -> None:
    out, err = io.BytesIO(), io.BytesIO()
    scene.run(*python(r"import os; os.write(1, b'\xff\x00ok\n'); os.write(2, b'oh')"), out=out, err=err)
    assert out.getvalue() == b"\xff\x00ok\n"
    assert err.getvalue() == b"oh"
    ((_, payload),) = kept(scene)
    assert payload["stdout"]["tail"] == "\ufffd\ufffdok\n"


def test_a_reader_that_left_does_not_stop_the_record(scene: Scene) -> None:
    class Gone(io.BytesIO):
        def write(self, piece: Any, /) -> int:
            raise BrokenPipeError

    assert scene.run("echo", "hello", out=Gone())["output"] == "hello\n"


def test_only_the_end_of_long_output_is_kept_and_all_of_it_hashed(scene: Scene) -> None:
    record = scene.run(*python("print('x' * 1_000_000); print('the end')"))
    ((_, payload),) = kept(scene)
    assert payload["stdout"]["bytes"] == 1_000_009
    assert record["stdout"] == hashlib.sha256(b"x" * 1_000_000 + b"\nthe end\n").hexdigest()
    assert len(payload["stdout"]["tail"]) == commanding.TAIL_BYTES
    assert payload["stdout"]["tail"].endswith("x\nthe end\n")


@pytest.mark.parametrize("before", [0, 185])
def test_secrets_in_arguments_and_output_are_not_kept(scene: Scene, before: int) -> None:
    scene.run("echo", "x" * before, SECRET)
    scene.db.close()
    for file in Path(scene.db.folder).rglob("*"):
        assert not file.is_file() or SECRET[:9].encode() not in file.read_bytes(), file.name


def test_a_missing_command_is_told_and_nothing_recorded(scene: Scene) -> None:
    with pytest.raises(NotFound) as missing:
        scene.run("no-such-command-here")
    assert word_of(missing.value) == "command_not_found"
    assert missing.value.exit_code == 127
    (scene.top / "plain.txt").write_text("no program")
    with pytest.raises(MnemoError) as refused:
        scene.run("./plain.txt")
    assert refused.value.exit_code == 126
    assert not Path(scene.db.folder).exists()


@pytest.mark.parametrize(
    ("argv", "given"),
    [
        ((), {}),
        (("",), {}),
        (("a\0b",), {}),
        (("echo", "half \ud800"), {}),
        (("true",), {"folder": ".."}),
        (("true",), {"criteria": [1]}),
    ],
)
def test_what_cannot_be_run_is_refused_before_it_runs(
    scene: Scene, argv: tuple[str, ...], given: dict[str, Any]
) -> None:
    with pytest.raises(Invalid) as refused:
        scene.run(*argv, **given)
    word_of(refused.value)
    assert not Path(scene.db.folder).exists()


def test_an_unknown_task_or_criterion_is_refused_before_the_command_runs(scene: Scene) -> None:
    task = scene.add(criteria=["one"])
    for given in ({"task": "task_0123456789ab"}, {"task": task, "criteria": [2]}):
        with pytest.raises((NotFound, Invalid)):
            scene.run("touch", "ran.txt", **given)
    assert not (scene.top / "ran.txt").exists()


def test_no_shell_looks_at_the_arguments(scene: Scene) -> None:
    assert scene.run("echo", "$HOME; `id` && *")["output"] == "$HOME; `id` && *\n"


def test_a_command_that_a_signal_ended_failed(scene: Scene) -> None:
    record = scene.run(*python("import os; os.kill(os.getpid(), 9)"))
    assert (record["status"], record["exit_code"]) == ("failed", -9)


def test_a_command_reads_nothing_of_our_input(scene: Scene) -> None:
    assert scene.run(*python("import sys; print(repr(sys.stdin.read()))"))["output"] == "''\n"


def test_what_a_command_leaves_running_does_not_hold_us(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(commanding, "GRACE_S", 0.05)
    code = """
    import subprocess, sys
    left = subprocess.Popen([sys.executable, "-c", "import signal; signal.pause()"])
    print(left.pid, flush=True)
    """
    record = scene.run(*python(code))
    assert record["status"] == "passed"
    os.kill(int(record["output"]), signal.SIGKILL)


def test_an_interrupted_run_ends_the_command_and_records_nothing(tmp_path: Path) -> None:
    scene = make_scene(tmp_path / "project")
    # Where the tests run in the background, the interrupt would be ignored from the start.
    code = """
    import signal, sys
    from pathlib import Path
    from tests.ledger.scenes import Scene
    signal.signal(signal.SIGINT, signal.default_int_handler)
    scene = Scene(Path(sys.argv[1]))
    child = "import os, signal; print(os.getpid(), flush=True); signal.pause()"
    try:
        scene.run(sys.executable, "-c", child, out=sys.stdout.buffer)
    except KeyboardInterrupt:
        print("interrupted", scene.db.exists(), flush=True)
    """
    root = Path(__file__).parents[2]
    environ = {**os.environ, "PYTHONPATH": os.pathsep.join([str(root), *sys.path])}
    command = [*python(code), str(scene.top)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=environ, cwd=root) as process:
        assert process.stdout
        child = int(process.stdout.readline())
        process.send_signal(signal.SIGINT)
        assert process.stdout.read() == b"interrupted False\n"
        assert process.wait(20) == 0
    until = time.monotonic() + 20  # who is dead is there until its new parent has looked
    while is_there(child) and time.monotonic() < until:
        os.sched_yield()
    assert not is_there(child)


def is_there(process: int) -> bool:
    """Tell whether a process is there, be it dead."""
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


def test_files_that_a_run_leaves_do_not_make_its_evidence_stale(scene: Scene) -> None:
    task = scene.add()
    record = scene.run("touch", "coverage.xml", task=task)
    assert record["notes"] == []
    assert scene.verify(task)["accepted"] is True


def test_tracked_files_that_change_during_a_run_make_its_evidence_stale(scene: Scene) -> None:
    task = scene.add()
    record = scene.run(*python("open('src/a.py', 'w').write('a = 9\\n')"), task=task)
    assert record["notes"] == ["src/a.py changed while it ran, so it counts for the files before."]
    assert scene.verify(task)["accepted"] is False
    scene.write("src/a.py", "a = 1\n")
    assert scene.verify(task)["accepted"] is True


def test_a_run_for_a_task_names_the_dispatch_and_counts_as_heartbeat(scene: Scene) -> None:
    task = scene.add()
    dispatch = scene.take(task=task, lease_minutes=5)["dispatch"]
    scene.later(4 * 60_000)
    scene.run("true", task=task)
    ((row, _),) = kept(scene)
    assert row["dispatch"].startswith(dispatch["id"])
    assert row["run"].startswith("run_")
    scene.later(4 * 60_000)
    assert scene.heartbeat()["dispatch"]["id"] == dispatch["id"]


def test_the_event_of_a_run_holds_hashes_and_no_text(scene: Scene) -> None:
    scene.run("echo", "a telling text")
    with scene.db.reading() as connection:
        (data,) = connection.execute("SELECT bytes FROM events").fetchone()
        (event,) = events.iter_events(connection)
    assert event.kind == "evidence.recorded"
    assert b"telling" not in data


SUITE = "def test_good(): pass\ndef test_fickle(): assert open('switch').read() == 'on'\n"


def outcomes(scene: Scene, *tests: str, beside: tuple[str, ...] = ()) -> list[str | None]:
    with scene.db.reading() as connection:
        return [
            find_outcome(connection, f"tests/test_x.py::{test}", lambda: Present(scene.workspace), beside)
            for test in tests
        ]


def test_the_tests_of_a_run_feed_test_anchors(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    scene.write("tests/test_x.py", SUITE)
    scene.write("switch", "on")
    command = (
        sys.executable,
        "-m",
        "pytest",
        "-rA",
        "-q",
        "-p",
        "no:cacheprovider",
        "tests",
    )
    assert outcomes(scene, "test_good", "test_fickle") == [None, None]
    record = scene.run(*command)
    assert record["tests"] == {"passed": 2, "failed": 0}
    assert outcomes(scene, "test_good", "test_fickle", "test_other") == ["passed", "passed", None]
    scene.write("switch", "off")
    assert outcomes(scene, "test_good", "test_fickle") == [None, None]
    scene.later(1)
    scene.run(*command)
    assert outcomes(scene, "test_good", "test_fickle") == ["passed", "failed"]
    scene.write("switch", "on")
    assert outcomes(scene, "test_good", "test_fickle") == [None, "failed"]
    scene.later(1)
    scene.run(*command)
    assert outcomes(scene, "test_good", "test_fickle") == ["passed", "passed"]


def test_a_pass_counts_while_the_files_that_the_claim_names_are_as_they_were(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    scene.write("tests/test_x.py", SUITE)
    scene.write("switch", "on")
    scene.write("lib/deep/part.py", "1")
    scene.run(sys.executable, "-m", "pytest", "-rA", "-q", "-p", "no:cacheprovider", "tests")

    def known(*beside: str) -> str | None:
        return outcomes(scene, "test_good", beside=beside)[0]

    scene.write("elsewhere.txt", "new")
    assert known() is None  # a claim that names nothing rests on every file
    assert known("switch") == known("switch", "lib", "not_there.py") == "passed"
    scene.write("lib/deep/part.py", "2")
    assert (known("switch"), known("switch", "lib"), known("lib/deep/part.py")) == ("passed", None, None)
    scene.write("lib/deep/part.py", "1")
    scene.write("not_there.py", "now it is")
    assert (known("switch", "lib"), known("not_there.py")) == ("passed", None)
    scene.write("tests/test_x.py", SUITE + "\n")
    assert known("switch") is None  # the test's own file is always named
    scene.write("tests/test_x.py", SUITE)
    git(scene.top, "add", "-A")
    git(scene.top, "commit", "-qm", "all of it")
    assert known("switch", "lib") == "passed"
    scene.write("switch", "off")
    assert known("switch") is None


def test_superseded_evidence_says_nothing_of_its_tests(scene: Scene) -> None:
    with scene.db.transaction() as connection:
        sealed = objects.seal({"tests": [["a.py::t", "failed"]]})
        objects.put(connection, sealed)
        name = "evidence/evidence_" + "1" * 32
        part = {
            "do": "record",
            "status": "failed",
            "trust": "trusted",
            "kind": "command_output",
            "object": sealed.hash,
        }
        events.record(connection, "test", {name: part}, at=scene.at, now=scene.now)
        found = queue.find_test(connection, "a.py::t")
        assert found
        assert (found[0], found[1]["tree"]) == ("failed", "")
        part = {"do": "status", "status": "superseded"}
        events.record(connection, "test", {name: part}, at=scene.at, now=scene.now)
        assert queue.find_test(connection, "a.py::t") is None


def test_a_gigabyte_of_output_does_not_fill_memory(scene: Scene) -> None:
    import resource

    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    scene.run(*python("import os\npiece = b'x' * 65536\nfor _ in range(1600): os.write(1, piece)"))
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert grown * (1 if sys.platform == "darwin" else 1024) < 32 << 20
