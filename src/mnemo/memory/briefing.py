"""The brief: what is proven or confirmed, as Markdown for colleagues without mnemo, within a budget."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from mnemo import fence, redact
from mnemo.anchors.judge import judge as judge_anchor
from mnemo.errors import Invalid
from mnemo.memory import verifying
from mnemo.memory.verifying import Checked
from mnemo.model.anchor import Anchor, Finding, anchor_record, anchors_of
from mnemo.model.claim import DOMAINS, Assertion, View
from mnemo.model.event import effective
from mnemo.repo.files import MAX_BYTES, Tree
from mnemo.retrieval import cards
from mnemo.retrieval.judging import Judge
from mnemo.store import assertions, events
from mnemo.store.connections import Connection
from mnemo.text import headline
from mnemo.tokens import estimate

TITLE = "## What this project knows"
ABOUT = "Each line is proven by the files it names as they are now, or confirmed by a person. Kept by mnemo."
NOTHING = "Nothing is proven or confirmed at present."
LEAST_BUDGET, LARGEST_BUDGET = 100, 100_000
# What the two lines around a brief cost where it is written into a file.
MARKERS = 40
LONGEST, LONGEST_REASON = 300, 160
SHOWN_PLACES = 2
# When so many in a row no longer fit, nobody waits for all others to be judged.
PATIENCE = 20
AT_ONCE = 100
KEPT_KINDS = ("leaf", "supersede", "compress")
# A wish of feedback is between one person and an agent.
TOLD = tuple(domain for domain in DOMAINS if domain != "feedback")

# What begins a heading, a list, a quotation, a rule, a fence or a definition at the start of a list item.
_BLOCK = re.compile(r"^(?=[#>+*=~|\[_:-])|^(?:\d{1,9}(?=[.)]))")
_TAG = re.compile(r"<(?=[!/?A-Za-z])")
# Some clients replace @path by what that file holds, except between backticks.
_MENTION = re.compile(r"(?<!\w)@(?=[\w~./\\]|$)\S*")
_CODE = re.compile(r"[^`<>\\]+")


class Wanted(NamedTuple):
    """What a brief is to hold.

    Args:
        budget: most tokens, the markers included.
        domains: only these; all but feedback when empty.
        targets: names of the file it is written into, relative to the top; none when it is printed.
    """

    budget: int
    domains: tuple[str, ...] = ()
    targets: frozenset[str] = frozenset()


class Line(NamedTuple):
    """One claim of a brief.

    Args:
        address: of the claim.
        domain: under whose heading it stands.
        text: the line of Markdown.
    """

    address: str
    domain: str
    text: str


class Brief(NamedTuple):
    """A brief.

    Args:
        text: Markdown, ending with a line feed.
        tokens: what it costs, the markers included.
        lines: its claims in the order of the text.
        more: how many further claims were not looked at because the budget was used up.
    """

    text: str
    tokens: int
    lines: list[Line]
    more: int


class Beside:
    """A tree without one file, so that a brief is no proof of what it says.

    Args:
        tree: the files.
        hidden: names of the file that nobody sees.
    """

    def __init__(self, tree: Tree, hidden: frozenset[str]) -> None:
        self._tree, self._hidden = tree, hidden

    def relative(self, path: str) -> str:
        """Return path as the repository names it."""
        return self._tree.relative(path)

    def exists(self, path: str) -> bool:
        """Tell whether a file or folder is there."""
        return path not in self._hidden and self._tree.exists(path)

    def read(self, path: str, limit: int = MAX_BYTES) -> str | None:
        """Return a file's text, None when it is missing or hidden."""
        return None if path in self._hidden else self._tree.read(path, limit)

    def list_files(self) -> list[str]:
        """Return the tracked files that may hold text."""
        return [path for path in self._tree.list_files() if path not in self._hidden]


def checked_wanted(tokens: int, domains: Sequence[str], targets: Iterable[str] = ()) -> Wanted:
    """Return what is wanted.

    Raises:
        Invalid: the budget is out of range, or there is no such domain.
    """
    if not LEAST_BUDGET <= tokens <= LARGEST_BUDGET:
        raise Invalid(
            f"tokens is {tokens}, not between {LEAST_BUDGET} and {LARGEST_BUDGET:,}.", "1500 is the default."
        )
    for domain in domains:
        if domain not in TOLD:
            raise Invalid(f"{domain[:60]!r} is no domain of a brief.", f"Use one of {', '.join(TOLD)}.")
    return Wanted(tokens, tuple(domains), frozenset(targets))


def apart(judge: Judge, tree: Tree, wanted: Wanted) -> Judge:
    """Return a judge that looks for patterns everywhere but in the file that the brief is written into."""
    beside = Beside(tree, wanted.targets)

    def judged(anchor: Anchor, commit: str) -> Finding:
        if anchor.type == "grep" and not anchor.path:
            return judge_anchor(anchor, beside)
        return judge(anchor, commit)

    return judged if wanted.targets else judge


def rank(connection: Connection, here: View, general: View, wanted: Wanted) -> list[Assertion]:
    """Return what may be told to everyone, best first: priority, confidence, how often claimed, newest.

    Args:
        here: from the branch that is checked out; what it withdrew is left out.
        general: from the default branch; what only another branch says is left out.
    """
    alive = {one.claim for one in verifying.live_claims(connection, here)}
    found = [
        one
        for one in verifying.live_claims(connection, general)
        if one.claim in alive and _may_be_told(one, wanted)
    ]
    return sorted(
        found, key=lambda one: (-one.priority, -one.confidence, -one.reinforced, -one.clock, one.address)
    )


def compose(connection: Connection, ranked: Sequence[Assertion], judge: Judge, wanted: Wanted) -> Brief:
    """Return the brief of the best claims that are proven or confirmed now and fit the budget."""
    kept: list[Line] = []
    used = MARKERS + estimate(f"{TITLE}\n\n{ABOUT}\n")
    missed = 0
    looked = 0
    for checked in _iter_checked(connection, ranked, judge):
        looked += 1
        if not _is_settled(connection, checked, wanted):
            continue
        line = Line(checked.assertion.address, checked.assertion.domain, bullet(checked))
        cost = estimate(line.text + "\n") + _heading_cost(line.domain, kept)
        if used + cost <= wanted.budget:
            kept.append(line)
            used, missed = used + cost, 0
        else:
            missed += 1
        if missed >= PATIENCE:
            break
    while kept and _cost(kept) > wanted.budget:
        kept.pop()
    lines = [line for domain in TOLD for line in kept if line.domain == domain]
    return Brief(_text(lines), _cost(kept), lines, missed + len(ranked) - looked)


def bullet(checked: Checked) -> str:
    """Return one claim as a line of Markdown that can forge neither a marker, a heading nor a comment."""
    payload = checked.payload
    content = payload["content"].strip()
    whole = fence.line(redact.redact(content), LONGEST + 1)
    if len(whole) > LONGEST:
        whole = fence.line(redact.redact(headline(content) or content), LONGEST)
    parts = [_BLOCK.sub(_escaped, inline(whole))]
    for name, word in (("when", "When:"), ("why", "Why:")):
        if payload.get(name):
            parts.append(f"{word} {inline(fence.line(redact.redact(payload[name]), LONGEST_REASON))}")
    shown = list(dict.fromkeys(filter(None, (_place(*pair) for pair in checked.findings))))
    if not shown and payload.get("path"):
        shown = [cards.phrase(payload["path"])]
    where = ", ".join(_code_span(each) for each in shown[:SHOWN_PLACES])
    return "- " + _sentences(parts) + (f" ({where})" if where else "")


def inline(text: str) -> str:
    """Return one line of foreign text so that Markdown, HTML and clients read only letters and code in it."""
    if text.count("`") % 2 or "``" in text or "\\`" in text:
        text = text.replace("`", "'")
    parts = text.split("`")
    last = len(parts) - 1
    return "`".join(
        _code(part) if place % 2 else _prose(part, place > 0, place < last)
        for place, part in enumerate(parts)
    )


def _may_be_told(one: Assertion, wanted: Wanted) -> bool:
    return (
        one.standing == "active"
        and not one.quiet
        and one.kind in KEPT_KINDS
        and one.domain in (wanted.domains or TOLD)
    )


def _iter_checked(connection: Connection, ranked: Sequence[Assertion], judge: Judge) -> Iterator[Checked]:
    for start in range(0, len(ranked), AT_ONCE):
        some = list(ranked[start : start + AT_ONCE])
        payloads = assertions.payloads(connection, some)
        for one in some:
            payload = payloads.get(one.object)
            if payload is not None:
                findings = [(anchor, judge(anchor, one.commit)) for anchor in anchors_of(payload)]
                yield Checked(one, payload, findings)


def _is_settled(connection: Connection, checked: Checked, wanted: Wanted) -> bool:
    if any(wanted.targets & {one.path, now.path} for one, now in checked.findings):
        return False  # it would be told in the file it comes from
    if checked.verdict == "proven":
        return True
    return checked.verdict == "unanchored" and _is_confirmed(connection, checked.assertion)


def _is_confirmed(connection: Connection, one: Assertion) -> bool:
    """Tell whether a person said or kept it, or a file of theirs said it, since it was last withdrawn."""
    name = f"claim/{one.address}"
    confirmed = False
    for event in effective(list(events.iter_aggregate(connection, name)), name):
        part, origin = event.parts[name], event.at.get("origin", "agent")
        if part["do"] in ("retract", "supersede", "purge"):
            confirmed = False
        elif part["do"] == "confirm":
            confirmed = confirmed or origin == "person"
        elif part["do"] == "assert" and part.get("standing", "active") == "active":
            confirmed = confirmed or origin in ("person", "import")
    return confirmed


def _place(anchor: Anchor, finding: Finding) -> str:
    """Return where to look; never a line's number, which changes with every edit above it."""
    if anchor.absent:
        return ""
    moved = anchor._replace(path=finding.path) if anchor.path and finding.path else anchor
    return cards.anchor_name(anchor_record(moved._replace(pin=None)))


def _prose(text: str, behind_code: bool, before_code: bool) -> str:
    told: list[str] = []
    end = 0
    for found in _MENTION.finditer(text):
        # Beside other code, or behind a backslash, a backtick of ours would begin none.
        beside = behind_code if not found.start() else text[found.start() - 1] == "\\"
        told += (_harmless(text[end : found.start()]), " " if beside else "")
        end = found.end()
        told += (f"`{_code(found[0])}`", " " if before_code and end == len(text) else "")
    return "".join((*told, _harmless(text[end:])))


def _harmless(text: str) -> str:
    text = _TAG.sub("&lt;", text).replace("-->", "--&gt;").replace("--!>", "--!&gt;")
    return text.replace("![", "!\\[").replace("](", "]\\(")


def _code(text: str) -> str:
    return text.replace("<!", "< !").replace("-->", "-- >").replace("--!>", "--! >")


def _code_span(label: str) -> str:
    return f"`{label}`" if _CODE.fullmatch(label) else inline(label)


def _escaped(found: re.Match[str]) -> str:
    return found[0] + "\\"


def _sentences(parts: list[str]) -> str:
    *firsts, last = parts
    return " ".join([*(part if part[-1:] in ".!?…:" else f"{part}." for part in firsts), last])


def _heading(domain: str) -> str:
    return f"\n### {domain.capitalize()}\n\n"


def _heading_cost(domain: str, kept: Sequence[Line]) -> int:
    return 0 if any(line.domain == domain for line in kept) else estimate(_heading(domain))


def _text(lines: Sequence[Line]) -> str:
    if not lines:
        return f"{TITLE}\n\n{NOTHING}\n"
    told = [f"{TITLE}\n\n{ABOUT}\n"]
    for domain in dict.fromkeys(line.domain for line in lines):
        told += (_heading(domain), *(f"{line.text}\n" for line in lines if line.domain == domain))
    return "".join(told)


def _cost(lines: Sequence[Line]) -> int:
    return MARKERS + estimate(_text(lines))
