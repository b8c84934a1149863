"""Commands that can destroy work or reach others: told apart before anyone runs them, never run here."""

from __future__ import annotations

import os
import re
import shlex
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from mnemo.repo.preflight import is_protected

DEEPEST = 8  # commands inside commands that are looked at
LONGEST = 100_000

Words = Sequence[str]


class Verdict(NamedTuple):
    """What is to be thought of a command before it runs.

    Args:
        allowed: whether it may run without asking a person.
        reasons: why not, each with the words that it is about; empty when it may.
    """

    allowed: bool
    reasons: tuple[str, ...]


class Rule(NamedTuple):
    """One kind of command that needs a person's approval.

    Args:
        shown: how it is written.
        why: what it does.
        program: git, rm or gh.
        verb: its first argument; empty for any.
        applies: tells by the arguments behind it and the branch that is checked out.
    """

    shown: str
    why: str
    program: str
    verb: str
    applies: Callable[[Words, str], bool]


def classify(command: str | Words, branch: str = "") -> Verdict:
    """Tell whether a command may run without a person's approval; nothing is run.

    Shell text is taken apart as a shell would, with what stands in `sh -c`, `$(…)` and behind `sudo`,
    `env`, `xargs` and their like. Text that cannot be taken apart needs approval.

    Args:
        command: as typed in a shell, or as a list of words.
        branch: what is checked out, for a push that names no branch.
    """
    reasons: list[str] = []
    try:
        for words in _iter_commands(command):
            for rule in _of_program(words):
                words_behind = _words_behind(words, rule)
                if words_behind is not None and rule.applies(words_behind, branch):
                    reasons.append(f"{rule.shown} {rule.why}")
    except ValueError as error:
        reasons.append(f"it cannot be read as a command: {str(error)[:80]}")
    return Verdict(not reasons, tuple(dict.fromkeys(reasons)))


def list_rules() -> list[str]:
    """Return what needs a person's approval, a line each, as workers are told it."""
    return [f"{rule.shown} {rule.why}" for rule in RULES]


_OPERATORS = frozenset(";&|()<>")
_ASSIGNMENT = re.compile(r"[A-Za-z_]\w*=")
_SHELLS = frozenset(("sh", "bash", "zsh", "dash", "ksh", "fish"))
# Programs that run the command behind them, and words of the shell that one stands behind.
_BEFORE = frozenset(
    "sudo doas env command exec builtin nohup time nice ionice timeout xargs setsid stdbuf find watch"
    " if then else elif while until do ! { for parallel".split()
)
_WITH_VALUE = frozenset(
    ("-C", "-c", "--git-dir", "--work-tree", "--namespace", "--exec-path", "--config-env")
)


def _iter_commands(command: str | Words, depth: int = 0) -> Iterator[list[str]]:
    """Yield each simple command of a shell text, those inside others too."""
    if depth > DEEPEST:
        raise ValueError("commands are nested too deeply")
    if not isinstance(command, str):
        yield from _iter_one(list(command), depth)
        return
    if len(command) > LONGEST:
        raise ValueError(f"it has {len(command):,} characters")
    for inner in _iter_inner(command):
        yield from _iter_commands(inner, depth + 1)
    lexer = shlex.shlex(command.replace("\\\n", " ").replace("\n", " ; "), posix=True, punctuation_chars=True)
    lexer.whitespace_split = True
    lexer.commenters = ""
    words: list[str] = []
    for token in lexer:
        if token and _OPERATORS.issuperset(token):
            yield from _iter_one(words, depth)
            words = []
        else:
            words.append(token)
    yield from _iter_one(words, depth)


def _iter_one(words: list[str], depth: int) -> Iterator[list[str]]:
    while words and _ASSIGNMENT.match(words[0]):
        words = words[1:]
    if not words:
        return
    name = os.path.basename(words[0])
    if name in _SHELLS or name == "eval":
        texts = words[1:] if name == "eval" else _behind_c(words[1:])
        yield from _iter_commands(" ".join(texts), depth + 1)
    elif name in _BEFORE:
        start = next((at for at, word in enumerate(words[1:], 1) if _is_known(word)), 0)
        if start:
            yield from _iter_one(words[start:], depth + 1)
    else:
        yield [name, *words[1:]]


def _iter_inner(text: str) -> Iterator[str]:
    """Yield the commands that a shell text holds as `$(…)` or between backticks, single quotes minded."""
    single = double = False
    at = 0
    while at < len(text):
        letter = text[at]
        if letter == "\\" and not single:
            at += 1
        elif letter == "'" and not double:
            single = not single
        elif letter == '"' and not single:
            double = not double
        elif not single and (letter == "`" or text.startswith("$(", at)):
            start = at + (1 if letter == "`" else 2)
            end = _end_of_inner(text, start, letter)
            yield text[start:end]
            at = end
        at += 1


def _end_of_inner(text: str, start: int, opened: str) -> int:
    """Return where an inner command ends: at its backtick, or at the bracket that closes it."""
    depth = 1
    for at in range(start, len(text)):
        if opened == "`":
            depth -= text[at] == "`"
        else:
            depth += (text[at] == "(") - (text[at] == ")")
        if not depth:
            return at
    return len(text)


def _behind_c(words: Words) -> list[str]:
    """Return the script of `sh -c script`, none where a file is run."""
    for at, word in enumerate(words):
        if word.startswith("-") and not word.startswith("--") and "c" in word:
            return list(words[at + 1 : at + 2])
    return []


def _is_known(word: str) -> bool:
    name = os.path.basename(word)
    return name in _PROGRAMS or name in _SHELLS or name in _BEFORE or name == "eval"


def _of_program(words: Words) -> list[Rule]:
    return [rule for rule in RULES if rule.program == words[0]]


def _words_behind(words: Words, rule: Rule) -> list[str] | None:
    """Return the arguments behind a rule's verb, None when the command has another."""
    rest = list(words[1:])
    if rule.program == "git":
        while rest and rest[0].startswith("-"):
            rest = rest[2:] if rest[0] in _WITH_VALUE else rest[1:]
    verbs = rule.verb.split()
    return rest[len(verbs) :] if rest[: len(verbs)] == verbs else None


def _flags(words: Words) -> set[str]:
    """Return the options among words, joined short ones apart: -fd is -f and -d."""
    found: set[str] = set()
    for word in words:
        if word == "--":
            break
        if word.startswith("--"):
            found.add(word.partition("=")[0])
        elif word.startswith("-"):
            found.update(f"-{letter}" for letter in word[1:])
    return found


def _has(words: Words, *wanted: str) -> bool:
    """Tell whether one of the options is given, a long one also shortened as git allows."""
    given = _flags(words)
    return any(
        flag in given
        or any(each.startswith("--") and len(each) > 4 and flag.startswith(each) for each in given)
        for flag in wanted
    )


def _plain(words: Words) -> list[str]:
    return [word for word in words if not word.startswith("-")]


def _forced(words: Words, _branch: str) -> bool:
    targets = _plain(words)[1:]
    flags = ("-f", "--force", "--force-with-lease", "--mirror", "--delete", "-d", "--prune")
    return _has(words, *flags) or any(each.startswith(("+", ":")) for each in targets)


def _pushed_to_protected(words: Words, branch: str) -> bool:
    targets = [each.lstrip("+").rpartition(":")[2] for each in _plain(words)[1:]]
    names = [each.removeprefix("refs/heads/") for each in targets]
    if _has(words, "--all", "--branches"):
        return True
    return any(is_protected(branch if each in ("HEAD", "@") else each) for each in names or [branch])


def _always(_words: Words, _branch: str) -> bool:
    return True


def _any(*flags: str) -> Callable[[Words, str], bool]:
    return lambda words, _branch: _has(words, *flags)


def _none(*flags: str) -> Callable[[Words, str], bool]:
    return lambda words, _branch: not _has(words, *flags)


def _deletes_branch(words: Words, _branch: str) -> bool:
    return _has(words, "-D", "-M") or (_has(words, "-d", "--delete") and _has(words, "-f", "--force"))


def _discards(words: Words, _branch: str) -> bool:
    return _has(words, "-f", "--force") or "--" in words or "." in words


def _removes(words: Words, _branch: str) -> bool:
    return _has(words, "-r", "-R", "--recursive") and _has(words, "-f", "--force")


_THROWN = "throws away work that is not committed"
_REWRITTEN = "rewrites history"

RULES = (
    Rule("git reset --hard", _THROWN, "git", "reset", _any("--hard")),
    Rule("git clean", "deletes files that git does not track", "git", "clean", _none("-n", "--dry-run")),
    Rule("git push --force", "overwrites or deletes what others may hold", "git", "push", _forced),
    Rule("git push to a protected branch", "skips the review", "git", "push", _pushed_to_protected),
    Rule("git merge", "changes a branch for everyone", "git", "merge", _none("--abort", "--quit")),
    Rule("gh pr merge", "changes a branch for everyone", "gh", "pr merge", _always),
    Rule("git branch -D", "drops commits that are merged nowhere", "git", "branch", _deletes_branch),
    Rule("git filter-branch", _REWRITTEN, "git", "filter-branch", _always),
    Rule("git filter-repo", _REWRITTEN, "git", "filter-repo", _always),
    Rule("git reflog expire", "drops the way back", "git", "reflog expire", _always),
    Rule("git reflog delete", "drops the way back", "git", "reflog delete", _always),
    Rule("git update-ref -d", "drops a branch or tag", "git", "update-ref", _any("-d")),
    Rule("git checkout -f or of files", _THROWN, "git", "checkout", _discards),
    Rule(
        "git switch --discard-changes", _THROWN, "git", "switch", _any("--discard-changes", "-f", "--force")
    ),
    Rule("git restore", _THROWN, "git", "restore", _none("--staged", "-S")),
    Rule("git stash drop", "throws away stashed work", "git", "stash drop", _always),
    Rule("git stash clear", "throws away stashed work", "git", "stash clear", _always),
    Rule("git worktree remove --force", _THROWN, "git", "worktree remove", _any("-f", "--force")),
    Rule("rm -rf", "deletes a folder with all that is in it", "rm", "", _removes),
)
_PROGRAMS = frozenset(rule.program for rule in RULES)
