"""Channels over HTTP: whose they are, how many, which topics they carry, and how live sessions follow."""

import pytest
from tests.socket_client import connect
from tests.store.conftest import Tenant
from tests.store.signalling.conftest import CHANNELS, Node

from shiftline.access.operations.deciding import get_decision
from shiftline.foundation.database import Database
from shiftline.foundation.events import Notification
from shiftline.identity.operations.tokens import issue_token_in
from shiftline.signalling.bulletin import Bulletin
from shiftline.signalling.channels.model import MOST_CHANNELS, MOST_TOPICS
from shiftline.signalling.channels.operations import forget_expired_channels

SUBSCRIBE = (
    '<iq xmlns="jabber:client" id="s" type="set"><pubsub xmlns="http://jabber.org/protocol/pubsub">'
    '<subscribe node="{}"/></pubsub></iq>'
)


def publish(node: Node, topic: str) -> int:
    notification = Notification("org-1", topic, {"id": "x"})
    return node.switchboard.registry.publish(Bulletin(notification, "event-1"))


async def test_a_channel_is_given_with_its_address(node: Node) -> None:
    _, token = await node.agent()
    answer = await node.api.call("POST", f"{CHANNELS}?connectionType=streaming", token)
    body = answer.json()
    assert answer.status_code == 200
    assert body["connectUri"] == f"wss://streaming.localhost:8443/stream/channels/{body['id']}"
    assert body["expires"].endswith("Z")
    listed = await node.api.call("GET", CHANNELS, token)
    assert [each["id"] for each in listed.json()["entities"]] == [body["id"]]
    assert (
        await node.api.client.head(f"{CHANNELS}/{body['id']}", headers={"Authorization": f"Bearer {token}"})
    ).is_success


async def test_repeated_creation_gives_another_channel_and_leaves_the_first(node: Node) -> None:
    person, token = await node.agent()
    first, second = await node.channel(token), await node.channel(token)
    assert first != second
    await node.live(person, token, first)


async def test_a_refusal_names_the_decision_which_is_kept(node: Node) -> None:
    person = await node.tenant.person("Bo")
    answer = await node.api.call("POST", CHANNELS, node.tenant.tokens[person.id])
    assert answer.status_code == 403
    decision = await get_decision(node.tenant.context, answer.json()["contextId"])
    assert [gate["code"] for gate in decision["blockers"]] == ["permission.missing"]  # type: ignore[index,union-attr]
    assert decision["sentence"] == answer.json()["message"]
    assert (await node.api.call("GET", CHANNELS, node.tenant.tokens[person.id])).json()["entities"] == []


async def test_another_owners_channel_is_not_there(node: Node, other_tenant: Tenant) -> None:
    ana, token = await node.agent()
    channel_id = await node.channel(token)
    _, colleague = await node.agent("Bo", "notifications:otherUser:view")
    stranger = await other_tenant.person("Stranger", "webRTC:enable")
    for thief in (colleague, other_tenant.tokens[stranger.id]):
        for method in ("GET", "PUT", "POST", "DELETE"):
            answer = await node.put(thief, channel_id, f"v2.users.{ana.id}.presence", method=method)
            assert answer.status_code == 404, (method, answer.text)
            assert answer.json()["entityId"] == channel_id
    async with node.tenant.context.transaction() as tx:
        of_another_program = await issue_token_in(tx, person_id=ana.id, client_id="another")
    assert (await node.put(of_another_program.text, channel_id)).status_code == 404
    kept = await node.api.call("GET", f"{CHANNELS}/{channel_id}/subscriptions", token)
    assert kept.json() == {"entities": []}


async def test_a_channel_is_bound_to_its_token_at_the_socket(node: Node) -> None:
    ana, token = await node.agent()
    bo, of_bo = await node.agent("Bo")
    channel_id = await node.channel(token)
    async with node.tenant.context.transaction() as tx:
        another = await issue_token_in(tx, person_id=ana.id, client_id="test")
    for jid, presented in (
        (ana.jabber_id, another.text),
        (bo.jabber_id, of_bo),
        (bo.jabber_id, token),
        (ana.jabber_id, ""),
    ):
        socket = await connect(node.port, channel_id)
        answer = await socket.sign_in(jid, presented or "nonsense")
        assert answer.local_name == "failure", (jid, presented)
        assert answer.children[0].local_name == "not-authorized"
    await node.live(ana, token, channel_id)


async def test_an_expired_channel_is_not_there(node: Node, database: Database) -> None:
    ana, token = await node.agent()
    channel_id = await node.channel(token)
    async with database.reader() as reader:
        await reader.connection.execute(
            "update signalling.channel set expires_at = clock_timestamp() - interval '2 hours'"
        )
    assert (await node.put(token, channel_id)).status_code == 404
    assert (await node.api.call("GET", f"{CHANNELS}/{channel_id}/subscriptions", token)).status_code == 404
    assert (await node.api.call("GET", CHANNELS, token)).json()["entities"] == []
    socket = await connect(node.port, channel_id)
    assert (await socket.sign_in(ana.jabber_id, token)).local_name == "failure"
    await forget_expired_channels(node.tenant.context)
    async with database.reader() as reader:
        assert await reader.all("select id from signalling.channel", {}) == []


async def test_one_channel_too_many_evicts_the_least_recently_used_and_tells_its_session(node: Node) -> None:
    ana, token = await node.agent()
    _, of_bo = await node.agent("Bo")
    kept = await node.channel(of_bo)
    first = await node.channel(token)
    socket = await node.live(ana, token, first)
    for _ in range(MOST_CHANNELS - 1):
        await node.channel(token)
    assert len(node.switchboard.registry) == 1
    newest = await node.channel(token)
    told = await socket.ended()
    assert any("no_longer_subscribed" in frame and "more channels than are allowed" in frame for frame in told)
    listed = (await node.api.call("GET", CHANNELS, token)).json()["entities"]
    assert len(listed) == MOST_CHANNELS
    assert newest in [each["id"] for each in listed]
    assert (await node.put(of_bo, kept)).status_code == 200


async def test_topics_are_permitted_or_rejected_with_the_reason(node: Node) -> None:
    ana, token = await node.agent()
    bo, _ = await node.agent("Bo")
    channel_id = await node.channel(token)
    own, other = f"v2.users.{ana.id}.presence", f"v2.users.{bo.id}.presence"
    answer = await node.put(token, channel_id, own, other, "v2.nothing.at.all", "not a topic!")
    assert answer.status_code == 400
    assert [detail["fieldName"] for detail in answer.json()["details"]] == ["[1].id", "[2].id", "[3].id"]
    assert "notifications:otherUser:view" in answer.json()["message"]
    path = f"{CHANNELS}/{channel_id}/subscriptions"
    assert (await node.api.call("GET", path, token)).json()["entities"] == []
    tolerant = await node.api.call("PUT", f"{path}?ignoreErrors=true", token, [{"id": own}, {"id": other}])
    states = [(each["id"], each["state"]) for each in tolerant.json()["entities"]]
    assert states == [(own, "Permitted"), (other, "Rejected")]
    assert tolerant.json()["entities"][1]["missingPermissions"] == ["notifications:otherUser:view"]
    assert [each["id"] for each in (await node.api.call("GET", path, token)).json()["entities"]] == [own]
    supervisor, of_supervisor = await node.agent("Cy", "notifications:otherUser:view")
    allowed = await node.put(of_supervisor, await node.channel(of_supervisor), f"v2.users.{ana.id}.presence")
    assert allowed.status_code == 200, (supervisor, allowed.text)


@pytest.mark.parametrize("body", [None, {}, "x", [1], [{"id": None}], [{"id": ""}], [{"id": "x" * 201}], [{}]])
async def test_a_body_that_means_nothing_is_refused(node: Node, body: object) -> None:
    _, token = await node.agent()
    channel_id = await node.channel(token)
    answer = await node.api.call("PUT", f"{CHANNELS}/{channel_id}/subscriptions", token, body)
    assert answer.status_code == 400, answer.text
    assert answer.json()["details"] or answer.json()["message"]


async def test_too_many_topics_are_refused_in_one_request_and_in_several(node: Node) -> None:
    _, token = await node.agent("Cy", "notifications:otherUser:view")
    channel_id = await node.channel(token)
    topics = [f"v2.users.user-{number}.presence" for number in range(MOST_TOPICS + 1)]
    assert (await node.put(token, channel_id, *topics)).status_code == 400
    assert (await node.put(token, channel_id, *topics[:-1])).status_code == 200
    answer = await node.put(token, channel_id, topics[-1], method="POST")
    assert answer.status_code == 400
    assert str(MOST_TOPICS) in answer.json()["message"]
    assert (await node.put(token, channel_id, topics[0], method="POST")).status_code == 200


async def test_put_replaces_post_adds_delete_empties_and_live_sessions_follow(node: Node) -> None:
    ana, token = await node.agent()
    channel_id = await node.channel(token)
    socket = await node.live(ana, token, channel_id)
    presence, station, routing = (f"v2.users.{ana.id}.{name}" for name in ("presence", "station", "routingStatus"))
    await node.put(token, channel_id, f"v2.users.{ana.id}?presence&station")
    await node.until(lambda: set(node.session(ana).topics) == {presence, station})
    assert publish(node, presence) == 1
    assert presence in await socket.read()
    await node.put(token, channel_id, routing, method="POST")
    await node.until(lambda: set(node.session(ana).topics) == {presence, station, routing})
    await node.put(token, channel_id, routing)
    await node.until(lambda: set(node.session(ana).topics) == {routing})
    assert publish(node, presence) == 0
    await node.api.call("DELETE", f"{CHANNELS}/{channel_id}/subscriptions", token)
    await node.until(lambda: node.session(ana).topics == frozenset())


async def test_topics_wait_on_the_channel_for_the_next_socket(node: Node) -> None:
    ana, token = await node.agent()
    channel_id = await node.channel(token)
    await node.put(token, channel_id, f"v2.users.{ana.id}?presence&station")
    await node.live(ana, token, channel_id)
    assert set(node.session(ana).topics) == {f"v2.users.{ana.id}.presence", f"v2.users.{ana.id}.station"}


async def test_a_subscription_over_the_stream_is_kept_until_a_put_replaces_it(node: Node) -> None:
    ana, token = await node.agent()
    bo, _ = await node.agent("Bo")
    channel_id = await node.channel(token)
    socket = await node.live(ana, token, channel_id)
    conversations, station = f"v2.users.{ana.id}.conversations", f"v2.users.{ana.id}.station"
    socket.say(SUBSCRIBE.format(conversations))
    assert (await socket.element()).get("type") == "result"
    await node.until(lambda: publish(node, conversations) == 1)
    await socket.read()
    path = f"{CHANNELS}/{channel_id}/subscriptions"
    assert [each["id"] for each in (await node.api.call("GET", path, token)).json()["entities"]] == [conversations]
    socket.say(SUBSCRIBE.format(f"v2.users.{bo.id}.conversations"))
    refused = await socket.element()
    assert refused.get("type") == "error"
    assert refused.children[-1].children[0].local_name == "forbidden"
    await node.put(token, channel_id, station)
    await node.until(lambda: set(node.session(ana).topics) == {station})
    socket.say(SUBSCRIBE.format(conversations).replace("<subscribe", "<unsubscribe"))
    assert (await socket.element()).get("type") == "result"
    assert [each["id"] for each in (await node.api.call("GET", path, token)).json()["entities"]] == [station]


async def test_too_many_topics_over_the_stream_are_refused_with_the_reason(node: Node) -> None:
    ana, token = await node.agent("Cy", "notifications:otherUser:view")
    channel_id = await node.channel(token)
    socket = await node.live(ana, token, channel_id)
    await node.put(token, channel_id, *(f"v2.users.user-{number}.presence" for number in range(MOST_TOPICS)))
    socket.say(SUBSCRIBE.format(f"v2.users.{ana.id}.presence"))
    refused = await socket.element()
    assert refused.get("type") == "error"
    assert str(MOST_TOPICS) in str(refused)


async def test_the_topics_on_offer_are_listed(node: Node) -> None:
    _, token = await node.agent()
    listed = (await node.api.call("GET", "/api/v2/notifications/availabletopics", token)).json()["entities"]
    ids = [each["id"] for each in listed]
    assert "v2.users.{id}.conversations" in ids
    assert "v2.users.{id}.presence" in ids
    assert len(ids) == len(set(ids))
