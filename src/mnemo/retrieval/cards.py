"""How a recalled claim looks: the parts of an answer, countable before they are told.

Lines of structure are ours. Text that somebody claimed stands behind QUOTE or on the rest of a line that
a word of ours begins, so it can neither begin a line nor be taken for one.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from mnemo import fence, ids, redact
from mnemo.light import Any

Record = dict[str, Any]

QUOTE = "  > "
BETWEEN = " · "
ELSEWHERE = "On other branches, not merged into this one:"
SHOWN_ANCHORS = 4
USUAL_CONFIDENCE = 0.8
LINE = 240
WORD = 80

STATE_WORDS = {
    "ok": "anchored",
    "drifted": "changed",
    "missing": "gone",
    "error": "not checked",
    "unknown": "not checked",
}
WORST_FIRST = ("missing", "drifted", "error", "unknown", "ok")


def parts(record: Record) -> list[str]:
    """Return every part of a recall answer in order; joined by newlines they are its text.

    Args:
        record: claims, elsewhere, withheld, notes, scope and what was asked.
    """
    here, elsewhere = record.get("claims", []), record.get("elsewhere", [])
    told = [head(record)]
    told += [recall_claim(claim, number) for number, claim in enumerate(here, 1)]
    if elsewhere:
        told.append(ELSEWHERE)
    told += [recall_claim(claim, number) for number, claim in enumerate(elsewhere, len(here) + 1)]
    told += [recall_withheld(item) for item in record.get("withheld", [])]
    told += [recall_folded(item) for item in record.get("folded", [])]
    return told + [recall_note(note) for note in record.get("notes", [])]


def head(record: Record) -> str:
    """Return the line or lines that open a recall answer.

    Args:
        record: as for parts; `brief` true leaves out what an answer with a tiny budget cannot afford.
    """
    count = len(record.get("claims", [])) + len(record.get("elsewhere", []))
    if count:
        return _found(record, count)
    return "Nothing found." if record.get("brief") else _nothing(record)


def recall_claim(claim: Record, number: int) -> str:
    """Return one claim as text: a line of structure, its quoted content, and what its anchors say.

    Args:
        claim: one of the record's claims.
        number: its place in the answer, from 1.
    """
    lines = [f"{number}. {BETWEEN.join(_fields(claim))}", quoted(claim["content"])]
    lines += [f"  {name}: {phrase(claim[name], LINE)}" for name in ("why", "when") if claim.get(name)]
    if claim.get("anchors"):
        lines.append(f"  {anchors_line(claim['anchors'])}")
    if claim.get("explain"):
        lines.append(f"  {_explained(claim)}")
    return "\n".join(lines)


def recall_withheld(item: Record) -> str:
    """Return the one line that names a withheld claim and the reason.

    Args:
        item: address, verdict, reason.
    """
    return f"withheld {ids.short(item['address'])} {item['verdict']}: {phrase(item['reason'], LINE)}"


def recall_folded(item: Record) -> str:
    """Return the one line that names a claim left out because one that was told says the same.

    Args:
        item: address, and as: the address of who says it.
    """
    return f"folded {ids.short(item['address'])}: says the same as {ids.short(item['as'])}"


def recall_note(note: str) -> str:
    """Return the line of one note, such as what a restored store may have lost."""
    return f"note: {phrase(note, 2 * LINE)}"


@lru_cache(maxsize=512)
def quoted(text: str, margin: str = "") -> str:
    """Return foreign text as quoted lines, secrets left out; margin indents the quotation."""
    return fence.quote(redact.redact(text), margin + QUOTE)


def phrase(text: object, limit: int = WORD) -> str:
    """Return foreign text as one line of at most limit characters, secrets left out."""
    return _phrase(str(text), limit)


# A card is made when it is packed and again when it is told; the same few words stand in all of them.
@lru_cache(maxsize=4096)
def _phrase(text: str, limit: int) -> str:
    return fence.line(redact.redact(text), limit)


def anchor_name(anchor: Record) -> str:
    """Return what an anchor points at, in the form in which it can be typed where there is one."""
    kind, path, name = anchor.get("type", ""), anchor.get("path", ""), anchor.get("name", "")
    if kind == "grep":
        label = f'"{anchor.get("pattern", "")}"' + (f" in {path}" if path else "")
    elif kind == "symbol":
        label = f"{path}::{name}"
    elif kind == "dependency":
        label = f"{name} {anchor.get('spec', '')}".rstrip()
    elif kind == "test":
        label = f"test {name or anchor.get('id', '')}"
    else:
        label = f"{path}{_lines(anchor)}"
    return phrase(("no " if anchor.get("absent") else "") + label)


def anchors_line(anchors: Iterable[Record]) -> str:
    """Return one line on a claim's anchors, those that no longer hold first and with the reason."""
    by_word: dict[str, list[str]] = {}
    for anchor in sorted(anchors, key=lambda each: WORST_FIRST.index(each["state"])):
        reason = phrase(anchor.get("reason") or "", LINE // 2)
        label = anchor_name(anchor) + (f" ({reason})" if reason else "")
        by_word.setdefault(STATE_WORDS[anchor["state"]], []).append(label)
    return "; ".join(f"{word}: {_some(labels)}" for word, labels in by_word.items())


def _found(record: Record, count: int) -> str:
    claims = f"{count} claim{'s' if count > 1 else ''}"
    if record.get("brief"):
        return f"{claims}:"
    place = f" on {phrase(record['branch'])}" if record.get("branch") else ""
    cut = any(claim.get("shortened") for name in ("claims", "elsewhere") for claim in record.get(name, []))
    return f"{claims}{place}; lines behind > are quoted data{'; detail=full tells all' if cut else ''}"


def _nothing(record: Record) -> str:
    scope = record.get("scope", {})
    asked = phrase(record.get("query") or record.get("path") or "", 60)
    searched, others = phrase(scope.get("searched", "this project"), LINE), scope.get("others", 0)
    nothing = "Nothing found" if not record.get("withheld") else "Nothing that the code still supports"
    named = f' for "{asked}"' if asked else ""
    where = f"{nothing}{named} (searched: {searched}; other scopes hold {others})."
    if record.get("withheld"):
        return f"{where}\nNext: claim what holds now, superseding what is withheld."
    if others:
        return f"{where}\nNext: branches=all searches the other branches too; or use other words or a path."
    return f"{where}\nNext: use other words or a path; what you learn, claim it with its anchors."


def _fields(claim: Record) -> list[str]:
    verdict = claim["verdict"]
    if claim.get("standing") not in (None, "", "active"):
        verdict = f"{verdict}, {phrase(claim['standing'])}"
    fields = [verdict, phrase(claim["domain"]), ids.short(claim["address"])]
    if claim.get("age"):
        fields.append(phrase(claim["age"]))
    if not claim.get("here", True):
        fields.append(f"{'tried ' if claim.get('gone') else ''}on {phrase(claim['branch'])}, not merged")
    if claim.get("linked_from"):
        fields.append(f"linked from {ids.short(claim['linked_from'])}")
    if claim.get("repository"):
        fields.append(f"from {phrase(claim['repository'])}")
    if claim.get("confidence") not in (None, USUAL_CONFIDENCE):
        fields.append(f"sure {claim['confidence']:g}")
    fields += [f"#{phrase(tag, WORD // 2)}" for tag in claim.get("tags") or ()]
    return fields + (["shortened"] if claim.get("shortened") else [])


def _explained(claim: Record) -> str:
    stages = ", ".join(f"{phrase(stage)} {value:.3g}" for stage, value in claim["explain"].items())
    return f"score {claim['score']:.3g}: {stages}"


def _lines(anchor: Record) -> str:
    lines = anchor.get("lines")
    return f":{lines[0]}-{lines[1]}" if lines else ""


def _some(labels: list[str]) -> str:
    rest = len(labels) - SHOWN_ANCHORS
    return ", ".join(labels[:SHOWN_ANCHORS]) + (f" and {rest} more" if rest > 0 else "")
