# %% [markdown] lang="en"
# # Messaging patterns
#
# `ask`, `notify`, `publish`, and `send` with a reply queue. **Predict**: which of them holds up
# its caller, and which puts most messages on the network?

# %% [markdown] lang="fr"
# # Modèles de messages
#
# `ask`, `notify`, `publish`, et `send` avec une file de réponse. **Prédisez** : lequel retient son
# appelant, et lequel met le plus de messages sur le réseau ?

# %% lang="en"
LANGUAGE = "en"
ANSWER, HEARD, EVENT, WAITING = "answer to", "heard:", "event:", "going on…"

# %% lang="fr"
LANGUAGE = "fr"
ANSWER, HEARD, EVENT, WAITING = "réponse à", "entendu :", "événement :", "on continue…"

# %% [markdown] lang="en"
# ## Run: each pattern in a line or two

# %% [markdown] lang="fr"
# ## Exécutez : chaque modèle en une ligne ou deux

# %%
from experiments.interactive.exercise import check
from experiments.interactive.tables import table
from simulator import AtLeastOnce, Constant, Link, Network
from simulator.languages.numbers import numbers

number = numbers(LANGUAGE).short
net = Network(seed=1)
client, server, broker = net.node("client"), net.node("server"), net.broker("broker")
for a, b in ((client, server), (client, broker), (broker, server)):
    net.connect(a, b, Link(delay=Constant(0.05)))
server.on("question")(lambda message: " ".join((ANSWER, str(message.data))))
server.on("news")(lambda message: say(HEARD, message.data))
broker.topic("events")
server.subscribe(broker, "events", lambda message: say(EVENT, message.data))
replies = client.reply_queue()


def say(*words):
    print(f"{number(net.now, 3):>4} s", *words)


def story():
    answer = yield client.ask(server, "question", 1)
    say(answer)
    client.notify(server, "news", 2)
    client.publish(broker, "events", 3)
    client.send(server, "question", 4, guarantee=AtLeastOnce(), reply_to=replies)
    correlation_id = client.last_sent
    say(WAITING)
    reply = yield replies.receive(correlation_id)
    say(reply.data, f"(correlation_id={reply.correlation_id})")


net.process(story())
net.run()

# %% [markdown] lang="en"
# The same, as the network saw it. Follow the arrows: who is waiting for whom, and who is not?

# %% [markdown] lang="fr"
# La même histoire, vue par le réseau. Suivez les flèches : qui attend qui, et qui n'attend
# personne ?

# %%
net.trace.plot(language=LANGUAGE)

# %% [markdown] lang="en"
# And as a sequence diagram in Mermaid, `ask` alone, to be put in a book:

# %% [markdown] lang="fr"
# Et en diagramme de séquence Mermaid, `ask` seul, à mettre dans un livre :

# %%
print(net.trace.of(story="client-0").to_mermaid(language=LANGUAGE))

# %% [markdown] lang="en"
# ## What they cost

# %% [markdown] lang="fr"
# ## Ce qu'ils coûtent

# %%
from experiments.catalogue.messaging_patterns import Patterns

rows = {}
for pattern in ("ask", "notify", "reply_queue", "publish", "fan_out"):
    seen = Patterns(pattern=pattern, messages=300).measure(0)
    shown = ("caller_held", "copies", "done_after")
    rows[pattern] = {name: seen[name] for name in shown}
table(rows, LANGUAGE, "messaging_patterns")

# %% [markdown] lang="en"
# **Explain**: only `ask` holds up its caller. `notify` sends once, and never knows. A separate
# reply, or a broker in between, doubles the messages: each of the two legs is acknowledged. Three
# subscribers get three deliveries.
#
# ## Exercise
#
# Without losses, how many transmissions does `ask` take, request and reply?
#
# <details>
# <summary>Hint</summary>
#
# What acknowledges the request?
#
# </details>
#
# <details>
# <summary>Solution</summary>
#
# The reply is the acknowledgement: one request and one reply, 2 transmissions.
#
# </details>

# %% [markdown] lang="fr"
# **Expliquez** : seul `ask` retient son appelant. `notify` envoie une fois, et n'en saura jamais
# rien. Une réponse à part, ou un courtier entre les deux, double les messages : chacun des deux
# trajets est acquitté. Trois abonnés reçoivent trois livraisons.
#
# ## Exercice
#
# Sans pertes, combien de transmissions `ask` demande-t-il, requête et réponse ?
#
# <details>
# <summary>Indice</summary>
#
# Qu'est-ce qui acquitte la requête ?
#
# </details>
#
# <details>
# <summary>Solution</summary>
#
# La réponse tient lieu d'accusé de réception : une requête et une réponse, soit 2 transmissions.
#
# </details>

# %%
answer = ...

net = Network(seed=1)
client, server = net.node("client"), net.node("server")
net.connect(client, server, Link(delay=Constant(0.05)))
server.on("question")(lambda message: "answer")
client.ask(server, "question")
net.run()
check(answer, sum(counts.sent for counts in net.links.values()), LANGUAGE)
