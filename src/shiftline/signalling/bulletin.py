"""One event on one topic, made once and sent to many: only the receiver and the sequence number differ between sessions."""

import msgspec

from shiftline.foundation.events import Notification
from shiftline.signalling.model import Identity, Notice
from shiftline.signalling.stanza import NS_CLIENT, NS_JSON, NS_PUBSUB_EVENT, escape_attribute, escape_text

NO_LONGER_SUBSCRIBED = "v2.system.no_longer_subscribed"
"""The vendor's client finds this word in the node, stops pinging and makes a new channel once the socket is closed."""
DUPLICATE_ID = "v2.system.duplicate_id"
"""As above, for a client that another one has replaced."""
SUBSCRIPTIONS_EXPIRING = "streaming-subscriptions-expiring"
"""Exactly this node makes the vendor's client put its subscriptions again, on the living connection."""
CHANNEL_METADATA = "channel.metadata"

VERSION = "2"


class Bulletin:
    """A notification made ready for the wire: its JSON is written once, its XMPP form once it is needed."""

    __slots__ = ("_from_host", "_head", "_json_head", "_tail", "event_id", "organization_id", "topic")

    def __init__(self, notification: Notification, event_id: str) -> None:
        self.organization_id = notification.organization_id
        self.topic = notification.topic
        self.event_id = event_id
        members = _encode({**notification.metadata, "CorrelationId": event_id})
        self._json_head = (
            f'{{"topicName":{_encode(self.topic)},"version":"{VERSION}","eventBody":{_encode(notification.body)},'
            f'"metadata":{members[:-1]},"sequence":'
        )
        self._from_host = ""
        self._head = self._tail = ""

    def json(self, sequence: int) -> str:
        """The frame for a JSON connection; ``sequence`` counts what this session was sent."""
        return f"{self._json_head}{sequence}}}}}"

    def stanza(self, from_host: str, to: str, sequence: int) -> str:
        """The frame for an XMPP connection; ``from_host`` is ``notifications.ENV``, ``to`` a full JID."""
        if from_host != self._from_host:
            self._write_stanza(from_host)
        start = f'<message xmlns="{NS_CLIENT}" to="{escape_attribute(to)}" id="n{sequence}"'
        return f"{start}{self._head}{sequence}{self._tail}"

    def _write_stanza(self, from_host: str) -> None:
        self._from_host = from_host
        self._head = (
            f' from="{escape_attribute(from_host)}"><event xmlns="{NS_PUBSUB_EVENT}">'
            f'<items node="{escape_attribute(self.topic)}"><item id="{escape_attribute(self.event_id)}">'
            f'<json xmlns="{NS_JSON}">{escape_text(self._json_head)}'
        )
        self._tail = "}}</json></item></items></event></message>"


def _encode(value: object) -> str:
    return msgspec.json.encode(value).decode()


def notice_bulletin(notice: Notice, identity: Identity, event_id: str) -> Bulletin:
    """A control message of the vendor's shape (SystemMessage) that carries the sentence and the decision."""
    denial = notice.denial
    body = {
        "channelId": identity.channel_id,
        "systemTopicType": notice.topic.removeprefix("v2.system."),
        "correlationId": event_id,
        "organizationId": identity.organization_id,
        "userId": identity.person_id,
        "reason": notice.reason,
        "message": notice.text,
        "data": {"decisionId": denial.decision_id if denial else None},
    }
    return Bulletin(Notification(identity.organization_id, notice.topic, body), event_id)
