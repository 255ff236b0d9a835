"""Leases follow the live sessions: in batches, after the fact, and through an outage."""

import asyncio
import contextlib
from collections import Counter
from datetime import timedelta
from typing import Any, cast

from tests.socket_client import connect
from tests.store.foundation.test_vigil import hung
from tests.store.signalling.conftest import Node

from shiftline.foundation.database import Database
from shiftline.foundation.errors import Unavailable
from shiftline.identity.model import ClientDraft
from shiftline.identity.operations.clients import create_client
from shiftline.identity.operations.grants import grant_client_credentials
from shiftline.presence.events import SessionRepaired
from shiftline.presence.operations.leases import close_expired_leases
from shiftline.signalling.connection import XmppConnection
from shiftline.signalling.leases import Leases
from shiftline.signalling.model import digest_of

LEASES = (
    "select person_id, channel_id, node, transport, closed_at is null as live, close_reason from presence.session_lease"
)


async def leases_of(database: Database) -> list[dict[str, Any]]:
    async with database.reader() as reader:
        return await reader.all(f"{LEASES} order by opened_at", {})  # type: ignore[arg-type]


async def written(node: Node, database: Database, *, live: int, within: float = 3) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    for _ in range(round(within / 0.02)):
        with contextlib.suppress(Unavailable):
            rows = await leases_of(database)
        if sum(row["live"] for row in rows) == live and node.leases.unwritten == 0:
            return rows
        await asyncio.sleep(0.02)
    raise AssertionError(rows)


async def test_a_session_has_a_lease_while_it_lives(node: Node, database: Database) -> None:
    ana, token = await node.agent()
    channel_id = await node.channel(token)
    socket = await node.live(ana, token, channel_id)
    (row,) = await written(node, database, live=1)
    assert row == {
        "person_id": ana.id,
        "channel_id": digest_of(channel_id),
        "node": "node-1",
        "transport": "xmpp",
        "live": True,
        "close_reason": None,
    }
    socket.transport.disconnect()
    (row,) = await written(node, database, live=0)
    assert row["close_reason"] == "session.ended"


async def test_many_sessions_are_written_in_few_transactions(node: Node, database: Database) -> None:
    agents = [await node.agent(f"Agent {number}") for number in range(30)]
    channels = [await node.channel(token) for _, token in agents]
    pairs = zip(agents, channels, strict=True)
    await asyncio.gather(*(node.live(person, token, channel) for (person, token), channel in pairs))
    await written(node, database, live=30)
    async with database.reader() as reader:
        rows = await reader.all(
            "select xid::text as xid from foundation.outbox where name = 'presence.session.opened'", {}
        )
    transactions = Counter(row["xid"] for row in rows)
    assert transactions.total() == 30
    assert len(transactions) < 15


async def test_a_session_shorter_than_the_pause_leaves_no_trace(node: Node, database: Database) -> None:
    ana, token = await node.agent()
    socket = await node.live(ana, token)
    socket.transport.disconnect()
    await node.until(lambda: len(node.switchboard.registry) == 0)
    await asyncio.sleep(0.3)
    assert await leases_of(database) == []


async def test_a_program_has_no_lease(node: Node, database: Database) -> None:
    client, secret = await create_client(node.tenant.context, ClientDraft("Robot", grant_type="CLIENT-CREDENTIALS"))
    issued = await grant_client_credentials(node.tenant.context, client.id, secret)
    await connect(node.port, await node.channel(issued.text), xmpp=False)
    await node.until(lambda: len(node.switchboard.registry) == 1)
    await asyncio.sleep(0.3)
    assert await leases_of(database) == []


async def test_a_lease_taken_for_expired_is_replaced_at_the_next_renewal(node: Node, database: Database) -> None:
    await node.live(*await node.agent())
    await written(node, database, live=1)
    async with database.reader() as reader:
        await reader.connection.execute(
            "update presence.session_lease set expires_at = clock_timestamp() - interval '1 hour'"
        )
    assert await close_expired_leases(node.tenant.context) == 1
    await node.leases.renew_now()
    rows = await written(node, database, live=1)
    assert [row["close_reason"] for row in rows] == ["lease.expired", None]


async def test_renewal_moves_the_end_of_all_in_one_statement(node: Node, database: Database) -> None:
    for name in ("Ana", "Bo"):
        await node.live(*await node.agent(name))
    await written(node, database, live=2)
    ends = "select expires_at - clock_timestamp() as left from presence.session_lease"
    async with database.reader() as reader:
        await reader.connection.execute(
            "update presence.session_lease set expires_at = clock_timestamp() + interval '5 seconds'"
        )
        await node.leases.renew_now()
        rows = await reader.all(ends, {})
    assert all(row["left"] > timedelta(seconds=60) for row in rows)


async def test_what_happens_while_the_database_hangs_is_written_after(
    node: Node, database: Database, database_url: str
) -> None:
    leaves, comes = await node.agent(), await node.agent("Bo")
    socket = await node.live(*leaves)
    await written(node, database, live=1)
    again = await node.live(*comes)
    with hung(database_url):
        socket.transport.disconnect()
        await asyncio.sleep(4)
        assert len(node.switchboard.registry) == 1
    rows = await written(node, database, live=1, within=10)
    assert [(row["person_id"], row["live"]) for row in rows] == [(leaves[0].id, False), (comes[0].id, True)]
    assert again.frames.empty()


async def test_a_node_that_stops_ends_its_leases_and_no_others(node: Node, database: Database) -> None:
    await node.live(*await node.agent())
    await written(node, database, live=1)
    await Leases(database, node.tenant.context.clock, "node-2").stop()
    await written(node, database, live=1)
    await node.leases.stop()
    (row,) = await written(node, database, live=0)
    assert row["close_reason"] == "node.stopped"


async def test_a_half_open_session_is_ended_and_told_of_as_a_repair(node: Node, database: Database) -> None:
    """The socket stands and nobody is at its other end: no answer to a ping, for longer than a client may be silent."""
    ana, token = await node.agent()
    await node.live(ana, token)
    await written(node, database, live=1)
    connection = cast("XmppConnection", node.session(ana).wire)
    connection.protocol.heard_at -= 61.0
    connection.wake(asyncio.get_running_loop().time())
    (row,) = await written(node, database, live=0)
    assert row["close_reason"] == "peer.silent"
    [told] = await node.tenant.news(SessionRepaired)
    assert (told.person_id, told.fault, told.node) == (ana.id, "session.peer_silent", "node-1")


async def test_a_session_that_is_left_in_order_is_no_repair(node: Node, database: Database) -> None:
    ana, token = await node.agent()
    socket = await node.live(ana, token)
    await written(node, database, live=1)
    socket.transport.disconnect()
    await written(node, database, live=0)
    assert await node.tenant.news(SessionRepaired) == []
