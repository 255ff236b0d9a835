"""An item is held against the rules, one after another; each that is broken is a problem with a sentence. Pure.

What follows from the file itself is corrected, and says from what. What could be read in two ways waits for somebody. Corrections that
somebody gives take the place of what the file says, and everything is held against the rules again.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from shiftline.foundation.time import ZoneUnknown, find_zone, offset_at, offset_text
from shiftline.imports.model import Evidence, Examined, Fields, Known, Problem, Rule
from shiftline.imports.rules import media, reading
from shiftline.imports.rules.reading import MetadataUnreadableError, Told

SLACK = timedelta(seconds=5)
"""Clocks of recorders and of what wrote the metadata differ by as much."""
SHORT = 0.9
"""Sound that is shorter than this part of its span lacks more than silence at its ends."""
DAY = timedelta(hours=24)


@dataclass(slots=True)
class _Case:
    """An item while it is held against the rules."""

    evidence: Evidence
    known: Known
    told: Told
    accepted: Collection[Rule]
    problems: list[Problem] = field(default_factory=list[Problem])

    def of(self, name: str) -> Any:
        """What the file says, or was corrected to."""
        return self.told.values.get(name)

    def find(self, rule: Rule, name: str, sentence: str, *, found: Any = None, corrected: Any = None) -> None:
        """A rule is broken; with a correction nobody needs to look at it."""
        is_open = corrected is None and rule not in self.accepted
        self.problems.append(Problem(rule, sentence, name, found, corrected, open=is_open))


def examine(
    evidence: Evidence, known: Known, corrections: Mapping[str, Any] | None = None, accepted: Collection[Rule] = ()
) -> Examined:
    """Hold an item against every rule."""
    problem: tuple[Rule, str] | None = None
    told = Told({}, {})
    if evidence.metadata is None:
        problem = Rule.METADATA_MISSING, f"{evidence.path} has no metadata file."
    else:
        try:
            told = reading.read_metadata(evidence.metadata)
        except MetadataUnreadableError as error:
            problem = Rule.METADATA_TRUNCATED, f"The metadata of {evidence.path} cannot be read: {error}."
    before = {**told.values, **told.wrong}
    foreign = _find_foreign(told, known)
    if foreign is not None:
        return Examined(_NOTHING, (), before, foreign)
    given = reading.read_values(corrections or {})
    told = Told(
        {**told.values, **given.values},
        {n: v for n, v in told.wrong.items() if n not in given.values} | dict(given.wrong),
    )
    case = _Case(evidence, known, told, accepted)
    if problem is not None:
        # What is not there is told once; somebody who gives the fields themselves has solved it.
        solved = bool(given.values)
        case.problems.append(
            Problem(problem[0], problem[1], "metadata", None, "given" if solved else None, open=not solved)
        )
    for name, value in told.wrong.items():
        case.find(
            Rule.METADATA_SHAPE,
            name,
            f"{name} is {str(value)[:80]!r}, which is of another type than it must be.",
            found=value,
        )
    _check_identity(case)
    _check_media(case)
    fields = _check_times(case, _check_people(case))
    return Examined(fields, tuple(case.problems), before)


_NOTHING = Fields(
    conversation_id=None,
    started_at=None,
    ended_at=None,
    zone=None,
    person_id=None,
    queue_id=None,
    direction=None,
    division_ids=(),
)


def _find_foreign(told: Told, known: Known) -> str | None:
    organization_id = told.values.get("organizationId")
    return None if organization_id is None or organization_id in known.organization_ids else organization_id


def _check_identity(case: _Case) -> None:
    evidence, recording_id = case.evidence, case.of("recordingId")
    if recording_id not in (None, evidence.recording_id):
        told = f"The metadata is of recording {recording_id}, and the file's name is {evidence.recording_id}."
        case.find(Rule.ID_MISMATCH, "recordingId", told, found=recording_id)
    if evidence.recording_id in case.known.recording_ids:
        told = f"There is a recording {evidence.recording_id} already."
        case.find(Rule.DUPLICATE, "recordingId", told, found=evidence.recording_id)
    same = None if evidence.media_sha256 is None else case.known.media_of.get(evidence.media_sha256)
    if same is not None:
        told = f"Its sound is byte for byte that of {same}."
        case.find(Rule.DUPLICATE_MEDIA, "media", told, found=same)


def _check_media(case: _Case) -> None:
    evidence, found = case.evidence, case.evidence.media
    if evidence.media_size is None or evidence.media_sha256 is None:
        case.find(Rule.MEDIA_MISSING, "media", f"{evidence.path} has no media file.")
        return
    if found is None:
        sentence = f"The {evidence.media_size} bytes of media are none that we know: Ogg/Opus, WAVE or MP3."
        case.find(Rule.MEDIA_UNKNOWN, "media", sentence, found=evidence.media_size)
        return
    if found.truncated:
        seconds = found.duration.total_seconds()
        case.find(
            Rule.MEDIA_TRUNCATED, "media", f"The media ends before it says, after {seconds:.3f} s.", found=seconds
        )
    wanted = case.of("mediaFormat")
    if wanted is not None and wanted.upper() not in media.FORMATS[found.container]:
        told = f"mediaFormat is {wanted}, and the file is {found.media_type}."
        case.find(Rule.MEDIA_TYPE, "mediaFormat", told, found=wanted, corrected=found.media_type)
    size, digest = case.of("sizeBytes"), case.of("sha256")
    if size not in (None, evidence.media_size):
        case.find(
            Rule.MEDIA_SIZE, "sizeBytes", f"sizeBytes is {size}, and the file has {evidence.media_size}.", found=size
        )
    if digest is not None and digest.lower() != evidence.media_sha256.hex():
        told = f"The file has another SHA-256 than the metadata says: {evidence.media_sha256.hex()}."
        case.find(Rule.MEDIA_HASH, "sha256", told, found=digest)


def _check_people(case: _Case) -> Fields:
    known, conversation_id = case.known, case.of("conversationId")
    folder = case.evidence.conversation_id
    if conversation_id is None and folder is not None:
        told = "conversationId is missing; the folder's name has it."
        case.find(Rule.CONVERSATION_MISSING, "conversationId", told, corrected=folder)
    elif conversation_id is None:
        case.find(
            Rule.CONVERSATION_MISSING, "conversationId", "Neither the metadata nor a folder names the conversation."
        )
    elif folder not in (None, conversation_id):
        told = f"The metadata is of conversation {conversation_id}, and the folder of {folder}."
        case.find(Rule.CONVERSATION_MISMATCH, "conversationId", told, found=conversation_id)
    person_id, queue_id = case.of("userId"), case.of("queueId")
    if person_id is not None and person_id not in known.people:
        case.find(Rule.AGENT_UNKNOWN, "userId", f"Nobody here has the id {person_id}.", found=person_id)
    if queue_id is not None and queue_id not in known.queues:
        case.find(Rule.QUEUE_UNKNOWN, "queueId", f"No queue here has the id {queue_id}.", found=queue_id)
    return Fields(
        conversation_id=conversation_id or folder,
        started_at=None,
        ended_at=None,
        zone=None,
        person_id=person_id if person_id in known.people else None,
        queue_id=queue_id if queue_id in known.queues else None,
        direction=_direction(case),
        division_ids=_divisions(case),
        address=case.of("address"),
    )


def _direction(case: _Case) -> str | None:
    direction = str(case.of("direction") or "").lower()
    if direction in ("inbound", "outbound"):
        return direction
    told = (
        f"direction is {direction!r}, which is neither inbound nor outbound."
        if direction
        else "Its direction is missing."
    )
    case.find(Rule.DIRECTION_MISSING, "direction", told, found=direction or None)
    return None


def _divisions(case: _Case) -> tuple[str, ...]:
    wanted: list[str] = case.of("divisionIds") or []
    there = tuple(each for each in dict.fromkeys(wanted) if each in case.known.division_ids)
    if len(there) < len(set(wanted)):
        home = case.known.home_division_id
        unknown = ", ".join(each for each in wanted if each not in there)
        told = f"No division here has the id {unknown}: {'the others stay' if there else 'the home division has it'}."
        case.find(Rule.DIVISION_UNKNOWN, "divisionIds", told, found=wanted, corrected=list(there or (home,)))
    return there or (case.known.home_division_id,)


def _check_times(case: _Case, fields: Fields) -> Fields:
    zone = _zone(case)
    start, end = _instant(case, "startTime", zone), _instant(case, "endTime", zone)
    start, end = _shift(case, start, end, zone)
    lasting = None if case.evidence.media is None else case.evidence.media.duration
    if start is None:
        start = _find_start(case, end, lasting)
    if end is None:
        end = _find_end(case, start, lasting)
    if start is not None and end is not None:
        end = _check_span(case, start, end, lasting)
        _check_hour(case, start)
        _check_offset(case, start, zone)
    dates = {name: _instant(case, name, zone) for name in ("archiveDate", "deleteDate")}
    return replace(
        fields,
        started_at=start,
        ended_at=end,
        zone=zone,
        archive_at=dates["archiveDate"],
        delete_at=dates["deleteDate"],
    )


def _zone(case: _Case) -> str | None:
    name = case.of("timeZone")
    if name is None:
        told = (
            "No time zone is told" + ("" if case.known.zone is None else "; the import names one for such files") + "."
        )
        case.find(Rule.ZONE_MISSING, "timeZone", told, corrected=case.known.zone)
        return case.known.zone
    try:
        find_zone(name)
    except ZoneUnknown:
        case.find(Rule.ZONE_UNKNOWN, "timeZone", f"{name} is no time zone such as America/Chicago.", found=name)
        return None
    return name


def _instant(case: _Case, name: str, zone: str | None) -> datetime | None:
    """The instant of a field; one without an offset is a wall time of the zone, if that has it exactly once."""
    text = case.of(name)
    if text is None:
        return None
    found = reading.parse_time(text)
    if found is None:
        case.find(Rule.METADATA_SHAPE, name, f"{name} is {text!r}, which is no ISO 8601 instant.", found=text)
        return None
    if found.utcoffset() is not None:
        return found.astimezone(UTC)
    instant = None if zone is None else _resolve(found, zone)
    if instant is None:
        why = "no zone is known" if zone is None else f"{zone} has that time twice, or never"
        case.find(Rule.INSTANT_NAIVE, name, f"{name} is {text}, without an offset, and {why}.", found=text)
        return None
    corrected = instant.astimezone(find_zone(zone or "UTC")).isoformat()
    case.find(
        Rule.INSTANT_NAIVE,
        name,
        f"{name} is {text}, without an offset; {zone} had {corrected[-6:]} then.",
        found=text,
        corrected=corrected,
    )
    return instant


def _resolve(wall: datetime, zone: str) -> datetime | None:
    """The instant at which a zone's clocks showed a time, None where they did so twice or never."""
    known = find_zone(zone)
    first, second = (wall.replace(tzinfo=known, fold=fold).astimezone(UTC) for fold in (0, 1))
    if first != second or first.astimezone(known).replace(tzinfo=None) != wall:
        return None
    return first


def _shift(
    case: _Case, start: datetime | None, end: datetime | None, zone: str | None
) -> tuple[datetime | None, datetime | None]:
    """Times that were written with the wall clock's digits and the offset of UTC: the folder's hour, which is in UTC, shows it."""
    hour = case.evidence.folder_hour
    if start is None or zone is None or hour is None or hour - SLACK <= start < hour + DAY:
        return start, end
    moved = _resolve(_digits(case, "startTime", start), zone)
    if moved is None or moved == start or not hour - SLACK <= moved < hour + timedelta(hours=1):
        return start, end
    told = (
        f"startTime is {case.of('startTime')}, and its folder of {hour:%Y-%m-%dT%H}:00Z shows that this is the time on the wall in "
        f"{zone}, {_offset(moved, zone)} from UTC."
    )
    case.find(Rule.OFFSET_WRONG, "startTime", told, found=case.of("startTime"), corrected=_told(moved))
    if end is None:
        return moved, None
    moved_end = _resolve(_digits(case, "endTime", end), zone) or moved + (end - start)
    case.find(
        Rule.OFFSET_WRONG,
        "endTime",
        "endTime is offset like startTime.",
        found=case.of("endTime"),
        corrected=_told(moved_end),
    )
    return moved, moved_end


def _digits(case: _Case, name: str, instant: datetime) -> datetime:
    """A time as it is written, without its offset."""
    return (reading.parse_time(str(case.of(name))) or instant).replace(tzinfo=None)


def _find_start(case: _Case, end: datetime | None, lasting: timedelta | None) -> datetime | None:
    if case.of("startTime") is not None:
        return None  # it is there and cannot be read: that is told
    start = None if end is None or lasting is None else end - lasting
    told = "startTime is missing" + ("." if start is None else "; it is endTime less the sound's length.")
    case.find(Rule.START_MISSING, "startTime", told, corrected=None if start is None else _told(start))
    return start


def _find_end(case: _Case, start: datetime | None, lasting: timedelta | None) -> datetime | None:
    if case.of("endTime") is not None:
        return None
    end = None if start is None or lasting is None else start + lasting
    told = "endTime is missing" + ("." if end is None else "; it is startTime and the sound's length.")
    case.find(Rule.END_MISSING, "endTime", told, corrected=None if end is None else _told(end))
    return end


def _check_span(case: _Case, start: datetime, end: datetime, lasting: timedelta | None) -> datetime:
    found = case.of("endTime")
    if end < start or (lasting is not None and lasting - (end - start) > SLACK):
        corrected = None if lasting is None else start + lasting
        why = (
            f"before startTime {_told(start)}"
            if end < start
            else f"too early for {lasting} of sound since {_told(start)}"
        )
        told = f"endTime is {found}, {why}" + (
            "." if corrected is None else "; the end is startTime and the sound's length."
        )
        case.find(
            Rule.TIMES_CONTRADICTORY,
            "endTime",
            told,
            found=found,
            corrected=None if corrected is None else _told(corrected),
        )
        return corrected or end
    if lasting is not None and end - start - lasting > SLACK and lasting < (end - start) * SHORT:
        told = f"There are {lasting.total_seconds():.3f} s of sound for {(end - start).total_seconds():.3f} s: it is cut, or was paused."
        case.find(Rule.MEDIA_SHORT, "media", told, found=lasting.total_seconds())
    return end


def _check_hour(case: _Case, start: datetime) -> None:
    hour = case.evidence.folder_hour
    if hour is not None and not hour - SLACK <= start < hour + DAY:
        told = (
            f"It started at {_told(start)}, which is not within a day after its folder's hour {hour:%Y-%m-%dT%H}:00Z."
        )
        case.find(Rule.TIMES_HOUR, "startTime", told, found=case.of("startTime"))


def _check_offset(case: _Case, start: datetime, zone: str | None) -> None:
    """An offset that is told beside the zone must be the zone's at that instant."""
    if zone is None:
        return
    told, right = case.of("utcOffset"), _offset(start, zone)
    if told is not None and told != right:
        sentence = f"utcOffset is {told}, and {zone} was {right} from UTC at {_told(start)}."
        case.find(Rule.OFFSET_WRONG, "utcOffset", sentence, found=told, corrected=right)
    written = reading.parse_time(str(case.of("startTime") or ""))
    offset = None if written is None else written.utcoffset()
    if offset and offset_text(offset) != right:  # Z is nobody's wall clock
        local = start.astimezone(find_zone(zone)).isoformat()
        sentence = f"startTime is {case.of('startTime')}, and {zone} was {right} from UTC at that instant."
        case.find(Rule.OFFSET_WRONG, "startTime", sentence, found=case.of("startTime"), corrected=local)


def _offset(instant: datetime, zone: str) -> str:
    return offset_text(offset_at(instant, find_zone(zone)))


def _told(instant: datetime) -> str:
    return instant.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
