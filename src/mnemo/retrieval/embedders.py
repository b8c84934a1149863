"""Who computes embeddings, where one opted in: Voyage or OpenAI over HTTP, or a model in a local folder."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import lru_cache

from mnemo import homes
from mnemo.errors import EmbeddingError, Invalid, MissingExtra
from mnemo.light import TYPE_CHECKING, Any, NamedTuple, cast
from mnemo.redact import redact

PROVIDERS = ("auto", "voyage", "openai", "local")
KEYS = {"voyage": "VOYAGE_API_KEY", "openai": "OPENAI_API_KEY"}
URLS = {"voyage": "https://api.voyageai.com/v1", "openai": "https://api.openai.com/v1"}
MODELS = {"voyage": "voyage-code-3", "openai": "text-embedding-3-small"}
URL = "MNEMO_EMBEDDING_URL"
WAIT_S = 10.0
LONGEST_ANSWER = 64 << 20
LONGEST_TEXT = 8_000  # characters; services refuse longer ones

if TYPE_CHECKING:
    from typing import Protocol

    class Embedder(Protocol):
        """Computes embeddings."""

        @property
        def model(self) -> str:
            """Who and which model: the name under which embeddings are kept."""
            ...

        def embed(self, texts: Sequence[str], *, asking: bool) -> list[list[float]]:
            """Return one vector for each text; EmbeddingError when there are none."""
            ...


def get_embedder(provider: str, model: str, environ: Mapping[str, str]) -> Embedder:
    """Return who computes embeddings.

    Args:
        provider: one of PROVIDERS; auto takes a local folder, then the service whose key is set.
        model: its name, or the folder of a local one; empty for the service's usual one.
        environ: the environment, for keys and another address of the service.

    Raises:
        EmbeddingError: no key is set.
        MissingExtra, Invalid: a local model cannot be loaded.
    """
    if provider == "auto":
        known = (name for name, key in KEYS.items() if homes.variable(environ, key))
        provider = "local" if _is_folder(model) else next(known, "")
    if provider == "local":
        return _local(model)
    key = homes.variable(environ, KEYS[provider]) if provider else ""
    if not key:
        names = KEYS[provider] if provider else " or ".join(KEYS.values())
        raise EmbeddingError(f"{names} is not set.", "Set it, or: mnemo config set retrieval bm25")
    url = homes.variable(environ, URL) or URLS[provider]
    return Remote(provider, model or MODELS[provider], url.rstrip("/"), key)


class Remote(NamedTuple):
    """A service that answers over HTTP.

    Args:
        provider: voyage or openai.
        name: the model.
        url: where its interface begins.
        key: the secret that it asks for.
    """

    provider: str
    name: str
    url: str
    key: str

    @property
    def model(self) -> str:
        """Who and which model."""
        return f"{self.provider}/{self.name}"

    def embed(self, texts: Sequence[str], *, asking: bool) -> list[list[float]]:
        """Return one vector for each text.

        Args:
            texts: as they are stored; secrets are taken out once more before anything leaves.
            asking: whether they are questions rather than claims; some models tell these apart.

        Raises:
            EmbeddingError: the service does not answer, or not with vectors.
        """
        body: dict[str, Any] = {"model": self.name, "input": [redact(text)[:LONGEST_TEXT] for text in texts]}
        if self.provider == "voyage":
            body["input_type"] = "query" if asking else "document"
        else:
            body["encoding_format"] = "float"
        answer = _post(f"{self.url}/embeddings", body, self.key)
        try:
            vectors = [
                _numbers(one["embedding"]) for one in sorted(answer["data"], key=lambda one: one["index"])
            ]
        except (KeyError, TypeError, ValueError):
            raise self._failed("its answer holds no vectors") from None
        if len(vectors) != len(texts) or len({len(one) for one in vectors}) > 1:
            raise self._failed(f"it sent {len(vectors)} vectors for {len(texts)} texts")
        return vectors

    def _failed(self, what: str) -> EmbeddingError:
        return EmbeddingError(f"{self.url} gave no embeddings: {what}.", "Try again later.")


class Local:
    """A sentence-transformers model in a folder; it is never fetched.

    Args:
        folder: where it lies.

    Raises:
        Invalid: there is no such folder.
        MissingExtra: sentence-transformers is not installed.
        EmbeddingError: it holds no model.
    """

    def __init__(self, folder: str) -> None:
        from importlib import import_module
        from os import path

        if not _is_folder(folder):
            raise Invalid(
                f"{folder[:80] or 'nothing'} is no folder with a model.", "Set embedding.model to its path."
            )
        try:
            kind: Any = import_module("sentence_transformers").SentenceTransformer
        except ImportError:
            raise MissingExtra(
                "A local model needs sentence-transformers, which is not installed.",
                "Install mnemo with its extra: embeddings.",
            ) from None
        self.model = f"local/{path.basename(path.normpath(folder))}"
        try:
            self._encoder = kind(folder, device="cpu", local_files_only=True)
        except (OSError, ValueError) as error:
            raise EmbeddingError(
                f"{folder} holds no model: {_first_line(error)}.", "Give its folder."
            ) from None

    def embed(self, texts: Sequence[str], *, asking: bool) -> list[list[float]]:
        """Return one vector for each text; questions and claims are not told apart."""
        found = self._encoder.encode([text[:LONGEST_TEXT] for text in texts], show_progress_bar=False)
        return [_numbers(one) for one in found]


@lru_cache(maxsize=2)  # a model takes seconds to load
def _local(folder: str) -> Local:
    return Local(folder)


def _is_folder(name: str) -> bool:
    from os import path

    return bool(name) and path.isdir(name)


def _post(url: str, body: dict[str, Any], key: str) -> dict[str, Any]:
    """Send JSON and return the JSON that comes back.

    A redirection is not followed: it would carry the key to somewhere else.
    """
    from http.client import HTTPException
    from urllib import request
    from urllib.error import HTTPError

    class Straight(request.HTTPRedirectHandler):
        def redirect_request(self, req: Any, fp: Any, code: int, msg: str, headers: Any, newurl: str) -> None:
            return None

    if not url.startswith(("https://", "http://")):
        raise EmbeddingError(f"{URL} is {url[:80]!r}, no web address.", "Begin it with https://.")
    headers = {"Content-Type": "application/json", "Authorization": f"Bearer {key}"}
    asked = request.Request(url, json.dumps(body).encode(), headers, method="POST")
    try:
        with request.build_opener(Straight).open(asked, timeout=WAIT_S) as answer:
            return cast("dict[str, Any]", json.loads(answer.read(LONGEST_ANSWER)))
    except HTTPError as error:
        with error:
            raise EmbeddingError(f"{url} answered {error.code}.", _advice(error.code)) from None
    except (OSError, HTTPException, ValueError) as error:
        reason = _first_line(getattr(error, "reason", error))
        raise EmbeddingError(f"{url} does not answer: {reason}.", "Try again later.") from None


def _advice(code: int) -> str:
    if code in (401, 403):
        return "Check the key."
    return "Ask less often, or later." if code == 429 else "Check the model's name, or try again later."


def _numbers(vector: Any) -> list[float]:
    found = [float(value) for value in vector]
    if not found or not all(abs(value) < 1e9 for value in found):  # neither empty nor infinite nor no number
        raise ValueError(len(found))
    return found


def _first_line(error: object) -> str:
    return redact(str(error).split("\n", 1)[0])[:160] or type(error).__name__
