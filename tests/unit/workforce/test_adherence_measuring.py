"""The past: stretches, exceptions, thresholds, explanations, conformance, days of 23 and 25 hours."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from shiftline.foundation.time import day_bounds
from shiftline.presence.model import SYSTEM_DEFINITIONS, SystemPresence
from shiftline.workforce.adherence.model import Code, Impact, Past, PresenceRow, ScheduledRow, Settings, Window
from shiftline.workforce.adherence.rules.measuring import Judge, make_window, measure
from shiftline.workforce.adherence.rules.reading import read_settings

CHICAGO = ZoneInfo("America/Chicago")
CODES = {"0": Code("0", "Queue", "OnQueueWork"), "1": Code("1", "Break", "Break"), "2": Code("2", "Meal", "Meal")}
HOUR = 3600
DAY = Window(0, 24 * HOUR, ((0, 24 * HOUR),))


def presence(start: float, end: float, name: str) -> PresenceRow:
    return int(start * HOUR), int(end * HOUR), name, SYSTEM_DEFINITIONS[SystemPresence(name)]


def activity(start: float, end: float, code_id: str) -> ScheduledRow:
    return int(start * HOUR), int(end * HOUR), code_id


SHIFT = [activity(8, 12, "0"), activity(12, 12.5, "2"), activity(12.5, 16, "0")]
AS_PLANNED = [presence(8, 12, "OnQueue"), presence(12, 12.5, "Meal"), presence(12.5, 16, "OnQueue")]
LATE = [presence(8.5, 12, "OnQueue"), presence(12, 12.5, "Meal"), presence(12.5, 16, "OnQueue")]


def judged_by(**settings: object) -> Judge:
    return Judge(CODES, read_settings(settings))


def past(presences: list[PresenceRow], explained: list[tuple[int, int]] | None = None) -> Past:
    return Past("ada", SHIFT, presences, [], explained or [])


def test_whoever_does_as_planned_adheres_wholly() -> None:
    found = measure(past(AS_PLANNED), DAY, judged_by())
    assert (found.total.adherence_percent, found.total.conformance_percent, found.deviations) == (100.0, 100.0, ())
    assert (found.total.schedule, found.total.actual) == (8 * HOUR, int(7.5 * HOUR))
    assert found.impact is Impact.NEUTRAL


def test_half_an_hour_late_is_one_exception_with_what_was_scheduled_and_what_was_done() -> None:
    found = measure(past(LATE), DAY, judged_by())
    (late,) = found.deviations
    assert (late.start, late.end, late.scheduled_category, late.actual_category) == (
        8 * HOUR, int(8.5 * HOUR), "OnQueueWork", "Unavailable",
    )  # fmt: skip
    assert (late.impact, found.impact, found.total.exceptions) == (Impact.NEGATIVE, Impact.NEGATIVE, 1)
    assert found.total.adherence_percent == round(100 * 7.5 / 8, 2)
    assert found.total.conformance_percent == round(100 * 7 / 7.5, 2)


def test_a_deviation_below_the_threshold_is_none() -> None:
    assert measure(past(LATE), DAY, judged_by(adherenceExceptionThresholdSeconds=1801)).deviations == ()
    assert len(measure(past(LATE), DAY, judged_by(adherenceExceptionThresholdSeconds=1800)).deviations) == 1


def test_short_deviations_in_a_row_are_one_long_one() -> None:
    restless = [presence(8, 8.25, "Break"), presence(8.25, 8.5, "Meal"), *LATE]
    found = measure(past(restless), DAY, judged_by(adherenceExceptionThresholdSeconds=1800))
    assert [each.actual_category for each in found.deviations] == ["Break", "Meal"]
    assert found.total.exception_seconds == 1800


def test_explained_time_counts_as_adherent_and_the_rest_does_not() -> None:
    found = measure(past(LATE, [(8 * HOUR, int(8.25 * HOUR))]), DAY, judged_by())
    assert [(each.start, each.end) for each in found.deviations] == [(int(8.25 * HOUR), int(8.5 * HOUR))]
    whole = measure(past(LATE, [(8 * HOUR, 9 * HOUR)]), DAY, judged_by())
    assert (whole.deviations, whole.total.adherence_percent) == ((), 100.0)


def test_work_beyond_the_shift_raises_conformance_and_is_no_exception() -> None:
    found = measure(past([*AS_PLANNED, presence(16, 17, "OnQueue")]), DAY, judged_by())
    assert (found.total.adherence_percent, found.deviations) == (100.0, ())
    assert found.total.conformance_percent == round(100 * 8.5 / 7.5, 2)


def test_who_did_not_respond_was_not_on_the_queue() -> None:
    silent = Past("ada", SHIFT, AS_PLANNED, [(9 * HOUR, 10 * HOUR, "NOT_RESPONDING")], [])
    found = measure(silent, DAY, judged_by())
    assert [(each.start, each.routing_status) for each in found.deviations] == [(9 * HOUR, "NOT_RESPONDING")]


def test_ignored_activities_are_scheduled_but_not_judged() -> None:
    found = measure(past([presence(8, 16, "OnQueue")]), DAY, judged_by(ignoredActivityCategories={"values": ["Meal"]}))
    assert (found.total.schedule, found.total.adherence_schedule, found.deviations) == (8 * HOUR, int(7.5 * HOUR), ())


def test_without_a_schedule_there_is_no_percentage() -> None:
    found = measure(Past("ada", [], AS_PLANNED, [], []), DAY, judged_by())
    assert (found.total.adherence_percent, found.total.conformance_percent, found.impact) == (
        None,
        None,
        Impact.UNKNOWN,
    )


def test_days_are_wall_days_of_23_and_25_hours() -> None:
    for day, hours in ((date(2023, 11, 5), 25), (date(2024, 3, 10), 23), (date(2023, 10, 27), 24)):
        bounds = day_bounds(day, CHICAGO)
        ((opens, closes),) = make_window(bounds.start, bounds.end, CHICAGO).days
        assert closes - opens == hours * HOUR


def test_a_night_shift_over_the_clock_change_is_split_at_its_midnight() -> None:
    start, end = datetime(2023, 11, 5, 3, tzinfo=UTC), datetime(2023, 11, 5, 12, tzinfo=UTC)  # 22:00 to 06:00, 9 hours
    window = make_window(datetime(2023, 11, 4, 5, tzinfo=UTC), datetime(2023, 11, 6, 6, tzinfo=UTC), CHICAGO)
    assert [closes - opens for opens, closes in window.days] == [24 * HOUR, 25 * HOUR]
    shift = [(int(start.timestamp()), int(end.timestamp()), "0")]
    found = measure(Past("ada", shift, [], [], []), window, judged_by())
    assert [day.schedule for day in found.days] == [2 * HOUR, 7 * HOUR]
    assert [day.exception_seconds for day in found.days] == [2 * HOUR, 7 * HOUR]
    assert [day.exceptions for day in found.days] == [1, 0]


@st.composite
def pasts(draw: st.DrawFn) -> Past:
    def spans(words: list[str]) -> list[tuple[int, int, str]]:
        cuts = sorted(draw(st.sets(st.integers(0, 48 * HOUR), max_size=12)))
        pairs = zip(cuts[::2], cuts[1::2], strict=False)
        return [(start, end, draw(st.sampled_from(words))) for start, end in pairs]

    names = [each.value for each in SystemPresence]
    presences = [(a, b, name, SYSTEM_DEFINITIONS[SystemPresence(name)]) for a, b, name in spans(names)]
    explained = [(a, b) for a, b, _ in spans(["x"])]
    return Past("ada", spans(["0", "1", "2", "9"]), presences, spans(["NOT_RESPONDING"]), explained)


@given(pasts())
def test_days_add_up_and_nothing_is_counted_twice(each: Past) -> None:
    window = Window(0, 48 * HOUR, ((0, 23 * HOUR), (23 * HOUR, 48 * HOUR)))
    whole = measure(each, window, Judge(CODES, Settings()), actuals=True)
    assert whole.total.schedule == sum(end - start for start, end, _ in each.scheduled)
    assert whole.total.exception_seconds == sum(found.end - found.start for found in whole.deviations)
    assert whole.total.exception_seconds <= whole.total.adherence_schedule <= whole.total.schedule
    assert whole.actuals[0][0] == 0
    assert all(before[1] == after[0] for before, after in zip(whole.actuals, whole.actuals[1:], strict=False))
    halves = [measure(each, Window(a, b, ((a, b),)), Judge(CODES, Settings())) for a, b in window.days]
    assert [half.total.exception_seconds for half in halves] == [day.exception_seconds for day in whole.days]
    assert [half.total.actual for half in halves] == [day.actual for day in whole.days]
