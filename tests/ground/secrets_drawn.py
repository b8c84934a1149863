"""Secrets to be found, drawn anew: every kind, every way to assign one, and texts around them."""

from __future__ import annotations

import base64
import json
import random
import string
from collections.abc import Callable

chance = random.Random(20)
LETTERS = string.ascii_letters + string.digits
TOKEN = LETTERS + "-_"
UPPER = string.ascii_uppercase + string.digits
HEX = "0123456789abcdef"


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
