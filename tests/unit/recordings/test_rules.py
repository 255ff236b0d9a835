"""The rules of recordings, on values."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shiftline.foundation.time import TZDATA_VERSION, Interval, find_zone, offset_at
from shiftline.recordings import rules
from shiftline.recordings.control.model import Policies, Scope, ScopedPolicy, Terms
from shiftline.recordings.control.rules import judge_policy
from shiftline.recordings.errors import RetentionInvalid
from shiftline.recordings.model import (
    ByteRange,
    Change,
    EndedBy,
    MediaFacts,
    OffsetChange,
    ParticipantSnapshot,
    Policy,
    Recording,
    SealedFile,
    SourceFacts,
    State,
    Storage,
)

START = datetime(2023, 10, 27, 11, 0, tzinfo=UTC)
ANA = ParticipantSnapshot("p-1", "agent", "ana", "voice", "Ana Ruiz")
CALLER = ParticipantSnapshot("p-2", "customer", name="Caller")
SECOND = timedelta(seconds=1)


def recording(**more: object) -> Recording:
    values: dict[str, object] = {
        "id": "r-1",
        "organization_id": "org-1",
        "conversation_id": "c-1",
        "participant_id": "p-1",
        "leg_id": "l-1",
        "person_id": "ana",
        "queue_id": "voice",
        "direction": "inbound",
        "division_ids": ("north",),
        "reason": "policy.record",
        "started_at": START,
        "zone": "America/Chicago",
        "utc_offset_seconds": -18000,
        "tzdata_version": TZDATA_VERSION,
        "participants": (ANA, CALLER),
        "codec": "opus",
        "container": "ogg",
        "state": State.OPEN,
        "changed_at": START,
        "changed_by": "System",
        **more,
    }
    return Recording(**values)  # type: ignore[arg-type]


def sealed(**more: object) -> Recording:
    return recording(
        **{
            "state": State.SEALED,
            "ended_at": START + 3 * SECOND,
            "ended_by": EndedBy.CALL,
            "offsets": (OffsetChange(START, -18000),),
            "duration_ms": 3000,
            "packets": 151,
            "lost": 2,
            "sha256": bytes(32),
            "size": 29800,
            **more,
        }
    )


def file(**more: object) -> SealedFile:
    whole = SealedFile("key", bytes(32), 100, bytes(32), 90, 3 * SECOND, 150, 0, START + 3 * SECOND, crashed=False)
    return replace(whole, **more)  # type: ignore[arg-type]


# Whether


def test_calls_are_recorded_unless_said_otherwise() -> None:
    policy, storage = judge_policy(ScopedPolicy(Scope(), Terms())), rules.judge_storage(Storage())
    assert (policy.code, policy.holds, storage.code, storage.holds) == (
        "policy.record",
        True,
        "storage.available",
        True,
    )
    assert policy.sentence == "Calls of the organization are recorded, by default."


def test_a_policy_that_does_not_record_says_whose_it_is_and_what_to_do() -> None:
    reason = judge_policy(ScopedPolicy(Scope(queue_id="voice"), Terms(record=False), START, "eva"))
    assert (reason.code, reason.holds) == ("policy.none", False)
    assert reason.sentence == "Calls of queue voice are not recorded, as set by eva."
    assert reason.source is not None
    assert reason.source.since == START
    assert "/api/v2/shiftline/recordings/policies" in reason.remedies[0].sentence


def test_storage_that_cannot_be_used_says_why() -> None:
    reason = rules.judge_storage(Storage("There are no keys.", "/keys.json"))
    assert (reason.code, reason.holds, reason.sentence) == ("storage.unavailable", False, "There are no keys.")
    assert reason.remedies


def test_a_queue_has_its_own_policy_or_the_default() -> None:
    silent = Policy(False, "voice", own=True)
    policies = Policies(Policy(record=True), (silent,))
    assert policies.of("voice") is silent
    assert policies.of("other") is policies.of(None) is policies.default


# Offsets


@pytest.mark.parametrize(
    ("zone", "start", "hours", "offsets"),
    [
        ("America/Chicago", "2023-10-27T11:00+00:00", 1, ["11:00 -5"]),
        ("America/Chicago", "2023-11-05T05:30+00:00", 2, ["05:30 -5", "07:00 -6"]),
        ("America/Chicago", "2023-11-05T07:00+00:00", 2, ["07:00 -6"]),
        ("America/Chicago", "2023-11-05T06:00+00:00", 1, ["06:00 -5"]),  # ends as the clocks go back
        ("America/Chicago", "2024-03-10T07:00+00:00", 2, ["07:00 -6", "08:00 -5"]),
        ("Europe/Berlin", "2023-10-29T00:15+00:00", 3, ["00:15 2", "01:00 1"]),
        ("Australia/Lord_Howe", "2023-10-01T14:45+00:00", 2, ["14:45 10.5", "15:30 11"]),
        ("UTC", "2023-11-05T05:30+00:00", 5, ["05:30 0"]),
    ],
)
def test_offsets_change_where_the_zone_does(zone: str, start: str, hours: int, offsets: list[str]) -> None:
    begins = datetime.fromisoformat(start)
    if zone == "Australia/Lord_Howe":
        begins -= timedelta(days=1)
    found = rules.list_offsets(Interval(begins, begins + timedelta(hours=hours)), find_zone(zone))
    assert [f"{each.at:%H:%M} {each.utc_offset_seconds / 3600:g}" for each in found] == offsets


instants = st.datetimes(datetime(1990, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
zones = st.sampled_from(["America/Chicago", "Europe/Dublin", "Africa/Casablanca", "Asia/Kathmandu", "Pacific/Apia"])


@given(instants, st.timedeltas(timedelta(0), timedelta(days=40)), zones)
def test_offsets_rise_in_time_and_tell_every_instant(start: datetime, length: timedelta, name: str) -> None:
    span, zone = Interval(start, start + length), find_zone(name)
    found = rules.list_offsets(span, zone)
    assert found[0].at == span.start
    assert all(before.at < after.at for before, after in pairwise(found))
    assert all(before.utc_offset_seconds != after.utc_offset_seconds for before, after in pairwise(found))
    for step in range(41):
        instant = span.start + step * length / 41
        told = [each for each in found if each.at <= instant][-1]
        assert told.utc_offset_seconds == offset_at(instant, zone).total_seconds()


# The end


def test_a_call_ends_when_its_end_was_asked_for() -> None:
    stopping = recording(stop_at=START + 4 * SECOND, stop_by=EndedBy.POLICY)
    assert rules.choose_end(stopping, file()) == (START + 4 * SECOND, EndedBy.POLICY)


def test_one_that_nobody_stopped_ends_with_its_last_packet() -> None:
    assert rules.choose_end(recording(), file()) == (START + 3 * SECOND, EndedBy.CALL)


def test_a_crash_ends_with_the_last_packet_whatever_was_asked_for() -> None:
    stopping = recording(stop_at=START + 60 * SECOND, stop_by=EndedBy.CALL)
    assert rules.choose_end(stopping, file(crashed=True)) == (START + 3 * SECOND, EndedBy.CRASH)


def test_no_end_lies_before_the_start() -> None:
    early = file(last_at=START - SECOND)
    assert rules.choose_end(recording(), early)[0] == START
    assert rules.choose_end(recording(), file(last_at=None, crashed=True))[0] == START


# Metadata


def test_metadata_say_all_but_keys_and_places() -> None:
    metadata = rules.describe_metadata(sealed(wrapped_key=b"k", object_key="place"))
    assert (metadata.recording_id, metadata.sha256, metadata.duration_ms) == ("r-1", "00" * 32, 3000)
    assert "place" not in repr(metadata)


def test_what_is_not_whole_has_no_metadata() -> None:
    with pytest.raises(ValueError, match="sealed"):
        rules.describe_metadata(recording())


def test_a_difference_names_fields_with_both_values() -> None:
    before, after = rules.describe_metadata(sealed()), rules.describe_metadata(sealed(packets=150, queue_id=None))
    assert rules.find_difference(before, before) == ()
    assert rules.find_difference(before, after) == (Change("packets", 151, 150), Change("queue_id", "voice", None))


def test_a_digest_is_of_everything_before_it() -> None:
    metadata = rules.describe_metadata(sealed())
    first = rules.digest_revision(b"", 1, metadata, "why")
    assert first == rules.digest_revision(b"", 1, metadata, "why")
    others = [
        rules.digest_revision(b"x", 1, metadata, "why"),
        rules.digest_revision(b"", 2, metadata, "why"),
        rules.digest_revision(b"", 1, metadata, "why not"),
        rules.digest_revision(b"", 1, rules.describe_metadata(sealed(lost=0)), "why"),
    ]
    assert len({first, *others}) == 5


# Refresh

FACTS = SourceFacts((ANA, CALLER), ("north",), "ana", "voice", MediaFacts(bytes(32), 29800, 3 * SECOND, 151, 2))


def test_a_refresh_of_what_is_right_changes_nothing() -> None:
    assert rules.refresh(sealed(), FACTS) == sealed()


def test_another_release_of_the_zones_that_tells_the_same_changes_nothing() -> None:
    assert rules.refresh(sealed(tzdata_version="2020a"), FACTS) == sealed(tzdata_version="2020a")


def test_a_refresh_takes_what_the_sources_tell() -> None:
    ben = ParticipantSnapshot("p-3", "user", "ben", name="Ben Ito")
    facts = replace(FACTS, participants=(ANA, CALLER, ben), division_ids=("north", "south"), queue_id="sales")
    media = MediaFacts(bytes(32), 29800, timedelta(milliseconds=2500), 125, 3)
    after = rules.refresh(sealed(), replace(facts, media=media))
    changed = {each.field for each in rules.find_difference(*map(rules.describe_metadata, (sealed(), after)))}
    assert changed == {"participants", "division_ids", "queue_id", "duration_ms", "packets", "lost"}


def test_a_refresh_mends_offsets_that_were_wrong() -> None:
    wrong = sealed(utc_offset_seconds=0, offsets=(OffsetChange(START, 0),), tzdata_version="2020a")
    assert rules.refresh(wrong, FACTS) == sealed()


def test_sources_that_know_nothing_take_nothing_away() -> None:
    assert rules.refresh(sealed(), SourceFacts((), (), None, None)) == sealed()


# Retention, ranges, waveforms


def test_dates_of_retention_lie_in_order() -> None:
    rules.check_retention(sealed(), START, START)
    rules.check_retention(sealed(), None, START + SECOND)
    for archive, delete, field in (
        (START - SECOND, None, "archiveDate"),
        (None, START - SECOND, "deleteDate"),
        (START + 2 * SECOND, START + SECOND, "deleteDate"),
    ):
        with pytest.raises(RetentionInvalid) as refused:
            rules.check_retention(sealed(), archive, delete)
        assert refused.value.problems[0].field == field


@pytest.mark.parametrize(
    ("wanted", "size", "part"),
    [
        (None, 100, (0, 100)),
        (None, 0, (0, 0)),
        (ByteRange(0, None), 100, (0, 100)),
        (ByteRange(10, 19), 100, (10, 20)),
        (ByteRange(90, 500), 100, (90, 100)),
        (ByteRange(99, 99), 100, (99, 100)),
        (ByteRange(100, None), 100, None),
        (ByteRange(0, 0), 0, None),
        (ByteRange(None, 10), 100, (90, 100)),
        (ByteRange(None, 500), 100, (0, 100)),
        (ByteRange(None, 0), 100, None),
        (ByteRange(None, 5), 0, None),
    ],
)
def test_a_range_means_bytes(wanted: ByteRange | None, size: int, part: tuple[int, int] | None) -> None:
    assert rules.resolve_range(wanted, size) == part


@given(st.integers(0, 48_000 * 3600 * 24))
def test_a_waveform_is_as_fine_as_its_length_allows(samples: int) -> None:
    per_pixel = rules.choose_samples_per_pixel(samples)
    assert per_pixel % rules.FINEST_PIXEL == 0
    assert samples / per_pixel <= rules.MOST_PIXELS
    assert per_pixel == rules.FINEST_PIXEL or samples / (per_pixel - rules.FINEST_PIXEL) > rules.MOST_PIXELS
