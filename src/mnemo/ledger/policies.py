"""Evidence policies: which evidence a task asks for beyond its criteria, and what of it is still missing."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple, cast

from mnemo.errors import Invalid
from mnemo.ledger.names import brief, shown
from mnemo.model import work

RESULT = "dispatch_result"
KEYS = ("required_evidence", "required_commands", "min_trust", "files", "budget")
BUDGET = ("max_attempts", "max_executors")
# What the originals' policies call some kinds.
_OTHER_NAMES = {"user_approval": work.APPROVAL, "ci_result": work.EXTERNAL_CHECK, "ci": work.EXTERNAL_CHECK}
# Words that begin a command which checks something, as they stand in backticks in a lesson.
_CHECKERS = ("pytest", "python -m pytest", "ruff", "mypy", "pyright", "tox", "nox", "make test", "make check")
_MORE_CHECKERS = (
    "npm test",
    "npm run test",
    "npm run lint",
    "cargo test",
    "cargo clippy",
    "go test",
    "go vet",
)
_IN_BACKTICKS = re.compile(r"`([^`\n]{2,200})`")

Record = dict[str, Any]


class Policy(NamedTuple):
    """What evidence a task asks for.

    Args:
        kinds: each needs a piece of evidence of that kind.
        commands: each must have been run by mnemo and have ended with 0; split like a shell does.
        min_trust: trusted, or advisory to let measurements count that nobody stands for.
        files: paths that count as evidence though they did not change, and that evidence is bound to.
        budget: how often work may be repaired: max_attempts, max_executors.
    """

    kinds: tuple[str, ...] = ()
    commands: tuple[tuple[str, ...], ...] = ()
    min_trust: str = work.TRUSTED
    files: tuple[str, ...] = ()
    budget: tuple[tuple[str, int], ...] = ()


class Shown(NamedTuple):
    """One piece of evidence as a policy sees it.

    Args:
        evidence: its id.
        kind, status, trust: as recorded.
        argv: the command, for what was run.
        drift: why it is stale; empty when it is not.
    """

    evidence: str
    kind: str
    status: str
    trust: str
    argv: tuple[str, ...]
    drift: str


def read(given: Any) -> Policy:
    """Return a policy from what a task says of it.

    Args:
        given: None, or an object with the keys of KEYS; commands as text or as lists of words.

    Raises:
        Invalid: another key, or a value that is none.
    """
    if given is None:
        return Policy()
    if not isinstance(given, dict):
        raise _unreadable("policy", given)
    record = cast(Record, given)
    unknown = sorted(record.keys() - set(KEYS))
    if unknown:
        raise Invalid(f"A policy has no {brief(unknown[0])}.", f"It may have {', '.join(KEYS)}.")
    trust = record.get("min_trust", work.TRUSTED)
    if trust not in (work.TRUSTED, work.ADVISORY):
        raise Invalid(f"min_trust cannot be {brief(trust)}.", f"Give {work.TRUSTED} or {work.ADVISORY}.")
    kinds = (plain(each) for each in words(record, "required_evidence"))
    budget = _budget(record.get("budget") or {})
    return Policy(
        tuple(dict.fromkeys(kinds)),
        tuple(_command(each) for each in _list(record, "required_commands")),
        trust,
        tuple(words(record, "files")),
        budget,
    )


def plain(kind: str) -> str:
    """Return a kind of evidence as we call it, also from other names: test, test_output, user_approval."""
    word = kind.strip().lower().replace("-", "_")
    word = _OTHER_NAMES.get(word, word)
    stem = word.removesuffix("_result").removesuffix("_output").removesuffix("s")
    named = next((each for each in work.RUN_KINDS if each.partition("_")[0] == stem), None)
    return named or word


def without_result(policy: Policy) -> Policy:
    """Return a policy as it applies while a dispatch is completed, whose result cannot be there yet."""
    return policy._replace(kinds=tuple(each for each in policy.kinds if each != RESULT))


def asks_for_proof(policy: Policy) -> bool:
    """Tell whether a policy by itself asks for more than somebody's word that work is done."""
    return bool(policy.commands or without_result(policy).kinds)


def failed(policy: Policy, evidence: Sequence[Shown]) -> list[str]:
    """Return what a policy asks for and no evidence shows, a line each with the reason.

    Args:
        policy: what is asked for.
        evidence: what there is about the task; what was superseded is left out before.
    """
    lines: list[str] = []
    for kind in policy.kinds:
        fitting = [each for each in evidence if _is_of(each, kind)]
        if not any(counts(each, policy.min_trust) for each in fitting):
            lines.append(f"required {kind}: {_why(fitting)}")
    for argv in policy.commands:
        ran = [each for each in evidence if each.argv == argv and each.kind in work.RUN_KINDS]
        if not any(counts(each, policy.min_trust) for each in ran):
            lines.append(f"required command {shlex.join(argv)}: {_why(ran) if ran else 'it was not run'}")
    return lines


def counts(evidence: Shown, min_trust: str = work.TRUSTED) -> bool:
    """Tell whether evidence satisfies a policy: it passed, is not stale, and is trusted enough.

    What somebody only says never does, whatever trust is asked for.
    """
    said = evidence.kind in (*work.SAID_KINDS, work.EXTERNAL_CHECK, work.APPROVAL, RESULT)
    trusted = evidence.trust == work.TRUSTED or (min_trust == work.ADVISORY and not said)
    return evidence.status == "passed" and trusted and not evidence.drift


def enriched(policy: Policy, lessons: Iterable[str], warnings: Iterable[str] = ()) -> Policy:
    """Return a policy with what lessons and the code graph ask for besides; nothing is ever taken away.

    Args:
        policy: what the task asks for.
        lessons: texts; a command in backticks that checks something is required too.
        warnings: what the graph warned of; with any, a test must have passed.
    """
    found = [each for text in lessons for each in _IN_BACKTICKS.findall(text)]
    checks = [each.strip() for each in found if each.strip().startswith((*_CHECKERS, *_MORE_CHECKERS))]
    commands = [argv for each in checks if (argv := _split(each))]
    kinds = (*policy.kinds, "test_result") if list(warnings) else policy.kinds
    return policy._replace(
        kinds=tuple(dict.fromkeys(kinds)), commands=tuple(dict.fromkeys((*policy.commands, *commands)))
    )


def _budget(given: Any) -> tuple[tuple[str, int], ...]:
    told = cast("dict[str, int]", given) if isinstance(given, dict) else {"": -1}
    if not all(name in BUDGET and type(value) is int and value >= 0 for name, value in told.items()):
        raise Invalid(
            f"The budget {brief(told)} cannot be read.", f"Give {' and '.join(BUDGET)}, in numbers."
        )
    return tuple(sorted(told.items()))


def _is_of(evidence: Shown, kind: str) -> bool:
    return evidence.kind == kind or (kind == work.RUN_KINDS[0] and evidence.kind in work.RUN_KINDS)


def _why(evidence: Sequence[Shown]) -> str:
    return "; ".join(_reason(each) for each in evidence) or "there is none"


def _reason(evidence: Shown) -> str:
    name = shown(evidence.evidence)
    if evidence.status == "failed":
        return f"{name} failed"
    if evidence.status != "passed":
        return f"{name} is only {evidence.status}"
    return evidence.drift or f"{name} is only {work.ADVISORY}"


def _command(given: Any) -> tuple[str, ...]:
    words = cast("list[Any]", given) if isinstance(given, list) else None
    if words and all(isinstance(each, str) for each in words):
        return tuple(words)
    found = _split(given) if isinstance(given, str) else ()
    if not found:
        raise _unreadable("required command", given)
    return found


def _split(text: str) -> tuple[str, ...]:
    try:
        return tuple(shlex.split(text))
    except ValueError:
        return ()


def _list(record: Mapping[str, Any], name: str) -> list[Any]:
    value: Any = record.get(name) or []
    if isinstance(value, str):
        return [value]
    if not isinstance(value, list | tuple):
        raise _unreadable(name, value)
    return list(cast("list[Any]", value))


def words(record: Mapping[str, Any], name: str) -> list[str]:
    """Return a list of texts that an object holds under a name; empty where it holds none.

    Raises:
        Invalid: something else is there.
    """
    values = _list(record, name)
    if not all(isinstance(each, str) and each.strip() for each in values):
        raise _unreadable(name, values)
    return values


def _unreadable(name: str, value: Any) -> Invalid:
    return Invalid(
        f"The {name} {brief(value)} cannot be read.",
        'Give an object such as {"required_evidence": ["test_result"], "required_commands": ["pytest -q"]}.',
    )
