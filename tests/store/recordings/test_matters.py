"""Matters hold recordings: by whatever names them, at once or in batches, and what is sealed later."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from tests.store.recordings.conftest import START, Api, Room

from shiftline.authorization.operations import create_division
from shiftline.foundation.context import Actor
from shiftline.foundation.errors import Conflict
from shiftline.foundation.web.paging import Page
from shiftline.recordings.matters.errors import (
    MatterClosed,
    MatterIsProtection,
    MatterNameTaken,
    NotHeld,
    NothingMatches,
    SelectionEmpty,
)
from shiftline.recordings.matters.events import HoldPlaced, MatterOpened
from shiftline.recordings.matters.model import HoldDraft, HoldState, Matter, MatterDraft, MatterState, Selection
from shiftline.recordings.matters.operations import opening, placing, taking
from shiftline.recordings.matters.operations.asking import find_holders, list_held_recordings
from shiftline.recordings.model import Recording
from unit.recordings.sounds import tone

MATTERS = "/api/v2/shiftline/matters"


async def opened(room: Room, name: str = "Doe v. Northwind") -> Matter:
    return await opening.open_matter(room.tenant.context, MatterDraft(name, "Ordered by the court."))


async def place(room: Room, matter: Matter, standing: bool = False, **selection: Any) -> Any:
    draft = HoldDraft(Selection(**selection), "Litigation", standing)
    return await placing.place_hold(room.tenant.context, matter.id, draft)


async def held_by(room: Room) -> dict[str, int]:
    return {row["id"]: row["held_by"] for row in await room.rows("select id, held_by from recordings.recording")}


async def kinds(room: Room, subject_id: str) -> list[str]:
    rows = await room.rows("select kind from ledger.entry where subject_id = %(id)s order by real_at", id=subject_id)
    return [row["kind"] for row in rows]


async def copies(room: Room, recording: Recording, count: int) -> list[str]:
    """As many more recordings like a sealed one, each a second later."""
    rows = await room.rows(
        """insert into recordings.recording
           select (jsonb_populate_record(r, jsonb_build_object('id', 'copy-' || lpad(n::text, 6, '0'),
                  'started_at', r.started_at + n * interval '1 second', 'ended_at', r.ended_at + n * interval '1 second', 'stop_at', null, 'stop_by', null))).*
           from recordings.recording r, generate_series(1, %(count)s) n where r.id = %(id)s returning id""",
        id=recording.id,
        count=count,
    )
    return sorted(row["id"] for row in rows)


async def test_a_matter_holds_what_is_named_and_all_that_is_named_combines(room: Room) -> None:
    first, second = await room.sealed(0.2), await room.sealed(0.2)
    matter = await opened(room)
    hold = await place(room, matter, recording_ids=[first.id, second.id], conversation_ids=[second.conversation_id])
    assert (hold.state, hold.total, hold.taken) == (HoldState.DONE, 1, 1)
    assert await held_by(room) == {first.id: 0, second.id: 1}
    again = await place(room, matter, person_ids=[room.agent.id])
    assert (again.total, again.taken, again.already) == (2, 1, 1)
    other = await opened(room, "Roe v. Northwind")
    await place(room, other, recording_ids=[second.id])
    assert await held_by(room) == {first.id: 1, second.id: 2}
    async with room.context.reader() as reader:
        holders = await find_holders(reader, "org-1", [first.id, second.id])
        listed = await list_held_recordings(reader, "org-1", matter.id, limit=1)
        rest = await list_held_recordings(
            reader, "org-1", matter.id, after=(listed[0].started_at, listed[0].recording_id)
        )
    assert [each.matter_name for each in holders[second.id]] == ["Doe v. Northwind", "Roe v. Northwind"]
    assert [each.matter_id for each in holders[first.id]] == [matter.id]
    assert {each.recording_id for each in (*listed, *rest)} == {first.id, second.id}


@pytest.mark.parametrize(
    "selection",
    [
        {"recording_ids": ["nothing"]},
        {"conversation_ids": ["nothing"]},
        {"person_ids": ["nobody"]},
        {"queue_ids": ["nowhere"]},
    ],
)
async def test_a_selection_that_matches_nothing_is_refused(room: Room, selection: dict[str, Any]) -> None:
    await room.sealed(0.2)
    matter = await opened(room)
    with pytest.raises(NothingMatches, match="matches no recording"):
        await place(room, matter, **selection)
    with pytest.raises(SelectionEmpty):
        await place(room, matter)
    assert await room.rows("select * from recordings.hold") == []


async def test_only_closing_a_matter_or_naming_recordings_releases_them(room: Room) -> None:
    first, second = await room.sealed(0.2), await room.sealed(0.2)
    matter = await opened(room)
    await place(room, matter, person_ids=[room.agent.id])
    with pytest.raises(NotHeld, match="nothing-such"):
        await opening.release_recordings(room.tenant.context, matter.id, [first.id, "nothing-such"], "Not theirs")
    released = await opening.release_recordings(room.tenant.context, matter.id, [first.id], "Privileged")
    assert released.held == 1
    assert await held_by(room) == {first.id: 0, second.id: 1}
    closed = await opening.close_matter(room.tenant.context, matter.id, "Settled")
    assert (closed.state, closed.held, closed.close_reason) == (MatterState.CLOSED, 0, "Settled")
    assert (await opening.close_matter(room.tenant.context, matter.id, "again")).close_reason == "Settled"
    with pytest.raises(MatterClosed, match="admin-1"):
        await place(room, matter, person_ids=[room.agent.id])
    assert await held_by(room) == {first.id: 0, second.id: 0}
    assert (await kinds(room, first.id))[-2:] == ["recording.held", "recording.released"]
    assert await kinds(room, matter.id) == ["matter.opened", "hold.released", "matter.closed"]


async def test_matters_have_names_of_their_own(room: Room) -> None:
    await opened(room)
    with pytest.raises(MatterNameTaken, match="already a matter"):
        await opened(room, "doe v. northwind")
    news = await room.tenant.news(MatterOpened, HoldPlaced)
    assert [type(each) for each in news] == [MatterOpened]


@pytest.mark.parametrize(
    "statement",
    [
        "delete from recordings.held",
        "delete from recordings.recording",
        "update recordings.held set since = now()",
        "update recordings.held set released_at = null",
        "update recordings.recording set held_by = -1",
    ],
)
async def test_what_tells_of_holds_cannot_be_changed(room: Room, statement: str) -> None:
    recording = await room.sealed(0.2)
    await place(room, await opened(room), recording_ids=[recording.id])
    with pytest.raises(Exception, match=r"evidence|contradicts"):
        await room.rows(f"{statement} returning 1")


async def test_a_held_recording_cannot_be_destroyed_whatever_the_code_does(room: Room) -> None:
    recording = await room.sealed(0.2)
    await place(room, await opened(room), recording_ids=[recording.id])
    with pytest.raises(Conflict, match="recording_held_is_kept"):
        await room.rows(
            "update recordings.recording set state = 'destroyed', destroyed_at = now(), wrapped_key = null, key_id = null,"
            " object_key = null returning id"
        )


# Standing holds


async def test_a_standing_hold_takes_what_is_sealed_later_until_its_matter_is_closed(room: Room) -> None:
    matter = await opened(room)
    hold = await place(room, matter, person_ids=[room.agent.id], standing=True)
    assert (hold.total, hold.state) == (0, HoldState.DONE)
    recording = await room.sealed(0.2)
    stranger = await room.tenant.person("Somebody else")
    conversation, participant = await room.calls.talk(stranger.id)
    other = await room.open_for(conversation, participant)
    await room.record(other, tone(0.2))
    assert await held_by(room) == {recording.id: 1, other.id: 0}
    again = await placing.get_hold(room.tenant.context, matter.id, hold.id)
    assert (again.taken, again.later) == (0, 1)
    await opening.close_matter(room.tenant.context, matter.id, "Settled")
    later = await room.sealed(0.2)
    assert await held_by(room) == {recording.id: 0, other.id: 0, later.id: 0}


async def test_a_standing_hold_of_somebody_unknown_is_refused(room: Room) -> None:
    with pytest.raises(Exception, match=r"selection\.userIds: there is no nobody"):
        await place(room, await opened(room), person_ids=["nobody"], standing=True)


async def test_what_is_sealed_while_a_standing_hold_is_placed_is_held(room: Room) -> None:
    matter = await opened(room)
    recordings = [await room.open() for _ in range(6)]

    async def placed() -> None:
        await asyncio.sleep(0.02)
        await place(room, matter, person_ids=[room.agent.id], standing=True)

    await asyncio.gather(placed(), *(room.record(each, tone(0.2)) for each in recordings))
    assert set((await held_by(room)).values()) == {1}


# Many


async def test_many_are_taken_in_batches_paused_and_resumed(room: Room) -> None:
    recording = await room.sealed(0.2)
    ids = await copies(room, recording, 1200)
    matter = await opened(room)
    hold = await place(room, matter, person_ids=[room.agent.id])
    assert (hold.state, hold.total, hold.taken) == (HoldState.RUNNING, 1201, 0)
    system = room.context.acting_as(Actor("org-1", "system", person_id="admin-1"))
    assert await taking.take_batch(system, hold.id)
    paused = await placing.pause_hold(room.tenant.context, matter.id, hold.id)
    assert (paused.state, paused.taken) == (HoldState.PAUSED, 500)
    assert not await taking.take_batch(system, hold.id)
    assert await taking.continue_all(room.context) == 0
    await placing.resume_hold(room.tenant.context, matter.id, hold.id)
    await taking.continue_all(room.context)
    done = await placing.get_hold(room.tenant.context, matter.id, hold.id)
    assert (done.state, done.taken, done.done, done.ended_at) == (
        HoldState.DONE,
        1201,
        1201,
        START + timedelta(seconds=3),
    )
    held, total = await opening.list_held(room.tenant.context, matter.id, Page(size=5))
    assert (total, [each.recording_id for each in held]) == (1201, ids[:-6:-1])
    closing = await opening.close_matter(room.tenant.context, matter.id, "Settled")
    assert (closing.state, closing.held) == (MatterState.CLOSING, 1201)
    await taking.continue_all(room.context)
    closed = await opening.get_matter(room.tenant.context, matter.id)
    assert (closed.state, closed.held) == (MatterState.CLOSED, 0)
    assert set((await held_by(room)).values()) == {0}
    (row,) = await room.rows("select count(*) from ledger.entry where kind = 'recording.held'")
    assert row["count"] == 1201


# The API


async def test_matters_over_http(api: Api) -> None:
    recording = await api.room.sealed(0.2)
    answer = await api.call("POST", MATTERS, body={"name": "Doe v. Northwind"})
    assert answer.status_code == 201, answer.text
    matter = answer.json()
    assert (await api.call("POST", MATTERS, body={"name": "Doe v. Northwind"})).status_code == 409
    body = {"selection": {"userIds": [api.room.agent.id]}, "reason": "Litigation"}
    placed = await api.call("POST", f"{matter['selfUri']}/holds", body=body)
    assert placed.status_code == 201, placed.text
    assert placed.json()["taken"] == 1
    assert (await api.get(placed.json()["selfUri"]))["state"] == "done"
    (held,) = (await api.get(f"{matter['selfUri']}/recordings"))["entities"]
    assert held["recordingId"] == recording.id
    interval = {"selection": {"interval": "2020-01-01T00:00:00Z/2020-01-02T00:00:00Z"}, "reason": "None"}
    nothing = await api.call("POST", f"{matter['selfUri']}/holds", body=interval)
    assert (nothing.status_code, nothing.json()["code"]) == (400, "hold.nothing.matches")
    over = await api.call("POST", f"{placed.json()['selfUri']}/pause")
    assert (over.status_code, over.json()["code"]) == (409, "hold.done")
    closed = await api.call("POST", f"{matter['selfUri']}/close", body={"reason": "Settled"})
    assert (closed.json()["state"], closed.json()["heldRecordings"]) == ("closed", 0)
    assert (await api.get(f"{MATTERS}?state=open"))["total"] == 0
    assert (await api.get(MATTERS))["entities"][0]["closeReason"] == "Settled"


async def test_who_may_not_hold_in_a_division_holds_nothing_there(api: Api) -> None:
    await api.room.sealed(0.2)
    matter = (await api.call("POST", MATTERS, body={"name": "Doe"})).json()
    body = {"selection": {"userIds": [api.room.agent.id]}, "reason": "Litigation"}
    nobody = await api.room.tenant.person("Nobody")
    assert (await api.call("POST", f"{matter['selfUri']}/holds", nobody, body)).status_code == 403
    division = await create_division(api.room.tenant.context, "Elsewhere", None)
    elsewhere = await api.room.tenant.person("Elsewhere", "recording:hold:add", division_id=division.id)
    refused = await api.call("POST", f"{matter['selfUri']}/holds", elsewhere, body)
    assert (refused.status_code, refused.json()["code"]) == (400, "hold.nothing.matches")


async def test_the_vendors_protection_holds_in_a_matter_of_its_name(api: Api) -> None:
    recording = await api.room.sealed(0.2)
    path, body = "/api/v2/recordings/deletionprotection", {"conversationIds": [recording.conversation_id, "nothing"]}
    answer = await api.call("PUT", f"{path}?protect=true", body=body)
    assert answer.status_code == 200, answer.text
    (failed,) = answer.json()["failedUpdates"]
    assert (failed["conversation"]["id"], failed["errorCode"]) == ("nothing", "not.found")
    assert await held_by(api.room) == {recording.id: 1}
    listed = await api.call("POST", path, body=body)
    assert [each["id"] for each in listed.json()] == [recording.conversation_id]
    (matter,) = (await api.get(MATTERS))["entities"]
    assert (matter["name"], matter["kind"], matter["heldRecordings"]) == ("Deletion protection", "protection", 1)
    with pytest.raises(MatterIsProtection):
        await opening.close_matter(api.room.tenant.context, matter["id"], "?")
    again = await api.call("PUT", f"{path}?protect=true", body={"conversationIds": [recording.conversation_id]})
    assert again.json() == {"failedUpdates": []}
    freed = await api.call("PUT", f"{path}?protect=false", body={"conversationIds": [recording.conversation_id]})
    assert freed.json() == {"failedUpdates": []}
    assert await held_by(api.room) == {recording.id: 0}
