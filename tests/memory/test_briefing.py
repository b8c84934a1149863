"""The brief holds what is proven or confirmed, in lines that nothing claimed can break, under its budget."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mnemo.errors import Invalid
from mnemo.memory import briefing, marked
from mnemo.memory.briefing import Brief, Wanted
from mnemo.memory.verifying import Checked
from mnemo.model.anchor import Anchor, Finding
from mnemo.model.claim import View
from mnemo.store import assertions, events
from mnemo.store.database import Database
from mnemo.tokens import estimate
from tests.stores import START_MS, on, open_store, say, withdraw

PROVEN = {"anchors": [{"type": "file", "path": "src/a.py"}]}
HERE = View("main", now=START_MS)


@pytest.fixture
def db(tmp_path: Path) -> Database:
    return open_store(tmp_path)


def made(
    db: Database, state: str = "ok", view: View = HERE, general: View | None = None, **wanted: Any
) -> Brief:
    found = briefing.checked_wanted(wanted.pop("tokens", 1500), wanted.pop("domains", []), **wanted)
    with db.reading() as connection:
        ranked = briefing.rank(connection, view, general or view, found)
        return briefing.compose(connection, ranked, lambda *_: Finding(state), found)


def told(brief: Brief) -> list[str]:
    return [re.sub(r" \(`.*`\)$", "", line.text.removeprefix("- ")) for line in brief.lines]


def person(**changes: str) -> dict[str, str]:
    return on("main", origin="person", **changes)


def deed(
    connection: Any, address: str, part: dict[str, Any], at: dict[str, str], now: int = START_MS
) -> None:
    events.record(connection, str(part["do"]), {f"claim/{address}": part}, at=at, now=now)


def test_what_every_anchor_supports_is_told_with_its_place(db: Database) -> None:
    with db.transaction() as connection:
        say(connection, "Tokens live 15 minutes", payload={**PROVEN, "why": "the audit"}, domain="decisions")
    brief = made(db)
    assert brief.text.startswith("## ")
    assert "\n### Decisions\n\n- Tokens live 15 minutes. Why: the audit (`src/a.py`)\n" in brief.text


@pytest.mark.parametrize("state", ["drifted", "missing", "error", "unknown"])
def test_what_an_anchor_does_not_support_now_is_left_out_whoever_said_it(db: Database, state: str) -> None:
    with db.transaction() as connection:
        say(connection, "claimed by a person", payload=PROVEN, at=person())
    assert made(db, state).lines == []


@pytest.mark.parametrize(
    ("origin", "standing", "is_told"),
    [
        ("person", "active", True),
        ("import", "active", True),
        ("agent", "active", False),
        ("capture", "active", False),
        ("scan", "active", False),
        ("import", "unconfirmed", False),
        ("capture", "unconfirmed", False),
        ("person", "preliminary", False),
    ],
)
def test_without_anchors_a_person_or_a_file_of_theirs_has_to_say_it(
    db: Database, origin: str, standing: str, is_told: bool
) -> None:
    with db.transaction() as connection:
        say(connection, "a rule", at=on("main", origin=origin), standing=standing)
    assert bool(made(db).lines) is is_told


def test_what_a_machine_wrote_counts_once_a_person_kept_it_and_not_when_a_program_did(db: Database) -> None:
    with db.transaction() as connection:
        for name, who in (("kept", "person"), ("passed", "agent")):
            address = say(connection, name, at=on("main", origin="capture"), standing="unconfirmed")
            deed(connection, address, {"do": "confirm"}, on("main", origin=who), START_MS + 1)
    assert told(made(db)) == ["kept"]


def test_an_old_word_of_a_person_does_not_confirm_what_was_withdrawn_since(db: Database) -> None:
    with db.transaction() as connection:
        address = say(connection, "a rule", at=person())
        withdraw(connection, address, now=START_MS + 1)
        say(connection, "a rule", now=START_MS + 2)
    assert made(db).lines == []


def test_an_import_that_meets_an_agents_claim_does_not_confirm_it(db: Database) -> None:
    with db.transaction() as connection:
        say(connection, "a rule")
        say(connection, "a rule", at=on("main", origin="import"), standing="unconfirmed", now=START_MS + 1)
    assert made(db).lines == []


def test_withdrawn_quiet_expired_and_feedback_are_left_out(db: Database) -> None:
    with db.transaction() as connection:
        withdraw(connection, say(connection, "withdrawn", payload=PROVEN), now=START_MS + 1)
        deed(connection, say(connection, "quiet", payload=PROVEN), {"do": "quiet", "on": True}, on("main"))
        say(connection, "expired", payload=PROVEN, expires=START_MS - 1)
        say(connection, "feedback", payload=PROVEN, domain="feedback")
        say(connection, "told", payload=PROVEN)
    assert told(made(db)) == ["told"]


def test_what_only_another_branch_says_is_not_for_everyone(db: Database) -> None:
    with db.transaction() as connection:
        say(connection, "of the feature", payload=PROVEN, at=on("feature"), scope="branch")
        say(connection, "of main", payload=PROVEN, scope="branch")
        say(connection, "of all", payload=PROVEN, at=on("feature"))
    feature = View("feature", frozenset({("main", "c" * 40)}), now=START_MS)
    assert set(told(made(db))) == {"of main", "of all"}
    assert set(told(made(db, view=feature, general=HERE))) == {"of main", "of all"}


def test_what_this_branch_withdrew_is_not_told_on_it(db: Database) -> None:
    with db.transaction() as connection:
        address = say(connection, "a rule", payload=PROVEN)
        withdraw(connection, address, at=on("feature"), wide=False, now=START_MS + 1)
    feature = View("feature", frozenset({("main", "c" * 40)}), now=START_MS)
    assert made(db, view=feature, general=HERE).lines == []
    assert told(made(db)) == ["a rule"]


def test_the_best_come_first_within_their_domain(db: Database) -> None:
    with db.transaction() as connection:
        say(connection, "old", payload=PROVEN)
        say(connection, "new", payload=PROVEN, now=START_MS + 1)
        say(connection, "again", payload=PROVEN)
        say(connection, "again", payload=PROVEN)
        say(connection, "sure", payload=PROVEN, confidence=900)
        say(connection, "loud", payload=PROVEN, priority=500, confidence=100)
        say(connection, "shape", payload=PROVEN, domain="architecture")
    assert told(made(db)) == ["shape", "loud", "sure", "again", "new", "old"]
    assert told(made(db, domains=["architecture"])) == ["shape"]


def test_a_claim_about_the_file_itself_is_not_written_back_into_it(db: Database) -> None:
    source = {"type": "content", "path": "AGENTS.md", "name": ""}
    with db.transaction() as connection:
        say(connection, "from there", payload={"anchors": [source]}, at=on("main", origin="import"))
    assert made(db, targets=["AGENTS.md"]).lines == []
    assert told(made(db, targets=["CLAUDE.md"])) == ["from there"]


def test_a_brief_is_no_proof_of_what_it_says() -> None:
    class Files:
        def relative(self, path: str) -> str:
            return path

        def exists(self, path: str) -> bool:
            return True

        def read(self, path: str, limit: int = 0) -> str | None:
            return "we use zanzibar"

        def list_files(self) -> list[str]:
            return ["AGENTS.md"]

    wanted = Wanted(1500, targets=frozenset({"AGENTS.md"}))
    anchor = Anchor("grep", pattern="zanzibar")
    judge = briefing.apart(lambda *_: Finding("ok"), Files(), wanted)
    assert judge(anchor, "").state == "missing"
    assert judge(anchor._replace(absent=True), "").state == "ok"
    assert judge(anchor._replace(path="a.py"), "").state == "ok"


@pytest.mark.parametrize("tokens", [100, 200, 1500, 20_000])
def test_a_thousand_claims_keep_to_the_budget_and_use_most_of_it(db: Database, tokens: int) -> None:
    with db.transaction() as connection:
        for number in range(1000):
            text = (
                f"Rule {number}: the `part_{number}` of the système waits {number} s for its neighbours"
                * (1 + number % 4)
            )
            domain = ("decisions", "patterns", "issues", "context")[number % 4]
            say(connection, text, payload=PROVEN, domain=domain, priority=number % 7, now=START_MS + number)
    brief = made(db, tokens=tokens)
    whole = marked.spliced(b"", brief.text, "a").decode()
    assert estimate(whole) <= brief.tokens <= tokens
    if tokens > 200:
        assert brief.tokens >= 0.9 * tokens
    assert brief.more > 0
    assert made(db, tokens=tokens).text == brief.text


def test_the_markers_cost_no_more_than_is_set_aside_for_them() -> None:
    assert estimate(f"{marked.BEGIN}\n{marked.END}\n") <= briefing.MARKERS


def test_an_empty_brief_says_so(db: Database) -> None:
    assert briefing.NOTHING in made(db).text


def line_of(content: str, **payload: Any) -> str:
    one = assertions.Assertion._make([0] * 23)._replace(domain="context", address="a" * 64)
    return briefing.bullet(Checked(one, {"content": content, **payload}, []))


@pytest.mark.parametrize(
    ("content", "wanted"),
    [
        ("# heading", "- \\# heading"),
        ("- nested", "- \\- nested"),
        ("12. item", "- 12\\. item"),
        ("> quote", "- \\> quote"),
        ("[x]: http://example.com", "- \\[x]: http://example.com"),
        ("<!-- mnemo:end -->", "- &lt;!-- mnemo:end --&gt;"),
        ("a <script>x</script>", "- a &lt;script>x&lt;/script>"),
        ("if a < b and b -> c", "- if a < b and b -> c"),
        ("see `List<int>` now", "- see `List<int>` now"),
        ("`<!-- x -->`", "- `< !-- x -- >`"),
        ("![a](http://example.com/x.png)", "- !\\[a]\\(http://example.com/x.png)"),
        ("one `odd", "- one 'odd"),
        ("use @cache here", "- use `@cache` here"),
        ("`a`@~/.ssh/id_rsa`b`", "- `a` `@~/.ssh/id_rsa` `b`"),
        ("\\`@~/.ssh/id_rsa`", "- \\'`@~/.ssh/id_rsa'`"),
        ("\\@~/.ssh/id_rsa", "- \\ `@~/.ssh/id_rsa`"),
        ("mail ada@example.com", "- mail ada@example.com"),
        ("two\nlines", "- two lines"),
        ("tab\tand \x1b[31m \u202e", "- tab and \\x1b[31m \\u202e"),
    ],
)
def test_what_somebody_claimed_is_only_text(content: str, wanted: str) -> None:
    assert line_of(content) == wanted


def test_a_long_claim_is_told_by_its_headline(db: Database) -> None:
    assert line_of("Headline\n" + "and much more " * 100) == "- Headline"
    assert len(line_of("word " * 1000)) <= briefing.LONGEST + 2


PIECES = st.sampled_from(
    ["<!--", "-->", "--!>", "<", "!", ">", "-", "`", "``", "\\", "@", "~/", "mnemo:begin", "mnemo:end",
     "\n", "\r", "\u2028", "\x85", "#", " ", "](", "![", "a", "1.", "\x00", "\ud800"]
)  # fmt: skip
TEXTS = st.lists(PIECES, max_size=14).map("".join) | st.text(max_size=60)


@given(TEXTS, TEXTS, TEXTS)
def test_no_text_breaks_out_of_its_line_or_forges_a_marker(content: str, why: str, path: str) -> None:
    line = line_of(content, why=why, path=path)
    assert line.startswith("- ")
    assert line.splitlines() == [line]
    assert "<!" not in line
    assert "-->" not in line
    assert "--!>" not in line
    line.encode()
    before = b"# Mine\r\n<!-- a comment -->\r\n"
    raw = marked.spliced(before, f"## T\n\n{line}\n", "a")
    assert raw.startswith(before)
    assert marked.spliced(raw, f"## T\n\n{line}\n", "a") == raw
    *before_code, last = line.split("`")[::2]
    assert not any(text.endswith("\\") for text in before_code)
    for outside in (*before_code, last):
        assert not re.search(r"(?<!\w)@[\w~./\\]", outside)


@pytest.mark.parametrize(
    ("tokens", "domains"), [(99, []), (100_001, []), (1500, ["feedback"]), (1500, ["x"])]
)
def test_a_wish_that_cannot_be_met_is_refused(tokens: int, domains: list[str]) -> None:
    with pytest.raises(Invalid):
        briefing.checked_wanted(tokens, domains)
