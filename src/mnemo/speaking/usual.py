"""Words that most projects use when they speak of their changes: none says by itself what a claim is about.

They stand in the subjects of the last 4,000 commits, twice or more, of at least four tenths of 22 public
repositories in nine languages; everyday talk of `matching` is left out. Written as they are indexed.
"""

from __future__ import annotations

USUAL = frozenset(
    """
    abil abort absolut abstract accept access across activ actual adapt addit adjust against agent alia
    alias align alreadi altern analysi annot arg argument arrai artifact ascii assert assign async attach
    attempt attribut auth authent auto automat avail avoid backward banner batch benchmark binari bind
    boolean bound buffer builder bundl byte calcul callback cancel capabl captur catch chain channel
    charact checkout child chore chunk clarifi clariti clearer close collect com combin comma compar
    comparison compat complex compon comput concurr condit conflict connect consolid constructor consum
    content context continu control convent convers convert copi core correctli cover coverag creation
    credenti cross cycl declar decod decor defer definit delai dep dependabot deprec detect dict diff dir
    direct directli disallow discuss dispatch docstr doesn domain don dot draft dry durat dynam earli edg
    editor effect element emit encod enforc enhanc enum equal escap evalu except exclud exclus execut exit
    expand experiment explan explicit explicitli export expos express extend extens extern extract
    fallback fals feat feedback fetch filenam filter finish fixtur float flow forc fork forward futur gen
    git github global googl gracefulli graph guard guidanc handler hash hidden hide highlight histori http
    hub identifi incompat incomplet inconsist incorrect increas indent index indic infer infinit inform
    inherit init initi inject inlin insert instanc instruct int integ integr interact interfac introduc
    invalid iter join keyword known label latest layout lazi leak legaci length limit lite liter locat
    lock logo longer lookup loop lower manifest manual map mark marker matrix max mention meta metadata
    metric middlewar min minim minimum mistak mix mock modifi multi namespac narrow nativ neg nest network
    newlin node non none normal null obsolet omit oper opt optim org origin outdat outsid overrid parallel
    param parent pars parser partial past patch pattern payload pend per perf period permiss persist pick
    pin plain platform plugin polici poll pool popul posit potenti prefix present preserv preview privat
    prompt propag properti protocol proxi publish pyproject queri queue quot race rang rather raw readi
    real receiv recent recommend record recurs redirect redund ref reflect regex regist registr reject rel
    remain remot render replac resolut resolv resourc respect rest restor restrict retri reus revert revis
    role rout rule runner runtim safe sampl scan schema scope section secur self semant sequenc serial
    serv servic session share shutdown sign signatur silent sinc skip slash snapshot socket sort space
    spec special split sql src stabl stack stale standalon standard statement static statu stdin store str
    stream strict strip structur stub stuff suppress symbol sync syntax tag target task temporarili term
    theme thread throw timestamp titl todo token toml trace trail transform travi treat tree trigger
    truncat tweak unicod unifi unknown unnecessari unsupport uri utf var variant variou verifi web
    whitespac within worker wrapper yml
    """.split()
)
