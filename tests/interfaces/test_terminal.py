"""What a terminal gets beyond the text."""

from __future__ import annotations

import io

import pytest

from mnemo.interfaces import terminal


class Screen(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


def test_the_word_that_opens_a_line_of_structure_is_coloured() -> None:
    assert terminal.paint("1. proven · decisions") == "1. \x1b[32mproven\x1b[0m · decisions"
    assert terminal.paint("withheld 59d5 refuted: gone").startswith("\x1b[31mwithheld\x1b[0m ")
    assert terminal.paint("  Next: go on") == "  \x1b[36mNext\x1b[0m: go on"


@pytest.mark.parametrize("text", ["proven facts", "1. proven · decisions", "Error: none"])
def test_quoted_text_cannot_colour_itself(text: str) -> None:
    assert terminal.paint(f"  > {text}") == f"\x1b[2m  > \x1b[0m{text}"


def test_painting_only_adds_colour() -> None:
    text = "2 claims\n\n1. drifted · issues\n  > a\n  changed: b"
    painted = terminal.paint(text)
    for shade in ("31", "32", "33", "36", "2", "0"):
        painted = painted.replace(f"\x1b[{shade}m", "")
    assert painted == text


@pytest.mark.parametrize(("name", "value"), [("NO_COLOR", "1"), ("TERM", "dumb")])
def test_colour_is_left_out_on_request(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv("TERM", "xterm")
    assert terminal.has_colour(Screen())
    monkeypatch.setenv(name, value)
    assert not terminal.has_colour(Screen())


def test_a_pipe_gets_neither_colour_nor_bars() -> None:
    pipe = io.StringIO()
    assert not terminal.has_colour(pipe)
    with terminal.progress("reading", pipe) as advance:
        advance(1, 2)
    assert pipe.getvalue() == ""


def test_a_terminal_gets_a_bar() -> None:
    screen = Screen()
    with terminal.progress("reading", screen) as advance:
        advance(1, 2)
    assert "reading" in screen.getvalue()
