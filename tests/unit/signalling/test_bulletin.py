"""Notifications as they leave, as softphone-wire.md section 2 has them."""

import json

from shiftline.foundation.events import Notification
from shiftline.signalling.bulletin import NO_LONGER_SUBSCRIBED, Bulletin, notice_bulletin
from shiftline.signalling.model import Denial, Identity, Notice
from shiftline.signalling.stanza import parse_frame

from .conftest import Client

BODY = {"id": "C", "participants": [{"name": 'A & B <c> "d" ä\u2028', "calls": [{"state": "alerting"}]}]}


def bulletin(metadata: dict[str, str] | None = None) -> Bulletin:
    return Bulletin(Notification("org-1", "v2.users.person-1.conversations", BODY, metadata or {}), "event-1")


def test_the_json_frame_is_the_vendors_envelope_with_a_sequence() -> None:
    assert json.loads(bulletin({"action": "Associated"}).json(7)) == {
        "topicName": "v2.users.person-1.conversations",
        "version": "2",
        "eventBody": BODY,
        "metadata": {"action": "Associated", "CorrelationId": "event-1", "sequence": 7},
    }


def test_the_stanza_carries_the_same_json(live: Client) -> None:
    one = bulletin()
    frame = live.stream.notify(one, 3)
    assert frame is not None
    message = parse_frame(frame, 10_000)
    assert message.name == "jabber:client message"
    assert message.get("from") == "notifications.localhost:8443"
    assert message.get("to") == "agent1@org.localhost/ab12"
    event = message.children[0]
    assert event.name == "http://jabber.org/protocol/pubsub#event event"
    assert event.children[0].get("node") == "v2.users.person-1.conversations"
    content = event.children[0].children[0].children[0]
    assert content.name == "urn:xmpp:json:0 json"
    assert json.loads(content.text) == json.loads(one.json(3))


def test_receivers_differ_in_address_and_number_only() -> None:
    one = bulletin()
    first = one.stanza("notifications.localhost", "a@o/1", 1)
    assert one.stanza("notifications.localhost", "b&c@o/2", 9) == (
        first.replace("a@o/1", "b&amp;c@o/2").replace('id="n1"', 'id="n9"').replace('"sequence":1}', '"sequence":9}')
    )


def test_nothing_is_sent_to_a_session_that_ends(live: Client) -> None:
    live.stream.close(live.now)
    assert live.stream.notify(bulletin(), 1) is None


def test_a_notice_has_the_vendors_shape(identity: Identity) -> None:
    denial = Denial("not-authorized", "Connect is refused.", "decision-1")
    notice = notice_bulletin(Notice(NO_LONGER_SUBSCRIBED, "access_revoked", denial), identity, "event-2")
    assert json.loads(notice.json(0))["eventBody"] == {
        "channelId": "channel-1",
        "systemTopicType": "no_longer_subscribed",
        "correlationId": "event-2",
        "organizationId": "org-1",
        "userId": "person-1",
        "reason": "access_revoked",
        "message": "Connect is refused. (decision decision-1)",
        "data": {"decisionId": "decision-1"},
    }
