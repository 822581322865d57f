"""The program of the lab of the account, which is credited once."""

from __future__ import annotations

from typing import Any, Final

from experiments.labs.conditions import Conditions
from simulator import At, AtLeastOnce, CallFailed, Failed, Message, Network, Retry
from simulator.languages.texts import Texts
from simulator.network import Steps

AMOUNT: Final = 10
ASKS: Final = 3
"""How often the client asks for one payment, each time with attempts of its own."""

GUARANTEE: Final = AtLeastOnce(retry=Retry(timeout=0.2, max_attempts=2))


def account(
    made: Any, net: Network, times: tuple[float, ...], conditions: Conditions, said: Texts
) -> str:
    """Pay into the account, each payment under a key of its own, and say what went wrong."""
    client, bank = net.node("client"), net.node("bank")
    net.connect(client, bank, conditions.link)
    replies: dict[str, Any] = {}
    mistakes = []

    def credit(request: Message) -> Any:
        key = request.data["key"]
        try:
            reply = made.credit(key, request.data["amount"])
        except Failed:
            mistakes.append("no_reply")
            raise
        balance = AMOUNT * len({*replies, key})
        if made.balance != balance:
            mistakes.append("credited_twice" if key in replies else "not_credited")
        elif reply is None:
            mistakes.append("no_reply")
        elif key in replies and reply != replies[key]:
            mistakes.append("other_reply")
        elif key not in replies and reply != balance:
            mistakes.append("not_balance")
        replies.setdefault(key, reply)
        return reply

    def pay(number: int) -> Steps:
        payment = {"key": f"payment-{number}", "amount": AMOUNT}
        for _ in range(ASKS):
            try:
                yield client.ask(bank, "credit", payment, guarantee=GUARANTEE)
            except CallFailed:
                continue
            return

    bank.on("credit")(credit)
    client.drive(At(times=times), pay, messages=len(times))
    net.run()
    return said("rules", mistakes[0]) if mistakes else ""
