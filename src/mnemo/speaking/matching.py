"""Which claims a text clearly speaks of, without anybody having asked.

A recall may offer the best of what it has; a hook must be sure, since nobody asked. Three measures decide.
The share: how much of what the text could have matched was matched, words that no claim knows counted as the
rarest. The words: how many of those matched are no everyday talk among developers; one is enough where it is
a rare identifier, the topic that a claim opens with, or joined by everyday ones, and none where a request
says most of a short claim. The surprise: how unlikely it is that any claim of this store shares them by
chance, which keeps a large store as quiet as a small one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from math import comb, log

from mnemo import text
from mnemo.light import NamedTuple
from mnemo.retrieval.rarity import idf
from mnemo.store import glance, search
from mnemo.store.connections import Connection

LONGEST = 8_000  # characters of a prompt or an edit that are looked at
MOST_GROUPS = 120
COUNTED = 14  # of a long text, the most telling words are what it could have matched
COMMON = 500  # claims that hold a word from which it tells nothing, in a store of any size …
COMMON_SHARE = 0.2  # … and the share of a small one's claims
FEW = 5  # claims that may always hold a word
POSTINGS = 600  # rows that the words asked for may have together
MOST_ASKED = 12
PAGE = 24
# A word of everyday talk tells no more than one that every tenth claim holds.
EVERYDAY_IDF = 2.2
SHORTEST = 3  # characters of a word that is no mere variable
# Chosen by tests/benchmarks/speaking.py on five repositories, both halves of their tasks looked at.
LEAST_WORDS, LEAST_WORDS_IN_ALL = 2, 3
LEAST_SURPRISE, LEAST_SURPRISE_OF_AN_EDIT = -4.0, 1.0
RARE = 4.0  # what an identifier has to tell to stand alone
# What a word has to tell that stands among the first ones of a claim, which say what it is about.
LEAST_TOPIC, OPENING = 3.5, 4
# Two words of which one is everyday talk; in a store of hundreds they seldom get there.
LEAST_PAIR, LEAST_SURPRISE_OF_A_PAIR = 2, 1.0
# A handful of claims does not show which words are rare: they are weighed as if there were so many.
LEAST_TOTAL = 100
# Everyday talk alone is enough where it is most of a request and a good part of a short claim.
LEAST_PLAIN, LEAST_OF_REQUEST, LEAST_OF_CLAIM = 3, 0.6, 0.5

# Written as they are indexed, so that nothing is stemmed when a hook starts.
EVERYDAY = frozenset(
    """
    account action add address admin agre allow alpha alwai amend amount analys analyz annoi anoth anyth api
    app appli applic apt around ask author avatar back bad badg base bash basic beautifi becom behavior
    behaviour believ beta better big biggest bit block board bodi boss bot branch break brew broken browser
    bug build built bump button cach calendar call cannot caption case caus cell chang changelog chart check
    cherri choos ci class clean cleanup clear cli click client clock code colleagu color colour column come
    command comment commit common compil complet config configur confirm confus consid consist consol constant
    contain contribut contributor copyright correct count cpu crash creat css csv current custom dai dashboard
    data databas date dead deadlin debian debug decid dedupl default defin delet depend deploi describ
    descript design desktop detail dev develop diagram dialog differ directori disabl disk displai doc docker
    document done doubl download drop due duplic easi edit editorconfig eight els email empti enabl end
    endpoint english ensur entri env environ error even event everi exampl exist expect explain extra fail
    failur fast faster featur field figur file final find fine first five fix fixup flag flaki folder follow
    font footer form format formatt found four freez french full func function gener german get gitignor give
    go good grammar great group guess guid half handl hang happen hardcod head header health hello help helper
    high hint hold hook hope host hour html huge hundr icon idea ignor imag implement import improv includ
    info input insid instal instead intern investig issu item job json keep kei keyboard kind know languag
    laptop larg largest last later lead leav less let level lib librari licenc licens like line link lint
    linter linux list littl load local localhost log logger logic login long look lot low mac machin maco
    magic mail main maintain make makefil man manag mani markdown match mayb mean meet member memori menu merg
    messag method migrat million minor minut miss mobil modal mode model modern modul monitor month mous move
    much multipl must name nav navig need never new next nice nine note noth notic notif npm number object odd
    old on open option order output packag page paragraph paramet part pass password path pdf peopl percent
    perform person phone photo pictur pip pipelin place pleas point polish port possibl post pr pre prefer
    prepar pretti prevent previou price print problem process produc product profil program progress project
    proper properli provid public pull push put python question quick quickli quit rais ram random rate read
    readabl readm realiz realli reason rebas reduc refactor refer reformat regress relat releas remov renam
    reorgan repo report repositori request requir reset respons restructur result return review rewrit right
    root row run sai save screen screenshot script scroll search second see seem select send sentenc separ
    server set setup seven sever shell short shortcut show side sidebar signup similar simpl simplifi singl
    site six size slow small smallest snippet solut someon someth sometim sourc specif specifi speed spell
    squash stage start state statist stderr stdout step still stop strang string stuck style suggest suit
    summari support sure switch system tab tabl take team tell templat ten termin test text thank thing think
    thousand three tidi time timeout tini todai togeth tomorrow tool top total track translat true try turn
    tutori two txt type typo ubuntu ugli unclear understand unit unus updat upgrad upload url us usag user
    util valid valu variabl verbos version via video view wai wait want warn websit week weekend weird well
    whether whole widget window without wonder word work workaround workflow world wors worst wrap write wrong
    xml yaml yarn ye year yesterdai yet zero zip zsh
    """.split()
)

PUNCTUATION = "!\"#$%&'()*+,-./:;<=>?@[\\]^`{|}~"
_APART = dict.fromkeys(map(ord, PUNCTUATION), " ")


class Group(NamedTuple):
    """One word as it was typed.

    Args:
        forms: its indexed forms between blanks with how much each tells, the most telling first.
    """

    forms: tuple[tuple[str, float], ...]

    @property
    def value(self) -> float:
        """What it could give at most."""
        return self.forms[0][1]


class Sought(NamedTuple):
    """A text as it is looked for.

    Args:
        groups: its distinct words.
        asked: the words of which a claim must hold one to be looked at, rarest first.
        known: the indexed words that some claim holds.
        total: claims in the store.
        most: what a claim could match at most.
        plain: its words of everyday talk, between blanks.
        names: its identifiers, between blanks.
    """

    groups: tuple[Group, ...]
    asked: tuple[str, ...]
    known: frozenset[str]
    total: int
    most: float
    plain: frozenset[str]
    names: frozenset[str]


class Weight(NamedTuple):
    """How much of a text a claim holds.

    Args:
        got: the sum of what its matched words tell.
        share: of what could have been matched.
        surprise: got less what chance brings in a store and a text of this size.
        words: how many distinct words matched that are no everyday talk.
        enough: whether fewer than two of them are enough: a rare identifier, one with others of everyday
            talk, or everyday talk that says the same.
    """

    got: float
    share: float
    surprise: float
    words: int
    enough: bool


class Match(NamedTuple):
    """A claim that holds words of a text.

    Args:
        claim: its row.
        weight: how much it holds.
        edit: whether the text is one that is written, of which more has to match.
    """

    claim: int
    weight: Weight
    edit: bool = False


def sought(
    connection: Connection, prompt: str = "", *, path: str = "", words: tuple[str, ...] = ()
) -> Sought:
    """Return what a text asks of the store.

    Args:
        prompt: a prompt, or new text.
        path: a file whose name counts as words too.
        words: indexed words that were known before, such as an earlier prompt's.
    """
    typed: dict[tuple[str, ...], None] = dict.fromkeys((word,) for word in words)
    names: set[str] = set()
    for forms, name in _typed(f"{path} {prompt[:LONGEST]}"):
        typed[forms] = None
        if name:
            names.add(f" {forms[0]} ")
        if len(typed) >= MOST_GROUPS:
            break
    every = list(dict.fromkeys(form for forms in typed for form in forms))
    total = glance.count_indexed(connection)
    most = min(COMMON, max(FEW, int(COMMON_SHARE * total)))
    held = glance.count_holding(connection, every, most)
    plain = {word for word in every if is_plain(word) or held.get(word) == most}
    telling = {word: _telling(total, held.get(word, 0)) for word in every}
    telling |= {word: min(telling[word], EVERYDAY_IDF) for word in plain}
    groups = tuple(
        Group(tuple(sorted(((f" {word} ", telling[word]) for word in forms), key=lambda pair: -pair[1])))
        for forms in typed
    )
    attainable = sum(sorted((group.value for group in groups), reverse=True)[:COUNTED])
    dull = frozenset(f" {word} " for word in plain)
    asked = _asked({word: count for word, count in held.items() if count < most}, telling)
    return Sought(groups, asked, frozenset(held), total, attainable, dull, frozenset(names))


def known_words(wanted: Sought) -> tuple[str, ...]:
    """Return the most telling known form of each word sought."""
    forms = ([form.strip() for form, _ in group.forms] for group in wanted.groups)
    best = (next((form for form in some if form in wanted.known), "") for some in forms)
    return tuple(dict.fromkeys(form for form in best if form))


def special_words(wanted: Sought) -> tuple[str, ...]:
    """Return the forms sought that some claim holds and that are no everyday talk, the most telling first."""
    forms = ((value, form) for group in wanted.groups for form, value in group.forms)
    telling = sorted(
        ((value, form.strip()) for value, form in forms if form not in wanted.plain), reverse=True
    )
    return tuple(dict.fromkeys(form for _, form in telling if form in wanted.known))


def matches(connection: Connection, wanted: Sought, *, edit: bool = False) -> list[Match]:
    """Return the claims that hold the rarest words sought, the least likely by chance first.

    Args:
        connection: a reader.
        wanted: what is looked for.
        edit: whether it is a text that is written.
    """
    if not wanted.asked or not wanted.most:
        return []
    held = search.texts_of(connection, _likeliest(connection, wanted))
    found = [Match(claim, weighed(wanted, words), edit) for claim, words in held.items()]
    # Of equals the shortest: more of it speaks of what is sought.
    return sorted(
        found, key=lambda one: (-one.weight.surprise, -one.weight.share, len(held[one.claim]), -one.claim)
    )


def _likeliest(connection: Connection, wanted: Sought) -> list[int]:
    """Return the claims whose words asked for tell most together, the newest first among equals.

    SQLite's own score would read the lengths of all that hold one of them, which takes four times as long.
    """
    telling = {form.strip(): value for group in wanted.groups for form, value in group.forms}
    got: dict[int, float] = {}
    for word in wanted.asked:
        for claim in search.holding(connection, word, COMMON):
            got[claim] = got.get(claim, 0.0) + telling[word]
    return sorted(got, key=lambda claim: (-got[claim], -claim))[:PAGE]


def weighed(wanted: Sought, held: str) -> Weight:
    """Return how much a claim holds of what is sought.

    Args:
        wanted: what is looked for.
        held: the claim's analysed words, a blank before and behind each.
    """
    seen: dict[str, float] = {}
    for group in wanted.groups:
        for form, value in group.forms:
            if form in held:
                seen[form] = value  # parser and parsers are one word
                break
    got = sum(seen.values())
    chance = log(wanted.total + 1) + log(comb(max(len(wanted.groups), len(seen)), len(seen)))
    special = [form for form in seen if form not in wanted.plain]
    surprise = got - chance
    named = any(form in wanted.names and seen[form] >= RARE for form in special)
    mixed = bool(special) and len(seen) >= LEAST_WORDS_IN_ALL and surprise >= LEAST_SURPRISE
    pair = bool(special) and _is_pair(seen) and surprise >= LEAST_SURPRISE_OF_A_PAIR
    share = min(1.0, got / wanted.most) if wanted.most else 0.0
    enough = named or mixed or pair or _is_restated(len(seen), len(wanted.groups), held)
    enough = enough or _is_topic([form for form in special if seen[form] >= LEAST_TOPIC], held)
    return Weight(got, share, surprise, len(special), enough)


def is_clear(match: Match, floor: float) -> bool:
    """Tell whether a match is worth interrupting for.

    Args:
        match: a claim and how much it holds of a text.
        floor: least share of what could have been matched.
    """
    weight = match.weight
    if weight.share < floor:
        return False
    if match.edit:
        return weight.words >= LEAST_WORDS and weight.surprise >= LEAST_SURPRISE_OF_AN_EDIT
    return weight.enough or (weight.words >= LEAST_WORDS and weight.surprise >= LEAST_SURPRISE)


def named_by(connection: Connection, path: str, words: tuple[str, ...]) -> list[Match]:
    """Return the claims that speak both of a file by its name and of what the last prompt asked about.

    Args:
        connection: a reader.
        path: the file.
        words: the prompt's, as they are indexed.
    """
    name = path.rpartition("/")[2]
    stem = name.lstrip(".").partition(".")[0]
    whole, *parts = text.words(stem) or [""]
    if not stem.isidentifier():  # such as user-session: two words, and none of them is the whole
        whole, parts = "", [whole, *parts]
    wanted = sought(connection, path=name, words=words)
    asked = [word for word in words if f" {word} " not in wanted.plain]
    special = [word for word in parts or [whole] if word and f" {word} " not in wanted.plain]
    if not asked or not special:
        return []
    found = matches(connection, wanted)
    held = search.texts_of(connection, [one.claim for one in found])
    return [one for one in found if _speaks_of(held[one.claim], whole, special, asked)]


def _speaks_of(held: str, whole: str, parts: list[str], asked: list[str]) -> bool:
    """Tell whether a claim holds a file's name, whole or in all its parts, and a word of the prompt."""
    named = (bool(whole) and f" {whole} " in held) or all(f" {part} " in held for part in parts)
    return named and any(f" {word} " in held for word in asked if word not in parts and word != whole)


def _is_topic(forms: list[str], held: str) -> bool:
    """Tell whether one of some rare words says what a claim is about: it stands among the first ones."""
    opening = held.split(" ", OPENING + 1)[1 : OPENING + 1] if forms else []
    rare = [form.strip() for form in forms if form.strip() in opening]
    if not rare:
        return False
    from mnemo.speaking.usual import USUAL

    return not USUAL.issuperset(rare)


def _telling(total: int, held: int) -> float:
    """Return how much a word tells; in a small store each claim behind the first counts for its share."""
    if total >= LEAST_TOTAL or held < 1:
        return idf(max(total, LEAST_TOTAL), held)
    return idf(LEAST_TOTAL, 1 + round((held - 1) * LEAST_TOTAL / total))


def _is_pair(seen: Iterable[str]) -> bool:
    """Tell whether two words matched that are longer than a file's ending or a variable."""
    return sum(len(form.strip()) >= SHORTEST for form in seen) >= LEAST_PAIR


def _is_restated(words: int, asked: int, held: str) -> bool:
    """Tell whether a request and a claim share so many of their words that they speak of the same."""
    least = max(LEAST_PLAIN, LEAST_OF_REQUEST * asked)
    return words >= least and words >= LEAST_OF_CLAIM * len(set(held.split()))


def is_plain(word: str) -> bool:
    """Tell whether an indexed word is everyday talk among developers, or no word at all."""
    return word in EVERYDAY or len(word) < SHORTEST or word.isdigit()


def _asked(held: dict[str, int], telling: dict[str, float]) -> tuple[str, ...]:
    """Return the rarest words that claims hold, as many as a bounded number of rows allows."""
    chosen: list[str] = []
    rows = 0
    for word in sorted(held, key=lambda word: (-telling[word], held[word]))[:MOST_ASKED]:
        rows += held[word]
        if chosen and rows > POSTINGS:
            break
        chosen.append(word)
    return tuple(chosen)


def _typed(prompt: str) -> Iterator[tuple[tuple[str, ...], bool]]:
    """Yield the indexed forms of each word as typed, and whether it is an identifier.

    Of scripts without blanks each pair of letters counts by itself. A version is one word: its numbers say
    nothing apart, and beside each other they are looked for as a phrase.
    """
    for typed in prompt.split():
        if numbers := _version(typed):
            yield (" ".join(numbers),), True
            continue
        marked = "`" in typed or typed.startswith("--")  # `name` and --option
        for token in typed.translate(_APART).split():
            forms = tuple(dict.fromkeys(text.words(token)))
            if not token.isascii():
                yield from (((form,), False) for form in forms)
            elif forms:
                yield forms, marked or _is_identifier(token)


def _version(typed: str) -> list[str]:
    """Return the numbers of a version, such as v1.5.2 or 2.8; none of anything else."""
    numbers = typed.strip(PUNCTUATION).lower().removeprefix("v").split(".")
    return numbers if len(numbers) > 1 and typed.isascii() and all(map(str.isdigit, numbers)) else []


def _is_identifier(token: str) -> bool:
    if "_" in token.strip("_"):
        return True
    letters = any(letter.isalpha() for letter in token)
    digits = any(letter.isdigit() for letter in token)
    mixed = token[1:] != token[1:].lower() and token != token.upper()
    return letters and (digits or mixed)
