# %% [markdown] lang="en"
# # For real
#
# All that these notebooks showed was simulated. Here the chapter's own code runs: its server, its
# client, its queue, each a process of its own on this machine, which we slow down and kill. Beside
# what is measured stands what Pigeon says of the same. **Predict**: where do the two differ?

# %% [markdown] lang="fr"
# # Pour de vrai
#
# Jusqu'ici, tout était simulé. Dans ce notebook, c'est le code du chapitre qui tourne : son
# serveur, son client, sa file, chacun dans un processus à lui, sur cette machine ; nous les
# ralentissons et nous les tuons. À côté de ce qui est mesuré se trouve ce que Pigeon en dit.
# **Prédisez** : où les deux diffèrent-ils ?

# %% lang="en"
LANGUAGE = "en"
ANSWER, HANDLINGS = "Answer:", "handlings:"
ANSWERED = "{}% of calls answered, {} handlings a call"
IGNORED, ACCEPTED = "Late answers ignored:", "Late answers accepted:"

# %% lang="fr"
LANGUAGE = "fr"
ANSWER, HANDLINGS = "Réponse :", "traitements :"
ANSWERED = "{}\N{NO-BREAK SPACE}% des appels ont reçu leur réponse, {} traitements par appel"
IGNORED, ACCEPTED = "Réponses tardives ignorées :", "Réponses tardives acceptées :"

# %% [markdown] lang="en"
# ## Run: the server and its client
#
# The chapter's files are in `experiments/reality/chapter`. What is ours there is marked: the port,
# the timeout, and how long the server works, which the message says.

# %% [markdown] lang="fr"
# ## Exécutez : le serveur et son client
#
# Les fichiers du chapitre sont dans `experiments/reality/chapter`. Ce qui est de nous y est signalé
# (*Ours*) : le port, le délai d'attente, et la durée du travail du serveur, que le message indique.

# %%
from experiments.interactive.exercise import check
from experiments.reality.http_server import Client, Server, python
from experiments.reality.processes import Processes

with Processes() as processes:  # at the end, whatever happens, all of them are stopped
    server = Server(processes)
    messages = [{"id": "1", "content": "Hello"}]
    client = Client(processes, python(processes), [(server.port, messages)])
    print(ANSWER, client.answers()["1"])
    print(HANDLINGS, server.handled("1"))

# %% [markdown] lang="en"
# ## Run: a slow server
#
# The server works on each call for 100 ms on average, sometimes for much longer (the times are
# exponential). The client is the chapter's, with its `sendMessageWithRetry`: three attempts, pauses
# of 100 and 200 ms, and a timeout of 200 ms, which is ours. **Predict**: what share of the calls is
# answered, and how often is a call handled?

# %% [markdown] lang="fr"
# ## Exécutez : un serveur lent
#
# Le serveur travaille à chaque appel 100 ms en moyenne, parfois bien plus (les durées suivent une
# loi exponentielle). Le client est celui du chapitre, avec son `sendMessageWithRetry` : trois
# tentatives, des pauses de 100 et 200 ms, et un délai d'attente de 200 ms, qui est le nôtre.
# **Prédisez** : quelle part des appels reçoit une réponse, et combien de fois un appel est-il
# traité ?

# %% tags=["varies"]
from experiments.reality.catalogue import measure
from experiments.reality.options import Options

by_chance, one_by_one, failures = measure("http", Options())
print(by_chance.table(LANGUAGE), one_by_one.table(LANGUAGE), sep="\n\n")

# %% [markdown] lang="en"
# **Explain**: some 86% of the calls are answered, and a call is handled 1.34 times. `z` is the
# difference in standard deviations: how far chance takes one run of 400 calls from the mean. In the
# second table chance has no part, for the simulated server works on each call for as long as the
# real one does: nearly every call meets the same fate. Those few that do not came within
# milliseconds of their timeout. (On a machine that is busy with other things there are more of
# them: Pigeon simulates a network and a server, and no operating system.)
#
# Retries hardly help here. A call that takes too long takes too long each time, and the attempt
# that was given up is worked on all the same, before the next one. What it brings comes too late:
# its connection is closed. A sender that accepts late answers does far better with the same server.
# That is simulated:

# %% [markdown] lang="fr"
# **Expliquez** : environ 86 % des appels reçoivent leur réponse, et un appel est traité 1,34 fois.
# `z` est l'écart en écarts types : jusqu'où le hasard éloigne de la moyenne une série de 400
# appels. Dans le second tableau, le hasard n'a aucune part : le serveur simulé travaille à chaque
# appel aussi longtemps que le vrai, et presque tous les appels connaissent le même sort. Les rares
# autres étaient à quelques millisecondes de leur délai d'attente. (Sur une machine occupée à autre
# chose, il y en a davantage : Pigeon simule un réseau et un serveur, pas un système
# d'exploitation.)
#
# Réessayer n'aide guère ici. Un appel trop long l'est chaque fois, et le serveur travaille quand
# même à la tentative abandonnée, avant de passer à la suivante. Sa réponse vient trop tard : la
# connexion est fermée. Un expéditeur qui accepte les réponses tardives s'en tire bien mieux avec le
# même serveur. Cela, nous le simulons :

# %%
import dataclasses
from statistics import fmean

from experiments.reality.http_measured import draw
from experiments.reality.http_simulated import calls, loop
from simulator.languages.numbers import numbers

number = numbers(LANGUAGE).short
accepting = dataclasses.replace(loop(), late_answers="accept")
for said, retry in ((IGNORED, loop()), (ACCEPTED, accepting)):
    fates = calls(draw(seed=1, number=10_000), retry)
    answered = number(100 * fmean(fate.answered for fate in fates), 3)
    handled = number(fmean(fate.handled for fate in fates), 3)
    print(said, ANSWERED.format(answered, handled))

# %% [markdown] lang="en"
# ## Run: a server that is not there, too slow, or killed
#
# **Predict**: a server is killed in the middle of its work. What does the caller see? Can it tell
# whether its request was handled?

# %% [markdown] lang="fr"
# ## Exécutez : un serveur absent, trop lent, ou tué
#
# **Prédisez** : un serveur est tué en plein travail. Que voit l'appelant ? Peut-il savoir si sa
# requête a été traitée ?

# %%
print(failures.table(LANGUAGE))

# %% [markdown] lang="en"
# **Explain**: where nobody listens, the system of the server's machine refuses the connection at
# once: that is an error, and the loop turns. A server that is too slow looks like one that is not
# there, yet it has handled the request three times.
#
# The third line is where the two differ. The system of a killed process closes its connections, so
# that its caller hears of it at once. A crash in Pigeon is that of a machine, which says nothing
# any more: the caller learns of it by its own timeout. What became of the request is in doubt in
# either case: it was begun, and nobody knows how far it got. And for `requests` it is the same
# `ConnectionError` as in the first line, where it surely was not begun.
#
# `pigeon measure typescript` does all this with the chapter's client in TypeScript, where Node is
# installed. As printed, that client cannot talk to this server at all: Node sends the body in
# chunks, without `Content-Length`, and the server asks for one.

# %% [markdown] lang="fr"
# **Expliquez** : quand personne n'écoute, le système de la machine refuse aussitôt la connexion :
# c'est une erreur, et la boucle tourne. Un serveur trop lent ressemble à un serveur absent ; il a
# pourtant traité la requête trois fois.
#
# C'est à la troisième ligne que les deux diffèrent. Le système ferme les connexions d'un processus
# tué, si bien que l'appelant l'apprend aussitôt. Une panne, dans Pigeon, est celle d'une machine,
# qui ne dit plus rien : l'appelant l'apprend par son propre délai d'attente. Dans les deux cas, le
# sort de la requête est incertain : son traitement a commencé, et nul ne sait jusqu'où il est allé.
# Pour `requests`, c'est d'ailleurs la même `ConnectionError` qu'à la première ligne, alors que là,
# rien n'avait commencé.
#
# `pigeon measure typescript` fait tout cela avec le client du chapitre en TypeScript, si Node est
# installé. Tel qu'il est imprimé, ce client ne peut pas parler à ce serveur : Node envoie le corps
# par morceaux, sans `Content-Length`, que le serveur demande.

# %% [markdown] lang="en"
# ## Run: the queue, killed
#
# The chapter's queue gets 20 tasks. Half of them are done at once, the others take an hour. Then
# its process is killed, and started again. **Predict**: how many tasks are lost? And how many when
# nothing is killed, but the handler raises an exception for one task in four?

# %% [markdown] lang="fr"
# ## Exécutez : la file, tuée
#
# La file du chapitre reçoit 20 tâches. La moitié est faite aussitôt, les autres prennent une heure.
# Puis son processus est tué, et relancé. **Prédisez** : combien de tâches sont perdues ? Et combien
# si rien n'est tué, mais que le traitement lève une exception pour une tâche sur quatre ?

# %%
print(*(table.table(LANGUAGE) for table in measure("queue", Options())), sep="\n\n")

# %% [markdown] lang="en"
# **Explain**: all that was not complete is lost: the queue was a list in the memory of a process.
# Nothing waits in this queue, since each task gets a thread of its own as soon as it is published;
# all were begun, none is begun again. In Pigeon it is a broker that is not durable and crashes with
# its worker, and that delivers each task once (`durable=False, max_deliveries=1`). Notebook 6
# repairs it: what is not acknowledged is delivered again.
#
# ## The same guarantees, over UDP
#
# HTTP runs over TCP, which loses nothing. Over UDP the network itself loses, and the guarantees of
# notebook 3 have their work to do: `pigeon live` runs their code, unchanged, between two processes.

# %% [markdown] lang="fr"
# **Expliquez** : tout ce qui n'était pas terminé est perdu : la file était une liste dans la
# mémoire d'un processus. Rien n'attend dans cette file, car chaque tâche reçoit son propre thread
# dès qu'elle est publiée ; toutes étaient commencées, aucune ne l'est à nouveau. Dans Pigeon, c'est
# un courtier qui n'est pas durable, qui tombe en panne avec son worker, et qui livre chaque tâche
# une fois (`durable=False, max_deliveries=1`). Le notebook 6 la répare : ce qui n'est pas acquitté
# est livré à nouveau.
#
# ## Les mêmes garanties, par UDP
#
# HTTP passe par TCP, qui ne perd rien. Avec UDP, le réseau lui-même perd, et les garanties du
# notebook 3 ont de quoi faire : `pigeon live` exécute leur code, inchangé, entre deux processus.

# %% [markdown] lang="en"
# ## Exercise
#
# Two callers call the same server at the same instant, once each. The server works on a call for
# 0.75 s, one call after the other. The timeout is 1 s; the pauses are the chapter's, 0.1 and 0.2 s.
# Both are answered in the end. How often has the server handled a call, in all? (A sketch helps:
# what does the server do, from when to when?)
#
# <details>
# <summary>Hint</summary>
#
# The second caller waits for the first: its answer would come at 1.5 s, after its timeout. The
# server knows nothing of that, and works on.
#
# </details>
#
# <details>
# <summary>Solution</summary>
#
# The first call is answered at 0.75 s: 1 handling. The second is begun at 0.75 s and done at 1.5 s,
# yet its caller gave up at 1 s and called again at 1.1 s. That attempt is begun at 1.5 s and done
# at 2.25 s, too late again (2.1 s). The third comes at 2.3 s to an idle server and is answered at
# 3.05 s: 3 handlings. In all 1 + 3 = 4.
#
# </details>

# %% [markdown] lang="fr"
# ## Exercice
#
# Deux appelants appellent le même serveur au même instant, une fois chacun. Le serveur travaille
# 0,75 s à un appel, un appel après l'autre. Le délai d'attente est de 1 s ; les pauses sont celles
# du chapitre, 0,1 et 0,2 s. Tous deux finissent par recevoir leur réponse. Combien de traitements
# le serveur a-t-il faits en tout ? (Un croquis aide : que fait le serveur, de quand à quand ?)
#
# <details>
# <summary>Indice</summary>
#
# Le second appelant attend le premier : sa réponse viendrait à 1,5 s, après son délai d'attente. Le
# serveur n'en sait rien, et travaille.
#
# </details>
#
# <details>
# <summary>Solution</summary>
#
# Le premier appel a sa réponse à 0,75 s : 1 traitement. Le second commence à 0,75 s et finit à 1,5
# s, mais son appelant a renoncé à 1 s et rappelé à 1,1 s. Cette tentative commence à 1,5 s et finit
# à 2,25 s, trop tard encore (2,1 s). La troisième arrive à 2,3 s à un serveur libre et a sa réponse
# à 3,05 s : 3 traitements. En tout 1 + 3 = 4.
#
# </details>

# %%
answer = ...

with Processes() as processes:
    server = Server(processes)
    callers = [(server.port, [{"id": name, "content": "Hello", "work": 0.75}]) for name in "12"]
    Client(processes, python(processes), callers, timeout=1.0).answers()
    server.finish()
    check(answer, server.handled("1") + server.handled("2"), LANGUAGE)
