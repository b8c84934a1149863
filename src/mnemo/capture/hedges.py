"""What speaks against keeping a sentence: a guess, a plan, the report of an edit, a state that passes.

Patterns as `grammar` reads them.
"""

from __future__ import annotations

# Before a cue these leave it open.
GUESSED = """
in case
if|whether|unless|might|maybe|perhaps|probably|possibly|unsure|suspect|suppose|wonder|suggest|recommend|
    propose
could !pin|trace|track|narrow|locate|not|fix|reproduce
may !not
assume|imagine|hypothetical|hypothetically|seem|likely|undecided|lean
should we|i|you|be|see
i think|guess|believe
not ?yet sure|clear|certain
considering
thinking about|of
let us discuss|say|consider|see
^ =consider
;|,|:|should|to =consider
=considering
can|could|would|will|do you
do not know
before deciding|anyone|anything
nothing is
to find out
can|yet|to|have ..1 not|to|be decide|decided
vielleicht|wahrscheinlich|vermutlich|könnte|könnten|ob|würde|evtl|eventuell|scheint|wenn
"""
SUPPOSED = """
would !have
"""
PLANNED = """
next week|sprint|month|release
nächste|kommende woche|monat|schritt
folgt|kommt noch|dann|später
i|we will !not|never|keep|use|support|stay|stick|go
i|we am|are ?now going to
let me
next ?, i|we|step|up
i =start|=begin
^ my|the plan
my plan
todo|to-do|vorschlag
to do !so|it|that|this
want me to
i would
ich|wir werde|werden|schaue|mache|melde
next|tomorrow|morgen !to $
"""
LEFT_OPEN = """
^ ..2 UNKNOWN
^ ..2 not ?yet clear|known|certain|sure
^ ..2 to be !blame
^ ..2 vielleicht|wahrscheinlich|vermutlich
"""
# Nothing of the project: slips of the agent's own tools, its next step, and what others do.
FORBIDDEN = """
at first because|since|as
because|since|as i had
i had expected|forgotten|missed|misread|assumed
edit|command|patch|call|search|grep|replacement|read|write ?has failed
edit|command|patch|call|search|grep|replacement do not work
mistype|mistyped
typo in my
sorry|apology|apologize|apologise|apologies
not unique in
try again
as you asked|requested|wanted
i can not find|see|tell|access
unable to find|see|tell|access
i have decided|chosen|opted ?to look|start|check|read|run|begin|search|open|stop|wait|leave|go|first|call|
    take|have|try|see|focus|do
i decided|chose|opted ?to look|start|check|read|run|begin|search|open|stop|wait|leave|go|first|call|take|
    have|try|see|focus|do
many|most|some|other team|teams|people|projects|companies|developers|users|libraries
people often|usually
^ it depends
NUMBER of|out|/ ?of NUMBER ..3 test|tests|check|checks|done|pass|passed|passing|fail|failed|files|steps|
    pods|jobs
no test|tests was|were|had
^ summary|status|done|change|changes|plan|step|steps|next|left|todo :
"""
# The report of an edit, which git keeps better.
EDIT = """
^ ?and|so|also|then|done ?i|we|ich|wir ?have|habe ?now|also|just !DEED-ing DEED !BE
^ ?i|we ?have ?now|also|just|then TAKE-ed|put|wrote as|in|to|the|it|a|them
^ ?and|so i|we ?=have ?now|also|just|then !HAVE -ed
^ ?and|so i|we ?have ?now|also|just|then DEED-ed
^ DEED-ed
^ NUMBER ..3 -ed ?to|in|from|: $
^ ..3 added|restored|removed|updated|renamed|disabled|enabled|replaced|fixed|reverted|umgestellt|geändert|
    hinzugefügt|erledigt $
is|are|läuft|geht|: now|jetzt|nun
/by|until|till now|jetzt|nun $
^ jetzt|nun|now
"""
# A state that passes, or advice to whoever asks.
PASSING = """
at the moment
right now
so far
PASSING
you
depend on what|how|whether|your
idiomatic
^ first|then|finally|please|=try|=run|=check|=use !of
^ make sure
"""
# How what went well or is under way is told: not what goes wrong.
FARES_WELL = """
^ now|jetzt|nun
/by|until|till now|jetzt|nun
^ NUMBER !%|of|and|:|ms|s|mb|gb ..3 DEED-ed|pass|passed|done|green|run|scripts|rows|items|tests|files|
    messages
all|test|tests|suite|everything|checks|NUMBER ?NUMBER pass|passes|passed|passing
NUMBER passed
green|clean|fixed|flat|fine|verified|resolved|confirmed|crisp|stable|ready
works !like|only|with|on|in|because
succeed|succeeded|succeeds
back to !the|old
down|up to NUMBER
let me know
good to go
^ i|we =have|am|are|will|would
^ i !never|not|forgot
^ you|let|here
^ this pr|change|commit|make|add|remove
^ found it $
^ great|good|thanks|sure|nice|done
"""
# What describes an edit, right after its report.
OF_EDIT = """
^ it|they|that|this !was|were
^ the state|value|result|new
"""
# A statement that waits for someone, asks or says that it has not found out.
NOT_FOUND = """
hypothesis|hypotheses|suspect|suspicion|theory|theories|candidate|candidates
can not tell|say|reproduce|see|know
not sure
unsure|unclear
do not know
hard to say|tell
no idea
need more|the|logs|log
need to see|know
help to know
can|could|would you ?please send|share|paste|tell|check|run|post|give|attach|confirm
please send|share|paste|post|attach|check
have not found|reproduced|looked|checked|run
could not reproduce|find
could|might|may be
to rule out
first guess
let me look|check|see|dig|start|take|try
i will look|check|start|dig|investigate|try|report
make|making sure ?that you
^ =check|=try|=run|=verify|=clear|=delete|=install|=clone|=restart|=open|=make|=ensure|=use !that|sure
;|, make|use|change|try|clone|set it|a|the|to|`
ich schaue|melde|prüfe
"""
WEIGHS = """
trade|trades off|offs
tradeoff|tradeoffs|trade-off|trade-offs
it depends
depends on
i would use|take|go|lean|start|begin|say|pick
"""
LEAVES_OPEN = """
depend|depends|either|both|options|option|pros|cons|recommend|suggest|would|might|could|may|usually|
    typically|generally|often|your
up to you
it is your
if you
in general
"""
OFFER = """
want me ~10 fix|change|apply|do|patch|open|file|add|make|go|implement
shall|should i ~10 fix|change|apply|do|patch|open|file|add|make|go|implement
would|do you like|want ~10 fix|change|apply|do|patch|open|file|add|make|go|implement
ok|okay if|to ~10 fix|change|apply|do|patch|open|file|add|make|go|implement
soll ich
"""
# What a person decided elsewhere, and only points to here.
RECALLED = """
what|which|whatever|as|like we|i|they ..3 CHOOSE|say|discuss|talked|had
"""
