"""Statements gathered from the files that tell what holds, each with the lines that it stands on."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from mnemo import fence
from mnemo.errors import Invalid
from mnemo.importing import frontmatter, restructured, topics, wording
from mnemo.importing.decisions import find_decision
from mnemo.importing.rules import list_rules
from mnemo.importing.sources import LARGEST, MOST_RULES, Source, find_source, folder_of_globs
from mnemo.redact import hide_private
from mnemo.repo.files import Tree, Unreadable
from mnemo.repo.paths import from_system, secret, to_system

GLOBS = ("globs", "applyto", "paths", "trigger_globs")
Progress = Callable[[int, int], None] | None


class Statement(NamedTuple):
    """One rule or decision, ready to be claimed.

    Args:
        source: the file that says it.
        lines: first and last line of what it is pinned to, one pair an anchor.
        content, why, when, domain, tags, folder: as a claim has them.
        standing: active where the file is the user's own, else unconfirmed.
    """

    source: Source
    lines: tuple[tuple[int, int], ...]
    content: str
    why: str
    when: str
    domain: str
    tags: tuple[str, ...]
    folder: str
    standing: str

    @property
    def place(self) -> str:
        """Where it stands, such as AGENTS.md:12-14."""
        first, last = self.lines[0]
        return f"{self.source.path}:{first}" if first == last else f"{self.source.path}:{first}-{last}"


class Gathered(NamedTuple):
    """What one file says.

    Args:
        source: the file.
        statements: what it says that holds.
        dead: the status of a decision that no longer holds; empty otherwise.
        trouble: why nothing, or not everything, was taken; empty otherwise.
    """

    source: Source
    statements: list[Statement]
    dead: str = ""
    trouble: str = ""


def gather(
    sources: Sequence[Source],
    tree: Tree,
    root: str,
    tracked: set[str],
    ignored: Callable[[Iterable[str]], set[str]],
    progress: Progress = None,
) -> list[Gathered]:
    """Return what each file says; a file that cannot be read says so and stops nothing.

    Args:
        sources: in the order in which the first to say something counts.
        tree: the files.
        root: the folder at the top; empty where there is no working tree.
        tracked: the paths that git tracks.
        ignored: gives those of some paths that git ignores.
        progress: called with how many files were read and how many there are.
    """
    found: list[Gathered] = []
    seen: set[str] = set()
    for done, source in enumerate(sources, 1):
        real, trouble = _really(source, root, tracked, ignored)
        if trouble:
            found.append(Gathered(source, [], trouble=trouble))
        elif real.path not in seen:
            seen.add(real.path)
            found.append(_read(real, tree))
        if progress:
            progress(done, len(sources))
    return found


def read_statements(text: str, source: Source) -> Gathered:
    """Return what a file's text says.

    Args:
        text: with `\\n` line ends.
        source: the file.
    """
    text = hide_private(text.replace("\0", "\ufffd"))
    if source.path.lower().endswith(".rst"):
        text = restructured.as_markdown(text)
    if source.kind == "adr":
        return _decision(text, source)
    fields = frontmatter.read_fields(text)
    globs = [glob for name in GLOBS for glob in fields.get(name, [])]
    inner = folder_of_globs(globs)
    folder = "/".join(part for part in (source.folder, inner) if part)
    broad = not globs or any(glob.strip("\"'") in ("*", "**", "**/*") for glob in globs)
    when = "" if broad else f"working on {', '.join(globs)}"[:300]
    rules = list_rules(text, strict=source.kind == "contributing")
    statements = [
        Statement(
            source,
            ((rule.first, rule.last),),
            fence.escape(rule.content),
            "",
            fence.escape(when),
            topics.domain_of(rule.context, rule.text, demands=wording.is_normative(rule.text)),
            topics.tags_of(rule.context, rule.text),
            folder,
            "active" if source.tracked else "unconfirmed",
        )
        for rule in rules[:MOST_RULES]
    ]
    cut = len(rules) - len(statements)
    return Gathered(
        source, statements, trouble=f"only the first {MOST_RULES} rules, {cut} more" if cut else ""
    )


def _decision(text: str, source: Source) -> Gathered:
    found = find_decision(text, source.path.rpartition("/")[2])
    if found is None:
        return Gathered(source, [])
    if found.is_dead:
        return Gathered(source, [], dead=found.status)
    lines = (found.lines, found.status_lines) if found.status_lines else (found.lines,)
    standing = "active" if source.tracked and not found.is_open else "unconfirmed"
    tags = ("adr", *topics.tags_of((found.title,), found.text))
    content, why = fence.escape(found.content), fence.escape(found.why)
    return Gathered(source, [Statement(source, lines, content, why, "", "decisions", tags, "", standing)])


def _read(source: Source, tree: Tree) -> Gathered:
    try:
        path = tree.relative(source.path)
        text = tree.read(path, LARGEST)
    except Unreadable as problem:
        return Gathered(source, [], trouble=problem.message)
    except Invalid as problem:
        return Gathered(source, [], trouble=problem.message)
    if text is None:
        return Gathered(source, [], trouble="it is not there")
    if len(text) > LARGEST:
        return Gathered(source, [], trouble=f"it is larger than {LARGEST // 1_000_000} MB")
    return read_statements(text, source._replace(path=path))


def _really(
    source: Source, root: str, tracked: set[str], ignored: Callable[[Iterable[str]], set[str]]
) -> tuple[Source, str]:
    """Return the file that a path leads to, or why it is left alone: links may lead anywhere."""
    if secret(source.path):
        return source, "it may hold secrets"
    if not root:
        return source, ""
    try:
        asked = os.path.join(os.path.realpath(root), to_system(source.path))
    except Invalid as problem:
        return source, problem.message
    real = os.path.realpath(asked)
    if real == asked:
        return source, ""
    if os.path.commonpath((real, os.path.realpath(root))) != os.path.realpath(root):
        return source, "it leads out of the repository"
    path = from_system(os.path.relpath(real, os.path.realpath(root)))
    if secret(path) or (path not in tracked and ignored([path])):
        return source, "it leads to a file that is ignored or may hold secrets"
    known = find_source(path, path in tracked)
    return known or source._replace(path=path, tracked=path in tracked), ""
