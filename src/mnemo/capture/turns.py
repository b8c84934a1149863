"""How an answer is built, where no word alone shows what it holds. Patterns as `grammar` reads them."""

from __future__ import annotations

OUTCOME = """
^ nope|no|nein|unfortunately|sadly|alas|leider|killed|dropped|shelved|scrapped|reverted|abandoned|ditched|
    parked|dead|negative|failed|declined|rejected|refused|denied|vetoed|mixed
^ not ?really|yet usable|worth|great|really|good
^ sort|kind of !works|ok
^ did not
^ bad news
^ turned down
^ it|that|this DO|BE|would|will not
"""
# How an attempt begins to be told, and how it ends.
ATTEMPT = """
^ ?i|we ?have TRY-ed|tested|explored|experimented|prototyped|spiked|played|toyed|measured
^ ?i|we ?have spent|put|invested|sank ..5 hour|hours|day|days|afternoon|morning|while|time|week|weeks|it
^ ?i|we gave ..3 a|an ?quick|serious try|go|shot|spin|hour
^ ?i|we gave it
^ ?i|we went down
^ ?i|we built|made|have ?made a|with prototype|spike|trial
^ ?i|we have made trial|test|tests|experiment
^ ?i|we had a go
^ ?i|we ported|switched|moved|merged !,|the|to ..1
^ first i|we|try|attempt|cut
^ i|we did !not
^ compiled|ported|benchmarked
"""
REVERSAL = """
^ ?i|we|it ?have|BE not|nicht merged|merging|kept
^ closed
disabled|removed|off|out again
^ ?i|we left ?it out
^ leaving it
^ branch ?BE deleted|closed
^ ?i|we|it ?have|BE ?again UNDO-ed
^ ?i|we|it ?have|BE CHANGED-ed|put ~5 BACK
^ stays|stay as|with|on
^ undone|undid
"""
ENDING = """
nothing changes|changed
disabled|removed|stopped|unchanged|untouched|neither|remains|remain|pointless|stays|stay
taken|switched|turned|left ?it off|out
leaving it
as it|they was|were
UNDO-ed
CHANGED-ed|put ..4 BACK
gave up
not worth
no gain
dead end
threw|throw ..2 away|out
not going down|further|with
"""
SETBACK = """
unfortunately|sadly|leider
turned a|an|the ..8 into
have to UNDO
UNDO-ed again
twice the
slower|worse|langsamer|schlechter
cost more than
BE|DO|will|would|have not compile|support|build|work|exist|help|scale|run|load|fit
BE|have not been ported
left the|it|everything ..5 as|alone|untouched|place
NUMBER times longer|slower|more
"""
CONTRAST = """
WE DO not TAKE
WE ..2 leave ~4 out
rather|instead than|of !NUMBER|the
and not !NUMBER
not as !NUMBER
"""
# What a person settles in one sentence, to say why in the next.
ORDERS = """
^ COMMAND ~14 , not|never|no|only
^ keep|use|stay|stick|drop|never|always|forget|take|leave|no|nah|kein|keine
^ do not
^ nah|no|nope|yes|please|pls|let ?us ?, ?do keep|use|not|stay|take|drop|leave
^ ?please|pls|bitte do not
^ go with
we keep|stay|stick|use|do|never|always
"""
COSTS = """
COST|ADVERSE|die|dies
can|could not
do|does not
"""
REJECTS = """
so|otherwise|sonst ~5 would !like|you
would have|allow|save|be|do|make|mean|give|work ~16 but|yet|though|although|however
"""
MIGHT_HAVE = """
would have been|save|do|work|be
tempting
=considered|=looked|=thought !for
did consider|try|think
"""
ADVERSATIVE = """
^ but|yet|though|however|aber|still
~14 though|however|only
"""
REFUSAL = """
^ it|that|this|they|you|we can not ~6
^ not possible|allowed|here ~6
^ no|nope|nein ,|.|:|;|-|! ~0 !worries|problem ~6
^ no|nope|nein !tests|test|worries|problem ~6
"""
MAKES_CLEAR = """
come from the|a|an|how|our|CODE|-ing
LIE from -ing
LEADS
, so !that
which then|make|cause|let|leave|mean
so ~0 !that|far CODE|WE
"""
LEAD_IN = """
^ DEED-ed :
^ DEED-ed ?, CODE|adr|rfc ..2 :
^ ?i|we ?have ?then found|checked|investigated|looked|dug ..4 :|.|,|;|-|!
^ found it|the|: ..2 :|.|,|;|-|!
"""
# Sentences whose subject stands in the one before, but for those that name it all the same.
LEANS_BACK = """
^ OPEN
^ with|for it|this|that
^ arguments
^ the latter|former|other|second|first|same|reason|cause|culprit|whole|choice|decision|block|problem
^ as a|such ?result
^ i reverted|removed|left
^ we ?have had|have|reject|accept|kept
"""
STANDS_ALONE = """
^ it turn-ed|turned|turns out
^ there BE
^ so|thus|hence|therefore ?, the ~20 from|by|to
"""
LINKED = """
CHAIN|;|:
, and
"""
CONCLUDES = """
^ ~6 then|it $
^ so|also|hence|therefore
^ ~3 stays|wins|it is
"""
# How the story of an attempt ends, whatever word it began with.
GIVEN_UP = """
UNDO-ed
CHANGED-ed|put ..4 BACK
gave up
not worth
no point|sense|gain
dead end
threw|throw ..2 away|out
not going down|further|with
it remains|stays
delete ..2 branch
"""
GOES_ON = """
^ OPEN
"""
