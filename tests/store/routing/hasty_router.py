"""A program that routes and answers offers as fast as it can, in every way there is; made to be killed at any moment.

``python hasty_router.py URL BEGAN SEED``. Its application's clock runs a hundred times as fast since BEGAN (real time), so that
pauses pass.
"""

import asyncio
import random
import sys
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import datetime
from typing import Any

from shiftline.foundation.clock import Clock
from shiftline.foundation.context import Actor, Context
from shiftline.foundation.database import Database, Transaction
from shiftline.foundation.errors import Conflict
from shiftline.presence.operations.presences import move_routing_status_in
from shiftline.presence.rules import Cause
from shiftline.routing.operations.choosing import make_offers_in
from shiftline.routing.operations.interactions import finish_in
from shiftline.routing.operations.offers import (
    accept_offer_in,
    decline_offer_in,
    fail_offer_in,
    miss_offer_in,
)

SPEED = 100
LONGEST_WAIT = 0.03


class HastyClock(Clock):
    """A clock whose application's time runs fast."""

    def __init__(self, began: datetime) -> None:
        super().__init__()
        self.began = began

    def now(self) -> datetime:
        return self.began + (self.real_now() - self.began) * SPEED


async def run(url: str, began: datetime, seed: int) -> None:
    database, dice = Database(url, size=2), random.Random(seed)
    await database.open()
    context = Context(database, HastyClock(began), Actor("org-1", "system"))
    while True:
        await commit_late(context, dice, lambda tx: make_offers_in(tx, limit=3))
        for offer_id in await read(context, "select id from routing.offer where state = 'alerting'"):
            await commit_late(context, dice, choose_answer(dice, offer_id))
        for person_id in await read(
            context, "select person_id as id from presence.routing_status where status = 'NOT_RESPONDING'"
        ):
            await commit_late(context, dice, lambda tx, it=person_id: move_routing_status_in(tx, it, Cause.READY_AGAIN))
        taken = "select person_id || ' ' || conversation_id as id from routing.interaction where state = 'assigned'"
        for pair in await read(context, taken):
            person_id, conversation_id = pair.split(" ")
            await commit_late(context, dice, lambda tx, p=person_id, c=conversation_id: finish_in(tx, p, c))


def choose_answer(dice: random.Random, offer_id: str) -> Callable[[Transaction], Awaitable[Any]]:
    """One of the things that can become of an offer."""
    ways = [accept_offer_in, accept_offer_in, decline_offer_in, miss_offer_in]
    if dice.random() < 0.2:
        return lambda tx: fail_offer_in(tx, offer_id, "test")
    way = dice.choice(ways)
    return lambda tx: way(tx, offer_id)


async def commit_late(context: Context, dice: random.Random, do: Callable[[Transaction], Awaitable[Any]]) -> None:
    """Do something in a transaction that stays open for a moment; that another was faster is no matter."""
    with suppress(Conflict):
        async with context.transaction() as tx:
            await do(tx)
            await asyncio.sleep(dice.random() * LONGEST_WAIT)


async def read(context: Context, statement: Any) -> list[str]:
    async with context.reader() as reader:
        return [row["id"] for row in await reader.all(statement, {})]


if __name__ == "__main__":
    asyncio.run(run(sys.argv[1], datetime.fromisoformat(sys.argv[2]), int(sys.argv[3])))
