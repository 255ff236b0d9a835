"""Proposals of trades respect wishes, and work plans judge them, on a real PostgreSQL."""

from datetime import timedelta
from typing import Any

import pytest
from tests.store.workforce.conftest import Centre, person_id
from tests.store.workforce.test_trade_matches import BOBS, october, published, set_trading, take, violations
from tests.store.workforce.test_trades import ADAS, FOR_THURSDAY, FRIDAY, THURSDAY, WEEK
from tests.store.workforce.test_wishes import plan_for

from shiftline.access.operations.deciding import foresee_access_in
from shiftline.foundation.errors import Conflict
from shiftline.foundation.time import Interval, Weekday
from shiftline.workforce.preferences.model import ConflictMode, Family, Kind, Level, WishChange
from shiftline.workforce.preferences.operations.settings import change_settings
from shiftline.workforce.preferences.operations.standing import StandingDraft, state_standing
from shiftline.workforce.preferences.operations.stating import change_own_wishes
from shiftline.workforce.schedule.model import PartDraft, ScheduleDraft, ShiftDraft
from shiftline.workforce.schedule.operations.changing import import_schedule_in
from shiftline.workforce.trades.errors import OfferRefused, OfferTaken, StaleVersion
from shiftline.workforce.trades.events import OfferChanged
from shiftline.workforce.trades.model import Mode, OfferChange, Role, State
from shiftline.workforce.trades.operations.offering import change_offer, offer_shift
from shiftline.workforce.trades.operations.reading import Search, search_openings
from shiftline.workforce.units.model import AgentDraft
from shiftline.workforce.units.operations.agents import change_agents

__all__ = ["october", "published"]


async def found_by(centre: Centre, who: Any, *shift_ids: str) -> list[str]:
    found = await search_openings(who, Search(centre.unit.id, shift_ids=shift_ids))
    return [each.trade.shift.id for each in found]


def cannot(start: Any, minutes: int) -> list[WishChange]:
    return [WishChange("entities[0]", start=start, minutes=minutes)]


async def test_nothing_is_proposed_in_an_unavailable_time_of_either_side(published: Centre) -> None:
    await offer_shift(published.ada, FOR_THURSDAY)
    assert await found_by(published, published.bob, BOBS) == [f"ada-{WEEK}"]
    mine = await change_own_wishes(published.bob, Family.UNAVAILABLE_TIMES, cannot(FRIDAY, 30))
    assert await found_by(published, published.bob, BOBS) == []
    gone = [WishChange("entities[0]", mine.results[0].id, delete=True)]
    await change_own_wishes(published.bob, Family.UNAVAILABLE_TIMES, gone)
    await change_own_wishes(published.ada, Family.UNAVAILABLE_TIMES, cannot(THURSDAY, 30))
    assert await found_by(published, published.bob, BOBS) == []


async def test_a_match_in_an_unavailable_time_follows_the_settings(published: Centre) -> None:
    offer, _ = await offer_shift(published.ada, ADAS)
    await change_own_wishes(published.bob, Family.UNAVAILABLE_TIMES, cannot(FRIDAY, 30))
    await set_trading(published, unavailableTimes="Disallow")
    refused = await take(published.bob, offer)
    assert violations(refused) == [("InitiatingShiftOverlapsExisting", Mode.REFUSE)]
    assert refused.trade.state is State.UNMATCHED
    await set_trading(published, unavailableTimes="AdminReview")
    assert (await take(published.bob, offer)).trade.state is State.MATCHED


async def publish_more(centre: Centre, start: Any) -> None:
    """Ada works another shift in the week after."""
    shift = ShiftDraft(field="shift", id="ada-more", start=start, minutes=480)
    part = PartDraft(field="a", agent_id=person_id(centre.ada), shifts=(shift,))
    draft = ScheduleDraft(description="More", published=True, parts=(part,), id="sch-2")
    async with centre.boss.transaction() as tx:
        await import_schedule_in(tx, centre.unit.id, WEEK + timedelta(days=7), draft)


async def test_what_the_taker_wishes_is_proposed_first_and_told_to_them_alone(published: Centre) -> None:
    monday = FRIDAY + timedelta(days=3)
    await publish_more(published, monday)
    await offer_shift(published.ada, ADAS)
    await offer_shift(published.ada, ADAS.__class__("ada-more", "sch-2"))
    assert await found_by(published, published.bob) == [f"ada-{WEEK}", "ada-more"]
    await state_standing(published.bob, StandingDraft(Kind.DAYS, Level.STRONGLY_AVOID, days=(Weekday.FRIDAY,)))
    assert await found_by(published, published.bob) == ["ada-more", f"ada-{WEEK}"]
    openings = await search_openings(published.bob, Search(published.unit.id))
    assert [[each.kept for each in one.judgements[None].wishes[Role.RECEIVING]] for one in openings] == [
        [True],
        [False],
    ]
    found = openings[1].judgements[None].findings
    told = next(each for each in found if each.violation == "ReceivingAgentPreferences")
    assert told.mode is Mode.ALLOW
    assert "Friday" not in told.reason.sentence


async def test_a_work_plan_judges_both_sides_of_a_trade(published: Centre) -> None:
    await plan_for(published, published.ada, published.bob)
    await set_trading(published, autoReview=True, workPlanViolations="Disallow")
    offer, _ = await offer_shift(published.ada, ADAS)
    outcome = await take(published.bob, offer)
    names = dict(violations(outcome))
    assert names["InitiatingRequiredDayNotWorked"] is Mode.REFUSE
    assert names["ReceivingShiftMealsMissing"] is Mode.REFUSE
    assert names["InitiatingWeeklyMinPaidTime"] is Mode.REVIEW
    assert outcome.trade.state is State.UNMATCHED
    assert (outcome.judgement.pay[Role.RECEIVING].minimum, outcome.judgement.pay[Role.RECEIVING].maximum) == (
        2400,
        2400,
    )
    await set_trading(published, workPlanViolations="Allow", weeklyMinPaidViolations="Allow")
    assert (await take(published.bob, offer)).trade.state is State.APPROVED


async def test_a_minor_gets_no_shift_that_minors_may_not_work(centre: Centre) -> None:
    """Bob works two hours on Friday evening; with Ada's shift of that day these would be ten."""
    bob = person_id(centre.bob)
    fridays = ShiftDraft(field="shift", id=f"ada-{WEEK}", start=FRIDAY, minutes=480)
    evening = ShiftDraft(field="shift", id="bob-evening", start=FRIDAY + timedelta(hours=13), minutes=120)
    parts = (
        PartDraft(field="a", agent_id=person_id(centre.ada), shifts=(fridays,)),
        PartDraft(field="b", agent_id=bob, shifts=(evening,)),
    )
    draft = ScheduleDraft(description="Week", published=True, parts=parts, id="sch-1")
    async with centre.boss.transaction() as tx:
        await import_schedule_in(tx, centre.unit.id, WEEK, draft)
    await set_trading(centre, autoReview=True, minMinutesBetweenShifts=0)
    offer, _ = await offer_shift(centre.ada, ADAS)
    until = (FRIDAY + timedelta(days=400)).date()
    await change_agents(centre.boss, centre.chicago.id, {bob: AgentDraft(minor_until=until, sets_minor=True)})
    outcome = await take(centre.bob, offer)
    assert violations(outcome) == [("ReceivingAgentIsMinor", Mode.REFUSE)]
    assert "8 h are allowed" in outcome.judgement.ruling.sentence
    await change_agents(centre.boss, centre.chicago.id, {bob: AgentDraft(sets_minor=True)})
    assert (await take(centre.bob, offer)).trade.state is State.APPROVED


async def test_an_open_offer_is_changed_at_its_version_and_by_its_rules(published: Centre) -> None:
    offer, _ = await offer_shift(published.ada, ADAS)
    span = Interval.lasting(THURSDAY, 480)
    change = OfferChange(1, {"acceptable": (span,), "review_note": "a wedding"})
    changed = await change_offer(published.ada, offer.id, change)
    assert (changed.version, changed.acceptable, changed.review_note) == (2, (span,), "a wedding")
    assert await change_offer(published.ada, offer.id, change) == changed
    with pytest.raises(StaleVersion):
        await change_offer(published.ada, offer.id, OfferChange(1, {"review_note": None}))
    with pytest.raises(OfferRefused) as error:
        await change_offer(published.ada, offer.id, OfferChange(2, {"expires_at": FRIDAY + timedelta(hours=1)}))
    assert [reason.code for reason in error.value.reasons] == ["trade.expiry.late"]
    (happened,) = await published.tenant.news(OfferChanged)
    assert (happened.former, happened.trade) == (offer, changed)
    await take(published.bob, changed, BOBS)
    with pytest.raises(OfferTaken) as taken:
        await change_offer(published.ada, offer.id, OfferChange(3, {"review_note": None}))
    assert isinstance(taken.value, Conflict)
    assert taken.value.current_version == 3


async def test_wishes_plans_and_changed_offers_change_no_decision_on_access(published: Centre) -> None:
    async def decided() -> list[list[tuple[str, bool | None]]]:
        async with published.boss.reader() as reader:
            decisions = [
                await foresee_access_in(reader, published.boss, person_id(who), at)
                for who in (published.ada, published.bob)
                for at in (published.boss.now(), FRIDAY, THURSDAY)
            ]
        return [[(gate.code, gate.holds) for gate in decision.gates] for decision in decisions]

    before = await decided()
    await change_own_wishes(published.ada, Family.UNAVAILABLE_TIMES, cannot(FRIDAY, 480))
    await state_standing(published.ada, StandingDraft(Kind.DAYS, Level.STRONGLY_AVOID, days=(Weekday.FRIDAY,)))
    await change_settings(published.boss, published.unit.id, enabled=False, conflicts=ConflictMode.REFUSE)
    await plan_for(published, published.ada, published.bob)
    until = (FRIDAY + timedelta(days=400)).date()
    minor = {person_id(published.bob): AgentDraft(minor_until=until, sets_minor=True)}
    await change_agents(published.boss, published.chicago.id, minor)
    offer, _ = await offer_shift(published.ada, ADAS)
    await change_offer(published.ada, offer.id, OfferChange(1, {"target_person_id": person_id(published.bob)}))
    assert await decided() == before
    assert all(before)
