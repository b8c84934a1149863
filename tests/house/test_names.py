"""Names say what a thing is, and the same verb means the same everywhere."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from tests.house.sources import Module, iter_definitions, plant, source_modules

EMPTY_WORDS = set(
    "manager managers helper helpers util utils utility utilities service services"
    " handler handlers data info infos misc".split()
)
LAZY = ("Iterator", "Iterable", "Generator", "AsyncIterator")


def words_of(name: str) -> set[str]:
    """Split snake and camel case into lower-cased words."""
    return {word.lower() for word in re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+", name)}


def name_breaches(modules: list[Module]) -> list[str]:
    """List names that say nothing, and verbs used against their meaning."""
    breaches = []
    for module in modules:
        for word in sorted(words_of(module.path.removesuffix(".py")) & EMPTY_WORDS):
            breaches.append(f"{module.path}: the name says {word!r}")
        for name, node in iter_definitions(module):
            problem = _problem(node)
            if problem:
                breaches.append(f"{module.path}:{node.lineno}: {name} {problem}")
    return breaches


def _problem(node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) -> str | None:
    empty = words_of(node.name) & EMPTY_WORDS
    if empty:
        return f"says {min(empty)!r}"
    if isinstance(node, ast.ClassDef) or node.returns is None or node.name.startswith("_"):
        return None  # what a verb promises is a promise to callers elsewhere
    answer = ast.unparse(node.returns)
    verb = node.name.split("_")[0]
    may_be_none = bool(re.search(r"\bNone\b|\bOptional\b", answer))
    lazy = answer.split("[")[0].split(".")[-1] in LAZY
    rules = {
        "find": (may_be_none, "never answers None: call it get_ or list_"),
        "get": (not may_be_none, "may answer None: call it find_"),
        "list": (not lazy and not may_be_none, "is lazy or may answer None: call it iter_ or find_"),
        "iter": (lazy, "is not lazy: call it list_"),
    }
    kept, problem = rules.get(verb, (True, ""))
    return None if kept or "_" not in node.name else problem


def test_names_say_what_a_thing_is() -> None:
    assert name_breaches(source_modules()) == []


@pytest.mark.parametrize(
    ("name", "source"),
    [
        ("mnemo/store/utils.py", ""),
        ("mnemo/info/a.py", ""),
        ("mnemo/a.py", "class StoreManager: ..."),
        ("mnemo/a.py", "def handle():\n    def event_handler(): ..."),
        ("mnemo/a.py", "def find_claim() -> Claim: ..."),
        ("mnemo/a.py", "def get_claim() -> Claim | None: ..."),
        ("mnemo/a.py", "def list_claims() -> Iterator[Claim]: ..."),
        ("mnemo/a.py", "def iter_claims() -> list[Claim]: ..."),
    ],
)
def test_a_poor_name_is_found(tmp_path: Path, name: str, source: str) -> None:
    assert len(name_breaches(plant(tmp_path, {name: source}))) == 1


@pytest.mark.parametrize(
    "source",
    [
        "def find_claim() -> Claim | None: ...",
        "def get_claim() -> Claim: ...",
        "def list_claims() -> list[Claim]: ...",
        "def iter_claims() -> Iterator[Claim]: ...",
        "def handle_of_a_database() -> int: ...",
        "def _find_base() -> Base: ...",
    ],
)
def test_a_good_name_passes(tmp_path: Path, source: str) -> None:
    assert name_breaches(plant(tmp_path, {"mnemo/a.py": source})) == []
