"""The authority of the live connections: every question is answered from PostgreSQL, by the decision that REST uses."""

import hmac
from collections.abc import Sequence
from dataclasses import replace

import structlog

from shiftline.access.operations.deciding import decide_in, find_grants, keep_in
from shiftline.foundation.clock import Clock
from shiftline.foundation.context import Actor, Context
from shiftline.foundation.database import Database, Reader, Transaction
from shiftline.foundation.decision import Decision
from shiftline.foundation.errors import Invalid, Unavailable
from shiftline.foundation.events import Topic
from shiftline.identity.rules import digest
from shiftline.signalling.channels import store
from shiftline.signalling.channels.model import KnownChannel, Subscription
from shiftline.signalling.channels.operations import change_topics_in, expanded
from shiftline.signalling.channels.topics import judge_subscription
from shiftline.signalling.model import COULD_NOT_BE_KNOWN, Denial, Identity, Welcome, expand_topic

NO_CHANNEL = Denial("not-authorized", "There is no such channel, or it is another token's: make a new one.")
NOT_YOURS = Denial("not-authorized", "This token is another user's: the name must be the user's own JID.")
TOKEN_ENDED = Denial(
    "credentials-expired",
    "The token has expired or was revoked, or its organization is switched off.",
    ends="softphone",
)
GONE = {"token.expired": "credentials-expired", "person.inactive": "account-disabled"}

log = structlog.get_logger()


class Truth:
    """Answers from the database, on each question anew."""

    def __init__(self, database: Database, clock: Clock, topics: Sequence[Topic]) -> None:
        self._database = database
        self._clock = clock
        self._topics = topics

    async def authenticate(self, channel_id: str, jid: str, token: str) -> Welcome | Denial:
        """Whether this token may connect as this bare JID through this channel."""
        async with self._database.reader() as reader:
            found = await store.find_channel(reader, channel_id)
            if found is None or not hmac.compare_digest(digest(token), found.channel.token_digest):
                return NO_CHANNEL
            if found.jid is None or jid.lower() != found.jid:
                return NOT_YOURS
            decision = await self._decide(reader, found)
        return await self._answer(found, decision)

    async def admit(self, channel_id: str) -> Welcome | Denial:
        """Whether the token that the channel is bound to may connect, or stay connected."""
        async with self._database.reader() as reader:
            found = await store.find_channel(reader, channel_id)
            if found is None:
                return NO_CHANNEL
            decision = await self._decide(reader, found)
        return await self._answer(found, decision)

    async def judge_call(self, organization_id: str, person_id: str, jid: str | None) -> Denial | None:
        """What a call at a softphone loses its right by, if it does; the softphone need not have a session any more.

        Judged on the token of the channel on which its last session was; where that is gone, on any of the person's. A denial is kept if
        it ends calls. Raises Unavailable.
        """
        context = self._context(organization_id, person_id)
        async with self._database.reader() as reader:
            known = None if jid is None else await self._channel_of(reader, organization_id, person_id, jid)
            token_digest = None if known is None else known.channel.token_digest
            decision = await decide_in(reader, context, "connect", person_id=person_id, token_digest=token_digest)
        if decision.allowed is not False:
            return TOKEN_ENDED if decision.allowed and known is not None and known.token_ends_at is None else None
        denial = _denial(decision.without_names())
        if denial.ends != "nothing":
            await self._keep(context, decision, {"softphone": jid})
        return denial

    async def _channel_of(self, reader: Reader, organization_id: str, person_id: str, jid: str) -> KnownChannel | None:
        channel_id = await store.find_channel_of_softphone(reader, organization_id, person_id, jid)
        return None if channel_id is None else await store.find_channel(reader, channel_id)

    async def subscribe(self, identity: Identity, topic: str) -> frozenset[str] | Denial:
        """Add a topic to the channel's, if the person may."""
        context = self._context(identity.organization_id, identity.person_id)
        try:
            async with context.transaction() as tx:
                judged = await self._judge_topic_in(tx, identity, topic)
                if not judged.permitted:
                    return Denial("not-authorized", judged.reason or "")
                changed = await change_topics_in(tx, identity.organization_id, identity.channel_id, [topic], keep=True)
        except Invalid as refusal:
            return Denial("not-authorized", refusal.message)
        return NO_CHANNEL if changed is None else expanded(changed.topics)

    async def _judge_topic_in(self, tx: Transaction, identity: Identity, topic: str) -> Subscription:
        """One's own topics need no permission: what one holds is read for others' only."""
        actor = Actor(identity.organization_id, "person", identity.person_id)
        judged = judge_subscription(topic, actor, self._topics)
        if judged.permitted:
            return judged
        grants = await find_grants(tx, tx.context, identity.person_id)
        return judge_subscription(topic, replace(actor, grants=grants), self._topics)

    async def unsubscribe(self, identity: Identity, topic: str) -> frozenset[str]:
        """Remove a topic from the channel's."""
        context = self._context(identity.organization_id, identity.person_id)
        async with context.transaction() as tx:
            channel = await store.lock_channel(tx, identity.organization_id, identity.channel_id)
            if channel is None:
                return frozenset()
            left = expanded(channel.topics) - frozenset(expand_topic(topic))
            await change_topics_in(tx, identity.organization_id, identity.channel_id, sorted(left), keep=False)
        return left

    async def touch(self, channel_ids: Sequence[str]) -> None:
        """Note that channels are in use."""
        async with self._database.reader() as reader:
            await store.touch_channels(reader, channel_ids)

    async def _decide(self, reader: Reader, known: KnownChannel) -> Decision | None:
        """The decision on a person; None for a program, which has no softphone: it may listen while its token lives."""
        channel = known.channel
        if channel.person_id is None:
            return None
        context = self._context(channel.organization_id, channel.person_id)
        return await decide_in(
            reader, context, "connect", person_id=channel.person_id, token_digest=channel.token_digest
        )

    async def _answer(self, known: KnownChannel, decision: Decision | None) -> Welcome | Denial:
        """The answer to the connection; a denial is kept first, on a connection of its own."""
        if known.token_ends_at is not None and (decision is None or decision.allowed is True):
            ends_at = self._clock.now() + (known.token_ends_at - self._clock.real_now())
            next_change_at = ends_at if decision is None else decision.next_change_at
            until = min(ends_at, next_change_at or ends_at)
            return Welcome(_identity(known), expanded(known.channel.topics), until)
        if decision is None or decision.allowed is True:
            return TOKEN_ENDED
        context = self._context(known.channel.organization_id, decision.subject_id)
        await self._keep(context, decision, {"channel": _identity(known).channel_digest})
        return _denial(decision.without_names())

    async def _keep(self, context: Context, decision: Decision, evidence: dict[str, object]) -> None:
        try:
            async with context.transaction() as tx:
                await keep_in(tx, decision, "session", evidence)
        except Unavailable:
            # What was decided holds, whether or not it could be written down.
            log.warning("signalling.decision_not_kept", decision_id=decision.decision_id)

    def _context(self, organization_id: str, person_id: str) -> Context:
        actor = Actor(organization_id, "system", person_id=person_id)
        return Context(self._database, self._clock, actor)


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
        return Denial(COULD_NOT_BE_KNOWN, decision.sentence, decision.decision_id)
    codes = [gate.code for gate in decision.blockers]
    condition = next((GONE[code] for code in codes if code in GONE), "not-authorized")
    # A shift that is over is no reason to cut off whoever they talk to.
    lasts = decision.next_change_at is None
    of_the_token = all(code.startswith("token.") for code in codes)
    ends = "nothing" if not lasts else "softphone" if of_the_token else "person"
    return Denial(condition, decision.sentence, decision.decision_id, ends)
