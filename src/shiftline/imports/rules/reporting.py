"""What was null, contradictory or wrongly offset before, and is not after: of imports, and of revisions. Pure."""

import csv
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from shiftline.imports.model import Class, Fields, Item, ItemState, ReportLine, Rule

CLASSES: Mapping[Rule, Class] = {
    Rule.METADATA_MISSING: Class.NULL,
    Rule.METADATA_TRUNCATED: Class.NULL,
    Rule.START_MISSING: Class.NULL,
    Rule.END_MISSING: Class.NULL,
    Rule.ZONE_MISSING: Class.NULL,
    Rule.CONVERSATION_MISSING: Class.NULL,
    Rule.DIRECTION_MISSING: Class.NULL,
    Rule.MEDIA_MISSING: Class.NULL,
    Rule.INSTANT_NAIVE: Class.OFFSET,
    Rule.OFFSET_WRONG: Class.OFFSET,
    Rule.ZONE_UNKNOWN: Class.OFFSET,
    Rule.TIMES_CONTRADICTORY: Class.CONTRADICTORY,
    Rule.TIMES_HOUR: Class.CONTRADICTORY,
    Rule.CONVERSATION_MISMATCH: Class.CONTRADICTORY,
    Rule.ID_MISMATCH: Class.CONTRADICTORY,
    Rule.MEDIA_TYPE: Class.CONTRADICTORY,
    Rule.MEDIA_SIZE: Class.CONTRADICTORY,
    Rule.MEDIA_HASH: Class.CONTRADICTORY,
    Rule.MEDIA_SHORT: Class.CONTRADICTORY,
}
COLUMNS = ("recordingId", "path", "field", "class", "rule", "before", "after", "solved")
_AFTER = {
    "startTime": "started_at", "endTime": "ended_at", "timeZone": "zone", "conversationId": "conversation_id", "userId": "person_id",
    "queueId": "queue_id", "direction": "direction", "divisionIds": "division_ids", "archiveDate": "archive_at", "deleteDate": "delete_at",
}  # fmt: skip
_OFFSETS = frozenset({"utc_offset_seconds", "offsets", "zone"})
_TIMES = frozenset({"started_at", "ended_at", "duration_ms"})


def lines_of_item(item: Item) -> list[ReportLine]:
    """What each problem of an item was, and what the recording says now, if it is one."""
    solved = item.state is ItemState.ADOPTED
    return [
        ReportLine(
            subject_id=item.recording_id,
            path=item.path,
            field=each.field,
            counted=CLASSES.get(each.rule, Class.OTHER),
            rule=each.rule.value,
            before=each.found,
            after=_after(item, each.field, each.corrected),
            solved=solved,
        )
        for each in item.problems
    ]


def _after(item: Item, name: str, corrected: Any) -> Any:
    if item.after is None:
        return None
    known = _AFTER.get(name)
    return corrected if known is None else item.after.get(known)


def lines_of_revision(recording_id: str, difference: Sequence[Mapping[str, Any]]) -> list[ReportLine]:
    """What a revision changed, by what it was an instance of."""
    return [
        ReportLine(
            recording_id,
            "",
            each["field"],
            _class(each),
            "metadata.refresh",
            each["before"],
            each["after"],
            solved=True,
        )
        for each in difference
    ]


def _class(change: Mapping[str, Any]) -> Class:
    if change["before"] in (None, [], ""):
        return Class.NULL
    if change["field"] in _OFFSETS:
        return Class.OFFSET
    return Class.CONTRADICTORY if change["field"] in _TIMES else Class.OTHER


def count(lines: Iterable[ReportLine]) -> dict[str, dict[str, int]]:
    """How many of each class there were before, and are after."""
    counts = {each.value: {"before": 0, "after": 0} for each in Class}
    for line in lines:
        counts[line.counted.value]["before"] += 1
        counts[line.counted.value]["after"] += not line.solved
    return counts


def in_csv(lines: Iterable[ReportLine]) -> str:
    """A table; what a spreadsheet would take for a formula has an apostrophe before it."""
    output = io.StringIO()
    writer = csv.writer(output)
    writer.writerow(COLUMNS)
    for line in lines:
        row = (
            line.subject_id,
            line.path,
            line.field,
            line.counted.value,
            line.rule,
            _cell(line.before),
            _cell(line.after),
        )
        writer.writerow([*map(_safe, row), "yes" if line.solved else "no"])
    return output.getvalue()


def _cell(value: Any) -> str:
    return "" if value is None else value if isinstance(value, str) else json.dumps(value)


def _safe(text: str) -> str:
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) and not _is_offset(text) else text


def _is_offset(text: str) -> bool:
    return len(text) == 6 and text[3] == ":" and text[1:3].isdigit()  # noqa: PLR2004 - as -05:00


def describe(fields: Fields) -> dict[str, Any]:
    """What a recording says, for the record of its repair."""
    return {name: getattr(fields, name) for name in Fields.__dataclass_fields__}
