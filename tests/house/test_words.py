"""What is tracked speaks of the project: no machine it was written on, no errand it was written for."""

from __future__ import annotations

import re

import pytest

from tests.house.sources import CHECKOUT, tracked_files

# Written in pieces, so that this file does not hold what it forbids.
PLACES = (
    r"(?<![\w.~-])/(?:wo" + r"rk|ro" + r"ot|opt|workspace|Users)/\w",
    r"(?<![\w.~-])/home/(?!ada\b|me\b|someone\b|user\b|you\b)\w",
    r"(?<![\w.~-])/tmp" + r"/(?:w|bash_jobs|pytest-of)\b",
    r"\.py" + r"env\b",
    r"(?<!\w)shared" + r"/(?!bench\b|rig\b|golden\b)\w",
)
ERRANDS = (
    r"(?i)\b(?:product|reliability|clients|golden)" + r"\.(?:md|json)\b",
    r"\bspec" + r"/\w+\.md\b",
    r"(?i)\b(?:this|the next|a later|later) iss" + r"ues?\b",
    r"(?i)\biss" + r"ue #?\d",
    r"\biss" + r"ues show\b",
    r"(?i)\bdesign con" + r"tract\b",
    r"(?i)\bco-aut" + r"hor",
    r"\b(?:TO" + r"DO|FIX" + r"ME|XX" + r"X|HA" + r"CK)\b",
    r"\bAs an A" + r"I\b",
    r"(?i)\bGenerated (?:by|with)\b",
)
# Documents may link to these; any other host in them would be a registry, a mirror or a tracker of ours.
HOSTS = {
    "example.com", "example.org", "github.com", "git-scm.com", "json-schema.org", "keepachangelog.com",
    "modelcontextprotocol.io", "opensource.org", "packaging.python.org", "peps.python.org", "docs.python.org",
    "semver.org", "www.sqlite.org", "sqlite.org", "tartarus.org", "snowballstem.org", "unicode.org",
    "www.unicode.org", "api.openai.com", "api.voyageai.com", "localhost", "127.0.0.1",
}  # fmt: skip
REGISTRY = r"pypi|npm|registry|artifactory|nexus|mirror|packages"
# A person meets these first; what a test may look for beside the checkout has no place in them.
FOR_PEOPLE = ("README.md", "guide/", "examples/")


def word_breaches(name: str, text: str) -> list[str]:
    """List the passages of a file that speak of a machine or of an errand."""
    patterns = [*PLACES, *ERRANDS]
    if name.startswith(FOR_PEOPLE):
        patterns.append(r"\.\./shared" + r"\b")
    found = [match for pattern in patterns for match in re.finditer(pattern, text)]
    return [f"{name}:{text.count(chr(10), 0, match.start()) + 1}: {match[0]!r}" for match in found]


def host_breaches(name: str, text: str) -> list[str]:
    """List links to hosts that nobody agreed on; what tests invent only must not be a registry."""
    hosts = re.findall(r"\bhttps?://(?:[^/\s@]*@)?([a-z0-9-]+(?:\.[a-z0-9-]+)+)", text, re.IGNORECASE)
    invented = name.startswith("tests/")
    return [f"{name}: {host}" for host in hosts if not is_agreed(host.lower(), invented)]


def is_agreed(host: str, invented: bool) -> bool:
    """Tell whether a host may be named: reserved for examples, listed, or invented by a test."""
    reserved = host.endswith((".example.com", ".example.org", ".example", ".test", ".invalid"))
    return host in HOSTS or reserved or (invented and not re.search(REGISTRY, host))


def read(name: str) -> str:
    """Read a tracked file as text, nothing where it is not text."""
    try:
        return (CHECKOUT / name).read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return ""


def test_no_tracked_file_speaks_of_a_machine_or_an_errand() -> None:
    assert [breach for name in tracked_files() for breach in word_breaches(name, read(name))] == []


def test_no_tracked_file_links_to_an_unknown_host() -> None:
    assert [breach for name in tracked_files() for breach in host_breaches(name, read(name))] == []


@pytest.mark.parametrize(
    "text",
    [
        "see /wo" + "rk/main/src",
        "cd '/ro" + "ot/x'",
        "/home/" + "bob/repository",
        "as issue" + " 2 asks",
        "product" + ".md says",
        "# TO" + "DO: later",
        "read ../shared" + "/rules.txt",
    ],
)
def test_a_foreign_word_is_found(text: str) -> None:
    assert len(word_breaches("src/mnemo/a.py", text)) == 1


@pytest.mark.parametrize(
    "text",
    [
        "work/main.py and src/work/a.py",
        "/home/ada/x",
        "tests/tmp/w.py",
        "an issue of 500 claims",
        "the data product",
    ],
)
def test_ordinary_words_pass(text: str) -> None:
    assert word_breaches("src/mnemo/a.py", text) == []


def test_people_do_not_read_of_files_beside_the_checkout() -> None:
    text = "see ../shared" + "/bench"
    assert len(word_breaches("guide/start.md", text)) == 1
    assert word_breaches("tests/benchmarks/a.py", text) == []


@pytest.mark.parametrize(
    ("name", "host"), [("README.md", "inner.net"), ("tests/a.py", "py" + "pi.inner.net")]
)
def test_an_unknown_host_is_found(name: str, host: str) -> None:
    assert host_breaches(name, f"from https://user:secret@{host}/simple") == [f"{name}: {host}"]


@pytest.mark.parametrize("name", ["README.md", "tests/a.py"])
def test_an_agreed_host_passes(name: str) -> None:
    assert host_breaches(name, "see https://sqlite.org/wal.html and http://api.example.com:80/x") == []
