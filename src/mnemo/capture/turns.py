"""What a prompt is after, and how an answer to it is built, where no word alone shows what it holds."""

from __future__ import annotations

from mnemo.capture.cues import UNDONE

# A prompt that puts a choice, and one that wants something tried or asks how it went.
CHOICE = r"""\b (?:decide|choose|pick)\b | \b \S+ (?:\ \S+){0,3}\ or\ \S .{0,80} (?: \? | $ )
        | \b which\ (?:\w+\ )?(?:do|shall|should|did|are|will)\ we \b
    | \b (?:we|i)\ (?:take|use|go\ with|pick)\ (?:which|what)
        | \b (?:should|shall|do)\ we\ (?!need|have\ (?:a|any))
    | \b what\ (?:do|shall|should)\ we\ (?:do|use|take|pick)
        | \b is\ .{1,40}\ (?:ok|okay|fine|allowed|acceptable) \b
    | \b (?:can|could|may)\ (?:i|we)\ (?:use|just|simply|also|add|take|drop|skip) \b"""
# A plain statement of what is, instead of a wish: a complaint, mostly.
COMPLAINT = r"""^ \W* (?: (?:hm+|hey|hi|ugh|argh|ok|so|and|also|now|btw)\W+ )*
    (?! (?:fix|make|check|add|write|update|look|run|see|try|use|set|put|let|please|pls|can|could|is|are
        |does|do|did|will|would
    |compare|review|generate|move|convert|refactor|test|measure|benchmark|investigate|continue|commit|open
        |close|start|stop
    |merge|translate|document|describe|give|list|find|get|go|delete|drop|replace|switch|migrate|upgrade
        |bump|prepare|rerun
    |rewrite|split|walk|help|build|clean|configure|install|deploy|debug|no|never|always|only
    |should|how|what|when|where|which|who|i|we|you|use|keep|add|implement|create|remove|rename|show|explain
        |tell|ensure|all)\b )
    (?:\S+\ ){1,7}? (?: is | are | was | were | shows? | reports? | hangs? | looks? | gets? | takes?
        | returns? | stops? | keeps?
    | sometimes | randomly | does | do | has | have | complains? | disappears?
        | (?:do|does|is|are|ca|wo)n['’]?t ) \b
    (?!.*\b(?:should|must|please|want|wants|needs?|let|can|could|would|because|since|so)\b) (?!.*\?)"""
BEHAVIOUR = r"""^ \W* (?:can|could|is|are|does|do|will|would)\ (?!you\b|we\b).*\? |^ \W* what\ (?:happens
        |would\ happen)\ (?:when|if) | \b is\ (?:it|this)\ normal \b"""
PLANNING = r"""\b (?: would\ it | is\ it\ possible | what\ (?:if|would) | could\ we\ try | template | plan
        | roadmap | outline | ideas | brainstorm | proposal | estimate | options ) \b"""
PAST = r"""\b (?: did | was | were | went | happened | broke | found | you\ find | yesterday | last
        | again | causes? | outage | incident
    | postmortem | loss | decisions? | findings | maintainers? | team | vendor ) \b"""
TRYING = r"""\b (?: try | tried | help(?:s|ed)? | luck | idea | experiment\w* | spike | prototype
        | attempt\w* | faster
    | speed | upgrade | migrate | port | switch | bump | move | go\ with | result\w* | worth | work\ out
        | worked
    | instead | replace | make | reduce | shrink ) \b"""
OUTCOME = r"""^ \W* (?: nope | no | not\ (?:really|yet\ usable|worth|great) | unfortunately | sadly | alas
        | killed
    | dropped | shelved | scrapped | reverted | abandoned | ditched | parked | didn['’]?t | bad\ news | dead
    | negative | failed | declined | rejected | refused | denied | vetoed | turned\ down
        | (?:it|that|this)\ (?:did|does|would|wo|is|was)(?:n['’]?t|\ not) ) \b"""
# How an attempt begins to be told, and how it ends.
ATTEMPT = r"""^ \W* (?:i\ |we\ |so\ i\ )? (?: tried
        | (?:spent|put|invested|sank)\ .{0,24}\b(?:hours?|days?|afternoon|morning
    |while|time|weeks?) | gave\ \S+ (?:\ \S+)?\ a\ (?:\w+\ )?(?:try|go|shot|spin) | experimented
        | prototyped | spiked | played
    | toyed | went\ down | built\ a\ (?:prototype|spike) | had\ a\ go | explored | attempted
        | first\ (?:i|we|try|attempt|cut) ) \b"""
REVERSAL = rf"""^ \W* (?:so\ |and\ )?(?:i\ |i['’]ve\ |we\ )?(?:have\ )?(?:it\ (?:is
        |was)\ )?(?: not\ merg\w+ | closed | (?:disabled|removed|off|out)\ again
    | left\ (?:it\ )?out | leaving\ it | branch\ (?:is\ )?(?:deleted|closed) | {UNDONE}
        | stays?\ (?:as|with|on) | undone | undid ) \b"""
CONTRAST = r"""\b (?: rather\ than | instead\ of | and\ not | not\ as ) \ (?!\d|the\ \d)"""
# What a person settles in one sentence, to say why in the next.
ORDERS = r"""^ \W* (?: (?:nah|no|nope|ok|okay|yes|hm+|please|pls|then|let['’]?s)\W+ )* (?: keep | use
        | go\ with | stay | stick
    | drop | don['’]?t | never | always | forget | take | leave | no ) \b"""
COSTS = r"""\b (?: costs? | break\w* | kills? | can['’]?t | nobody | too | must | need\w* | never | los\w+
    | only | confus\w+ | hell ) \b"""
REJECTS = r"\b would\ have \b .{3,100} \b (?:but|yet|though|although|however) \b"
ENDING = rf"""\b (?: disabled | removed | taken\ out | switched\ off | turned\ off | left\ (?:it\ )?out
        | leaving\ it
    | stopped | unchanged | untouched | neither | as\ (?:it|they)\ (?:was|were) | (?:it|that)\ stays
        | remains? | stays | {UNDONE} | gave\ up | not\ worth | pointless | no\ gain | dead\ end ) \b"""
SETBACK = rf"""\b unfortunately \b | \b sadly \b | \b turned\ (?:a|an|the)\b .{{0,60}} \binto\b
    | \b (?:had|have)\ to\ {UNDONE} | \b {UNDONE}\ again \b
    | \b (?:twice\ the|slower|worse|costs?\ more\ than) \b
    | \b (?:is|are|was|were|does|do|did|will|would|has|have)(?:n['’]?t
        |\ not)\ (?:compil\w+|support\w*|build\w*
    |work\w*|exist\w*|help\w*|scale\w*|run\w*|been\ ported) \b
    | \b left\ (?:the|it|everything)\ .{{0,40}} (?:in\ place|as\ (?:it|is)|alone|untouched) \b"""
# An answer that says so has not found out, or leaves the choice to whoever asks.
NOT_FOUND = r"""\b (?: hypothes\w+ | suspects? | suspicion | suspected | theor(?:y|ies) | candidates
        | can(?:no|['’])t\ (?:tell
    |say|reproduce|see|know) | can\ not\ (?:say|tell|see|reproduce) | not\ sure | unsure
        | do(?:n['’]t|\ not)\ know
    | unclear | no\ idea | need\ (?:more|the|to\ see|to\ know) | help\ to\ know
    | (?:can|could|would)\ you\ (?:\w+\ )?(?:send|share|paste|tell|check|run|post|give|attach|confirm)
    | please\ (?:send|share|paste|post|attach) | have(?:n['’]t|\ not)\ (?:found|reproduced|looked|checked|run)
    | couldn['’]t\ (?:reproduce|find) | (?:could|might|may)\ be | to\ rule\ out | first\ guess
    | let\ me\ (?:look|check|see|dig|start|take|try) | i['’]ll\ (?:look|check|start|dig|investigate|try)
    | (?:make|making)\ sure\ (?:that\ )?you ) \b
    | ^ \W* (?:check|try|run|verify|clear|delete|install|clone|restart|open|make\ sure|ensure|use)[ ]
    | [;,]\ (?:make\ it|use|change\ it|try|clone|set)[ ]"""
WEIGHS = r"""\b (?: trade-?offs? | it\ depends | i['’]d\ (?:use|take|go|lean|start|begin|say|pick) ) \b"""
LEAVES_OPEN = r"""\b (?: depends | either | both | up\ to\ you | it['’]s\ your | options? | pros | cons
        | recommend\w*
    | suggest\w* | i['’]d | i\ would | would | might | could | may | if\ you | usually | typically
        | generally | often
    | your | in\ general ) \b"""
OFFER = r"""\b (?: want\ me | shall\ i | should\ i | would\ you\ like | do\ you\ want
        | ok(?:ay)?\ (?:if|to) ) \b .{0,60}
    \b (?: fix | change | apply | do\ (?:it|that|so) | patch | open | file | add | make | go\ ahead
        | implement ) \b"""
# How what went well or is under way is told: not what goes wrong.
FARES_WELL = r"""^ \W* \d+\ (?!%)
        | \b (?: (?:all|tests?|suite|everything|checks?|\d+)\ (?:\w+\ )?pass(?:es|ed|ing)? | \d+\ passed
        | green | clean | works | fixed | flat | fine | succeed\w* | verified | now
    | resolved | back\ to | confirmed | crisp | stable | let\ me\ know | good\ to\ go | ready ) \b
    | ^ \W* (?: i | i['’]\w+ | we['’]\w+ | you | let | here | this\ (?:pr|change|commit|makes|adds|removes)
    | found\ it | great | good | thanks | sure | ok | okay | nice ) \b | !$ | 🎉"""
CHAIN = r"""[;:]\ | ,\ (?:so|and|which|but|then|because|therefore|while|whose|where) \b
        | \b (?:therefore|thus|hence|then|when
    |while|until|before|after|once|each|every|instead|although|though|still) \b"""
# Sentences whose subject stands in the one before, but for those that name it all the same.
OPEN = r"""^ (?: it | this | that | these | those | they | both | he | she | so | thus | hence |
        therefore | then | but | and
    | such | none | neither | there | one | which | with\ (?:it|this|that) | because | for\ (?:this|that)
        | arguments
    | the\ (?: latter | former | other | second | first | same | reason | cause | culprit | whole |
        choice | decision | block
        | problem ) | as\ (?:a\ result|such) | i\ (?:reverted|removed|left) |
        we\ (?:had\ to|rejected|accept) ) \b"""
CLOSED = r"""^ it\ (?:turned|turns)\ out \b | ^ there\ (?:is|are|was|were) \b
    | ^ (?:so|thus|hence|therefore),?\ the \b .{0,140} \b (?:from|by|to) \b"""
# What describes an edit, right after its report.
OF_EDIT = r"^ (?: it | they | that | this | the\ (?:state|value|result|new) ) (?: ['’]s | ['’]re )? \b"
