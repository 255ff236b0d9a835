"""Between the softphones and the calls room: what they say is carried there in its order, what they must know comes back.

A softphone that comes (a new tab, a socket after a drop) is told what it missed, from the truth: whoever binds is looked
up a moment later, all of a moment at once, so that it costs a sign-in nothing. It is told nothing twice.
"""

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence

import structlog

from shiftline.calls.events import SoftphoneTold
from shiftline.foundation.errors import Refusal, Unavailable
from shiftline.foundation.events import Event
from shiftline.signalling.extensions.calls.progress import Progress
from shiftline.signalling.newcomers import Newcomers, by_organization
from shiftline.signalling.session import Registry, Session
from shiftline.signalling.telephony import Candidates, Said, Speaker, Telephony
from shiftline.signalling.turns import Spawn, Turns

PATIENCE = 10.0
"""Seconds in which what could not be done at once is tried again. The vendor's client gives a request up after 15."""
AGAIN_AFTER = 0.5
RING_AGAIN = (0.0, 0.5, 1.0, 2.5)
"""Seconds from a subscription, and from one to the next, until what rings is told to it again."""

TOO_MUCH = Unavailable("Too much of yours is waiting to be done; say it again a moment later.")
FAILED = Unavailable("This went wrong here, and was noted.")

Offers = Mapping[str, str]
"""Session descriptions by session id."""
Done = Callable[[Refusal | None], None]
"""Called once it was done (None) or refused."""

log = structlog.get_logger()


class _Word:
    """Something said that waits for its turn. Candidates of one session that come meanwhile go along with it."""

    def __init__(self, telephony: Telephony, speaker: Speaker, said: Said, done: Done) -> None:
        self._telephony = telephony
        self._speaker = speaker
        self._said = said
        self._done = [done]
        self._time = asyncio.get_running_loop().time
        self._give_up_at = self._time() + PATIENCE

    def absorbs(self, said: Said, done: Done) -> bool:
        """Whether this takes along what was said after it."""
        own = self._said
        if not (isinstance(own, Candidates) and isinstance(said, Candidates) and own.session_id == said.session_id):
            return False
        self._said = Candidates(own.session_id, own.fragments + said.fragments)
        self._done.append(done)
        return True

    async def __call__(self) -> None:
        """Do it, and tell who waits how it went."""
        refusal = await self._try()
        for done in self._done:
            done(refusal)

    async def _try(self) -> Refusal | None:
        identity, session_id = self._speaker.identity, self._said.session_id
        about = {"person": identity.person_id, "session": session_id, "said": type(self._said).__name__}
        while True:
            try:
                await self._telephony.hear(self._speaker, self._said)
            except Unavailable as refusal:
                if self._time() + AGAIN_AFTER > self._give_up_at:
                    log.warning("softphone.not_heard", reason=refusal.message, **about)
                    return refusal
            except Refusal as refusal:
                log.info("softphone.refused", reason=refusal.message, **about)
                return refusal
            except Exception:
                log.exception("softphone.failed", **about)
                return FAILED
            else:
                return None
            await asyncio.sleep(AGAIN_AFTER)


class Calls:
    """The calls of one process's softphones."""

    def __init__(self, registry: Registry, telephony: Telephony, spawn: Spawn) -> None:
        self._registry = registry
        self._telephony = telephony
        self._spawn = spawn
        self._turns = Turns(spawn)
        self._newcomers = Newcomers(spawn, self._catch_up)
        self._progress: dict[Session, Progress] = {}

    @property
    def unheard(self) -> int:
        """How many people's words are waiting or under way."""
        return len(self._turns)

    # what softphones say

    def hear(self, session: Session, said: Said, done: Done) -> None:
        """Carry out what a softphone says after what its person's softphones said before; then call ``done``."""
        person_id = session.identity.person_id
        last = self._turns.last(person_id)
        if isinstance(last, _Word) and last.absorbs(said, done):
            return
        word = _Word(self._telephony, Speaker(session.identity, session.jid), said, done)
        if not self._turns.add(person_id, word):
            done(TOO_MUCH)

    # what softphones are told

    async def find_offers(self, events: Iterable[Event]) -> Offers:
        """The session descriptions that are needed to tell softphones of these events. Raises Unavailable."""
        told = (event for event in events if isinstance(event, SoftphoneTold) and event.kind == "offer")
        return await self._find_offers([each for each in told if self._meant(each)])

    def tell(self, told: SoftphoneTold, offers: Offers) -> int:
        """Tell the softphones that are here; how many there were."""
        softphones = self._softphones_of(told)
        is_orphan = all(session.jid != told.jid for session in softphones)
        return sum(self._tell(session, told, offers, is_orphan=is_orphan) for session in softphones)

    def opened(self, session: Session) -> None:
        """A session began: tell it what it missed."""
        if session.resource:
            self._newcomers.add(session)

    def subscribed(self, session: Session, gained: frozenset[str]) -> None:
        """A session hears of more from now on: what rings there already is told again, some times over.

        COMPAT: the vendor's client drops every proposal that comes before it has the answers to its subscriptions, without a word.
        One that it took it ignores when it comes again.
        """
        if session.resource and not gained.isdisjoint(_topics_of(session)):
            self._spawn(self._ring_on(session))

    async def _ring_on(self, session: Session) -> None:
        for pause in RING_AGAIN:
            await asyncio.sleep(pause)
            progress = self._progress.get(session)
            if progress is not None and progress.ring_again():
                self._newcomers.add(session)

    def closed(self, session: Session) -> None:
        """A session ended."""
        self._progress.pop(session, None)
        self._newcomers.forget(session)

    async def _catch_up(self, newcomers: Sequence[Session]) -> None:
        for organization_id, people in by_organization(newcomers).items():
            pending = await self._telephony.find_pending(organization_id, people)
            offers = await self._find_offers([told for told in pending if told.kind == "offer"])
            for told in pending:
                for session in self._softphones_of(told):
                    if session in newcomers:
                        self._tell(session, told, offers, is_orphan=False)

    def _tell(self, session: Session, told: SoftphoneTold, offers: Offers, *, is_orphan: bool) -> bool:
        progress = self._progress.get(session)
        if progress is None:
            progress = self._progress[session] = Progress(session.jid)
        frames = progress.tell(told, offers, is_orphan=is_orphan)
        for frame in frames:
            session.wire.forward(frame)
        return bool(frames)

    async def _find_offers(self, told: Sequence[SoftphoneTold]) -> Offers:
        return await self._telephony.find_offers(told) if told else {}

    def _softphones_of(self, told: SoftphoneTold) -> list[Session]:
        own = self._registry.of_person(told.person_id)
        return [s for s in own if s.resource and s.identity.organization_id == told.organization_id]

    def _meant(self, told: SoftphoneTold) -> bool:
        return any(session.jid == told.jid for session in self._softphones_of(told))


def _topics_of(session: Session) -> frozenset[str]:
    """What a softphone subscribes to while it starts: its person's conversations, then their station."""
    own = f"v2.users.{session.identity.person_id}"
    return frozenset({f"{own}.conversations", f"{own}.station"})
