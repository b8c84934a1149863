"""What words mean for a decision, a cause or a dead end: a line holds a concept and its lemmas.

English, and the German that people mix into it. A verb stands in its base form; `IRREGULAR` has the forms
that no rule makes. German forms are listed as they occur.
"""

from __future__ import annotations

# A word may have several concepts.
CONCEPTS = """
WE: we i they team everyone everybody nobody management legal ops security support finance customer client
    partner boss vendor user maintainer wir ich man
OURS: we our us wir uns unser unsere unseren
OUTSIDE: customer client partner team legal ops management boss they security finance support vendor
    maintainer auditor kunde kunden
BE: be is are was were been being am get got ist sind war waren wird werden wurde wurden
HAVE: have has had having habe haben hat hatte hatten
DO: do does did doing done
DET: the a an this that these those my our me us it them all
NOT: not never no none nothing neither nor without nicht kein keine keinen nie ohne
CHOOSE: decide choose agree opt reject conclude discard veto dismiss decline refrain settle standardize
    standardise pick chosen entschieden entscheiden beschlossen gewählt verworfen abgelehnt geeinigt
    ausgeschlossen
TAKE: keep use take go stay stick remain put store build write model prefer adopt select leave pass pick
    switch move migrate drop choose hold retain bleiben bleibt bleib behalten nehmen nehme nimm nimmt
    benutzen nutzen verwenden gelassen belassen lassen behalte
CHANGED: switch move migrate put roll turn back go fall pull rip throw take
UNDO: revert undo abandon scrap shelve park ditch bin nix discard kill withdraw discontinue dismiss
    verworfen zurückgebaut zurückgenommen rückgängig zurückgedreht
TRY: try attempt experiment prototype spike toy evaluate trial explore ausprobiert versucht probiert
    versuch getestet
SETBACK: but however unfortunately sadly alas slow slower worse worsen aggravate degrade regress doubled
    tripled balloon fail break crash lose ignore none never not leider aber langsamer schlechter same
    longer
GAIN: gain success effect improvement difference luck avail benefit speedup speed-up bearing
COSTLY: slow much many big large fragile brittle expensive complex heavy costly fiddly
TROUBLE: cause reason culprit problem issue bug race leak error crash hang failure obstacle blocker hurdle
    snag slowness flakiness mistake trouble bottleneck regression deadlock fault delay slowdown corruption
    mismatch outage timeout breakage spike exception segfault ursache fehler grund
STAY: stay stick remain settle keep kept leave bleib bleiben bleibt
LIE: come stem lie sit originate result arise kommt liegt kam lag
FAIL: fail break crash hang leak occur miss lose disappear slow wrong stale corrupt duplicate twice stop
    empty flaky reject block stuck cannot vanish blank differ hammer red grow freeze stutter timeout
    bricht abbrechen fehlt verschwindet hängt kaputt langsam doppelt leer rot rotate
TROUBLED: why off complain weird bad fix oom growth spam randomly forever mysterious forget investigate
    finding loss postmortem outage incident reboot strange odd unable diff warum wieso
ADVERSE: fail break crash hang leak lose disappear stale corrupt duplicate twice empty reject block stuck
    vanish blank differ without torn interleave drop old only kill ignore hit hard-code hardcode opposite
    conflict mix mismatch expect refuse exhaust starve leftover unset nobody nothing never no not invalid
    incorrect malformed unexpected bad somebody someone former cannot different differently itself die
    forget include register instead already reference overwrite null none undefined nan rewrite down
    exceed shadow mutate default expire truncate strip skip hold collide whole every each slow wait cut
    wipe shrink swallow drift apart limit less shorter longer than though although missing lack too nicht
    kein keine fehlt aber falsch alt nur gewechselt leert interrupt deny contend depend cold stop silently
    forever nowhere restart steal throttle race unlink outdated obsolete wrong still larger more fewer
    neither both evict explode stall choke clash misread garble unreadable unreachable orphan dangle
    double triple pile saturate thrash unavailable unaware unhandled reorder invert ban unique own nor
    busy unknown
CHAIN: so which but then because therefore while whose where thus hence when until before after once each
    every instead although though still as since wenn sodass deshalb daher dann weil aber
LEADS: throw raise overflow deadlock wait trigger hard-code hardcode never whenever
WISH: should must please want need bitte pls wish soll
PASSING: currently typically generally idiomatic derzeit normalerweise aktuell
OBLIGE: must cannot require need otherwise depend muss müssen have-to
COST: cost break kill cannot nobody too must need never lose only confuse hell make refuse overwrite fail
    hurt slow unreadable missing
DEED: update add rename create change fix remove replace move commit implement write run format generate
    convert increase translate set adjust refactor extend clean delete ensure make edit check verify look
    see document bump insert mark reformat tag push raise show pin bind wrap restore put serialize merge
    hide swap sort hinzugefügt geändert umgestellt entfernt angepasst erledigt umbenannt eingebaut
COMMAND: fix make check add write update look run see try use set put let please pls compare review
    generate move convert refactor test measure benchmark investigate continue commit open close start
    stop merge translate document describe give list find get go delete drop replace switch migrate
    upgrade bump prepare rerun rewrite split walk help build clean configure install deploy debug keep
    implement create remove rename show explain tell ensure plan summarize take bring teach improve
    extract format reduce sort draft reply zeig mach füge baue schreib erkläre finde prüfe
QUESTION: what how which when where who whose whom explain
AUX: be is are was were do does did can could will would should shall may might has have had ist sind kann
    können soll sollen hat
UNKNOWN: unclear unknown probably perhaps maybe might may could possibly likely
OPEN: it this that these those they both he she so thus hence therefore then but and such none neither
    there one which because
RESTRICT: exclude skip limit disable forbid freeze pin restrict reserve keep leave omit ausgenommen
BACK: back out off away zurück
PLAIN: assume suppose wonder suggest recommend propose imagine seem measure benchmark test profile time
    ask insist demand help work scale pay pan lead trace track pin narrow nail boil introduce trigger
    produce provoke explain rule land turn look compare consider weigh discuss debate cap blow start begin
    happen allow save require forbid convince tempt
""".strip()

IRREGULAR = """
choose: chose chosen | take: took taken | keep: kept | go: went gone | put: put | build: built
write: wrote written | stick: stuck | leave: left | hold: held | throw: threw thrown | give: gave given
break: broke broken | lose: lost | hang: hung | come: came | lie: lay lies | sit: sat | find: found
get: got gotten | make: made | say: said | tell: told | think: thought | run: ran | fall: fell fallen
rip: ripped | grow: grew grown | overwrite: overwrote overwritten | rewrite: rewrote rewritten
forget: forgot forgotten | wake: woke | undo: undid undone | withdraw: withdrew withdrawn
shrink: shrank shrunk | see: saw seen | lead: led | mean: meant | send: sent | spend: spent
bring: brought | steal: stole stolen | eat: ate eaten | win: won | bear: bore borne | freeze: froze frozen
feed: fed | die: dying | have: had has | do: did does done | bind: bound | show: shown | know: knew known
stand: stood | speak: spoke spoken | drive: drove driven | blow: blew blown | catch: caught
bite: bit bitten | wind: wound | sink: sank sunk | dig: dug | sort: sorted | hide: hid hidden
"""
