"""What happened in a run, beside what there was in the program: what the programs cover."""

from collections import Counter
from typing import Any

FAILURES = frozenset({"TimedOut", "Refused", "CircuitOpen", "Crashed", "Failed"})


def occurrences(facts: dict[str, Any]) -> Counter[str]:
    """Count what happened in a run."""
    happened: Counter[str] = Counter()
    for ledger in ledgers(facts):
        of_messages(ledger, happened)
    for counts in facts.get("links", {}).values():
        for name in ("lost", "dropped", "duplicated", "in_flight"):
            happened[f"copies {name}"] += counts[name]
    for node in facts.get("nodes", {}).values():
        happened["refusals"] += node["gauges"]["refused"][0]
        happened["waiting for a worker"] += node["gauges"]["waiting"][1]
    for key, broker in facts.items():
        if key.startswith("broker "):
            of_queues(broker, happened)
    for log in facts.get("said", {}).values():
        of_answers(log, happened)
    happened["warned"] += len(facts.get("warned", []))
    return +happened


def ledgers(facts: dict[str, Any]) -> list[dict[str, Any]]:
    alone = [facts["ledger"]] if "ledger" in facts else []
    return alone + [node["ledger"] for node in facts.get("nodes", {}).values()]


def of_messages(ledger: dict[str, Any], happened: Counter[str]) -> None:
    happened["messages"] += len(ledger["attempts"])
    happened["retries"] += sum(max(attempts - 1, 0) for attempts in ledger["attempts"])
    happened["suppressed"] += sum(ledger["suppressed"])
    happened["handed over twice"] += sum(count > 1 for count in ledger["handovers"])
    happened["undecided"] += sum(ledger["undecided"])
    for belief in ledger["belief"]:
        happened[f"believed: {belief}"] += 1


def of_queues(broker: dict[str, Any], happened: Counter[str]) -> None:
    for queue in broker["queues"].values():
        for name in ("dead_lettered", "dropped", "lost", "rejected", "redeliveries"):
            happened[f"queue: {name}"] += queue["counts"][name]
    happened["unrouted"] += sum(broker["unrouted"].values())


def of_answers(log: list[Any], happened: Counter[str]) -> None:
    for entry in log:
        result = entry[-1]
        if isinstance(result, list) and result and isinstance(result[0], str):
            happened[f"answer: {result[0]}"] += result[0] in FAILURES
