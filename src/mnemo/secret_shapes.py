"""Secrets that have a shape of their own: the table of their kinds, and what takes them out of a text."""

from __future__ import annotations

import re
from functools import lru_cache

from mnemo.light import NamedTuple, expression


class Kind(NamedTuple):
    """One kind of secret that is known by its shape.

    Args:
        name: what stands in its place.
        hints: lower-case fragments; without any of them the pattern cannot match.
        pattern: the secret, or a context with the secret as its group of that name.
    """

    name: str
    hints: str
    pattern: str


# To stay fast on hostile text, a pattern starts with fixed letters or where a run of its letters starts.
# Of these a hint is always in the same unbroken run of at least 15 characters as the secret.
NEAR = (
    Kind("anthropic", "sk-ant-", r"sk-ant-[\w-]{16,}"),
    Kind("openai", "sk-", r"(?<![\w-])sk-(?=[\w-]{0,60}\d)[\w-]{20,}"),
    Kind("github", "gh github_pat_", r"gh[pousr]_\w{20,}|github_pat_\w{20,}"),
    Kind("gitlab", "gl", r"gl(?:pat|dt|rt|ptt|cbt)-[\w.-]{20,}"),
    Kind("aws-access-key", "akia asia", r"A[KS]IA[A-Z\d]{16,}"),
    Kind("google-api-key", "aiza", r"AIza[\w-]{35,}"),
    Kind("google-oauth", "ya29. gocspx- 1//0", r"(?:ya29\.|GOCSPX-|1//0)[\w-]{20,}"),
    Kind("azure-key", "key=", r"(?i)(?:account|sharedaccess)key=(?P<secret>[\w+/]{20,}=*)"),
    Kind("azure-signature", "sig=", r"[?&]sig=(?P<secret>[\w%+/=-]{20,})"),
    Kind("azure-client", "q~", r"(?<![\w~.-])[\w~.-]{3}\dQ~[\w~.-]{31,34}"),
    Kind("slack", "xox xapp", r"xox[abeoprs][-.][\w.-]{10,}|xapp-\d-[\w-]{10,}"),
    Kind("slack-webhook", "hooks.slack", r"hooks\.slack\.com/\w+/(?P<secret>[\w/-]{16,})"),
    Kind("discord", ".", r"\.(?<=[\w-]{23}\.)(?P<secret>[\w-]{6}\.(?=[\w-]{0,40}\d)"
         r"(?=[\w-]{0,40}[A-Z])[\w-]{25,})"),
    Kind("discord-webhook", "webhooks/", r"discord(?:app)?\.com/api/webhooks/\d+/(?P<secret>[\w-]{30,})"),
    Kind("telegram", ":aa", r"(?<!\d)\d{6,12}:AA[\w-]{32,}"),
    Kind("twilio", "sk", r"SK(?<!\w..)[\da-f]{32}(?!\w)"),
    Kind("sendgrid", "sg.", r"(?<![\w-])SG\.[\w-]{16,}\.[\w-]{16,}"),
    Kind("mailgun", "key-", r"key-(?<![\w-]....)[\da-f]{32}(?!\w)"),
    Kind("mailchimp", "-us", r"(?<!\w)[\da-f]{32}-us\d{1,2}(?!\w)"),
    Kind("stripe", "_live_ _test_", r"(?<![A-Za-z\d])[rs]k_(?:live|test)_\w{10,}"),
    Kind("webhook-secret", "whsec_", r"whsec_[\w+/=]{20,}"),
    Kind("shopify", "shp", r"shp(?:at|ca|pa|ss)_[\da-fA-F]{32,}"),
    Kind("npm", "npm_", r"npm_[A-Za-z\d]{30,}"),
    Kind("pypi", "pypi-", r"pypi-(?=[\w-]{0,60}\d)[\w-]{32,}"),
    Kind("docker", "dckr_", r"dckr_[op]at_[\w-]{20,}"),
    Kind("huggingface", "hf_", r"hf_(?<![A-Za-z\d]...)[A-Za-z\d]{30,}"),
    Kind("digitalocean", "_v1_", r"do[opr]_v1_[\da-f]{40,}"),
    Kind("databricks", "dapi", r"dapi(?<!\w....)[\da-f]{32}"),
    Kind("vault", "hv", r"hv[sbr]\.(?<![\w.-]....)[\w-]{20,}"),
    Kind("terraform", ".atlasv1.", r"(?<![\w.-])\w{14}\.atlasv1\.[\w-]{40,}"),
    Kind("atlassian", "atatt3", r"ATATT3[\w=-]{30,}"),
    Kind("linear", "lin_", r"lin_(?:api|oauth)_[A-Za-z\d]{30,}"),
    Kind("notion", "ntn_ secret_", r"(?<![A-Za-z\d])(?:ntn|secret)_[A-Za-z\d]{40,}"),
    Kind("grafana", "glsa_", r"glsa_\w{30,}"),
    Kind("age", "age-secret", r"(?i)AGE-SECRET-KEY-[\w-]{40,}"),
    Kind("jwt", "eyj", r"(?<![\w-])eyJ[\w-]{10,}\.[\w-]{10,}(?:\.[\w-]*){0,3}"),
)  # fmt: skip
FAR = (
    Kind("aws-secret-key", "aws secret", r"(?<![\w/+=.-])(?=[a-z\d/+]{0,39}[A-Z])(?=[A-Z\d/+]{0,39}[a-z])"
         r"(?=[A-Za-z/+]{0,39}\d)[A-Za-z\d/+]{40}(?![\w/+=.-])"),
    Kind("url-password", "://", r"://[^\s:/@\"'<>]*:(?P<secret>[^\s/@\"'<>]+)@"),
    Kind("curl-user", "curl", r"(?<!\S)(?:-u|--user)[ =]?[\"']?[^\s:\"'/]+:(?P<secret>[^\s\"'@]+)"),
    Kind("authorization", "authorization", r"(?i)authorization\W{1,6}(?:bearer|basic|token|digest)\s{1,3}"
         r"(?P<secret>[\w+/=.~-]{8,})"),
    Kind("bearer", "bearer", r"(?i)(?<!\w)bearer\s{1,3}(?P<secret>(?=[\w+/=.~-]{0,60}\d)[\w+/=.~-]{16,})"),
    Kind("putty-key", "private-lines", r"Private-Lines: ?\d+\s(?P<secret>[A-Za-z\d+/=\s]{40,})"),
)  # fmt: skip
# No secret has its shape in a shorter word of letters, digits and underscores.
SHORTEST = 18
_NEAR = [(kind, kind.hints.split()) for kind in NEAR]
_FAR = [(kind, kind.hints.split()) for kind in FAR]

# What refers to a secret kept elsewhere, or marks one taken out.
REFERENCE = expression(r"""(?ax)
    \[ (?:redacted:[\w-]+ | private) \]
    | (?: \$ [\w{(] [^!@\#^&]* | <[^>]*>? | \{.*\}? | %(?:\(\w+\))?\w | @[\w./-]+ | \W+
        | [\d.,_:/-]+ | (.)\1+ ) \Z
""")


def without_shapes(text: str) -> str:
    """Return a text with a mark in the place of each secret that is known by its shape.

    Args:
        text: anything, of any length.
    """
    lower = lowered(text)
    runs = " ".join([run for run in lower.split() if len(run) > 14])
    hinted = _list_hinted(_NEAR, runs) if runs else []
    for kind in hinted + _list_hinted(_FAR, lower):
        text = _without(kind, text)
    return text


def lowered(text: str) -> str:
    """Lower the letters of ASCII alone, so that every character stays in its place."""
    if text.isascii():
        return text.lower()
    return text.encode(errors="surrogatepass").lower().decode(errors="surrogatepass")


def mark(kind: str) -> str:
    """Return what stands in the place of a secret of a kind."""
    return f"[redacted:{kind}]"


def _list_hinted(kinds: list[tuple[Kind, list[str]]], lower: str) -> list[Kind]:
    found: list[Kind] = []
    for kind, hints in kinds:
        for hint in hints:
            if hint in lower:
                found.append(kind)
                break
    return found


@lru_cache(maxsize=len(_NEAR) + len(_FAR))
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.ASCII)


def _without(kind: Kind, text: str) -> str:
    kept: list[str] = []
    position = 0
    for match in _compiled(kind.pattern).finditer(text):
        start, end = match.span("secret" if match.re.groups else 0)
        if not match.re.groups or not REFERENCE.match(text[start:end]):
            kept += (text[position:start], mark(kind.name))
            position = end
    return "".join(kept) + text[position:]
