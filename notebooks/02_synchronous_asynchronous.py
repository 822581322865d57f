# %% [markdown] lang="en"
# # Synchronous and asynchronous
#
# A synchronous caller waits for the reply before it goes on. An asynchronous one does not.
# **Predict**: a server takes 20 ms a request, and a message 50 ms to cross the network. How many
# requests a second can one caller make if it waits for each reply?

# %% [markdown] lang="fr"
# # Synchrone et asynchrone
#
# Un appelant synchrone attend la réponse avant de continuer. Un appelant asynchrone ne l'attend
# pas. **Prédisez** : un serveur met 20 ms par requête, et un message 50 ms pour traverser le
# réseau. Combien de requêtes par seconde un appelant peut-il faire s'il attend chaque réponse ?

# %% lang="en"
LANGUAGE = "en"

# %% lang="fr"
LANGUAGE = "fr"

# %% [markdown] lang="en"
# ## Run: the blocked caller
#
# `yield client.ask(...)` reads like a function call. It is a request over a network.

# %% [markdown] lang="fr"
# ## Exécutez : l'appelant bloqué
#
# `yield client.ask(...)` se lit comme un appel de fonction. C'est une requête sur un réseau.

# %%
from exercise import check

from simulator import Constant, Link, Network

net = Network(seed=1)
client, server = net.node("client"), net.node("server", workers=4)
net.connect(client, server, Link(delay=Constant(0.05)))


@server.on("order")
def handle(message):
    yield server.work(0.02)
    return {"status": "processed", "id": message.id}


def blocked(count):
    for _ in range(count):
        yield client.ask(server, "order")


net.process(blocked(100))
net.run()
blocking = 100 / net.now
print(f"{blocking:.2f} /s")

# %% [markdown] lang="en"
# **Explain**: each request takes a round trip and the work, 0.05 + 0.02 + 0.05 = 0.12 s, and
# nothing else happens meanwhile: 1/0.12 = 8.3 a second. A faster server hardly helps: the network
# decides.
#
# ## Run: the caller that goes on

# %% [markdown] lang="fr"
# **Expliquez** : chaque requête prend un aller-retour et le travail, 0,05 + 0,02 + 0,05 = 0,12 s,
# et rien d'autre ne se passe pendant ce temps : 1/0,12 = 8,3 par seconde. Un serveur plus rapide
# n'aide guère : c'est le réseau qui décide.
#
# ## Exécutez : l'appelant qui continue

# %%
net = Network(seed=1)
producer, broker, worker = net.node("producer"), net.broker("broker"), net.node("worker", workers=4)
net.connect(producer, broker, Link(delay=Constant(0.05)))
net.connect(broker, worker, Link(delay=Constant(0.05)))
broker.queue("orders")
done = []


def later(message):
    yield worker.work(0.02)
    done.append(net.now)


worker.subscribe(broker, "orders", later, prefetch=100)
ids = [producer.publish(broker, "orders", number) for number in range(100)]
print(ids[:3], "…", net.now, "s")
net.run()
print(f"{100 / done[-1]:.1f} /s")

# %% [markdown] lang="en"
# All hundred were published at 0 s, each with its identifier to recognize the result by. Now the
# workers decide: four of them, 20 ms each, make 200 a second, and the delays come once, not each
# time.
#
# ## One slow service
#
# Calls that wait pass their waiting on. The experiment `cascading_failure` has a chain A→B→C→D,
# where D slows down; and requests that need A alone.

# %% [markdown] lang="fr"
# Les cent ont été publiés à 0 s, chacun avec l'identifiant qui permettra de reconnaître son
# résultat. Ce sont maintenant les workers qui décident : quatre, à 20 ms, en font 200 par seconde,
# et les délais se paient une fois, non à chaque message.
#
# ## Un service lent
#
# Des appels qui attendent transmettent leur attente. L'expérience `cascading_failure` a une chaîne
# A→B→C→D, où D ralentit ; et des requêtes qui n'ont besoin que de A.

# %%
from experiments.catalogue.cascading_failure import Chain

for chain in ("blocking", "queues"):
    seen = Chain(messages=1_000, chain=chain, factor=20.0).measure(0)
    print(f"{chain:10} {100 * seen['pings_failed']:.0f} %")

# %% [markdown] lang="en"
# With blocking calls, A's workers all end up waiting for D, and requests that have nothing to do
# with D fail. With queues between, D's slowness stays D's.
#
# ## Exercise
#
# The caller waits for each reply, but the server moves nearer: 10 ms each way. How many requests a
# second?

# %% [markdown] lang="fr"
# Avec des appels bloquants, tous les workers de A finissent par attendre D, et des requêtes qui
# n'ont rien à voir avec D échouent. Avec des files entre les services, la lenteur de D reste celle
# de D.
#
# ## Exercice
#
# L'appelant attend chaque réponse, mais le serveur se rapproche : 10 ms par sens. Combien de
# requêtes par seconde ?

# %%
answer = ...

net = Network(seed=1)
client, server = net.node("client"), net.node("server")
net.connect(client, server, Link(delay=Constant(0.01)))


@server.on("order")
def near(message):
    yield server.work(0.02)


net.process(blocked(100))
net.run()
check(answer, 100 / net.now, LANGUAGE)
