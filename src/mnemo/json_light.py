"""JSON without the regular expressions that the json package compiles when it is loaded: 2 of a hook's 33 ms.

What is written in C does all the work there as it does here. To a type checker these are the package's own
functions, of which `dumps` takes sort_keys, ensure_ascii and separators, and `loads` text or UTF-8.
"""

from __future__ import annotations

from mnemo.light import TYPE_CHECKING

__all__ = ["dumps", "loads"]

if TYPE_CHECKING:
    from json import dumps, loads
else:
    try:
        import _json
    except ImportError:  # a Python that has no such part
        from json import dumps, loads
    else:
        _BLANK = " \t\n\r"
        _MARK = b"\xef\xbb\xbf"  # with which some editors begin UTF-8

        class _Reading:
            """What json.JSONDecoder tells its scanner when nothing else is asked for."""

            strict = True
            object_hook = object_pairs_hook = None
            parse_float, parse_int, parse_constant = float, int, float

        _scan = _json.make_scanner(_Reading)

        def loads(text):
            """Return what JSON says; ValueError where it is none."""
            if not isinstance(text, str):
                text = bytes(text).removeprefix(_MARK).decode("utf-8", "surrogatepass")
            try:
                value, end = _scan(text, len(text) - len(text.lstrip(_BLANK)))
            except StopIteration as stop:
                raise ValueError(f"no JSON value at {stop.value}") from None
            if text[end:].strip(_BLANK):
                raise ValueError(f"more than one JSON value, the second at {end}")
            return value

        def dumps(value, *, sort_keys=False, ensure_ascii=True, separators=(", ", ": ")):
            """Return a value as JSON; TypeError where it has no such form."""
            string = _json.encode_basestring_ascii if ensure_ascii else _json.encode_basestring
            between, behind = separators
            write = _json.make_encoder({}, _refuse, string, None, behind, between, sort_keys, False, True)
            return "".join(write(value, 0))

        def _refuse(value):
            raise TypeError(f"a {type(value).__name__} has no form in JSON")
