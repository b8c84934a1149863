"""Questions of a newcomer that name no thing: why is it built so, what breaks, what was tried.

No word of such a question stands in the claim that answers it; the kind of claim is what is asked for.
"""

from __future__ import annotations

from mnemo import text
from mnemo.light import expression

MOST_LETTERS = 200  # of a question; who writes more names something

# Words that speak of a kind of claim, or of nothing in particular.
_KINDS = {
    "decisions": "why reason reasons rationale decided decision decisions chosen chose choose choices choice"
    " built build made designed instead",
    "patterns": "pattern patterns convention conventions rule rules standard standards style styles"
    " guideline guidelines practice practices follow followed follows habit habits",
    "tasks": "progress task tasks todo todos open pending unfinished working next underway left"
    " blocked remaining planned doing status ongoing",
    "issues": "break breaks broken breaking bug bugs fail fails failing issue issues problem problems"
    " gotcha gotchas pitfall pitfalls wrong crash crashes flaky fragile trap traps hurts caution careful",
    "history": "tried try attempts attempt attempted abandoned failed reverted dead ends end earlier"
    " history before past experiments",
    "architecture": "architecture structure structured organised organized components component layout"
    " overview modules module design",
    "dependencies": "dependency dependencies library libraries package packages",
}
_NEUTRAL = set(
    """project code codebase repo repository repositories software system program app way ways thing things
    everything anything something like work works worked know known tell show list give explain summary please
    currently right today must need use used using done happened happening going go gone already been get got
    look looks team people us stuff part parts main important s t isn wasn didn doesn don hasn haven aren new
    far yet still ever usually often tend tends always never make current state""".split()
)
_DOMAINS = {word: domain for domain, words in _KINDS.items() for word in words.split()}
_WORD = expression(r"[^\W_]+")
# Stop words that point to a kind all the same.
_TELLING = ("why", "before")


def asked_domain(query: str) -> str:
    """Return the domain that a question asks for as a whole, empty where it names anything else.

    Args:
        query: a question in English.
    """
    if len(query) > MOST_LETTERS:
        return ""
    votes: dict[str, int] = {}
    for word in _WORD.findall(query.lower()):
        domain = _DOMAINS.get(word, "")
        if domain and (word not in text.STOP_WORDS or word in _TELLING):
            votes[domain] = votes.get(domain, 0) + 1
        elif not domain and word not in text.STOP_WORDS and word not in _NEUTRAL:
            return ""
    return max(votes, key=lambda domain: votes[domain], default="")
