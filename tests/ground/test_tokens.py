"""The token estimate: near the truth, rather above it than below, and never far above."""

from __future__ import annotations

import base64
import re
import statistics
from functools import cache
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from mnemo.tokens import estimate

CHECKOUT = Path(__file__).resolve().parents[2]
VOCABULARY = CHECKOUT.parent / "shared" / "bench" / "peers" / "cl100k_base.tiktoken"
# How cl100k cuts a text before it looks pieces up, in the words of `re`.
PIECES = re.compile(
    r"(?i:'(?:[sdmt]|ll|ve|re))|(?:[^\r\n\w]|_)?[^\W\d_]+|\d{1,3}"
    r"| ?(?:[^\s\w]|_)+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
)
TEXTS = {
    "a decision": (
        "We chose SQLite over Postgres because it needs no server. One file per repository, "
        "beside the git common directory, so that linked worktrees share it. Writers take a lock "
        "on their own file and then begin an immediate transaction; readers never checkpoint."
    ),
    "a release note": (
        "Fixed a regression in which fixtures that were requested by name from a parametrized "
        "class were set up once for each parameter instead of once for the class. The order of "
        "teardown is again the reverse of the order of setup."
    ),
    "an incident": (
        "Connection pool hangs under load when pool size is 5: every worker holds two "
        "connections while it renders, so the third request waits for a connection that is only "
        "given back after it has been answered. Raising the size to 20 hides it; returning the "
        "connection before rendering cures it."
    ),
    "python": (
        "def find_claim(connection, address):\n"
        '    """Return the claim with that address, None when there is none."""\n'
        "    row = connection.execute(\n"
        '        "SELECT kind, content FROM claim WHERE address = ?", (address,)\n'
        "    ).fetchone()\n"
        "    return Claim(*row) if row else None\n"
        "\n"
        "\n"
        "class Claim(NamedTuple):\n"
        "    kind: str\n"
        "    content: str\n"
    ),
    "typescript": (
        "export async function loadSettings(path: string): Promise<Settings> {\n"
        '  const text = await readFile(path, "utf-8");\n'
        "  const parsed = schema.safeParse(JSON.parse(text));\n"
        "  if (!parsed.success) {\n"
        "    throw new Error(`cannot read ${path}: ${parsed.error.message}`);\n"
        "  }\n"
        "  return { ...defaults, ...parsed.data };\n"
        "}\n"
    ),
    "go": (
        "func (s *Store) Get(ctx context.Context, id string) (*Claim, error) {\n"
        '\trow := s.db.QueryRowContext(ctx, "SELECT content FROM claim WHERE id = ?", id)\n'
        "\tvar claim Claim\n"
        "\tif err := row.Scan(&claim.Content); err != nil {\n"
        '\t\treturn nil, fmt.Errorf("get claim %s: %w", id, err)\n'
        "\t}\n"
        "\treturn &claim, nil\n"
        "}\n"
    ),
    "rust": (
        "impl Store {\n"
        "    pub fn open(path: &Path) -> Result<Self, Error> {\n"
        "        let connection = Connection::open(path)?;\n"
        '        connection.pragma_update(None, "journal_mode", "WAL")?;\n'
        "        Ok(Self { connection, cache: HashMap::new() })\n"
        "    }\n"
        "}\n"
    ),
    "markdown": (
        "## Install\n"
        "\n"
        "1. Run `make setup` once; it needs **Python 3.11** or later.\n"
        "2. Copy `config.example.toml` to `config.toml` and set the port.\n"
        "\n"
        "| key | default | meaning |\n"
        "|---|---|---|\n"
        "| `port` | 8080 | where it listens |\n"
        "| `workers` | 4 | processes that answer |\n"
        "\n"
        "See [the guide](docs/guide.md) for more.\n"
    ),
    "json": (
        "{\n"
        '  "claims": [\n'
        '    {"address": "370795435d55", "verdict": "proven", "score": 0.83, "branch": "main"},\n'
        '    {"address": "59d5d218b43a", "verdict": "drifted", "score": 0.41, "branch": '
        '"feature/login"}\n'
        "  ],\n"
        '  "tokens": 1432\n'
        "}\n"
    ),
    "paths": (
        "src/mnemo/store/database.py\n"
        "src/mnemo/anchors/judge.py\n"
        "tests/processes/test_kill.py\n"
        "guide/decisions/0009-own-stemmer.md\n"
        "node_modules/@types/node/index.d.ts\n"
        ".github/workflows/release.yml\n"
    ),
    "hashes": (
        "b4f867d3ae1a59d5d218b43a370795435d55e3b0c44298fc1c149afbf4c8996fb924\n"
        "59d5d218b43a370795435d55b4f867d3ae1a27ae41e4649b934ca495991b7852b855\n"
    ),
    "chinese": (
        "每个仓库只有一个数据库文件，放在公共目录旁边，这样所有工作树都能共享同一份记忆。写入时先取得文件锁，再开始事务；读取时从不做检查点。"
    ),
}
# Counted with the real tokenizer.
TOKENS = {
    "a decision": 50,
    "a release note": 45,
    "an incident": 59,
    "python": 75,
    "typescript": 73,
    "go": 85,
    "rust": 61,
    "markdown": 96,
    "json": 88,
    "paths": 54,
    "hashes": 81,
    "chinese": 66,
}


def ratio(text: str, truth: int) -> float:
    """Divide the estimate by the number of tokens."""
    return estimate(text) / truth


@pytest.mark.parametrize("name", TEXTS)
def test_a_text_is_estimated_from_3_percent_below_to_a_quarter_above(name: str) -> None:
    assert 0.97 <= ratio(TEXTS[name], TOKENS[name]) <= 1.25


def test_english_and_code_are_estimated_within_10_percent_on_average() -> None:
    assert statistics.mean(abs(ratio(TEXTS[name], TOKENS[name]) - 1) for name in TEXTS) <= 0.1


def test_nothing_costs_nothing_and_anything_costs_something() -> None:
    assert estimate("") == 0
    assert estimate("a") >= 1
    assert estimate(" ") >= 1


def test_a_longer_text_costs_about_as_much_as_its_parts() -> None:
    text = TEXTS["a decision"]
    assert estimate(text * 20) == pytest.approx(20 * estimate(text), rel=0.05)


@given(st.text(max_size=300))
@example("\ud800" * 50)
@example("\0" * 50)
@example("👨‍👩‍👧🎉│─┌" * 10)
def test_any_text_is_estimated_and_a_byte_is_a_token_at_most(text: str) -> None:
    assert bool(text) <= estimate(text) <= 2 + 1.5 * len(text.encode("utf-8", "surrogatepass"))


@pytest.mark.parametrize(
    "character", ["\0", "\x1b", "\u202e", "é", "я", "ш", "库", "の", "한", "😀", "ע", "ไ"]
)
def test_what_is_not_ascii_letters_is_not_taken_for_free(character: str) -> None:
    assert estimate(character * 100) >= 40


@pytest.mark.parametrize("unit", ["a", "aB", " ", "-", "\n", '{" ', "a b", "\t\t\n ", "0", "é"])
def test_a_million_characters_are_estimated_in_proportion(unit: str) -> None:
    whole = unit * (1_000_000 // len(unit))
    assert estimate(whole) <= 10 * estimate(whole[: len(whole) // 10]) + 10


@cache
def vocabulary() -> dict[bytes, int]:
    """Read the ranks of the real tokens."""
    lines = VOCABULARY.read_bytes().splitlines()
    return {base64.b64decode(token): int(rank) for token, rank in (line.split() for line in lines)}


@cache
def count_piece(piece: bytes) -> int:
    """Count the tokens of one piece: merge the two neighbours of lowest rank until none has a rank."""
    ranks = vocabulary()
    if piece in ranks:
        return 1
    parts = [piece[at : at + 1] for at in range(len(piece))]
    while len(parts) > 1:
        pairs = [ranks.get(one + other, len(ranks)) for one, other in pairwise(parts)]
        lowest = min(pairs)
        if lowest == len(ranks):
            break
        at = pairs.index(lowest)
        parts[at : at + 2] = [parts[at] + parts[at + 1]]
    return len(parts)


def count(text: str) -> int:
    """Count the tokens that cl100k really makes of a text."""
    return sum(count_piece(piece.encode()) for piece in PIECES.findall(text))


def passages(paths: list[Path], size: int = 900) -> list[str]:
    """Cut files into passages of whole lines."""
    found: list[str] = []
    for path in paths:
        text = path.read_text("utf-8")
        starts = range(0, len(text) - 200, 3 * size)
        found += [text[start : start + size].partition("\n")[2] for start in starts]
    return [passage for passage in found if len(passage) >= 200]


@pytest.mark.skipif(not VOCABULARY.is_file(), reason="the vocabulary is not beside the checkout")
def test_counting_with_the_real_vocabulary_gives_the_numbers_above() -> None:
    assert {name: count(text) for name, text in TEXTS.items()} == TOKENS


@pytest.mark.skipif(not VOCABULARY.is_file(), reason="the vocabulary is not beside the checkout")
def test_real_files_are_estimated_within_10_percent_and_seldom_below() -> None:
    library = Path(statistics.__file__).parent
    code = [
        library / f"{name}.py" for name in "argparse ast calendar csv dis enum heapq json/decoder".split()
    ]
    texts = passages([*code, *sorted((CHECKOUT / "src").rglob("*.py"))])
    texts += passages(sorted(CHECKOUT.glob("**/*.md")), size=600)
    ratios = sorted(ratio(text, count(text)) for text in texts)
    assert len(ratios) > 150
    assert statistics.mean(abs(each - 1) for each in ratios) <= 0.1
    assert sum(each < 0.97 for each in ratios) <= 0.02 * len(ratios)
    assert sum(each > 1.25 for each in ratios) <= 0.01 * len(ratios)
