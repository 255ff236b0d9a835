"""The sound over HTTP: whole and in parts, with a token or a ticket, and never without a trace."""

import traceback
from datetime import timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import numpy as np
import pytest
from litestar.exceptions import LitestarException
from tests.store.recordings.conftest import START, Api, Room

from shiftline.identity.operations.people import change_state
from shiftline.identity.operations.tokens import revoke_tokens_of
from shiftline.recordings.events import RecordingAccessed
from shiftline.recordings.keys import rotate_key_file
from shiftline.recordings.model import Recording, RecordingSettings
from shiftline.recordings.operations.policies import set_settings
from unit.recordings.sounds import RATE, heard, loudest, tone

SOUND = tone(3.0)
VIEW = "recording:recording:view"


def media(recording: Recording) -> str:
    return f"/api/v2/shiftline/recordings/{recording.id}/media"


async def accesses(room: Room) -> list[tuple[object, ...]]:
    rows = await room.rows("select * from recordings.access_log order by real_at")
    return [(row["actor_id"], row["what"], row["allowed"], row["first_byte"], row["last_byte"]) for row in rows]


def stored(tmp_path: Path) -> Path:
    (file,) = (path for path in (tmp_path / "objects").rglob("*") if path.is_file())
    return file


async def test_who_may_hears_what_was_said(room: Room, api: Api) -> None:
    recording = await room.sealed()
    answer = await api.call("GET", media(recording))
    assert (answer.status_code, answer.headers["content-type"]) == (200, "audio/ogg")
    assert answer.content == SOUND
    assert loudest(heard(answer.content)) == pytest.approx(440, abs=2)
    assert answer.headers["content-length"] == str(len(SOUND))
    assert answer.headers["accept-ranges"] == "bytes"
    assert answer.headers["etag"] == f'"{recording.sha256 and recording.sha256.hex()}"'
    name = f"2023-10-27_06-00-00_{recording.id}.ogg"  # the wall clock of Chicago
    assert answer.headers["content-disposition"] == f"inline; filename=\"{name}\"; filename*=UTF-8''{name}"
    assert await accesses(room) == [("admin-1", "media", True, None, None)]
    (news,) = await room.tenant.news(RecordingAccessed)
    assert (news.recording_id, news.what, news.allowed) == (recording.id, "media", True)


@pytest.mark.parametrize(
    ("asked", "start", "stop"),
    [
        ("bytes=0-", 0, len(SOUND)),
        ("bytes=0-99", 0, 100),
        ("bytes=1000-20999", 1000, 21_000),
        ("bytes=29000-99999999", 29_000, len(SOUND)),
        ("bytes=-100", len(SOUND) - 100, len(SOUND)),
        ("Bytes=5-5", 5, 6),
    ],
)
async def test_a_part_is_heard(room: Room, api: Api, asked: str, start: int, stop: int) -> None:
    recording = await room.sealed()
    answer = await api.call("GET", media(recording), Range=asked)
    assert answer.status_code == 206
    assert answer.content == SOUND[start:stop]
    assert answer.headers["content-range"] == f"bytes {start}-{stop - 1}/{len(SOUND)}"
    assert answer.headers["content-length"] == str(stop - start)


@pytest.mark.parametrize("asked", ["bytes=5-2", "bytes=0-1,5-6", "pages=1-2", "bytes=", "bytes=-", "nonsense"])
async def test_a_range_that_is_none_is_left_unheeded(room: Room, api: Api, asked: str) -> None:
    recording = await room.sealed()
    answer = await api.call("GET", media(recording), Range=asked)
    assert (answer.status_code, answer.content) == (200, SOUND)


@pytest.mark.parametrize("asked", [f"bytes={len(SOUND)}-", "bytes=999999999999-", "bytes=-0"])
async def test_a_range_outside_is_refused_with_the_size(room: Room, api: Api, asked: str) -> None:
    recording = await room.sealed()
    answer = await api.call("GET", media(recording), Range=asked)
    assert (answer.status_code, answer.headers["content-range"]) == (416, f"bytes */{len(SOUND)}")
    assert (answer.json()["code"], answer.json()["details"][0]["fieldName"]) == ("range.not.satisfiable", "Range")


async def test_a_part_of_another_sound_is_all_of_this_one(room: Room, api: Api) -> None:
    recording = await room.sealed()
    assert recording.sha256 is not None
    mine, other = f'"{recording.sha256.hex()}"', f'"{bytes(32).hex()}"'
    answer = await api.call("GET", media(recording), Range="bytes=0-9", If_Range=mine)
    assert (answer.status_code, len(answer.content)) == (206, 10)
    answer = await api.call("GET", media(recording), Range="bytes=0-9", If_Range=other)
    assert (answer.status_code, len(answer.content)) == (200, len(SOUND))


async def test_head_tells_the_length(room: Room, api: Api) -> None:
    recording = await room.sealed()
    answer = await api.call("HEAD", media(recording))
    assert (answer.status_code, answer.content) == (200, b"")
    assert (answer.headers["content-length"], answer.headers["content-type"]) == (str(len(SOUND)), "audio/ogg")
    assert answer.headers["accept-ranges"] == "bytes"
    assert await accesses(room) == [("admin-1", "head", True, None, None)]


async def test_a_download_is_named_as_asked(room: Room, api: Api) -> None:
    recording = await room.sealed()
    answer = await api.call("GET", media(recording) + "?download=true&fileName=A%20%22call%22%20%C3%BC.ogg")
    expected = "attachment; filename=\"A _call_ _.ogg\"; filename*=UTF-8''A%20%22call%22%20%C3%BC.ogg"
    assert answer.headers["content-disposition"] == expected
    for wrong in ("a/b", "a%0D%0AX-Injected:%201", "x" * 200):
        answer = await api.call("GET", f"{media(recording)}?fileName={wrong}")
        assert (answer.status_code, answer.json()["details"][0]["fieldName"]) == (400, "fileName")


async def test_an_empty_recording_is_heard_as_nothing(room: Room, api: Api) -> None:
    opened = await room.open()
    await room.stop(opened)
    recording = await room.record(opened, b"")
    answer = await api.call("GET", media(recording))
    assert (answer.status_code, answer.content) == (200, b"")
    answer = await api.call("GET", media(recording), Range="bytes=0-")
    assert answer.status_code == 416


async def test_a_long_recording_is_read_piece_by_piece(room: Room, api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    from shiftline.recordings.operations import playing

    monkeypatch.setattr(playing, "MOST_AT_ONCE", 4096)
    recording = await room.sealed()
    answer = await api.call("GET", media(recording), Range="bytes=777-28000")
    assert answer.content == SOUND[777:28001]


# Who


async def test_who_may_not_is_refused_and_stands_in_the_log(room: Room, api: Api) -> None:
    recording = await room.sealed()
    other = await room.tenant.person("Ben Ito")
    answer = await api.call("GET", media(recording), other)
    assert (answer.status_code, answer.json()["messageParams"]["permissions"]) == (403, VIEW)
    assert await accesses(room) == [(other.id, "media", False, None, None)]
    (news,) = await room.tenant.news(RecordingAccessed)
    assert (news.allowed, news.code) == (False, "permission.missing")


async def test_an_agent_hears_their_own_calls_only_with_the_permission(room: Room, api: Api) -> None:
    recording = await room.sealed()
    assert recording.person_id == room.agent.id
    assert (await api.call("GET", media(recording), room.agent)).status_code == 403


async def test_the_permission_counts_in_the_calls_division(room: Room, api: Api) -> None:
    recording = await room.sealed()
    north = await room.tenant.person("North", VIEW, division_id=room.calls.division_id)
    (home,) = await room.rows('select id from "authorization".division where home')
    elsewhere = await room.tenant.person("Elsewhere", VIEW, division_id=home["id"])
    assert (await api.call("GET", media(recording), north)).status_code == 200
    assert (await api.call("GET", media(recording), elsewhere)).status_code == 403


async def test_another_tenants_recordings_do_not_exist(room: Room, api: Api, other_tenant: object) -> None:
    from tests.store.conftest import Tenant

    assert isinstance(other_tenant, Tenant)
    recording = await room.sealed()
    api.room.tenant.tokens["admin-2"] = other_tenant.tokens["admin-2"]
    for path in ("", "/media", "/peaks", "/revisions", "/accesses"):
        answer = await api.call("GET", f"/api/v2/shiftline/recordings/{recording.id}{path}", "admin-2")
        assert answer.status_code == 404, path
    assert await accesses(room) == []


async def test_nobody_hears_anything(room: Room, api: Api) -> None:
    recording = await room.sealed()
    answer = await api.call("GET", media(recording), None)
    assert (answer.status_code, answer.json()["code"]) == (401, "ticket.invalid")
    answer = await api.call("GET", media(recording), None, Authorization="Bearer nonsense")
    assert answer.status_code == 401
    assert await accesses(room) == []


@pytest.mark.parametrize("state", ["open", "stopping"])
async def test_what_is_still_being_made_is_not_heard(room: Room, api: Api, state: str) -> None:
    opened = await room.open()
    if state == "stopping":
        await room.stop(opened)
    answer = await api.call("GET", f"/api/v2/shiftline/recordings/{opened.id}/media")
    assert (answer.status_code, answer.json()["code"]) == (409, f"recording.{state}")
    assert (await api.call("GET", "/api/v2/shiftline/recordings/nothing/media")).status_code == 404


# Tickets


async def ticketed(api: Api, recording: Recording, who: object = "admin-1") -> str:
    """The media uri of a recording without its host."""
    path = f"/api/v2/conversations/{recording.conversation_id}/recordings/{recording.id}"
    uri = (await api.get(path, who))["mediaUris"]["0"]["mediaUri"]  # type: ignore[arg-type]
    parts = urlsplit(uri)
    assert f"{parts.scheme}://{parts.netloc}" == "https://api.localhost:8443"
    return f"{parts.path}?{parts.query}"


async def test_a_media_uri_is_heard_without_a_header(room: Room, api: Api) -> None:
    recording = await room.sealed()
    uri = await ticketed(api, recording)
    assert (await api.call("GET", uri, None)).content == SOUND
    answer = await api.call("GET", uri, None, Range="bytes=0-9")
    assert (answer.status_code, answer.content) == (206, SOUND[:10])
    assert await accesses(room) == [("admin-1", "media", True, None, None), ("admin-1", "media", True, 0, 9)]
    rows = await room.rows("select distinct by_ticket from recordings.access_log")
    assert rows == [{"by_ticket": True}]


async def test_a_ticket_is_for_one_recording(room: Room, api: Api) -> None:
    first, second = await room.sealed(), await room.sealed()
    uri = (await ticketed(api, first)).replace(first.id, second.id)
    answer = await api.call("GET", uri, None)
    assert (answer.status_code, answer.json()["code"]) == (401, "ticket.invalid")


async def test_a_ticket_that_was_changed_is_none(room: Room, api: Api) -> None:
    recording = await room.sealed()
    uri = await ticketed(api, recording)
    ticket = parse_qs(urlsplit(uri).query)["ticket"][0]
    flipped = ["A" if letter != "A" else "B" for letter in ticket]
    for index in range(0, len(ticket), 5):
        wrong = ticket[:index] + flipped[index] + ticket[index + 1 :]
        assert (await api.call("GET", f"{media(recording)}?ticket={wrong}", None)).status_code == 401, index
    for wrong in ("", "x", "%FF", "A" * 200, ticket + "AAAA", ticket[:-4]):
        assert (await api.call("GET", f"{media(recording)}?ticket={wrong}", None)).status_code == 401, wrong


async def test_a_ticket_ends(room: Room, api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    await set_settings(room.tenant.context, RecordingSettings(playback_minutes=2))
    recording = await room.sealed()
    uri = await ticketed(api, recording)
    assert (await api.call("GET", uri, None)).status_code == 200
    real_now = room.clock.real_now
    monkeypatch.setattr(room.clock, "real_now", lambda: real_now() + timedelta(minutes=2, seconds=1))
    answer = await api.call("GET", uri, None)
    assert (answer.status_code, "time is over" in answer.json()["message"]) == (401, True)


async def test_a_ticket_holds_over_a_new_key(room: Room, api: Api, tmp_path: Path) -> None:
    recording = await room.sealed()
    uri = await ticketed(api, recording)
    rotate_key_file(tmp_path / "keys.json", START)
    assert (await api.call("GET", uri, None)).content == SOUND


async def test_a_revoked_token_takes_its_tickets_with_it(room: Room, api: Api) -> None:
    recording = await room.sealed()
    ben = await room.tenant.person("Ben Ito", VIEW)
    uri = await ticketed(api, recording, ben)
    assert (await api.call("GET", uri, None)).status_code == 200
    await revoke_tokens_of(room.tenant.context, ben.id)
    assert (await api.call("GET", uri, None)).status_code == 401


async def test_a_permission_that_was_taken_counts_at_once(room: Room, api: Api) -> None:
    from shiftline.authorization.operations import replace_grants

    recording = await room.sealed()
    ben = await room.tenant.person("Ben Ito", VIEW)
    uri = await ticketed(api, recording, ben)
    await replace_grants(room.tenant.context, ben.id, [])
    assert (await api.call("GET", uri, None)).status_code == 403


async def test_whoever_was_deactivated_hears_nothing_more(room: Room, api: Api) -> None:
    recording = await room.sealed()
    ben = await room.tenant.person("Ben Ito", VIEW)
    uri = await ticketed(api, recording, ben)
    await change_state(room.tenant.context, ben.id, "inactive", version=None)
    assert (await api.call("GET", uri, None)).status_code == 403


# Storage that fails


async def test_without_keys_there_is_no_sound_and_no_ticket(room: Room, api: Api, tmp_path: Path) -> None:
    recording = await room.sealed()
    (tmp_path / "keys.json").rename(tmp_path / "away.json")
    answer = await api.call("GET", media(recording))
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "30")
    assert "key-encryption keys" in answer.json()["message"]
    assert "ticket" not in await ticketed(api, recording)


async def test_a_key_that_is_gone_is_named(room: Room, api: Api, tmp_path: Path) -> None:
    from shiftline.recordings.keys import create_key_file

    recording = await room.sealed()
    (tmp_path / "keys.json").unlink()
    create_key_file(tmp_path / "keys.json", START)
    answer = await api.call("GET", media(recording))
    assert answer.status_code == 503
    assert str(recording.key_id) in answer.json()["message"]


async def test_an_object_that_is_gone_is_told(room: Room, api: Api, tmp_path: Path) -> None:
    recording = await room.sealed()
    stored(tmp_path).unlink()
    answer = await api.call("GET", media(recording))
    assert (answer.status_code, "not where it was stored" in answer.json()["message"]) == (503, True)


@pytest.mark.parametrize("place", [3, 20, -3, -40])
async def test_an_object_that_was_changed_at_its_ends_is_told(room: Room, api: Api, tmp_path: Path, place: int) -> None:
    recording = await room.sealed()
    file = stored(tmp_path)
    content = bytearray(file.read_bytes())
    content[place] ^= 1
    file.write_bytes(content)
    answer = await api.call("GET", media(recording))
    assert (answer.status_code, "is not what was sealed" in answer.json()["message"]) == (503, True)


async def test_no_byte_of_a_changed_chunk_is_sent(room: Room, api: Api, tmp_path: Path) -> None:
    recording = await room.sealed()
    file = stored(tmp_path)
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(content)
    start = await api.call("GET", media(recording), Range="bytes=0-2000")
    assert start.content == SOUND[:2001]  # what is whole is heard
    with pytest.raises(LitestarException, match="after response started") as broken:  # a server breaks off there
        await api.call("GET", media(recording))
    assert "MediaUnavailable" in "".join(traceback.format_exception(broken.value))


# Waveforms


async def test_a_waveform_shows_what_is_heard(room: Room, api: Api) -> None:
    recording = await room.sealed()
    peaks = await api.get(f"/api/v2/shiftline/recordings/{recording.id}/peaks")
    assert {name: peaks[name] for name in ("version", "channels", "sample_rate", "bits")} == {
        "version": 2,
        "channels": 1,
        "sample_rate": RATE,
        "bits": 8,
    }
    assert peaks["length"] * 2 == len(peaks["data"])
    assert peaks["length"] == -(-3 * RATE // peaks["samples_per_pixel"])
    samples = heard(SOUND)[: peaks["samples_per_pixel"] * (peaks["length"] - 1)]
    pixels = samples.reshape(-1, peaks["samples_per_pixel"])
    drawn = np.array(peaks["data"][: 2 * len(pixels)]).reshape(-1, 2)
    assert np.abs(drawn[:, 0] - pixels.min(axis=1) * 128).max() <= 1.1
    assert np.abs(drawn[:, 1] - pixels.max(axis=1) * 128).max() <= 1.1
    assert drawn[:, 1].max() > 30


async def test_a_waveform_is_computed_once_and_logged_each_time(room: Room, api: Api, tmp_path: Path) -> None:
    recording = await room.sealed()
    path = f"/api/v2/shiftline/recordings/{recording.id}/peaks"
    first = await api.get(path)
    stored(tmp_path).unlink()
    assert await api.get(path) == first
    other = await room.tenant.person("Ben Ito")
    assert (await api.call("GET", path, other)).status_code == 403
    assert [each[:3] for each in await accesses(room)] == [
        ("admin-1", "peaks", True),
        ("admin-1", "peaks", True),
        (other.id, "peaks", False),
    ]


async def test_an_empty_recording_has_an_empty_waveform(room: Room, api: Api) -> None:
    opened = await room.open()
    recording = await room.record(opened, b"")
    peaks = await api.get(f"/api/v2/shiftline/recordings/{recording.id}/peaks")
    assert (peaks["length"], peaks["data"]) == (0, [])


async def test_what_cannot_be_decoded_is_told(room: Room, api: Api) -> None:
    from shiftline.recordings.container import Counts
    from shiftline.recordings.operations.sealing import seal_spooled

    opened = await room.open()
    file, key = await room.begin(opened)
    file.write(b"this is no sound")
    recording = await seal_spooled(room.context, room.vault, file.finish(Counts(1, 0)), key)
    answer = await api.call("GET", f"/api/v2/shiftline/recordings/{recording.id}/peaks")
    assert (answer.status_code, "cannot be decoded" in answer.json()["message"]) == (503, True)
