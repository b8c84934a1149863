"""What shows a decision, a cause or a dead end in a sentence: who does what, and why.

Patterns as `grammar` reads them.
"""

from __future__ import annotations

DECISION, CAUSE, DEAD_END = "decisions", "issues", "history"
ANNOUNCED, STRONG, WEAK, BARE = 3, 2, 1, 0

WHY = """
because|since|weil|denn|thanks !yesterday|last|then|NUMBER|friday|monday|tuesday|this
due|owing to
given that
as we|our|the|it|they|a !BE
so that
in order to
damit wir|man|die|der|das|es
for ..1 reason|reasons
so ?that WE can|could|have|do|keep
"""

_TURNED_BACK = """
dead end|ends
not using|doing it|that|this
not going with|down|further|there
give up on|with|the|that|try
give it|that|this|them up
no luck
lead|go nowhere
in vain
to no avail
hit a wall
have|need|force to ?be UNDO
have|need|force to go|roll|back|turn|give|throw|switch|put|take|pull ..3 BACK|up
WE|and|then|so|therefore|again|ultimately|eventually|BE ?have ?just|again UNDO-ed !and
WE|and|then|so|BE ?have CHANGED-ed ..4 back|out|zurück
^ CHANGED-ed ..3 back to
what kill-ed|killed ?it|that|this|us BE
WE ..2 throw it|that|this away|out
"""
_NO_USE = """
DO|will|would|BE|have|can|could not ?really|actually|even|just|simply help !text
DO|will|would|BE|have|can|could not ?really|actually|even|just|simply pay|pan off|out
DO|will|would|BE|have|can|could not ?really|actually|even|just|simply worth|feasible|viable|scale|gain|bring
DO|will|would|BE|have|can|could not ?really|actually|even make a|any|much difference
BE not ?really a|an ?viable option
DO not buy|give us
not going to work
not worth
have|make no ?real|measurable effect|difference
will not ?really help|work ..20 because|since|as|weil
DO not ?really|actually work ..20 because|since|as|for
not working because|since|as|due
no ?measurable|real|noticeable|significant GAIN ..4 $
none of them|these|those|the|my|which ~20 work|help|get|fix|solve|scale|improve|make|give|faster|enough
no measurable|real|noticeable|significant GAIN
hat nichts|nicht|wenig ..2 gebracht|geholfen
bringt nichts|wenig
only|would|it ..2 make it|things|that|everything slower|worse|harder
same like|as|than before
NUMBER|twice|three ~2 slower than ..4
"""
_TRIED = """
TRY-ed|TRY-ing|tested|trial|attempt|experiment|approach|idea|variant|ausprobiert|probiert ~24 but|however|
    worse|slower|failed|fails|leider|aber
TRY-ed|tested|trial|attempt|experiment|approach|idea|variant|ausprobiert ~24 DO not
TRY-ed|tested|trial|attempt|experiment|approach|idea ~24 not work
TRY-ed|tested|trial|attempt|experiment|approach|idea ~24 none of
TRY-ed|tested|trial|attempt|experiment|approach|idea ~24 no|without GAIN
TRY-ed|tested|trial|attempt|experiment|approach|idea ~24 make it|things
TRY-ed|TRY-ing|tested|benchmarked ~24 unfortunately|sadly|alas|only !because|when|one
TRY-ed|TRY-ing|tested|benchmarked ~24 too COSTLY
TRY-ed|TRY-ing|tested|benchmarked ~24 DO|would|could|will|BE|have|can not
TRY-ed|TRY-ing|tested|benchmarked ~24 slower|worse|fail|break|crash|doubled|tripled|grew|lose|ignore|
    regress|degrade|nowhere
TRY-ed|TRY-ing|tested|benchmarked ~24 in vain
TRY-ed|TRY-ing|tested|benchmarked ~24 UNDO-ed
TRY-ed|TRY-ing|tested|benchmarked ~24 roll|switch|take|turn|go|put|back|CHANGED-ed ..2 BACK
give-ed|gave it|this|that|CODE a ?quick|serious try|shot|go|spin ~24 SETBACK|CHANGED
play-ed|played|toyed with ~24 SETBACK
first cut|version|attempt|try|approach|idea ~24 SETBACK
the approach|idea|experiment|detour ~24 SETBACK
go-ed|went down ~24 SETBACK
looked at|into ..3 using|-ing ~20 but|however|too|ADVERSE
consider-ed|considered ~24 but|however|though|although|too|slower|worse
"""
_WORSE = """
make|become|get|BE|ran ~20 slower|worse|unusable
aggravate|worsen|backfire
back to ?the old|previous|original
blow-ed|blew
not possible
unusable
"""
_CAUSED = """
root cause|causes
culprit
cause|caused by
to blame
turn|turned out !of|to|for
responsible for the|this|these|it
trigger-ed|triggered by
BE introduce-ed|introduced by|when|with
BE|being ?mostly|simply due|owing to
explain-ed|explained|provoked|produced by
it so happen
as it happen
das lag|liegt an|am|daran
lag|liegt an|am|daran
schuld war|ist
ursache|grund ..4 ist|war|:
"""
_TROUBLE_IS = """
the|a|our|its|actual|real|underlying|main|whole ..2 TROUBLE ..4 BE !now|-ed|solved|gone|done|open|closed|
    set|shown|still|not|UNKNOWN|possible|unlikely|that|in|on
the|a|our|its|actual|real|underlying|main|whole ..2 TROUBLE ..4 LIE
^ TROUBLE BE !now|fixed|solved|gone|still|not|UNKNOWN
TROUBLE ..12 LIE from
that|this|which|it BE ?exactly|precisely why
that|this|which explain-s|explains|explained why|the
that|this|which|it BE the ?whole|actual|real reason|cause|problem|culprit|bug
that was the whole
that|this BE what cause|produce|make|break|trigger|lead
what ?actually|really go-ed|went wrong
^ what ?actually|really happened|happens|broke|breaks|fails|failed|grows|grew|leaks|blocks|caused|causes
    !and|next|to
BE what ?actually|really happened|happens|broke|breaks|fails|failed|grows|grew|leaks|blocks|caused|causes
BE the|a ?whole|main|real TROUBLE :|,|;|-|$|here|with|for
BE|bug|problem|what|reason behind the|this|that|these|those|CODE ~12 :|;|,
deshalb|daher|dadurch ..10 $
"""
_TRACED = """
trace|track|pin|narrow|nail ..6 to|down
boil down to
stem from
come|go all|back|down ?back|down to the|a|an|how|our !same|user|point|old|previous
come-ed|came to the|a|an|how|our
the|a side effect of
the|a result|consequence|artefact|artifact|leftover of
most of the|that|this|its|it ..4 go|spend|hold|come|take|eat|BE !faster|slower|done|covered
the bulk ..6 go|spend|hold|come|take|eat|BE
half|all of the time|memory ..4 go|spend|hold|come|take|eat|BE
all the time go|went
% ?of ?the ?time|memory|requests|them go|spend|hold|come|take|eat !faster|slower|done|covered|in
% ?of ?the ?time|memory|requests|them BE spend|hold|take|eat|CODE|in|disk|waiting
most ..5 come|go from|into|to
"""
_FAILED_BECAUSE = """
FAIL ..20 because|weil|since
FAIL ..20 due to
FAIL ..20 as the|it|our|we
because|since|as|weil ..20 FAIL
DO|BE|can|could not ..16 because|since|weil
the|this|that|a race|bug|leak|deadlock|regression|bottleneck
^ thus|hence|therefore|consequently
lock ..10 between
lack !of
BE missing
hard-code|hardcode|hard code|overwrite|swallow|silently
"""
_WE_CHOSE = """
WE ..3 CHOOSE !if|whether|so
WE ..3 rule|turn|leave|pass ..4 out|down|up|on
WE ..2 committed to
WE ..4 stick|stay|go|land|standardize with|to|for|on !another|step
WE ..4 switch|move|migrate from|to|away|over|back|off
WE ..2 kept|dropped|left|put ~20 because|since|so|instead|rather|not|:|;|for
end|wind up with|using|on|going
start-ed|started ?out with|on ..10 but
WE do|will not|never !have|need|know|see|want|care ~14 ,|;|:|- ~0 !$
WE never|only|always|deliberately|intentionally ~14 because|since|so|as|,|;|:|-
WE ?have|now|will TAKE ..14 over|not|instead
WE ..4 TAKE ~14 instead|rather
WE ?now take|adopt|pick|choose|prefer|reject|refuse|forbid|standardize
wir bleiben|bleibt|nehmen|nutzen|verwenden|behalten
haben|hat|habe ..8 entschieden|beschlossen|verworfen|gelassen|geeinigt
bewusst|absichtlich|extra !für
^ STAY-ing|keep-ing|going ~14 because|since|:|;|-|until|weil
^ ?so STAY-ing on|with|at|for
^ STAY|keep|kept|left ~14 because|since|:|-|until
^ not -ing ..12
"""
_WEIGHED = """
considered|looked|evaluated|weighed|discussed|compared|debated ..12 and|but|,|; ~8 CHOOSE|dismissed|turned|
    passed|found|decided
BE ?clearly|simply the winner|way|pick
BE preferred to|over
BE favored|favoured
win out|here|over|because|since|on|by|as
no exception|exceptions
everywhere|throughout in|this|the|our
no more -ing
got rid of
"""
_CHOSEN = """
BE|got ?not|then|also decided|agreed|chosen|rejected|vetoed|discarded|verworfen|entschieden|beschlossen
    !later|soon|by
BE ruled|turned out|down
BE dropped because|since|in
BE|got|now pinned
chosen over|because|since|for
chose
decided on|against|to|not|in
^ agreed|decided|settled|entschieden
settled on
opt for|against
rejected because
^ going|went|stick|sticking|stay|staying|go with|to
it BE out $
^ /keep|leave|as|it|yes|no ..3 it is|remain|stay $
^ /keep|leave|as|it|yes|no ..3 it is|remain|stay ,|;|:
~0 OUTSIDE want|need|insist|ask|require|demand ..14 because|since|so|for|to|that|it|as|weil
"""
_NAMED = """
the|our|final|this|that|design|team ?final|design|team|new decision|verdict|agreement|conclusion|consensus|
    convention|policy
^ decision
tempting|obvious ..14 but
first idea|thought|choice|pick ..14 but
let us not|use|stick|keep|stay|drop|never|avoid
let us go with|for
let us do without
let us switch to
in the end it|we|i
in favor|favour of
from now|today on|all|every|each
ab sofort|jetzt
"""
_MEANT = """
on purpose
deliberate|deliberately|intentional|intentionally
by design
not an option
out of the question
off the table
for the record
bewusst|absichtlich
and|but|, not in|into|to|by|with|on|at|from|via|through|as|the|a ..12 :|;|,|as|because
:|;|,|- ?or else|otherwise
stay|stays $
stay|stays on|off|pinned|until|in|,|:|;
pinned|capped|held to|at|below|under|back
the rule is
no longer use|support|allow|need
"""
_PASSIVE = """
BE RESTRICT-ed ..4 :|because|since|so|weil
was|were|been -ed|cut|put|kept|built|left ..8 because|since|weil
BE|have not|never ..1 -ed|kept|put|sent|built|done|part|written|run ~18 because|since|so|:|;|-|as|weil
BE -ed|kept|put|sent|built|written ..14 so that
TAKE ..14 instead|rather|over|not ~24 because|since|so|due|as|given|,|:|;
TAKE ..16 on|of|for purpose
instead|rather of|than ~20 because|since|due|as|given|weil
statt|anstatt ~20 weil|da|denn|because
"""
_BARE = """
because|since|weil !yesterday|last|then|NUMBER|tuesday
due to
given that
"""
_LEARNED = """
we had ..6 in month|january|february|march|april|june|july|august|september|october|november|december|
    NUMBER|spring|summer|autumn|winter
last time ~14
bit|bitten|burned|burnt us|me
"""

# What each sentence is tried for, in this order: who turned back says more than why something else was taken.
CUES: tuple[tuple[str, int, str], ...] = (
    (DEAD_END, STRONG, _TURNED_BACK),
    (DEAD_END, STRONG, _NO_USE),
    (DEAD_END, STRONG, _TRIED),
    (DEAD_END, WEAK, _WORSE),
    (CAUSE, STRONG, _CAUSED),
    (CAUSE, STRONG, _TROUBLE_IS),
    (CAUSE, STRONG, _TRACED),
    (CAUSE, WEAK, _FAILED_BECAUSE),
    (DECISION, STRONG, _WE_CHOSE),
    (DECISION, STRONG, _WEIGHED),
    (DECISION, STRONG, _CHOSEN),
    (DECISION, STRONG, _NAMED),
    (DECISION, STRONG, _MEANT),
    (DECISION, STRONG, _LEARNED),
    (DECISION, WEAK, _PASSIVE),
    (DECISION, BARE, _BARE),
)

# How a person decides, also without giving a reason.
SAID = """
^ COMMAND ~14 , not|never|no|only
we|i will|shall|want|need|keep|use|never|always|must|only|require|prefer|accept|stay|stick|drop|support ~24
    because|since|so|due|too|instead|rather|not|no|never|always|make|only|,
we|i =do not ~24 because|since|so|due|too|instead|rather|no|never|only|,
we keep|stay|stick|never|always
we =do not
use|take|keep|prefer ..2 ?, ?and not|never|over
never|always|must|avoid|stop ~24 because|since|due|instead|rather|otherwise|else|weil|,
^ use|keep|take|put|store|stay|stick|drop ~24 because|since|due|instead|rather|otherwise|else|weil|,
,|;|:|we|and|then use|keep|take|put|store|stay|stick|drop ~24 because|since|due|instead|rather|otherwise|
    else|weil|,
=do not ~24 because|since|due|instead|rather|otherwise|else|weil
=do not ~20 ,|:|;|- ~10 COST|not|no|import|overwrite|expect
never|always|must|no|avoid|only|forget ~20 ,|:|;|-|( ~12 COST|not|no|rule|policy|enforce|parse|read|require|
    expect
^ want|use|take|keep|stay|stick|drop|put|store ~20 ,|:|;|-|( ~12 COST|not|no|rule|policy|enforce|parse|read|
    require|expect
,|;|:|we|and|then use|take|keep|stay|stick|drop|put|store|want ~20 ,|:|;|-|( ~12 COST|not|no|rule|policy|
    enforce|parse|read|require|expect
go with|for ~20 ,|:|;|-|( ~12 COST|not|no|rule|policy
from now|today on|all ~20
go|take|then|prefer|choose|do ?with|for option|variant|plan|approach|proposal
OUTSIDE want|need|insist|ask|require|agree ~20 because|since|so|due|as
OUTSIDE want|need|insist|ask|require|agree that|us|to|not|no
the reason ?why we|i|for ~14 BE
had|discussed|agreed|settled ..4 :
let us not
let us go|use|keep|stay|stick|take|drop ~24 ,|.|;|:|because|since
=do not|never want|like|allow|accept ~14 anymore|again
no exception|exceptions
hard|strict|house|team|general|new rule|policy
so we can|must|have|only|keep|stay|will|never|do
wir bleiben|nehmen|nutzen|behalten|wollen ~20
kein|keine|keinen|bitte ~14 mehr
wir ..3 immer|nie|kein|keine|keinen
"""

# Headings, and what stands before a colon.
LABELS: tuple[tuple[str, str], ...] = (
    (
        DECISION,
        """
^ ?final|key|design|our|the ?final|key|design decision|decisions|entscheidung $
^ rationale|reason|reasoning|convention|rule|context|background|verdict|begründung|grund|warum $
^ reason|reasoning ..4 $
^ why ..10 $
^ for the record $
^ for later|future|other ..1 $
^ for context $
^ ?a|one note on the design $
^ ?one|a|the design choice|decision|note|notes|choices ..5 $
^ trade off|offs $
^ tradeoff|tradeoffs|trade-off|trade-offs $
""",
    ),
    (
        CAUSE,
        """
^ ?the|one|a ?first|main|only|actual|real|underlying|root !failure|failures|error|errors|bug|bugs|issue|
    issues cause|causes|TROUBLE|diagnosis|finding|findings|explanation|trigger $
^ what ?actually|really go|went wrong $
^ what ?actually|really happen|break $
^ why it|this|that ..8 $
^ root cause analysis $
""",
    ),
    (
        DEAD_END,
        """
^ thing|things|what|path|paths|idea|ideas|attempt|attempts ..5 nowhere|fail|failed $
^ thing|things|what|path|paths|idea|ideas|attempt|attempts ..5 not work|help|worked $
^ thing|things|what|path|paths|idea|ideas|attempt|attempts ..5 in vain $
^ dead end|ends $
^ tried ?and ?rejected $
^ failed attempt|attempts $
^ sackgasse $
""",
    ),
)
