# %% [markdown] lang="en"
# # Called directly, or through a queue
#
# For ten seconds, ten times as many requests come as usual. **Predict**: what becomes of them when
# a service is called directly, and when a queue stands in between?

# %% [markdown] lang="fr"
# # Appel direct, ou par une file
#
# Pendant dix secondes, il arrive dix fois plus de requêtes que d'habitude. **Prédisez** : que
# deviennent-elles quand un service est appelé directement, et quand une file se trouve entre les
# deux ?

# %% lang="en"
LANGUAGE = "en"

# %% lang="fr"
LANGUAGE = "fr"

# %% [markdown] lang="en"
# ## Run
#
# A request is 50 ms of work; 10 come a second, then 100, then 10. The service lets 10 requests
# wait, and refuses more.

# %% [markdown] lang="fr"
# ## Exécutez
#
# Une requête demande 50 ms de travail ; il en arrive 10 par seconde, puis 100, puis 10. Le service
# en laisse attendre 10, et refuse les autres.

# %%
from experiments.catalogue.direct_vs_queue import PEAK_AT, PEAK_LASTS, Peak
from experiments.interactive.chart import chart
from experiments.interactive.exercise import check
from experiments.interactive.names import called
from experiments.interactive.tables import table

rows = {}
for architecture in ("direct", "queue"):
    for workers in (2, 4, 8):
        seen = Peak(architecture=architecture, workers=workers).measure(0)
        shown = ("refused", "wait_p99", "drained_after")
        rows[architecture, workers] = {name: seen[name] for name in shown}
table(rows, LANGUAGE, "direct_vs_queue", corner="workers")

# %% [markdown] lang="en"
# **Explain**: called directly, a service that is full can only refuse. A queue refuses nothing: it
# turns a peak of requests into a time of waiting, which ends when the workers have caught up. It
# needs no more workers than the average asks for, and patience for the peak.

# %% [markdown] lang="fr"
# **Expliquez** : appelé directement, un service plein ne peut que refuser. Une file ne refuse
# rien : elle change un pic de requêtes en un temps d'attente, qui finit quand les workers ont
# rattrapé leur retard. Elle demande des workers pour la moyenne, et de la patience pour le pic.

# %%
figure, axes = chart(LANGUAGE, "waiting", x="time", experiment="direct_vs_queue")
label = called("workers.short", LANGUAGE, "direct_vs_queue")
for workers in (2, 4, 8):
    model = Peak(architecture="queue", workers=workers)
    axes.plot(
        model.times,
        model.measure(0)["waiting"],
        label=f"{label} {workers}",
    )
axes.axvspan(PEAK_AT, PEAK_AT + PEAK_LASTS, color="#e8e8e8")
axes.legend(frameon=False)
figure

# %% [markdown] lang="en"
# ## A hand on the slider
#
# **Predict**: with 5 workers, from which height of the peak does a queue form at all? And with one
# worker more, how much sooner is it gone?

# %% [markdown] lang="fr"
# ## La main sur le curseur
#
# **Prédisez** : avec 5 workers, à partir de quelle hauteur du pic une file se forme-t-elle ? Et
# avec un worker de plus, combien de temps plus tôt disparaît-elle ?

# %%
import numpy as np

from experiments.interactive.explore import explore
from simulator import At, Exponential, Link, Network


def queue(rate=100, workers=4):
    calm, peak, after = np.arange(0, 10, 0.1), np.arange(10, 20, 1 / rate), np.arange(20, 60, 0.1)
    instants = np.concatenate([calm, peak, after])
    net = Network(seed=1, trace=False)
    front, service = net.node("front"), net.node("service", workers=workers)
    net.connect(front, service, Link())
    service.serve("job", Exponential(mean=0.05))
    front.send_each(At(times=instants.tolist()), service, "job", messages=len(instants))
    net.run()
    times = np.arange(0, 60, 0.5)
    figure, axes = chart(LANGUAGE, "waiting", x="time", experiment="direct_vs_queue")
    axes.axvspan(10, 20, color="#e8e8e8")
    axes.plot(times, service.waiting.at(times))
    axes.set_ylim(0, 800)
    return figure


explore(queue, LANGUAGE, rate=(10, 120, 10), workers=(2, 8))

# %% [markdown] lang="en"
# **Explain**: a worker does 20 a second. While more come than all of them do, the queue grows by
# the difference each second; then it shrinks by what they have to spare. Five workers do 100 a
# second: about there, chance alone makes a short queue.

# %% [markdown] lang="fr"
# **Expliquez** : un worker en fait 20 par seconde. Tant qu'il en vient plus que tous n'en font, la
# file croît de la différence à chaque seconde ; puis elle décroît de ce qu'ils font en plus. Cinq
# workers en font 100 par seconde : autour de ce pic, le hasard seul fait une courte file.

# %% [markdown] lang="en"
# ## Exercise
#
# Two workers do 40 requests a second. After the peak, about 600 wait, and 10 more come each
# second. How many seconds until the queue is empty? (Within a half.)
#
# <details>
# <summary>Hint</summary>
#
# By how much does the queue shrink each second?
#
# </details>
#
# <details>
# <summary>Solution</summary>
#
# The workers do 40 a second and 10 come: the queue shrinks by 30 a second, and 600/30 = 20 s.
#
# </details>

# %% [markdown] lang="fr"
# ## Exercice
#
# Deux workers font 40 requêtes par seconde. Après le pic, environ 600 attendent, et il en arrive
# 10 de plus par seconde. Au bout de combien de secondes la file est-elle vide ? (À 50 % près.)
#
# <details>
# <summary>Indice</summary>
#
# De combien la file diminue-t-elle à chaque seconde ?
#
# </details>
#
# <details>
# <summary>Solution</summary>
#
# Les workers en font 40 par seconde et il en arrive 10 : la file diminue de 30 par seconde, et
# 600/30 = 20 s.
#
# </details>

# %%
answer = ...

seen = Peak(architecture="queue", workers=2).measure(0)
check(answer, seen["drained_after"], LANGUAGE, within=0.5)
