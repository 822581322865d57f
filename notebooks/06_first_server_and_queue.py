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

# %% lang="fr"
LANGUAGE = "fr"

# %% [markdown] lang="en"
# ## Run: the synchronous server

# %% [markdown] lang="fr"
# ## Exécutez : le serveur synchrone

# %%
from exercise import check

from simulator import AtLeastOnce, CallFailed, Constant, Link, Network, Retry

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
            print(net.now, "Got:", response)
        except CallFailed as error:
            print(net.now, type(error).__name__, error)


net.process(usage())
net.run()

# %% [markdown] lang="en"
# **Explain**: `requests.post` hides that there is a network. Where it is lossy, some calls raise,
# and the caller cannot tell whether the request was handled.
#
# ## Run: the queue
#
# `publish` returns an identifier at once; the handler runs later.

# %% [markdown] lang="fr"
# **Expliquez** : `requests.post` cache qu'il y a un réseau. Quand celui-ci perd, des appels
# échouent, et l'appelant ne peut savoir si la requête a été traitée.
#
# ## Exécutez : la file
#
# `publish` rend un identifiant aussitôt ; le traitement a lieu plus tard.

# %%
net = Network(seed=3)
producer, queue, worker = net.node("producer"), net.broker("queue"), net.node("worker")
for node in (producer, worker):
    net.connect(node, queue, Link(delay=Constant(0.05), loss=0.3))
tasks = queue.queue("tasks", visibility_timeout=5.0)


def handle_task(message):
    print(f"{net.now:.2f} Processing {message.id}: {message.data}, delivery {message.delivery}")
    yield worker.work(1.0)
    print(f"{net.now:.2f} Task {message.id} complete")


worker.subscribe(queue, "tasks", handle_task)
task_id = producer.publish(queue, "tasks", {"type": "email", "to": "user@example.com"})
print(f"{net.now:.2f} Task {task_id} queued (not yet processed)")
net.run()
print(tasks.counts)

# %% [markdown] lang="en"
# The queue keeps what the worker has not acknowledged, and delivers it again when its *visibility
# timeout* ends. A task may therefore be processed twice: its handler had better be idempotent.
#
# ## Exercise
#
# A worker never acknowledges. The visibility timeout is 10 s, and a message is delivered at most 5
# times. After how many seconds has the queue given up on it? (Delays are negligible.)

# %% [markdown] lang="fr"
# La file garde ce que le worker n'a pas acquitté, et le livre à nouveau quand son *délai de
# visibilité* est écoulé. Une tâche peut donc être traitée deux fois : mieux vaut que son
# traitement soit idempotent.
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
