"""What of a text may name paths and definitions: most of its words are plain and need no further look."""

from __future__ import annotations

import re
from functools import lru_cache

_SUFFIXES = "py pyi js ts tsx jsx go rs java toml yaml yml json md sql sh cfg ini html css c h cpp rb php"
_PATH = re.compile(
    r"(?<![\w/.:@-])(?:[\w.-]+/)+[\w.-]*\w|(?<![\w/.:@-])[\w-]+\.(?:" + "|".join(_SUFFIXES.split()) + r")\b"
)
# Looked for in each word once, which is quicker than whole texts for what few of them have.
_LIKE_CODE = re.compile(r"[/`(_]|::|\S\.[\w$]|[a-z0-9][A-Z]")
_LONGEST_WORD = 40


def like_code(content: str) -> str:
    """Return what may hold a path or a name of code, in order and between blanks, without the plain words."""
    return " ".join([run for run in content.split() if len(run) > _LONGEST_WORD or _is_like_code(run)])


def named_paths(code: str) -> tuple[str, ...]:
    """Return what looks like paths of files in a text that like_code() left, in order."""
    return tuple(dict.fromkeys(found.group().rstrip(".") for found in _PATH.finditer(code)))


@lru_cache(maxsize=8192)
def _is_like_code(run: str) -> bool:
    return _LIKE_CODE.search(run) is not None
