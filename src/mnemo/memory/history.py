"""Whose work a branch's history holds, as far as claims depend on it: asked of git once per commit.

A claim made on a branch holds elsewhere once the work that it belongs to is there: merged, squashed into one
commit, or rebased. A commit alone does not tell. On a new branch it is still the one that the branch left,
which every other branch holds too; then the claim waits for what the branch does next.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

from mnemo.errors import MnemoError
from mnemo.repo import landing, reflog
from mnemo.repo.git import Git
from mnemo.repo.head import Head
from mnemo.repo.landing import Work, find_landing, find_work
from mnemo.store import branches
from mnemo.store.branches import Made, Tip
from mnemo.store.database import Database

MOST_LOOKED_FOR = 20  # branches whose work is looked for in one history, those seen last


class History:
    """What HEAD holds, as far as claims depend on it.

    Args:
        db: the store whose claims are asked about, and that remembers the answers.
    """

    def __init__(self, db: Database) -> None:
        self._db = db
        self._key: tuple[str, str, int] = ("", "", -1)
        self._made: list[Made] | None = None
        self._found: frozenset[Made] = frozenset()

    def contained(self, head: Head, ask: Callable[[], Git]) -> frozenset[Made]:
        """Return where claims of other branches were made whose work HEAD holds.

        Args:
            head: what is checked out.
            ask: gives git; only called for what is not yet known.
        """
        if not head.commit:
            return frozenset()
        with self._db.reading() as connection:
            key = (head.branch, head.commit, self._db.newest(connection))
            if key == self._key:
                return self._found
            made = branches.list_made_elsewhere(connection, head.branch)
            if (*key[:2], made) == (*self._key[:2], self._made):
                self._key = key
                return self._found
            known = branches.held_by(connection, head.commit)
            tips = branches.list_tips(connection)
        seen = (head.branch, head.commit) in known
        if self._db.exists() and (not seen or any(one not in known for one in made)):
            tips, fresh = settle(tips, made, head, ask())
            known |= {**fresh, (head.branch, head.commit): True}
            with suppress(MnemoError), self._db.transaction() as connection:
                branches.put_tips(connection, tips)
                branches.remember_held(connection, head.commit, known)
                seen = True
        self._key, self._made = key, made if seen else None
        self._found = frozenset(one for one in made if known.get(one))
        return self._found


def settle(tips: list[Tip], made: list[Made], head: Head, git: Git) -> tuple[list[Tip], dict[Made, bool]]:
    """Return what branches were seen at now and before, and for each place of claims whether HEAD holds it.

    Args:
        tips: what branches were seen at before.
        made: where other branches' claims were made.
        head: what is checked out.
        git: the repository.
    """
    known = _with_news({(one.branch, one.tip): one for one in tips}, made, head, git)
    landed = {one.landed for one in known.values() if one.landed}
    held = git.contained(
        {commit for _, commit in made} | {one.tip for one in known.values()} | landed, head.commit
    )
    _look_for(known, {branch for branch, _ in made}, held, head, git)
    own = set(reflog.list_former_names(git.place, head.branch))
    here = {one for one in made if one[0] in own or (one[1] in held and not _is_waiting(one, known))}
    here |= _arrived({one for one in made if one not in here}, known, held, git)
    return list(known.values()), {one: one in here for one in made}


def _is_waiting(made: Made, known: dict[Made, Tip]) -> bool:
    """Whether nothing had been done on the branch when something was claimed there."""
    return made in known and not known[made].worked


def _arrived(made: set[Made], known: dict[Made, Tip], held: set[str], git: Git) -> set[Made]:
    """Return the places from which a branch went on to a commit whose work HEAD holds."""
    found: set[Made] = set()
    names = {branch for branch, _ in made}
    for tip in known.values():
        if tip.branch in names and tip.worked and not held.isdisjoint((tip.tip, tip.landed)):
            commits = {commit for branch, commit in made if branch == tip.branch}
            before = commits & {*tip.work.get("commits", ())}
            before |= git.contained(commits - before, tip.work.get("base", tip.tip))
            found |= {(tip.branch, commit) for commit in before}
    return found


def _with_news(known: dict[Made, Tip], made: list[Made], head: Head, git: Git) -> dict[Made, Tip]:
    """Return the known tips with those that branches of claims, and HEAD, are at now or were left at."""
    default = git.default_branch()
    names = {branch for branch, _ in made} - {default}
    if not names and head.branch == default:
        return known
    trunk = git.find_commit(default) if default else None
    if trunk is None:
        return known
    refs = [one for one in landing.list_branches(git) if one[0] in names] if names else []
    left = [one for one in reflog.list_left(git.place) if one.branch in names]
    worked = {one.branch for one in left if one.worked}
    seen = [*refs, *((one.branch, one.commit) for one in left)]
    if head.branch != default:
        seen.append((head.branch, head.commit))
    fresh = [one for one in dict.fromkeys(seen) if one not in known]
    old = git.contained([commit for _, commit in fresh], trunk)
    for branch, commit in fresh:
        known[branch, commit] = Tip(branch, commit, commit not in old or branch in worked, {})
    for one in known.values():
        if one.branch in names and one.worked and not one.work and (work := find_work(git, one.tip, trunk)):
            known[one.branch, one.tip] = one._replace(work=work._asdict())
    return known


def _look_for(known: dict[Made, Tip], names: set[str], held: set[str], head: Head, git: Git) -> None:
    """Look for the work of branches that HEAD does not hold as it was, and note where it came in."""
    missing = [
        one
        for one in known.values()
        if one.branch in names and one.work and one.tip not in held and one.landed not in held
    ]
    for one in missing[:MOST_LOOKED_FOR]:
        landed = find_landing(git, Work(**one.work), head.commit)
        if landed:
            known[one.branch, one.tip] = one._replace(landed=landed)
            held.add(landed)
