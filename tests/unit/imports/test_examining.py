"""Each rule of the quarantine: once broken, once not; and what follows from the file itself."""

import hashlib
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from tests.unit.imports.files import FOLDER, at, metadata, mp3, wav, written
from tests.unit.recordings.sounds import tone

from shiftline.imports.model import ACCEPTABLE, Class, Evidence, Examined, Known, Problem, Rule
from shiftline.imports.rules import media, paths, reporting
from shiftline.imports.rules.examining import examine

SOUND = wav()
KNOWN = Known(
    organization_ids=frozenset({"org-1"}),
    people={"ana": "Ana Ruiz"},
    queues={"voice": "Voice"},
    division_ids=frozenset({"home", "west"}),
    home_division_id="home",
)
EVIDENCE = Evidence(
    path=f"{FOLDER}/recording-1",
    recording_id="recording-1",
    conversation_id="conversation-1",
    folder_hour=at("2023-10-27T11:00:00Z"),
    metadata=written(),
    media=media.probe(SOUND),
    media_size=len(SOUND),
    media_sha256=hashlib.sha256(SOUND).digest(),
)


def look(sound: bytes | None = SOUND, known: Known = KNOWN, **more: Any) -> Examined:
    """Examine a call whose metadata have these fields."""
    evidence = replace(EVIDENCE, metadata=written(**more))
    if sound is not SOUND:
        found = None if sound is None else media.probe(sound)
        digest = None if sound is None else hashlib.sha256(sound).digest()
        evidence = replace(evidence, media=found, media_size=None if sound is None else len(sound), media_sha256=digest)
    return examine(evidence, known)


def only(examined: Examined) -> Problem:
    (problem,) = examined.problems
    return problem


def test_a_call_of_which_all_is_well_has_no_problem() -> None:
    examined = look(userIds=["ana"], queueIds=["voice"], divisionIds=["west"])
    assert examined.problems == ()
    fields = examined.fields
    assert (fields.started_at, fields.ended_at) == (at("2023-10-27T11:00:03Z"), at("2023-10-27T11:00:06Z"))
    assert (fields.person_id, fields.queue_id, fields.division_ids) == ("ana", "voice", ("west",))
    assert (fields.zone, fields.direction) == ("America/Chicago", "inbound")


@pytest.mark.parametrize(
    ("more", "rule", "field", "corrected"),
    [
        ({"startTime": None}, Rule.START_MISSING, "started_at", "2023-10-27T11:00:03Z"),
        ({"startTime": ""}, Rule.START_MISSING, "started_at", "2023-10-27T11:00:03Z"),
        ({"endTime": None}, Rule.END_MISSING, "ended_at", "2023-10-27T11:00:06Z"),
        ({"endTime": "2023-10-27T10:59:00Z"}, Rule.TIMES_CONTRADICTORY, "ended_at", "2023-10-27T11:00:06Z"),
        ({"startTime": "2023-10-27T06:00:03"}, Rule.INSTANT_NAIVE, "started_at", "2023-10-27T11:00:03Z"),
        ({"endTime": "2023-10-27T06:00:06"}, Rule.INSTANT_NAIVE, "ended_at", "2023-10-27T11:00:06Z"),
        ({"utcOffset": "-06:00"}, Rule.OFFSET_WRONG, "started_at", "2023-10-27T11:00:03Z"),
        ({"startTime": "2023-10-27T05:00:03-06:00"}, Rule.OFFSET_WRONG, "started_at", "2023-10-27T11:00:03Z"),
        ({"mediaFormat": "MP3"}, Rule.MEDIA_TYPE, "started_at", "2023-10-27T11:00:03Z"),
    ],
)  # fmt: skip
def test_what_follows_from_the_file_itself_is_corrected(
    more: dict[str, Any], rule: Rule, field: str, corrected: str
) -> None:
    examined = look(**more)
    problem = only(examined)
    assert (problem.rule, problem.open) == (rule, False)
    assert getattr(examined.fields, field) == at(corrected)


def test_wall_times_that_were_written_as_utc_are_known_by_their_folder() -> None:
    examined = look(startTime="2023-10-27T06:00:03Z", endTime="2023-10-27T06:00:06Z")
    assert [(each.rule, each.field, each.open) for each in examined.problems] == [
        (Rule.OFFSET_WRONG, "startTime", False),
        (Rule.OFFSET_WRONG, "endTime", False),
    ]
    assert examined.fields.started_at == at("2023-10-27T11:00:03Z")
    assert examined.fields.ended_at == at("2023-10-27T11:00:06Z")


@pytest.mark.parametrize(
    ("more", "rule"),
    [
        ({"startTime": None, "endTime": None}, Rule.START_MISSING),
        ({"startTime": "2023-10-25T11:00:03Z", "endTime": "2023-10-25T11:00:06Z"}, Rule.TIMES_HOUR),
        ({"startTime": "yesterday"}, Rule.METADATA_SHAPE),
        ({"startTime": 1698404403}, Rule.METADATA_SHAPE),
        ({"timeZone": None}, Rule.ZONE_MISSING),
        ({"timeZone": "America/Springfield"}, Rule.ZONE_UNKNOWN),
        ({"userIds": ["nobody"]}, Rule.AGENT_UNKNOWN),
        ({"queueIds": ["nowhere"]}, Rule.QUEUE_UNKNOWN),
        ({"conversationId": "another"}, Rule.CONVERSATION_MISMATCH),
        ({"recordingId": "another"}, Rule.ID_MISMATCH),
        ({"initialDirection": None}, Rule.DIRECTION_MISSING),
        ({"initialDirection": "sideways"}, Rule.DIRECTION_MISSING),
        ({"sha256": "00" * 32}, Rule.MEDIA_HASH),
        ({"sizeBytes": 7}, Rule.MEDIA_SIZE),
        ({"endTime": "2023-10-27T11:05:06Z"}, Rule.MEDIA_SHORT),
    ],
)  # fmt: skip
def test_what_could_be_read_in_two_ways_waits(more: dict[str, Any], rule: Rule) -> None:
    assert rule in {each.rule for each in look(**more).open_problems}


def test_a_wall_time_that_came_twice_waits() -> None:
    evidence = replace(EVIDENCE, folder_hour=None, metadata=written(startTime="2023-11-05T01:30:00", endTime=None))
    assert Rule.INSTANT_NAIVE in {each.rule for each in examine(evidence, KNOWN).open_problems}


def test_an_import_names_the_zone_of_files_that_tell_none() -> None:
    examined = look(known=replace(KNOWN, zone="America/Chicago"), timeZone=None)
    assert (only(examined).rule, examined.open_problems, examined.fields.zone) == (
        Rule.ZONE_MISSING,
        (),
        "America/Chicago",
    )


def test_the_folder_names_a_conversation_that_the_metadata_do_not() -> None:
    examined = look(conversationId=None)
    assert (only(examined).rule, examined.open_problems) == (Rule.CONVERSATION_MISSING, ())
    assert examined.fields.conversation_id == "conversation-1"


def test_an_unknown_division_gives_way_to_the_home_division() -> None:
    examined = look(divisionIds=["gone"])
    assert (only(examined).rule, examined.open_problems) == (Rule.DIVISION_UNKNOWN, ())
    assert examined.fields.division_ids == ("home",)


def test_media_that_are_missing_unknown_or_cut_wait() -> None:
    assert Rule.MEDIA_MISSING in {each.rule for each in look(None).open_problems}
    assert Rule.MEDIA_UNKNOWN in {each.rule for each in look(b"<html>no such key</html>").open_problems}
    assert Rule.MEDIA_TRUNCATED in {each.rule for each in look(SOUND[:-100]).open_problems}


def test_each_cut_of_a_metadata_file_is_known() -> None:
    whole = written()
    for length in range(len(whole)):
        examined = examine(replace(EVIDENCE, metadata=whole[:length]), KNOWN)
        assert Rule.METADATA_TRUNCATED in {each.rule for each in examined.open_problems}, length
    assert Rule.METADATA_MISSING in {
        each.rule for each in examine(replace(EVIDENCE, metadata=None), KNOWN).open_problems
    }


def test_what_is_there_already_is_a_duplicate() -> None:
    known = replace(KNOWN, recording_ids=frozenset({"recording-1"}))
    assert only(look(known=known)).rule is Rule.DUPLICATE
    assert EVIDENCE.media_sha256 is not None
    same = replace(KNOWN, media_of={EVIDENCE.media_sha256: "recording-9"})
    assert "recording-9" in only(look(known=same)).sentence


def test_what_is_of_another_organization_is_foreign() -> None:
    assert look(organizationId="org-2").foreign == "org-2"
    assert (
        look(known=replace(KNOWN, organization_ids=frozenset({"org-1", "org-2"})), organizationId="org-2").foreign
        is None
    )


def test_corrections_take_the_place_of_what_the_file_says_and_are_examined_too() -> None:
    evidence = replace(EVIDENCE, metadata=written(startTime=None, endTime=None, userIds=["nobody"]))
    corrections = {"startTime": "2023-10-27T06:00:03-05:00", "userId": "ana"}
    examined = examine(evidence, KNOWN, corrections)
    assert examined.open_problems == ()
    assert (examined.fields.person_id, examined.fields.ended_at) == ("ana", at("2023-10-27T11:00:06Z"))
    assert (
        examine(evidence, KNOWN, {**corrections, "userId": "nobody else"}).open_problems[0].rule is Rule.AGENT_UNKNOWN
    )
    assert examine(evidence, KNOWN, {**corrections, "startTime": "soon"}).open_problems


def test_all_fields_may_be_given_for_a_file_that_cannot_be_read() -> None:
    evidence = replace(EVIDENCE, metadata=b'{"startTime": "2023-')
    given = {name: value for name, value in metadata().items() if name in ("startTime", "endTime", "timeZone")}
    examined = examine(evidence, KNOWN, {**given, "direction": "outbound"})
    assert examined.open_problems == ()
    assert examined.fields.direction == "outbound"


def test_only_what_would_change_no_field_can_be_taken_as_it_is() -> None:
    evidence = replace(EVIDENCE, metadata=written(sizeBytes=7))
    assert examine(evidence, KNOWN, accepted=[Rule.MEDIA_SIZE]).open_problems == ()
    assert Rule.START_MISSING not in ACCEPTABLE


def test_nothing_that_a_file_may_say_is_an_error() -> None:
    for value in (
        None,
        1,
        1.5,
        True,
        [],
        {},
        [None],
        [1],
        {"id": "x"},
        "x" * 5000,
        "\0",
        "2023-02-30T00:00:00Z",
        "9999-12-31T23:59:59Z",
    ):
        for name in metadata():
            examine(replace(EVIDENCE, metadata=written(**{name: value})), KNOWN)
    for content in (b"[]", b"null", b"\xff\xfe", b"{" * 100_000, b'{"startTime": NaN}'):
        examine(replace(EVIDENCE, metadata=content), KNOWN)


@pytest.mark.parametrize(
    ("content", "container", "codec", "seconds"),
    [(wav(2.5), "wav", "pcm", 2.5), (mp3(100), "mp3", "mp3", 100 * 1152 / 44100), (tone(3.0), "ogg", "opus", 3.0)],
    ids=["wav", "mp3", "ogg"],
)
def test_what_a_file_is_follows_from_its_content(content: bytes, container: str, codec: str, seconds: float) -> None:
    found = media.probe(content)
    assert found is not None
    assert (found.container, found.codec, found.truncated) == (container, codec, False)
    assert found.duration.total_seconds() == pytest.approx(seconds, abs=0.05)
    cut = media.probe(content[: len(content) * 2 // 3])
    assert cut is not None
    assert cut.truncated
    assert cut.duration < found.duration


def test_every_cut_of_each_format_is_known_or_unknown_and_never_whole() -> None:
    for content in (wav(0.02), mp3(4), tone(0.2)):
        for length in range(len(content)):
            found = media.probe(content[:length])
            assert found is None or found.truncated or found.duration < timedelta(seconds=0.21)
            assert found is None or found.truncated or content is not tone(0.2)


def test_files_belong_together_by_their_names() -> None:
    names = [
        f"{FOLDER}/a",
        f"{FOLDER}/a_metadata.json",
        f"{FOLDER}/b.wav",
        f"{FOLDER}/c_metadata.json",
        f"{FOLDER}/.hidden",
    ]
    pairs = paths.pair_files(names)
    assert [(each.recording_id, each.media is not None, each.metadata is not None) for each in pairs] == [
        ("a", True, True),
        ("b", True, False),
        ("c", False, True),
    ]
    assert paths.read_hour(pairs[0].path) == at("2023-10-27T11:00:00Z")
    assert paths.read_conversation(pairs[0].path) == "conversation-1"
    assert paths.read_hour("year=2023/month=13/day=1/hour=1/x") is None


def test_a_report_is_a_table_that_a_spreadsheet_takes_for_text() -> None:
    lines = reporting.lines_of_revision("r", [{"field": "offsets", "before": "=cmd()", "after": "-05:00"}])
    assert lines[0].counted is Class.OFFSET
    assert "'=cmd()" in reporting.in_csv(lines)
    assert ",-05:00," in reporting.in_csv(lines)
    assert reporting.count(lines)["offset"] == {"before": 1, "after": 0}
