# %% [markdown] lang="en"
# # Called directly, or through a queue
#
# For ten seconds, ten times as many requests come as usual. **Predict**: what becomes of them when
# a service is called directly, and when a queue stands in between?

# %% [markdown] lang="fr"
# # Appel direct, ou par une file
#
# Pendant dix secondes, il vient dix fois plus de requêtes que d'habitude. **Prédisez** : que
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
# Une requête vaut 50 ms de travail ; il en vient 10 par seconde, puis 100, puis 10. Le service en
# laisse attendre 10, et refuse les autres.

# %%
import matplotlib.pyplot as plt
import pandas as pd
from exercise import check

from experiments.catalogue.direct_vs_queue import Peak
from experiments.labels import labels

text = labels(LANGUAGE)
rows = []
for architecture in ("direct", "queue"):
    for workers in (2, 4, 8):
        seen = Peak(architecture=architecture, workers=workers).measure(0)
        rows.append(
            {
                "": text("values", architecture),
                text("axes", "workers"): workers,
                **{text("metrics", m): seen[m] for m in ("refused", "wait_p99", "drained_after")},
            }
        )
pd.DataFrame(rows).round(3)

# %% [markdown] lang="en"
# **Explain**: called directly, a service that is full can only refuse. A queue refuses nothing: it
# turns a peak of requests into a time of waiting, which ends when the workers have caught up. It
# needs no more workers than the average asks for, and patience for the peak.

# %% [markdown] lang="fr"
# **Expliquez** : appelé directement, un service plein ne peut que refuser. Une file ne refuse rien
# : elle change un pic de requêtes en un temps d'attente, qui finit quand les workers ont rattrapé
# le retard. Elle ne demande pas plus de workers que la moyenne, et de la patience pour le pic.

# %%
fig, ax = plt.subplots(figsize=(6, 3))
for workers in (2, 4, 8):
    model = Peak(architecture="queue", workers=workers)
    label = f"{text('axes', 'workers.short')} {workers}"
    ax.plot(model.times, model.measure(0)["waiting"], label=label)
ax.set_xlabel(text("axes", "time"))
ax.set_title(text("metrics", "waiting"), loc="left")
ax.legend()
plt.show()

# %% [markdown] lang="en"
# ## Exercise
#
# Two workers do 40 requests a second. After the peak, about 600 wait, and 10 more come each
# second. How many seconds until the queue is empty? (Within a half.)

# %% [markdown] lang="fr"
# ## Exercice
#
# Deux workers font 40 requêtes par seconde. Après le pic, environ 600 attendent, et il en vient 10
# de plus par seconde. Au bout de combien de secondes la file est-elle vide ? (À moitié près.)

# %%
answer = ...

seen = Peak(architecture="queue", workers=2).measure(0)
check(answer, seen["drained_after"], LANGUAGE, within=0.5)
