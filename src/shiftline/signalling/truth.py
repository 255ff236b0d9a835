"""The authority of the live connections: every question is answered from PostgreSQL, by the decision that REST uses."""

import hmac
from collections.abc import Sequence
from datetime import datetime

from shiftline.access.operations import decide_in, find_grants, keep_in
from shiftline.foundation.clock import Clock
from shiftline.foundation.context import Actor, Context
from shiftline.foundation.database import Database, Reader
from shiftline.foundation.decision import Decision
from shiftline.foundation.events import Topic
from shiftline.identity.rules import digest
from shiftline.signalling.channels import store
from shiftline.signalling.channels.model import KnownChannel
from shiftline.signalling.channels.operations import expanded, set_topics_in
from shiftline.signalling.channels.topics import judge_subscription
from shiftline.signalling.model import Denial, Identity, Welcome, expand_topic

NO_CHANNEL = Denial("not-authorized", "There is no such channel, or it is another token's: make a new one.")
GONE = {"token.expired": "credentials-expired", "person.inactive": "account-disabled"}


class Truth:
    """Answers from the database. ``ends`` tells when a channel's right is to be judged again, if it ends by itself."""

    def __init__(self, database: Database, clock: Clock, topics: Sequence[Topic]) -> None:
        self._database = database
        self._clock = clock
        self._topics = topics
        self.ends: dict[str, datetime] = {}

    async def authenticate(self, channel_id: str, jid: str, token: str) -> Welcome | Denial:
        """Whether this token may connect as this bare JID through this channel."""
        async with self._database.reader() as reader:
            found = await store.find_channel(reader, channel_id)
            if found is None or not hmac.compare_digest(digest(token), found.channel.token_digest):
                return NO_CHANNEL
            if found.jid is None or jid.lower() != found.jid:
                return Denial("not-authorized", "This token is another user's: the name must be the user's own JID.")
            return await self._judge(reader, found)

    async def admit(self, channel_id: str) -> Welcome | Denial:
        """Whether the token that the channel is bound to may connect, or stay connected."""
        async with self._database.reader() as reader:
            found = await store.find_channel(reader, channel_id)
            if found is None:
                return NO_CHANNEL
            return await self._judge(reader, found)

    async def subscribe(self, identity: Identity, topic: str) -> frozenset[str] | Denial:
        """Add a topic to the channel's, if the person may."""
        context = self._context(identity.organization_id, identity.person_id)
        async with context.transaction() as tx:
            grants = await find_grants(tx, context, identity.person_id)
            actor = Actor(identity.organization_id, "person", identity.person_id, grants=grants)
            judged = judge_subscription(topic, actor, self._topics)
            if not judged.permitted:
                return Denial("not-authorized", judged.reason or "")
            channel = await store.lock_channel(tx, identity.organization_id, identity.channel_id)
            if channel is None:
                return NO_CHANNEL
            changed = await set_topics_in(tx, channel, [*channel.topics, topic])
        return expanded(changed.topics)

    async def unsubscribe(self, identity: Identity, topic: str) -> frozenset[str]:
        """Remove a topic from the channel's."""
        context = self._context(identity.organization_id, identity.person_id)
        async with context.transaction() as tx:
            channel = await store.lock_channel(tx, identity.organization_id, identity.channel_id)
            if channel is None:
                return frozenset()
            gone = frozenset(expand_topic(topic))
            changed = await set_topics_in(tx, channel, sorted(expanded(channel.topics) - gone))
        return expanded(changed.topics)

    async def touch(self, channel_ids: Sequence[str]) -> None:
        """Note that channels are in use."""
        async with self._database.reader() as reader:
            await store.touch_channels(reader, channel_ids)

    async def _judge(self, reader: Reader, known: KnownChannel) -> Welcome | Denial:
        channel = known.channel
        if channel.person_id is None:
            return _judge_client(known)
        context = self._context(channel.organization_id, channel.person_id)
        decision = await decide_in(
            reader, context, "connect", person_id=channel.person_id, token_digest=channel.token_digest
        )
        self._note_end(channel.id, decision)
        if decision.allowed is True:
            return Welcome(_identity(known), expanded(channel.topics))
        await self._keep(context, decision)
        return _denial(decision)

    def _note_end(self, channel_id: str, decision: Decision) -> None:
        if decision.next_change_at is None:
            self.ends.pop(channel_id, None)
        else:
            self.ends[channel_id] = decision.next_change_at

    async def _keep(self, context: Context, decision: Decision) -> None:
        async with context.transaction() as tx:
            await keep_in(tx, decision, "session", {})

    def _context(self, organization_id: str, person_id: str) -> Context:
        actor = Actor(organization_id, "system", person_id=person_id)
        return Context(self._database, self._clock, actor)


def _judge_client(known: KnownChannel) -> Welcome | Denial:
    """A program has no softphone: it may listen while its token lives."""
    if known.token_alive:
        return Welcome(_identity(known), expanded(known.channel.topics))
    return Denial("credentials-expired", "The token has expired or was revoked.")


def _identity(known: KnownChannel) -> Identity:
    channel = known.channel
    return Identity(
        organization_id=channel.organization_id,
        person_id=channel.person_id or channel.client_id,
        channel_id=channel.id,
        token_digest=channel.token_digest.hex(),
        jid=known.jid or "",
    )


def _denial(decision: Decision) -> Denial:
    if not decision.blockers:
        return Denial("temporary-auth-failure", decision.sentence, decision.decision_id)
    codes = [gate.code for gate in decision.blockers]
    condition = next((GONE[code] for code in codes if code in GONE), "not-authorized")
    return Denial(condition, decision.sentence, decision.decision_id)
