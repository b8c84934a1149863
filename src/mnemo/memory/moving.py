"""Where failing anchors went: what certainly moved to another file counts as found there."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from mnemo.anchors.moves import has_it, list_places
from mnemo.errors import MnemoError
from mnemo.memory.verifying import Checked
from mnemo.model.anchor import Anchor, Finding
from mnemo.repo.files import Tree
from mnemo.retrieval.judging import Judge


class Ground(NamedTuple):
    """The files in which something may be found again.

    Args:
        tree: as they are now.
        before: the files of a commit, None where it is unknown.
    """

    tree: Tree
    before: Callable[[str], Tree | None]


def located(checked: Sequence[Checked], ground: Ground, judge: Judge) -> list[Checked]:
    """Return judged claims in which an anchor that certainly moved is ok, with where it is now as its path.

    Certain means: exactly one other tracked file has the definition or passage as it was pinned, and did not
    have it yet at the commit at which it was claimed.

    Args:
        checked: claims as verifying.check() judged them.
        ground: where to look.
        judge: judges one anchor.
    """
    lost = [
        (row, column)
        for row, one in enumerate(checked)
        for column, (anchor, finding) in enumerate(one.findings)
        if finding.state == "missing" and not anchor.absent
    ]
    places = list_places([checked[row].findings[column][0] for row, column in lost], ground.tree)
    result = list(checked)
    for (row, column), found in zip(lost, places, strict=True):
        one = result[row]
        anchor = one.findings[column][0]
        finding = _moved(anchor, found, one.assertion.commit, ground, judge) if len(found) == 1 else None
        if finding:
            findings = list(one.findings)
            findings[column] = (anchor, finding)
            result[row] = one._replace(findings=findings)
    return result


def _moved(anchor: Anchor, found: list[str], commit: str, ground: Ground, judge: Judge) -> Finding | None:
    place = found[0]
    there = judge(anchor._replace(path=place), commit)
    if there.state != "ok" or _was_there_before(anchor, place, commit, ground):
        return None
    what = anchor.name or "the passage"
    return there._replace(path=place, reason=f"{what} moved from {anchor.path} to {place}")


def _was_there_before(anchor: Anchor, place: str, commit: str, ground: Ground) -> bool:
    """Tell whether the other file was only ever a copy: then nothing moved into it."""
    try:
        older = ground.before(commit) if commit else None
        return bool(older and has_it(anchor, place, older))
    except MnemoError:
        return False
