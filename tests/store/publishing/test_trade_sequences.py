"""Any sequence of offers, matches, reviews, swaps, time off and reverts, over the night on which clocks go back and two zones:
a trade moves shifts and makes and loses none, nobody works twice, and what is refused changes nothing.
"""

import random
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any, TypeAlias

import pytest
from tests.store.publishing.test_all_or_nothing import changed, state_of
from tests.store.workforce.conftest import Centre, make_centre, person_id
from tests.store.workforce.test_trade_matches import set_trading

from shiftline.foundation.context import Context
from shiftline.foundation.database import Reader
from shiftline.foundation.errors import Refusal
from shiftline.foundation.time import Interval
from shiftline.publishing.model import SwapRequest
from shiftline.publishing.operations.swapping import publish_swap
from shiftline.workforce.schedule.model import ActivityDraft, PartDraft, ScheduleDraft, Shift, ShiftDraft
from shiftline.workforce.schedule.operations.changing import import_schedule_in
from shiftline.workforce.schedule.operations.reading import list_revisions
from shiftline.workforce.schedule.operations.republishing import republish_revision
from shiftline.workforce.schedule.operations.searching import find_work
from shiftline.workforce.schedule.operations.swapping import ShiftGiven
from shiftline.workforce.timeoff.model import OwnChanges, RequestDraft, Status, TimesAsked
from shiftline.workforce.timeoff.operations.changing import change_own_request
from shiftline.workforce.timeoff.operations.filing import enter_requests
from shiftline.workforce.trades.model import Offer, State, Trade, TradeFilter
from shiftline.workforce.trades.operations.matching import Taking, match_trade
from shiftline.workforce.trades.operations.offering import change_own_state, offer_shift
from shiftline.workforce.trades.operations.reading import list_trades
from shiftline.workforce.trades.operations.reviewing import Wish, review_trades

WEEKS = (date(2023, 10, 30), date(2023, 11, 6))
# In days and hours from Monday, October 30, 00:00 UTC. Chicago's clocks go back in the first week's last night, in which Ada
# works; Berlin's went back before.
SHIFTS = {
    "ada": ((0, 13), (2, 13), (6, 3), (8, 14), (10, 14)),
    "bob": ((1, 13), (3, 13), (4, 22), (9, 14), (11, 22)),
    "cleo": ((0, 7), (3, 7), (5, 3), (9, 8), (12, 8)),
}
AGENTS = tuple(SHIFTS)
STEPS = 50
MONDAY = datetime(2023, 10, 30, tzinfo=UTC)
EVER = Interval(MONDAY - timedelta(days=7), MONDAY + timedelta(days=28))


@dataclass(frozen=True)
class OfferOne:
    agent: str
    shift: int
    one_sided: bool


@dataclass(frozen=True)
class Take:
    agent: str
    trade: int
    shift: int | None


@dataclass(frozen=True)
class Withdraw:
    agent: str
    trade: int


@dataclass(frozen=True)
class Decide:
    trade: int
    approve: bool


@dataclass(frozen=True)
class Swap:
    agent: str
    shift: int
    later: int


@dataclass(frozen=True)
class Absent:
    agent: str
    day: int


@dataclass(frozen=True)
class Present:
    which: int


@dataclass(frozen=True)
class Revert:
    week: int
    revision: int


Step: TypeAlias = OfferOne | Take | Withdraw | Decide | Swap | Absent | Present | Revert


def roll(dice: random.Random) -> Step:
    """What somebody does next: mostly trades."""
    agent, number = dice.choice(AGENTS), dice.randrange(60)
    mine = None if dice.random() < 0.4 else dice.randrange(60)
    kinds: dict[Step, int] = {
        OfferOne(agent, number, one_sided=mine is None): 4,
        Take(agent, number, mine): 8,
        Decide(number, approve=dice.random() < 0.7): 3,
        Withdraw(agent, number): 1,
        Swap(agent, number, dice.randrange(-90, 90)): 1,
        Absent(agent, dice.randrange(14)): 1,
        Present(number): 1,
        Revert(number % 2, dice.randrange(60)): 1,
    }
    return dice.choices(list(kinds), list(kinds.values()))[0]


@dataclass
class World:
    """The centre, and what happened in it so far."""

    centre: Centre
    url: str
    absences: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])
    done: Counter[str] = field(default_factory=Counter[str])

    async def take_step(self, step: Any) -> None:
        before, works = await state_of(self.url), await self.works()
        try:
            happened = await self.acts()[type(step)](step)
        except Refusal:
            happened = False
        after = await self.works()
        if not happened:
            # A review that approves none tells its client so: that alone is written.
            assert changed(before, await state_of(self.url)) <= {
                "foundation.audit",
                "foundation.outbox",
                "trades.trade",
            }
        if not happened or isinstance(step, OfferOne | Withdraw):
            assert after == works
        if isinstance(step, Take | Decide):
            assert coverage_of(after) == coverage_of(works)
            assert paid(after) == paid(works)
        self.done[type(step).__name__] += happened
        self.check(after)

    def acts(self) -> dict[type, Callable[[Any], Awaitable[bool]]]:
        return {
            OfferOne: self.offer, Take: self.take, Withdraw: self.withdraw, Decide: self.decide,
            Swap: self.swap, Absent: self.leave, Present: self.come_back, Revert: self.revert,
        }  # fmt: skip

    async def works(self) -> dict[str, list[Shift]]:
        async with self.centre.boss.reader() as reader:
            return await read_work(reader, self.centre)

    def check(self, works: dict[str, list[Shift]]) -> None:
        for shifts in works.values():
            assert all(one.end <= other.start for one, other in pairwise(shifts))
            for shift in shifts:
                assert shift.activities[0].start == shift.start
                assert shift.activities[-1].end == shift.end
                assert all(one.end == other.start for one, other in pairwise(shift.activities))
                assert shift.paid_minutes == sum(each.payable_minutes for each in shift.activities)

    def who(self, agent: str) -> Context:
        return getattr(self.centre, agent)

    async def shift_of(self, agent: str, index: int) -> tuple[str, Shift]:
        async with self.centre.boss.reader() as reader:
            work = await find_work(reader, "org-1", EVER, [person_id(self.who(agent))])
        mine = work.get(person_id(self.who(agent)), [])
        if not mine:
            raise Nothing
        return mine[index % len(mine)]

    async def trade(self, index: int, state: State, *, but: str = "") -> Trade:
        """One of the trades in a state: nine times of ten. Otherwise one in whatever state."""
        found = await list_trades(self.centre.boss, self.centre.unit.id, TradeFilter())
        wanted = [each for each in found if each.state is state and but != each.person_id] if index % 10 else found
        if not wanted:
            raise Nothing
        return sorted(wanted, key=lambda each: each.id)[index % len(wanted)]

    async def offer(self, step: OfferOne) -> bool:
        schedule_id, shift = await self.shift_of(step.agent, step.shift)
        acceptable = [] if step.one_sided else [EVER]
        _, created = await offer_shift(self.who(step.agent), Offer(shift.id, schedule_id, acceptable=acceptable))
        return created

    async def take(self, step: Take) -> bool:
        trade = await self.trade(step.trade, State.UNMATCHED, but=person_id(self.who(step.agent)))
        given = (None, None) if step.shift is None else await self.shift_of(step.agent, step.shift)
        shift_id = None if given[1] is None else given[1].id
        taking = Taking(trade.id, trade.version, shift_id, given[0])
        outcome = await match_trade(self.who(step.agent), taking)
        if outcome.trade.state is State.APPROVED and outcome.trade.version != trade.version:
            self.done["automatic"] += 1
        return outcome.trade.version != trade.version

    async def withdraw(self, step: Withdraw) -> bool:
        trade = await self.trade(step.trade, State.UNMATCHED)
        after = await change_own_state(self.who(step.agent), trade.id, State.CANCELED, trade.version)
        return after.trade.version != trade.version

    async def decide(self, step: Decide) -> bool:
        trade = await self.trade(step.trade, State.MATCHED)
        wish = Wish(trade.id, State.APPROVED if step.approve else State.DENIED, trade.version)
        (outcome,) = (await review_trades(self.centre.boss, self.centre.unit.id, [wish])).outcomes
        self.done["approved"] += outcome.trade.state is State.APPROVED and outcome.trade.version != trade.version
        return outcome.trade.version != trade.version

    async def swap(self, step: Swap) -> bool:
        schedule_id, shift = await self.shift_of(step.agent, step.shift)
        start = shift.start + timedelta(minutes=step.later)
        given = ShiftGiven("shifts[0]", start, start + timedelta(hours=8), is_swap=True, swap_reason=None, skill_ids=())
        request = SwapRequest(person_id(self.who(step.agent)), schedule_id, (given,), (), None)
        return (await publish_swap(self.centre.boss, request)).changed

    async def leave(self, step: Absent) -> bool:
        day = WEEKS[0] + timedelta(days=step.day)
        draft = RequestDraft("5", TimesAsked(days=[day], daily_minutes=480), status=Status.APPROVED)
        person = person_id(self.who(step.agent))
        unit = self.centre.berlin if step.agent == "cleo" else self.centre.chicago
        ((request, created),) = await enter_requests(self.centre.boss, unit.id, [person], draft)
        self.absences.append((step.agent, request.id))
        return created

    async def come_back(self, step: Present) -> bool:
        if not self.absences:
            raise Nothing
        agent, request_id = self.absences[step.which % len(self.absences)]
        await change_own_request(self.who(agent), request_id, OwnChanges(cancel=True))
        return True

    async def revert(self, step: Revert) -> bool:
        schedule_id = f"sch-{WEEKS[step.week]}"
        schedule, revisions = await list_revisions(self.centre.boss, schedule_id)
        number = revisions[step.revision % len(revisions)].number
        revised = await republish_revision(self.centre.boss, schedule_id, number)
        return revised.schedule.version != schedule.version


class Nothing(Refusal):
    """There is nothing yet that the step could be done to."""

    def __init__(self) -> None:
        super().__init__("nothing", "Nothing.")


async def read_work(reader: Reader, centre: Centre) -> dict[str, list[Shift]]:
    people = [person_id(getattr(centre, agent)) for agent in AGENTS]
    work = await find_work(reader, "org-1", EVER, people)
    return {person: [shift for _, shift in work.get(person, [])] for person in people}


def coverage_of(works: dict[str, list[Shift]]) -> Counter[tuple[datetime, datetime]]:
    return Counter((shift.start, shift.end) for shifts in works.values() for shift in shifts)


def paid(works: dict[str, list[Shift]]) -> int:
    return sum(shift.paid_minutes for shifts in works.values() for shift in shifts)


async def begin(centre: Centre) -> None:
    for number, week in enumerate(WEEKS):
        parts = [
            PartDraft(
                field=agent,
                agent_id=person_id(getattr(centre, agent)),
                shifts=tuple(
                    _shift(f"{agent}-{index}", MONDAY + timedelta(days=day, hours=hour))
                    for index, (day, hour) in enumerate(SHIFTS[agent])
                    if day // 7 == number
                ),
            )
            for agent in AGENTS
        ]
        draft = ScheduleDraft(description="Autumn", published=True, parts=tuple(parts), id=f"sch-{week}")
        async with centre.boss.transaction() as tx:
            await import_schedule_in(tx, centre.unit.id, week, draft)


def _shift(shift_id: str, start: datetime) -> ShiftDraft:
    meal = ActivityDraft(start=start + timedelta(hours=3), minutes=30, code_id="2")
    return ShiftDraft(field="s", id=shift_id, start=start, minutes=480, activities=(meal,))


@pytest.fixture
async def centre(tenant: Any, context: Any) -> Centre:
    context.clock.set("2023-10-20T12:00:00-05:00")
    made = await make_centre(tenant)
    await set_trading(made, autoReview=True, acrossManagementUnits="Allow", oneSided="AdminReview", minHoursInFuture=1)
    return made


@pytest.mark.parametrize("seed", [0, 2, 4, 5])
async def test_trades_conserve_coverage_and_paid_time(centre: Centre, database_url: str, seed: int) -> None:
    world, dice = World(centre, database_url), random.Random(seed)
    await begin(centre)
    for _ in range(STEPS):
        await world.take_step(roll(dice))
    assert all(world.done[name] for name in ("OfferOne", "Take", "Absent", "Swap")), world.done
