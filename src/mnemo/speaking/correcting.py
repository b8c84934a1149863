"""Telling a prompt that corrects from one that asks, by how English speakers begin to disagree."""

from __future__ import annotations

from mnemo import clock, fence, ids
from mnemo.model.claim import View
from mnemo.retrieval import cards
from mnemo.speaking import matching
from mnemo.speaking.found import choose, iter_said
from mnemo.speaking.matching import Sought
from mnemo.speaking.said import Told
from mnemo.speaking.speech import DATA
from mnemo.store import glance, search
from mnemo.store.connections import Connection

MOST_EARLIER = 200
MOST_TOLD = 2
LEAST_TOUCH = 1.0
SHOWN = 200
TOUCHED = "the prompt corrects"
LONGEST = 2_000  # characters looked at; a correction comes first

# Each is looked for at the start of a sentence or behind a comma.
OPENINGS = tuple(
    (
        "no that's|no thats|no that is|no it's|no it is|no its|no we|no you|no i |no the|no this|no don't|"
        "no not|no they|no there|no use|no never|no please|nope|nah|not true|not quite|not correct|"
        "not right|not anymore|wrong|incorrect|that's wrong|thats wrong|that is wrong|that was wrong|"
        "that's incorrect|that is incorrect|that's not |thats not |that is not |that isn't|that isnt|"
        "that's no longer|that is no longer|that's outdated|that is outdated|that's old|that's stale|"
        "that's false|that is false|this is wrong|this is incorrect|this is not right|this isn't right|"
        "it's wrong|it is wrong|it's not |it is not |it isn't|it's actually|it is actually|you're wrong|"
        "you are wrong|you got that wrong|you misunderstood|you misread|you're mistaken|you are mistaken|"
        "actually we|actually it|actually the|actually that|actually no|actually i|actually you|"
        "actually this|actually they|actually don't|actually our|actually there|well actually|we actually|"
        "stop doing|stop using|stop adding|stop saying|stop putting|stop writing|stop calling|stop making|"
        "stop assuming|stop trying|stop telling|stop it|please stop|don't do that|do not do that|"
        "i told you|i said|i already told|i already said|as i said|like i said|that's the wrong|"
        "that is the wrong|we don't use|we do not use|we don't do|we don't have|we no longer|we never|"
        "we stopped|we moved away|we moved from|we switched|we changed|we dropped|we removed|we replaced|"
        "we migrated|we decided against|not anymore|that changed|that has changed|that's changed|"
        "this has changed|it changed|correction|to correct|let me correct|you should not have|"
        "you shouldn't have|that's a mistake|that is a mistake|i disagree|that doesn't hold|"
        "that does not hold|that's a misunderstanding|forget that|ignore that|scratch that|your memory is|"
        "the memory is wrong|mnemo is wrong|memory is wrong|this claim is wrong|the claim is wrong|"
        "that claim is"
    ).split("|")
)
ANYWHERE = tuple(
    (
        " is wrong| are wrong| was wrong| is incorrect| is outdated| is out of date| is no longer true|"
        " is not true| isn't true| is not correct| isn't correct| isn't right| no longer true| is stale|"
        " no longer holds| isn't the case| is not the case| isn't used anymore| isn't used any more|"
        " is not used anymore| not anymore| does not exist anymore| doesn't exist anymore|"
        " we don't do that| we do not do that| we don't use that"
    ).split("|")
)
SOFT = frozenset("but and hmm um sorry hey ok okay wait oh so well please".split())


def corrects(prompt: str) -> bool:
    """Tell whether a prompt says that something believed until now is wrong.

    Args:
        prompt: what the person typed, in English.
    """
    text = " ".join(prompt[:LONGEST].lower().replace("’", "'").split())
    if any(phrase in text for phrase in ANYWHERE):
        return True
    return any(sentence.startswith(OPENINGS) or sentence in ("no", "stop") for sentence in _beginnings(text))


def _beginnings(text: str) -> list[str]:
    """Return what begins a sentence or follows a comma, without the small words that soften it."""
    found: list[str] = []
    for mark in ".!?;:,—–()\n":
        text = text.replace(mark, "\n")
    pieces = [" ".join(piece.split()) for piece in text.split("\n")]
    for place, piece in enumerate(pieces):
        while (first := piece.partition(" ")[0]) in SOFT and first != piece:
            piece = piece[len(first) + 1 :]
        found.append(piece)
        # "no, it is …" was cut at its comma.
        if piece in ("no", "actually", "well", "nope", "stop") and place + 1 < len(pieces):
            found.append(f"{piece} {pieces[place + 1]}")
    return found


def reply(
    connection: Connection, session: tuple[str, ...], wanted: Sought, view: View, now: int
) -> tuple[tuple[str, tuple[Told, ...]], ...]:
    """Return what to say of the claims told earlier that a correction touches; nothing when it touches none.

    Args:
        connection: a reader.
        session: addresses told in this session.
        wanted: the correcting prompt.
        view: from where memory is looked at.
        now: wall clock, milliseconds.
    """
    rows = glance.list_by_address(connection, session[-MOST_EARLIER:])
    texts = search.texts_of(connection, list(rows))
    held = [(row, matching.weighed(wanted, texts.get(row, ""))) for row in rows]
    touched = [(row, weight) for row, weight in held if weight.got >= LEAST_TOUCH]
    touched.sort(key=lambda pair: -pair[1].got)
    found, _ = choose(connection, [(row, TOUCHED) for row, _ in touched[:MOST_TOLD]], view)
    if not found:
        return ()
    lines = [f"mnemo; told earlier in this session and touched by this prompt; {DATA}"]
    for one, payload in iter_said(connection, found):
        age = clock.age(one.assertion.first, now)
        lines.append(f"{ids.short(one.address)} · {one.assertion.domain} · {age}")
        lines.append(cards.quoted(fence.line(payload["content"], SHOWN)))
    first = ids.short(found[0].address)
    replace, withdraw = f'claim(content=…, supersedes=["{first}"])', f'claim(retracts=["{first}"], why=…)'
    lines.append(f"{replace} replaces it; {withdraw} withdraws it.")
    return (("\n".join(lines), tuple(one.told(TOUCHED) for one in found)),)
