"""Calls across a change of clocks: offsets rise in elapsed time in every form of the package."""

import json
import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from tests.store.discovery.legal import Legal, files
from tests.store.recordings.conftest import pages_of
from tests.unit.recordings.sounds import tone

from shiftline.recordings.container import Counts
from shiftline.recordings.operations.sealing import seal_spooled

# The change is one hour in Chicago, half an hour at Lord Howe Island: each call lasts from before it until after it.
CASES = [
    ("America/Chicago", "2023-11-05T01:59:59-05:00", ["-05:00", "-06:00"], "2023-11-05T07:00:00.000Z"),
    ("Australia/Lord_Howe", "2024-04-07T01:59:59+11:00", ["+11:00", "+10:30"], "2024-04-06T15:00:00.000Z"),
]
LASTING = timedelta(minutes=10)


@pytest.mark.parametrize(("zone", "start", "offsets", "change"), CASES)
async def test_offsets_rise_in_elapsed_time(
    legal: Legal, zone: str, start: str, offsets: list[str], change: str
) -> None:
    room, began = legal.room, datetime.fromisoformat(start)
    room.clock.set(began)
    conversation, participant = await room.calls.talk(room.agent.id)
    opened = await room.open_for(conversation, participant, zone=zone, started_at=began)
    file, key = await room.begin(opened)
    room.write(file, pages_of(tone(0.2)), LASTING)
    await room.stop(opened)
    recording = await seal_spooled(room.context, room.vault, file.finish(Counts(11, 0)), key)
    await room.calls.hang_up(conversation)
    export = await legal.sealed(vendor_media=True)
    report = legal.verify(export)
    assert report.holds, report.sentence

    data = legal.path() / "data"
    mine = data / "conversations" / conversation.id
    first = began.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")
    told: dict[str, list[dict[str, str]]] = {
        "recording.json": json.loads((mine / f"{recording.id}.recording.json").read_text())["offsets"],
        "vendor": json.loads(next(data.glob("vendor/**/*_metadata.json")).read_text())["offsets"],
    }
    for form, each in told.items():
        assert [one["utcOffset"] for one in each] == offsets, form
        assert [one["from"] for one in each] == [first, change], form
    dialog = json.loads((mine / "vcon.json").read_text())["dialog"][0]
    assert datetime.fromisoformat(dialog["start"]) == began
    assert dialog["start"].endswith(offsets[0])
    moves = [datetime.fromisoformat(each["time"]) for each in dialog["party_history"]]
    assert moves == sorted(moves)
    row = (data / "load/export.dat").read_bytes().decode("utf-8-sig").split("\r\n")[1]
    assert f"{first} {offsets[0]}; {change} {offsets[1]}" in row
    edrm = (data / "load/edrm.xml").read_text()
    assert f'TagName="OFFSETS" TagDataType="Text" TagValue="{first} {offsets[0]}; {change} {offsets[1]}"' in edrm
    certificate = (legal.path() / "certificate/custody.html").read_text()
    assert_utc(certificate)
    vendor = json.loads(next(data.glob("vendor/**/*_metadata.json")).read_text())
    assert instants(vendor["startTime"], vendor["endTime"]) == LASTING
    metadata: dict[str, Any] = json.loads((mine / f"{recording.id}.recording.json").read_text())["metadata"]
    assert instants(metadata["started_at"], metadata["ended_at"]) == LASTING
    assert f"{began.astimezone(UTC):hour=%H}" in " ".join(files(data / "vendor"))


def instants(start: str, end: str) -> timedelta:
    return datetime.fromisoformat(end) - datetime.fromisoformat(start)


def assert_utc(text: str) -> None:
    """Every instant that people read there is in UTC: none of two hours of the same name."""
    found = re.findall(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[^\s<&;]*", text)
    assert found
    assert all(each.rstrip(".,").endswith("Z") for each in found), found
