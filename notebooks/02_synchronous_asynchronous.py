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
from experiments.interactive.exercise import check
from simulator import AtLeastOnce, Constant, Link, Network, Retry
from simulator.languages.numbers import numbers

number = numbers(LANGUAGE).short
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
print(number(blocking, 3), "/s")

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
ids = [producer.publish(broker, "orders", order) for order in range(100)]
print(ids[:3], "…", number(net.now), "s")
net.run()
print(number(100 / done[-1], 4), "/s")

# %% [markdown] lang="en"
# All hundred were published at 0 s, each with its identifier to recognize the result by. Now the
# workers decide: four of them, 20 ms each, make 200 a second, and the delays come once, not each
# time.
#
# ## A hand on the slider
#
# Between the two: a caller that keeps several requests in flight. **Predict**: how many must it
# keep in flight to give all four workers work, with a round trip of 0.1 s?

# %% [markdown] lang="fr"
# Les cent ont été publiés à 0 s, chacun avec l'identifiant qui permettra de reconnaître son
# résultat. Ce sont maintenant les workers qui décident : quatre, à 20 ms, en font 200 par seconde,
# et les délais se paient une fois, non à chaque message.
#
# ## La main sur le curseur
#
# Entre les deux : un appelant qui garde plusieurs requêtes en route. **Prédisez** : combien doit-il
# en garder en route pour donner du travail aux quatre workers, avec un aller-retour de 0,1 s ?

# %%
from experiments.interactive.chart import chart
from experiments.interactive.explore import explore


def measured(in_flight, round_trip, workers):
    net = Network(seed=1, trace=False)
    client, server = net.node("client"), net.node("server", workers=workers)
    net.connect(client, server, Link(delay=Constant(round_trip / 2)))

    @server.on("order")
    def handle(message):
        yield server.work(0.02)

    def caller():
        for _ in range(10):
            yield client.ask(server, "order", guarantee=patient)
            done.append(net.now)

    done = []
    patient = AtLeastOnce(retry=Retry(timeout=10.0))
    for _ in range(in_flight):
        net.process(caller())
    net.run()
    return len(done) / done[-1]


def throughput(in_flight=10, round_trip=0.1, workers=4):
    figure, axes = chart(LANGUAGE, "throughput", x="in_flight", experiment="sync_vs_async")
    counts = range(1, 41)
    bound = [min(n / (round_trip + 0.02), workers / 0.02) for n in counts]
    axes.plot(counts, bound, "k-", linewidth=0.8)
    axes.plot(in_flight, measured(in_flight, round_trip, workers), "o")
    axes.set_ylim(0, 420)
    return figure


explore(throughput, LANGUAGE, in_flight=(1, 40), round_trip=(0.0, 0.5, 0.02), workers=(1, 8))

# %% [markdown] lang="en"
# **Explain**: the line is the bound, and the point what was measured. Each request in flight adds
# one a round trip and a service, 1/0.12 a second, until the workers are all busy: 4/0.02 = 200 a
# second takes 200 × 0.12 = 24 in flight. Beyond, they only wait. It is Little's law.
#
# ## One slow service
#
# Calls that wait pass their waiting on. The experiment `cascading_failure` has a chain A→B→C→D,
# where D slows down; and requests that need A alone.

# %% [markdown] lang="fr"
# **Expliquez** : le trait est la borne, le point ce qui a été mesuré. Chaque requête en route en
# ajoute une par aller-retour et service, 1/0,12 par seconde, jusqu'à ce que tous les workers soient
# occupés : 4/0,02 = 200 par seconde demandent 200 × 0,12 = 24 requêtes en route. Au-delà, elles ne
# font qu'attendre. C'est la loi de Little.
#
# ## Un service lent
#
# Des appels qui attendent transmettent leur attente. L'expérience `cascading_failure` a une chaîne
# A→B→C→D, où D ralentit ; et des requêtes qui n'ont besoin que de A.

# %%
from experiments.catalogue.cascading_failure import Chain
from experiments.interactive.tables import table

rows = {}
for chain in ("blocking", "queues"):
    seen = Chain(chain=chain, factor=20.0).measure(0)
    shown = ("pings_failed", "orders_failed", "behind")
    rows[chain] = {name: seen[name] for name in shown}
table(rows, LANGUAGE, "cascading_failure")

# %% [markdown] lang="en"
# With blocking calls, A's workers all end up waiting for D, and requests that have nothing to do
# with D fail. With queues between, D's slowness stays D's, and nothing fails. But D, while it is
# slow, does 12.5 of the 40 orders that come each second: its queue grows for as long as that lasts,
# and all in it are late. If D stayed slow, it would grow without end.
#
# ## Exercise
#
# The caller waits for each reply, but the server moves nearer: 10 ms each way. How many requests a
# second?
#
# <details>
# <summary>Hint</summary>
#
# A request takes a trip there, the work, and a trip back; nothing happens meanwhile.
#
# </details>
#
# <details>
# <summary>Solution</summary>
#
# A request takes 0.01 + 0.02 + 0.01 = 0.04 s, so 1/0.04 = 25 a second.
#
# </details>

# %% [markdown] lang="fr"
# Avec des appels bloquants, tous les workers de A finissent par attendre D, et des requêtes qui
# n'ont rien à voir avec D échouent. Avec des files entre les services, la lenteur de D reste celle
# de D, et rien n'échoue. Mais D, tant qu'il est lent, ne fait que 12,5 des 40 commandes qui
# arrivent chaque seconde : sa file s'allonge aussi longtemps que cela dure, et tout ce qu'elle
# contient est en retard. Si D restait lent, elle s'allongerait sans fin.
#
# ## Exercice
#
# L'appelant attend chaque réponse, mais le serveur se rapproche : 10 ms par sens. Combien de
# requêtes par seconde ?
#
# <details>
# <summary>Indice</summary>
#
# Une requête prend un aller, le travail et un retour ; rien ne se passe pendant ce temps.
#
# </details>
#
# <details>
# <summary>Solution</summary>
#
# Une requête prend 0,01 + 0,02 + 0,01 = 0,04 s, soit 1/0,04 = 25 par seconde.
#
# </details>

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
