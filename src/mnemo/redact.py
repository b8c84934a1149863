"""Secrets taken out of text before anything keeps it or tells it.

A secret becomes `[redacted:kind]`, a passage between private tags becomes `[private]`. What has a shape of
its own is found by the table below, anything else by the name it is assigned to. Redacting again changes
nothing, and the time taken grows with the length of the text alone, whatever the text is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from operator import ne

from mnemo.errors import Invalid
from mnemo.light import Any, NamedTuple, cast


class Kind(NamedTuple):
    """One kind of secret that is known by its shape.

    Args:
        name: what stands in its place.
        hints: lower-case fragments; without any of them the pattern cannot match.
        pattern: the secret, or a context with the secret as its group of that name.
        near: whether a hint is always in the same unbroken run of at least 15 characters as the secret.
    """

    name: str
    hints: str
    pattern: str
    near: bool = True


# To stay fast on hostile text, a pattern starts with fixed letters or where a run of its letters starts.
KINDS = (
    Kind("anthropic", "sk-ant-", r"sk-ant-[\w-]{16,}"),
    Kind("openai", "sk-", r"(?<![\w-])sk-(?=[\w-]{0,60}\d)[\w-]{20,}"),
    Kind("github", "gh github_pat_", r"gh[pousr]_\w{20,}|github_pat_\w{20,}"),
    Kind("gitlab", "gl", r"gl(?:pat|dt|rt|ptt|cbt)-[\w.-]{20,}"),
    Kind("aws-access-key", "akia asia", r"A[KS]IA[A-Z\d]{16,}"),
    Kind("aws-secret-key", "aws secret", r"(?<![\w/+=.-])(?=[a-z\d/+]{0,39}[A-Z])(?=[A-Z\d/+]{0,39}[a-z])"
         r"(?=[A-Za-z/+]{0,39}\d)[A-Za-z\d/+]{40}(?![\w/+=.-])", near=False),
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
    Kind("url-password", "://", r"://[^\s:/@\"'<>]*:(?P<secret>[^\s/@\"'<>]+)@", near=False),
    Kind("curl-user", "curl", r"(?<!\S)(?:-u|--user)[ =]?[\"']?[^\s:\"'/]+:(?P<secret>[^\s\"'@]+)",
         near=False),
    Kind("authorization", "authorization", r"(?i)authorization\W{1,6}(?:bearer|basic|token|digest)\s{1,3}"
         r"(?P<secret>[\w+/=.~-]{8,})", near=False),
    Kind("bearer", "bearer", r"(?i)(?<!\w)bearer\s{1,3}(?P<secret>(?=[\w+/=.~-]{0,60}\d)[\w+/=.~-]{16,})",
         near=False),
    Kind("putty-key", "private-lines", r"Private-Lines: ?\d+\s(?P<secret>[A-Za-z\d+/=\s]{40,})", near=False),
)  # fmt: skip
_NEAR = [(kind, tuple(kind.hints.split())) for kind in KINDS if kind.near]
_FAR = [(kind, tuple(kind.hints.split())) for kind in KINDS if not kind.near]

# Names that say that a secret follows. More letters behind one (token_type, passwords) make it doubtful.
_NAME_HINTS = ("pass", "pwd", "secret", "token", "credential", "auth", "key")
# Matched against lowered text: a pattern without regard to case takes six times as long.
_OWNERS = "api access account admin client encryption master private secret service shared signing".split()
_NAME = (
    rf"(?P<word>{'|'.join(owner + '[ _.-]?key' for owner in _OWNERS)}|pass(?:word|wd|phrase|code)"
    r"|pass(?<![a-z]pass)(?![a-z])|pwd|secret|token|credential|auth(?<![a-z]auth))(?P<rest>\w{0,30})"
)
_ASSIGNED_KINDS = ("key", "secret", "token", "credential", "auth")
# What may follow a name without making it doubtful, as in SECRET_KEY_BASE.
_SAME = r"(?i)(?:[_\d]|access|key|token|secret|password|value|base|prod|production|staging|dev|test)*\Z"
_ASSIGNS = r"""(?x)
    \\{0,3} ["'`]? \]?                                            # closes a quoted name
    (?: \s{0,2} : \s{0,2} [A-Za-z_] [\w.\[\], |]{0,30} = (?!=) \s{0,2}   # a type before the sign
      | \s{0,4} (?: ={1,3}>? | :(?!:)=? ) \s{0,4}
      | \s{1,2} (?:is|was) [:\s] \s{0,2}
      | \( (?=["'])
      | >
    )
    (?: [bBrRfFuU]{1,2} (?=["']) )?
"""
# A secret may also just follow, as behind a flag; then it is told by its looks.
_STANDS_BEFORE = r"(?:-[a-z]{1,16}){0,3}[ =]"
_QUOTED = r"(?P<quote>\\{0,3}[\"'`])(?P<value>(?:(?!(?P=quote))(?:\\.|[^\\\n]))+)"
# A separator ends a bare value where what follows looks like the next thing.
_BARE = r"""(?x)
    (?P<value> (?: [^\s"'`\\,;&|()\[\]{}<>]
                 | \\ (?![nrt"'])
                 | [,;&|()\[\]{}] (?! \s | \Z | ["'`,;)}\]] | \w{1,20} \s? [=:] ) ){4,} )
"""
# In an environment file a value ends with its word.
_WHOLE = r"(?P<value>[^\s\"'`]{4,})"
# So many characters tell whether a value is a secret.
_ENOUGH = 64

# A value that refers to a secret kept elsewhere, or marks one taken out.
_REFERENCE = r"""(?x)
    \[ (?:redacted:[\w-]+ | private) \]
    | (?: \$ [\w{(] [^!@\#^&]* | <[^>]*>? | \{.*\}? | %(?:\(\w+\))?\w | @[\w./-]+ | \W+
        | [\d.,_:/-]+ | (.)\1+ ) \Z
"""
# A value that is a word for a secret, a type, a place or a date.
_NO_SECRET = r"""(?x)
    (?i: none | null | nil | true | false | undefined | str | string | text | bytes | bool | int | any
       | object | required | optional | hidden | example | changeme | placeholder | your.* | [x.*]+ ) \Z
    | [a-z][a-z\d+.-]* :// | \d{4}-\d\d-\d\d | [),;\]}^(\[\\]
"""
# Letters that no word has beside each other, or that change case as no camelCase name does.
_UNSPEAKABLE = r"[b-df-hj-np-tv-xzB-DF-HJ-NP-TV-XZ]{5}|(?:[A-Z][a-z]{0,2}(?![a-z])){3}"
_PATH = r"~?\.{0,2}/"
_CALL = r"[A-Za-z_][\w.]*[(\[{]"
_ATTRIBUTE = r"(?:[A-Za-z_]\w*\.)+[A-Za-z_]\w*\Z"


def redact(text: str) -> str:
    """Return text without the secrets and private passages in it.

    Args:
        text: anything, of any length.
    """
    while True:
        cleaned = _redacted_once(text)
        if cleaned == text:
            return text
        # What stood beside a secret can look like one now: some are known by where they start.
        text = cleaned


def clean(value: Any) -> Any:
    """Return a JSON-like value with every text in it redacted, keys too; a key can name its value a secret.

    Args:
        value: dict, list, tuple or text; anything else comes back as it is.

    Raises:
        Invalid: it is nested too deep.
    """
    try:
        return _cleaned(value)
    except RecursionError:
        raise Invalid("the value is nested too deep to be searched for secrets", "flatten it") from None


def _cleaned(value: Any) -> Any:
    if isinstance(value, str):
        return redact(value)
    if isinstance(value, dict):
        entries = cast("dict[Any, Any]", value).items()
        return {_cleaned(key): _cleaned_entry(key, item) for key, item in entries}
    if isinstance(value, list):
        return [_cleaned(item) for item in cast("list[Any]", value)]
    if isinstance(value, tuple):
        return tuple([_cleaned(item) for item in cast("tuple[Any, ...]", value)])
    return value


def _cleaned_entry(key: Any, value: Any) -> Any:
    if isinstance(key, str) and isinstance(value, str):
        for name in _iter_names(key):
            if name.end() == len(key) and _is_secret(value, name, is_whole=True):
                return _mark(_kind_of(name))
    return _cleaned(value)


def _redacted_once(text: str) -> str:
    lower = _lowered(text)
    if "private" in lower:
        text = _without_key_blocks(_without_private(text))
    runs = " ".join([run for run in lower.split() if len(run) > 14])
    hinted = _list_hinted(_NEAR, runs) if runs else []
    for kind in hinted + _list_hinted(_FAR, lower):
        text = _without(kind, text)
    return _without_assigned(text)


def _lowered(text: str) -> str:
    """Lower the letters of ASCII alone, so that every character stays in its place."""
    if text.isascii():
        return text.lower()
    return text.encode(errors="surrogatepass").lower().decode(errors="surrogatepass")


def _iter_names(text: str) -> Iterator[re.Match[str]]:
    """Yield the names in a text that say that a secret follows, in lower case."""
    lower = _lowered(text)
    may_name = any(map(lower.__contains__, _NAME_HINTS))
    return _compiled(_NAME).finditer(lower) if may_name else iter(())


def _list_hinted(kinds: list[tuple[Kind, tuple[str, ...]]], lower: str) -> list[Kind]:
    found: list[Kind] = []
    for kind, hints in kinds:
        for hint in hints:
            if hint in lower:
                found.append(kind)
                break
    return found


@lru_cache(maxsize=128)
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.ASCII)


def _mark(kind: str) -> str:
    return f"[redacted:{kind}]"


def _without(kind: Kind, text: str) -> str:
    kept: list[str] = []
    position = 0
    for match in _compiled(kind.pattern).finditer(text):
        start, end = match.span("secret" if match.re.groups else 0)
        if not match.re.groups or not _compiled(_REFERENCE).match(text[start:end]):
            kept += (text[position:start], _mark(kind.name))
            position = end
    return "".join(kept) + text[position:]


_PRIVATE_TAG = r"(?i)<\s*(?:(?P<ends>/)\s*)?private(?=[\s/>])[^<>]*>"


def _without_private(text: str) -> str:
    """Drop what stands between private tags; one that is never closed reaches to the end."""
    kept: list[str] = []
    depth = position = 0
    for tag in _compiled(_PRIVATE_TAG).finditer(text):
        if not tag["ends"]:
            if not depth:
                kept += (text[position : tag.start()], "[private]")
            depth += 1
        elif depth:
            depth -= 1
            position = tag.end()
    return "".join(kept) + ("" if depth else text[position:])


_BASE64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=\\"
_KEY_FENCE = r"-----(?P<side>BEGIN|END) [A-Z\d ]{0,40}PRIVATE KEY(?: BLOCK)?-----"
# After a fence: headers, long runs of base64, and short ones that end their line.
_KEY_START = r"""(?x)
    (?: (?: \s | \\[nrt] | [>|#*"'] )*+
        (?: (?:Proc-Type|DEK-Info|Version|Comment):\ [^\n\\]* | [A-Za-z\d+/=]{16,}+
          | [A-Za-z\d+/=]++ (?= [^\S\n]*+ (?: \n | ["'\\] | \Z )) )
    )*+
"""
_KEY_LINE = r"[\s>|#*\"']*+[A-Za-z\d+/=\\]*+[\s\"',]*+\Z"


def _without_key_blocks(text: str) -> str:
    """Drop private keys, also such that lost their first or their last line."""
    kept: list[str] = []
    position = 0
    fences = list(_compiled(_KEY_FENCE).finditer(text))
    for fence, following in zip(fences, [*fences[1:], None], strict=False):
        if fence.start() < position:
            continue
        before = text[position : fence.start()]
        position = fence.end()
        if fence["side"] == "END":
            before = _without_key_lines(before)
        elif following and following["side"] == "END":
            position = following.end()
        else:
            rest = _compiled(_KEY_START).match(text, position)
            position = rest.end() if rest else position
        kept += (before, _mark("private-key"))
    return "".join(kept) + text[position:]


def _without_key_lines(before: str) -> str:
    """Drop the lines of a key from the end of the text before its last line."""
    lines = before.split("\n")
    end = len(lines)
    while end and _compiled(_KEY_LINE).match(lines[end - 1]):
        end -= 1
    if end < len(lines):
        return "".join(f"{line}\n" for line in lines[:end])
    # A key written as one line, its line breaks as escapes.
    shorter = before.rstrip(_BASE64)
    return shorter if len(before) - len(shorter) > 15 else before


def _without_assigned(text: str) -> str:
    kept: list[str] = []
    position = 0
    for name in _iter_names(text):
        span = _find_assigned(text, name) if name.start() >= position else None
        if span:
            kept += (text[position : span[0]], _mark(_kind_of(name)))
            position = span[1]
    return "".join(kept) + text[position:]


def _find_assigned(text: str, name: re.Match[str]) -> tuple[int, int] | None:
    """Find where the secret starts and ends that is assigned to a name."""
    sign = _compiled(_ASSIGNS).match(text, name.end())
    if sign:
        is_clear = True
    else:
        sign = _compiled(_STANDS_BEFORE).match(text, name.end())
        if not sign:
            return None
        is_clear = sign[0] == " " and _is_flag(text, name.start())
    pattern = _compiled(_WHOLE if sign[0] == "=" and text[slice(*name.span())].isupper() else _BARE)
    if _compiled(_QUOTED).match(text, sign.end(), sign.end() + _ENOUGH):
        pattern = _compiled(_QUOTED)
    # Only a secret is read to its end, and then never again: that keeps the time in proportion.
    value = pattern.match(text, sign.end(), sign.end() + _ENOUGH)
    is_bare = pattern.pattern == _BARE
    if not value or not _is_assigned_secret(value["value"], name, is_bare=is_bare, is_clear=is_clear):
        return None
    start, end = (pattern.match(text, sign.end()) or value).span("value")
    return start, start + len(text[start:end].rstrip(".,:;!?)")) if is_bare else end


def _is_assigned_secret(value: str, name: re.Match[str], *, is_bare: bool, is_clear: bool) -> bool:
    # In this order most text is let go before an expression has to be compiled.
    speaks = (is_clear or _looks_random(value)) and not (is_bare and _looks_like_code(value))
    return speaks and _is_secret(value, name, is_whole=not is_bare)


def _looks_like_code(value: str) -> bool:
    is_attribute = _compiled(_ATTRIBUTE).match(value) and not _looks_random(value)
    return bool(is_attribute or _compiled(_CALL).match(value))


def _is_flag(text: str, start: int) -> bool:
    return text[max(0, start - 40) : start].rpartition(" ")[2].startswith("--")


def _kind_of(name: re.Match[str]) -> str:
    return next((kind for kind in _ASSIGNED_KINDS if kind in name["word"]), "password")


def _is_secret(value: str, name: re.Match[str], *, is_whole: bool) -> bool:
    """Tell whether a value assigned to such a name is a secret rather than a word for one, or code."""
    if len(value) < 4 or _compiled(_REFERENCE).match(value) or _compiled(_NO_SECRET).match(value):
        return False
    if _looks_random(value):
        return True
    has_digit = any(map(str.isdigit, value))
    says_so = not has_digit and any(_iter_names(value))
    if says_so or _compiled(_PATH).match(value) or not _compiled(_SAME).match(name["rest"]):
        return False
    if " " in value:
        return is_whole and (has_digit or name["word"] == "passphrase")
    if _compiled(_UNSPEAKABLE).search(value):
        return True
    if _kind_of(name) in ("token", "credential", "auth"):
        is_mixed = value not in (value.lower(), value.upper())
        return has_digit and len(value) > 9 and (is_whole or is_mixed)
    return is_whole or (has_digit and len(value) > 5)


def _looks_random(value: str) -> bool:
    """Tell whether kinds of characters alternate as they seldom do in words and names."""
    kinds = value.encode("ascii", "replace").translate(_character_kinds()).replace(b"-", b"")
    changes = sum(map(ne, kinds, kinds[1:])) - kinds.count(b"Aa")
    least = 0.15 if b"0" in kinds or b"!" in kinds else 0.25
    return len(kinds) >= 8 and changes >= max(3, least * len(kinds)) and " " not in value


@lru_cache(maxsize=1)
def _character_kinds() -> bytes:
    """Return the table from a character to its kind: A, a, 0, ! and for the rest, which parts words, -."""
    table = bytearray(b"-" * 256)
    table[ord("A") : ord("Z") + 1] = b"A" * 26
    table[ord("a") : ord("z") + 1] = b"a" * 26
    table[ord("0") : ord("9") + 1] = b"0" * 10
    for sign in b"!#$%&*+=@^~":
        table[sign] = ord("!")
    return bytes(table)
