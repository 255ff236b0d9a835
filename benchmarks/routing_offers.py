"""From an agent's becoming available to the committed offer, with many who wait; and the same with the loop of SQL that one
would write first: for each idle agent the oldest interaction that they can take, with SKIP LOCKED, without any evidence.

A router process of its own is woken by NATS, as the product's is. Agents finish at random what they handle; each gets the next,
accepts it at once, and somebody new waits.
"""

import asyncio
import multiprocessing
import random
import socket
import subprocess
import time
from collections.abc import Awaitable, Callable, Generator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from typing import Any

from benchmarks.decision import percentile
from benchmarks.processes import free_port
from benchmarks.publishing import bare_database
from benchmarks.registry import Outcome, bench, say
from shiftline.apps.engines.nats import find_program
from shiftline.authorization.model import RoleDraft
from shiftline.authorization.operations import create_role_in, grant_role_in
from shiftline.foundation.bus import Bus
from shiftline.foundation.clock import Clock
from shiftline.foundation.context import Actor, Context
from shiftline.foundation.database import Database, Transaction
from shiftline.foundation.ids import new_id
from shiftline.identity.model import PersonDraft
from shiftline.identity.operations.organizations import prepare_organization_in
from shiftline.identity.operations.people import create_person_in
from shiftline.presence.model import PURECLOUD, LeaseOpening, PresenceRequest, SystemPresence
from shiftline.presence.operations.definitions import prepare_organization as prepare_presences
from shiftline.presence.operations.leases import open_lease_in
from shiftline.presence.operations.presences import change_presence_in
from shiftline.routing.model.interactions import InteractionDraft
from shiftline.routing.model.queues import MediaSettings, Medium, QueueDraft, QueueSettings
from shiftline.routing.operations.choosing import make_offers_in
from shiftline.routing.operations.interactions import enqueue_in, finish_in, organizations_waiting
from shiftline.routing.operations.members import add_members_in
from shiftline.routing.operations.offers import accept_offer_in
from shiftline.routing.operations.person_skills import assign_skill_in
from shiftline.routing.operations.queues import create_queue_in
from shiftline.routing.operations.skills import create_skill_in
from shiftline.stations.model import PhoneDraft
from shiftline.stations.operations.phone_bases import prepare_organization as prepare_phones
from shiftline.stations.operations.phones import create_phone_in

ORGANIZATION = "org-1"
AGENTS = 500
WAITING = 1000
QUEUES = 10
QUEUES_PER_AGENT = 3
SKILLS = 8
SKILLS_PER_AGENT = 4
CHANGES = 600
RATE = 15
BAR_MS = 100.0

# As long as the bench: nobody renews them.
LIVE_ON = "update presence.session_lease set expires_at = expires_at + interval '1 hour' where person_id = %(id)s"

Choose = Callable[[Transaction], Awaitable[list[tuple[str, str]]]]


@dataclass
class Floor:
    """Who there is, and who handles what."""

    context: Context
    handled: dict[str, str] = field(default_factory=dict[str, str])
    available: dict[str, float] = field(default_factory=dict[str, float])
    dice: random.Random = field(default_factory=lambda: random.Random(3))

    def draft(self) -> InteractionDraft:
        """Somebody who calls: half of them ask for a skill."""
        skill = (f"skill-{self.dice.randrange(SKILLS)}",) if self.dice.random() < 0.5 else ()
        return InteractionDraft(new_id(), f"queue-{self.dice.randrange(QUEUES)}", skill_ids=skill)

    async def enqueue(self) -> None:
        async with self.context.transaction() as tx:
            await enqueue_in(tx, self.draft())

    async def accept(self, offer_id: str) -> None:
        async with self.context.transaction() as tx:
            offer = await accept_offer_in(tx, offer_id)
        self.handled[offer.person_id] = offer.conversation_id

    async def finish(self) -> None:
        """Somebody is done and idle; noted is the instant just before that is committed."""
        person_id = self.dice.choice(sorted(self.handled))
        async with self.context.transaction() as tx:
            await finish_in(tx, person_id, self.handled.pop(person_id))
            await tx.flush()
            self.available[person_id] = time.perf_counter()


@contextmanager
def nats() -> Generator[str]:
    """A NATS server of our own; its URL."""
    port = free_port()
    process = subprocess.Popen([find_program("nats-server"), "--addr", "127.0.0.1", "--port", str(port)], stderr=-3)
    try:
        for _ in range(100):
            with suppress(OSError), socket.create_connection(("127.0.0.1", port), 0.5):
                break
            time.sleep(0.05)
        yield f"nats://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait()


@bench(
    "routing-offers",
    group="calls",
    bar=f"p99 from agent available to offer under {BAR_MS:g} ms with {WAITING:,} waiting and {AGENTS} agents",
)
def routing_offers() -> Outcome:
    """Agents of several queues and skills become available one after another at random."""
    ours, lost = _run(route)
    say(f"ours: {ours}")
    peer, _ = _run(route_plainly)
    say(f"SKIP LOCKED: {peer}")
    figures = {"agents": AGENTS, "waiting": WAITING, "changes_per_second": RATE, **ours, "lost": lost}
    return Outcome(figures, {"skip_locked_loop": peer}, holds=lost == 0 and ours["p99_ms"] < BAR_MS)


def _run(choose: Choose) -> tuple[dict[str, Any], int]:
    with bare_database() as url, nats() as nats_url:
        return asyncio.run(_measure(url, nats_url, choose))


async def _measure(url: str, nats_url: str, choose: Choose) -> tuple[dict[str, Any], int]:
    bus, ours, theirs = Bus(nats_url), *multiprocessing.Pipe()
    database = Database(url, bus)
    await bus.open()
    await database.open()
    router = multiprocessing.get_context("spawn").Process(target=_serve, args=(url, nats_url, choose, theirs))
    try:
        floor = Floor(Context(database, Clock(), Actor(ORGANIZATION, "system")))
        await fill(floor)
        router.start()
        return await _change(floor, ours)
    finally:
        router.kill()
        router.join()
        await database.close()
        await bus.close()


async def fill(floor: Floor) -> None:
    """Every agent handles an interaction, and a thousand wait."""
    say(f"filling a floor of {AGENTS} agents")
    people = [f"agent-{number}" for number in range(AGENTS)]
    async with floor.context.transaction() as tx:
        role_id = await _build(tx)
    for start in range(0, AGENTS, 50):
        async with floor.context.transaction() as tx:
            for person_id in people[start : start + 50]:
                await _hire(floor, tx, person_id, role_id)
    async with floor.context.transaction() as tx:
        for number in range(QUEUES):
            await add_members_in(tx, f"queue-{number}", [each for i, each in enumerate(people) if number in _queues(i)])
    await _begin(floor)


async def _build(tx: Transaction) -> str:
    """An organization with skills and queues; the role of its agents."""
    await prepare_organization_in(tx, "Bench", ORGANIZATION)
    await prepare_presences(tx, ORGANIZATION)
    await prepare_phones(tx, ORGANIZATION)
    for number in range(SKILLS):
        await create_skill_in(tx, f"Skill {number}", f"skill-{number}")
    media = {Medium.CALL: MediaSettings(alerting_timeout_seconds=3600)}
    for number in range(QUEUES):
        await create_queue_in(tx, QueueDraft(f"Queue {number}", id=f"queue-{number}", settings=QueueSettings(media)))
    return (await create_role_in(tx, RoleDraft("Agents", None, ("webRTC:enable",)))).id


async def _begin(floor: Floor) -> None:
    say("handing out the first interactions")
    for _ in range(0, AGENTS + WAITING, 100):
        async with floor.context.transaction() as tx:
            for _ in range(100):
                await enqueue_in(tx, floor.draft())
    while len(floor.handled) < AGENTS:
        async with floor.context.transaction() as tx:
            made = await make_offers_in(tx)
            for offer in made:
                await accept_offer_in(tx, offer.id)
                floor.handled[offer.person_id] = offer.conversation_id
        if not made:
            await floor.enqueue()
    async with floor.context.reader() as reader:
        await reader.connection.execute("analyze")


def _queues(agent: int) -> set[int]:
    return {(agent * (1 + step * step) + step) % QUEUES for step in range(QUEUES_PER_AGENT)}


async def _hire(floor: Floor, tx: Transaction, person_id: str, role_id: str) -> None:
    await create_person_in(tx, PersonDraft(person_id, f"{person_id}@bench.example", id=person_id))
    await grant_role_in(tx, person_id, role_id, "*")
    await create_phone_in(tx, PhoneDraft(f"Phone of {person_id}", person_id))
    for number in floor.dice.sample(range(SKILLS), SKILLS_PER_AGENT):
        await assign_skill_in(tx, person_id, f"skill-{number}", 3.0)
    # As long as the bench: nobody renews them.
    await open_lease_in(tx, LeaseOpening(person_id, "channel", "bench", "xmpp"))
    await tx.execute(
        "update presence.session_lease set expires_at = expires_at + interval '1 hour' where person_id = %(id)s",
        {"id": person_id},
    )
    await change_presence_in(tx, person_id, PURECLOUD, PresenceRequest(system_presence=SystemPresence.ON_QUEUE))


async def _change(floor: Floor, router: Connection) -> tuple[dict[str, Any], int]:
    """Milliseconds from just before the commit of IDLE to just after the commit of the offer; and who got none."""
    took: list[float] = []
    tasks: set[asyncio.Task[None]] = set()

    async def follow(offer_id: str) -> None:
        await floor.accept(offer_id)
        await floor.enqueue()

    def hear() -> None:
        while router.poll():
            for offer_id, person_id, at in router.recv():
                if person_id in floor.available:
                    took.append((at - floor.available.pop(person_id)) * 1e3)
                tasks.add(asyncio.create_task(follow(offer_id)))

    router_is_there = asyncio.Event()
    asyncio.get_running_loop().add_reader(router.fileno(), lambda: (router_is_there.set(), hear()))
    router.send("are you there")
    await router_is_there.wait()
    say(f"{CHANGES} agents become available, {RATE} a second")
    for _ in range(CHANGES):
        if floor.handled:
            await floor.finish()
        await asyncio.sleep(floor.dice.expovariate(RATE))
    await asyncio.sleep(2)
    asyncio.get_running_loop().remove_reader(router.fileno())
    await asyncio.gather(*tasks)
    figures = {
        "offers": len(took),
        "p50_ms": round(percentile(took, 0.5), 2),
        "p99_ms": round(percentile(took, 0.99), 2),
        "max_ms": round(max(took), 2),
    }
    return figures, len(floor.available)


def _serve(url: str, nats_url: str, choose: Choose, heard: Connection) -> None:
    """The router's process: look when woken, or each second."""
    with suppress(KeyboardInterrupt):
        asyncio.run(_route(url, nats_url, choose, heard))


async def _route(url: str, nats_url: str, choose: Choose, heard: Connection) -> None:
    bus, woken = Bus(nats_url), asyncio.Event()
    bus.on_wake(woken.set)
    database = Database(url, bus, size=2)
    await bus.open()
    await database.open()
    heard.recv()
    heard.send([])
    while True:
        woken.clear()
        async with database.reader() as reader:
            organizations = await organizations_waiting(reader)
        for organization_id in organizations:
            context = Context(database, Clock(), Actor(organization_id, "system"))
            while True:
                async with context.transaction() as tx:
                    made = await choose(tx)
                if not made:
                    break
                at = time.perf_counter()
                heard.send([(offer_id, person_id, at) for offer_id, person_id in made])
        with suppress(TimeoutError):
            await asyncio.wait_for(woken.wait(), 1)


async def route(tx: Transaction) -> list[tuple[str, str]]:
    """The product's."""
    return [(offer.id, offer.person_id) for offer in await make_offers_in(tx)]


PLAIN_IDLE = """
select s.person_id from presence.routing_status s
where s.organization_id = %(organization_id)s and s.status = 'IDLE'
  and not exists (select from routing.offer o where o.organization_id = s.organization_id and o.person_id = s.person_id
                                                and o.state = 'alerting')
order by s.started_at
"""
PLAIN_NEXT = """
with next as (
  select i.* from routing.interaction i
  join routing.queue_member m on m.organization_id = i.organization_id and m.queue_id = i.queue_id and m.joined
  where i.organization_id = %(organization_id)s and i.state = 'waiting' and m.person_id = %(person_id)s
    and i.skill_ids <@ array(select k.skill_id from routing.person_skill k
                             where k.organization_id = %(organization_id)s and k.person_id = %(person_id)s and k.active)
  order by i.enqueued_at limit 1 for update of i skip locked
), taken as (
  update routing.interaction i set state = 'offered' from next where i.organization_id = next.organization_id and i.id = next.id
)
insert into routing.offer (organization_id, id, interaction_id, conversation_id, queue_id, medium, person_id, auto_answer,
                           offered_at, expires_at, evidence)
select next.organization_id, %(offer_id)s, next.id, next.conversation_id, next.queue_id, next.medium, %(person_id)s, false,
       now(), now() + interval '1 hour', '{}' from next returning id
"""


async def route_plainly(tx: Transaction) -> list[tuple[str, str]]:
    """The loop that one would write first."""
    made: list[tuple[str, str]] = []
    organization = {"organization_id": tx.context.organization_id}
    for row in await tx.all(PLAIN_IDLE, organization):
        which = {**organization, "person_id": row["person_id"], "offer_id": new_id()}
        if await tx.one(PLAIN_NEXT, which) is not None:
            made.append((which["offer_id"], row["person_id"]))
    return made
