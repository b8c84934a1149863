"""JSON-RPC messages as clients send them: passed on, or refused with an answer of our own."""

from __future__ import annotations

import json
import re
from typing import Any, NamedTuple, NoReturn, cast

from mnemo.errors import Invalid, MnemoError
from mnemo.interfaces import render

LONGEST_LINE = 10 * 1024 * 1024
# The library's parser gives up at 200 levels, and says nothing.
DEEPEST = 100
PARSE_ERROR, INVALID_REQUEST = -32700, -32600
MODERN = "io.modelcontextprotocol/protocolVersion"

# In a line too long to parse, the id stands right at its start or right at its end.
_ID = rb'"id"\s*:\s*(-?\d+|"[^"\\]*")'
_LEADING_ID = re.compile(rb'\s*\{\s*(?:"jsonrpc"\s*:\s*"2\.0"\s*,\s*)?' + _ID)
_TRAILING_ID = re.compile(_ID + rb'\s*(?:,\s*"jsonrpc"\s*:\s*"2\.0"\s*)?\}\s*$')
_SEARCHED = 4096


class Refused(NamedTuple):
    """A line that cannot be passed on.

    Args:
        error: what is wrong with it.
        code: JSON-RPC error code.
        id: of the request, None where it could not be read.
        message: the line as far as it could be parsed.
    """

    error: MnemoError
    code: int
    id: int | str | None = None
    message: Any = None


def parse(line: bytes) -> dict[str, Any] | Refused:
    """Parse one line, and refuse what the library would not answer."""
    if len(line) > LONGEST_LINE:
        megabytes = LONGEST_LINE // 1024 // 1024
        error = Invalid(f"A message of more than {megabytes} MB is not read.", "Send it in parts.")
        return Refused(error, INVALID_REQUEST, _find_id(line))
    try:
        message = json.loads(line.decode(), parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as problem:
        reason = "it is nested too deep" if isinstance(problem, RecursionError) else problem
        error = Invalid(f"The line is not JSON: {reason}.", "Send one JSON-RPC message a line.")
        return Refused(error, PARSE_ERROR, _find_id(line))
    wrong = _find_wrong_envelope(message) or _find_wrong_content(line, message) or _find_wrong_call(message)
    return Refused(wrong, INVALID_REQUEST, _find_valid_id(message), message) if wrong else message


def answer(refused: Refused) -> bytes:
    """Return the line that answers a refused one; nothing where it was a notification.

    A tool call is answered as a tool answers, so that the model reads what was wrong.
    """
    error, message = refused.error, _mapping(refused.message)
    reply: dict[str, Any] = {"jsonrpc": "2.0", "id": refused.id}
    if message.get("method") == "tools/call" and refused.id is not None:
        text = {"type": "text", "text": render.error(error)}
        modern = MODERN in _mapping(_mapping(message.get("params")).get("_meta"))
        kind = {"resultType": "complete"} if modern else {}
        meta = {"mnemo/record": error.record()}
        reply["result"] = {"content": [text], "isError": True, "_meta": meta, **kind}
    elif "method" in message and "id" not in message:
        return b""
    else:
        reply["error"] = {"code": refused.code, "message": error.message, "data": error.record()}
    return json.dumps(reply).encode() + b"\n"


def _find_wrong_envelope(message: Any) -> MnemoError | None:
    if not isinstance(message, dict):
        return _not_a_message("it is not one object")
    fields = _mapping(message)
    if fields.get("jsonrpc") != "2.0":
        return _not_a_message('"jsonrpc" is not "2.0"')
    if "id" in fields and _find_valid_id(fields) is None:
        return _not_a_message('"id" is neither a whole number nor text')
    if "method" not in fields:
        return None if "id" in fields and _is_outcome(fields) else _not_a_message('"method" is missing')
    if not isinstance(fields["method"], str):
        return _not_a_message('"method" is not text')
    if not isinstance(fields.get("params", {}), dict):
        return _not_a_message('"params" is not an object')
    return None


def _find_wrong_content(line: bytes, message: dict[str, Any]) -> MnemoError | None:
    if line.count(b"[") + line.count(b"{") > DEEPEST and _is_deep(message, DEEPEST):
        return Invalid(f"The message is nested more than {DEEPEST} levels deep.", "Send it flatter.")
    # Only an escape can bring one in: half of a pair is no character, and cannot be stored or sent.
    lone = re.search("[\ud800-\udfff]", json.dumps(message, ensure_ascii=False)) if b"\\u" in line else None
    if lone:
        half = f"\\u{ord(lone[0]):04x}, half of a surrogate pair"
        return Invalid(f"The text holds {half}.", "Send the whole character, or leave it out.")
    return None


def _find_wrong_call(message: dict[str, Any]) -> MnemoError | None:
    # The library answers these with "Invalid request parameters" and not a word more.
    params = _mapping(message.get("params"))
    name, given = params.get("name"), params.get("arguments")
    if message.get("method") != "tools/call":
        return None
    if not isinstance(name, str):
        return Invalid("The call names no tool.", 'Give the tool as "name", what it takes as "arguments".')
    if given is not None and not isinstance(given, dict):
        return Invalid(f"{name}: the arguments are not an object.", 'Give them by name: {"query": "..."}.')
    return None


def _is_outcome(fields: dict[str, Any]) -> bool:
    error = _mapping(fields.get("error"))
    failed = isinstance(error.get("code"), int) and isinstance(error.get("message"), str)
    return failed or isinstance(fields.get("result"), dict)


def _not_a_message(reason: str) -> MnemoError:
    return Invalid(f"The line is not a JSON-RPC message: {reason}.", "Send one JSON-RPC message a line.")


def _is_deep(value: Any, left: int) -> bool:
    inner = _mapping(value).values() or (cast("list[Any]", value) if isinstance(value, list) else ())
    return any(left == 0 or _is_deep(each, left - 1) for each in inner)


def _find_id(line: bytes) -> int | str | None:
    found = _LEADING_ID.match(line[:_SEARCHED]) or _TRAILING_ID.search(line[-_SEARCHED:])
    return json.loads(found[1]) if found else None


def _find_valid_id(message: Any) -> int | str | None:
    found = _mapping(message).get("id")
    return found if isinstance(found, int | str) and not isinstance(found, bool) else None


def _mapping(value: Any) -> dict[str, Any]:
    return cast("dict[str, Any]", value) if isinstance(value, dict) else {}


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no number")
