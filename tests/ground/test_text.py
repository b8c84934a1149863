"""Text analysis: identifiers meet the words they are made of, whatever the text is."""

from __future__ import annotations

import argparse
import json
import re
import sqlite3
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from mnemo import text

BENCH = Path(__file__).resolve().parents[3] / "shared" / "bench" / "retrieval" / "data" / "newsfrag_dev"
TOKENIZER = "ascii tokenchars '_'"
# The examples of the paper, step by step.
PAPER = """
    caresses caress ponies poni ties ti caress caress cats cat feed feed agreed agre plastered plaster
    bled bled motoring motor sing sing conflated conflat troubled troubl sized size hopping hop tanned tan
    falling fall hissing hiss fizzed fizz failing fail filing file happy happi sky sky relational relat
    conditional condit rational ration valenci valenc hesitanci hesit digitizer digit radicalli radic
    differentli differ vileli vile analogousli analog vietnamization vietnam predication predic
    operator oper feudalism feudal decisiveness decis hopefulness hope callousness callous
    formaliti formal sensitiviti sensit sensibiliti sensibl triplicate triplic formative form
    formalize formal electriciti electr electrical electr hopeful hope goodness good revival reviv
    allowance allow inference infer airliner airlin gyroscopic gyroscop adjustable adjust
    defensible defens irritant irrit replacement replac adjustment adjust dependent depend
    adoption adopt homologou homolog communism commun activate activ angulariti angular
    homologous homolog effective effect bowdlerize bowdler probate probat rate rate cease ceas
    controll control roll roll
""".split()


def indexed_words(texts: list[str], tokenizer: str = TOKENIZER) -> list[list[str]]:
    """Read from SQLite's full-text index which words it has made of each text."""
    connection = sqlite3.connect(":memory:")
    connection.execute(f'CREATE VIRTUAL TABLE found USING fts5(text, tokenize="{tokenizer}")')
    connection.execute("CREATE VIRTUAL TABLE word USING fts5vocab(found, instance)")
    connection.executemany("INSERT INTO found (rowid, text) VALUES (?, ?)", enumerate(texts))
    words: list[list[str]] = [[] for _ in texts]
    for term, number in connection.execute("SELECT term, doc FROM word ORDER BY doc, offset"):
        words[number].append(term)
    connection.close()
    return words


def records(name: str) -> list[dict[str, str]]:
    """Read a file of the data set, one record a line."""
    return [json.loads(line) for line in (BENCH / f"{name}.jsonl").read_text("utf-8").split("\n") if line]


@pytest.mark.parametrize(
    ("given_text", "expected"),
    [
        ("parse_config", ["parse_config", "pars", "config"]),
        ("parseConfig", ["parseconfig", "pars", "config"]),
        ("HTTPServer2", ["httpserver2", "http", "server", "2"]),
        ("userIDs", ["userid", "user", "id"]),
        ("__init__", ["__init__", "init"]),
        ("UTF8", ["utf8", "utf", "8"]),
        ("Connections", ["connect"]),
        ("src/mnemo/text.py", ["src", "mnemo", "text", "py"]),
        ("os.path.join(a)", ["os", "path", "join"]),
        ("v2.30", ["v2", "v", "2", "30"]),
        ("is_open", ["is_open", "open"]),
        ("the pool and its size", ["pool", "size"]),
        ("a\0b\ud800c 😀 _ __", ["b", "c"]),
        ("Café NAÏVE", ["cafe", "naiv"]),
        ("İstanbul ﬁle ｆｕｌｌ", ["istanbul", "file", "full"]),
        ("großeStraße", ["grossestrass", "gross", "strass"]),
        ("用户login接口", ["用户", "login", "接口"]),
        ("データ 库", ["デー", "ータ", "库"]),
        ("हिन्दी", ["हिन्दी"]),
        ("", []),
    ],
)
def test_a_text_is_split_into_these_words(given_text: str, expected: list[str]) -> None:
    assert text.words(given_text) == expected


@pytest.mark.parametrize(
    ("one", "other"),
    [("parse_config", "parseConfig"), ("HTTPServer", "http server"), ("cafe", "CAFÉ"), ("e\u0301", "é")],
)
def test_two_spellings_of_a_name_meet(one: str, other: str) -> None:
    assert set(text.words(one)) & set(text.words(other)) >= set(text.words(" ".join(text.surface(other))))


def test_the_surface_keeps_parts_as_they_are_spoken() -> None:
    assert text.surface("The parseConfigs of HTTP_Servers") == ["parse", "configs", "http", "servers"]


def test_analysed_text_is_its_words_in_one_line() -> None:
    assert text.analysed("Pools\nhang\tunder load") == "pool hang load"


def test_words_keep_their_order_and_repeat() -> None:
    assert text.words("pool pool size pool") == ["pool", "pool", "size", "pool"]


def test_a_very_long_run_is_cut_and_every_piece_found() -> None:
    found = text.words("x" * 1_000)
    assert found == ["x" * 100] * 10


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("one line", ""),
        ("", ""),
        ("a headline\n\nand more", "a headline"),
        ("\n\n  a headline  \r\nand more\n", "a headline"),
        ("one line\n\n\n", ""),
        ("a\u2028b", "a"),
    ],
)
def test_the_first_line_is_the_headline_where_more_follow(content: str, expected: str) -> None:
    assert text.headline(content) == expected


def test_the_stemmer_answers_as_the_paper_does() -> None:
    expected = dict(zip(PAPER[::2], PAPER[1::2], strict=True))
    assert {word: text.stem(word) for word in expected} == expected


def test_the_stemmer_agrees_with_sqlite_on_thousands_of_words() -> None:
    folder = Path(argparse.__file__).parent
    modules = ("_pydecimal", "argparse", "ast", "doctest", "imaplib", "mailbox", "pydoc", "smtplib", "typing")
    sources = "\n".join((folder / f"{name}.py").read_text("utf-8") for name in modules)
    found = sorted(set(re.findall(r"[a-z]{4,60}", sources.lower())))
    theirs = [words[0] for words in indexed_words(found, "porter ascii")]
    apart = {word for word, stem in zip(found, theirs, strict=True) if text.stem(word) != stem}
    assert len(found) > 3_000
    # Later than SQLite's edition: a double letter stays where nothing but a vowel is before it.
    assert {
        word for word in apart if text.stem(word) not in ("add", "ebb", "egg", "err", "odd", "off")
    } == set()


@pytest.mark.parametrize(
    "forms", ["add added adding adds", "error errors", "connect connects connecting connection connections"]
)
def test_forms_of_a_word_have_one_stem(forms: str) -> None:
    assert len({text.stem(word) for word in forms.split()}) == 1


@given(st.text(max_size=200))
@example("ß\u0345ŉ½²Ⅷ ǅ")
@example("ཀ་ཁ က္က ខ្មែរ")
@example("\u0301\u0308\ufe0f\u200d")
def test_the_index_sees_exactly_the_words_of_any_text(anything: str) -> None:
    words = text.words(anything)
    assert all(words)
    assert indexed_words([text.analysed(anything)]) == [words]


@given(st.text(alphabet="aBc_1é用 .", max_size=60))
def test_the_surface_is_never_longer_than_the_words(anything: str) -> None:
    assert len(text.surface(anything)) <= len(text.words(anything))


@given(st.text(max_size=60), st.text(max_size=60))
def test_texts_side_by_side_are_analysed_apart(one: str, other: str) -> None:
    assert text.words(f"{one}\n{other}") == text.words(one) + text.words(other)


@pytest.mark.skipif(not BENCH.is_dir(), reason="the retrieval data sets are not beside the checkout")
def test_release_notes_are_found_by_the_titles_of_their_changes() -> None:
    relevant: dict[str, set[str]] = {}
    for line in (BENCH / "qrels.tsv").read_text("utf-8").splitlines()[1:]:
        query, document, _ = line.split("\t")
        relevant.setdefault(query, set()).add(document)
    connection = sqlite3.connect(":memory:")
    columns = f'id UNINDEXED, team, text, tokenize="{TOKENIZER}"'
    connection.execute(f"CREATE VIRTUAL TABLE note USING fts5({columns})")
    rows = [(note["id"], note["group"], text.analysed(note["text"])) for note in records("corpus")]
    connection.executemany("INSERT INTO note VALUES (?, ?, ?)", rows)
    queries = records("queries")
    recall = 0.0
    for query in queries:
        asked = " OR ".join(f'"{word}"' for word in dict.fromkeys(text.words(query["text"])))
        matching = f'team : "{query["group"]}" AND text : ({asked})'
        found = connection.execute("SELECT id FROM note WHERE note MATCH ? ORDER BY rank LIMIT 5", [matching])
        wanted = relevant[query["id"]]
        recall += len(wanted & {row[0] for row in found}) / len(wanted)
    connection.close()
    assert recall / len(queries) > 0.8
