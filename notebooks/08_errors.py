# %% [markdown] lang="en"
# # When things go wrong
#
# The chapter's table: a timeout calls for retries with backoff, a refusal for a circuit breaker or
# a queue for later, a loss for acknowledgements, a duplicate for idempotent operations.
# **Predict**: a service is silent for eight seconds. What do callers that retry at once do to it
# when it is back?

# %% [markdown] lang="fr"
# # Quand les choses tournent mal
#
# Le tableau du chapitre : un délai d'attente dépassé appelle de nouvelles tentatives avec attente
# progressive, un refus un disjoncteur ou une mise en file, une perte des accusés de réception, un
# doublon des opérations idempotentes. **Prédisez** : un service est muet pendant huit secondes.
# Que lui font, à son retour, des appelants qui réessaient aussitôt ?

# %% lang="en"
LANGUAGE = "en"

# %% lang="fr"
LANGUAGE = "fr"

# %% [markdown] lang="en"
# ## The chapter's retry
#
# `sendMessageWithRetry` tries again when `sendMessage` raises an error. **Predict**: all is lost,
# in silence. How many attempts has it made after an hour?

# %% [markdown] lang="fr"
# ## Les nouvelles tentatives du chapitre
#
# `sendMessageWithRetry` réessaie quand `sendMessage` lève une erreur. **Prédisez** : tout se perd,
# en silence. Combien de tentatives a-t-elle faites au bout d'une heure ?

# %%
from experiments.interactive.exercise import check
from simulator import (
    AtLeastOnce,
    CircuitBreaker,
    ExponentialBackoff,
    Link,
    Retry,
    RetryBudget,
    Scenario,
    simulate,
)

pauses = ExponentialBackoff(base=0.1)
without_timeout = Retry(timeout=1e9, backoff=pauses, max_attempts=3)  # thirty years: none at all
silent = Scenario(
    guarantee=AtLeastOnce(retry=without_timeout), link=Link(loss=1.0), messages=1, horizon=3_600.0
)
simulate(silent).ledger.to_frame()[["attempts", "belief"]]

# %% [markdown] lang="en"
# **Explain**: one, and it still waits. The chapter's code has no timeout, and a loss in silence is
# no error: nothing comes, nothing fails, and the loop never turns. (A refused connection is an
# error: then it does.) A retry begins with a timeout. Here is one of 200 ms, which is ours: three
# attempts, pauses of 100 and 200 ms. The third pause of the chapter's comment, 400 ms, never comes:
# the third failure is final.

# %% [markdown] lang="fr"
# **Expliquez** : une seule, et elle attend encore. Le code du chapitre n'a pas de délai d'attente,
# et une perte silencieuse n'est pas une erreur : rien n'arrive, rien n'échoue, et la boucle ne
# tourne pas. (Une connexion refusée est une erreur : là, elle tourne.) Une nouvelle tentative
# commence par un délai d'attente. En voici un de 200 ms, qui est le nôtre : trois tentatives, des
# pauses de 100 et 200 ms. La troisième pause du commentaire du chapitre, 400 ms, n'a jamais lieu :
# le troisième échec est définitif.

# %%
chapter = Retry(timeout=0.2, backoff=pauses, max_attempts=3)
lost = Scenario(guarantee=AtLeastOnce(retry=chapter), link=Link(loss=1.0), messages=1)
simulate(lost, trace=True).trace.plot(language=LANGUAGE)

# %% [markdown] lang="en"
# ## Run: the storm that outlives its cause

# %% [markdown] lang="fr"
# ## Exécutez : la tempête qui survit à sa cause

# %%
from experiments.catalogue.circuit_breaker import OUTAGE_AT, OUTAGE_LASTS, Outage
from experiments.interactive.chart import chart
from experiments.interactive.names import called

policies = {
    "immediate": Retry(timeout=0.5, max_attempts=4),
    "backoff": Retry(timeout=0.5, max_attempts=4, backoff=pauses),
    "budget": Retry(timeout=0.5, max_attempts=4, budget=RetryBudget(ratio=0.1)),
    "breaker": Retry(
        timeout=0.5, max_attempts=4, breaker=CircuitBreaker(failures=10, recovery=2.0)
    ),
}
figure, (load, good) = chart(LANGUAGE, "offered", "goodput", x="time", experiment="circuit_breaker")
for name, retry in policies.items():
    model = Outage(carried=AtLeastOnce(retry=retry))
    seen = model.measure(0)
    load.plot(model.times, seen["offered"], label=called(name, LANGUAGE, "circuit_breaker"))
    good.plot(model.times, seen["goodput"])
for axes in (load, good):
    axes.axvspan(OUTAGE_AT, OUTAGE_AT + OUTAGE_LASTS, color="#e8e8e8")
load.set_ylim(0, 680)
load.legend(frameon=False, loc="upper right")
figure

# %% [markdown] lang="en"
# **Explain**: while the service is down, each call becomes four. When it is back, the queue is
# long, and answers come after their callers have given up and called again: the load feeds
# itself, and stays. Backoff does not end it, though the chapter advises it: pauses move attempts to
# a later time and do not make them fewer, 70 × 4 = 280 a second either way. It serves against what
# passes before the attempts are used up. A retry budget bounds the retries; a circuit breaker stops
# calling; both let the service recover.
#
# ## A hand on the slider: jitter
#
# Many clients call, at the same instant, a server that handles one call at a time, 10 ms each, and
# refuses the others, which try again. A dot is a call that is refused, a disk one that is served.
# **Predict**: which pauses serve everybody with the fewest calls?

# %% [markdown] lang="fr"
# **Expliquez** : pendant la panne, chaque appel en devient quatre. Au retour du service, la file
# est longue, et les réponses viennent après que les appelants ont renoncé et rappelé : la charge
# s'entretient elle-même, et reste. L'attente progressive n'y met pas fin, bien que le chapitre la
# conseille : des pauses remettent les tentatives à plus tard et n'en réduisent pas le nombre,
# 70 × 4 = 280 par seconde dans les deux cas. Elle sert contre ce qui passe avant que les tentatives
# soient épuisées. Un budget borne les nouvelles tentatives ; un disjoncteur cesse d'appeler ; tous
# deux laissent le service se rétablir.
#
# ## La main sur le curseur : la gigue
#
# Beaucoup de clients appellent, au même instant, un serveur qui traite un appel à la fois, en
# 10 ms, et refuse les autres, qui réessaient. Un point est un appel refusé, un disque un appel
# servi. **Prédisez** : quelles pauses servent tout le monde avec le moins d'appels ?

# %%
from experiments.interactive.explore import explore
from simulator import Constant, ConstantBackoff, Network
from simulator.policies import Backoff

BACKOFFS: dict[str, Backoff] = {
    "constant_10ms": ConstantBackoff(pause=0.01),
    "exponential_10ms": ExponentialBackoff(base=0.01, cap=1.0),
    "equal_jitter": ExponentialBackoff(base=0.01, cap=1.0, jitter="equal"),
    "full_jitter": ExponentialBackoff(base=0.01, cap=1.0, jitter="full"),
}


def collisions(clients=12, backoff="exponential_10ms"):
    net = Network(seed=1)
    server = net.node("server", workers=1, backlog=0)

    @server.on("job")
    def handle(message):
        yield server.work(0.01)

    retry = Retry(timeout=60.0, backoff=BACKOFFS[backoff], max_attempts=None)
    for number in range(clients):
        client = net.node(f"{number}")
        net.connect(client, server, Link(delay=Constant(0.001)))
        client.send(server, "job", guarantee=AtLeastOnce(retry=retry))
    net.run()
    figure, axes = chart(LANGUAGE, "clients", x="time")
    for event, look in (("sent", "k."), ("acknowledged", "o")):
        rows = [row for row in net.trace if row.event == event]
        axes.plot([row.time_s for row in rows], [int(row.node) + 1 for row in rows], look)
    axes.set_xlim(0, 2)
    return figure


explore(collisions, LANGUAGE, clients=(2, 20), backoff=list(BACKOFFS))

# %% [markdown] lang="en"
# **Explain**: clients that pause alike come back together, and collide again. Jitter spreads them.
#
# ## Run: a hundred deposited, twice

# %% [markdown] lang="fr"
# **Expliquez** : des clients qui font la même pause reviennent ensemble, et se heurtent encore. La
# gigue les disperse.
#
# ## Exécutez : cent déposés, deux fois

# %%
from experiments.catalogue.idempotency import Bank
from experiments.interactive.tables import table

rows = {
    deposits: Bank(deposits=deposits, loss=0.3).measure(0)
    for deposits in ("at_least_once", "idempotent", "exactly_once")
}
table(rows, LANGUAGE, "idempotency")

# %% [markdown] lang="en"
# ## Run: ask another server too
#
# One reply in a hundred takes longer than 0.85 s. A *hedged request* asks a second server when the
# first has not answered after a while, and takes the first reply. How much work does that cost?

# %% [markdown] lang="fr"
# ## Exécutez : demander aussi à un autre serveur
#
# Une réponse sur cent prend plus de 0,85 s. Une *requête doublée* (hedged request) est
# envoyée aussi à un second serveur si le premier n'a pas répondu au bout d'un moment, et seule la
# première réponse compte. Combien de travail cela coûte-t-il ?

# %%
from experiments.catalogue.hedged_requests import Hedging

hedged = {
    servers: Hedging(servers=servers, after=0.2, messages=10_000).measure(0) for servers in (1, 2)
}
table(hedged, LANGUAGE, "hedged_requests", corner="servers")

# %% [markdown] lang="en"
# ## Exercise
#
# Callers retry at once, up to four attempts, and nothing is ever answered. By how much is the load
# on the service multiplied?
#
# <details>
# <summary>Hint</summary>
#
# Count the first attempt too.
#
# </details>
#
# <details>
# <summary>Solution</summary>
#
# No attempt is answered, so all are made: each call becomes 4 attempts.
#
# </details>

# %% [markdown] lang="fr"
# ## Exercice
#
# Les appelants réessaient aussitôt, jusqu'à quatre tentatives, et aucun appel ne reçoit
# de réponse. Par combien la charge du service est-elle multipliée ?
#
# <details>
# <summary>Indice</summary>
#
# Comptez aussi la première tentative.
#
# </details>
#
# <details>
# <summary>Solution</summary>
#
# Aucune tentative ne reçoit de réponse, toutes ont donc lieu : chaque appel en devient 4.
#
# </details>

# %%
answer = ...

unanswered = Scenario(guarantee=AtLeastOnce(retry=policies["immediate"]), link=Link(loss=1.0))
check(answer, simulate(unanswered).summary["attempts_mean"], LANGUAGE)
