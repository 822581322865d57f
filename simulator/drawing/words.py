"""The words in pictures of a trace, in English and in French."""

from __future__ import annotations

from typing import Final

from simulator.validation import choice

NODES: Final = ("sender", "receiver", "broker")
"""Nodes named after their role, as in a scenario: these names are translated."""

WORDS: Final = {
    "en": {
        "message": "message {}",
        "attempt": ", attempt {}",
        "copy": " (copy by the network)",
        "data": "{}",
        "release": "release of {}",
        "acknowledgement": "acknowledgement of {}",
        "refusal": "refusal of {}",
        "lost": "lost: {}",
        "dropped": "dropped: {}",
        "travelling": "on its way: {}",
        "handed_over": "handles {}",
        "suppressed": "suppresses a duplicate: {}",
        "timed_out": "timeout: {}",
        "gave_up": "gives up {}",
        "released": "forgets {}",
        "completed": "complete: {}",
        "enqueued": "in the queue: {}",
        "dequeued": "off the queue: {}",
        "redelivered": "delivers again {}",
        "dead_lettered": "dead letter: {}",
        "unrouted": "no subscriber: {}",
        "crashed": "crash",
        "restarted": "restart",
        "partitioned": "link cut: {}",
        "healed": "link healed: {}",
        "any": "a message",
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
        "legend_data": "data",
        "legend_again": "sent again",
        "legend_copied": "copied by the network",
        "legend_acknowledgement": "acknowledgement",
        "legend_release": "release",
        "legend_refusal": "refusal",
        "legend_lost": "lost or dropped",
        "legend_queued": "waits in a queue",
        "legend_dead": "dead letter",
        "legend_cut": "link cut",
        "choose": "Choose a message: its row of the ledger stands here",
        "help": "Keys, and how to read the picture",
        "space": "Space",
        "key_play": "play, pause; at speed × 1 a usual delay lasts one second",
        "key_step": "previous event, next event",
        "key_ends": "to the start, to the end",
        "key_speed": "slower, faster",
        "key_message": "choose the next message, the previous one; or touch one",
        "key_none": "choose none",
        "key_language": "language",
        "key_theme": "light or dark",
        "ledger_of": "Ledger: {}",
        "created": "creates {}",
        "sent": "sends {}",
        "duplicated": "copied by the network: {}",
        "arrived": "arrival: {}",
        "ack_sent": "acknowledges {}",
        "acknowledged": "acknowledged: {}",
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
        "column_belief": "sender's belief",
        "belief_acknowledged": "acknowledged",
        "belief_gave_up": "gave up",
        "belief_unacknowledged": "not acknowledged",
        "decimal": ".",
    },
    "fr": {
        "message": "message {}",
        "attempt": ", tentative {}",
        "copy": " (copie due au réseau)",
        "data": "{}",
        "release": "libération du {}",
        "acknowledgement": "accusé de réception du {}",
        "refusal": "refus du {}",
        "lost": "perte : {}",
        "dropped": "rejet : {}",
        "travelling": "en route : {}",
        "handed_over": "traite le {}",
        "suppressed": "supprime un doublon : {}",
        "timed_out": "délai d'attente écoulé : {}",
        "gave_up": "abandonne le {}",
        "released": "oublie le {}",
        "completed": "fin de l'échange : {}",
        "enqueued": "mis en file : {}",
        "dequeued": "sorti de la file : {}",
        "redelivered": "livre de nouveau le {}",
        "dead_lettered": "lettre morte : {}",
        "unrouted": "sans abonné : {}",
        "crashed": "panne",
        "restarted": "redémarrage",
        "partitioned": "lien coupé : {}",
        "healed": "lien rétabli : {}",
        "any": "message",
        "time": "Temps (s)",
        "sender": "expéditeur",
        "receiver": "récepteur",
        "broker": "courtier",
        "title": "Des messages sur un réseau non fiable",
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
        "legend_data": "données",
        "legend_again": "nouvelle tentative",
        "legend_copied": "copie due au réseau",
        "legend_acknowledgement": "accusé de réception",
        "legend_release": "libération",
        "legend_refusal": "refus",
        "legend_lost": "perte ou rejet",
        "legend_queued": "attend dans une file",
        "legend_dead": "lettre morte",
        "legend_cut": "lien coupé",
        "choose": "Choisissez un message : sa ligne du registre s'affiche ici",
        "help": "Touches, et comment lire l'image",
        "space": "Espace",
        "key_play": "lecture, pause ; à la vitesse × 1, un délai usuel dure une seconde",
        "key_step": "événement précédent, événement suivant",
        "key_ends": "au début, à la fin",
        "key_speed": "plus lentement, plus vite",
        "key_message": "choisir le message suivant, le précédent ; ou en toucher un",
        "key_none": "n'en choisir aucun",
        "key_language": "langue",
        "key_theme": "clair ou sombre",
        "ledger_of": "Registre : {}",
        "created": "crée le {}",
        "sent": "envoie le {}",
        "duplicated": "copie due au réseau : {}",
        "arrived": "arrivée : {}",
        "ack_sent": "accuse réception du {}",
        "acknowledged": "acquitté : {}",
        "release_sent": "envoie la libération du {}",
        "refused": "refuse le {}",
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
        "column_belief": "chez l'expéditeur",
        "belief_acknowledged": "acquitté",
        "belief_gave_up": "abandonné",
        "belief_unacknowledged": "non acquitté",
        "decimal": ",",
    },
}


class Words:
    """The words of one language.

    Attributes:
        decimals: How many decimals of a second an instant has.
    """

    def __init__(self, language: str, *, usual_ns: float = 0) -> None:
        """Look up the words of a language.

        Args:
            language: "en" or "fr".
            usual_ns: The usual delay in the picture, which sets the decimals of instants, at least
                three.

        Raises:
            ValueError: If the language is neither "en" nor "fr".
        """
        choice("language", language, tuple(WORDS))
        self._words = WORDS[language]
        self.decimals = min(max(3, 11 - len(str(int(usual_ns)))), 9) if usual_ns else 3

    def __call__(self, name: str, about: str = "") -> str:
        """Return a phrase, filled in with what it is about."""
        return self._words[name].format(about)

    def kind(self, name: str) -> str:
        """Return a phrase about no message in particular, for a legend."""
        return self(name, self("any")).partition(":")[0].rstrip()

    def message(self, number: int, attempt: int = 0, copy: int = 0) -> str:
        """Return the name of a message, or of one sending of it; the first is not numbered."""
        name = self("message", str(number))
        name += self("attempt", str(attempt)) if attempt > 1 else ""
        return name + (self("copy") if copy else "")

    def node(self, name: str) -> str:
        """Return the name of a node, translated if it is one of `NODES`."""
        return self._words[name] if name in NODES else name

    def place(self, name: str) -> str:
        """Return the name of a node or a link."""
        return "→".join(map(self.node, name.split("→")))

    def seconds(self, nanoseconds: int) -> str:
        """Format an instant in seconds, with `decimals` decimals."""
        return f"{nanoseconds / 1e9:.{self.decimals}f}".replace(".", self._words["decimal"])

    def number(self, value: float) -> str:
        """Format a number to the ninth decimal, a nanosecond, without trailing zeros."""
        text = f"{value:.9f}".rstrip("0").rstrip(".")
        return "0" if text == "-0" else text.replace(".", self._words["decimal"])
