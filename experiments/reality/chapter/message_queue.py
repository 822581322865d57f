# queue.py: the chapter's text. What is not the chapter's is marked "Ours", with the reason.
# Ours: its name. As queue.py it would hide the standard library's, which client.py needs
import time
import threading
from dataclasses import dataclass
from typing import Callable, Dict, Any
import uuid
import json  # Ours
import sys   # Ours

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

# Usage
queue = MessageQueue()

def handle_task(msg: Message):
    print(f"Processing task {msg.id}: {msg.data}")
    # Simuler un travail asynchrone
    time.sleep(msg.data.get('work', 1))  # Ours: as long as the task says
    if msg.data.get('fails'):            # Ours
        raise OSError('SMTP 421')
    print(f"Task {msg.id} complete")

queue.subscribe('tasks', handle_task)

# Ours: other tasks may be given, in a file in JSON
given = open(sys.argv[1]).read() if sys.argv[1:] else '[{"type": "email", "to": "user@example.com"}]'
for task in json.loads(given):
    # Publish retourne immédiatement - n'attend pas le traitement
    task_id = queue.publish('tasks', task)
    print(f"Task {task_id} queued (not yet processed)")

# Garder le thread principal en vie pour voir le traitement
time.sleep(float(sys.argv[2]) if sys.argv[2:] else 2)  # Ours: for as long as is given
