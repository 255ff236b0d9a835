"""One instant, the present, and settings: each rule with an example in which it fires and one in which it does not."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from shiftline.foundation.errors import Invalid
from shiftline.presence.model import SYSTEM_DEFINITIONS, RoutingState, SystemPresence
from shiftline.workforce.adherence.model import (
    Actual,
    Code,
    Explanation,
    ExplanationDraft,
    ExplanationStatus,
    Facts,
    Impact,
    Scheduled,
    Settings,
    State,
)
from shiftline.workforce.adherence.rules.actual import CATEGORIES, SATISFIED_BY, classify_actual
from shiftline.workforce.adherence.rules.explaining import check_explanation
from shiftline.workforce.adherence.rules.judging import judge
from shiftline.workforce.adherence.rules.querying import check_span
from shiftline.workforce.adherence.rules.reading import read_settings
from shiftline.workforce.adherence.rules.standing import stand
from shiftline.workforce.units.model import ActivityCategory

NINE = datetime(2023, 10, 27, 9, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
QUEUE, BREAK, MEAL, MEETING, OFF, TRAINING, UNAVAILABLE = (
    Code(str(number), category.value, category)
    for number, category in enumerate(
        (
            ActivityCategory.ON_QUEUE_WORK,
            ActivityCategory.BREAK,
            ActivityCategory.MEAL,
            ActivityCategory.TIME_OFF,
            ActivityCategory.OFF_QUEUE_WORK,
            ActivityCategory.TRAINING,
            ActivityCategory.UNAVAILABLE,
        )
    )
)
TIME_OFF = MEETING
COFFEE = replace(BREAK, id="coffee", secondary_presence_ids=frozenset({"pd-coffee"}))
PLAIN = Settings()
EQUIVALENT = Settings(others_equivalent=True)


def doing(presence: str, routing: str | None = None, definition_id: str | None = None) -> tuple[str, str, str]:
    usual = RoutingState.IDLE if presence == "OnQueue" else RoutingState.OFF_QUEUE
    return presence, definition_id or SYSTEM_DEFINITIONS[SystemPresence(presence)], routing or usual.value


CASES: list[tuple[str, Code | None, Settings, tuple[str, str, str], State, Impact]] = [
    ("on queue as scheduled", QUEUE, PLAIN, doing("OnQueue"), State.IN, Impact.NEUTRAL),
    ("interacting is on queue", QUEUE, PLAIN, doing("OnQueue", "INTERACTING"), State.IN, Impact.NEUTRAL),
    ("not responding is not", QUEUE, PLAIN, doing("OnQueue", "NOT_RESPONDING"), State.OUT, Impact.NEGATIVE),
    ("missing on the queue harms", QUEUE, PLAIN, doing("Break"), State.OUT, Impact.NEGATIVE),
    ("a break is a break", BREAK, PLAIN, doing("Break"), State.IN, Impact.NEUTRAL),
    ("a meal is no break", BREAK, PLAIN, doing("Meal"), State.OUT, Impact.NEUTRAL),
    ("working through a break helps", BREAK, PLAIN, doing("OnQueue"), State.OUT, Impact.POSITIVE),
    ("equivalent: a meal is as good as a break", BREAK, EQUIVALENT, doing("Meal"), State.IN, Impact.NEUTRAL),
    ("equivalent: the queue is not", BREAK, EQUIVALENT, doing("OnQueue"), State.OUT, Impact.POSITIVE),
    ("equivalent does not excuse from the queue", QUEUE, EQUIVALENT, doing("Meal"), State.OUT, Impact.NEGATIVE),
    ("time off is to be away", TIME_OFF, PLAIN, doing("Offline"), State.IN, Impact.NEUTRAL),
    ("time off is not to work", TIME_OFF, PLAIN, doing("Available"), State.OUT, Impact.NEUTRAL),
    ("off-queue work is to be there", OFF, PLAIN, doing("Busy"), State.IN, Impact.NEUTRAL),
    ("and not to be away", OFF, PLAIN, doing("Away"), State.OUT, Impact.NEUTRAL),
    ("a code's own presence", COFFEE, PLAIN, doing("Break", None, "pd-coffee"), State.IN, Impact.NEUTRAL),
    ("and no other of its category", COFFEE, PLAIN, doing("Break"), State.OUT, Impact.NEUTRAL),
    ("untracked queue", QUEUE, Settings(track_on_queue=False), doing("Meal"), State.IGNORED, Impact.NEUTRAL),
    ("untracked queue, other code", BREAK, Settings(track_on_queue=False), doing("Meal"), State.OUT, Impact.NEUTRAL),
    ("ignored category", MEAL, Settings(ignored_categories=frozenset({"Meal"})), doing("Break"), State.IGNORED, Impact.NEUTRAL),
    ("other category", BREAK, Settings(ignored_categories=frozenset({"Meal"})), doing("Meal"), State.OUT, Impact.NEUTRAL),
    ("ignored code", COFFEE, Settings(ignored_code_ids=frozenset({"coffee"})), doing("Meal"), State.IGNORED, Impact.NEUTRAL),
    ("its sister", BREAK, Settings(ignored_code_ids=frozenset({"coffee"})), doing("Meal"), State.OUT, Impact.NEUTRAL),
]  # fmt: skip


@pytest.mark.parametrize(("code", "settings", "presence", "state", "impact"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])  # fmt: skip
def test_an_instant_is_judged(
    code: Code, settings: Settings, presence: tuple[str, str, str], state: State, impact: Impact
) -> None:
    verdict = judge(code.id, code, settings, presence)
    assert (verdict.state, verdict.impact) == (state, impact)


def test_what_is_not_scheduled_is_no_deviation_and_work_then_helps() -> None:
    assert judge(None, None, PLAIN, doing("Offline")).state is State.UNSCHEDULED
    helped = judge(None, None, PLAIN, doing("OnQueue"))
    assert (helped.state, helped.impact) == (State.UNSCHEDULED, Impact.POSITIVE)


def test_a_code_that_is_not_known_says_nothing() -> None:
    verdict = judge("gone", None, PLAIN, doing("OnQueue"))
    assert (verdict.state, verdict.impact) == (State.UNKNOWN, Impact.UNKNOWN)


def test_an_explanation_excuses_who_is_out_and_changes_nothing_else() -> None:
    assert judge(QUEUE.id, QUEUE, PLAIN, doing("Away"), explained=True).state is State.EXPLAINED
    assert judge(QUEUE.id, QUEUE, PLAIN, doing("OnQueue"), explained=True).state is State.IN


def test_every_presence_stands_for_a_category_and_every_category_asks_for_some() -> None:
    assert set(CATEGORIES) == set(SystemPresence)
    assert set(SATISFIED_BY) == set(ActivityCategory)
    for presence in SystemPresence:
        for status in RoutingState:
            assert classify_actual(presence, status) in set(ActivityCategory)


def facts(**more: Any) -> Facts:
    values: dict[str, Any] = {
        "person_id": "ada",
        "management_unit_id": "mu",
        "business_unit_id": "bu",
        "settings": PLAIN,
        "actual": Actual(*doing("OnQueue"), presence_at=NINE - 5 * MINUTE),
        "scheduled": Scheduled(QUEUE.id, QUEUE, NINE, NINE + 60 * MINUTE),
    }
    return Facts(**{**values, **more})


AWAY = Actual(*doing("Away"), presence_at=NINE + 10 * MINUTE)


def explained(status: ExplanationStatus) -> Explanation:
    return Explanation(
        "e", "ada", "mu", "bu", "Late", status, NINE, NINE + 30 * MINUTE, None, "ada", NINE, None, None, 1
    )


def test_since_when_is_when_the_latest_thing_happened_not_when_it_was_noticed() -> None:
    noticed = NINE + 12 * MINUTE
    seen = stand(facts(), None, noticed)
    assert (seen.standing.state, seen.standing.state_at) == (State.IN, NINE)
    gone = stand(facts(actual=AWAY), seen.standing, noticed)
    assert (gone.standing.state, gone.standing.state_at) == (State.OUT, NINE + 10 * MINUTE)


def test_nothing_new_is_the_same_standing_however_often_it_is_judged() -> None:
    first = stand(facts(actual=AWAY), None, NINE + 12 * MINUTE)
    again = stand(facts(actual=AWAY), first.standing, NINE + 40 * MINUTE)
    assert again.standing == first.standing


def test_grace_keeps_somebody_in_until_it_is_over_and_then_counts_from_the_beginning() -> None:
    settings = Settings(threshold=5 * MINUTE)
    graced = stand(facts(settings=settings, actual=AWAY), None, NINE + 14 * MINUTE)
    assert (graced.standing.state, graced.standing.verdict, graced.standing.impact) == (
        State.IN,
        State.OUT,
        Impact.NEUTRAL,
    )
    assert graced.due_at == NINE + 15 * MINUTE
    over = stand(facts(settings=settings, actual=AWAY), graced.standing, NINE + 15 * MINUTE)
    assert (over.standing.state, over.standing.state_at) == (State.OUT, NINE + 10 * MINUTE)
    assert over.standing.impact is Impact.NEGATIVE


def test_out_for_long_is_severe_from_its_minute_on_and_in_is_never() -> None:
    settings = Settings(severe_after=20 * MINUTE)
    out = stand(facts(settings=settings, actual=AWAY), None, NINE + 11 * MINUTE)
    assert (out.standing.severe, out.due_at) == (False, NINE + 30 * MINUTE)
    assert stand(facts(settings=settings, actual=AWAY), out.standing, NINE + 30 * MINUTE).standing.severe
    assert not stand(facts(settings=settings), None, NINE + 59 * MINUTE).standing.severe


def test_it_is_judged_again_when_the_next_activity_begins() -> None:
    ahead = Scheduled(BREAK.id, BREAK, NINE + 60 * MINUTE, NINE + 75 * MINUTE)
    assert stand(facts(ahead=(ahead,)), None, NINE).due_at == ahead.start
    idle = stand(facts(scheduled=None, ended_at=NINE - 60 * MINUTE, ahead=(ahead,)), None, NINE)
    assert (idle.standing.state, idle.standing.scheduled_category, idle.due_at) == (
        State.UNSCHEDULED,
        "Unscheduled",
        ahead.start,
    )
    assert stand(facts(scheduled=None), None, NINE).due_at is None


def test_an_approved_explanation_excuses_a_pending_one_is_only_shown() -> None:
    pending = stand(facts(actual=AWAY, explanations=(explained(ExplanationStatus.PENDING),)), None, NINE + 12 * MINUTE)
    assert (pending.standing.state, pending.standing.explanation_id) == (State.OUT, "e")
    approved = stand(
        facts(actual=AWAY, explanations=(explained(ExplanationStatus.APPROVED),)), pending.standing, NINE + 12 * MINUTE
    )
    assert (approved.standing.state, approved.due_at) == (State.EXPLAINED, NINE + 30 * MINUTE)
    after = stand(
        facts(actual=AWAY, explanations=(explained(ExplanationStatus.APPROVED),)), approved.standing, NINE + 30 * MINUTE
    )
    assert (after.standing.state, after.standing.state_at) == (State.OUT, NINE + 30 * MINUTE)


def test_settings_are_read_and_nonsense_among_them_is_not_wanted() -> None:
    read = read_settings(
        {
            "severeAlertThresholdMinutes": 30,
            "adherenceTargetPercent": 85,
            "adherenceExceptionThresholdSeconds": 90,
            "nonOnQueueActivitiesEquivalent": True,
            "trackOnQueueActivity": False,
            "ignoredActivityCategories": {"values": ["Meal"]},
            "ignoredActivityCodeIds": {"values": ["x"]},
        }
    )
    assert read == Settings(30 * MINUTE, 85, 90 * MINUTE / 60, True, False, frozenset({"Meal"}), frozenset({"x"}))
    assert read_settings(None) == Settings()
    assert read_settings({"severeAlertThresholdMinutes": "soon", "ignoredActivityCategories": ["Meal"]}) == Settings()


@pytest.mark.parametrize(
    ("start", "minutes", "field"),
    [(NINE, 0, "lengthMinutes"), (NINE, 1441, "lengthMinutes"), (NINE - timedelta(weeks=27), 5, "startDate"), (NINE + timedelta(days=8), 5, "startDate")],
)  # fmt: skip
def test_an_explanation_that_cannot_be_names_its_field(start: datetime, minutes: int, field: str) -> None:
    with pytest.raises(Invalid) as refused:
        check_explanation(ExplanationDraft("Late", start, minutes), NINE)
    assert refused.value.problems[0].field == field


def test_an_explanation_of_a_day_is_fine() -> None:
    assert check_explanation(ExplanationDraft("Late", NINE, 1440), NINE).minutes == 1440


@pytest.mark.parametrize(
    ("start", "end", "field"),
    [(NINE + MINUTE, None, "s"), (NINE - MINUTE, NINE - 2 * MINUTE, "e"), (NINE - timedelta(days=33), NINE, "e")],
)
def test_a_span_of_the_past_that_cannot_be_names_its_field(start: datetime, end: datetime | None, field: str) -> None:
    with pytest.raises(Invalid) as refused:
        check_span(start, end, NINE, ("s", "e"))
    assert refused.value.problems[0].field == field


def test_nothing_is_measured_that_has_not_happened() -> None:
    assert check_span(NINE - MINUTE, NINE + timedelta(days=1), NINE, ("s", "e")).end == NINE
