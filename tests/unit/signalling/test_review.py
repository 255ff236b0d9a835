"""Sessions judged again: each once, a few at a time, nobody kept waiting by one that cannot be judged."""

import asyncio
from collections.abc import Coroutine
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from tests.unit.signalling.conftest import eventually

from shiftline.signalling import review
from shiftline.signalling.bulletin import Bulletin
from shiftline.signalling.model import Denial, Identity, Notice, Welcome
from shiftline.signalling.review import AT_ONCE, Reviews
from shiftline.signalling.session import Registry, Session

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)
UNKNOWN = Denial("temporary-auth-failure", "not now")
BARRED = Denial("not-authorized", "barred", "decision-1")


class Nowhere:
    def notify(self, bulletin: Bulletin, sequence: int) -> None: ...
    def dismiss(self, notice: Notice) -> None: ...
    def forward(self, frame: str) -> None: ...


class Desk:
    """Reviews over answers that a test writes down; whoever is not named may stay."""

    def __init__(self) -> None:
        self.registry = Registry()
        self.reviews = Reviews(self.registry, self.ask, self.dismiss, self.spawn)
        self.answers: dict[str, Denial] = {}
        self.topics: frozenset[str] = frozenset()
        self.until: datetime | None = None
        self.asked: list[str] = []
        self.dismissed: list[tuple[str, Notice]] = []
        self.under_way = self.most = 0
        self.gate = asyncio.Event()
        self.gate.set()
        self.meanwhile: list[str] = []
        self.tasks: list[asyncio.Task[None]] = []

    async def ask(self, channel_id: str) -> Welcome | Denial:
        self.asked.append(channel_id)
        self.under_way += 1
        self.most = max(self.most, self.under_way)
        topics = self.topics
        await self.gate.wait()
        await asyncio.sleep(0)
        self.registry.disturb(*self.meanwhile)
        self.meanwhile.clear()
        self.under_way -= 1
        (session,) = self.registry.on_channel(channel_id) or (None,)
        if session is None:
            return UNKNOWN
        return self.answers.get(channel_id) or Welcome(session.identity, topics, self.until)

    def dismiss(self, session: Session, notice: Notice) -> None:
        self.registry.remove(session)
        self.reviews.forget(session)
        self.dismissed.append((session.identity.channel_id, notice))

    def spawn(self, work: Coroutine[Any, Any, None]) -> None:
        self.tasks.append(asyncio.get_running_loop().create_task(work))

    def session(self, identity: Identity, channel_id: str) -> Session:
        session = Session(replace(identity, channel_id=channel_id), Nowhere(), "r")
        self.registry.add(session, frozenset())
        return session

    async def settle(self) -> None:
        while self.tasks:
            await self.tasks.pop()


@pytest.fixture
def desk() -> Desk:
    return Desk()


async def test_one_that_cannot_be_judged_keeps_nobody_waiting(
    desk: Desk, identity: Identity, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(review, "AGAIN_AFTER", 0.01)
    unknown = [desk.session(identity, f"unknown-{number}") for number in range(AT_ONCE * 2)]
    barred = desk.session(identity, "barred")
    desk.answers = {session.identity.channel_id: UNKNOWN for session in unknown} | {"barred": BARRED}
    for session in (*unknown, barred):
        desk.reviews.add(session)
    await desk.settle()
    assert [channel_id for channel_id, _ in desk.dismissed] == ["barred"]
    assert desk.dismissed[0][1].denial == BARRED
    desk.answers = {session.identity.channel_id: BARRED for session in unknown}
    await eventually(lambda: len(desk.dismissed) > len(unknown))


async def test_few_at_a_time_and_each_once(desk: Desk, identity: Identity) -> None:
    sessions = [desk.session(identity, f"c{number}") for number in range(30)]
    for session in sessions + sessions:
        desk.reviews.add(session)
    await desk.settle()
    assert desk.most == AT_ONCE
    assert sorted(desk.asked) == sorted(session.identity.channel_id for session in sessions)


async def test_news_while_judging_means_judging_once_more(desk: Desk, identity: Identity) -> None:
    session = desk.session(identity, "c1")
    desk.gate.clear()
    desk.reviews.add(session)
    await asyncio.sleep(0)
    desk.reviews.add(session)
    desk.answers["c1"] = BARRED
    desk.gate.set()
    await desk.settle()
    assert desk.dismissed


async def test_an_answer_older_than_the_news_is_not_applied(desk: Desk, identity: Identity) -> None:
    session = desk.session(identity, "c1")
    desk.topics = frozenset({"old"})
    desk.gate.clear()
    desk.meanwhile = [identity.person_id]
    desk.reviews.add(session)
    await asyncio.sleep(0)
    desk.topics = frozenset({"new"})
    desk.gate.set()
    await desk.settle()
    assert session.topics == {"new"}
    assert desk.asked == ["c1", "c1"]


async def test_a_right_that_ends_by_itself_is_judged_when_it_does(desk: Desk, identity: Identity) -> None:
    session = desk.session(identity, "c1")
    desk.reviews.note_end(session, NOON)
    desk.reviews.add_due(NOON - timedelta(seconds=1))
    assert not desk.asked
    desk.until = NOON + timedelta(hours=1)
    desk.reviews.add_due(NOON)
    await desk.settle()
    assert desk.asked == ["c1"]
    desk.answers["c1"] = BARRED
    desk.reviews.add_due(NOON + timedelta(hours=1))
    await desk.settle()
    assert desk.dismissed


async def test_a_session_that_is_gone_is_not_judged_nor_remembered(desk: Desk, identity: Identity) -> None:
    session = desk.session(identity, "c1")
    desk.reviews.note_end(session, NOON)
    desk.registry.remove(session)
    desk.reviews.forget(session)
    desk.reviews.add(session)
    desk.reviews.add_due(NOON)
    await desk.settle()
    assert desk.asked == []
