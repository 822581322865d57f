"""The words in pictures of a trace, in English and French."""

from __future__ import annotations

from typing import Final

from simulator.validation import choice

NODES: Final = ("sender", "receiver", "broker")
"""Nodes called after what they do, as those of a scenario are."""

WORDS: Final = {
    "en": {
        "message": "message {}",
        "attempt": ", attempt {}",
        "copy": " (copy by the network)",
        "data": "{}",
        "release": "release of {}",
        "acknowledgement": "acknowledgement of {}",
        "refusal": "refusal of {}",
        "lost": "{}: lost",
        "dropped": "{}: dropped",
        "handed_over": "handles {}",
        "suppressed": "{}: already seen, suppressed",
        "timed_out": "timeout: {}",
        "gave_up": "gives up {}",
        "released": "forgets {}",
        "completed": "{} is complete",
        "enqueued": "{} waits in the queue",
        "dequeued": "{} leaves the queue",
        "redelivered": "{} is delivered again",
        "dead_lettered": "{} goes to the dead letters",
        "crashed": "crash",
        "restarted": "restart",
        "partitioned": "link cut: {}",
        "healed": "link healed: {}",
        "any": "a message",
        "a_copy": "a copy",
        "time": "Time (s)",
        "sender": "sender",
        "receiver": "receiver",
        "broker": "broker",
        "title": "Messages over an unreliable network",
        "picture": "Messages between {}, played; the list of events tells the same in words",
        "play": "Play",
        "pause": "Pause",
        "previous_event": "Previous event",
        "next_event": "Next event",
        "speed": "Speed",
        "time_line": "Time line",
        "other_language": "Français",
        "dark": "Dark",
        "light": "Light",
        "events": "Events",
        "legend": "Envelope: data (hollow: sent again; double: copied by the network). "
        "Disk: acknowledgement. Diamond: release. Triangle: refusal. A cross: lost.",
        "choose": "Choose a message: its row of the ledger stands here",
        "ledger_of": "Ledger: {}",
        "created": "creates {}",
        "sent": "sends {}",
        "duplicated": "{}: copied by the network",
        "arrived": "{}: arrival",
        "ack_sent": "acknowledges {}",
        "acknowledged": "{} is acknowledged",
        "release_sent": "sends the release of {}",
        "refused": "refuses {}",
        "column_link": "link",
        "column_contents": "contents",
        "column_message": "message",
        "column_created_s": "created",
        "column_attempts": "attempts",
        "column_arrivals": "arrivals",
        "column_handovers": "handovers",
        "column_suppressed": "suppressed",
        "column_delivered_s": "delivered",
        "column_acknowledged_s": "acknowledged",
        "column_gave_up_s": "gave up",
        "column_acks_sent": "acknowledgements sent",
        "decimal": ".",
    },
    "fr": {
        "message": "message {}",
        "attempt": ", tentative {}",
        "copy": " (copie due au réseau)",
        "data": "{}",
        "release": "libération : {}",
        "acknowledgement": "accusé de réception : {}",
        "refusal": "refus : {}",
        "lost": "{} : perte",
        "dropped": "{} : rejet",
        "handed_over": "traite {}",
        "suppressed": "{} : déjà vu, supprimé",
        "timed_out": "délai d'attente écoulé : {}",
        "gave_up": "abandonne {}",
        "released": "oublie {}",
        "completed": "{} : terminé",
        "enqueued": "{} attend dans la file",
        "dequeued": "{} quitte la file",
        "redelivered": "{} est livré de nouveau",
        "dead_lettered": "{} va aux lettres mortes",
        "crashed": "panne",
        "restarted": "redémarrage",
        "partitioned": "lien coupé : {}",
        "healed": "lien rétabli : {}",
        "any": "un message",
        "a_copy": "une copie",
        "time": "Temps (s)",
        "sender": "expéditeur",
        "receiver": "récepteur",
        "broker": "courtier",
        "title": "Des messages sur un réseau peu fiable",
        "picture": "Messages entre {}, animés ; la liste des événements dit la même chose en mots",
        "play": "Lecture",
        "pause": "Pause",
        "previous_event": "Événement précédent",
        "next_event": "Événement suivant",
        "speed": "Vitesse",
        "time_line": "Ligne du temps",
        "other_language": "English",
        "dark": "Sombre",
        "light": "Clair",
        "events": "Événements",
        "legend": "Enveloppe : données (creuse : nouvelle tentative ; double : copie due au "
        "réseau). Disque : accusé de réception. Losange : libération. Triangle : refus. "
        "Croix : perte.",
        "choose": "Choisissez un message : sa ligne du registre s'affiche ici",
        "ledger_of": "Registre : {}",
        "created": "crée {}",
        "sent": "envoie {}",
        "duplicated": "{} : copie due au réseau",
        "arrived": "{} : arrivée",
        "ack_sent": "accuse réception : {}",
        "acknowledged": "{} : acquitté",
        "release_sent": "envoie la libération : {}",
        "refused": "refuse {}",
        "column_link": "lien",
        "column_contents": "contenu",
        "column_message": "message",
        "column_created_s": "création",
        "column_attempts": "tentatives",
        "column_arrivals": "arrivées",
        "column_handovers": "remises",
        "column_suppressed": "supprimés",
        "column_delivered_s": "livraison",
        "column_acknowledged_s": "acquittement",
        "column_gave_up_s": "abandon",
        "column_acks_sent": "accusés envoyés",
        "decimal": ",",
    },
}


class Words:
    """The words of one language."""

    def __init__(self, language: str) -> None:
        """Take them.

        Raises:
            ValueError: If the language is neither "en" nor "fr".
        """
        choice("language", language, tuple(WORDS))
        self._words = WORDS[language]

    def __call__(self, name: str, about: str = "") -> str:
        """Say something about something."""
        return self._words[name].format(about)

    def message(self, number: int, attempt: int = 0, copy: int = 0) -> str:
        """Name a message, or one sending of it; the first goes without saying."""
        told = self("message", str(number))
        told += self("attempt", str(attempt)) if attempt > 1 else ""
        return told + (self("copy") if copy else "")

    def node(self, name: str) -> str:
        """Name a node: as it is, but where it says what it does."""
        return self._words[name] if name in NODES else name

    def place(self, name: str) -> str:
        """Name a node or a link."""
        return "→".join(map(self.node, name.split("→")))

    def seconds(self, nanoseconds: int) -> str:
        """Write an instant, to the millisecond."""
        return f"{nanoseconds / 1e9:.3f}".replace(".", self._words["decimal"])

    def number(self, value: float) -> str:
        """Write a number."""
        return f"{value:g}".replace(".", self._words["decimal"])
