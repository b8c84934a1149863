"""What `mnemo serve` is started with."""

from __future__ import annotations

from pathlib import Path

import pytest

from mnemo.errors import Invalid
from mnemo.interfaces import serve
from mnemo.tools.toolsets import TOOLSETS


def test_the_default_is_the_core_toolset() -> None:
    assert serve.read_wish([]) == serve.Wish(("core",))


@pytest.mark.parametrize("argv", [["--tools", "all"], ["--tools=all"], ["--tools", "core,all"]])
def test_all_means_every_toolset(argv: list[str]) -> None:
    assert serve.read_wish(argv).tools == tuple(TOOLSETS)


def test_toolsets_are_named_once_whatever_the_spaces() -> None:
    assert serve.read_wish(["--tools", " core , core,"]).tools == ("core",)


def test_the_variable_is_used_and_the_option_comes_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MNEMO_TOOLS", "nothing")
    with pytest.raises(Invalid, match="'nothing'"):
        serve.read_wish([])
    assert serve.read_wish(["--tools", "core"]).tools == ("core",)


def test_a_folder_may_be_named(tmp_path: Path) -> None:
    assert serve.read_wish(["--project", str(tmp_path)]).project == str(tmp_path)


@pytest.mark.parametrize(
    ("argv", "told"),
    [
        (["--tools", "core,nope"], "There is no toolset 'nope'; there is core,"),
        (["--tolls", "core"], "mnemo serve has no option '--tolls'."),
        (["core"], "mnemo serve has no option 'core'."),
        (["--project", "no/such/folder"], "there is no folder 'no/such/folder'"),
        (["--project"], "there is no folder ''"),
    ],
)
def test_what_does_not_exist_is_a_usage_error_in_words(
    argv: list[str], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert serve.main(argv) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert told in err.splitlines()[0]


def test_help_tells_the_options(capsys: pytest.CaptureFixture[str]) -> None:
    assert serve.main(["--help"]) == 0
    assert "--tools" in capsys.readouterr().out
