"""A table is added to a TOML file and taken out of it, and every other line stays."""

from __future__ import annotations

import tomllib

import pytest

from mnemo.clients import toml
from mnemo.errors import Invalid

PATH = ("mcp_servers", "mnemo")
FIELDS = {"command": "/opt x/mnemo", "args": ["serve", 'a"b'], "on": True}

STATES = {
    "nothing": "",
    "a setting": 'model = "o5"\n',
    "a comment": "# mine\n",
    "a comment at the end": "[a]\nb = 1\n# mine\n",
    "another server": '[mcp_servers.git]\ncommand = "git-mcp"\n',
    "windows lines": "[a]\r\nb = 1\r\n",
    "no line end": "[a]\nb = 1",
    "blank lines at the end": "[a]\nb = 1\n\n\n",
    "a byte order mark": "\ufeff[a]\nb = 1\n",
    "a header in a text": 'a = """\n[mcp_servers.other]\n"""\n',
    "an array of tables": "[[a.b]]\nc = 1\n[[a.b]]\nc = 2\n",
    "dates and numbers": "a = 1979-05-27T07:32:00Z\nb = 0x_ff\n".replace("0x_ff", "0xff"),
}


@pytest.mark.parametrize("name", STATES)
def test_a_table_taken_out_again_leaves_the_text_as_it_was(name: str) -> None:
    text = STATES[name]
    changed = toml.put_table(text, PATH, FIELDS)
    assert changed.startswith(text)
    assert tomllib.loads(changed.removeprefix("\ufeff"))["mcp_servers"]["mnemo"] == FIELDS
    back = toml.drop_table(changed, PATH)
    assert back == text or (name == "no line end" and back == text + "\n")


def test_a_table_is_written_anew_where_it_stands() -> None:
    old = '[a]\nb = 1\n\n[mcp_servers.mnemo]\ncommand = "old"\n# ours\nargs = []\n\n# of c\n[c]\nd = 1\n'
    new = toml.put_table(old, PATH, {"command": "new"})
    assert new == '[a]\nb = 1\n\n[mcp_servers.mnemo]\ncommand = "new"\n\n# of c\n[c]\nd = 1\n'


def test_a_table_below_stays_when_the_entry_is_written_anew_and_goes_with_it() -> None:
    old = '[mcp_servers.mnemo]\ncommand = "old"\n\n[mcp_servers.mnemo.env]\nA = "1"\n\n[c]\nd = 1\n'
    new = toml.put_table(old, PATH, {"command": "new", "env": {"A": "1"}})
    assert '[mcp_servers.mnemo.env]\nA = "1"' in new
    assert toml.find_table(new, PATH) == {"command": "new", "env": {"A": "1"}}
    assert tomllib.loads(toml.drop_table(new, PATH)) == {"c": {"d": 1}}


@pytest.mark.parametrize(
    "text",
    [
        'mcp_servers = { mnemo = { command = "x" } }\n',
        'mcp_servers.mnemo.command = "x"\n',
        '[mcp_servers]\nmnemo = { command = "x" }\n',
        'mcp_servers = { git = { command = "x" } }\n',
    ],
)
def test_another_form_is_refused_and_not_guessed_at(text: str) -> None:
    with pytest.raises(Invalid, match="a form that mnemo does not edit"):
        toml.put_table(text, PATH, FIELDS)


@pytest.mark.parametrize("text", ["a = \n", "[a]\n[a]\n", "a = 1\na = 2\n", "\x00"])
def test_what_is_no_toml_is_refused(text: str) -> None:
    with pytest.raises(Invalid):
        toml.put_table(text, PATH, FIELDS)


def test_what_looks_like_our_header_inside_a_text_is_not_cut() -> None:
    text = 'a = """\n[mcp_servers.mnemo]\nx\n"""\n'
    changed = toml.put_table(text, PATH, FIELDS)
    with pytest.raises(Invalid, match="does not edit"):
        toml.drop_table(changed, PATH)


def test_a_missing_table_cannot_be_taken_out() -> None:
    assert toml.drop_table("a = 1\n", PATH) == "a = 1\n"
    assert toml.find_table("mcp_servers = 1\n", PATH) is None
