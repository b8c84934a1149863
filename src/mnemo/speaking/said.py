"""What a hook is given, and what it answers."""

from __future__ import annotations

from mnemo.light import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from mnemo.repo.files import WorkingTree
    from mnemo.repo.location import Place
    from mnemo.settings import Settings
    from mnemo.store.database import Database


class Where(NamedTuple):
    """What a hook may look at.

    Args:
        db: the store, which need not exist.
        place: the working tree.
        tree: its files.
        settings: what holds here.
        now: wall clock, milliseconds.
        deadline: time.monotonic() from which nothing more is judged.
    """

    db: Database
    place: Place
    tree: WorkingTree
    settings: Settings
    now: int
    deadline: float


class Told(NamedTuple):
    """One claim that was told, or found and left out.

    Args:
        address: the claim's.
        why: anchored to src/a.py, matches 0.62; left out: floor, told already, quiet, unconfirmed, budget …
    """

    address: str
    why: str


class Said(NamedTuple):
    """What memory says in a moment.

    Args:
        text: for the model: facts, foreign text quoted; empty is silence.
        person: one line for the person; only at a session's start.
        told: the claims in the text.
        left_out: claims that were found and are not in it.
        ask: what the person should know before the edit is made; empty when nobody need be asked.
    """

    text: str = ""
    person: str = ""
    told: tuple[Told, ...] = ()
    left_out: tuple[Told, ...] = ()
    ask: str = ""


SILENCE = Said()
