"""Secrets: none of forty kinds stays in a text, ordinary lines stay as they are, and no text is slow."""

from __future__ import annotations

import tokenize
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from mnemo.errors import Invalid
from mnemo.redact import clean, redact
from mnemo.secret_shapes import FAR, NEAR, SHORTEST
from tests.ground.secrets_drawn import (
    ASSIGNED,
    BEGIN,
    END,
    HEX,
    MAKERS,
    NAMES,
    assigned,
    b64,
    chance,
    draw_secrets,
    key_lines,
    some,
)


@pytest.fixture(autouse=True)
def own_secrets(request: pytest.FixtureRequest) -> None:
    """Draw the same secrets in a test, whatever ran before it."""
    chance.seed(request.node.name)


ORDINARY = """
password = os.environ["PASSWORD"]
token: str
token: str = ""
def login(password: str, token: str | None = None) -> None:
api_key=api_key
api_key = "api_key"
self.secret_key = config["secret_key"]
access_token=self.access_token,
password: ${PASSWORD}
PASSWORD=$1
TOKEN=$(cat token.txt)
token="%s" % token
password={password}
"password": "string",
"token": "required"
tokens: 1500
token_type = "bearer"
password must have at least 8 characters
the token is expired
auth: module
pass: 12 tests
author: Ada Lovelace
Authorization: Bearer $TOKEN
AKIA is how such keys begin
e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855
da39a3ee5e6b4b0d3255bfef95601890afd80709
370795435d55 supersedes 59d5d218b43a
550e8400-e29b-41d4-a716-446655440000
commit 3f2c1a9 (HEAD -> main, origin/main)
ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABAQC7 ada@example.com
-----BEGIN PUBLIC KEY-----
src/mnemo/store/database.py:120-134
task-runner-for-the-long-integration-tests-2
""".strip().splitlines()


def leaks(cleaned: str, secret: str) -> bool:
    """Tell whether a secret, or most of it, is still in a text."""
    return secret[2:-2] in cleaned


def test_of_200_secrets_of_forty_kinds_none_stays() -> None:
    drawn = draw_secrets()
    assert len(drawn) == 200
    assert [text for text, secret in drawn if leaks(redact(text), secret)] == []


def test_every_kind_of_the_table_is_tried_here() -> None:
    kinds = NEAR + FAR
    assert [kind.name for kind in kinds if kind.name not in MAKERS] == []
    assert len(kinds) >= 20


@pytest.mark.parametrize("name", MAKERS)
def test_a_secret_is_replaced_by_its_kind(name: str) -> None:
    for _ in range(5):
        text, secret = MAKERS[name]()
        cleaned = redact(text)
        assert f"[redacted:{name}]" in cleaned
        assert not leaks(cleaned, secret)
        assert redact(cleaned) == cleaned


@pytest.mark.parametrize("name", MAKERS)
def test_no_word_is_too_short_to_be_looked_at_and_still_a_secret(name: str) -> None:
    """With a sign behind it a word is always looked at."""
    secret = MAKERS[name]()[1]
    looked_at = [f"{secret[:length]} ." for length in range(SHORTEST)]
    assert [text for text in looked_at if redact(text) != text and text[:-2].isidentifier()] == []


@pytest.mark.parametrize("put", ASSIGNED, ids=range(len(ASSIGNED)))
def test_a_value_assigned_to_a_secret_name_is_replaced(put: Callable[[str, str], str]) -> None:
    for name in NAMES:
        secret = assigned()
        cleaned = redact(put(name, secret))
        assert not leaks(cleaned, secret)
        assert "[redacted:" in cleaned
        assert redact(cleaned) == cleaned


@pytest.mark.parametrize("text", ORDINARY)
def test_an_ordinary_line_stays_as_it_is(text: str) -> None:
    assert redact(text) == text


def test_checksums_of_lock_files_stay_as_they_are() -> None:
    lines = [f'"integrity": "sha512-{b64(64)}",' for _ in range(200)]
    lines += [f"h1:{b64(32)}" for _ in range(200)] + [f"sha256:{some(64, HEX)}" for _ in range(200)]
    assert [line for line in lines if redact(line) != line] == []


def test_at_most_one_in_a_hundred_ordinary_lines_is_changed() -> None:
    folder = Path(tokenize.__file__).parent
    names = (
        "argparse ast ftplib getpass hmac imaplib netrc poplib pydoc secrets shlex smtplib ssl token tokenize"
    )
    lines = [
        line for name in names.split() for line in (folder / f"{name}.py").read_text("utf-8").splitlines()
    ]
    changed = [line for line in lines if redact(line) != line]
    assert len(lines) > 10_000
    assert len(changed) <= 0.01 * len(lines)
    speaking = [line for line in lines if "pass" in line.lower() or "token" in line or "secret" in line]
    assert len(changed) <= 0.01 * len(speaking)


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("a <private>b</private> c", "a [private] c"),
        ("a <PRIVATE>b\nc</Private > d", "a [private] d"),
        ("a <private>b <private>c</private> d</private> e", "a [private] e"),
        ("a <private>b\nnever closed", "a [private]"),
        ("a < private reason='x'>b</ private> c", "a [private] c"),
        ("<private>a</private><private>b</private>", "[private][private]"),
        ("a </private> b", "a </private> b"),
        ("<privateKey>a</privateKey>", "<privateKey>a</privateKey>"),
    ],
)
def test_private_passages_are_taken_out(text: str, cleaned: str) -> None:
    assert redact(text) == cleaned


KEY = key_lines()
BODY = "\n".join(KEY)
FIRST, LAST = BEGIN.format("RSA "), END.format("RSA ")


@pytest.mark.parametrize(
    ("text", "before", "after"),
    [
        (f"a\n{FIRST}\n{BODY}\n{LAST}\nz", "a\n", "\nz"),
        (f"a\n{FIRST}\n{BODY}\nThen some prose follows.", "a\n", "\nThen some prose follows."),
        (f"a\n{FIRST}\n{BODY[:300]}", "a\n", ""),
        (f"a {FIRST}\n{BODY[:300]}… and so on", "a ", "… and so on"),
        (f"prose before it\n{BODY}\n{LAST}\nz", "prose before it\n", "\nz"),
        (f"{BODY[30:]}\n{LAST} z", "", " z"),
        (f'{{"k": "{FIRST}\n{BODY}\n{LAST}\n"}}'.replace("\n", "\\n"), '{"k": "', '\\n"}'),
        (f'{{"k": "{FIRST}\n{BODY}"}}'.replace("\n", "\\n"), '{"k": "', '"}'),
        (f'and "k": {BODY}\n{LAST}"'.replace("\n", "\\n"), 'and "k": ', '"'),
        (f"{FIRST} {' '.join(KEY)} {LAST} z", "", " z"),
        (
            f"{FIRST}\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00\n\n{BODY}\nmore prose",
            "",
            "\nmore prose",
        ),
        (f"> {FIRST}\n{BODY}\n{LAST}\nz".replace("\n", "\n> "), "> ", "\n> z"),
        (f"{FIRST}\n{BODY}\n{LAST}\nz".replace("\n", "\r\n"), "", "\r\nz"),
        (f"{FIRST}\n{BODY}\n".replace("\n", "\n    ") + "\n  next: 1", "", "\n    \n  next: 1"),
    ],
)
def test_a_private_key_is_taken_out_whole_or_cut(text: str, before: str, after: str) -> None:
    assert redact(text) == f"{before}[redacted:private-key]{after}"


def test_a_record_is_cleaned_all_through() -> None:
    token = MAKERS["github"]()[0]
    value = {"a": [token, {"b": (f"see {token}", 7, None, 0.5, True)}], token: "kept", "password": "hunter2!"}
    mark = "[redacted:github]"
    assert clean(value) == {
        "a": [mark, {"b": (f"see {mark}", 7, None, 0.5, True)}],
        mark: "kept",
        "password": "[redacted:password]",
    }


@pytest.mark.parametrize(
    "record",
    [
        {"token": "str", "tokens": 1500, "password": None, "secret": ""},
        {"password": "${PASSWORD}", "api_key": "<your key>"},
        {
            "token_path": "src/token.py",
            "address": "370795435d55",
            "keys": ["a"],
            "secret": "[redacted:secret]",
        },
    ],
)
def test_a_record_without_secrets_stays_as_it_is(record: dict[str, Any]) -> None:
    assert clean(record) == record


def test_a_record_nested_beyond_measure_is_refused() -> None:
    value: list[Any] = []
    for _ in range(100_000):
        value = [value]
    with pytest.raises(Invalid, match="nested too deep"):
        clean(value)


PIECES = [make()[0] for name, make in MAKERS.items() if name != "private-key"]
PIECES += [
    FIRST,
    LAST,
    KEY[0],
    "[redacted:token]",
    "[private]",
    "<private>",
    "</private>",
    "://a:",
    "Bearer ",
]
PIECES += ["password", "token=", '"secret": ', "--api-key ", "hunter2", "\\n", *"\"'`=:@$({ \n"]


@given(st.lists(st.sampled_from(PIECES), max_size=12).map("".join) | st.text(max_size=100))
@example("[redacted:password]: aB3xY7kQ9")
@example("AKIA" + "A1" * 8 + "ey" + "J" + "a" * 20 + "." + "b" * 20)
def test_redacting_again_changes_nothing(text: str) -> None:
    cleaned = redact(text)
    assert redact(cleaned) == cleaned
    assert clean({"a": [cleaned]}) == {"a": [cleaned]}


HOSTILE = [
    *(
        "a",
        "1",
        "=",
        "\\",
        "aB1",
        "eyJ",
        "eyJ.",
        "AKIA",
        "SG.",
        "sk-",
        "key-",
        "ghp_",
        "://",
        "://a:",
        "bearer ",
    ),
    *("-----BEGIN", f"{FIRST}# a", f"{LAST}a\n", "a\n", "<private", "<private>", "< ", f"{'a' * 23}."),
    *("password", "password='", "token: x ", "token=((((", "TOKEN=", "pass:a/", f"token{' ' * 200}"),
    *("authorization ", "Private-Lines: 1\n", 'password=\\\\\\"', "password='token=\"secret=`"),
]


@pytest.mark.parametrize("unit", HOSTILE, ids=range(len(HOSTILE)))
def test_a_hostile_text_takes_time_in_proportion(unit: str) -> None:
    """A pattern that looks again at every position would take minutes for this."""
    text = "private password " + unit * (60_000 // len(unit))
    assert len(redact(text)) <= 2 * len(text)
