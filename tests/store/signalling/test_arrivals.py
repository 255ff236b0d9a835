"""When each node had an event, and whom it concerned there: written in batches, told beside the event, forgotten after a day."""

import asyncio
from typing import Any, LiteralString

from tests.store.signalling.conftest import Node
from tests.store.signalling.test_propagation import change_presence

from shiftline.authorization.operations import grant_roles, list_roles
from shiftline.foundation.database import Database
from shiftline.identity.model import Person
from shiftline.signalling.propagation.jobs import forget_spreads
from shiftline.signalling.propagation.measuring import BATCH, MOST_ARRIVALS, Propagation
from shiftline.signalling.propagation.model import Arrived

VIEW = "access:decision:view"


async def timeline(node: Node, token: str, person: Person) -> list[Any]:
    """All events of somebody's timeline, oldest first."""
    answer = await node.api.call("GET", f"/api/v2/shiftline/access/timeline?userId={person.id}", token)
    assert answer.status_code == 200, answer.text
    return sorted(
        (each for lane in answer.json()["lanes"] for each in lane["events"]), key=lambda each: int(each["id"])
    )


async def latest(node: Node, token: str, person: Person, event: str = "presence.presence.changed") -> Any:
    return [each for each in await timeline(node, token, person) if each["event"] == event][-1]


async def execute(node: Node, statement: LiteralString) -> None:
    async with node.tenant.context.reader() as reader:
        await reader.connection.execute(statement)


async def other(node: Node, database: Database) -> Propagation:
    """Another node that reads what happens."""
    program = Propagation(database, node.tenant.context.clock, "node-2")
    program.live()
    await program.write()
    return program


async def settled(node: Node, ana: Person, token: str) -> Any:
    """The latest change of a presence, once the node has written what it had."""
    async with asyncio.timeout(20):
        while not (event := await latest(node, token, ana))["arrivals"]:
            await asyncio.sleep(0.02)
            await node.propagation.write()
    return event


async def test_an_event_tells_when_the_node_had_it_and_whom_it_concerned(node: Node) -> None:
    ana, token = await node.agent("Ana", VIEW)
    bo, _ = await node.agent("Bo")
    channel = await node.channel(token)
    topics = [f"v2.users.{ana.id}.{each}" for each in ("presence", "routingStatus")]
    assert (await node.put(token, channel, *topics)).status_code == 200
    socket = await node.live(ana, token, channel)
    await change_presence(node, bo, "to nobody")
    await change_presence(node, ana, "to Ana")
    while "to Ana" not in await socket.read():
        pass
    assert (await latest(node, token, ana))["arrivals"] is None, "the node has not said it yet"
    await node.propagation.write()
    (hers,) = (await latest(node, token, ana))["arrivals"]
    (his,) = (await latest(node, token, bo))["arrivals"]
    assert (hers["node"], hers["sessions"]) == ("node-1", 1)
    assert hers["lag_ms"] > 0
    assert (his["node"], his["sessions"]) == ("node-1", 0)

    (role,) = [each for each in await list_roles(node.tenant.context) if each.name == f"role of {ana.id}"]
    await grant_roles(node.tenant.context, ana.id, [(role.id, "*")], active=False)
    await socket.ended()
    await node.propagation.write()
    admin = node.tenant.tokens["admin-1"]
    (taken,) = (await latest(node, admin, ana, "authorization.grant.changed"))["arrivals"]
    assert taken["sessions"] == 1, "who was asked again is concerned"


async def test_a_node_that_ought_to_have_it_is_named_until_it_has_it(node: Node, database: Database) -> None:
    ana, token = await node.agent("Ana", VIEW)
    late = await other(node, database)
    await change_presence(node, ana, "somewhere")
    assert [each["node"] for each in (await settled(node, ana, token))["arrivals"]] == ["node-1"]
    # It spoke a second and more after that, and not of it; then it has it.
    await execute(
        node, "update signalling.propagation set last_seen = last_seen + interval '2 s' where node = 'node-2'"
    )
    event = await latest(node, token, ana)
    assert event["arrivals"][1] == {"node": "node-2", "lag_ms": None, "sessions": None}
    late.note(Arrived(int(event["id"]), 7_512.3456, 3))
    await late.write()
    assert (await latest(node, token, ana))["arrivals"][1] == {"node": "node-2", "lag_ms": 7_512_345.7, "sessions": 3}


async def test_a_node_that_said_that_it_ends_is_missed_by_nobody(node: Node, database: Database) -> None:
    ana, token = await node.agent("Ana", VIEW)
    gone = await other(node, database)
    gone.live()
    await gone.stop()
    await change_presence(node, ana, "after it")
    await settled(node, ana, token)
    await execute(
        node, "update signalling.propagation set last_seen = last_seen + interval '2 s' where node = 'node-2'"
    )
    assert [each["node"] for each in (await latest(node, token, ana))["arrivals"]] == ["node-1"]


async def test_of_what_is_older_than_a_day_nothing_is_known_any_more(node: Node) -> None:
    ana, token = await node.agent("Ana", VIEW)
    await change_presence(node, ana, "yesterday")
    assert (await settled(node, ana, token))["arrivals"]
    await execute(node, "update signalling.arrival set at = at - interval '23 hours'")
    await forget_spreads(node.tenant.context)
    assert (await latest(node, token, ana))["arrivals"]
    await execute(node, "update signalling.arrival set at = at - interval '2 hours'")
    await execute(node, "update foundation.audit set real_at = real_at - interval '25 hours'")
    assert (await latest(node, token, ana))["arrivals"] is None, "not kept, so not told, though it is still there"
    await forget_spreads(node.tenant.context)
    async with node.tenant.context.reader() as reader:
        assert await reader.all("select 1 from signalling.arrival", {}) == []


async def test_one_self_is_not_told_of_nodes(node: Node) -> None:
    ana, token = await node.agent("Ana", VIEW)
    bo, his = await node.agent("Bo")
    await change_presence(node, ana, "hers")
    await settled(node, ana, token)
    await change_presence(node, bo, "his")
    await node.propagation.write()
    assert {each["arrivals"] is None for each in await timeline(node, his, bo)} == {True}


async def test_while_postgresql_is_away_arrivals_wait_and_are_written_once(node: Node, database: Database) -> None:
    nowhere = Database("postgresql://nobody@127.0.0.1:1/none")
    await nowhere.open()
    program = Propagation(nowhere, node.tenant.context.clock, "node-4")
    for event_id in range(BATCH + 5):
        program.note(Arrived(event_id, 0.25, 1))
    await program.write()
    program.note(Arrived(0, 0.5, 1))
    program.database = database
    await program.write()
    await nowhere.close()
    async with node.tenant.context.reader() as reader:
        (row,) = await reader.all(
            "select count(*), count(distinct event_id) as events, max(lag) as longest from signalling.arrival"
            " where node = 'node-4'",
            {},
        )
    assert row == {"count": BATCH + 5, "events": BATCH + 5, "longest": 0.25}


async def test_what_waits_is_bounded(node: Node, database: Database) -> None:
    program = Propagation(database, node.tenant.context.clock, "node-5")
    for event_id in range(MOST_ARRIVALS + 10):
        program.note(Arrived(event_id, 0.25, 1))
    await program.write()
    async with node.tenant.context.reader() as reader:
        (row,) = await reader.all("select count(*), min(event_id) as oldest from signalling.arrival", {})
    assert row == {"count": MOST_ARRIVALS, "oldest": 10}
