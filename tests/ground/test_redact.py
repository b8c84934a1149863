"""Secrets: none of forty kinds stays in a text, ordinary lines stay as they are, and no text is slow."""

from __future__ import annotations

import base64
import json
import random
import string
import tokenize
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from mnemo.errors import Invalid
from mnemo.redact import KINDS, clean, redact

chance = random.Random(20)
LETTERS = string.ascii_letters + string.digits
TOKEN = LETTERS + "-_"
UPPER = string.ascii_uppercase + string.digits
HEX = "0123456789abcdef"


@pytest.fixture(autouse=True)
def own_secrets(request: pytest.FixtureRequest) -> None:
    """Draw the same secrets in a test, whatever ran before it."""
    chance.seed(request.node.name)


def some(count: int, alphabet: str = LETTERS) -> str:
    """Draw so many characters."""
    return "".join(chance.choices(alphabet, k=count))


def b64(count: int) -> str:
    """Draw so many bytes, in base 64."""
    return base64.b64encode(chance.randbytes(count)).decode()


def key_lines() -> list[str]:
    """Draw the inner lines of a private key."""
    body = b64(600)
    return [body[at : at + 64] for at in range(0, len(body), 64)]


BEGIN, END = "-----BEGIN {}PRIVATE KEY-----", "-----END {}PRIVATE KEY-----"


def private_key(flavour: str = "RSA ") -> tuple[str, str]:
    """Make a private key, and a part of it that must not be seen."""
    lines = key_lines()
    return "\n".join([BEGIN.format(flavour), *lines, END.format(flavour)]), lines[3]


def within(before: str, secret: str, after: str = "") -> tuple[str, str]:
    """Give a text and the secret in it."""
    return before + secret + after, secret


def whole(secret: str) -> tuple[str, str]:
    """Give a text that is all secret."""
    return secret, secret


# Every kind: a text, and what in it is secret.
MAKERS: dict[str, Callable[[], tuple[str, str]]] = {
    "anthropic": lambda: whole("sk-ant-" + "api03-" + some(90, TOKEN) + "AA"),
    "openai": lambda: whole("sk-" + chance.choice(["", "proj-"]) + "0" + some(47)),
    "github": lambda: whole("gh" + chance.choice("pousr") + "_" + some(36)),
    "gitlab": lambda: whole("gl" + "pat-" + some(20, TOKEN)),
    "aws-access-key": lambda: whole("AK" + "IA" + some(16, UPPER)),
    "aws-secret-key": lambda: within("aws_access: ", "aB3" + some(37)),
    "google-api-key": lambda: whole("AI" + "za" + some(35, TOKEN)),
    "google-oauth": lambda: whole("ya" + "29." + some(60, TOKEN)),
    "azure-key": lambda: within("AccountName=a;AccountKey=", b64(64), ";EndpointSuffix=core"),
    "azure-signature": lambda: within("?sv=2024-01-01&sig=", some(43) + "%3D", "&se=2"),
    "azure-client": lambda: whole(some(3) + "8Q~" + some(33)),
    "slack": lambda: whole("xo" + "xb-" + some(12, string.digits) + "-" + some(24)),
    "slack-webhook": lambda: within("https://hooks.slack.com/services/", f"T{some(8)}/B{some(8)}/{some(24)}"),
    "discord": lambda: within(f"M{some(23, TOKEN)}.", f"{some(6, TOKEN)}.A1{some(36, TOKEN)}"),
    "discord-webhook": lambda: within("discord.com/api/webhooks/123456789012345678/", some(68, TOKEN)),
    "telegram": lambda: whole(some(9, "123456789") + ":A" + "A" + some(33, TOKEN)),
    "twilio": lambda: whole("S" + "K" + some(32, HEX)),
    "sendgrid": lambda: whole("S" + "G." + some(22, TOKEN) + "." + some(43, TOKEN)),
    "mailgun": lambda: whole("key" + "-" + some(32, HEX)),
    "mailchimp": lambda: whole(some(32, HEX) + "-us" + "12"),
    "stripe": lambda: whole("sk_" + "live_" + some(24)),
    "webhook-secret": lambda: whole("wh" + "sec_" + some(32)),
    "shopify": lambda: whole("shp" + "at_" + some(32, HEX)),
    "npm": lambda: whole("npm" + "_" + some(36)),
    "pypi": lambda: whole("pypi" + "-AgEIcHlwaS5vcmc" + some(100, TOKEN)),
    "docker": lambda: whole("dckr_" + "pat_" + some(27, TOKEN)),
    "huggingface": lambda: whole("hf" + "_" + some(34)),
    "digitalocean": lambda: whole("dop" + "_v1_" + some(64, HEX)),
    "databricks": lambda: whole("da" + "pi" + some(32, HEX)),
    "vault": lambda: whole("hv" + "s." + some(90, TOKEN)),
    "terraform": lambda: whole(some(14) + ".atlas" + "v1." + some(67, TOKEN)),
    "atlassian": lambda: whole("ATA" + "TT3" + some(180, TOKEN)),
    "linear": lambda: whole("lin_" + "api_" + some(40)),
    "notion": lambda: whole("ntn" + "_" + some(46)),
    "grafana": lambda: whole("gl" + "sa_" + some(32) + "_" + some(8, HEX)),
    "age": lambda: whole("AGE-" + "SECRET-KEY-1" + some(58, UPPER)),
    "jwt": lambda: whole("ey" + f"J{some(20, TOKEN)}.eyJ{some(40, TOKEN)}.{some(43, TOKEN)}"),
    "url-password": lambda: within("postgres://app:", some(16), "@db.example:5432/main"),
    "curl-user": lambda: within("curl -u ada:", some(16), " https://api.example/x"),
    "authorization": lambda: within("Authorization: Basic ", b64(24)),
    "bearer": lambda: within("sent Bearer ", "7" + some(39), " along"),
    "putty-key": lambda: within("Private-Lines: 1\n", b64(48)),
    "private-key": lambda: private_key(chance.choice(["RSA ", "EC ", "OPENSSH ", "ENCRYPTED ", ""])),
}  # fmt: skip
NAMES = """
    password DB_PASSWORD PGPASSWORD passwd api_key apiKey X-Api-Key client_secret SECRET_KEY_BASE
    accessToken auth_token AWS_SECRET_ACCESS_KEY private_key credentials
""".split()


def assigned() -> str:
    """Draw a value that only its name tells to be a secret."""
    return chance.choice([some(20, LETTERS + "!#%+"), some(32, HEX), some(24, TOKEN)]) + "aB3xY7"


AROUND: tuple[Callable[[str], str], ...] = (
    lambda secret: secret,
    lambda secret: json.dumps({"content": f"it used {secret}", "n": 1}),
    lambda secret: json.dumps(json.dumps({"x": secret})),
    lambda secret: f"the build used {secret} and it failed.",
    lambda secret: f"client = Client('{secret}')  # do not commit",
    lambda secret: f"Host: a\r\nX-Sent: {secret}\r\n\r\n",
    lambda secret: f"one line\n{secret}\nanother",
    lambda secret: f"- {secret}: rotated",
)
ASSIGNED: tuple[Callable[[str, str], str], ...] = (
    lambda name, value: f'{name} = "{value}"',
    lambda name, value: f"{name}='{value}'",
    lambda name, value: f'os.environ["{name}"] = "{value}"',
    lambda name, value: json.dumps({name: value}),
    lambda name, value: json.dumps(json.dumps({name: value})),
    lambda name, value: f"export {name.upper().replace('-', '_')}={value}\n",
    lambda name, value: f"{name}: {value}\nother: 1\n",
    lambda name, value: f"const {name}: string = '{value}';",
    lambda name, value: f"the {name} is {value}, use it",
    lambda name, value: f"run --{name.lower().replace('_', '-')} {value} --verbose",
)  # fmt: skip
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


def draw_secrets() -> list[tuple[str, str]]:
    """Draw 200 secrets, every kind at least twice, each within a text."""
    drawn: list[tuple[str, str]] = []
    for at in range(3):
        for make in list(MAKERS.values())[: 28 if at == 2 else None]:
            text, secret = make()
            around = AROUND[len(drawn) % len(AROUND)]
            plain = "\n" in text or " " in text or around is AROUND[1]
            drawn.append((text if plain else around(text), secret))
    while len(drawn) < 200:
        secret = assigned()
        name, put = NAMES[len(drawn) % len(NAMES)], ASSIGNED[len(drawn) % len(ASSIGNED)]
        drawn.append((put(name, secret), secret))
    return drawn


def leaks(cleaned: str, secret: str) -> bool:
    """Tell whether a secret, or most of it, is still in a text."""
    return secret[2:-2] in cleaned


def test_of_200_secrets_of_forty_kinds_none_stays() -> None:
    drawn = draw_secrets()
    assert len(drawn) == 200
    assert [text for text, secret in drawn if leaks(redact(text), secret)] == []


def test_every_kind_of_the_table_is_tried_here() -> None:
    assert [kind.name for kind in KINDS if kind.name not in MAKERS] == []
    assert len(KINDS) >= 20


@pytest.mark.parametrize("name", MAKERS)
def test_a_secret_is_replaced_by_its_kind(name: str) -> None:
    for _ in range(5):
        text, secret = MAKERS[name]()
        cleaned = redact(text)
        assert f"[redacted:{name}]" in cleaned
        assert not leaks(cleaned, secret)
        assert redact(cleaned) == cleaned


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
