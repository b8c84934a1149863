"""Whether an exchange is worth keeping, judged by its words alone."""

from __future__ import annotations

import re
from functools import lru_cache

APPROVED, DECIDED, BUILT, CODE = 0.95, 0.85, 0.7, 0.6

_DECIDED = r"""(?xi) \b (?:
    RFC (?: -? \d+ )? | ADR (?: -? \d+ )? | decid\w* | decision\w* | agree[ds]? | agreement\w* | approv\w*
  | adopt(?:ed|s)? | choos\w* | chose\w* | reject\w* | settled | instead\ of | rather\ than |
        trade-?offs? | architectur\w*
  | bugs? | fix(?:e[ds])? | root\ cause | caused\ by | regression\w* | crash\w* | vulnerab\w* |
        incident\w* | dead\ end
  | revert\w* | releas\w* | deploy\w* | rollback | version\ \d | performance | latenc\w* | throughput
  | optimi[sz]\w* | slow\w* | faster | benchmark\w*
) \b """
_APPROVED = r"(?i)\bapprov(?:ed|al|es?)\b"
_RFC = r"(?i)\b(?:RFC|ADR)\b|\bRFC-?\d"
_DECISION = r"(?i)\bdeci(?:de|ded|sion|sions)\b"
_BUILT = r"""(?xi) \b (?:
    implement\w* | tests? | tested | testing | document(?:s|ed|ation|ing)? | docs | refactor\w* | migrat\w*
  | configur\w* | integrat\w*
) \b """
_CODE = r"""(?x)
    ``` | \b\w+\(\)? [^\n]{0,200} [)\]] \s* [:{;=] |
        \b(?:def|class|func|fn|import|from|const|let|var|return|async|await)\ \w
  | \b\w+\.\w+\( | [{};]\s*$ | => | :: | \b\w+_\w+\( | </?[a-z]+>
"""


def is_significant(query: str, response: str) -> tuple[bool, float]:
    """Tell whether an exchange is worth keeping, and how much it matters, 0 or 0.6 to 0.95.

    A decision, bug, release or matter of speed counts 0.85, and 0.95 when an RFC or a decision was approved;
    building, testing or documenting counts 0.70, what only looks like code 0.60.

    Args:
        query: what was asked.
        response: what was answered.
    """
    text = f"{query}\n{response}"
    if _has(_DECIDED, text):
        approved = _has(_APPROVED, text) and (_has(_RFC, text) or _has(_DECISION, text))
        return True, APPROVED if approved or (_has(_RFC, text) and _has(_DECISION, text)) else DECIDED
    for importance, pattern in ((BUILT, _BUILT), (CODE, _CODE)):
        if _has(pattern, text):
            return True, importance
    return False, 0.0


def _has(pattern: str, text: str) -> bool:
    return _compiled(pattern).search(text) is not None


@lru_cache(maxsize=8)
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)
