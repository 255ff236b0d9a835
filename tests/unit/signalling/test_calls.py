"""What softphones say is carried on in its order; what they must know reaches those whose business it is, once."""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from shiftline.calls.events import SoftphoneTold
from shiftline.foundation.errors import NotFound, Refusal, Unavailable
from shiftline.signalling import calls as calls_module
from shiftline.signalling import newcomers as newcomers_module
from shiftline.signalling.bulletin import Bulletin
from shiftline.signalling.calls import FAILED, TOO_MUCH, Calls
from shiftline.signalling.model import Identity, Notice
from shiftline.signalling.session import Registry, Session
from shiftline.signalling.stanza import parse_frame
from shiftline.signalling.telephony import Answer, Candidates, HangUp, Proceed, Said, Speaker
from shiftline.signalling.turns import MOST_WAITING

from .conftest import eventually

PROPOSAL = SoftphoneTold(
    organization_id="org-1", person_id="person-1", leg_id="leg-1", session_id="SID", conversation_id="CID",
    kind="propose",
)  # fmt: skip


def told(kind: Any, jid: str | None = None, **changes: Any) -> SoftphoneTold:
    return replace(PROPOSAL, kind=kind, jid=jid, **changes)


class Paper:
    """A connection that writes down what it is sent, in a few words: what, for which session."""

    def __init__(self) -> None:
        self.frames: list[str] = []

    @property
    def words(self) -> list[str]:
        return [word_of(frame) for frame in self.frames]

    def notify(self, bulletin: Bulletin, sequence: int) -> None:
        raise AssertionError("calls send no notifications")

    def dismiss(self, notice: Notice) -> None:
        raise AssertionError("calls end no session")

    def forward(self, frame: str) -> None:
        self.frames.append(frame)


def word_of(frame: str) -> str:
    element = parse_frame(frame, 100_000)
    child = element.children[0]
    if element.local_name == "message":
        return f"{child.local_name} {child.get('id')}"
    call = json.loads(child.text)
    return f"{call['method']} {call['params']['sessionId']}"


@dataclass
class Room:
    """The calls room as far as softphones see it: what they said, what is pending; slow or away as a test wants."""

    heard: list[tuple[str, Said]] = field(default_factory=list[tuple[str, Said]])
    pending: list[SoftphoneTold] = field(default_factory=list[SoftphoneTold])
    offers: dict[str, str] = field(default_factory=lambda: {"SID": "v=0"})
    refusals: list[BaseException] = field(default_factory=list[BaseException])
    looked: int = 0
    gate: asyncio.Event = field(default_factory=asyncio.Event)

    async def hear(self, speaker: Speaker, said: Said) -> None:
        await self.gate.wait()
        if self.refusals:
            raise self.refusals.pop(0)
        self.heard.append((speaker.jid, said))

    async def find_offers(self, told: Sequence[SoftphoneTold]) -> Mapping[str, str]:
        return {each.session_id: self.offers[each.session_id] for each in told if each.session_id in self.offers}

    async def find_pending(self, organization_id: str, person_ids: Sequence[str]) -> Sequence[SoftphoneTold]:
        self.looked += 1
        found = [each for each in self.pending if each.person_id in person_ids]
        await self.gate.wait()
        if self.refusals:
            raise self.refusals.pop(0)
        return [each for each in found if each.organization_id == organization_id]


@dataclass
class Exchange:
    """Calls with their room, and softphones that come and go."""

    room: Room
    registry: Registry
    calls: Calls
    answers: list[Refusal | None] = field(default_factory=list[Refusal | None])

    def come(self, resource: str = "tab1", person: str = "person-1", organization: str = "org-1") -> Paper:
        paper = Paper()
        jid = f"{person}@org.localhost"
        identity = Identity(organization, person, f"channel-{person}-{resource}", "digest", jid)
        session = Session(identity, paper, resource)
        replaced = self.registry.add(session, frozenset())
        if replaced is not None:
            self.calls.closed(replaced)
        self.calls.opened(session)
        return paper

    def go(self, paper: Paper) -> None:
        session = self.session(paper)
        self.registry.remove(session)
        self.calls.closed(session)

    def session(self, paper: Paper) -> Session:
        (session,) = (each for each in self.registry.all() if each.wire is paper)
        return session

    def say(self, paper: Paper, *said: Said) -> None:
        for each in said:
            self.calls.hear(self.session(paper), each, self.answers.append)

    async def tell(self, *events: SoftphoneTold) -> int:
        """As the delivery does with what it read at once."""
        offers = await self.calls.find_offers(events)
        return sum(self.calls.tell(event, offers) for event in events)

    async def settle(self) -> None:
        """Until newcomers were looked up."""
        await eventually(lambda: len(self.calls._newcomers) == 0)  # pyright: ignore[reportPrivateUsage]


@pytest.fixture
async def exchange() -> AsyncIterator[Exchange]:
    room, registry = Room(), Registry()
    room.gate.set()
    tasks: set[asyncio.Task[None]] = set()

    def spawn(work: Any) -> None:
        tasks.add(asyncio.get_running_loop().create_task(work))

    yield Exchange(room, registry, Calls(registry, room, spawn))
    for task in tasks:
        task.cancel()
    for outcome in await asyncio.gather(*tasks, return_exceptions=True):
        assert outcome is None or isinstance(outcome, asyncio.CancelledError)


TAB1, TAB2 = "person-1@org.localhost/tab1", "person-1@org.localhost/tab2"


# what softphones say


async def test_what_is_said_is_done_in_its_order_whoever_says_it(exchange: Exchange) -> None:
    exchange.room.gate.clear()
    tab1, tab2 = exchange.come("tab1"), exchange.come("tab2")
    exchange.say(tab1, Proceed("SID"), Answer("SID", "v=0"))
    exchange.say(tab2, HangUp("SID", "success"))
    exchange.room.gate.set()
    await eventually(lambda: len(exchange.answers) == 3)
    assert exchange.room.heard == [
        (TAB1, Proceed("SID")), (TAB1, Answer("SID", "v=0")), (TAB2, HangUp("SID", "success"))
    ]  # fmt: skip
    assert exchange.answers == [None, None, None]


async def test_candidates_that_wait_go_together_and_nothing_else_does(exchange: Exchange) -> None:
    exchange.room.gate.clear()
    tab = exchange.come()
    exchange.say(tab, Proceed("SID"))
    exchange.say(tab, *(Candidates("SID", (f"c{number}",)) for number in range(3)))
    exchange.say(tab, Candidates("OTHER", ("c3",)), Answer("SID", "v=0"), Candidates("SID", ("c4",)))
    exchange.room.gate.set()
    await eventually(lambda: len(exchange.answers) == 7)
    assert [said for _, said in exchange.room.heard] == [
        Proceed("SID"), Candidates("SID", ("c0", "c1", "c2")), Candidates("OTHER", ("c3",)), Answer("SID", "v=0"),
        Candidates("SID", ("c4",)),
    ]  # fmt: skip


async def test_what_cannot_be_done_at_once_is_done_a_moment_later(
    exchange: Exchange, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(calls_module, "AGAIN_AFTER", 0.01)
    exchange.room.refusals += [Unavailable("the database is away")] * 3
    exchange.say(exchange.come(), Proceed("SID"), Answer("SID", "v=0"))
    await eventually(lambda: exchange.answers == [None, None])
    assert [said for _, said in exchange.room.heard] == [Proceed("SID"), Answer("SID", "v=0")]


async def test_patience_ends(exchange: Exchange, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(calls_module, "PATIENCE", 0.0)
    refusal = Unavailable("the database is away")
    exchange.room.refusals += [refusal]
    exchange.say(exchange.come(), Answer("SID", "v=0"))
    await eventually(lambda: exchange.answers == [refusal])


async def test_a_refusal_and_a_fault_are_told_and_what_follows_is_done(exchange: Exchange) -> None:
    refusal = NotFound("call", "SID")
    exchange.room.refusals += [refusal, ValueError("on purpose")]
    exchange.say(exchange.come(), Proceed("SID"), Answer("SID", "v=0"), HangUp("SID", "success"))
    await eventually(lambda: exchange.answers == [refusal, FAILED, None])


async def test_whoever_says_too_much_is_told(exchange: Exchange) -> None:
    exchange.room.gate.clear()
    tab = exchange.come()
    exchange.say(tab, *(HangUp(f"S{number}", "x") for number in range(MOST_WAITING + 5)))
    assert exchange.answers == [TOO_MUCH] * 5


# what softphones are told


async def test_all_softphones_of_a_person_ring_each_by_its_own_address(exchange: Exchange) -> None:
    tab1, tab2 = exchange.come("tab1"), exchange.come("tab2")
    feed, stranger = exchange.come(""), exchange.come("tab1", "person-2")
    namesake = exchange.come("tab9", "person-1", "org-2")
    assert await exchange.tell(PROPOSAL) == 2
    assert [parse_frame(paper.frames[0], 10_000).get("to") for paper in (tab1, tab2)] == [TAB1, TAB2]
    assert not feed.frames + stranger.frames + namesake.frames


async def test_a_proposal_for_one_rings_there_only(exchange: Exchange) -> None:
    tab1, tab2 = exchange.come("tab1"), exchange.come("tab2")
    assert await exchange.tell(told("propose", TAB2)) == 1
    assert (tab1.words, tab2.words) == ([], ["propose SID"])


async def test_an_offer_is_for_the_one_that_accepted(exchange: Exchange) -> None:
    tab1, tab2 = exchange.come("tab1"), exchange.come("tab2")
    assert await exchange.tell(told("offer", TAB2)) == 1
    assert (tab1.words, tab2.words) == ([], ["offer SID"])
    assert '"sdp":"v=0"' in parse_frame(tab2.frames[0], 10_000).children[0].text


@pytest.mark.parametrize("jid", [None, "person-1@org.localhost/gone", "person-1@org.localhost"])
async def test_an_offer_is_never_for_anybody_else(exchange: Exchange, jid: str | None) -> None:
    tab1, tab2 = exchange.come("tab1"), exchange.come("tab2")
    assert await exchange.tell(told("offer", jid)) == 0
    assert not tab1.frames + tab2.frames


async def test_an_offer_that_nobody_waits_for_any_more_is_not_made(exchange: Exchange) -> None:
    tab = exchange.come()
    exchange.room.offers.clear()
    assert await exchange.tell(told("offer", TAB1)) == 0
    assert not tab.frames


async def test_the_order_of_the_news_holds_also_for_what_had_to_be_read(exchange: Exchange) -> None:
    tab = exchange.come()
    exchange.room.offers["S2"] = "v=0"
    await exchange.tell(
        PROPOSAL, told("offer", TAB1), told("terminate", TAB1), told("propose", session_id="S2"),
        told("offer", TAB1, session_id="S2"), told("retract", session_id="S3"),
    )  # fmt: skip
    assert tab.words == ["propose SID", "offer SID", "terminate SID", "propose S2", "offer S2", "retract S3"]


async def test_all_stop_ringing(exchange: Exchange) -> None:
    tab1, tab2 = exchange.come("tab1"), exchange.come("tab2")
    assert await exchange.tell(told("retract", TAB1)) == 2
    assert tab1.words == tab2.words == ["retract SID"]


async def test_the_one_that_has_the_call_closes_it_and_the_others_stop_ringing_if_they_do(exchange: Exchange) -> None:
    tab1, tab2 = exchange.come("tab1"), exchange.come("tab2")
    await exchange.tell(PROPOSAL, told("offer", TAB1), told("terminate", TAB1))
    assert tab1.words == ["propose SID", "offer SID", "terminate SID"]
    assert tab2.words == ["propose SID", "retract SID"]


async def test_where_the_one_that_had_the_call_is_gone_all_are_told(exchange: Exchange) -> None:
    tab2 = exchange.come("tab2")
    await exchange.tell(told("terminate", TAB1))
    assert tab2.words == ["terminate SID", "retract SID"]


async def test_one_that_waited_for_an_offer_that_never_came_stops_waiting(exchange: Exchange) -> None:
    tab1, tab2 = exchange.come("tab1"), exchange.come("tab2")
    exchange.room.offers.clear()
    await exchange.tell(PROPOSAL, told("offer", TAB1), told("terminate", TAB1))
    assert tab1.words == tab2.words == ["propose SID", "retract SID"]


async def test_nothing_is_told_twice_and_nothing_after_the_end(exchange: Exchange) -> None:
    tab = exchange.come()
    news = [PROPOSAL, told("offer", TAB1), told("terminate", TAB1), told("retract", TAB1)]
    await exchange.tell(*(each for each in news for _ in range(2)), *news)
    assert tab.words == ["propose SID", "offer SID", "terminate SID"]


async def test_what_was_looked_up_is_not_told_again_as_news(exchange: Exchange) -> None:
    exchange.room.pending = [PROPOSAL]
    tab = exchange.come()
    await exchange.settle()
    assert await exchange.tell(PROPOSAL) == 0
    assert tab.words == ["propose SID"]


# those who come while something is under way


async def test_a_new_tab_rings_along_and_the_others_do_not_ring_twice(exchange: Exchange) -> None:
    tab1 = exchange.come("tab1")
    await exchange.settle()
    exchange.room.pending = [PROPOSAL]
    await exchange.tell(PROPOSAL)
    tab2 = exchange.come("tab2")
    await exchange.settle()
    assert tab1.words == tab2.words == ["propose SID"]


async def test_those_who_come_together_are_looked_up_together(exchange: Exchange) -> None:
    exchange.room.pending = [PROPOSAL, told("propose", person_id="person-7")]
    papers = [exchange.come("tab1", f"person-{number}") for number in range(20)]
    await exchange.settle()
    assert exchange.room.looked == 1
    assert [number for number, paper in enumerate(papers) if paper.words] == [1, 7]


async def test_while_many_come_each_look_is_for_many(exchange: Exchange) -> None:
    time = asyncio.get_running_loop().time
    began = time()
    exchange.room.pending = [told("propose", person_id=f"person-{number}") for number in range(30)]
    papers: list[Paper] = []
    for number in range(30):
        papers.append(exchange.come("tab1", f"person-{number}"))
        await asyncio.sleep(0.02)
    await exchange.settle()
    assert exchange.room.looked <= (time() - began) / newcomers_module.BETWEEN + 1
    assert all(paper.words == ["propose SID"] for paper in papers)


STATION = frozenset({"v2.users.person-1.conversations", "v2.users.person-1.station"})


async def test_what_rings_is_told_again_to_one_that_subscribes_and_may_not_have_listened_before(
    exchange: Exchange, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The vendor's client drops what comes before it has the answers to its subscriptions."""
    monkeypatch.setattr(calls_module, "RING_AGAIN", (0.0, 0.5))
    exchange.room.pending = [PROPOSAL]
    tab = exchange.come()
    await exchange.settle()
    assert tab.words == ["propose SID"]
    exchange.calls.subscribed(exchange.session(tab), STATION)
    await eventually(lambda: tab.words == ["propose SID"] * 3)
    exchange.calls.subscribed(exchange.session(tab), frozenset({"v2.users.person-1.presence"}))
    await exchange.tell(told("offer", TAB1))
    exchange.calls.subscribed(exchange.session(tab), STATION)
    await asyncio.sleep(0.3)
    assert tab.words == [*["propose SID"] * 3, "offer SID"], "what rings no more is not told again"


async def test_what_another_one_took_meanwhile_is_not_told_again(
    exchange: Exchange, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(calls_module, "RING_AGAIN", (0.0,))
    tab = exchange.come()
    await exchange.settle()
    await exchange.tell(PROPOSAL)
    exchange.calls.subscribed(exchange.session(tab), STATION)
    await asyncio.sleep(0.05)
    await exchange.settle()
    assert tab.words == ["propose SID"]


async def test_a_feed_is_not_looked_up(exchange: Exchange) -> None:
    exchange.come("")
    await asyncio.sleep(newcomers_module.GATHERING * 2)
    assert exchange.room.looked == 0


async def test_an_offer_that_missed_its_softphone_reaches_it_when_it_comes_back(exchange: Exchange) -> None:
    tab1, tab2 = exchange.come("tab1"), exchange.come("tab2")
    await exchange.settle()
    exchange.go(tab1)
    assert await exchange.tell(told("offer", TAB1)) == 0
    exchange.room.pending = [told("offer", TAB1)]
    back = exchange.come("tab1")
    await exchange.settle()
    assert (back.words, tab2.words) == (["offer SID"], [])


async def test_an_offer_whose_softphone_comes_back_while_the_news_is_read_is_not_lost(exchange: Exchange) -> None:
    news = told("offer", TAB1)
    offers = await exchange.calls.find_offers([news])
    back = exchange.come("tab1")
    exchange.room.pending = [news]
    assert exchange.calls.tell(news, offers) == 0
    await exchange.settle()
    assert back.words == ["offer SID"]


async def test_what_ended_meanwhile_is_told_to_the_one_that_comes_back(exchange: Exchange) -> None:
    exchange.room.pending = [told("terminate", TAB1), told("retract", session_id="S2")]
    tab1, tab2 = exchange.come("tab1"), exchange.come("tab2")
    await exchange.settle()
    assert tab1.words == ["terminate SID", "retract SID", "retract S2"]
    assert tab2.words == ["retract SID", "retract S2"]


@pytest.mark.parametrize("kind", ["propose", "retract"])
async def test_what_a_newcomer_hears_while_it_is_looked_up_is_newer(exchange: Exchange, kind: Any) -> None:
    exchange.room.pending = [PROPOSAL]
    exchange.room.gate.clear()
    tab = exchange.come()
    await eventually(lambda: exchange.room.looked == 1)
    await exchange.tell(told(kind))
    exchange.room.gate.set()
    await exchange.settle()
    assert tab.words == [f"{kind} SID"]


async def test_whoever_is_gone_again_before_it_is_looked_up_is_told_nothing(exchange: Exchange) -> None:
    exchange.room.pending = [PROPOSAL]
    exchange.room.gate.clear()
    tab = exchange.come()
    await eventually(lambda: exchange.room.looked == 1)
    exchange.go(tab)
    exchange.room.gate.set()
    await asyncio.sleep(newcomers_module.GATHERING)
    assert not tab.frames


async def test_whoever_comes_while_others_are_looked_up_is_looked_up_next(exchange: Exchange) -> None:
    exchange.room.gate.clear()
    tab1 = exchange.come("tab1")
    await eventually(lambda: exchange.room.looked == 1)
    exchange.room.pending = [PROPOSAL]
    tab2 = exchange.come("tab2")
    exchange.room.gate.set()
    await exchange.settle()
    assert (tab1.words, tab2.words) == ([], ["propose SID"])


async def test_while_nothing_can_be_looked_up_it_is_tried_again_and_a_fault_ends_it(
    exchange: Exchange, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(newcomers_module, "AGAIN_AFTER", 0.01)
    exchange.room.pending = [PROPOSAL]
    exchange.room.refusals += [Unavailable("the database is away")] * 2
    tab1 = exchange.come("tab1")
    await exchange.settle()
    assert tab1.words == ["propose SID"]
    exchange.room.refusals += [ValueError("on purpose")]
    tab2 = exchange.come("tab2")
    await exchange.settle()
    assert not tab2.frames
    tab3 = exchange.come("tab3")
    await exchange.settle()
    assert tab3.words == ["propose SID"]
