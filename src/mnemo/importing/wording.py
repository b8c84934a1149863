"""Which words make a statement a rule, which make it filler, and how Markdown reads without its marks."""

from __future__ import annotations

import re

from mnemo.light import expression

SHORTEST_RULE = 3  # words; fewer say nothing, unless one of them is code
_CODE_SPAN = expression(r"(`+[^`]+`+)")
_IMAGE = expression(r"!\[[^\[\]]*\](?:\([^()]*\)|\[[^\[\]]*\])?")
_LINK = expression(r"\[([^\[\]]+)\](?:\((?:[^()]|\([^()]*\))*\)|\[[^\[\]]*\])")
_STRONG = expression(r"(?<!/)\*\*(?!/)|(?<!\w)__(?=[A-Z])|(?<=[\w.:])__(?!\w)")
_EMPHASIS = expression(r"(?<![\w*])\*(?=[^\s*])([^*]+)(?<=\S)\*(?![\w*])")
_TAG = expression(r"</?[A-Za-z][^<>]*>|<!--.*?-->")
_CHECKBOX = expression(r"^\[[ xX]\]\s+")
_ADDRESS = expression(r"<?\b(?:https?|mailto):[^\s<>)]+>?")
_ESCAPED = expression(r"\\([*_\[\]#<>~|-])")
_SPACE = expression(r"\s+")
_WORD = expression(r"[^\W_]+(?:['’-][^\W_]+)*")
_NUMBERED = expression(r"^(?:\d+(?:\.\d+)*[.):]?|[IVX]+\.|step \d+[.:)]?)\s+", re.IGNORECASE)
_ATTRIBUTES = expression(r"\{[#.:][^{}]*\}")
_SYMBOLS = expression(r"^[^\w`\"'(\[<@#$./-]+|[\s:–—-]+$")

NORMATIVE = expression(
    r"\b(?:must|should|shall|never|always|avoid|prefer(?:red)?|ensure|make sure|required?|requires|"
    r"mandatory|"
    r"do not|don['’]t|cannot|can['’]t|won['’]t|only|instead of|rather than|forbidden|disallowed|"
    r"not allowed|need(?:s|ed)? to|has to|have to|be careful|remember to|recommended|no longer|"
    r"expect(?:s|ed)?|at least|at most|by default|unless|mandate[sd]?|convention|no need)\b",
    re.IGNORECASE,
)
_IMPERATIVE = expression(
    r"(?:please )?(?:add|always|annotate|apply|ask|assert|avoid|build|call|catch|check|choose|commit|"
    r"configure|"
    r"consider|convert|create|declare|default|define|delete|describe|document|ensure|enable|escape|export|"
    r"extract|favou?r|fix|follow|format|generate|group|handle|implement|import|include|inherit|inject|"
    r"install|keep|lean|let|limit|link|list|log|maintain|make|mark|match|minimi[sz]e|mock|move|name|never|"
    r"no|not|only|omit|open|order|pass|pin|place|point|prefer|prefix|preserve|provide|put|raise|rebase|"
    r"read|refer|register|reject|remove|rename|replace|require|respect|return|reuse|review|run|separate|"
    r"set|share|skip|sort|split|squash|stop|store|strip|structure|submit|support|test|treat|trim|try|type|"
    r"update|upgrade|use|validate|verify|wait|wrap|write)\b",
    re.IGNORECASE,
)
# Whole sections that hold no rule of the project.
_FILLER_HEADING = expression(
    r"^(?:table of contents|contents|toc|licen[cs]e|licensing|code of conduct|our pledge|our standards|"
    r"enforcement.*|acknowledge?ments?|credits|contributors|authors?|thanks?(?: you)?|sponsors?|support us|"
    r"contact(?: us)?|community(?: .*)?|getting (?:help|support)|get help|need help.*|help|questions?\??|"
    r"have (?:a )?questions?.*|resources|references|(?:external |useful |quick )?links|see also|"
    r"further reading|related(?: .*)?|about(?: us| the authors?)?|star history|changelog|"
    r"(?:reporting |report |submit(?:ting)? |filing )?(?:an? )?(?:bugs?|issues?)(?: reports?| reporting)?|"
    r"(?:suggest\w*|request\w*|propos\w*) .*(?:features?|enhancements?)|feature requests?|"
    r"where (?:can|do|should) i .*|what (?:can|should) i .*|ways to contribute.*|how can i contribute\??|"
    r"i (?:want|just) .*|join (?:the|us|our).*|attribution|financial contributions|first[- ]time .*|"
    r"documentation links|learn more|recognition|contributor licen[cs]e agreement|cla|legal.*)$",
    re.IGNORECASE,
)
# A heading that adds nothing to what stands below it.
_EMPTY_HEADING = expression(
    r"^(?:(?:general|important|key|core|basic|coding|development|additional|project|critical|main|other|"
    r"contribution|contributing|agent|ai|claude|cursor|copilot|the|your|our|some|code)[ -]*)*"
    r"(?:rules?|guidelines?|guides?|instructions?|notes?|overview|introduction|general|important|"
    r"contributing"
    r"|principles?|details|summary|basics|about|guidance|how to contribute|misc(?:ellaneous)?|tips|agents?"
    r"|development|reminders?|information|readme|contributions?|contributors?|project|context|description"
    r"|agents\.md|claude\.md|gemini\.md)?$",
    re.IGNORECASE,
)
_GREETING = expression(
    r"\b(?:thank(?:s| you)|welcome|opportunit(?:y|ies) to contribute|we (?:love|appreciate|are happy|"
    r"'re happy)|happy (?:coding|hacking)|"
    r"contributions? (?:are|is) |pull requests? (?:are )?welcome|feel free|excited|awesome|glad you|"
    r"good first issue|code of conduct|licen[cs]ed under|by contributing|star the repo|join (?:us|"
    r"our|the) |"
    r"our (?:discord|slack|forum|mailing list)|copyright)\b",
    re.IGNORECASE,
)
_ROLE_PLAY = expression(r"^(?:you are|act as|you're) (?:an? |the )", re.IGNORECASE)
_ABOUT_ITSELF = expression(
    r"^(?:this (?:file|document|guide|page|section)|these (?:are )?(?:guidelines|instructions|rules)"
    r"|the following|here (?:are|is)|below (?:are|is)|in this (?:file|document|guide|section))\b",
    re.IGNORECASE,
)
_POINTER = expression(
    r"(?:(?:also )?(?:see|read|refer to|check out|check|consult|visit|more (?:details|information))\b[^.]*"
    r"|for [^.]{3,120}, (?:please )?(?:see|refer to|check|read|visit|consult)\b.*)\.?$",
    re.IGNORECASE,
)
_GIT_CHORES = expression(
    r"\bfork(?:ed|ing)?\b|git clone|clone (?:the|your|this)|git checkout -b|git push origin|"
    r"\b(?:open|create|submit|send) (?:an?|your|the) (?:pull request|pr|issue|new issue|bug report)\b|"
    r"existing issues?|search (?:the |for )?(?:issues|existing)|create a (?:new )?branch|"
    r"steps to reproduce|reproduc(?:e|ible|tion)|bug report|new to (?:open source|git)",
    re.IGNORECASE,
)
# What a rule for code speaks of; advice on manners speaks of none of it.
_TECHNICAL = expression(
    r"\b(?:tests?|testing|lint\w*|format\w*|types?|typed|typing|commits?|branch(?:es)?|changelogs?|"
    r"changesets?|"
    r"docs?|documentation|docstrings?|apis?|releases?|build|builds|ci|versions?|dependenc(?:y|ies)|"
    r"style|files?|"
    r"folders?|director(?:y|ies)|imports?|benchmarks?|snapshots?|coverage|deprecat\w*|compatib\w*|"
    r"code|patch(?:es)?"
    r"|migrations?|schema|database|modules?|packages?|functions?|class(?:es)?|methods?|variables?|"
    r"names?|naming"
    r"|comments?|errors?|exceptions?|logging|logs?|titles?|messages?|pep|semver|squash|rebase|merge[ds]?"
    r"|news|fragments?|fixtures?|scripts?|config\w*|environment|secrets?|security|tabs|spaces|indent\w*)\b",
    re.IGNORECASE,
)
_MANNERS = expression(
    r"\b(?:encourag\w*|responsib\w*|respectful\w*|polite\w*|discourag\w*|opinions?|empower\w*|overwhelm\w*|"
    r"intimidat\w*|impressions?|succumb|collaborat\w*|kind|patient|patience|enjoy|beginners?|newcomers?|"
    r"mentor\w*|don['’]t worry|don['’]t know|no idea|if you(?:['’]d| would) like|"
    r"if you want to (?:help|contribute|work)|"
    r"you (?:can|may) also|maintainers? will|we(?:['’]ll| will) (?:review|try|get)|"
    r"when it comes to open source)\b",
    re.IGNORECASE,
)
_LEANING = expression(
    r"(?:this|that|these|those|it|they|otherwise|however|in particular|in that case|if (?:that|this|"
    r"so|not)|also|"
    r"then|instead|therefore|thus|so|but|and|for example|e\.g\.|similarly|likewise|additionally|"
    r"in addition|"
    r"after that|as above|as mentioned)\b",
    re.IGNORECASE,
)
_NEGATING = expression(
    r"\b(?:not|never|no|without|avoid\w*|forbid\w*|forbidden|prohibit\w*|reject\w*|wrong|bad|incorrect|"
    r"anti[- ]?patterns?|mistakes?|pitfalls?|stop|cannot|disallow\w*|deprecated|\w+n['’]t|dont|"
    r"out of scope)\b|[❌🚫⛔✗✘]",
    re.IGNORECASE,
)
_PAGES = expression(r"`[^`]*\.(?:md|rst|mdx)(?:#[^`]*)?`")
_TREE = expression(r"[├└│]")


def plain(text: str) -> str:
    """Return Markdown as one line without links, emphasis and tags; code keeps its backticks."""
    parts = _CODE_SPAN.split(_IMAGE.sub("", text))
    parts[::2] = [_unmarked(part) for part in parts[::2]]
    return _SPACE.sub(" ", _CHECKBOX.sub("", "".join(parts).strip())).strip()


def heading(text: str) -> str:
    """Return a heading as words: without numbering, symbols and marks."""
    bare = _SYMBOLS.sub("", _ATTRIBUTES.sub("", plain(text)))
    return _SYMBOLS.sub("", _NUMBERED.sub("", bare)).strip()


def is_filler_heading(text: str) -> bool:
    """Tell whether nothing below a heading is a rule: licence, thanks, where to ask."""
    return bool(_FILLER_HEADING.match(heading(text)))


def is_empty_heading(text: str) -> bool:
    """Tell whether a heading says nothing of what stands below it."""
    return not text or bool(_EMPTY_HEADING.match(text))


def has_code(text: str) -> bool:
    """Tell whether something in a text is set as code."""
    return "`" in text


def is_normative(text: str) -> bool:
    """Tell whether a text demands or forbids something."""
    return bool(NORMATIVE.search(text) or _IMPERATIVE.match(text.lstrip("\"'(`")))


def count_words(text: str) -> int:
    """Return how many words a text has, code and addresses left out."""
    return len(_WORD.findall(_ADDRESS.sub(" ", _CODE_SPAN.sub(" ", text))))


def is_filler(text: str, *, strict: bool) -> bool:
    """Tell whether a statement is none that anyone needs to remember.

    Args:
        text: as plain() gives it.
        strict: whether it comes from a file for people, where most of what is said is no rule.
    """
    code = has_code(text)
    words = count_words(text)
    if " " not in text and not has_code(text):
        return True
    if _TREE.search(text) or (words < SHORTEST_RULE and not code) or (words == 0 and len(text) < 12):
        return True
    if _points_elsewhere(text) and not NORMATIVE.search(text):
        return True
    if _ROLE_PLAY.match(text) or _POINTER.match(text) or (_ABOUT_ITSELF.match(text) and len(text) < 300):
        return True
    if _ADDRESS.search(text) and count_words(text) < 2 * SHORTEST_RULE:
        return True
    if not strict:
        return bool(_GREETING.search(text)) and not NORMATIVE.search(text)
    if _GREETING.search(text) or _GIT_CHORES.search(text) or _MANNERS.search(text):
        return True
    return not (is_normative(text) or code) or not (code or _TECHNICAL.search(text))


def is_negating(text: str) -> bool:
    """Tell whether what stands below a heading may be what is not to be done."""
    return bool(_NEGATING.search(text))


def _points_elsewhere(text: str) -> bool:
    """Tell whether a statement says no more than which page to read."""
    rest = _PAGES.sub("", text)
    return rest != text and not has_code(rest) and count_words(rest) <= 2 * SHORTEST_RULE


def leans_back(text: str) -> bool:
    """Tell whether a sentence needs the one before it to be understood."""
    return bool(_LEANING.match(text))


def _unmarked(part: str) -> str:
    part = _LINK.sub(r"\1", _TAG.sub("", part))
    return _ESCAPED.sub(r"\1", _EMPHASIS.sub(r"\1", _STRONG.sub("", part)))
