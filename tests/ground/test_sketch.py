"""Near-duplicates: one changed word is found by an index look-up, another statement is not."""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Callable

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from mnemo.sketch import alike, mark, nearness, probes, sketch

# Few enough that texts share words and beginnings by chance.
WORDS = [f"{start}{end}" for start in "ba co du fi le mo nu pe ra su ti vo".split() for end in
         "n r s t nder lling mpa rt sh ck ght rly".split()]  # fmt: skip
TEMPLATES = (
    "the {} module of the {} service keeps its {} in the {} and reads the {} before it answers",
    "bump {} from {} to {} in the {} folder",
    "we chose {} over {} because it {} the {}",
    "when the {} is {} the {} has to be {} by the {} first or the {} is lost",
)
Edit = Callable[[list[str], int], list[str]]
EDITS: dict[str, Edit] = {
    "substitute": lambda words, at: [*words[:at], "altogether", *words[at + 1 :]],
    "insert": lambda words, at: [*words[:at], "altogether", *words[at:]],
    "delete": lambda words, at: [*words[:at], *words[at + 1 :]],
}


def keep(texts: list[str]) -> sqlite3.Connection:
    """Keep texts under their sketches, as a store does."""
    connection = sqlite3.connect(":memory:")
    connection.execute("CREATE TABLE sketch (hash INTEGER, number INTEGER)")
    connection.execute("CREATE INDEX by_hash ON sketch (hash)")
    rows = [(each, number) for number, text in enumerate(texts) for each in sketch(text)]
    connection.executemany("INSERT INTO sketch VALUES (?, ?)", rows)
    return connection


def find_alike(connection: sqlite3.Connection, texts: list[str], text: str) -> set[int]:
    """Find the kept texts that are near-duplicates of a text: look up, then compare."""
    asked = probes(text)
    marks = ", ".join("?" * len(asked))
    rows = connection.execute(f"SELECT DISTINCT number FROM sketch WHERE hash IN ({marks})", asked)
    return {number for (number,) in rows if alike(texts[number], text)}


def distance(ours: list[str], theirs: list[str]) -> int:
    """Count the edits between two lists the slow and plain way."""
    row = list(range(len(theirs) + 1))
    for at, one in enumerate(ours, start=1):
        last, row = row, [at]
        for to, other in enumerate(theirs, start=1):
            row.append(min(last[to] + 1, row[-1] + 1, last[to - 1] + (one != other)))
    return row[-1]


def test_one_changed_word_is_found_in_99_of_100_texts_of_4_to_80_words() -> None:
    chance = random.Random(7)
    texts = [" ".join(chance.choices(WORDS, k=chance.randint(4, 80))) for _ in range(2_000)]
    connection = keep(texts)
    found = 0
    for number, text in enumerate(texts):
        words = text.split()
        name = chance.choice(list(EDITS)) if len(words) > 4 else "substitute"
        changed = EDITS[name](words, chance.randrange(len(words)))
        found += number in find_alike(connection, texts, " ".join(changed))
    connection.close()
    assert found >= 0.99 * len(texts)


def test_unrelated_texts_of_one_template_are_seldom_taken_for_each_other() -> None:
    chance = random.Random(8)
    texts: list[str] = []
    for template in TEMPLATES:
        holes = template.count("{}")
        texts += [template.format(*chance.choices(WORDS, k=holes)) for _ in range(250)]
    connection = keep(texts)
    pairs = sum(len(find_alike(connection, texts, text) - {number}) for number, text in enumerate(texts))
    connection.close()
    assert pairs <= 0.01 * len(texts)


def test_of_texts_of_one_mould_few_are_near_by_their_marks() -> None:
    chance = random.Random(9)
    mould = " ".join(chance.choices(WORDS, k=20))
    texts = [f"{mould} {' '.join(chance.choices(WORDS, k=20))}" for _ in range(300)]
    marks = [mark(text) for text in texts]
    kept = sum(is_near(other) for is_near in map(nearness, texts) for other in marks)
    assert kept - len(texts) <= 0.02 * len(texts) ** 2


@given(
    st.lists(st.sampled_from(WORDS), min_size=5, max_size=90), st.integers(0, 89), st.sampled_from([*EDITS])
)
def test_a_changed_text_is_looked_up_where_the_other_is_kept(words: list[str], at: int, name: str) -> None:
    text, changed = " ".join(words), " ".join(EDITS[name](words, at % len(words)))
    assert set(sketch(text)) & set(probes(changed))
    assert set(sketch(changed)) & set(probes(text))
    assert alike(text, changed)
    assert alike(changed, text)


@given(st.data())
def test_alike_is_at_most_one_edit_in_twenty_words(data: st.DataObject) -> None:
    ours = data.draw(st.lists(st.sampled_from("abc"), min_size=4, max_size=60))
    theirs = list(ours)
    for _ in range(data.draw(st.integers(0, 4))):
        name = data.draw(st.sampled_from(["insert", "delete", "substitute"]))
        theirs = EDITS[name](theirs, data.draw(st.integers(0, len(theirs))))
    longer = max(len(ours), len(theirs))
    expected = distance(ours, theirs) <= max(1, longer // 20) and min(len(ours), len(theirs)) >= 4
    one, other = " ".join(ours), " ".join(theirs)
    assert alike(one, other) == (expected or ours == theirs)
    assert nearness(one)(mark(other)) or not alike(one, other)


@given(st.text(max_size=100))
@example("")
@example("\ud800")
@example("!!!")
def test_any_text_is_found_under_its_own_sketch(text: str) -> None:
    kept = sketch(text)
    assert set(kept) <= set(probes(text))
    assert all(-(2**63) <= each < 2**63 for each in kept)
    assert 2 <= len(probes(text)) <= 4
    assert alike(text, text)
    assert nearness(text)(mark(text))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Use uv for everything here", "use UV, for everything here!"),
        ("The pool hangs under load", "the_pool hangs\tunder load"),
        ("Keep it", "keep it."),
        ("e\u0301tude of four words", "étude of four words"),
        ("数据库在每个仓库中", "数据库在每个仓库里"),
    ],
)
def test_case_and_punctuation_do_not_count(one: str, other: str) -> None:
    assert alike(one, other)
    assert set(sketch(one)) & set(probes(other))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("use tabs", "use spaces"),
        ("use tabs here", "use tabs here now"),
        ("", "!"),
        ("!!!", "???"),
        ("one two three four", "one two four three"),
        ("the pool hangs under load", "the lock hangs under pressure"),
    ],
)
def test_short_or_different_texts_are_not_alike(one: str, other: str) -> None:
    assert not alike(one, other)


def test_the_sketch_of_a_text_stays_the_same() -> None:
    kept = (-4368868791814665886, 7128095631176783731)
    assert sketch("We chose SQLite over Postgres because it needs no server") == kept


def test_long_texts_are_compared_soon() -> None:
    words = [str(number) for number in range(50_000)]
    assert alike(" ".join(words), " ".join(words[3:]))
    assert not alike(" ".join(words), " ".join(reversed(words)))
