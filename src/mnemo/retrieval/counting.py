"""What was recalled, counted in memory and written now and then: a recall waits for no disk."""

from __future__ import annotations

from _thread import allocate_lock  # importing threading would cost a hook a millisecond
from collections import deque
from collections.abc import Iterable

from mnemo.errors import MnemoError
from mnemo.light import suppress
from mnemo.store import assertions, counters
from mnemo.store.connections import Connection
from mnemo.store.counters import NOTHING, Counts
from mnemo.store.database import Database

TURNS = 5  # recalls back in which a claim counts as what someone acts on
MOST_SESSIONS = 200
MOST_WAITING = 500  # claims whose counts wait for the disk
LONGEST_WAIT_MS = 300_000


class Recalls:
    """One store's recalls in this process.

    Args:
        db: the store.
    """

    def __init__(self, db: Database) -> None:
        self._db = db
        self._guard = allocate_lock()
        self._waiting: dict[str, Counts] = {}
        self._since = 0
        self._turns: dict[str, deque[frozenset[str]]] = {}

    def told(self, session: str, addresses: Iterable[str], now: int) -> None:
        """Count that claims were told.

        Args:
            session: the conversation, for what it acts on later.
            addresses: whole addresses; those of another store do no harm.
            now: wall clock, milliseconds.
        """
        turn = frozenset(addresses)
        with self._guard:
            self._since = self._since or now
            for address in turn:
                self._add(address, Counts(1, 0, now))
            turns = self._turns.pop(session, None) or deque[frozenset[str]](maxlen=TURNS)
            turns.append(turn)
            self._turns[session] = turns  # the last one asked stands last
            if len(self._turns) > MOST_SESSIONS:
                self._turns.pop(next(iter(self._turns)))
            late = len(self._waiting) > MOST_WAITING or now - self._since > LONGEST_WAIT_MS
        if late:
            self.flush()

    def acted_on(self, session: str, address: str) -> bool:
        """Count that someone acted on a claim, where this session was told it lately; return whether."""
        with self._guard:
            lately = any(address in turn for turn in self._turns.get(session, ()))
            if lately:
                self._add(address, Counts(0, 1, 0))
        return lately

    def recent(self, session: str) -> dict[str, int]:
        """Return how many recalls ago a session was told a claim, by its address; 0 for the last recall."""
        with self._guard:
            turns = list(self._turns.get(session, ()))
        return {address: len(turns) - 1 - place for place, turn in enumerate(turns) for address in turn}

    def counts_of(self, connection: Connection, address: str) -> Counts:
        """Return what became of a claim's recalls, with what is not written yet."""
        rows = [one.claim for one in assertions.by_address(connection, address)[:1]]
        written = next(iter(counters.by_claim(connection, rows).values()), NOTHING) if rows else NOTHING
        with self._guard:
            return counters.both(written, self._waiting.get(address, NOTHING))

    def flush(self) -> None:
        """Write what waits; where the store cannot be written now, it waits on, up to a bound."""
        with self._guard:
            waiting, self._waiting, self._since = self._waiting, {}, 0
        if not (waiting and self._db.exists()):
            return
        with suppress(MnemoError, OSError):
            with self._db.transaction(counted=False) as connection:
                counters.add(connection, waiting)
            return
        with self._guard:
            for address, counts in waiting.items():
                if len(self._waiting) < MOST_WAITING:
                    self._add(address, counts)

    def _add(self, address: str, counts: Counts) -> None:
        self._waiting[address] = counters.both(self._waiting.get(address, NOTHING), counts)
