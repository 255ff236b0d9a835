"""Exports by the API: begun, told, paused, resumed, cancelled; and what is refused."""

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
from tests.store.conftest import Tenant
from tests.store.discovery.legal import Legal

from shiftline.authorization.operations import get_home_division
from shiftline.discovery.exports.endpoints import ROUTES
from shiftline.discovery.exports.events import ExportAdvanced, ExportCreated, ExportSealed
from shiftline.discovery.exports.model import Selection, Status
from shiftline.discovery.exports.operations import asking, storing
from shiftline.discovery.exports.topics import notifications
from shiftline.foundation.context import Actor
from shiftline.foundation.database import Database
from shiftline.foundation.web.application import WebOptions, build
from shiftline.identity.operations.tokens import authenticate
from shiftline.recordings.matters.model import HoldDraft, MatterDraft
from shiftline.recordings.matters.model import Selection as Wanted
from shiftline.recordings.matters.operations.opening import open_matter
from shiftline.recordings.matters.operations.placing import place_hold

EXPORTS = "/api/v2/shiftline/discovery/exports"


@dataclass
class Asking:
    legal: Legal
    client: httpx.AsyncClient

    async def call(self, method: str, path: str = "", body: Any = None, token: str | None = None) -> httpx.Response:
        said = token or self.legal.room.tenant.tokens["admin-1"]
        return await self.client.request(
            method, f"{EXPORTS}{path}", json=body, headers={"Authorization": f"Bearer {said}"}
        )

    async def begin(self, **more: Any) -> httpx.Response:
        body = {
            "matterName": "Doe v. Example",
            "reason": "request no. 3",
            "selection": {},
            "destination": {"type": "folder", "name": "one"},
            **more,
        }
        return await self.call("POST", "", body)


@pytest.fixture
async def api(legal: Legal, database: Database) -> AsyncIterator[Asking]:
    async def who(token: str) -> Actor:
        return await authenticate(database, legal.room.clock, token)

    options = WebOptions("localhost:8443", extra_state={"places": legal.places})
    app: Any = build(ROUTES, database=database, clock=legal.room.clock, authenticate=who, options=options)
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="https://api.localhost:8443") as client:
        yield Asking(legal, client)


async def test_an_export_from_its_request_to_its_log(api: Asking) -> None:
    (recording,) = await api.legal.calls(1)
    begun = await api.begin(selection={"userIds": [api.legal.room.agent.id], "channels": ["call"]})
    assert begun.status_code == 202, begun.text
    told = begun.json()
    assert (told["status"], told["step"], told["operator"]) == ("running", "draft", {"id": "admin-1", "name": "Admin"})
    assert told["query"] == {"agents": [api.legal.room.agent.id], "channels": ["call"]}
    state = await asking.get_export(api.legal.admin, told["id"])
    await api.legal.run(state)
    told = (await api.call("GET", f"/{state.id}")).json()
    assert (told["status"], told["step"], told["problem"]) == ("sealed", "sealed", None)
    assert told["objects"]["stored"] == told["objects"]["total"] > 20
    steps = (await api.call("GET", f"/{state.id}/steps")).json()["entities"]
    assert [each["what"] for each in steps][::-1] == [
        "draft", "frozen", "proven", "planned", "stored", "logged", "manifested", "stamped", "tagged", "timestamped",
        "anchored", "sealed",
    ]  # fmt: skip
    log = (await api.call("GET", f"/{state.id}/log?pageSize=100&userId={api.legal.room.agent.id}")).json()
    paths = {each["path"]: each for each in log["entities"]}
    sound = paths[f"data/conversations/{recording.conversation_id}/{recording.id}.ogg"]
    assert recording.sha256 is not None
    assert (sound["sha256"], sound["size"], sound["attempts"]) == (recording.sha256.hex(), recording.size, 1)
    file = await api.call("GET", f"/{state.id}/log.csv")
    assert file.headers["content-type"].startswith("text/csv")
    assert len(file.text.splitlines()) == 1 + told["objects"]["total"]
    of_it = (await api.call("GET", f"?recordingId={recording.id}")).json()
    assert [each["id"] for each in of_it["entities"]] == [state.id]
    news = await api.legal.room.tenant.news(ExportCreated, ExportAdvanced, ExportSealed)
    topics = {each.topic for event in news for each in notifications(event)}
    assert topics == {f"v2.shiftline.discovery.exports.{state.id}"}
    assert isinstance(news[0], ExportCreated)


async def test_what_matches_nothing_is_refused(api: Asking) -> None:
    nothing = await api.begin()
    assert (nothing.status_code, nothing.json()["code"]) == (400, "export.selection.empty")
    assert "nothing matches it" in nothing.json()["message"]
    await api.legal.calls(1)
    unknown = await api.begin(selection={"userIds": ["nobody"]})
    assert unknown.status_code == 400
    assert "selection.userIds: there is no user with the id nobody" in unknown.json()["message"]
    past = await api.begin(selection={"interval": "2020-01-01T00:00:00Z/2020-01-02T00:00:00Z"})
    assert (past.status_code, past.json()["code"]) == (400, "export.selection.empty")


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"destination": {"type": "s3", "name": "one"}}, "destination.type"),
        ({"destination": {"type": "folder", "name": "../../etc"}}, "destination.name"),
        ({"destination": {"type": "folder", "name": "a", "legalHold": True}}, "destination.lockMode"),
        ({"destination": {"type": "zip", "name": "a", "retainUntil": "2030-01-01T00:00:00Z"}}, "destination.lockMode"),
        ({"selection": {"interval": "2023-10-27T00:00:00/2023-10-28T00:00:00"}}, "selection.interval"),
        ({"selection": {"interval": "2023-10-28T00:00:00Z/2023-10-27T00:00:00Z"}}, "selection.interval"),
        ({"reason": " "}, "reason"),
    ],
)
async def test_bad_input_names_its_field(api: Asking, more: dict[str, Any], field: str) -> None:
    await api.legal.calls(1)
    refused = await api.begin(**more)
    assert refused.status_code == 400, refused.text
    assert field in refused.text


async def test_of_two_operators_of_a_matter_the_second_is_told(api: Asking) -> None:
    await api.legal.calls(1)
    matter = await open_matter(api.legal.admin, MatterDraft("Doe v. Example", "Ordered by the court."))
    first = (await api.begin(matterId=matter.id)).json()
    second = await api.begin(matterId=matter.id, destination={"type": "folder", "name": "two"})
    assert (second.status_code, second.json()["code"]) == (409, "export.matter.taken")
    assert f"The export {first['id']} of the matter Doe v. Example was begun by Admin" in second.json()["message"]
    assert (await api.call("POST", f"/{first['id']}/cancel")).json()["status"] == "cancelled"
    third = await api.begin(matterId=matter.id, destination={"type": "folder", "name": "two"})
    assert third.status_code == 202
    again = await api.call("POST", f"/{first['id']}/resume")
    assert (again.status_code, again.json()["code"]) == (409, "export.cancelled")


async def test_what_a_matter_holds_is_selected(api: Asking) -> None:
    held, other = await api.legal.calls(2)
    matter = await open_matter(api.legal.admin, MatterDraft("Doe v. Example", "Ordered by the court."))
    unknown = await api.begin(matterId="nothing", selection={"matterId": "nothing"})
    assert (unknown.status_code, unknown.json()["code"]) == (400, "export.selection.empty")
    empty = await api.begin(matterId=matter.id, selection={"matterId": matter.id})
    assert (empty.status_code, empty.json()["code"]) == (400, "export.selection.empty")
    await place_hold(api.legal.admin, matter.id, HoldDraft(Wanted(recording_ids=[held.id]), "court order"))
    begun = await api.begin(matterId=matter.id, selection={"matterId": matter.id})
    sealed = await api.legal.run(await asking.get_export(api.legal.admin, begun.json()["id"]))
    assert sealed.status is Status.SEALED, sealed.problem
    paths = [planned.path for planned, _, _ in await api.legal.log(sealed)]
    assert any(held.id in path for path in paths)
    assert not any(other.id in path for path in paths)
    told = api.legal.path() / f"data/conversations/{held.conversation_id}/{held.id}.recording.json"
    holds = json.loads(told.read_text())["holds"]
    assert [(each["matterId"], each["matterName"]) for each in holds] == [(matter.id, "Doe v. Example")]
    assert api.legal.verify(sealed).holds


async def test_it_is_paused_and_resumed(api: Asking, monkeypatch: pytest.MonkeyPatch) -> None:
    await api.legal.calls(4)
    export = await api.legal.create()
    inner, seen = storing.Storing._create, 0  # pyright: ignore[reportPrivateUsage]

    async def create(self: Any, *arguments: Any) -> bool:
        nonlocal seen
        seen += 1
        if seen == 9:
            assert (await api.call("POST", f"/{export.id}/pause")).json()["status"] == "paused"
        return await inner(self, *arguments)

    monkeypatch.setattr(storing.Storing, "_create", create)
    paused = await api.legal.run(export)
    assert (paused.status, paused.step.value) == (Status.PAUSED, "planned")
    assert seen < paused.total_objects + 1
    twice = await api.call("POST", f"/{export.id}/pause")
    assert (twice.status_code, twice.json()["code"]) == (409, "export.paused")
    resumed = (await api.call("POST", f"/{export.id}/resume")).json()
    assert resumed["status"] == "running"
    sealed = await api.legal.run(export)
    assert sealed.status is Status.SEALED
    assert api.legal.verify(sealed).holds


async def test_who_may(api: Asking, other_tenant: Tenant) -> None:
    await api.legal.calls(1)
    export = await api.legal.create()
    stranger = other_tenant.tokens["admin-2"]
    for method, path in (("GET", ""), ("GET", "/steps"), ("GET", "/log"), ("POST", "/pause"), ("POST", "/cancel")):
        assert (await api.call(method, f"/{export.id}{path}", None, stranger)).status_code == 404
    body = {
        "matterName": "x", "reason": "y", "selection": {"conversationIds": ["nothing"]},
        "destination": {"type": "folder", "name": "z"},
    }  # fmt: skip
    home = await get_home_division(api.legal.admin)
    part = await api.legal.room.tenant.person("Part", "discovery:export:add", division_id=home.id)
    for who in (api.legal.room.agent, part):
        refused = await api.call("POST", "", body, api.legal.room.tenant.tokens[who.id])
        assert (refused.status_code, refused.json()["code"]) == (403, "missing.permissions"), refused.text


async def test_what_is_sealed_just_now_is_in_the_next_selection(api: Asking) -> None:
    await api.legal.calls(1)
    export = await api.legal.create("before")
    (late,) = await api.legal.calls(1)
    after = await api.legal.sealed(name="after")
    log = await api.legal.log(after)
    assert any(late.id in planned.path for planned, _, _ in log)
    assert (await api.legal.run(export)).total_objects == after.total_objects  # frozen when the worker takes it on


async def test_what_is_still_recorded_is_left_out_by_name(api: Asking) -> None:
    await api.legal.calls(1)
    opened = await api.legal.room.open()
    export = await api.legal.sealed(selection=Selection())
    report = api.legal.verify(export)
    assert report.holds, report.sentence
    told = (api.legal.path() / "data/export.json").read_text()
    assert opened.id in told
    assert "It was still being recorded when the export was frozen." in told
