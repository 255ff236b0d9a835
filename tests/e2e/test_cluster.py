"""Two nodes of everything: what one of them commits the other tells; what is lost comes back, and nobody is wrongly denied."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Awaitable, Callable, Collection
from typing import Any

import pytest

from e2e.cluster import Cluster, Worker, at_work, running_cluster
from shiftline.apps.router import ROUTER_LOCK
from shiftline.apps.worker import LEADER_LOCK
from shiftline.foundation.revisions import TOLD, WANTED

pytestmark = [pytest.mark.xdist_group("cluster"), pytest.mark.timeout(600)]

Disturbance = Callable[[Cluster], Awaitable[Any]]
AGENTS = range(6)
TOLD_AGAIN = 60.0
"""Seconds within which everybody must be told of changes again: a machine that runs the rest of the tests beside has its time."""


LONGEST_GAP = 30.0
"""Seconds without a session at most. The bar is ten, and a bench's; half a minute is what a machine under other tests gets."""


@pytest.fixture(scope="module")
async def cluster() -> AsyncIterator[Cluster]:
    async with running_cluster() as running:
        yield running


async def presence_of(cluster: Cluster, agent: dict[str, Any], node: str, revision: str | None = None) -> Any:
    async with cluster.client(agent["accessToken"], node) as client:
        wanted = {} if revision is None else {WANTED: revision}
        return await client.get(f"/api/v2/users/{agent['userId']}/presences/purecloud", headers=wanted)


async def set_presence(cluster: Cluster, agent: dict[str, Any], node: str, message: str) -> str:
    """Change a presence through one node; the revision of the change."""
    async with cluster.client(agent["accessToken"], node) as client:
        definitions = (await client.get("/api/v2/presence/definitions", params={"pageSize": 100})).json()["entities"]
        busy = next(each["id"] for each in definitions if each["systemPresence"].lower() == "busy")
        body = {"presenceDefinition": {"id": busy}, "message": message}
        answer = await client.patch(f"/api/v2/users/{agent['userId']}/presences/purecloud", json=body)
        assert answer.status_code == 200, answer.text
        return answer.headers[TOLD]


@pytest.mark.parametrize(("through", "on"), [("b", "a"), ("a", "b")])
async def test_a_session_is_told_of_a_change_through_the_other_node(cluster: Cluster, through: str, on: str) -> None:
    agent = cluster.agent(10)
    phone = await cluster.session(agent, on)
    await set_presence(cluster, agent, through, f"through {through}")
    await phone.told(f"through {through}")
    phone.leave()


async def test_the_timeline_tells_when_each_node_had_it(cluster: Cluster) -> None:
    """With a node that is stopped for a while: it is named as missing, and then with its true, long lag."""
    agent = cluster.agent(13)
    phone = await cluster.session(agent, "a")
    await set_presence(cluster, agent, "b", "to both")
    await phone.told("to both")
    both = await presence_arrivals(cluster, agent, lambda found: None not in (found.get("a"), found.get("b")))
    assert {node: each["sessions"] for node, each in both.items()} == {"a": 1, "b": 0}
    assert all(each["lag_ms"] > 0 for each in both.values())
    figure = await propagation(cluster)
    assert {"a", "b"} <= {each["node"] for each in figure["nodes"]}
    assert figure["everywhere"]["counted"] >= 1

    stopped = (await cluster.tell("status"))["runs"]["b.signalling"]
    os.kill(stopped, signal.SIGSTOP)
    try:
        await set_presence(cluster, agent, "a", "not to b")
        await phone.told("not to b")
        missing = await presence_arrivals(cluster, agent, lambda found: found.get("b", {}).get("lag_ms", 0) is None)
        assert missing["a"]["sessions"] == 1
    finally:
        os.kill(stopped, signal.SIGCONT)
    late = await presence_arrivals(cluster, agent, lambda found: (found.get("b", {}).get("lag_ms") or 0) > 0)
    assert late["b"]["lag_ms"] > late["a"]["lag_ms"]
    assert late["b"]["lag_ms"] > 1000, "it was stopped until it was missed"
    phone.leave()


async def presence_arrivals(
    cluster: Cluster, agent: dict[str, Any], wanted: Callable[[dict[str, Any]], bool]
) -> dict[str, Any]:
    """Where the latest change of a presence is, by node, once that is as wanted."""
    async with asyncio.timeout(60), cluster.admin("a") as admin:
        while True:
            answer = await admin.get("/api/v2/shiftline/access/timeline", params={"userId": agent["userId"]})
            assert answer.status_code == 200, answer.text
            events = [each for lane in answer.json()["lanes"] for each in lane["events"]]
            latest = [each for each in events if each["event"] == "presence.presence.changed"][-1]
            found = {each["node"]: each for each in latest["arrivals"] or ()}
            if wanted(found):
                return found
            await asyncio.sleep(0.3)


async def propagation(cluster: Cluster) -> Any:
    async with cluster.admin("b") as admin:
        return (await admin.get("/api/v2/shiftline/access/propagation")).json()


async def test_a_revocation_through_one_node_closes_the_session_on_the_other(cluster: Cluster) -> None:
    agent = cluster.agent(11)
    phone = await cluster.session(agent, "a")
    async with cluster.admin("b") as admin:
        roles = await admin.get("/api/v2/authorization/roles", params={"name": "Agent"})
        grants = {"grants": [{"roleId": roles.json()["entities"][0]["id"], "divisionId": "*"}]}
        subject = f"/api/v2/authorization/subjects/{agent['userId']}"
        assert (await admin.post(f"{subject}/bulkremove", json=grants)).status_code in (200, 204)
        try:
            await asyncio.wait_for(phone.over.wait(), 30)
            assert any("no_longer_subscribed" in topic for topic, _ in phone.events)
            with pytest.raises(AssertionError, match="403"):
                await cluster.session(agent, "a")
        finally:
            assert (await admin.post(f"{subject}/bulkadd", json=grants)).status_code in (200, 204)
    (await cluster.session(agent, "a")).leave()  # granted again: no new sign-in


async def test_what_was_written_through_one_node_is_read_through_the_other(cluster: Cluster) -> None:
    """A replica that lags is not believed: it is waited for, then the primary answers, and with that away nobody does."""
    agent = cluster.agent(12)
    early = await set_presence(cluster, agent, "a", "early")
    assert (await presence_of(cluster, agent, "b", early)).json()["message"] == "early"
    await cluster.tell("lag")
    try:
        late = await set_presence(cluster, agent, "a", "late")
        assert late > early
        assert (await presence_of(cluster, agent, "b", late)).json()["message"] == "late"
        assert (await presence_of(cluster, agent, "b")).json()["message"] == "late"
        # Whoever asks for no more than the early change gets it from the replica, which knows of nothing else.
        assert (await presence_of(cluster, agent, "b", early)).json()["message"] == "early"
        await cluster.tell("lose", "postgres")
        try:
            answer = await presence_of(cluster, agent, "b", late)
            assert answer.status_code == 503, answer.text
            assert int(answer.headers["retry-after"]) >= 1
        finally:
            await cluster.tell("return", "postgres")
    finally:
        await cluster.tell("catch-up")
    for _ in range(300):
        answer = await presence_of(cluster, agent, "b", late)
        if answer.status_code == 200:
            break
        await asyncio.sleep(0.1)
    assert answer.json()["message"] == "late"


async def lose_a_node(cluster: Cluster) -> None:
    await cluster.tell("lose", "a")


async def lose_the_bus(cluster: Cluster) -> None:
    await cluster.tell("lose", "nats")


async def restart_in_turn(cluster: Cluster) -> None:
    for program in ("a.api", "a.signalling", "b.api", "b.signalling"):
        await cluster.tell("restart", program)


async def restart_the_database(cluster: Cluster) -> None:
    await cluster.tell("restart", "postgres")
    await cluster.tell("lose", "postgres")
    await asyncio.sleep(1)
    await cluster.tell("return", "postgres")


async def cut_a_node(cluster: Cluster) -> None:
    if cluster.ready["network"] != "namespaces":
        pytest.skip("a loopback address cannot be cut off")
    await cluster.tell("cut", "b")


@pytest.mark.parametrize(
    ("disturb", "mend"),
    [
        (lose_a_node, ("return", "a")),
        (lose_the_bus, ("return", "nats")),
        (restart_in_turn, None),
        (restart_the_database, None),
        (cut_a_node, ("mend", "b")),
    ],
)
async def test_agents_are_back_and_nothing_committed_is_lost(
    cluster: Cluster, disturb: Disturbance, mend: tuple[str, str] | None
) -> None:
    began = (await cluster.query("select clock_timestamp()"))[0][0]
    async with at_work(cluster, AGENTS) as workers:
        try:
            await disturb(cluster)
            await asyncio.gather(*(each.is_told(TOLD_AGAIN) for each in workers))
        finally:
            if mend is not None:
                await cluster.tell(*mend)
        await asyncio.gather(*(each.is_told(TOLD_AGAIN) for each in workers))
    await verify(cluster, workers, began)
    gaps = [gap for each in workers for gap in each.gaps]
    assert max(gaps, default=0) < LONGEST_GAP, gaps


LEADERS = """
    select l.objid::bigint, host(a.client_addr) from pg_locks l join pg_stat_activity a using (pid)
    where l.locktype = 'advisory' and l.granted and l.objid::bigint = any(%s)
"""


async def test_a_node_that_is_cut_off_gives_the_lead_back(cluster: Cluster) -> None:
    """Nobody tells PostgreSQL that its leaders are gone: without that they would lead on for hours, doing nothing."""
    if cluster.ready["network"] != "namespaces":
        pytest.skip("a loopback address cannot be cut off")
    hosts = {programs["api"].partition(":")[0]: node for node, programs in cluster.ready["nodes"].items()}
    lead = await leaders(cluster, set(hosts))
    lost = hosts[lead[ROUTER_LOCK]]
    others = hosts.keys() - {lead[ROUTER_LOCK]}
    await cluster.tell("cut", lost)
    try:
        await leaders(cluster, others)
    finally:
        await cluster.tell("mend", lost)


async def leaders(cluster: Cluster, among: Collection[str]) -> dict[int, str]:
    """Where router and worker lead, once both do so at one of some addresses."""
    async with asyncio.timeout(TOLD_AGAIN):
        while True:
            found = dict(await cluster.query(LEADERS, [LEADER_LOCK, ROUTER_LOCK]))
            if len(found) == 2 and set(found.values()) <= set(among):
                return found
            await asyncio.sleep(0.2)


async def verify(cluster: Cluster, workers: list[Worker], began: Any) -> None:
    """Every change that was answered is in the truth once, and no attempt was denied."""
    rows = await cluster.query(
        "select body ->> 'message', count(*) from foundation.audit where event = 'presence.presence.changed' group by 1"
    )
    found = {message: count for message, count in rows if message}
    committed = [mark for each in workers for mark in each.committed]
    assert committed
    assert {mark: found.get(mark) for mark in committed if found.get(mark) != 1} == {}
    assert [each.denied for each in workers if each.denied] == []
    assert {status for each in workers for status in each.statuses} <= {200, 409, 503}
    people = [each.agent["userId"] for each in workers]
    denied = await cluster.query(
        "select person_id, decision from access.attempt where real_at > %s and person_id = any(%s) and allowed is false",
        began,
        people,
    )
    assert denied == []
