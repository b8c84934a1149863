"""Embeddings beside words, with a service on this machine."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from queue import Queue
from typing import Any, NamedTuple

import pytest

import mnemo
from mnemo import projects
from mnemo.errors import EmbeddingError, Invalid, MissingExtra
from mnemo.retrieval import embedders, embedding, vectors
from mnemo.retrieval.embedders import Remote, get_embedder
from mnemo.store import embeddings
from tests.stores import assert_whole

KEY = "key-of-the-test-and-nothing-else"
CLAIMS = (
    "an automobile is booked at the counter",
    "signing needs two factors",
    "latency is measured at night",
    "the colour of the logo is blue",
)


class Service(NamedTuple):
    """The service while it runs.

    Args:
        url: where it answers.
        asked: the requests it got, as records.
    """

    url: str
    asked: Queue[dict[str, Any]]

    def requests(self) -> list[dict[str, Any]]:
        """Take what was asked since the last look: what comes before a request of our own."""
        Remote("openai", "mark", self.url, "k").embed(["mark"], asking=True)
        found: list[dict[str, Any]] = []
        while (one := self.asked.get(timeout=20))["model"] != "mark":
            found.append(one)
        return found


@pytest.fixture(scope="module")
def running() -> Iterator[Service]:
    """A service in a process of its own."""
    program = Path(__file__).with_name("embedding_service.py")
    with subprocess.Popen(
        [sys.executable, str(program)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout
        out = process.stdout
        service = Service(f"http://127.0.0.1:{int(out.readline())}", Queue())
        reader = threading.Thread(target=lambda: [service.asked.put(json.loads(line)) for line in out])
        reader.start()
        yield service
        process.kill()
        reader.join()


@pytest.fixture
def service(running: Service, monkeypatch: pytest.MonkeyPatch) -> Iterator[Service]:
    """The service, chosen by the environment."""
    for name, value in (
        ("MNEMO_RETRIEVAL", "embedding"), ("MNEMO_EMBEDDING_URL", running.url), ("VOYAGE_API_KEY", KEY),
    ):  # fmt: skip
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    running.requests()
    yield running
    projects.closing()


def told(query: str, **asked: Any) -> list[str]:
    """Return what a question is answered with."""
    return [one["content"] for one in mnemo.recall(query, **asked)["claims"]]


def test_what_shares_no_word_with_the_question_is_found(repository: Path, service: Service) -> None:
    mnemo.claim(batch=list(CLAIMS))
    assert told("where do I rent a vehicle?")[0] == CLAIMS[0]
    assert told("password authentication?")[0] == CLAIMS[1]
    (best, *_) = mnemo.recall("vehicle performance", explain=True)["claims"]
    assert best["explain"]["embedding"] > 0
    assert sum(best["explain"].values()) == pytest.approx(best["score"], abs=1e-6)


def test_what_many_claims_share_a_word_with_is_found_all_the_same(repository: Path, service: Service) -> None:
    mnemo.claim(batch=[*(f"office hours {number}" for number in range(100)), "an automobile waits"])
    assert told("does the office lend a vehicle?", limit=3)[0] == "an automobile waits"


def test_words_count_beside_the_embedding(repository: Path, service: Service) -> None:
    mnemo.claim(batch=["a car needs fuel", "a car needs wheels", *CLAIMS[1:]])
    assert told("vehicle wheels")[0] == "a car needs wheels"
    assert told("logo")[0] == CLAIMS[3]


def test_each_claim_is_embedded_once_and_each_question_once(repository: Path, service: Service) -> None:
    mnemo.claim(batch=list(CLAIMS))
    told("vehicle?")
    told("vehicle?")
    mnemo.claim("a bicycle is no car")
    told("vehicle?")
    asked = [(one["input_type"], len(one["input"])) for one in service.requests()]
    assert asked == [("document", 4), ("query", 1), ("document", 1)]
    projects.closing()
    told("vehicle?")
    assert service.requests() == []


def test_the_key_and_the_model_are_sent_and_no_secret(repository: Path, service: Service) -> None:
    mnemo.claim("deploys use a token")
    told("is AKIAIOSFODNN7EXAMPLE the token?")
    first, second = service.requests()
    assert (first["path"], first["key"], first["model"]) == ("/embeddings", f"Bearer {KEY}", "voyage-code-3")
    assert "AKIA" not in second["input"][0]


def test_the_other_service_is_asked_in_its_own_form(
    repository: Path, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("VOYAGE_API_KEY")
    monkeypatch.setenv("OPENAI_API_KEY", "other")
    mnemo.claim("deploys use a token")
    told("vehicle?")
    first, _ = service.requests()
    assert (first["model"], first["encoding_format"]) == ("text-embedding-3-small", "float")
    assert "input_type" not in first


def test_another_model_embeds_anew(
    repository: Path, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    mnemo.claim(batch=list(CLAIMS))
    told("vehicle?")
    service.requests()
    monkeypatch.setenv("MNEMO_EMBEDDING_MODEL", "voyage-3")
    assert told("vehicle?")[0] == CLAIMS[0]
    assert {one["model"] for one in service.requests()} == {"voyage-3"}


@pytest.mark.parametrize(
    ("model", "said"),
    [("500", "500"), ("401", "401"), ("429", "429"), ("302", "302"), ("few", "3 vectors for 4"),
     ("words", "no vectors"), ("bare", "no vectors")],
)  # fmt: skip
def test_a_service_that_fails_leaves_words_and_a_note(
    repository: Path, service: Service, monkeypatch: pytest.MonkeyPatch, model: str, said: str
) -> None:
    monkeypatch.setenv("MNEMO_EMBEDDING_MODEL", model)
    mnemo.claim(batch=list(CLAIMS))
    for _ in range(2):
        record = mnemo.recall("who measures latency?")
        assert [one["content"] for one in record["claims"]] == [CLAIMS[2]]
        (note,) = record["notes"]
        assert "words alone" in note
        assert said in note
        assert KEY not in note
    assert len(service.requests()) == 1  # it is left alone for a while


def test_a_service_that_is_down_leaves_words_and_recovers(
    repository: Path, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    mnemo.claim(batch=list(CLAIMS))
    monkeypatch.setattr(embedding, "RESTING_S", 0)
    monkeypatch.setenv("MNEMO_EMBEDDING_URL", "http://127.0.0.1:9")
    record = mnemo.recall("who measures latency?")
    assert [one["content"] for one in record["claims"]] == [CLAIMS[2]]
    assert "does not answer" in record["notes"][0]
    monkeypatch.setenv("MNEMO_EMBEDDING_URL", service.url)
    record = mnemo.recall("who measures latency?")
    assert record["notes"] == []
    assert told("vehicle?")[0] == CLAIMS[0]


def test_without_a_key_words_answer_and_the_note_names_it(
    repository: Path, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("VOYAGE_API_KEY")
    mnemo.claim(batch=list(CLAIMS))
    record = mnemo.recall("who measures latency?")
    assert [one["content"] for one in record["claims"]] == [CLAIMS[2]]
    assert "VOYAGE_API_KEY or OPENAI_API_KEY is not set" in record["notes"][0]
    assert service.requests() == []


def test_nothing_is_sent_unless_someone_opted_in(
    repository: Path, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("MNEMO_RETRIEVAL")
    mnemo.claim(batch=list(CLAIMS))
    told("vehicle?")
    assert service.requests() == []


def test_a_purged_claim_loses_its_embedding(repository: Path, service: Service) -> None:
    from mnemo.tools import correcting

    address = mnemo.claim(CLAIMS[0])["claims"][0]["address"]
    told("vehicle?")
    db = projects.current().db
    with db.reading() as connection:
        assert embeddings.newest(connection) == 1
    correcting.forget([address], purge=True)
    with db.reading() as connection:
        assert embeddings.newest(connection) == 0
    assert told("vehicle?") == []
    assert_whole(db)


def test_unconfirmed_claims_are_not_sent(repository: Path, service: Service) -> None:
    mnemo.claim("a car is a car", preliminary=True)
    told("vehicle?")
    assert [one["input_type"] for one in service.requests()] == ["query"]


def test_more_claims_than_there_is_time_for_are_told(
    repository: Path, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(embedding, "AT_ONCE", 2)
    monkeypatch.setattr(embedding, "FILLING_S", 0)
    mnemo.claim(batch=list(CLAIMS))
    assert mnemo.recall("vehicle?")["notes"] == [
        "2 claims have no embedding yet; they are found by words alone"
    ]
    assert mnemo.recall("vehicle?")["notes"] == []
    assert told("vehicle?")[0] == CLAIMS[0]


def test_the_command_line_and_the_server_give_the_same_answer(repository: Path, service: Service) -> None:
    from tests.tools.faces import FACES

    mnemo.claim(batch=list(CLAIMS))
    answers = [face("recall", query="vehicle password?") for face in FACES]
    order = [[one["content"] for one in each["claims"]] for each in answers]
    assert order[0] == order[1] == order[2]
    assert order[0]


def test_a_local_folder_computes_them_without_a_service(
    tmp_path: Path, repository: Path, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    library = tmp_path / "library" / "sentence_transformers"
    library.mkdir(parents=True)
    (library / "__init__.py").write_text(
        "from tests.retrieval.embedding_service import vector\n"
        "class SentenceTransformer:\n"
        "    def __init__(self, folder, device, local_files_only):\n"
        "        assert (device, local_files_only) == ('cpu', True)\n"
        "    def encode(self, texts, show_progress_bar):\n"
        "        return [vector(text) for text in texts]\n",
        encoding="utf-8",
    )
    model = tmp_path / "minilm"
    model.mkdir()
    monkeypatch.syspath_prepend(str(library.parent))
    monkeypatch.delitem(sys.modules, "sentence_transformers", raising=False)
    monkeypatch.setenv("MNEMO_EMBEDDING_MODEL", str(model))
    mnemo.claim(batch=list(CLAIMS))
    assert told("vehicle?")[0] == CLAIMS[0]
    assert service.requests() == []
    with projects.current().db.reading() as connection:
        assert len(list(embeddings.iter_after(connection, "local/minilm", 0))) == len(CLAIMS)


def test_a_local_model_that_cannot_be_loaded_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(Invalid, match="no folder"):
        get_embedder("local", str(tmp_path / "nowhere"), {})
    (tmp_path / "model").mkdir()
    monkeypatch.setitem(sys.modules, "sentence_transformers", None)
    with pytest.raises(MissingExtra, match="sentence-transformers"):
        get_embedder("local", str(tmp_path / "model"), {})


def test_an_address_that_is_none_of_the_web_is_refused() -> None:
    with pytest.raises(EmbeddingError, match="no web address"):
        Remote("openai", "m", "file:///etc", "k").embed(["a"], asking=True)
    assert get_embedder("openai", "", {"OPENAI_API_KEY": "k"}).model == "openai/text-embedding-3-small"
    assert embedders.URLS["voyage"].startswith("https://")


def test_a_shelf_grows_and_finds_the_nearest() -> None:
    shelf = vectors.Shelf()
    assert shelf.nearest(vectors.unit([1, 0]), 3) == []
    shelf.add((f"a{number}", vectors.unit([1, number])) for number in range(2_500))
    shelf.add([("odd", vectors.unit([1, 2, 3])), ("a0", vectors.unit([0, 1]))])
    assert len(shelf) == 2_500
    assert shelf.nearest(vectors.unit([1, 0.1]), 2) == ["a0", "a1"]
    assert shelf.cosines(vectors.unit([1, 0]), ["a0", "unknown"]) == pytest.approx([1, 0])
    assert shelf.nearest(vectors.unit([1, 2, 3]), 2) == []
    assert vectors.unit([0, 0]) == bytes(8)
