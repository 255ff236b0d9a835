"""Make channels, and choose what they carry."""

from collections.abc import Iterable, Sequence
from itertools import chain

from shiftline.access.operations.deciding import enforce_in, refuse_unless_allowed
from shiftline.foundation.context import Actor, Context
from shiftline.foundation.database import Transaction
from shiftline.foundation.decision import Decision
from shiftline.foundation.errors import Invalid, Problem, Refused
from shiftline.foundation.events import Topic
from shiftline.foundation.ids import new_secret
from shiftline.signalling.channels import store
from shiftline.signalling.channels.errors import ChannelNotFound, TopicsRejected
from shiftline.signalling.channels.events import ChannelCreated, ChannelRemoved, ChannelSubscribed
from shiftline.signalling.channels.model import CHANNEL_ENTROPY, MOST_TOPICS, Channel, Subscription
from shiftline.signalling.channels.topics import judge_subscription
from shiftline.signalling.model import digest_of, expand_topic


async def create_channel(context: Context, evidence: dict[str, object]) -> Channel:
    """Decide ``connect`` for the caller, keep the attempt, and give a channel if allowed.

    Raises Refused (with ``retry_at`` when the denial ends by itself), Unavailable.
    """
    if context.actor.person_id is None and context.actor.barred is not None:
        raise Refused(context.actor.barred)
    decision: Decision | None = None
    channel: Channel | None = None
    async with context.transaction() as tx:
        if context.actor.person_id is not None:
            decision = await enforce_in(tx, "connect", evidence)
        if decision is None or decision.allowed is True:
            channel = await _create_in(tx, decision)
    if channel is None:
        assert decision is not None
        refuse_unless_allowed(decision)
        raise AssertionError("a decision that is not allowed is refused")
    return channel


async def _create_in(tx: Transaction, decision: Decision | None) -> Channel:
    channel, evicted = await store.insert_channel(tx, new_secret(CHANNEL_ENTROPY))
    owner, organization_id = tx.context.actor.id, tx.context.organization_id
    for each in evicted:
        reason = "its owner made more channels than are allowed; the least recently used one went"
        tx.record(
            ChannelRemoved(
                organization_id=organization_id, person_id=owner, channel_digest=digest_of(each), reason=reason
            )
        )
    decision_id = None if decision is None else decision.decision_id
    tx.record(ChannelCreated(organization_id=organization_id, person_id=owner, decision_id=decision_id))
    return channel


async def list_channels(context: Context) -> list[Channel]:
    """The calling token's channels, newest first."""
    assert context.actor.token_digest is not None
    async with context.reader() as reader:
        return await store.list_channels(reader, context.organization_id, context.actor.token_digest)


async def get_channel(context: Context, channel_id: str) -> Channel:
    """One of the caller's channels. Raises ChannelNotFound."""
    async with context.reader() as reader:
        found = await store.find_channel(reader, channel_id)
    if found is None or not _is_owner(context.actor, found.channel):
        raise ChannelNotFound(channel_id)
    return found.channel


async def subscribe(
    context: Context,
    channel_id: str,
    wished: Sequence[str],
    topics: Sequence[Topic],
    *,
    keep: bool,
    ignore_errors: bool = False,
) -> list[Subscription]:
    """Make these the channel's topics (``keep``: beside those it has).

    Raises ChannelNotFound, and TopicsRejected unless ``ignore_errors``; then nothing changed.
    """
    judged = [judge_subscription(topic, context.actor, topics) for topic in wished]
    rejected = [(index, each) for index, each in enumerate(judged) if not each.permitted]
    permitted = [each.topic for each in judged if each.permitted]
    async with context.transaction() as tx:
        if rejected and not ignore_errors:
            channel = await store.lock_channel(tx, context.organization_id, channel_id)
        else:
            channel = await change_topics_in(tx, context.organization_id, channel_id, permitted, keep=keep)
        if channel is None or not _is_owner(context.actor, channel):
            raise ChannelNotFound(channel_id)  # which undoes what was done to another's
        if rejected and not ignore_errors:
            raise TopicsRejected(rejected)
    return judged


async def change_topics_in(
    tx: Transaction, organization_id: str, channel_id: str, topics: Iterable[str], *, keep: bool
) -> Channel | None:
    """Give a channel topics in the caller's transaction, beside those it has (``keep``) or in their place; live connections follow.

    None: there is no such channel. Raises Invalid for too many.
    """
    wished = list(dict.fromkeys(topics))
    changed = await store.change_topics(tx, organization_id, channel_id, wished, keep=keep)
    if changed is None:
        return None
    channel, former = changed
    if len(channel.topics) > MOST_TOPICS:
        raise Invalid(Problem("body", f"a channel has at most {MOST_TOPICS} topics."))
    if channel.topics != former:
        tx.record(
            ChannelSubscribed(
                organization_id=channel.organization_id,
                person_id=channel.person_id or channel.client_id,
                channel_digest=digest_of(channel.id),
                topics=tuple(sorted(expanded(channel.topics))),
            )
        )
    return channel


async def forget_expired_channels(context: Context) -> None:
    """Drop the channels, of every organization, that nobody came back to."""
    async with context.reader() as reader:
        await store.forget_expired(reader)


def expanded(topics: Iterable[str]) -> frozenset[str]:
    """The single topics that a channel's topics stand for."""
    return frozenset(chain.from_iterable(expand_topic(topic) for topic in topics))


def _is_owner(actor: Actor, channel: Channel) -> bool:
    same = (actor.organization_id, actor.person_id, actor.client_id)
    return same == (channel.organization_id, channel.person_id, channel.client_id)
