"""How soon everybody is back when something is lost: a node, a program, an engine; and what became of what was committed meanwhile."""

import asyncio
import random
import ssl
import time
from collections import Counter
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from itertools import pairwise
from statistics import median
from typing import Any

import httpx
import psycopg

from benchmarks.access._cluster import RunningCluster, running_cluster
from benchmarks.access._phones import Phone, Phones
from benchmarks.decision import percentile
from benchmarks.installation import Account, make_accounts
from benchmarks.registry import Outcome, bench, say
from shiftline.apps import rooms
from shiftline.apps.cluster import control
from shiftline.apps.running import find_settings
from shiftline.foundation.database import Database
from shiftline.foundation.ids import new_id
from shiftline.identity.model import PersonDraft
from shiftline.identity.operations.people import create_person_in
from shiftline.identity.operations.tokens import issue_token_in

SESSIONS = 300
OUTSIDERS = 3
"""They may not connect, and try all the time: losing something lets nobody in either."""
RATE = 10
"""Changes a second."""
BAR_S = 10.0
LONG_ENOUGH = 60.0
SETTLED = 3.0
"""Seconds after everybody is back in which nothing more must happen, and what was committed must have been told."""
PROGRAMS = ("api", "signalling", "media", "worker", "router")

Disturb = Callable[["Stage"], Awaitable[None]]


@dataclass
class Stage:
    """The cluster, those who are on it, and what was changed."""

    cluster: RunningCluster
    phones: Phones
    everybody: list[Phone]
    presence: str = ""
    committed: dict[str, tuple[Phone, float]] = field(default_factory=dict[str, tuple[Phone, float]])
    """By mark: whose presence, and when (monotonic) its change was answered."""
    answers: Counter[int] = field(default_factory=Counter)
    outsiders: Counter[int] = field(default_factory=Counter)
    silent: bool = False
    """Whether sockets end later than sessions: the network is gone, and nobody can be told."""

    async def tell(self, *words: str) -> Any:
        """A command of `scripts/cluster`."""
        return await asyncio.to_thread(control.ask, self.cluster.folder, *words)

    async def all_live(self, seconds: float) -> bool:
        """Wait until everybody has a session; whether they have."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while not all(each.live for each in self.everybody):
                    await asyncio.sleep(0.05)
                return True
        return False


async def _lose_signalling(stage: Stage) -> None:
    await stage.tell("lose", "a.signalling")


async def _lose_api(stage: Stage) -> None:
    await stage.tell("lose", "a.api")
    await asyncio.sleep(3)


async def _lose_node(stage: Stage) -> None:
    await stage.tell("lose", "b")


async def _lose_one_nats(stage: Stage) -> None:
    await stage.tell("lose", "a.nats")
    await asyncio.sleep(3)


async def _lose_nats(stage: Stage) -> None:
    await stage.tell("lose", "nats")
    await asyncio.sleep(5)


async def _restart_in_turn(stage: Stage) -> None:
    for node in "ab":
        for program in PROGRAMS:
            await stage.tell("restart", f"{node}.{program}")


async def _restart_postgres(stage: Stage) -> None:
    await stage.tell("restart", "postgres")


async def _kill_postgres(stage: Stage) -> None:
    await stage.tell("lose", "postgres")
    await asyncio.sleep(3)
    await stage.tell("return", "postgres")


async def _cut(stage: Stage) -> None:
    stage.silent = True
    await stage.tell("cut", "b")
    await asyncio.sleep(1)
    await _until_all_on_a(stage)


async def _until_all_on_a(stage: Stage) -> None:
    """Until each session that was on the node that is cut off has been given up: half of them at least."""
    began = time.monotonic()
    cut_off = began - 1
    while time.monotonic() - began < LONG_ENOUGH:
        lost = [each for each in stage.everybody if each.spans[-1][0] > cut_off or not each.live]
        if len(lost) >= SESSIONS * 0.45 and all(each.live for each in stage.everybody):
            return
        await asyncio.sleep(0.05)


DISTURBANCES: dict[str, tuple[Disturb, tuple[str, ...]]] = {
    "kill -9 of one signalling": (_lose_signalling, ("return", "a.signalling")),
    "kill -9 of one API": (_lose_api, ("return", "a.api")),
    "kill -9 of a node": (_lose_node, ("return", "b")),
    "rolling restart of each program": (_restart_in_turn, ()),
    "one NATS server": (_lose_one_nats, ("return", "a.nats")),
    "all of NATS for 5 s": (_lose_nats, ("return", "nats")),
    "PostgreSQL restart": (_restart_postgres, ()),
    "kill -9 of PostgreSQL, 3 s": (_kill_postgres, ()),
    "a node cut from the network": (_cut, ("mend", "b")),
}


@bench(
    "node-loss",
    group="access",
    bar=f"every lost session back within {BAR_S:g} s, no committed change lost, nobody refused wrongly",
)
def node_loss() -> Outcome:
    """Sessions on two nodes, through the edge, with the vendor's client's own rule for coming back; changes all the while."""
    with running_cluster() as cluster:
        return asyncio.run(_measure(cluster))


async def _measure(cluster: RunningCluster) -> Outcome:
    rooms.load("events")
    figures: dict[str, Any] = {"network": cluster.ready["network"], "sessions": SESSIONS, "changes_per_second": RATE}
    async with _on_stage(cluster) as stage:
        for name, (disturb, mend) in DISTURBANCES.items():
            if disturb is _cut and cluster.ready["network"] != "namespaces":
                continue  # a loopback address cannot be cut off
            figures[name] = await _endure(stage, disturb, mend)
            say(f"{name}: {figures[name]}")
        figures["outsiders"] = {str(status): count for status, count in sorted(stage.outsiders.items())}
    endured = [each for each in figures.values() if isinstance(each, dict) and "lost_sessions" in each]
    holds = (
        all(each["all_back"] and (each["last_s"] or 0) <= BAR_S for each in endured)
        and sum(each["lost_changes"] + each["untold"] + each["denied"] for each in endured) == 0
        and set(stage.outsiders) <= {0, 403, 503}
    )
    return Outcome(figures, holds=holds)


async def _endure(stage: Stage, disturb: Disturb, mend: Sequence[str]) -> dict[str, Any]:
    """One disturbance: everybody there and spread at first; then until all are back."""
    for each in stage.everybody:
        each.rejoin()
    await asyncio.sleep(1)
    assert await stage.all_live(LONG_ENOUGH), "not everybody has a session before anything was lost"
    await asyncio.sleep(SETTLED)
    stage.committed.clear()
    stage.answers.clear()
    denied, failures = len(stage.phones.denied), len(stage.phones.failures)
    began_at = await _now(stage)
    began = time.monotonic()
    await disturb(stage)
    all_back = await stage.all_live(LONG_ENOUGH)
    await asyncio.sleep(SETTLED)
    if mend:
        await stage.tell(*mend)
        all_back = await stage.all_live(LONG_ENOUGH) and all_back
    committed, ended = dict(stage.committed), time.monotonic()
    without = _longest_gap([began, *(at for _, at in committed.values()), ended])
    await asyncio.sleep(SETTLED)
    gaps = _gaps(stage, began)
    for text, count in Counter(stage.phones.failures[failures:]).most_common(4):
        say(f"tried in vain {count} times: {text}")
    for text in stage.phones.denied[denied:][:4]:
        say(f"denied: {text}")
    found = {
        "lost_sessions": len(gaps),
        "all_back": all_back,
        "p50_s": round(median(gaps), 2) if gaps else None,
        "p99_s": round(percentile(gaps, 0.99), 2) if gaps else None,
        "last_s": round(max(gaps), 2) if gaps else None,
        "tries_in_vain": len(stage.phones.failures) - failures,
        "seconds": round(ended - began, 1),
        "longest_without_a_change_s": round(without, 2),
        **await _what_became(stage, committed, began_at),
        "denied": len(stage.phones.denied) - denied + await _denials(stage, began_at),
    }
    stage.silent = False
    return found


def _gaps(stage: Stage, began: float) -> list[float]:
    """Seconds without a session, of each that was lost: from its end, or from the beginning where the end came unseen."""
    found: list[float] = []
    for phone in stage.everybody:
        for before, after in zip(phone.spans, phone.spans[1:], strict=False):
            if before[1] > began:
                found.append(after[0] - (began if stage.silent else before[1]))
    return found


def _longest_gap(instants: Sequence[float]) -> float:
    """Seconds between two that follow each other, at most."""
    return max(after - before for before, after in pairwise(instants))


async def _what_became(stage: Stage, committed: dict[str, tuple[Phone, float]], began_at: Any) -> dict[str, Any]:
    """Of the changes that were answered: in the truth once each, and told to whoever had a session all the while."""
    rows = await _query(
        stage,
        "select body ->> 'message', count(*) from foundation.audit"
        " where event = 'presence.presence.changed' and at >= %s - interval '1 minute' group by 1",
        began_at,
    )
    kept = {str(message).removeprefix("mark-"): count for message, count in rows}
    told = stage.phones.told
    # On a node that is cut off sessions seem to live until somebody notices that they do not.
    while_seconds = SETTLED + BAR_S if stage.silent else SETTLED
    now = time.monotonic()
    heard = {
        mark: at
        for mark, (phone, at) in committed.items()
        if phone.lived_through(at - 1, min(at + while_seconds, now - 0.1))
    }
    late = [1e3 * max(0.0, told[mark] - at) for mark, at in heard.items() if mark in told]
    return {
        "changes": {str(status): count for status, count in sorted(stage.answers.items())},
        "lost_changes": sum(kept.get(mark) != 1 for mark in committed),
        "untold": sum(mark not in told for mark in heard),
        "told_p99_ms": round(percentile(late, 0.99)) if late else None,
    }


async def _denials(stage: Stage, began_at: Any) -> int:
    """Attempts of those who may connect that were denied."""
    people = [each.account.person_id for each in stage.everybody]
    rows = await _query(
        stage,
        "select count(*) from access.attempt where real_at >= %s and allowed is false and person_id = any(%s)",
        began_at,
        people,
    )
    return int(rows[0][0])


async def _now(stage: Stage) -> Any:
    return (await _query(stage, "select clock_timestamp()"))[0][0]


async def _query(stage: Stage, statement: Any, *parameters: Any) -> list[tuple[Any, ...]]:
    url = find_settings(stage.cluster.folder, {}).database_url
    async with await psycopg.AsyncConnection.connect(url, autocommit=True) as connection:
        return await (await connection.execute(statement, parameters)).fetchall()


@asynccontextmanager
async def _on_stage(cluster: RunningCluster) -> AsyncGenerator[Stage]:
    """Everybody with a session, changes going on, outsiders trying."""
    accounts, outsiders = await _prepare(cluster)
    host, _, port = str(cluster.ready["environment"]).partition(":")
    trust = ssl.create_default_context(cafile=cluster.ready["caCertificate"])
    phones = Phones(host, int(port), trust)
    everybody = [Phone(phones, account) for account in accounts]
    stage = Stage(cluster, phones, everybody)
    tasks = [asyncio.create_task(each.stay()) for each in everybody]
    try:
        assert await stage.all_live(120), phones.failures[-3:]
        say(f"{len(everybody)} live sessions")
        async with _client(stage, accounts[0].token) as client:
            answer = await client.get("/api/v2/presence/definitions", params={"pageSize": 100})
        stage.presence = next(
            each["id"] for each in answer.json()["entities"] if each["systemPresence"].lower() == "busy"
        )
        tasks += [asyncio.create_task(_change(stage))]
        tasks += [asyncio.create_task(_try_in_vain(stage, each)) for each in outsiders]
        yield stage
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for each in everybody:
            if each.line is not None:
                each.line.drop()


async def _prepare(cluster: RunningCluster) -> tuple[list[Account], list[Account]]:
    """Those who may connect, and some who may not."""
    database = Database(find_settings(cluster.folder, {}).database_url)
    await database.open()
    try:
        context = cluster.context(database)
        accounts = await make_accounts(context, SESSIONS)
        outsiders: list[Account] = []
        async with context.transaction() as tx:
            for number in range(OUTSIDERS):
                person = await create_person_in(tx, PersonDraft(f"Outsider {number}", f"out-{number}@bench.example"))
                issued = await issue_token_in(tx, person_id=person.id, client_id="benchmark")
                outsiders.append(Account(person.id, person.jabber_id, issued.text))
        return accounts, outsiders
    finally:
        await database.close()


def _client(stage: Stage, token: str) -> httpx.AsyncClient:
    """A client of the API through the edge."""
    phones = stage.phones
    headers = {"authorization": f"Bearer {token}"}
    base = f"https://{phones.host}:{phones.port}"
    return httpx.AsyncClient(base_url=base, verify=phones.trust, headers=headers, timeout=15)


async def _change(stage: Stage) -> None:
    """Presences change at an even rate, whatever else goes on."""
    tasks: set[asyncio.Task[None]] = set()
    async with _client(stage, "") as client:
        while True:
            task = asyncio.create_task(_change_once(stage, client, random.choice(stage.everybody)))
            tasks.add(task)
            task.add_done_callback(tasks.discard)
            await asyncio.sleep(random.expovariate(RATE))


async def _change_once(stage: Stage, client: httpx.AsyncClient, phone: Phone) -> None:
    mark = new_id()
    body = {"presenceDefinition": {"id": stage.presence}, "message": f"mark-{mark}"}
    path = f"/api/v2/users/{phone.account.person_id}/presences/purecloud"
    headers = {"authorization": f"Bearer {phone.account.token}"}
    try:
        answer = await client.patch(path, json=body, headers=headers)
    except httpx.TransportError:
        stage.answers[0] += 1
        return
    stage.answers[answer.status_code] += 1
    if answer.status_code == 200:
        stage.committed[mark] = phone, time.monotonic()


async def _try_in_vain(stage: Stage, account: Account) -> None:
    async with _client(stage, account.token) as client:
        while True:
            try:
                answer = await client.post("/api/v2/notifications/channels")
                stage.outsiders[answer.status_code] += 1
            except httpx.TransportError:
                stage.outsiders[0] += 1
            await asyncio.sleep(1)
