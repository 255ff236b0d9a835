"""Stations and phones over HTTP, with real tokens: the vendor's shapes, and 4xx that name the field."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from tests.store.conftest import Api, Tenant, serve

from shiftline.stations.endpoints import ROUTES
from shiftline.stations.events import AssociationChanged
from shiftline.stations.operations.phone_bases import prepare_organization
from shiftline.stations.topics import notifications

EDGES = "/api/v2/telephony/providers/edges"


@pytest.fixture
async def api(tenant: Tenant) -> AsyncIterator[Api]:
    async with tenant.context.transaction() as tx:
        await prepare_organization(tx, "org-1")
    async with serve(tenant.context.database, tenant.context.clock, ROUTES) as api:
        yield api


@pytest.fixture
def admin(tenant: Tenant) -> str:
    return tenant.tokens["admin-1"]


async def make_phone(api: Api, admin: str, user_id: str, **more: Any) -> dict[str, Any]:
    body = {"name": f"Phone {user_id[:8]}", "webRtcUser": {"id": user_id}, **more}
    answer = await api.call("POST", f"{EDGES}/phones", admin, body)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_the_softphones_main_path(api: Api, admin: str, tenant: Tenant) -> None:
    own = ("telephony:selfStationAssociation:view", "telephony:selfStationAssociation:edit",
           "telephony:station:disassociateSelf")  # fmt: skip
    ada = await tenant.person("Ada", *own)
    token = tenant.tokens[ada.id]
    await make_phone(api, admin, ada.id, properties={"webRtcCallAppearances": {"value": {"instance": 2}}})
    [station] = (await api.call("GET", f"/api/v2/stations?webRtcUserId={ada.id}", token)).json()["entities"]
    assert station == {
        "id": station["id"],
        "name": f"Phone {ada.id[:8]}",
        "status": "ASSOCIATED",
        "type": "inin_webrtc_softphone",
        "lineAppearanceId": station["lineAppearanceId"],
        "userId": ada.id,
        "webRtcUserId": ada.id,
        "webRtcMediaDscp": 46,
        "webRtcPersistentEnabled": False,
        "webRtcForceTurn": False,
        "webRtcCallAppearances": 2,
        "webRtcRequireMediaHelper": False,
        "selfUri": f"/api/v2/stations/{station['id']}",
    }
    assert (await api.call("GET", f"/api/v2/stations/{station['id']}", token)).json() == station
    gone = await api.call("DELETE", "/api/v2/users/stations/me/associatedstation", token)
    assert (gone.status_code, gone.content) == (204, b"")
    mine = (await api.call("GET", "/api/v2/users/stations/me", token)).json()
    assert set(mine) == {"lastAssociatedStation"}
    back = await api.call("PUT", f"/api/v2/users/{ada.id}/station/associatedstation/{station['id']}", token)
    assert back.status_code == 204
    mine = (await api.call("GET", f"/api/v2/users/{ada.id}/station", token)).json()
    assert mine["effectiveStation"]["id"] == mine["associatedStation"]["id"] == station["id"]
    assert mine["associatedStation"]["associatedUser"]["id"] == ada.id
    selectable = (await api.call("GET", "/api/v2/stations?userSelectable=true", token)).json()
    assert selectable["total"] == 1


async def test_moving_anothers_station_is_refused_with_the_missing_permission(
    api: Api, tenant: Tenant, admin: str
) -> None:
    ada = await tenant.person("Ada", "telephony:selfStationAssociation:edit")
    bob = await tenant.person("Bob")
    await make_phone(api, admin, bob.id)
    path = f"/api/v2/users/{bob.id}/station/associatedstation"
    answer = await api.call("DELETE", path, tenant.tokens[ada.id])
    assert answer.status_code == 403
    assert answer.json()["code"] == "missing.permissions"
    assert answer.json()["messageParams"]["permissions"] == "telephony:station:disassociate"
    assert (await api.call("DELETE", path, admin)).status_code == 204


async def test_phones_settings_lines_and_sites(api: Api, admin: str, tenant: Tenant) -> None:
    ada = await tenant.person("Ada")
    site = (await api.call("POST", f"{EDGES}/sites", admin, {"name": "Manila", "mediaModel": "Cloud"})).json()
    template = (await api.call("GET", f"{EDGES}/phonebasesettings/template?phoneMetabaseId=inin_webrtc_softphone.json",
                               admin)).json()  # fmt: skip
    base = (await api.call("POST", f"{EDGES}/phonebasesettings", admin, {**template, "name": "Base"})).json()
    template = (await api.call("GET", f"{EDGES}/phones/template?phoneBaseSettingsId={base['id']}", admin)).json()
    body = {**template, "name": "Phone", "site": {"id": site["id"]}, "webRtcUser": {"id": ada.id}}
    phone = (await api.call("POST", f"{EDGES}/phones", admin, body)).json()
    assert phone["webRtcUser"] == {"id": ada.id, "name": "Ada", "selfUri": f"/api/v2/users/{ada.id}"}
    assert phone["phoneBaseSettings"]["id"] == base["id"]
    assert phone["site"]["id"] == site["id"]
    assert phone["state"] == "active"
    assert (await api.call("GET", f"{EDGES}/phones/{phone['id']}", admin)).json() == phone
    assert (await api.call("GET", f"{EDGES}/phones?webRtcUser.id={ada.id}", admin)).json()["entities"] == [phone]
    [line] = (await api.call("GET", f"{EDGES}/lines", admin)).json()["entities"]
    assert line == phone["lines"][0]
    changed = (await api.call("PUT", f"{EDGES}/phones/{phone['id']}", admin, {**phone, "name": "Renamed"})).json()
    assert (changed["name"], changed["version"]) == ("Renamed", 2)
    stale = await api.call("PUT", f"{EDGES}/phones/{phone['id']}", admin, phone)
    assert stale.status_code == 409
    assert stale.json()["messageParams"]["currentVersion"] == "2"
    kept = await api.call("PUT", f"{EDGES}/phonebasesettings/{base['id']}", admin, {**base, "description": "kept"})
    assert kept.json()["version"] == 2
    assert (await api.call("DELETE", f"{EDGES}/phones/{phone['id']}", admin)).status_code == 204
    assert (await api.call("GET", f"{EDGES}/phones/{phone['id']}", admin)).status_code == 404


@pytest.mark.parametrize(
    ("path", "body", "status", "field"),
    [
        ("phones", {"webRtcUser": {"id": "x"}}, 400, "name"),
        ("phones", {"name": "", "webRtcUser": {"id": "x"}}, 400, "name"),
        ("phones", {"name": " \t", "webRtcUser": {"id": "x"}}, 400, "name"),
        ("phones", {"name": "a\x00b", "webRtcUser": {"id": "x"}}, 400, "name"),
        ("phones", {"name": "A"}, 400, "webRtcUser"),
        ("phones", {"name": "A", "webRtcUser": {"id": "nobody"}}, 400, "webRtcUser.id"),
        ("phones", {"name": "A", "webRtcUser": {"id": "nobody"}, "lines": [{}, {}]}, 400, "lines"),
        ("phones", {"name": "A", "webRtcUser": {"id": "n"}, "version": 2**40}, 400, "version"),
        ("phones", {"name": "A", "webRtcUser": {"id": "n"}, "phoneMetaBase": {"id": "polycom.json"}}, 400,
         "phoneMetaBase.id"),
        ("phonebasesettings", {"name": "A", "properties": {"webRtcForceTurn": "maybe"}}, 400, "webRtcForceTurn"),
        ("phonebasesettings", {"name": "A", "properties": {"x": "\x00"}}, 400, "properties"),
        ("phonebasesettings", [], 400, "body"),
        ("sites", {"name": "A", "mediaModel": "Premises"}, 400, "mediaModel"),
        ("sites", None, 400, "body"),
    ],
)  # fmt: skip
async def test_bad_bodies_are_refused_by_field(
    api: Api, admin: str, path: str, body: Any, status: int, field: str
) -> None:
    answer = await api.call("POST", f"{EDGES}/{path}", admin, body)
    assert answer.status_code == status, answer.text
    assert any(field in detail["fieldName"] for detail in answer.json()["details"]), answer.text
    assert answer.json()["contextId"]


@pytest.mark.parametrize("path", ["/api/v2/stations/a%00b", "/api/v2/stations?name=%00", "/api/v2/stations?id=%00",
                                  "/api/v2/stations?pageSize=0", "/api/v2/stations?pageNumber=99999999999"])  # fmt: skip
async def test_bad_paths_and_parameters_are_refused(api: Api, admin: str, path: str) -> None:
    assert (await api.call("GET", path, admin)).status_code == 400


async def test_a_deep_body_is_refused(api: Api, admin: str) -> None:
    deep = b'{"name":"A","properties":{"x":' + b"[" * 100_000 + b"]" * 100_000 + b"}}"
    headers = {"Authorization": f"Bearer {admin}", "Content-Type": "application/json"}
    answer = await api.client.post(f"{EDGES}/phonebasesettings", content=deep, headers=headers)
    assert answer.status_code == 400


async def test_the_station_topic_is_what_the_softphone_reads(tenant: Tenant) -> None:
    def happened(effective: str | None) -> AssociationChanged:
        return AssociationChanged(
            organization_id="org-1",
            person_id="p",
            station_id="s",
            action="Associated" if effective else "Disassociated",
            effective_station_id=effective,
            effective_station_name=effective and "Phone",
            associated_station_id=effective,
            default_station_id=None,
        )

    [told] = notifications(happened("s"))
    assert told.topic == "v2.users.p.station"
    assert told.metadata == {"action": "Associated"}
    assert told.body == {"associatedStation": {"id": "s", "name": "Phone", "associatedUser": {"id": "p"}}}
    [told] = notifications(happened(None))
    assert (told.metadata, told.body) == ({"action": "Disassociated"}, {"associatedStation": None})
