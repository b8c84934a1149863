"""Two hundred secrets in prompts, answers and transcripts: not one byte of them reaches the disk."""

from __future__ import annotations

import os
from pathlib import Path

from tests.capture.scenes import Scene, agent, held_by_another, lines, transcript, user
from tests.ground.secrets_drawn import ASSIGNED, MAKERS, NAMES, assigned, chance

PROMPTS = (
    "We decided to use the key {} because the old one has leaked.",
    "Please keep {} in the vault instead of the file since we rotate it.",
)
ANSWERS = (
    "The crash was caused by the client sending {} twice to server number {n}.",
    "I tried {} with proxy {n}, but it did not work because the gateway strips it.",
    "We rejected gateway {n} because it logs {} in plain text.",
)


def secrets() -> list[tuple[str, str]]:
    """Draw two hundred texts, each with a secret in it."""
    chance.seed("capture")
    shaped = [make() for _ in range(3) for make in MAKERS.values()]
    named = []
    while len(shaped) + len(named) < 200:
        secret = assigned()
        named.append((chance.choice(ASSIGNED)(chance.choice(NAMES), secret), secret))
    return (shaped + named)[:200]


def leaks(folder: Path, planted: list[str]) -> list[str]:
    """List the secrets of which a piece lies in a file below a folder."""
    raw = b"".join(path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file())
    return [secret for secret in planted if secret[:24].encode() in raw or secret[-24:].encode() in raw]


def test_no_secret_reaches_the_store_its_log_the_spool_or_a_mark(
    scene: Scene, home: Path, tmp_path: Path
) -> None:
    planted = secrets()
    outside = tmp_path / "client"
    outside.mkdir()
    kept = 0
    for number, (text, _) in enumerate(planted):
        prompt = PROMPTS[number % 2].format(text)
        answer = ANSWERS[number % 3].format(text, n=number)
        session = f"s{number // 4}"
        if number % 5 == 0:
            path = transcript(outside / f"{number}.jsonl", user(prompt), agent(answer))
            kept += scene.stop("", "", session=session, transcript=path)
        elif number % 10 == 1 and scene.db.exists():  # each waits for the store in vain
            with held_by_another(scene.db):
                kept += scene.stop(answer, prompt, session=session)
        else:
            kept += scene.stop(answer, prompt, session=session)
    assert kept > 150
    assert len(lines(scene.spool)) > 10
    assert os.path.getsize(scene.db.path + "-wal") > 0
    hidden = [secret for _, secret in planted]
    assert leaks(outside, hidden) != []
    assert leaks(scene.top / ".mnemo", hidden) == []
    assert leaks(home, hidden) == []
