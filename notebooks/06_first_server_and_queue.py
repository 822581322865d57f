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
LEFT = "Waiting in the queue at the end:"

# %% lang="fr"
LANGUAGE = "fr"
GOT, FAILED = "Reçu :", "Pas de réponse à la requête"
QUEUED, PROCESSING, COMPLETE = "Tâche en file :", "Traitement, livraison", "Tâche terminée :"
LEFT = "En attente dans la file, à la fin :"

# %% [markdown] lang="en"
# ## Run: the synchronous server

# %% [markdown] lang="fr"
# ## Exécutez : le serveur synchrone

# %%
from experiments.interactive.exercise import check
from simulator import AtLeastOnce, CallFailed, Constant, Crash, Failed, Link, Network, Retry
from simulator.languages.numbers import numbers

now = numbers(LANGUAGE).short
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
            print(f"{now(net.now):>4} s", GOT, response)
        except CallFailed:
            print(f"{now(net.now):>4} s", FAILED, number)


net.process(usage())
net.run()

# %% [markdown] lang="en"
# **Explain**: `requests.post` hides that there is a network. The timeout of 1 s is ours; the
# chapter's client has none, and would wait for its first lost reply for ever, without an error.
# With one, the call raises, and the caller cannot tell whether the request was handled. The network
# can: played here, with what each message carries.
#
# (HTTP runs over TCP, which sends lost packets again: there, a loss becomes a delay. What a caller
# over HTTP loses is a connection, a machine, or its patience. A loss here stands for any of these:
# no reply comes.)

# %% [markdown] lang="fr"
# **Expliquez** : `requests.post` cache qu'il y a un réseau. Le délai d'attente de 1 s est le nôtre
# ; le client du chapitre n'en a pas, et attendrait pour toujours la première réponse perdue, sans
# la moindre erreur. Avec un délai d'attente, l'appel lève une erreur, et l'appelant ne peut savoir
# si la requête a été traitée. Le réseau, lui, le sait ; le voici animé, avec ce que porte chaque
# message.
#
# (HTTP passe par TCP, qui renvoie les paquets perdus : là, une perte devient un retard. Ce qu'un
# appelant perd par HTTP, c'est une connexion ou une machine ; ou bien il perd patience. Une perte,
# ici, représente l'un de ces cas : aucune réponse ne vient.)

# %%
net.trace.play(language=LANGUAGE)

# %% [markdown] lang="en"
# ## Run: the chapter's queue, as printed
#
# Here is the class of the chapter's `queue.py`, to the letter. `run` puts it into a folder, with a
# program beside it, and runs that; the loop at the end of a program waits for its threads. (An
# identifier changes each time; it is shown as `<id>`.) **Predict**, before you run each cell: what
# does it print?

# %% [markdown] lang="fr"
# ## Exécutez : la file du chapitre, telle quelle
#
# Voici la classe du `queue.py` du chapitre, à la lettre. `run` la met dans un dossier, place un
# programme à côté, et l'exécute ; la boucle à la fin d'un programme attend ses threads. (Un
# identifiant change chaque fois ; il est montré ainsi : `<id>`.) **Prédisez**, avant d'exécuter
# chaque cellule : qu'affiche-t-elle ?

# %%
import re
import subprocess
import sys
import tempfile
from pathlib import Path

QUEUE_PY = """\
# queue.py
import time
import threading
from dataclasses import dataclass
from typing import Callable, Dict, Any
import uuid

@dataclass
class Message:
    id: str
    data: Any
    timestamp: float

class MessageQueue:
    def __init__(self):
        self.messages = []
        self.handlers: Dict[str, Callable[[Message], None]] = {}
        self.lock = threading.Lock()

    def publish(self, topic: str, data: Any) -> str:
        message = Message(
            id=f"{int(time.time()*1000)}-{uuid.uuid4().hex[:8]}",
            data=data,
            timestamp=time.time()
        )

        with self.lock:
            self.messages.append(message)

        print(f"Published to {topic}: {message.id}")

        # Fire and forget - ne pas attendre le traitement
        threading.Thread(
            target=self._process,
            args=(topic, message),
            daemon=True
        ).start()

        return message.id

    def subscribe(self, topic: str, handler: Callable[[Message], None]):
        self.handlers[topic] = handler

    def _process(self, topic: str, message: Message):
        handler = self.handlers.get(topic)
        if handler:
            # Traiter de manière asynchrone - l'appelant n'attend pas
            handler(message)
"""


def run(program, **files):
    with tempfile.TemporaryDirectory() as folder:
        for name, source in {**files, "program": program}.items():
            (Path(folder) / f"{name}.py").write_text(source, encoding="utf-8")
        command = [sys.executable, "program.py"]
        ended = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    said = [*ended.stdout.splitlines(), *ended.stderr.splitlines()[-1:]]  # of an error: its name
    print(re.sub(r"\d{13}-\w{8}", "<id>", "\n".join(said)))


run(
    """
import threading
from queue import MessageQueue

queue = MessageQueue()
queue.subscribe("tasks", lambda message: print("handler 1:", message.data))
queue.subscribe("tasks", lambda message: print("handler 2:", message.data))
queue.publish("tasks", "Hello")
for thread in threading.enumerate()[1:]:
    thread.join()
""",
    queue=QUEUE_PY,
)

# %% [markdown] lang="en"
# **Explain**: a topic has one handler, and the second to subscribe took the place of the first,
# without a word. This is neither a queue that two workers share, nor publish–subscribe. And what
# becomes of a task whose handler raises?

# %% [markdown] lang="fr"
# **Expliquez** : un *topic* n'a qu'une fonction de traitement, et la seconde qui s'abonne prend la
# place de la première, sans rien dire. Ce n'est ni une file que deux workers se partagent, ni
# publier-s'abonner. Et que devient une tâche dont le traitement lève une erreur ?

# %%
run(
    """
import threading
from queue import MessageQueue

def handle_task(message):
    print(f"Processing {message.id}: {message.data}")
    raise OSError("SMTP 421")

queue = MessageQueue()
queue.subscribe("tasks", handle_task)
queue.publish("tasks", "mail 1")
for thread in threading.enumerate()[1:]:
    thread.join()
print(f"{len(queue.messages) = }")
""",
    queue=QUEUE_PY,
)

# %% [markdown] lang="en"
# **Explain**: it is lost. Nothing is acknowledged, so nothing is delivered again; the error ends a
# thread that nobody watches. The message does stay in `messages`, but nothing ever reads that list.
# And once everything has gone well, does it leave?

# %% [markdown] lang="fr"
# **Expliquez** : elle est perdue. Rien n'est acquitté, donc rien n'est livré à nouveau ; l'erreur
# met fin à un thread que personne ne surveille. Le message reste bien dans `messages`, mais rien ne
# lit jamais cette liste. Et quand tout s'est bien passé, en sort-il ?

# %%
run(
    """
import contextlib
import io
import threading
from queue import MessageQueue

handled = []
queue = MessageQueue()
queue.subscribe("tasks", handled.append)
with contextlib.redirect_stdout(io.StringIO()):
    for number in range(1_000):
        queue.publish("tasks", number)
for thread in threading.enumerate()[1:]:
    thread.join()
print(f"{len(handled) = }, {len(queue.messages) = }")
""",
    queue=QUEUE_PY,
)

# %% [markdown] lang="en"
# **Explain**: no. `messages` only grows: a program that runs for long enough runs out of memory.
# And one that ends?

# %% [markdown] lang="fr"
# **Expliquez** : non. `messages` ne fait que grossir : un programme qui tourne assez longtemps
# épuise sa mémoire. Et un programme qui se termine ?

# %%
run(
    """
import time
from queue import MessageQueue

def handle_task(message):
    print(f"Processing {message.id}: {message.data}")
    time.sleep(1)
    print(f"{message.id} complete")

queue = MessageQueue()
queue.subscribe("tasks", handle_task)
queue.publish("tasks", "mail 1")
time.sleep(0.1)
""",
    queue=QUEUE_PY,
)

# %% [markdown] lang="en"
# **Explain**: “complete” is never printed. The thread is a daemon, which ends with the program, and
# the list was in the program's memory. That is why the chapter's own ends with `time.sleep(2)`.
#
# One more thing. The file is called `queue.py`, like a module of the standard library, and every
# program beside it gets this one instead:

# %% [markdown] lang="fr"
# **Expliquez** : « complete » n'est jamais affiché. Le thread est un démon, qui finit avec le
# programme, et la liste était dans la mémoire du programme. Voilà pourquoi celui du chapitre se
# termine par `time.sleep(2)`.
#
# Encore une chose. Le fichier s'appelle `queue.py`, comme un module de la bibliothèque standard, et
# tout programme placé à côté reçoit celui-ci à la place de l'autre :

# %%
NEIGHBOUR = """
from concurrent.futures import ThreadPoolExecutor

with ThreadPoolExecutor() as pool:
    print("2 * 2 =", pool.submit(lambda: 2 * 2).result())
"""
run(NEIGHBOUR, queue=QUEUE_PY)
run(NEIGHBOUR, message_queue=QUEUE_PY)

# %% [markdown] lang="en"
# **Explain**: a thread pool needs the `queue` of the standard library. So does `urllib3`, and with
# it `requests`: in the folder of the chapter's `queue.py`, the chapter's `client.py` does not
# start. Under another name, `message_queue.py`, the file is in nobody's way.
#
# ## Run: the queue, repaired
#
# A broker, with the same `publish` and `subscribe`. `publish` returns an identifier at once; the
# handler runs later. Here are the same four cases: two handlers, one that raises, the length of the
# queue when all is done, and a worker that crashes in the middle of its task.

# %% [markdown] lang="fr"
# **Expliquez** : un pool de threads a besoin du module `queue` de la bibliothèque standard.
# `urllib3` aussi, et avec lui `requests` : à côté du `queue.py` du chapitre, le `client.py` du
# chapitre ne démarre pas. Sous un autre nom, `message_queue.py`, le fichier ne gêne personne.
#
# ## Exécutez : la file, réparée
#
# Un courtier, avec les mêmes `publish` et `subscribe`. `publish` rend un identifiant aussitôt ; le
# traitement a lieu plus tard. Voici les quatre mêmes cas : deux fonctions de traitement, une
# erreur, la longueur de la file quand tout est fait, et un worker qui tombe en panne au milieu de
# sa tâche.

# %%
net = Network(seed=1)
producer, broker = net.node("producer"), net.broker("queue")
workers = [net.node(name) for name in ("worker 1", "worker 2")]
for node in (producer, *workers):
    net.connect(node, broker, Link(delay=Constant(0.05)))
tasks = broker.queue("tasks", visibility_timeout=5.0)


def say(node, *words):
    print(f"{now(net.now):>4} s", node.name, *words)


def mail(worker):
    def handle(message):
        say(worker, PROCESSING, message.delivery, message.data)
        yield worker.work(1.0)
        if message.data == "mail 2" and message.delivery == 1:
            raise Failed("SMTP 421")
        say(worker, COMPLETE, message.data)

    return handle


for worker in workers:
    worker.subscribe(broker, "tasks", mail(worker))
for number in (1, 2, 3):
    producer.publish(broker, "tasks", f"mail {number}")
net.inject(Crash(node="worker 1", at=1.5, lasts=0.2))
net.run()
print(LEFT, tasks.depth.value)

# %% [markdown] lang="en"
# **Explain**: each task goes to one of the workers. “mail 2”, whose handler raised, and “mail 3”,
# whose worker crashed, were not acknowledged, and so the queue delivered them again: the first at
# once, since the worker gave it back; the second once its visibility timeout, 5 s, had passed. What
# is acknowledged leaves the queue. (Where each subscriber is to get a copy, there is the *topic* of
# notebook 7.)
#
# And over a network that loses:

# %% [markdown] lang="fr"
# **Expliquez** : chaque tâche va à un seul worker. « mail 2 », dont le traitement a levé une
# erreur, et « mail 3 », dont le worker est tombé en panne, n'ont pas été acquittées ; la file les a
# donc livrées à nouveau : la première aussitôt, puisque le worker l'a rendue ; la seconde une fois
# écoulé son délai de visibilité, 5 s. Ce qui est acquitté quitte la file. (Quand chaque abonné doit
# recevoir une copie, il y a le *topic* du notebook 7.)
#
# Et sur un réseau qui perd :

# %%
net = Network(seed=3)
producer, queue, worker = net.node("producer"), net.broker("queue"), net.node("worker")
for node in (producer, worker):
    net.connect(node, queue, Link(delay=Constant(0.05), loss=0.3))
queue.queue("tasks", visibility_timeout=5.0)


def handle_task(message):
    print(f"{now(net.now):>4} s", PROCESSING, message.delivery, message.data)
    yield worker.work(1.0)
    print(f"{now(net.now):>4} s", COMPLETE, message.id)


worker.subscribe(queue, "tasks", handle_task)
task_id = producer.publish(queue, "tasks", {"type": "email", "to": "user@example.com"})
print(f"{now(net.now):>4} s", QUEUED, task_id)
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
#
# <details>
# <summary>Hint</summary>
#
# After each delivery, the fifth one too, the queue waits for the whole visibility timeout.
#
# </details>
#
# <details>
# <summary>Solution</summary>
#
# Five deliveries, each followed by 10 s without an acknowledgement: 5 × 10 = 50 s.
#
# </details>

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
#
# <details>
# <summary>Indice</summary>
#
# Après chaque livraison, la cinquième comprise, la file attend tout le délai de visibilité.
#
# </details>
#
# <details>
# <summary>Solution</summary>
#
# Cinq livraisons, chacune suivie de 10 s sans accusé de réception : 5 × 10 = 50 s.
#
# </details>

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
