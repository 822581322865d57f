# %% [markdown] lang="en"
# # First steps with Pigeon
#
# *Communication is not a function call: it is a request over an unreliable network.*
# In ten minutes: from ten lines of Python to a sweep and a plot.

# %% [markdown] lang="fr"
# # Premiers pas avec Pigeon
#
# *La communication n'est pas un appel de fonction : c'est une requête envoyée sur un réseau non
# fiable.* En dix minutes : de dix lignes de Python à un balayage et une figure.

# %% lang="en"
LANGUAGE = "en"

# %% lang="fr"
LANGUAGE = "fr"

# %% [markdown] lang="en"
# ## A thousand messages
#
# A **scenario** says everything: how messages are carried (here *at least once*, with the chapter's
# retry: 3 attempts, pauses of 100 and 200 ms, with a timeout of 200 ms that is ours), over which
# link, how many.

# %% [markdown] lang="fr"
# ## Mille messages
#
# Un **scénario** dit tout : comment les messages sont portés (ici *au moins une fois*, avec les
# nouvelles tentatives du chapitre : 3 tentatives, pauses de 100 et 200 ms, avec un délai d'attente
# de 200 ms qui est le nôtre), sur quel lien, combien.

# %%
from experiments.interactive.tables import table
from simulator import AtLeastOnce, Exponential, ExponentialBackoff, Link, Retry, Scenario, simulate

chapter = Retry(timeout=0.2, backoff=ExponentialBackoff(base=0.1), max_attempts=3)
scenario = Scenario(
    guarantee=AtLeastOnce(retry=chapter),
    link=Link(delay=Exponential(mean=0.05), loss=0.2),
    messages=1_000,
    seed=1,
)
outcome = simulate(scenario)
table({metric: {"": value} for metric, value in outcome.summary.items()}, LANGUAGE)

# %% [markdown] lang="en"
# One transmission in five is lost, yet fewer than one message in a hundred. The price is in
# `duplicate_rate` and in `cost`. What became of each message is in the **ledger**:

# %% [markdown] lang="fr"
# Une transmission sur cinq est perdue, mais moins d'un message sur cent. Le prix est dans
# `duplicate_rate` (doublons) et dans `cost` (coût). Le sort de chaque message est dans le
# **registre** :

# %%
ledger = outcome.ledger.to_frame()
columns = ["attempts", "handovers", "delivered_s", "acknowledged_s", "gave_up_s", "belief"]
table(ledger[columns].head(10), LANGUAGE)

# %% [markdown] lang="en"
# ## The story of one message
#
# Take the first message in doubt: its sender gave up, yet it was handed over. This is the two
# generals' problem, in a few lines.

# %% [markdown] lang="fr"
# ## L'histoire d'un message
#
# Prenons le premier message dans le doute : son expéditeur a renoncé, et pourtant il a été remis.
# C'est le problème des deux généraux, en quelques lignes.

# %%
in_doubt = ledger[(ledger["belief"] == "gave_up") & (ledger["handovers"] > 0)]
story = outcome.timeline(int(in_doubt["message"].iloc[0]))
print(story.tell(language=LANGUAGE))

# %% [markdown] lang="en"
# The same story as a space-time diagram: time runs downwards, an arrow is as long as its delay, a
# cross is a loss.

# %% [markdown] lang="fr"
# La même histoire en diagramme espace-temps : le temps descend, une flèche est aussi longue que son
# délai, une croix est une perte.

# %%
story.plot(language=LANGUAGE)

# %% [markdown] lang="en"
# And the first dozen messages, to be played. (GitHub and its like show no player; the
# documentation's pages and a running notebook do.)

# %% [markdown] lang="fr"
# Et les douze premiers messages, animés. (Une forge ne montre pas d'animation ; les pages de la
# documentation et un notebook qui tourne la montrent.)

# %%
simulate(scenario.replace("messages", 12), trace=True).trace.play(language=LANGUAGE)

# %% [markdown] lang="en"
# Was the promise of *at least once* kept? A bounded retry may lose a message, but never in silence.

# %% [markdown] lang="fr"
# La promesse *au moins une fois* a-t-elle été tenue ? Des tentatives en nombre borné peuvent perdre
# un message, mais jamais en silence.

# %%
print(outcome.verdict.explain(language=LANGUAGE))

# %% [markdown] lang="en"
# ## Four guarantees, the same draws
#
# Draws are *addressed*: message 17's second attempt has the same loss and delay whatever the
# guarantee. So these four rows differ by the guarantee alone.

# %% [markdown] lang="fr"
# ## Quatre garanties, le même hasard
#
# Les tirages sont *adressés* : la deuxième tentative du message 17 connaît le même sort quelle
# que soit la garantie. Ces quatre lignes ne diffèrent donc que par la garantie.

# %%
from simulator import AtMostOnce, BestEffort, ExactlyOnce

guarantees = {
    "best_effort": BestEffort(),
    "at_most_once": AtMostOnce(),
    "at_least_once": AtLeastOnce(retry=chapter),
    "exactly_once": ExactlyOnce(retry=chapter),
}
metrics = ["loss_rate", "duplicate_rate", "in_doubt_rate", "latency_p99", "cost"]
rows = {}
for name, guarantee in guarantees.items():
    summary = simulate(scenario.replace("guarantee", guarantee)).summary
    rows[name] = {metric: summary[metric] for metric in metrics}
table(rows, LANGUAGE)

# %% [markdown] lang="en"
# ## A sweep, and a plot
#
# How does the loss of messages grow with the loss of the link? Ten replications for each point, a
# 95 % interval by Student's t, and theory as a line: a message is lost if its three attempts are,
# p³.

# %% [markdown] lang="fr"
# ## Un balayage, et une figure
#
# Comment la perte de messages croît-elle avec celle du lien ? Dix réplications par point, un
# intervalle à 95 % de Student, et la théorie en trait : un message est perdu si ses trois
# tentatives le sont, p³.

# %%
import numpy as np

from experiments.interactive.chart import chart
from experiments.interactive.names import called
from simulator.statistics import t_interval

losses = np.arange(0.0, 0.65, 0.1)
figure, axes = chart(LANGUAGE, "loss_rate", x="link.loss")
for name in ("at_most_once", "at_least_once"):
    swept = scenario.replace("guarantee", guarantees[name])
    intervals = [
        t_interval(
            [
                simulate(swept.replace("link.loss", loss), replication=r).summary["loss_rate"]
                for r in range(10)
            ]
        )
        for loss in losses
    ]
    means = [interval.mean for interval in intervals]
    margins = [interval.half_width for interval in intervals]
    axes.errorbar(losses, means, margins, fmt="o", capsize=3, label=called(name, LANGUAGE))
p = np.linspace(0, 0.6)
axes.plot(p, p, "k-", p, p**3, "k-", linewidth=0.8)
axes.legend(frameon=False)
figure

# %% [markdown] lang="en"
# ## A hand on the slider
#
# `explore` adds controls to any function that returns a figure, one for each of its arguments.
# **Predict** before you move: with a loss of 0.5, how many attempts lose fewer than one message in
# a hundred?

# %% [markdown] lang="fr"
# ## La main sur le curseur
#
# `explore` donne des commandes à toute fonction qui rend une figure, une par argument.
# **Prédisez** avant de bouger : avec une perte de 0,5, combien de tentatives perdent moins d'un
# message sur cent ?

# %%
from experiments.interactive.explore import explore


def lost(loss=0.2, attempts=3):
    retry = Retry(timeout=0.2, max_attempts=attempts)
    tried = scenario.replace("guarantee", AtLeastOnce(retry=retry)).replace("link.loss", loss)
    figure, axes = chart(LANGUAGE, "loss_rate", x="attempts")
    k = np.arange(1, 9)
    axes.semilogy(k, loss**k, "k-", linewidth=0.8)
    axes.semilogy(attempts, simulate(tried).summary["loss_rate"], "o")
    axes.set_ylim(1e-4, 1.2)
    axes.minorticks_off()
    return figure


explore(lost, LANGUAGE, loss=(0.1, 0.9, 0.1), attempts=(1, 8))

# %% [markdown] lang="en"
# ## Your turn
#
# A backoff of your own is a class with one method. Here the pauses follow Fibonacci: does it wait
# less than with pauses that double?

# %% [markdown] lang="fr"
# ## À vous
#
# Pour écrire votre propre attente progressive, une classe à une méthode suffit. Ici, les pauses
# suivent Fibonacci : attend-on moins qu'avec des pauses qui doublent ?

# %%
from dataclasses import dataclass


@dataclass(frozen=True)
class Fibonacci:
    base: float

    def pause_after(self, attempt, previous, u):
        a, b = 1, 1
        for _ in range(attempt - 1):
            a, b = b, a + b
        return self.base * a


latencies = {}
for backoff in (ExponentialBackoff(base=0.1), Fibonacci(base=0.1)):
    patient = AtLeastOnce(retry=Retry(timeout=0.2, backoff=backoff, max_attempts=6))
    outcome = simulate(scenario.replace("guarantee", patient).replace("link.loss", 0.5))
    latencies[type(backoff).__name__] = {"latency_mean": outcome.summary["latency_mean"]}
table(latencies, LANGUAGE, digits=3)

# %% [markdown] lang="en"
# Things to try:
#
# 1. `max_attempts=None`: the sender never gives up. Is anything lost? What does it cost?
# 2. `Link(..., duplicate=0.3)`: the network itself duplicates. Which guarantees hand over twice?
# 3. `ExactlyOnce(window=3)`: a receiver that forgets. Ask the verdict to explain.
# 4. In a terminal: `pigeon list`, then `pigeon run delivery_guarantees --quick`.

# %% [markdown] lang="fr"
# À essayer :
#
# 1. `max_attempts=None` : l'expéditeur ne renonce jamais. Y a-t-il des pertes ? Quel est le coût ?
# 2. `Link(..., duplicate=0.3)` : le réseau lui-même duplique. Quelles garanties remettent
#    deux fois ?
# 3. `ExactlyOnce(window=3)` : un récepteur qui oublie. Demandez au verdict de s'expliquer.
# 4. Dans un terminal : `pigeon list`, puis `pigeon run delivery_guarantees --quick`.
