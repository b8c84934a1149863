"""What someone wants to claim, checked before anything is written."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple, cast

from mnemo.anchors.parse import parse_anchor
from mnemo.anchors.pin import pin
from mnemo.errors import Invalid, MnemoError
from mnemo.memory.naming import like_code
from mnemo.model.anchor import Anchor
from mnemo.model.claim import DOMAINS, PERMILLE, SCOPES
from mnemo.repo.files import Tree

LONGEST_CONTENT = 100_000
LONGEST_REASON = 20_000
MOST_TAGS = 50
LONGEST_TAG = 100
MOST_ANCHORS = 50
DAY_MS = 86_400_000

FIELDS = frozenset(
    (
        "content", "why", "when", "domain", "tags", "anchors", "path", "confidence", "priority", "scope",
        "supersedes", "ttl_days", "preliminary",
    )
)  # fmt: skip


class Draft(NamedTuple):
    """One statement that passed every check and may be written.

    Args:
        content, why, when: the texts; empty where nothing was said.
        domain, tags, anchors, folder: what it is about; anchors are pinned.
        confidence, priority: permille.
        scope: auto, branch, project or global.
        supersedes: addresses or prefixes as given.
        lasts_ms: milliseconds until it expires, 0 never.
        preliminary: whether it stays in the session's workspace.
        code: what of the content may name paths or definitions.
        inputs: whole addresses of the claims that it was made from; it is of the kind supersede then.
    """

    content: str
    why: str
    when: str
    domain: str
    tags: tuple[str, ...]
    anchors: tuple[Anchor, ...]
    folder: str
    confidence: int
    priority: int
    scope: str
    supersedes: tuple[str, ...]
    lasts_ms: int
    preliminary: bool
    code: str = ""
    inputs: tuple[str, ...] = ()


def checked(fields: dict[str, Any], tree: Tree) -> Draft:
    """Return the draft that these fields describe.

    Args:
        fields: content and any of FIELDS.
        tree: the working tree that anchors and paths refer to.

    Raises:
        Invalid: naming the field and its value.
    """
    scope = _one_of("scope", fields.get("scope") or "auto", ("auto", *SCOPES))
    anchors = _anchors(fields.get("anchors"), tree)
    if scope == "global" and anchors:
        raise Invalid(
            "A global claim takes no anchors: it holds in every repository.",
            "Leave the anchors out, or use scope project or branch.",
        )
    folder = _text("path", fields.get("path"), LONGEST_TAG * 40)
    content = _content(fields.get("content"))
    return Draft(
        content=content,
        why=_text("why", fields.get("why"), LONGEST_REASON),
        when=_text("when", fields.get("when"), LONGEST_REASON),
        domain=_one_of("domain", fields.get("domain") or "context", DOMAINS),
        tags=_tags(fields.get("tags")),
        anchors=anchors,
        folder=tree.relative(folder) if folder else "",
        confidence=_share("confidence", fields.get("confidence", 0.8)),
        priority=_share("priority", fields.get("priority", 0)),
        scope=scope,
        supersedes=tuple(texts("supersedes", fields.get("supersedes"))),
        lasts_ms=_days(fields.get("ttl_days", 0)),
        preliminary=bool(fields.get("preliminary", False)),
        code=like_code(content),
    )


def checked_batch(batch: Any, tree: Tree) -> list[Draft]:
    """Return the drafts of a batch; one bad item refuses all and is named by its index.

    Args:
        batch: a list, or JSON text of one, of texts or objects with the fields of a claim.
        tree: as for checked.
    """
    drafts: list[Draft] = []
    for index, item in enumerate(items("batch", batch)):
        try:
            drafts.append(checked(_fields(item), tree))
        except MnemoError as error:
            error.message = f"batch[{index}]: {error.message}"
            error.args = (error.message,)
            error.fix = error.fix.rstrip(".") + "; nothing of the batch was stored." if error.fix else ""
            raise
    return drafts


def items(name: str, value: Any) -> list[Any]:
    """Return a list given as such, as JSON text of one, or as a single value.

    Raises:
        Invalid: it is something else.
    """
    if value is None:
        return []
    if isinstance(value, str):
        value = _from_json(name, value)
    if isinstance(value, dict):
        return [value]
    if not isinstance(value, (list, tuple)):
        raise Invalid(f"{name} is {str(value)[:60]!r}, not a list.", f"Give {name} as a list.")
    return list(cast(list[Any], value))


def texts(name: str, value: Any) -> list[str]:
    """Return a list of texts given as such, as JSON text, or as a single text.

    Raises:
        Invalid: an item is no text.
    """
    found = items(name, value)
    for item in found:
        if not isinstance(item, str):
            raise Invalid(
                f"{name} holds {str(item)[:60]!r}, which is no text.", f"Give {name} as a list of texts."
            )
    return found


def _from_json(name: str, text: str) -> Any:
    if not text.lstrip().startswith(("[", "{")):
        return [text] if text.strip() else []
    try:
        return json.loads(text)
    except ValueError as error:
        if name == "batch":
            raise Invalid(f"batch is not JSON: {error}.", "Give a list of texts or objects.") from None
        return [text]


def _fields(item: Any) -> dict[str, Any]:
    if isinstance(item, str):
        found = _from_json("item", item)
        return _fields(found) if isinstance(found, dict) else {"content": item}
    if not isinstance(item, dict):
        raise Invalid(
            f"{str(item)[:60]!r} is neither a text nor an object.", "Give each claim as text or object."
        )
    fields = cast(dict[str, Any], item)
    unknown = sorted(str(name) for name in set(fields) - FIELDS)
    if unknown:
        raise Invalid(f"{unknown[0]!r} is no field of a claim.", f"Fields are {', '.join(sorted(FIELDS))}.")
    return fields


def _content(value: Any) -> str:
    content = _text("content", value, LONGEST_CONTENT)
    if not content.strip():
        raise Invalid("content is empty.", "Say in a sentence what holds.")
    return content


def _text(name: str, value: Any, longest: int) -> str:
    if value is None:
        return ""
    if not isinstance(value, str):
        raise Invalid(f"{name} is {str(value)[:60]!r}, not a text.", f"Give {name} as text.")
    if len(value) > longest:
        raise Invalid(
            f"{name} has {len(value):,} characters; {longest:,} are the most.",
            "Claim the point in a few sentences and anchor it to the file that holds the rest.",
        )
    if "\0" in value:
        raise Invalid(f"{name} holds a NUL character.", "Remove it and send it again.")
    return value


def reason_text(value: Any) -> str:
    """Return a reason to withdraw something.

    Raises:
        Invalid: there is none.
    """
    reason = _text("why", value, LONGEST_REASON)
    if not reason.strip():
        raise Invalid(
            "retracts needs why: withdrawing without a reason teaches nobody.", "Give the reason as why."
        )
    return reason


def _one_of(name: str, value: Any, allowed: Sequence[str]) -> str:
    if value not in allowed:
        raise Invalid(f"{str(value)[:60]!r} is no {name}.", f"Use one of {', '.join(allowed)}.")
    return str(value)


def _share(name: str, value: Any) -> int:
    """Return a number from 0 to 1 as permille."""
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 <= value <= 1:
        raise Invalid(
            f"{name} is {str(value)[:60]}, not between 0 and 1.", f"Give {name} as a number from 0 to 1."
        )
    return round(value * PERMILLE)


def _days(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 <= value <= 36_500:
        raise Invalid(
            f"ttl_days is {str(value)[:60]}, not between 0 and 36500.", "Give days, or 0 for never."
        )
    return max(1, round(value * DAY_MS)) if value else 0


def _tags(value: Any) -> tuple[str, ...]:
    tags = tuple(dict.fromkeys(tag.strip().lstrip("#") for tag in texts("tags", value)))
    if len(tags) > MOST_TAGS:
        raise Invalid(
            f"There are {len(tags)} tags; {MOST_TAGS} are the most.", "Keep the ones someone would look for."
        )
    for tag in tags:
        if not tag or len(tag) > LONGEST_TAG or "\0" in tag or "\n" in tag:
            raise Invalid(
                f"{tag[:40]!r} is no tag.", f"Tags are single lines of 1 to {LONGEST_TAG} characters."
            )
    return tags


def _anchors(value: Any, tree: Tree) -> tuple[Anchor, ...]:
    given: Iterable[Any] = items("anchors", value)
    anchors = tuple(pin(parse_anchor(item, tree), tree) for item in given)
    if len(anchors) > MOST_ANCHORS:
        raise Invalid(
            f"There are {len(anchors)} anchors; {MOST_ANCHORS} are the most.",
            "Pin what would prove it wrong.",
        )
    return anchors
