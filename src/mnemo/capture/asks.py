"""What a prompt is after: knowledge, a choice, a try, leave to do something, or what is broken.

Patterns as `grammar` reads them.
"""

from __future__ import annotations

# How people lead up to what they ask.
WORLD = """
^ ?please|pls ?can|could|would ?you what|how|explain|describe|translate|summarize|summarise|teach !about|do|
    did|was|were|would|should|shall|it|is|are|to
^ what BE|does|do !about|missing|wrong|blocking|causing|broken ?the|our !plan|rule|policy|convention|
    decision
^ how do|does|is|are|many|much|far|to|long
^ how BE it|that|things going
^ ?please|pls ?can|could ?you explain|describe|show|tell !me
^ ?please|pls ?can|could ?you tell me about|how|what|a
^ give me
^ ?please ?can ?you compare
^ teach|translate|summarize|summarise
difference between
^ why do|does|would|should|is|are people|developers|everyone|anyone|one|you|programmers|language|languages|
    react|javascript|typescript|python|rust|go|java|git|docker|sql|css|html|vue|ruby|php|linux|bash|node
^ why do|does ..2 ?both have|need|use|allow|treat|support|distinguish
^ explain|describe|show !the change|changes
^ is ..3 or ..3 better
^ which ..3 is|are better|faster|supported
^ who|whose
^ wie weit|geht
"""
# Why something known by its name is as it is, when nothing is wrong with it.
OF_A_NAME = """
^ why is|does !DET|OURS|CODE
"""
OWN = """
we|our|us|decided|wir|unser|unsere
in the end
"""
PAST = """
did|was|were|went|happened|broke|found|yesterday|last|again|cause|causes|outage|incident|postmortem|loss|
    decision|decisions|findings|maintainer|maintainers|team|vendor
you find
"""
PLANNING = """
would it
is it possible
what if|would
could we try
COMMAND ..3 plan
^ ?test|release|upgrade|migration|rollout|rollback plan
COMMAND ?me|us|mir ?please|bitte ?a|an|the|eine ?short|kurze checklist|list|table|slides|summary|
    zusammenfassung|overview|agenda|email|mail|letter|tweet|announcement
^ ..1 slides|checklist|agenda
chicken|haiku|poem|riddle|funny|lol
template|roadmap|outline|ideas|brainstorm|proposal|estimate|options|joke
als nächstes
next $
"""
REPORTING = """
^ status|progress|next|done|recap $
^ ^ how many|much|often|far|long
how is it
how is|are it|things|you going|doing
are we|you done|ready|there
what BE ?still blocking|left|open|missing|next
wie weit|läuft
was fehlt|bleibt|steht
anything|what new|else
^ next ?step|steps|up
^ ?good morning|evening
where did we stop
^ thanks|thx|lol|danke
"""
CHOICE = """
decide|choose|pick
or ~16 $
or ..4 ?
which ..2 do|shall|should|did|are|will we|i
we|i take|use|go|pick ?with which|what
^ which ..2 $
which ..3 approach|framework|library|tool|format|db|database|queue|language|option|style|design
should|shall do|we|i !need|have
what do|shall|should we|i do|use|take|pick|name
is ..6 ok|okay|fine|allowed|acceptable
can|could|may i|we use|just|simply|also|add|take|drop|skip
where shall|should|do|does we|i|the|this|that|it
naming|convention|name for
^ use|keep|take|add|drop|switch|move|go|adopt ~16 ?
do|is|haben we|there|wir ..3 rule|convention|policy|standard|guideline|regel
"""
MAY = """
can|could|should|may|dürfen|können we|i|the|it|this|wir
why not
why can|do not
is it possible
let us
"""
TRYING = """
usable|viable|feasible
test|check|see|measure ?if|whether ..6 good|better|helps|would|works|faster
TRY|help|helped|luck|idea|result|results|faster|speed|upgrade|migrate|port|switch|bump|move|worth|instead|
    replace|make|reduce|shrink|improve|cut|schneller
go with
work|worked out
how did|was ..4
any luck
"""
BEHAVIOUR = """
^ can|could|is|are|do|does|will|would !you|we ~24 ?
^ what happen|would ?happen when|if
is it|this normal
"""
TROUBLED = """
TROUBLE|FAIL|TROUBLED
DO|BE|can|will|have not
not working|work
too long|slow|big|large|much|many
going ?up ?and up
go-ing|grows|grew up|down
STATUS
log-ed|logged out
every day|night|monday|morning|time
nothing|nobody
find out
look into
since last|yesterday|monday|tuesday|wednesday|thursday|friday|today|seit
seit heute|gestern
up and up
still
sometimes
"""
# What asks for reasons: of a change, a review, a day.
FINDINGS = """
pr|mr|commit|release|pull|merge ?request text|body|description|message|notes
describe|explain the|this|your change|changes|commit|pr|revert
review comment|comments|finding|findings
what did ..4 say|find|answer
what do|does ..4 say
anything|something|news from|on|about
what came out
postmortem|rca
have|did|has|haben we|anyone|anybody|somebody|wir ?ever|already|nicht|mal
COMMAND ..3 adr|rfc
comment|note on|about why
sum|summarize|summarise ?up the outage|incident|failure|discussion|meeting
"""
# What wants something made, whatever words of trouble its name holds.
MADE = """
^ ?please|pls|bitte|now ?can|could|would ?you ?please|also ?to add|write|make|create|implement|generate|
    rename|use|put|convert|translate|document|list|show|set|bump|find|format|build|extract !out|why|a|sure
^ ?please|pls ?can|could|would ?you add|write|make a !comment|note
"""
# A verb that no list has, with what it is to be done to.
ORDERED = """
^ !DET|FAIL * DET
"""
# A plain statement of what is, instead of a wish: a complaint, mostly.
STATED = """
^ we|i ?still get|see|keep|bekomme|bekommen|sehe|kriege
^ !COMMAND|QUESTION|AUX|i|we|you|no|never|always|only|all|yes|both|same|good|thanks|thx|lol|quick|idea DET
^ !COMMAND|QUESTION|AUX|i|we|you|no|never|always|only|all|yes|both|same|good|thanks|thx|lol|quick|idea ~6
    BE|DO|HAVE|NOT|NUMBER|FAIL|TROUBLED|TROUBLE|ADVERSE
"""
