# %% [markdown] lang="en"
# # Three delivery guarantees
#
# At most once, at least once, exactly once. **Predict**: one transmission in five is lost, each
# way. Of 10,000 messages, how many are lost under each guarantee, and how many are handled twice?

# %% [markdown] lang="fr"
# # Trois garanties de livraison
#
# Au plus une fois, au moins une fois, exactement une fois. **Prédisez** : une transmission sur
# cinq est perdue, dans chaque sens. Sur 10 000 messages, combien sont perdus sous chaque garantie,
# et combien sont traités deux fois ?

# %% lang="en"
LANGUAGE = "en"
EXPECTED, ONE, MANY = "theory:", "this run:", "30 runs:"
OFF = "  off, in standard errors:"

# %% lang="fr"
LANGUAGE = "fr"
EXPECTED, ONE, MANY = "théorie :", "ce tirage :", "30 tirages :"
OFF = "  écart, en erreurs types :"

# %%
from experiments.interactive.exercise import check
from experiments.interactive.tables import table
from simulator import (
    AtLeastOnce,
    AtMostOnce,
    ExactlyOnce,
    Exponential,
    ExponentialBackoff,
    Link,
    Retry,
    Scenario,
    simulate,
)
from simulator.languages.numbers import numbers

chapter = Retry(timeout=0.2, backoff=ExponentialBackoff(base=0.1), max_attempts=3)
guarantees = {
    "at_most_once": AtMostOnce(),
    "at_least_once": AtLeastOnce(retry=chapter),
    "exactly_once": ExactlyOnce(retry=chapter),
}
scenario = Scenario(link=Link(delay=Exponential(mean=0.05), loss=0.2), messages=10_000, seed=1)
metrics = ("loss_rate", "duplicate_rate", "latency_p99", "cost")
rows = {}
for name, guarantee in guarantees.items():
    outcome = simulate(scenario.replace("guarantee", guarantee))
    rows[name] = {metric: outcome.summary[metric] for metric in metrics}
table(rows, LANGUAGE)

# %% [markdown] lang="en"
# **Explain**: sent once, a message is lost with the link's probability, 0.2. Sent up to three
# times, it is lost if all three are: 0.2³ = 0.008. (The timeout of 200 ms is ours: the chapter's
# retry has none, see notebook 8.) The price is more than twice the transmissions, and duplicates,
# whenever an acknowledgement is lost or late. *Exactly once* costs the same on the wire as *at
# least once*: what it adds is the receiver's memory.
#
# Why does the table not say 0.008? Its 10,000 messages are a sample. The share lost among *n*
# messages is usually off by about one *standard error*, √(p(1 − p)/n); by more than two, one time
# in twenty. This one is:

# %% [markdown] lang="fr"
# **Expliquez** : envoyé une fois, un message est perdu avec la probabilité du lien, 0,2. Envoyé
# jusqu'à trois fois, il l'est si les trois le sont : 0,2³ = 0,008. (Le délai d'attente de 200 ms
# est le nôtre : la boucle du chapitre n'en a pas, voir le notebook 8.) Le prix : plus du double de
# transmissions, et des doublons, chaque fois qu'un accusé de réception est perdu ou tardif.
# *Exactement une fois* coûte autant sur le réseau qu'*au moins une fois* : ce qu'elle ajoute, c'est
# la mémoire du récepteur.
#
# Pourquoi le tableau ne dit-il pas 0,008 ? Ses 10 000 messages sont un échantillon. La part perdue
# parmi *n* messages s'écarte d'ordinaire de la théorie d'environ une *erreur type*, √(p(1 − p)/n) ;
# de plus de deux, une fois sur vingt. Cet échantillon-ci :

# %%
expected = 0.2**3
several = scenario.replace("guarantee", guarantees["at_least_once"])
runs = [simulate(several, replication=r).summary["loss_rate"] for r in range(30)]
number = numbers(LANGUAGE).short
print(EXPECTED, number(expected))
for said, sample in ((ONE, runs[:1]), (MANY, runs)):
    share = sum(sample) / len(sample)
    error = (expected * (1 - expected) / (len(sample) * scenario.messages)) ** 0.5
    print(said, number(share, 3))
    print(OFF, number(abs(share - expected) / error, 2))

# %% [markdown] lang="en"
# ## A hand on the slider
#
# 10,000 messages, run again at each move; it starts at the table's setting. **Predict** before
# you move: what does a longer delay do to the duplicates? And a shorter timeout to the cost?

# %% [markdown] lang="fr"
# ## La main sur le curseur
#
# 10 000 messages, simulés de nouveau à chaque mouvement ; il part du réglage du tableau.
# **Prédisez** avant de bouger : que fait un délai plus long aux doublons ? Et un délai d'attente
# plus court au coût ?

# %%
from experiments.interactive.guarantees import explore_guarantees

explore_guarantees(LANGUAGE)

# %% [markdown] lang="en"
# **Explain**: with a timeout shorter than the round trip, a copy that is only late counts as lost.
# What was not lost is sent again: duplicates and cost rise, and nothing is gained. Under *at most
# once* nothing waits, and neither slider changes anything but the latency.
#
# ## The story of a duplicate

# %% [markdown] lang="fr"
# **Expliquez** : un délai d'attente plus court que l'aller-retour fait croire perdue une copie qui
# n'est qu'en retard. Ce qui n'était pas perdu est envoyé de nouveau : doublons et coût montent,
# sans aucun gain. Sous *au plus une fois*, personne n'attend, et aucun des deux curseurs ne change
# autre chose que la latence.
#
# ## L'histoire d'un doublon

# %%
outcome = simulate(scenario.replace("guarantee", guarantees["at_least_once"]))
twice = int((outcome.ledger["handovers"] > 1).argmax())
outcome.timeline(twice).plot(language=LANGUAGE)

# %% [markdown] lang="en"
# The same message under *exactly once* meets the same losses and delays, and its copy is
# suppressed: the hollow circle.

# %% [markdown] lang="fr"
# Le même message, sous *exactement une fois*, rencontre les mêmes pertes et délais, et sa copie
# est supprimée : le cercle vide.

# %%
once = simulate(scenario.replace("guarantee", guarantees["exactly_once"]))
once.timeline(twice).plot(language=LANGUAGE)

# %% [markdown] lang="en"
# ## What must be remembered
#
# The receiver remembers every message, for ever. A handshake in four steps, *data, received,
# release, complete*, lets it know when it may forget. What does that cost? And what if a copy comes
# after its message was released?

# %% [markdown] lang="fr"
# ## Ce dont il faut se souvenir
#
# Le récepteur se souvient de chaque message, pour toujours. Une poignée de main à quatre temps,
# *données, reçu, libération, terminé*, lui dit quand il peut oublier. Que coûte-t-elle ? Et si une
# copie arrive après la libération de son message ?

# %%
from experiments.catalogue.remember_or_release import Memory

memories = {}
for way in ("remember", "release_ordered", "release"):
    memories[way] = Memory(way=way).measure(0)
table(memories, LANGUAGE, "remember_or_release")

# %% [markdown] lang="en"
# **Explain**: some messages are remembered rather than all, for twice the transmissions. But a late
# copy is new to a receiver that has forgotten: the handshake needs links that keep order.
#
# ## From a sample to a proof
#
# A slider samples. For one message one can go through *every* world that the network could make:
# each transmission lost, or not. **Predict**: with three attempts, how many worlds are there? What
# is the probability that the message is handed over twice or more, at a loss rate of 0.2?

# %% [markdown] lang="fr"
# **Expliquez** : quelques messages en mémoire plutôt que tous, pour deux fois plus de
# transmissions. Mais une copie tardive est nouvelle pour un récepteur qui a oublié : la poignée de
# main exige des liens qui gardent l'ordre.
#
# ## De l'échantillon à la preuve
#
# Un curseur échantillonne. Pour un seul message, on peut parcourir *tous* les mondes possibles du
# réseau : chaque transmission perdue, ou non. **Prédisez** : avec trois tentatives, combien de
# mondes y a-t-il ? Et quelle est la probabilité que le message soit remis au moins deux fois, à
# 20 % de pertes ?

# %%
from simulator import Constant, worlds

chance = ...

small = scenario.replace("messages", 1).replace("link.delay", Constant(0.05))
every = worlds(small.replace("guarantee", guarantees["at_least_once"]))
print(every.count, every.polynomial("duplicated"), every.counterexample)
check(chance, float(every.probability("duplicated", loss=0.2)), LANGUAGE)

# %% [markdown] lang="en"
# **Explain**: an attempt loses its data, loses its acknowledgement, or succeeds, and the first
# success is the last: 2 + 4 + 8 + 1 worlds. Each weighs p for every transmission lost and 1 − p for
# every other; summed, p − 3p³ + 2p⁴, exactly. And that there is no counterexample (`None`) is no
# observation: the promise holds in every world, whatever the loss rate.
#
# ## The same, over real sockets
#
# All of this was simulated. `simulator.live` runs the same scenario for real: sender and receiver
# are two processes on this machine; between them a third stands for the network, which loses and
# delays their datagrams by the same draws as the simulation. **Predict**: how many of 50 messages
# meet another fate than in the simulation?

# %% [markdown] lang="fr"
# **Expliquez** : une tentative perd ses données, perd son accusé de réception, ou réussit ; le
# premier succès est la dernière : 2 + 4 + 8 + 1 mondes. Chacun pèse p par transmission perdue et
# 1 − p par transmission arrivée ; leur somme est p − 3p³ + 2p⁴, exactement. Et l'absence de
# contre-exemple (`None`) n'est pas une observation : la promesse tient dans tous les mondes, quel
# que soit le taux de perte.
#
# ## La même chose, sur de vraies sockets
#
# Jusqu'ici, tout était simulé. `simulator.live` exécute le même scénario pour de vrai :
# l'expéditeur et le récepteur sont deux processus de cette machine ; entre eux, un troisième joue
# le réseau : il perd et retarde leurs datagrammes, avec les mêmes tirages que la simulation.
# **Prédisez** : sur 50 messages, combien connaissent un autre sort qu'en simulation ?

# %%
from simulator.live import compare, predict, run

differing = ...

few = several.replace("messages", 50)
fates = compare(run(few), predict(few))
check(differing, len(fates.different), LANGUAGE)

# %% [markdown] lang="en"
# **Explain**: the process in the middle asks the same draws what happens to attempt 2 of message 7,
# so it loses what the simulation lost. Only the times differ, by a fraction of a millisecond a
# message. A busy machine may be later than a timeout allows: `fates.too_close` says for which
# messages, and these prove nothing.
#
# Now the receiver's process is killed (`kill -9`) 105 ms after the start, and another takes its
# place 0.2 s later. Messages leave every 10 ms and take 50 ms, nothing is lost, and handling a
# message takes 20 ms. **Predict**: how many are handled twice?

# %% [markdown] lang="fr"
# **Expliquez** : le processus du milieu demande aux mêmes tirages ce qui arrive à la tentative 2 du
# message 7 ; il perd donc ce que la simulation a perdu. Seuls les temps diffèrent, d'une fraction
# de milliseconde par message. Une machine très occupée peut être plus en retard qu'un délai
# d'attente ne le permet : `fates.too_close` dit pour quels messages, et ceux-là ne prouvent rien.
#
# Maintenant, le processus du récepteur est tué (`kill -9`) 105 ms après le début, et un autre
# prend sa place 0,2 s plus tard. Les messages partent toutes les 10 ms et mettent 50 ms, rien ne se
# perd, et traiter un message prend 20 ms. **Prédisez** : combien sont traités deux fois ?

# %%
from simulator import Crash, Script

repeated = ...

slow = few.replace("link", Link(delay=Constant(0.05))).replace("handling", Constant(0.02))
killed = slow.replace("adversary", Script([Crash(node="receiver", at=0.105, lasts=0.2)]))
handovers = simulate(killed, engine="live").ledger["handovers"]
check(repeated, int((handovers > 1).sum()), LANGUAGE)

# %% [markdown] lang="en"
# **Explain**: two, those that were being handled. Message 4 came at 90 ms and message 5 at 100 ms;
# each needs 20 ms. No acknowledgement left, so both are sent again, to a process that never saw
# them. *Exactly once* would hand them over twice as well: what it remembers, it writes down when a
# message is handled.
#
# ## Exercise
#
# The link now loses half of all transmissions. Which share of messages does *at least once* lose,
# with its three attempts?
#
# <details>
# <summary>Hint</summary>
#
# A message is lost if every one of its attempts loses its data.
#
# </details>
#
# <details>
# <summary>Solution</summary>
#
# Each attempt loses its data one time in two, independently: 0.5³ = 0.125.
#
# </details>

# %% [markdown] lang="fr"
# **Expliquez** : deux, ceux qui étaient en cours de traitement. Le message 4 est arrivé à 90 ms, le
# message 5 à 100 ms ; il leur faut 20 ms. Aucun accusé de réception n'est parti : tous deux sont
# envoyés de nouveau, à un processus qui ne les a jamais vus. *Exactement une fois* les remettrait
# deux fois, elle aussi : elle ne note un message qu'une fois traité.
#
# ## Exercice
#
# Le lien perd maintenant la moitié des transmissions. Avec ses trois tentatives, *au moins une
# fois* perd encore quelle part des messages ?
#
# <details>
# <summary>Indice</summary>
#
# Un message est perdu si chacune de ses tentatives perd ses données.
#
# </details>
#
# <details>
# <summary>Solution</summary>
#
# Chaque tentative perd ses données une fois sur deux, indépendamment : 0,5³ = 0,125.
#
# </details>

# %%
answer = ...

worse = scenario.replace("guarantee", guarantees["at_least_once"]).replace("link.loss", 0.5)
check(answer, simulate(worse).summary["loss_rate"], LANGUAGE)
