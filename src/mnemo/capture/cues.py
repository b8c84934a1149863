"""The words that show a decision, a cause or a dead end, and those that speak against one.

Verbose patterns over lower-cased sentences; what may stand between two words is bounded, so that no sentence
takes long.
"""

from __future__ import annotations

DECISION, CAUSE, DEAD_END = "decisions", "issues", "history"
ANNOUNCED, STRONG, WEAK, BARE = 3, 2, 1, 0

# Only sentences that hold one of these are looked at closely: plain search is fast.
HINTS = (
    "decid", "decision", "chose", "choice", "settl", "opted", "opting", "went with", "go with",
    "going with", "reject", "ruled out", "turned down", "agree", "instead", "rather", "purpose",
    "deliberate", "intention", "by design", "option", "record", "because", "since", "due to", "owing",
    "so that", "reason", "cause", "culprit", "turn", "that's why", "that is why", "which is why",
    "this is why", "explains", "wrong", "trac", "comes from", "came from", "come from", "coming from",
    "stem", "boils", "dead end", "dead-end", "gave up", "give up", "given up", "giving up", "had to",
    "have to", "revert", "rolled back", "backed out", "abandon", "scrap", "worth", "n't", "n’t", "not ",
    "tried", "attempt", "experiment", "none of", "no gain", "no luck", "without", "slower", "worse",
    "never", "always", "must", "stay", "pinned", "switched", "moved", "migrat", "keep", "kept", "we ",
    "we'", "we’", "lies in", "lay in", "problem", "issue", "bug", "race", "leak", "fault", "therefore",
    "thus", "hence", "in the end", "ended up", "let's", "let’s", "lets use", "let us", "cannot", "drop",
    "favo", "policy", "convention", "rule", "no more", "avoid", "stop using", "as we", "as our", "as the",
    "as it", "as they", "what ", "over ", "found", "verdict", "conclu", "consensus", "rationale", "blame",
    "responsible", "regress", "broke", "lack", "missing", "stick", "stuck", "discard", "standardi",
    "commit", "picked", "fails", "failed", "trigger", "introduced by", "led to", "leads to", "no effect",
    "no difference", "from now on", "unusable", "hit a wall", "pan out", "landed on", "required by",
    " it is", "required", "mandatory", "forbidden", "allowed", "tempting", "obvious", "first ", "not using",
    " out", "is what", "'s what", "whenever", ", so ", "throws", "raises", "overflow", "deadlock", "which ",
    "waits", "use ", "prefer", "kill", "ditch", "shelv", "parked", "dismiss", "declin", "adopt", "select",
    "take", "took", "taken", "back on", "back to", "turned", "winner", "wins", "won ", "comes down",
    "came down", "happens", "behind", "everywhere", "throughout", "exception", "only ", "no ", "nope",
    "unfortunate", "sadly", "pull", "spik", "prototyp", "evaluat", "compar", "result of", "side effect",
    "consequence", "thanks to", "got rid", "explained", "remain", "staying", "nowhere", "in vain", "avail",
    "pin it", "pin down", "narrow", "wound up", "started", "aggrav", "worsen", "backfir", "left ",
    "most of", "bulk", "%", "looked at", "looked into", "consider",
)  # fmt: skip

_WE = r"(?:we|we['’](?:ve|re|ll)|i|i['’]ve|they|you|team|everyone|everybody|management|legal|ops|security)"
_CHOSE = r"""(?: decided | decide | chose | chosen | agreed | opted\ (?:for|to|against) | rejected |
        ruled\ out | settled\ (?:on|for) | landed\ on | turned\ down | committed\ to | standardi[sz]ed?\ on
    | picked | kept | concluded | passed\ (?:up\ )?on | left\ out | left\ (?:\S+\ ){1,4}out | steered\ clear
        | declined | refrained
    | went\ (?:with|for) | go\ with | going\ with | dropped | dropping | discarded | vetoed | stuck\ with
    | stick(?:ing)?\ (?:with|to) | stay(?:ing)?\ with | switched\ (?:from|to|away|over|back) |
        moved\ (?:away|from|off)
    | migrated\ (?:from|to|away) )"""
_TAKE = r"""(?: cho[so]se\w* | pick\w* | select\w* | t[ao]ke?\w* | took | ke[ep]p\w* | kept | stay\w*
    | remain\w* | stick\w* | use[ds]? | using | prefer\w* | adopt\w* | go(?:ing)? | went | opt\w*
    | buil[dt]\w* | write | wrote | stor\w+ | model\w* | pass | put )"""
_TROUBLE = r"""(?: cause | reason | culprit | problem | issue | bug | race | leak | error | crash | hang
        | failure
    | obstacle | blocker | hurdle | snag | slowness | flakiness | mistake | trouble | bottleneck
        | regression | deadlock | fault | delay | slowdown
    | off-by-one | corruption | mismatch | outage | timeout | breakage | spike | exception | segfault )"""
_REASON = r"""(?: because | since(?!\ (?:yesterday|last|then|v?\d|friday|monday)) | due\ to | owing\ to |
        given\ that
    | as\ (?:we|our|the|it|they|a)\b(?!\ (?:is|was|are|were)\b) | so\ that | thanks\ to | in\ order\ to
        | for\ \w+\ reasons? )"""
_FAILS = r"""(?: fail\w* | br[eo]k\w* | crash\w* | h[au]ng\w* | leak\w* | happen\w* | occur\w* |
        tim(?:ed|es)\ out
    | missing | lost | disappear\w* | slow\w* | wrong | stale | corrupt\w* | duplicate\w* | twice |
        stopp\w* | empty
    | flak\w* | rejected | never\ \w+ | block\w* | stuck | dont | cannot
    | (?:did|does|do|is|was|are|were|could|can|would)(?:n['’]?t|\ not|not) )"""
_NOT = r"(?:n['’]?t|\ not|not)"
_SOFT = r"(?:\ (?:really|actually|even|at\ all|just|simply))?"

_TRY = r"""(?: tr(?:y|ied|ying|ies) | attempt\w* | experiment\w* | prototyp\w+ | spiked | played\ with
    | toyed\ with | tested | evaluated | benchmarked | gave\ (?:it|this|that|\S+)\ a\ (?:\w+\ )?
    (?:try|shot|go|spin) | first\ (?:cut|version|attempt|try|approach)
        | the\ (?:approach|idea|experiment|detour)
    | went\ down | looked\ (?:at|into)\ (?:\w+ing|using) | considered )"""
# What shows that a try led nowhere.
_SETBACK = r"""\b (?: but | however | unfortunately | sadly | alas | only\ to
        | no\ (?:luck|gain|success|effect
    |improvement|difference|bearing) | to\ no\ avail | in\ vain | nowhere | slow\w* | worse\w* | aggravat\w+
    | degrad\w+ | regress\w* | twice\ (?:the|as) | doubled | tripled | grew | ballooned | fail\w* | broke
    | crash\w* | non-?starter | too\ (?:slow|much|many|big|large|fragile|brittle|expensive|complex|heavy)
    | taken?\ (?:\w+\ )?(?:out|back) | (?:turned|rolled|went|back)\ back | reverted
        | (?:did|does|do|would|could
    |wo|is|was|are|were|has|ca)(?:n['’]?t|\ not|not) | lost | ignor\w+ | none | never
        | not\ (?:compil|work|support|possib)\w* ) \b"""
UNDONE = r"""(?: killed | scrapped | shelved | parked | ditched | abandoned | reverted | binned | nixed
        | dropped
    | discarded | dismissed | discontinued | withdrawn | (?:rolled|turned|turn|backed|went|go|fell|fall|taken
    |took|pulled|ripped)\ (?:\w+\ ){0,2}(?:back|out|off)
        | back\ (?:on|to|at)\ (?!you|it\b|track|normal|the\ user)
    )"""

# What each sentence is tried for, in this order: who turned back says more than why something else was taken.
CUES: tuple[tuple[str, int, str], ...] = (
    (DEAD_END, STRONG, r"""\b dead[ -]end \b | \b not\ (?:using|going\ with|doing)\ (?:it|that|this) \b | \b
        (?:gave|given|give|giving)\ up\ (?:on|with|the|that|trying) \b
        | \b gave\ (?:it|that|this)\ up \b | \b no\ luck \b | \b (?:led|leads|went|goes)\ nowhere \b
        | \b in\ vain \b | \b to\ no\ avail \b | \b hit\ a\ wall \b"""),
    (DEAD_END, STRONG, r"""\b (?:had|have|needed|forced)\ to\ (?:be\ )? (?: revert\w* | go\ back | undo |
        undone
        | back\ (?:it\ )?out | roll(?:ed)?\ (?:it\ )?back | abandon\w* | drop(?:ped)? | give\ up | throw
        | scrap\w* )"""),
    (DEAD_END, STRONG, r"""\b
        (?:i|we|and|then|so|therefore|was|were|again|been|ultimately|eventually)\ (?:have\ )?
        (?: reverted | rolled\ (?:\w+\ )?back | backed\ (?:it\ )?out | undid | abandoned | scrapped |
        discarded ) \b"""),
    (DEAD_END, STRONG, rf"""\b
        (?:did|does|do|would|will|is|are|was|were|has|ca|could|wo){_NOT}{_SOFT}\ (?: help(?!\ text)
        | pay\ off | pan\ out | worth | make\ (?:a|any|much)\ difference | an?\ (?:viable\ )?option |
        feasible | viable
        | scale | gain | buy\ us | bring | give\ us | going\ to\ work ) \b
        | \b not\ worth \b | \b (?:had|has|have|made)\ no\ (?:\w+\ )?(?:effect|difference) \b
        | \b wo{_NOT}{_SOFT}\ (?:help|work) \b [^.]{{0,140}} \b (?:because|since|as) \b"""),
    (DEAD_END, STRONG, rf"""\b
        (?:tried|attempted|experiment(?:ed)?|trial|attempt|approach|idea|variant)s? \b .{{0,140}}?
        (?: \b (?: but | however | not\ work | none\ of | no\ (?:gain|success|effect|improvement|difference)
        | without\ (?:success|effect) | made\ (?:it|things) | slower | worse | failed | fails ) |
        (?:did|does){_NOT} ) \b"""),
    (DEAD_END, STRONG, rf"""\b (?:did|does|do)(?:{_NOT}|nt){_SOFT}\ work \b [^.;]{{0,140}}
        \b (?:because|since|as|due\ to|for\ us) \b | \b not\ working\ (?:because|since|as|due)"""),
    (DEAD_END, STRONG, r"""\b none\ of\ (?:them|these|those|the|my|which) \b .{0,140}
        \b (?: work | help | get | fix | solv | scal | improv | made | gave | was | were | is )
        | \b no\ (?:measurable|real|noticeable|significant)\ (?:gain|benefit|improvement|effect|speed-?up
            |difference) \b"""),
    (DEAD_END, STRONG, rf"""\b {_TRY} \b .{{0,140}}? {_SETBACK}"""),
    (DEAD_END, STRONG, rf"""(?: ^\W*
        | \b (?:i|we|was|were|been|and|so|then|again|had\ to|have\ to|is|are|it)\ )
        (?:\w+ly\ )? {UNDONE} \b .{{0,160}}? (?: \b {_REASON} | [:–—]\ )"""),
    (DEAD_END, WEAK, r"""\b (?:made|makes|became|becomes|got|gets|was|is|were|ran) \b .{0,140} \b
        (?:slower|worse) \b
        | \b (?:aggravat\w+|worsen\w*|backfir\w+) \b | \b back\ to\ (?:the\ )?(?:old|previous|original) \b
        | \b blew \b | \b not\ possible \b | \b
        unusable \b"""),
    (CAUSE, STRONG, r"""\b root[ -]causes? \b | \b culprit | \b caused\ by \b | \b to\ blame \b | \b
        turn(?:s|ed)\ out \b
        | \b responsible\ for\ (?:the|this|these|it) \b | \b triggered\ by \b | \b
        (?:was|were)\ introduced\ (?:by|when|with) \b
        | \b (?:is|was|are|were|being)\ (?:\w+\ )?(?:due|owing)\ to \b"""),
    (CAUSE, STRONG, rf"""\b (?:the|a|our|its|actual|real|underlying|main|whole)\ (?:\w+\ ){{0,2}}
        {_TROUBLE} (?:\ \w+){{0,4}}[ ]
        (?: (?:is|was|are|were)
        (?!\ (?:now\ )?(?:fixed|solved|resolved|gone|done|open|closed|still|now|not|unclear|unknown
            |possible|likely|that\ you)) | comes? | came | stems? | stemmed | lies? | lay | sits? | sat |
            originates? ) \b
        | ^ {_TROUBLE}\ (?:is|was) \b"""),
    (CAUSE, STRONG, r"""\b (?:that|this|which|it) (?:['’]s|\ is|\ was|\ explains)\ (?:exactly\ |precisely\ )?
        (?: why | the\ (?:\w+\ )?(?:reason|cause|problem|culprit|bug) ) \b | \b that\ was\ the\ whole \b
        | \b (?:that|this) (?:['’]s|\ is|\ was)\ what\ (?:caused|produced|made|broke|triggered|led|causes
            |makes) \b
        | \b what\ (?:actually\ |really\ )?(?: went\ wrong | happened | happens | broke | breaks | fails
        | failed | grows
            | leaks | blocks | caused | causes ) \b"""),
    (CAUSE, STRONG, r"""\b (?:trac(?:ed?|es|ing|ked|k) | pin(?:ned)? | narrow(?:ed)?
        | nail(?:ed)?) \b .{0,40} \b (?:to|down) \b | \b boils?\ down\ to \b | \b
        stem(?:s|med)\ from \b
        | \b (?:comes?|came|goes|went|was|is)\ (?:all\ )?(?:back\ |down\ )to\ (?:the|a|an|how|our)\b
        (?!\ (?:same|user|point|old|previous))
        | \b (?:as\ it\ happens|it\ so\ happens) \b
        | \b (?:the|an?)\ (?:side[ -]effect|result|consequence|artefact
        |artifact|leftover)\ of \b | \b (?:explained|provoked|produced)\ by \b
        | \b (?:is|was|are|were|bug|problem|what|reason)\ (?:\w+\ )?behind\ (?:the|this|that|these|those
        |\#\d+) \b .{0,60} [:;.,]"""),
    (CAUSE, STRONG, r"""\b (?: most\ of\ (?:the|that|this|its)\ \w+ | the\ (?:bulk|lion['’]s\ share)
        | (?:half|all)\ of\ the\ (?:time|memory)
        | \d+\ ?%\ (?:of\ (?:the\ )?\w+\ )?) \b .{0,30}? \b (?:goes|went|is\ spent|was\ spent|held|came
        |comes|was|were|taken|eaten)
        \b (?!\ (?:faster|slower|done|covered))"""),
    (CAUSE, STRONG, rf"""\b {_TROUBLE}s? \b .{{0,80}} \b
        (?:comes?|came|coming|originat\w+|results?|resulted|arises?|arose)[ ]
        from \b"""),
    (CAUSE, WEAK, rf"""\b {_FAILS} \b [^.;]{{0,120}}? \b (?:because|due\ to|since|as\ (?:the|it|our|we))
        \b"""),
    (CAUSE, WEAK, rf"""\b (?:because|since|as) \b [^.;]{{0,120}} \b {_FAILS}"""),
    (CAUSE, WEAK, r"""\b (?:the|this|that|a)\ (?:race|bug|leak|deadlock|regression|bottleneck) \b
        | ^ (?:thus|hence|therefore|consequently) \b | \b lock \b .{0,60} \b between \b | \b lack(?:s|ed) \b
        | \b was\ missing \b | \b (?:hard-?codes?|overwrites?|overwrote|swallow\w*|silently) \b"""),
    (DECISION, STRONG, rf"""\b {_WE} \b [^.;:?]{{0,40}}? \b {_CHOSE} \b
        | \b (?:ended|wound)\ up\ (?:with|using|on|going)\b
        | \b started\ (?:out\ )?(?:with|on)\b .{{0,60}} \b but \b
        | \b we\ (?:don['’]t|do\ not|never|only|always|deliberately|won['’]t)\ (?!have\b|need\b|know\b
        |see\b|want\b|care\b)
        .{{4,100}}? (?:[,;:–—]\ \w+\ \w+\ \w+\ \w+ | \b {_REASON})
        | \b (?:we|i)\ (?:\w+\ )? {_TAKE} \b .{{0,80}}? \b (?:over|instead\ of|rather\ than|and\ not|not) \b
        | \b we\ (?:now\ )?(?:take|took|adopt|adopted|pick|choose|prefer|reject|refuse|forbid
        |standardi[sz]e) \b
        | ^\W* not\ (?:bumping|adding|moving|adopting|upgrading|switching|taking|merging|supporting
        |splitting|sharing
        |touching|caching|exposing|migrating|introducing|building|changing|\w+ing\ (?:to|it|this|that|on)) \b
        | (?: ^\W* | [.;]\ ) (?:so\ )? (?: (?:staying|sticking|remaining|going|settling|keeping|kept
        |left)\b .{{0,80}}?
        (?: \b {_REASON} | [:;–—]\ | \b until \b )
        | (?:staying|sticking|remaining|settling)\ (?:on|with|at|for)\b )"""),
    (DECISION, STRONG, r"""\b (?:considered|looked\ at|evaluated|weighed|discussed|compared
        |debated)\b .{0,60}?
        (?:\b and \b | \b but \b | ,
        | ;) [^.]{0,30} \b (?:dismissed|rejected|discarded|dropped|declined|decided
        |ruled|turned|passed|not\ taken|found) \b
        | \b (?:is|are|was|were)\ (?:clearly\ |simply\ )?(?:the\ (?:winner|way\ to\ go|pick)
        |preferred\ (?:to|over)
        |favou?red) \b | \b (?:wins|won)\ (?:out|here|over|because|since|on|by|as) \b
        | \b (?:no\ exceptions?|throughout\ (?:this|the|our)|everywhere\ in\ (?:this|the|our)|no\ more\ \w+ing
        |got\ rid\ of) \b"""),
    (DECISION, STRONG, r"""\b (?:was|were|is|are|been|got|be)\ (?:\w+\ )?(?: decided | agreed | chosen |
        rejected | ruled\ out
            | turned\ down | discarded | vetoed | dropped\ (?:because|since|in) | pinned ) \b
        | \b chosen\ (?:over|because|since|for) \b | \b chose \b | \b decided\ (?:on|against|to|not|in)
        \b | \b settled\ on \b
        | \b opt(?:ed|ing)\ (?:for|against) \b | \b rejected\ because \b
        | (?:^|[:;]\ ) (?:going|went|stick(?:ing)?|stay(?:ing)?|go)\ (?:with|to) \b
        | \b (?:it['’]s|is|are)\ out (?:[.,;]|$)"""),
    (DECISION, STRONG, r"""\b (?:the|our|final|this|that|design|team)\ (?:\w+\ )?
        (?: decision | verdict | agreement | conclusion | consensus | convention | policy ) \b | ^
        decision \b"""),
    (DECISION, STRONG, r"""\b (?:tempting|obvious|first\ (?:idea|thought|choice|pick)) \b .{0,80} \b but \b
        | \b let(?:['’]?s|\ us)\ (?: not | go\ (?:with|for) | use | stick | keep | stay | drop |
        do\ without | never
        | not\ use | avoid | switch\ to ) \b | \b in\ the\ end\ (?:it|we|i) \b | \b in\ favou?r\ of \b |
        \b from\ now\ on \b
        | ^ \W* (?!.*\bas\ it\ is) [\w.+-]+ (?:\ [\w.+-]+){0,3}\ it\ is \b (?!\ (?:not|also|a|the
        |possible))"""),
    (DECISION, STRONG, r"""\b on\ purpose \b | \b deliberately \b | \b intentional(?:ly)? \b | \b
        by\ design \b
        | \b not\ an\ option \b | \b out\ of\ the\ question \b | \b off\ the\ table \b | \b
        for\ the\ record \b"""),
    (DECISION, STRONG, r"""(?: \b (?:and|but)
        | , )\ not\ (?:in(?:to)?|to|by|with|on|at|from|via|through|as|the|a) \b .{0,60} (?:[:;,]\ | \b as \b)
        | [:;,–]\ (?:or\ else|else|otherwise) \b"""),
    (DECISION, WEAK, rf"""\b (?:is|are|was|were)(?:n['’]t|\ not|\ never)\ (?:\w+\ )?(?:\w+ed|kept|put|sent
        |built|done|part|written|run)\b
        .{{0,100}}? (?:[:;–—]\ | \b {_REASON})"""),
    (DECISION, WEAK, r"""\b (?:is|are)\ (?:\w+\ )?\w+(?:ed|en|wn|pt|lt|nt)\ .{0,60} \b so\ that \b"""),
    (DECISION, WEAK, rf"""\b (?: ke(?:pt|ep) | us(?:e[sd]?|ing) | take | took | put | stor(?:e|ed|es) |
        build | built | wrote | write
        | runs? | returns? | prefer\w* | with ) \b .{{0,90}} \b
        (?:instead\ of|rather\ than|in\ place\ of|over|not) \b
        .{{0,160}}? \b {_REASON}"""),
    (DECISION, WEAK, rf"""\b (?:instead\ of|rather\ than) \b .{{0,120}} \b {_REASON}"""),
    (DECISION, STRONG, r"""\b stays? (?: [.,;] | $ | \ (?:on|off|pinned|until) \b )
        | \b (?:pinned|capped|held)\ (?:to|at|below|under|back) \b | \b the\ rule\ is \b
        | \b no\ longer\ (?:use|support|allow|need)"""),
    (DECISION, WEAK, rf"""\b (?:we|our) \b .{{0,140}}? \b {_REASON} | \b {_REASON} .{{0,140}}? \b
        (?:we|our|us) \b"""),
    (DECISION, BARE, r"""\b (?:because|since|due\ to|given\ that) \b"""),
    (DECISION, WEAK, r"""\b (?:is|are)\ (?:required|mandatory|forbidden|not\ allowed) \b"""),
)  # fmt: skip

# How a person decides, also without giving a reason.
SAID = r"""
    \b (?:we|i)\ (?: will | won['’]?t | shall | want | need | keep | use | don['’]?t | do\ not | never |
        always | must | only
        | require | prefer | accept | no\ longer | are\ (?:not\ )?going\ to | have\ to | stay | stick |
        drop | support ) \b
        .{0,140} \b (?: because | since | so\ that | due\ to | too | instead | rather | not | no |
        n['’]?t | never | always
        | makes? | only | as\ (?:we|the|our) ) \b
    | \b we\ (?:keep|stay|stick|never|always|don['’]?t) \b
    | \b (?:use|take|keep|prefer)\ \S+ (?:\ \S+)?,?\ (?:and\ )?(?:not|never|over)\ \S
    | \b (?:never|always|must|don['’]?t|dont|do\ not|no\ more|stop\ using|avoid|use|keep|take) \b
        .{0,140} \b (?:because|since|due\ to|instead\ of|rather\ than|so\ that|otherwise|else) \b
    | \b (?: never | always | must | don['’]?t\ (?!forget) | dont | do\ not | no\ more | no | stop\ using
        | forget | avoid | only
        | from\ now\ on | want | use | take | keep | stay | stick | drop | go\ with | switch\ to | put
        | store | stay\ (?:on|with) )
        \b .{0,120} (?: [,;:–—.]\ | \ -\ ) (?:they|it|we|he|she|those|that|this|these|the|our|ops|legal|\w+)
        (?:['’]\w+)?\ (?:\S+\ ){0,8}? (?: ca(?:n['’]?t|nnot) | n['’]?t | not | never | no | only | must
        | have\ to | has\ to | too
        | overwr\w+ | break\w* | fail\w* | los[et]s? | make\w* | refus\w+ | is\ hell | kills? | hurts?
        | confus\w+ | cost\w* | rule | policy | slow\w* | unreadable | missing ) \b
    | \b (?:go\ (?:with|for)|take|then|prefer|choose|do)\ (?:option|variant|plan|approach|proposal)\ \S
    | \b (?:team|customers?|clients?|legal|ops|management|boss|they
        |partners?|security)\ (?:wants?|needs?|insists?|asked|requires?|agreed)
        \b .{3,120} \b (?:because|since|so\ that|due\ to|as) \b
    | \b the\ reason\ (?:why\ )?(?:we|i|for) \b .{3,80} \b (?:is|was) \b
    | \b (?:had\ the\ discussion|discussed|agreed|settled)\b .{0,20}: | \b let['’]?s\ not \b
        | \b (?:don['’]t|do\ not|never|no)\ (?:want|like|allow|accept)\ .{3,80} (?:anymore|any\ more|again)
    | \b no\ exceptions? \b | \b (?:hard|strict|house|team|general|new)\ (?:rule|policy) \b
    | \b so\ we\ (?:can(?:['’]?t|not)|must|have\ to|only|keep|stay|won['’]t|never|do(?:n['’]t|\ not)) \b
"""
# In an answer to what is broken, how one thing leads to the next says why, without any of the words above.
EXPLAINS = r"""\b whenever \b | ,\ so\ (?!that\b) | \b
        which\ (?:then|makes|made|means|causes|caused|lets|leaves|left) \b
    | \b (?:throws|raises|overflows|deadlocks|waits\ for|triggers|hard-codes|never) \b"""
TROUBLED = rf"""\b (?: why | {_TROUBLE}s? | {_FAILS} | {_FAILS}s | 5\d\d | oom\w* | fix | weird | bad |
        off | complain\w*
    | 4\d\d s? | growth | spam | randomly | forever | too\ long | mysterious
    | differs? | mismatch\w* | forg[eo]t\w* | investigate | findings | cause | load | loss | find\ out
        | look\ into | postmortem | outage | incident | not\ fired
    | reboots? | strange | odd | unable ) \b"""
ADVERSE = rf"""\b (?: {_FAILS} | {_FAILS}s | without | torn | [45]\d\d | interleave | drops? | dropped |
        old | only
    | kills? | killed | ignor\w+ | hits | hard-?cod\w+ | opposite | conflict\w* | mix\w* | mismatch\w*
        | expects
    | refus\w+ | exhaust\w* | starv\w+ | leftover | unset | nobody | nothing | never | no | not | n['’]t
    | invalid | incorrect\w* | malformed | unexpected\w* | bad | some(?:body|one) | former | differs?
        | can['’]?t
    | differently | itself | die[sd]? | vanish\w* | forg[eo]t\w*
    | includes | reads\ the | points?\ (?:to|at) | registers? | instead | already | reference
    | loses | overwr\w+ | null | none | undefined | nan | once\ per | rewrites? | down | twice |
        has\ several
    | exceed\w* | too\ \w+ | ignor\w+ | shadow\w* | mutat\w* | default\w* | expir\w+ | truncat\w+
    | strips? | skips? | holds? | longer\ than | shorter\ than | collid\w+ | for\ each | on\ every |
        whole | rejects?
    | removed\ the ) \b"""
DENIES = r"^ no \b [:,.;\s–—-]+ (?:\S+\ ){6}"
MAY_WE = r"""\b (?: can | could | should | may | why\ (?:not|can['’]?t|don['’]?t) | is\ it\ possible
    | let['’]?s | let\ us ) \b"""
SPECIFIC = r"`|\d|\w/\w|\w_\w|\w\.\w"
GIVES_REASON = rf"\b {_REASON} \b"

# Before a cue these leave it open.
GUESSED = r"""\b (?: if | whether | unless | could(?!\ (?:pin|trac|narrow|locate|not|n['’]t)) | might
        | maybe | perhaps | (?<!in\ )may | would(?:n['’]t)? |
        probably | possibly
    | should\ (?:we|i|you|be|see) | i\ (?:think|guess|believe) | not\ (?:yet\ )?(?:sure|clear|certain) |
        unsure | suspect(?:ed)?
    | assum\w+ | suppos\w+ | considering | thinking\ (?:about|of) | wonder\w* |
        let['’]?s\ (?:discuss|say|consider|see)
    | consider | suggest\w* | recommend\w* | propos\w+ | lean | (?:can|could|would|will)\ you | do\ you |
        don['’]?t\ know
    | imagine | hypothetical\w* | seems? | likely | before\ (?:deciding|anyone|anything) | nothing\ is |
        to\ find\ out |
        (?:can['’]?t|cannot|not|yet\ to|to\ be|have\ to)\ decided? | undecided ) \b"""
PLANNED = r"""\b (?: (?:i|we)(?:['’]ll|\ will)\ (?!not\b|never\b|keep|use\b|support|stay|stick|go\ with)
    | (?:i['’]m|i\ am|we['’]re)\ (?:now\ )?going\ to | let\ me | next[,:]?\ (?:i|we|step|up) |
        i\ (?:start|begin)[ ]
    | (?:my|the)\ plan \b | to-?do | want\ me\ to | i['’]d[ ] | i\ would )"""
LEFT_OPEN = r"""^ \W* (?:\w+\W+){0,2}? (?: probably | perhaps | maybe | might | may | could | possibly |
        likely | unclear
    | unknown | not\ (?:yet\ )?(?:clear|known|certain|sure) | to\ be ) \b"""

# Nothing of the project: slips of the agent's own tools, its next step, and what others do.
FORBIDDEN = r"""
    \b (?:edit|command|patch|tool\ call|search|grep|replacement|read|write|call)\ (?:has\ )?
        (?:failed|did(?:n['’]?t|\ not)\ work) \b
    | \b mistyp\w+ | \b typo\ in\ my \b | \b sorry \b | \b apolog\w+ | \b not\ unique\ in \b | \b
        try(?:ing)?\ again \b
    | \b as\ you\ (?:asked|requested|wanted) \b | \b
        (?:i\ can(?:not|['’]t)|unable\ to)\ (?:find|see|tell|access) \b
    | \b i\ (?:have\ |'ve\ )? (?:decided|chose|opted)\ (?:to\ )? (?: look | start | check | read | run |
        begin | search | open
        | stop | wait | leave | go | first | call\ it | take | have | try | see | focus | do ) \b
    | \b (?:many|most|some|other)\ (?:teams|people|projects|companies|developers|users|libraries) \b
    | ^ \W* it\ depends | \b \d+\ (?:of|out\ of|/)\ \d+ \b | \b no\ tests?\ (?:was|were|had)[ ]
        | ^ (?:summary|status|done|changes?|plan|steps?|next) \b \s* :?
"""
# The report of an edit, which git keeps better.
EDIT = r"""^ (?: and[ ] | so[ ] | also[ ] | then[ ] | done[.:!]?[ ] | i[ ] | i['’]ve[ ] | we['’]ve[ ] |
        i\ have[ ] | we\ have\ )* (?:also\ )?
    (?: updat | add | renam | creat | chang | fix | remov | replac | mov | committ | implement | wrote |
        writ | ran | run | us
    | edit | format | generat | convert | increas | translat | set | adjust | refactor | extend | clean |
        delet | ensur | mak
    | made | put | written | built | done | kept\ as | check | verif | look | saw | see | document | bump
        | insert | mark )
    (?:e[ds]?|ing|s|ted|ped|d|ed)?[ :,]
    | ^ (?:and\ |so\ )? (?:i|i['’]ve|i\ have)\ (?:now\ |also\ )? \w+ed \b"""
WORLD = r"""^ \W* (?: hi\W+ | hey\W+ | ok\W+ | please\W+ | pls\W+
        | (?:can|could)\ you\ (?=explain|describe|show|tell) )* (?:
        what(?:['’]s|\ is|\ are|\ does|\ do)?(?!\ about) | how | explain
    | why\ (?:do|does|would|should|is|are)\ (?:people|developers|everyone|anyone|one|you|programmers
        |languages?
        | (?:react|javascript|typescript|python|rust|go|java|git|docker|sql|css|html|vue|ruby|php|linux
        |bash|node)
        | [\w+\#]+\ (?:both\ )?(?:have|has|need|use|allow|treat|support|distinguish)\b)
    | describe | show | tell\ me\ (?:about|how|what) | difference | teach | translate | summari[sz]e |
        review ) \b"""
# A state that passes, or advice to whoever asks.
PASSING = r"""\b (?: at\ the\ moment | currently | right\ now | so\ far | you(?:['’](?:d|ll|re))? | your
        | usually | typically
        | generally | depends\ on\ (?:what|how|whether|your) | idiomatic ) \b
    | ^ (?:first|then|finally|please|try|run|check|use|make\ sure)[ ]"""
OURS = r"\b (?: we | our | us ) \b"
OBLIGED = r"\b (?: must | cannot | has\ to | have\ to | require\w* | need\w* | otherwise | depend\w* ) \b"
OWN = r"\b (?: we | our | us | decided | end ) \b"
ASKED = r"""^ \W* (?: (?:so|and|but|ok|okay|hmm|well|also)\W+ )* (?: what | why | how | where | when |
        who | which | is | are | does | do | did | can |
        could | should | would
    | will | has | have | may | shall ) \b (?! \s+not\s+(?:use|touch|add) )"""

# Headings, and what stands before a colon.
LABELS: tuple[tuple[str, str], ...] = (
    (DECISION, r"""(?:(?:final|key|design|our|the)\ )*decisions? | rationale | reason(?:ing)? |
        why\ .{1,60} | convention | rule
        | for\ the\ record | for\ (?:later|future|other)\ \w+ | (?:for\ )?context | background
        | (?:a\ |one\ )?note\ on\ the\ design
        | (?:(?:one|a|the)\ )?design\ (?:choice|decision|note)s? (?:\ .{1,30})? |
        trade-?offs? | verdict"""),
    (CAUSE, rf"""(?: (?:the|one|a|first|main|only|actual|real|underlying|root)[ ] )* (?: causes?
        | {_TROUBLE} | diagnosis |
        findings? | explanation )
        | trigger | what\ (?:actually\ |really\ )?(?: went\ wrong | happened | happens | broke | breaks ) |
        why\ (?:it|this|that)\ .{{1,40}}
        | root\ cause\ analysis"""),
    (DEAD_END, r"""(?:things?|what|paths?|ideas?|attempts?)\ .{0,30}(?:nowhere|fail\w*|not\ (?:work|help)
        |n['’]t\ (?:work|help)|in\ vain)
        | dead\ ends? | what\ (?:did|does)(?:\ not|n['’]t)\ work | tried\ and\ rejected | tried
        | failed\ attempts?"""),
)  # fmt: skip
