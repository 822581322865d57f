# %% [markdown] lang="en"
# # The chapter's server, and its queue
#
# The chapter shows an HTTP server that answers `POST /message`, and a queue with `publish` and
# `subscribe`. Here they are again, on a network that may lose messages. **Predict**: which lines
# change when the network is no longer perfect?

# %% [markdown] lang="fr"
# # Le serveur du chapitre, et sa file
#
# Le chapitre montre un serveur HTTP qui répond à `POST /message`, et une file avec `publish` et
# `subscribe`. Les voici, sur un réseau qui peut perdre des messages. **Prédisez** : quelles lignes
# changent quand le réseau n'est plus parfait ?

# %% lang="en"
LANGUAGE = "en"
GOT, FAILED = "Got:", "No reply to request"
QUEUED, PROCESSING, COMPLETE = "Task queued:", "Processing task, delivery", "Task complete:"

# %% lang="fr"
LANGUAGE = "fr"
GOT, FAILED = "Reçu :", "Pas de réponse à la requête"
QUEUED, PROCESSING, COMPLETE = "Tâche en file :", "Traitement, livraison", "Tâche terminée :"

# %% [markdown] lang="en"
# ## Run: the synchronous server

# %% [markdown] lang="fr"
# ## Exécutez : le serveur synchrone

# %%
from exercise import check

from experiments.interactive.names import names
from simulator import AtLeastOnce, CallFailed, Constant, Link, Network, Retry

text = names(LANGUAGE)
net = Network(seed=3)
client, server = net.node("client"), net.node("server")
net.connect(client, server, Link(delay=Constant(0.05), loss=0.3))


@server.on("POST /message")
def do_post(message):
    return {"status": "processed", "id": message.data["id"]}


def usage():
    for number in range(5):
        once = AtLeastOnce(retry=Retry(timeout=1.0, max_attempts=1))
        try:
            body = {"id": str(number), "content": "Hello"}
            response = yield client.ask(server, "POST /message", body, guarantee=once)
            print(f"{text.number(net.now):>4} s", GOT, response)
        except CallFailed:
            print(f"{text.number(net.now):>4} s", FAILED, number)


net.process(usage())
net.run()

# %% [markdown] lang="en"
# **Explain**: `requests.post` hides that there is a network. Where it is lossy, some calls raise,
# and the caller cannot tell whether the request was handled. The network can: played here, with
# what each message carries.

# %% [markdown] lang="fr"
# **Expliquez** : `requests.post` cache qu'il y a un réseau. Quand celui-ci perd, des appels
# échouent, et l'appelant ne peut savoir si la requête a été traitée. Le réseau, lui, le sait ; le
# voici animé, avec ce que porte chaque message.

# %%
net.trace.play(language=LANGUAGE)

# %% [markdown] lang="en"
# ## Run: the queue
#
# `publish` returns an identifier at once; the handler runs later.

# %% [markdown] lang="fr"
# ## Exécutez : la file
#
# `publish` rend un identifiant aussitôt ; le traitement a lieu plus tard.

# %%
net = Network(seed=3)
producer, queue, worker = net.node("producer"), net.broker("queue"), net.node("worker")
for node in (producer, worker):
    net.connect(node, queue, Link(delay=Constant(0.05), loss=0.3))
queue.queue("tasks", visibility_timeout=5.0)


def handle_task(message):
    print(f"{text.number(net.now):>4} s", PROCESSING, message.delivery, message.data)
    yield worker.work(1.0)
    print(f"{text.number(net.now):>4} s", COMPLETE, message.id)


worker.subscribe(queue, "tasks", handle_task)
task_id = producer.publish(queue, "tasks", {"type": "email", "to": "user@example.com"})
print(f"{text.number(net.now):>4} s", QUEUED, task_id)
net.run()

# %% [markdown] lang="en"
# The queue keeps what the worker has not acknowledged, and delivers it again when its *visibility
# timeout* ends. A task may therefore be processed twice: its handler had better be idempotent.
#
# ## A hand on the slider
#
# Nothing is lost here. The work takes one second, and the visibility timeout is 0.6 s. **Predict**:
# what happens when it is longer than the work? And much shorter?

# %% [markdown] lang="fr"
# La file garde ce que le worker n'a pas acquitté, et le livre à nouveau quand son *délai de
# visibilité* est écoulé. Une tâche peut donc être traitée deux fois : mieux vaut que son
# traitement soit idempotent.
#
# ## La main sur le curseur
#
# Rien n'est perdu ici. Le travail dure une seconde, et le délai de visibilité est de 0,6 s.
# **Prédisez** : que se passe-t-il quand il est plus long que le travail ? Et beaucoup plus court ?

# %%
from experiments.interactive.explore import explore


def deliveries(visibility_timeout=0.6, work=1.0):
    net = Network(seed=1)
    producer, queue = net.node("producer"), net.broker("queue")
    worker = net.node("worker", workers=2)
    for node in (producer, worker):
        net.connect(node, queue, Link(delay=Constant(0.05)))
    queue.queue("tasks", visibility_timeout=visibility_timeout, max_deliveries=3)

    def handle(message):
        yield worker.work(work)

    worker.subscribe(queue, "tasks", handle, prefetch=2)
    producer.publish(queue, "tasks")
    net.run()
    return net.trace.plot(language=LANGUAGE)


explore(deliveries, LANGUAGE, visibility_timeout=(0.3, 3.0, 0.1), work=(0.1, 3.0, 0.1))

# %% [markdown] lang="en"
# **Explain**: a queue cannot tell a worker that is slow from one that is dead. When its patience is
# shorter than the work, the task is delivered again while the first worker is still at it.
#
# ## Exercise
#
# A worker never acknowledges. The visibility timeout is 10 s, and a message is delivered at most 5
# times. After how many seconds has the queue given up on it? (Delays are negligible.)

# %% [markdown] lang="fr"
# **Expliquez** : une file ne distingue pas un worker lent d'un worker mort. Quand sa patience est
# plus courte que le travail, la tâche est livrée à nouveau pendant que le premier y travaille
# encore.
#
# ## Exercice
#
# Un worker n'acquitte jamais. Le délai de visibilité est de 10 s, et un message est livré 5 fois
# au plus. Au bout de combien de secondes la file y renonce-t-elle ? (Les délais sont
# négligeables.)

# %%
answer = ...

net = Network(seed=1)
producer, queue, worker = net.node("producer"), net.broker("queue"), net.node("worker")
for node in (producer, worker):
    net.connect(node, queue, Link(delay=Constant(0.001)))
queue.queue("tasks", visibility_timeout=10.0, max_deliveries=5)


def forget(_):
    yield net.timeout(1_000)


worker.subscribe(queue, "tasks", forget)
producer.publish(queue, "tasks")
net.run()
check(answer, next(row.time_s for row in net.trace if row.event == "dropped"), LANGUAGE)
