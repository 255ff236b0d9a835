from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import product

from shiftline.authorization.rules import covers
from shiftline.foundation.time import Disambiguation
from shiftline.workforce.notices.rules import choose_open_shift_audience, describe_open_shift
from shiftline.workforce.notices.store import patterns_of
from shiftline.workforce.schedule.events import OpenShiftChanged, OpenShiftOpened
from shiftline.workforce.schedule.model import Shift
from shiftline.workforce.schedule.model.open_shifts import OpenShift, OpenShiftState, Taker
from shiftline.workforce.schedule.topics import OWN_OPEN, UNIT_OPEN, notifications

NOW = datetime(2023, 10, 20, 12, tzinfo=UTC)
SHIFT = Shift(
    id="s",
    start=NOW,
    end=NOW + timedelta(hours=8),
    wall_start=NOW,
    wall_end=NOW + timedelta(hours=8),
    zone="UTC",
    start_disambiguation=Disambiguation.REJECT,
    end_disambiguation=Disambiguation.REJECT,
    start_offset_seconds=0,
    end_offset_seconds=0,
    tzdata="2023c",
    activities=(),
    paid_minutes=480,
)
OPEN = OpenShift(
    id="os",
    schedule_id="sch-1",
    schedule_week_date=date(2023, 10, 23),
    business_unit_id="bu",
    management_unit_id="mu",
    week_date=date(2023, 10, 23),
    shift=SHIFT,
    queue_ids=(),
    state=OpenShiftState.OPEN,
    opened_by="boss",
    opened_at=NOW,
    changed_by="boss",
    changed_at=NOW,
)


def moved(former: OpenShift, after: OpenShift) -> OpenShiftChanged:
    return OpenShiftChanged(
        organization_id="o",
        open_shift_id="os",
        former_state=former.state,
        open_shift=after,
        former_taker_id=None if former.taker is None else former.taker.person_id,
    )


def test_the_patterns_of_a_permission_are_exactly_what_covers_it() -> None:
    permission = "wfm:timeOffRequest:edit"
    parts = product(("wfm", "*", "routing"), ("timeOffRequest", "*", "schedule"), ("edit", "*", "view"))
    assert set(patterns_of(permission)) == {each for each in map(":".join, parts) if covers(each, permission)}


def test_it_hears_of_a_claim_whoever_reviews_and_of_its_end_whoever_claimed() -> None:
    claimed = replace(OPEN, state=OpenShiftState.CLAIMED, taker=Taker("bob", "mu", NOW), changed_by="bob")
    asks = choose_open_shift_audience(moved(OPEN, claimed))
    assert asks is not None
    assert (asks.agents, asks.permissions, asks.agent_id) == ((), ("wfm:shiftTradeRequest:edit",), "bob")
    for end in (
        replace(claimed, state=OpenShiftState.TAKEN, changed_by="boss"),
        replace(OPEN, changed_by="boss"),
        replace(OPEN, state=OpenShiftState.WITHDRAWN, changed_by="boss"),
        replace(OPEN, state=OpenShiftState.EXPIRED, changed_by="system"),
    ):
        happened = moved(claimed, end)
        told = choose_open_shift_audience(happened)
        assert told is not None
        assert (told.agents, told.permissions) == (("bob",), ())
        facts = describe_open_shift(happened).open_shift
        assert facts is not None
        assert (facts.person_id, facts.state) == ("bob", end.state.value)


def test_what_nobody_waited_for_is_news_to_nobody() -> None:
    claimed = replace(OPEN, state=OpenShiftState.CLAIMED, taker=Taker("bob", "mu", NOW), changed_by="bob")
    assert choose_open_shift_audience(moved(claimed, replace(OPEN, changed_by="bob"))) is None  # given back
    assert choose_open_shift_audience(moved(OPEN, replace(claimed, state=OpenShiftState.TAKEN))) is None
    assert choose_open_shift_audience(moved(OPEN, replace(OPEN, state=OpenShiftState.EXPIRED))) is None


def test_the_topics_of_an_open_shift_name_nobody_in_the_body() -> None:
    claimed = replace(OPEN, state=OpenShiftState.CLAIMED, taker=Taker("bob", "mu", NOW), changed_by="bob")
    sent = notifications(moved(claimed, replace(OPEN, version=3, changed_by="boss")))
    assert [each.topic for each in sent] == [OWN_OPEN.replace("{id}", "bob"), UNIT_OPEN.replace("{id}", "bu")]
    assert all((each.body["state"], each.body["metadata"]["version"]) == ("Open", 3) for each in sent)
    assert not any("bob" in str(each.body) for each in sent)
    opened = notifications(OpenShiftOpened(organization_id="o", open_shift_id="os", open_shift=OPEN))
    assert [each.topic for each in opened] == [UNIT_OPEN.replace("{id}", "bu")]
