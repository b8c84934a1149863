"""Recalling: what the project and the user's global memory know about a question or a file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain, islice
from typing import Any

from mnemo.errors import Invalid
from mnemo.model.claim import DOMAINS, View
from mnemo.retrieval import packing
from mnemo.retrieval.judging import Judge
from mnemo.retrieval.packing import SMALLEST_BUDGET, Known, Lives, Wish
from mnemo.retrieval.ranking import Candidate, Question, depth, iter_candidates, merged
from mnemo.retrieval.standpoint import Standpoint
from mnemo.store import assertions
from mnemo.store.connections import Connection

LONGEST_QUERY = 20_000
MOST_CLAIMS = 200
LARGEST_BUDGET = 200_000
MOST_GLOBAL = 3
GLOBAL_SHARE = 0.7  # what a global claim's score counts beside one of the project

Record = dict[str, Any]


def checked_question(query: str, path: str, domain: str | None) -> Question:
    """Return what is asked.

    Raises:
        Invalid: an overlong query, or an unknown domain.
    """
    if len(query) > LONGEST_QUERY:
        raise Invalid(
            f"The query has {len(query):,} characters; {LONGEST_QUERY:,} are the most.", "Ask in a sentence."
        )
    if domain and domain not in DOMAINS:
        raise Invalid(f"{domain[:60]!r} is no domain.", f"Use one of {', '.join(DOMAINS)}.")
    return Question(query, path, domain or "")


def checked_wish(
    question: Question,
    limit: int | None,
    budget: int,
    *,
    full: bool,
    explain: bool,
    everywhere: bool,
    now: int,
) -> Wish:
    """Return how the answer is wanted.

    Args:
        limit: most claims; None lets the question decide, at most 8.
        budget: most tokens.

    Raises:
        Invalid: a limit or budget out of range.
    """
    if limit is not None and not 1 <= limit <= MOST_CLAIMS:
        raise Invalid(f"limit is {limit}, not between 1 and {MOST_CLAIMS}.", "Leave it out for the best few.")
    if not SMALLEST_BUDGET <= budget <= LARGEST_BUDGET:
        raise Invalid(
            f"budget is {budget} tokens, not between {SMALLEST_BUDGET} and {LARGEST_BUDGET:,}.",
            "1500 is the default.",
        )
    most = limit or (depth(question.query) if question.query.strip() else 8)
    floor = 0.0 if limit or not question.query.strip() else packing.FLOOR
    return Wish(most, budget, full, explain, floor, everywhere, now)


def recall(
    connection: Connection,
    elsewhere: Iterable[Candidate] | None,
    question: Question,
    view: View,
    judge: Judge,
    wish: Wish,
    notes: Iterable[str],
    lives: Lives = bool,
    known: Known | None = None,
    standpoint: Standpoint | None = None,
) -> Record:
    """Return the record of an answer: judged, packed, and with what other scopes hold when it is empty.

    Args:
        elsewhere: candidates of the global store, None where there is none.
        question, view, judge, wish: what is asked, from where, and how.
        notes: what the person should know beside it; looked at once the first candidate is there, since a
            backend may have something to say by then.
        lives: whether a branch still exists.
        known: what the watcher knows of an assertion's anchor at a position.
        standpoint: what ranking may look at beside the store.
    """
    here = iter_candidates(connection, question, view, standpoint)
    found = merged(here, elsewhere) if elsewhere else here
    first = list(islice(found, 1))
    record: Record = {
        "query": question.query,
        "path": question.path,
        "branch": view.branch,
        "notes": list(notes),
        "scope": {"searched": f"branch {view.branch}, project and global", "others": 0},
    }
    packing.pack(chain(first, found), judge, wish, record, lives, known)
    if not record["claims"] and not record["elsewhere"]:
        record["scope"]["others"] = assertions.count_of_branches(connection, view.branch)
    return record


def global_candidates(
    connection: Connection, question: Question, view: View, standpoint: Standpoint | None = None
) -> Iterator[Candidate]:
    """Yield the few claims of the user's global memory that match."""
    if not question.query.strip():
        return
    for one in islice(iter_candidates(connection, question, view, standpoint), MOST_GLOBAL):
        stages = {stage: GLOBAL_SHARE * share for stage, share in one.stages.items()}
        yield one._replace(score=sum(stages.values()), stages=stages)
