# %% [markdown] lang="en"
# # Check your understanding
#
# The chapter ends with three questions. Here a measurement answers each.

# %% [markdown] lang="fr"
# # Vérifiez votre compréhension
#
# Le chapitre se termine par trois questions. Ici, une mesure répond à chacune.

# %% lang="en"
LANGUAGE = "en"

# %% lang="fr"
LANGUAGE = "fr"

# %% [markdown] lang="en"
# ## 1. When would you use synchronous, and when asynchronous messaging?
#
# **Predict** which of the two gives a higher throughput, and which a result sooner when there is
# only one request to make.

# %% [markdown] lang="fr"
# ## 1. Quand utiliseriez-vous la messagerie synchrone vs asynchrone ?
#
# **Prédisez** laquelle donne un plus grand débit, et laquelle donne plus tôt son résultat quand il
# n'y a qu'une requête à faire.

# %%
from experiments.catalogue.sync_vs_async import SyncOrAsync
from experiments.interactive.exercise import check
from experiments.interactive.tables import table

rows = {}
for style in ("blocking", "queue"):
    for requests in (1, 200):
        seen = SyncOrAsync(style=style, one_way=0.05, messages=requests).measure(0)
        shown = ("throughput", "done_after", "caller_held")
        rows[style, requests] = {name: seen[name] for name in shown}
table(rows, LANGUAGE, "sync_vs_async", corner="requests")

# %% [markdown] lang="en"
# **Explain**: for one request whose answer is needed now, the direct call is done sooner: the
# queue is one more hop. With 200 in hand, the queue is far ahead: it holds nobody up, and the
# workers, not the round trip, set the pace; each call makes those behind it wait. (*Done after*
# runs from when the request is in hand, for both.) Synchronous: when the next step needs the
# answer, and the caller should know at once of a failure. Asynchronous: when it does not, when load
# comes in peaks, when the receiver may be slow or down.
#
# ## 2. What is the difference between at least once and exactly once?

# %% [markdown] lang="fr"
# **Expliquez** : pour une seule requête dont la réponse est nécessaire tout de suite, l'appel
# direct finit plus tôt : la file est une étape de plus. Avec 200 requêtes en main, la file est loin
# devant : elle ne retient personne, et ce sont les workers, non l'aller-retour, qui donnent la
# cadence ; chaque appel, lui, fait attendre ceux qui le suivent. (*Terminé après* se compte, pour
# les deux, dès que la requête est en main.) Synchrone : quand la suite a besoin de la réponse, et
# que l'appelant doit apprendre un échec aussitôt. Asynchrone : quand ce n'est pas le cas, quand la
# charge vient par pics, quand le récepteur peut être lent ou en panne.
#
# ## 2. Quelle est la différence entre au-moins-une-fois et exactement-une-fois ?

# %%
from simulator import AtLeastOnce, ExactlyOnce, Exponential, Link, Retry, Scenario, simulate

retry = Retry(timeout=0.2, max_attempts=8)
scenario = Scenario(link=Link(delay=Exponential(mean=0.05), loss=0.3), messages=10_000, seed=1)
guarantees = {}
for name, guarantee in (
    ("at_least_once", AtLeastOnce(retry=retry)),
    ("exactly_once", ExactlyOnce(retry=retry)),
):
    summary = simulate(scenario.replace("guarantee", guarantee)).summary
    columns = ("loss_rate", "duplicate_rate", "latency_mean", "cost")
    guarantees[name] = {metric: summary[metric] for metric in columns}
table(guarantees, LANGUAGE)

# %% [markdown] lang="en"
# **Explain**: the same losses, the same latency, the same cost on the wire, to the last digit. The
# one difference is the duplicates, which the receiver of *exactly once* recognizes because it
# remembers. That memory is the price, and its limits are the limits of the guarantee:

# %% [markdown] lang="fr"
# **Expliquez** : les mêmes pertes, la même latence, le même coût sur le réseau, jusqu'au dernier
# chiffre. La seule différence, ce sont les doublons, que le récepteur d'*exactement une fois*
# reconnaît parce qu'il se souvient. Cette mémoire est le prix, et ses limites sont les limites de
# la garantie :

# %%
from experiments.catalogue.exactly_once_limits import Limits

twice = {}
for case in ("kept", "forgetful", "volatile"):
    seen = Limits(case=case, messages=500).measure(0)
    twice[case] = {"effects_twice": seen["effects_twice"]}
table(twice, LANGUAGE, "exactly_once_limits")

# %% [markdown] lang="en"
# ## 3. Why is perfect communication impossible in distributed systems?

# %% [markdown] lang="fr"
# ## 3. Pourquoi la communication parfaite est-elle impossible dans les systèmes distribués ?

# %%
doubts = {}
for attempts in (1, 2, 3, 5):
    patient = AtLeastOnce(retry=Retry(timeout=2.0, max_attempts=attempts))
    summary = simulate(scenario.replace("guarantee", patient)).summary
    doubts[attempts] = {metric: summary[metric] for metric in ("loss_rate", "in_doubt_rate")}
table(doubts, LANGUAGE, corner="attempts")

# %% [markdown] lang="en"
# **Explain**: the last column is the share of messages that were handled although their sender
# gave up: it cannot know. More attempts make it smaller, never zero, since the last
# acknowledgement may always be the one that is lost. The two generals say the same of every
# protocol.
#
# That can be proved, for each number of attempts: among *all* the worlds that the network could
# make there is one that leaves the doubt. With three attempts, **how many losses does it take at
# least?** The lowest power of the loss rate p in the exact probability tells.

# %% [markdown] lang="fr"
# **Expliquez** : la dernière colonne est la part des messages traités bien que leur expéditeur ait
# renoncé : il ne peut pas le savoir. Plus de tentatives la rendent plus petite, jamais nulle, car
# le dernier accusé de réception peut toujours être celui qui se perd. Les deux généraux disent
# cela de tout protocole.
#
# Cela se prouve, pour chaque nombre de tentatives : parmi *tous* les mondes possibles du réseau, il
# y en a un qui laisse le doute. Avec trois tentatives, **combien de pertes faut-il au moins ?** La
# plus petite puissance du taux de perte p dans la probabilité exacte le dit.

# %%
from simulator import Constant, worlds

losses = ...

three = AtLeastOnce(retry=Retry(timeout=2.0, max_attempts=3))
one = scenario.replace("guarantee", three).replace("messages", 1)
doubt = worlds(one.replace("link.delay", Constant(0.05))).polynomial("in_doubt")
print(doubt)
check(losses, next(power for power, count in enumerate(doubt) if count), LANGUAGE)

# %% [markdown] lang="en"
# ## Exercise
#
# Sent once, with an acknowledgement, over links that lose three in ten each way: which share of
# messages is in doubt?
#
# <details>
# <summary>Hint</summary>
#
# In doubt: the message came, and its sender gave up. What must arrive, and what must be lost?
#
# </details>
#
# <details>
# <summary>Solution</summary>
#
# The message arrives, 0.7, and its acknowledgement is lost, 0.3: 0.7 × 0.3 = 0.21.
#
# </details>

# %% [markdown] lang="fr"
# ## Exercice
#
# Envoyé une fois, avec un accusé de réception, sur des liens qui perdent trois fois sur dix dans
# chaque sens : quelle part des messages est dans le doute ?
#
# <details>
# <summary>Indice</summary>
#
# Dans le doute : le message est arrivé, et son expéditeur a renoncé. Que faut-il voir arriver, et
# que faut-il perdre ?
#
# </details>
#
# <details>
# <summary>Solution</summary>
#
# Le message arrive, 0,7, et son accusé de réception se perd, 0,3 : 0,7 × 0,3 = 0,21.
#
# </details>

# %%
answer = ...

once = AtLeastOnce(retry=Retry(timeout=2.0, max_attempts=1))
check(answer, simulate(scenario.replace("guarantee", once)).summary["in_doubt_rate"], LANGUAGE)
