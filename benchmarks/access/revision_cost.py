"""What it costs that each answer tells its revision: the same requests with it and without, turn by turn."""

import asyncio
import time
from statistics import median
from typing import Any

import httpx

from benchmarks.installation import Account, Installation, make_accounts, running
from benchmarks.registry import Outcome, bench, say
from shiftline.apps import rooms
from shiftline.foundation.clock import Clock
from shiftline.foundation.context import Actor, Context
from shiftline.foundation.database import Database
from shiftline.foundation.revisions import TOLD, Reading, Revisions
from shiftline.foundation.telemetry import configure_logs
from shiftline.foundation.web.application import WebOptions, build
from shiftline.identity.operations.tokens import authenticate

TURNS = 20
REQUESTS = 10
AT_ONCE = 4
BAR = 1.25


class Untold(Revisions):
    """Asks nobody."""

    async def present(self) -> int | None:
        """Nothing is known, and nothing is asked."""
        return None


@bench("revision-cost", group="access", bar=f"a GET that tells its revision takes at most {BAR:g}x one that does not")
def revision_cost() -> Outcome:
    """GET /users/me through the whole API in this process, one after another and four at a time; and a write of one row."""
    with running() as installation:
        return asyncio.run(_measure(installation))


async def _measure(installation: Installation) -> Outcome:
    configure_logs("error")
    rooms.load("events")
    database = Database(installation.database_url)
    await database.open()
    try:
        context = installation.context(database)
        (account,) = await make_accounts(context, 1)
        clients = {name: _client(database, account, kind(database)) for name, kind in KINDS.items()}
        assert TOLD in (await clients["told"].get("/api/v2/users/me")).headers
        assert TOLD not in (await clients["untold"].get("/api/v2/users/me")).headers
        alone = await _ratio(clients, 1)
        together = await _ratio(clients, AT_ONCE)
        writes = await _write_ratio(context)
        for client in clients.values():
            await client.aclose()
    finally:
        await database.close()
    figures = {"one_after_another": alone, f"{AT_ONCE}_at_once": together, "write": writes}
    return Outcome(figures, holds=max(alone["ratio"], together["ratio"]) <= BAR)


KINDS: dict[str, type[Revisions]] = {"told": Revisions, "untold": Untold}


def _client(database: Database, account: Account, revisions: Revisions) -> httpx.AsyncClient:
    clock = Clock()

    async def who(token: str) -> Actor:
        return await authenticate(database, clock, token)

    options = WebOptions(
        "localhost:8443", requests_per_minute=10**9, extra_state={"revisions": revisions, "expansions": {}}
    )
    app: Any = build(rooms.routes(), database=database, clock=clock, authenticate=who, options=options)
    headers = {"authorization": f"Bearer {account.token}"}
    transport = httpx.ASGITransport(app=app)
    return httpx.AsyncClient(transport=transport, base_url="https://api.localhost:8443", headers=headers)


async def _ratio(clients: dict[str, httpx.AsyncClient], at_once: int) -> dict[str, float]:
    took: dict[str, list[float]] = {name: [] for name in clients}
    for turn in range(TURNS):
        for name, client in clients.items() if turn % 2 else reversed(list(clients.items())):
            began = time.perf_counter()
            await asyncio.gather(*(_ask(client) for _ in range(at_once)))
            took[name].append((time.perf_counter() - began) / REQUESTS / at_once)
    ratios = [told / untold for told, untold in zip(took["told"], took["untold"], strict=True)]
    say(f"{at_once} at once: {median(ratios):.3f}")
    return {
        "told_ms": round(median(took["told"]) * 1e3, 2),
        "untold_ms": round(median(took["untold"]) * 1e3, 2),
        "ratio": round(median(ratios), 3),
    }


async def _ask(client: httpx.AsyncClient) -> None:
    for _ in range(REQUESTS):
        answer = await client.get("/api/v2/users/me")
        assert answer.status_code == 200, answer.text


async def _write_ratio(context: Context) -> dict[str, float]:
    """A transaction of one row, whose commit tells its position, by one that does not."""
    revisions = Untold(context.database)
    took: dict[str, list[float]] = {"told": [], "untold": []}
    async with context.reader() as reader:
        await reader.connection.execute("create table if not exists revision_cost (number int)")
    for turn in range(TURNS):
        for name in ("told", "untold") if turn % 2 else ("untold", "told"):
            began = time.perf_counter()
            for _ in range(REQUESTS):
                reading = Reading(revisions) if name == "told" else None
                own = Context(context.database, context.clock, context.actor, reading=reading)
                async with own.transaction() as tx:
                    await tx.execute("insert into revision_cost (number) values (1)", {})
            took[name].append((time.perf_counter() - began) / REQUESTS)
    ratios = [told / untold for told, untold in zip(took["told"], took["untold"], strict=True)]
    return {
        "told_ms": round(median(took["told"]) * 1e3, 2),
        "untold_ms": round(median(took["untold"]) * 1e3, 2),
        "ratio": round(median(ratios), 3),
    }
