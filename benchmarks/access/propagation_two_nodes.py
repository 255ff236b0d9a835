"""From a commit to the frame at sessions on two nodes, while both APIs are busy; and what the nodes themselves say of it."""

import asyncio
import time
from collections import Counter

import httpx

from benchmarks.access._cluster import RunningCluster, running_cluster
from benchmarks.decision import percentile
from benchmarks.installation import Account, make_accounts
from benchmarks.propagation import CHANGES, RATE, change, figures_of, go_live
from benchmarks.registry import Outcome, bench, say
from shiftline.apps import rooms
from shiftline.apps.running import find_settings
from shiftline.foundation.bus import Bus
from shiftline.foundation.database import Database
from shiftline.foundation.revisions import TOLD, WANTED

SESSIONS = 300
CALLERS = 2
"""Clients of each node's API, each asking again as soon as it is answered."""
BAR_MS = 1000.0


@bench("propagation-two-nodes", group="access", bar=f"p99 from commit to frame under {BAR_MS:g} ms on two busy nodes")
def propagation_two_nodes() -> Outcome:
    """Presence changes at an even rate, half of the sessions on each node; both APIs under load, reads from the replica among it."""
    with running_cluster() as cluster:
        return asyncio.run(_measure(cluster))


async def _measure(cluster: RunningCluster) -> Outcome:
    rooms.load("events")
    settings = find_settings(cluster.folder, {})
    bus = Bus(settings.nats_url)
    database = Database(settings.database_url, bus)
    await bus.open()
    await database.open()
    statuses: Counter[int] = Counter()
    loading: list[asyncio.Task[None]] = []
    try:
        context = cluster.context(database)
        accounts = await make_accounts(context, SESSIONS)
        places = [cluster.place(node, "signalling") for node in "ab"]
        arrived: dict[str, float] = {}
        live = [(account, places[number % 2]) for number, account in enumerate(accounts)]
        phones = await go_live(context, live, arrived)
        say(f"{len(phones)} live sessions on {len(places)} nodes")
        began = time.perf_counter()
        loading = [
            asyncio.create_task(_ask_on(cluster.place(node, "api"), accounts[number], statuses))
            for node in "ab"
            for number in range(CALLERS)
        ]
        took = await change(context, accounts, arrived)
        seconds = time.perf_counter() - began
        told = await _ask_nodes(cluster)
    finally:
        for task in loading:
            task.cancel()
        await asyncio.gather(*loading, return_exceptions=True)
        await bus.close()
        await database.close()
    figures = {
        "network": cluster.ready["network"],
        "sessions": SESSIONS,
        "changes_per_second": RATE,
        "requests_per_second": round(sum(statuses.values()) / seconds, 1),
        "answers": {str(status): count for status, count in statuses.items()},
        **figures_of(took),
        "as_the_nodes_say": told,
    }
    return Outcome(figures, holds=len(took) == CHANGES and percentile(took, 0.99) < BAR_MS)


async def _ask_on(place: str, account: Account, statuses: Counter[int]) -> None:
    """Ask one API again and again, never for less than it said before."""
    headers = {"authorization": f"Bearer {account.token}"}
    async with httpx.AsyncClient(base_url=f"http://{place}", headers=headers, timeout=30) as client:
        revision: dict[str, str] = {}
        while True:
            answer = await client.get("/api/v2/users/me", headers=revision)
            statuses[answer.status_code] += 1
            if TOLD in answer.headers:
                revision = {WANTED: answer.headers[TOLD]}


async def _ask_nodes(cluster: RunningCluster) -> dict[str, object]:
    """The product's own figure, once the nodes have written it."""
    await asyncio.sleep(6)
    headers = {"authorization": f"Bearer {cluster.ready['admin']['accessToken']}"}
    async with httpx.AsyncClient(base_url=f"http://{cluster.place('b', 'api')}", headers=headers) as client:
        answer = (await client.get("/api/v2/shiftline/access/propagation")).json()
    return {each["node"]: {name: each[name] for name in ("counted", "p50_ms", "p99_ms")} for each in answer["nodes"]}
