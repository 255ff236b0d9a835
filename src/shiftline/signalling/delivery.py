"""Brings the live sessions their news: reads the outbox at every wake-up and five times a second, whatever NATS does."""

import asyncio
import contextlib
from collections.abc import Callable, Sequence

import structlog

from shiftline.calls.events import SoftphoneTold
from shiftline.conversations.events import ConversationChanged
from shiftline.foundation.bus import Bus
from shiftline.foundation.clock import Clock
from shiftline.foundation.database import Database
from shiftline.foundation.errors import Unavailable
from shiftline.foundation.events import Event, Notification, kind_of
from shiftline.foundation.outbox import News, OutboxReader
from shiftline.signalling.bulletin import NO_LONGER_SUBSCRIBED, Bulletin
from shiftline.signalling.calls import Offers
from shiftline.signalling.channels.events import ChannelRemoved, ChannelSubscribed
from shiftline.signalling.model import Notice
from shiftline.signalling.propagation.measuring import Propagation
from shiftline.signalling.propagation.model import Arrived
from shiftline.signalling.session import Session
from shiftline.signalling.standing import Standing
from shiftline.signalling.switchboard import Switchboard
from shiftline.signalling.truth import Truth

LONGEST_WAIT = 0.2
"""Seconds between looks at the outbox without a wake-up: what is promised with NATS nearly holds without it, and a look costs
a few hundred microseconds."""
PAUSE = 0.01
"""Seconds after news before the next look: what is committed meanwhile comes with one read."""
LOOK_FOR_ENDS = 1.0
TOUCH_EVERY = 120.0

Notifier = Callable[[Event], list[Notification]]

log = structlog.get_logger()


class Delivery:
    """One node's reader of the outbox, and what it does with each row; ``propagation`` is told when it was done."""

    def __init__(
        self,
        database: Database,
        switchboard: Switchboard,
        truth: Truth,
        notifiers: Sequence[Notifier],
        *,
        standing: Standing,
        propagation: Propagation,
    ) -> None:
        self._outbox = OutboxReader(database)
        self._switchboard = switchboard
        self._truth = truth
        self._notifiers = notifiers
        self._standing = standing
        self._propagation = propagation
        self._woken = asyncio.Event()

    async def run(self, bus: Bus) -> None:
        """Deliver for ever. While PostgreSQL cannot be reached the sessions stay and the news waits there."""
        bus.on_wake(self._woken.set)
        while True:
            self._woken.clear()
            try:
                news = await self._outbox.read()
            except Unavailable:
                log.warning("delivery.database_unavailable")
                await asyncio.sleep(LONGEST_WAIT)
                continue
            self._propagation.live()
            offers = await self._find_offers(news)
            for item in news:
                self._deliver(item, offers)
            if news:
                await asyncio.sleep(PAUSE)
            if not self._outbox.has_more:
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._woken.wait(), LONGEST_WAIT)

    async def watch_ends(self, clock: Clock) -> None:
        """Judge again the sessions whose right ends or begins to end by itself, when it does."""
        while True:
            await asyncio.sleep(LOOK_FOR_ENDS)
            self._switchboard.reviews.add_due(clock.now())

    async def keep_channels(self) -> None:
        """Keep the channels of live sessions from expiring, and from being the first to be evicted."""
        while True:
            await asyncio.sleep(TOUCH_EVERY)
            channel_ids = [session.identity.channel_id for session in self._switchboard.registry.all()]
            with contextlib.suppress(Unavailable):
                await self._truth.touch(channel_ids)

    async def _find_offers(self, news: Sequence[News]) -> Offers:
        """What softphones are to be told beside the rows themselves, read before any of it is told: so the order holds."""
        calls = self._switchboard.calls
        while calls is not None:
            try:
                return await calls.find_offers(item.event for item in news)
            except Unavailable:
                await asyncio.sleep(LONGEST_WAIT)
            except Exception:
                log.exception("delivery.no_offers")
                break
        return {}

    def _deliver(self, item: News, offers: Offers) -> None:
        """Do everything that follows from one row; what fails with one must not keep the next from anybody."""
        registry = self._switchboard.registry
        try:
            rung = self._tell(item.event, offers) if isinstance(item.event, SoftphoneTold) else 0
            judged = self._follow(item.event)
            told: set[Session] = set()
            for notification in self._notifications(item.event):
                told.update(registry.subscribed(notification.organization_id, notification.topic))
                registry.publish(Bulletin(notification, item.correlation_id))
            seconds = item.age_now()
            if rung or told:
                self._propagation.observe(seconds)
            self._propagation.note(Arrived(item.id, seconds, rung + len(told.union(judged))))
        except Exception:
            log.exception("delivery.failed", event_id=item.id, name=kind_of(item.event).name)

    def _follow(self, event: Event) -> Sequence[Session]:
        """Do what an event asks of the node itself; the sessions that it concerns."""
        match event:
            case ChannelSubscribed():
                return self._resubscribe(event)
            case ChannelRemoved():
                return self._remove(event)
            case ConversationChanged():
                self._standing.note(event)
            case _ if kind_of(event).affects_access:
                return self._judge(event)
            case _:
                pass
        return ()

    def _tell(self, told: SoftphoneTold, offers: Offers) -> int:
        calls = self._switchboard.calls
        return 0 if calls is None else calls.tell(told, offers)

    def _notifications(self, event: Event) -> list[Notification]:
        return [notification for notifier in self._notifiers for notification in notifier(event)]

    def _judge(self, event: Event) -> Sequence[Session]:
        person_id: str | None = getattr(event, "person_id", None)
        registry = self._switchboard.registry
        registry.disturb(person_id or event.organization_id)
        affected = registry.of_person(person_id) if person_id else registry.of_organization(event.organization_id)
        own = [session for session in affected if session.identity.organization_id == event.organization_id]
        for session in own:
            self._switchboard.reviews.add(session)
        return own

    def _resubscribe(self, event: ChannelSubscribed) -> Sequence[Session]:
        self._switchboard.registry.disturb(event.person_id)
        sessions = self._on(event.person_id, event.channel_digest)
        for session in sessions:
            self._switchboard.registry.subscribe(session, frozenset(event.topics))
        return sessions

    def _remove(self, event: ChannelRemoved) -> Sequence[Session]:
        self._switchboard.registry.disturb(event.person_id)
        notice = Notice(
            NO_LONGER_SUBSCRIBED, "another_channel_subscribed", sentence=f"This channel is gone: {event.reason}."
        )
        sessions = self._on(event.person_id, event.channel_digest)
        for session in sessions:
            self._switchboard.dismiss(session, notice)
        return sessions

    def _on(self, person_id: str, channel_digest: str) -> list[Session]:
        sessions = self._switchboard.registry.of_person(person_id)
        return [session for session in sessions if session.identity.channel_digest == channel_digest]
