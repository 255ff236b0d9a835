"""From a change to the frame at a session: counted by the node, added up in PostgreSQL, told as a figure."""

from datetime import UTC, datetime

from tests.store.signalling.conftest import Node

from shiftline.foundation.database import Database
from shiftline.foundation.telemetry import metrics_text
from shiftline.identity.model import Person
from shiftline.presence.events import Activity, PresenceChanged
from shiftline.signalling.propagation.measuring import Propagation

PATH = "/api/v2/shiftline/access/propagation"


async def change_presence(node: Node, person: Person, message: str) -> None:
    now = datetime.now(UTC)
    activity = Activity(
        status="OFF_QUEUE", started_at=now, definition_id="d", system_presence="Busy", message="", modified_at=now
    )
    async with node.tenant.context.transaction() as tx:
        tx.record(
            PresenceChanged(
                organization_id=tx.context.organization_id,
                person_id=person.id,
                source_id="PURECLOUD",
                definition_id="d",
                system_presence="Busy",
                primary=True,
                message=message,
                modified_at=now,
                activity=activity,
            )
        )


async def test_what_a_session_is_told_is_counted_and_what_nobody_hears_is_not(node: Node) -> None:
    ana, token = await node.agent("Ana", "access:decision:view")
    bo, _ = await node.agent("Bo")
    channel = await node.channel(token)
    assert (await node.put(token, channel, f"v2.users.{ana.id}.presence")).status_code == 200
    socket = await node.live(ana, token, channel)
    for number in range(3):
        await change_presence(node, bo, "to nobody")
        await change_presence(node, ana, f"number {number}")
        while f"number {number}" not in await socket.read():
            pass
    await node.propagation.write()
    await node.propagation.write()  # what was written is not written again
    answer = (await node.api.call("GET", PATH, token)).json()
    (own,) = answer["nodes"]
    assert own["node"] == "node-1"
    assert own["silent_seconds"] >= 0
    assert own["counted"] == answer["everywhere"]["counted"] == 3
    assert 0 < own["p50_ms"] <= own["p99_ms"] <= own["largest_ms"]
    assert b'shiftline_propagation_seconds_count{node="node-1"}' in metrics_text()


async def test_a_program_that_was_started_again_goes_on_with_its_minute(node: Node, database: Database) -> None:
    _, token = await node.agent("Ana", "access:decision:view")
    for seconds in ([0.01, 0.02], [0.3]):
        program = Propagation(database, node.tenant.context.clock, "node-2")
        for each in seconds:
            program.observe(each)
        await program.write()
    idle = Propagation(database, node.tenant.context.clock, "node-3")
    idle.live()
    await idle.write()
    answer = (await node.api.call("GET", f"{PATH}?minutes=2", token)).json()
    found = {each["node"]: each for each in answer["nodes"]}
    assert (found["node-2"]["counted"], found["node-2"]["largest_ms"]) == (3, 300.0)
    assert found["node-3"]["counted"] == 0
    assert found["node-3"]["p99_ms"] is None
    assert answer["everywhere"]["counted"] == 3


async def test_while_postgresql_is_away_counts_wait(node: Node, database: Database) -> None:
    nowhere = Database("postgresql://nobody@127.0.0.1:1/none")
    program = Propagation(nowhere, node.tenant.context.clock, "node-4")
    await nowhere.open()
    program.observe(0.05)
    await program.write()
    program.observe(0.06)
    program.database = database
    await program.write()
    await nowhere.close()
    _, token = await node.agent("Ana", "access:decision:view")
    (own,) = (await node.api.call("GET", PATH, token)).json()["nodes"]
    assert own["counted"] == 2


async def test_the_figure_is_for_those_who_may_see_decisions(node: Node) -> None:
    _, token = await node.agent()
    assert (await node.api.call("GET", PATH, token)).status_code == 403
    assert (await node.api.call("GET", f"{PATH}?minutes=0", token)).status_code == 400
