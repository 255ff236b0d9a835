"""The vendor's Python SDK, unmodified, drives every operation of stations and presence on a real port."""

import asyncio
import socket
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from typing import Any

import PureCloudPlatformClientV2 as Vendor
import pytest
import uvicorn
from tests.store.conftest import Tenant, make_tenant

from shiftline.foundation.context import Actor, Context
from shiftline.foundation.web.application import WebOptions, build
from shiftline.identity.operations.tokens import authenticate
from shiftline.presence.endpoints import ROUTES as PRESENCE
from shiftline.presence.operations.definitions import prepare_organization as prepare_presence
from shiftline.stations.endpoints import ROUTES as STATIONS
from shiftline.stations.operations.phone_bases import prepare_organization as prepare_stations

Sdk = Any


@asynccontextmanager
async def listening(context: Context) -> AsyncGenerator[str]:
    """The API on a port of its own; its address."""

    async def who(token: str) -> Actor:
        return await authenticate(context.database, context.clock, token)

    app: Any = build(
        [*STATIONS, *PRESENCE], database=context.database, clock=context.clock, authenticate=who,
        options=WebOptions("localhost:8443"),
    )  # fmt: skip
    server = uvicorn.Server(uvicorn.Config(app, log_config=None, access_log=False))
    listener = socket.create_server(("127.0.0.1", 0))
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        await serving


@pytest.fixture
async def tenant(context: Context) -> Tenant:
    tenant = await make_tenant(context)
    async with context.transaction() as tx:
        await prepare_stations(tx, "org-1")
        await prepare_presence(tx, "org-1")
    return tenant


def client(address: str, token: str) -> Sdk:
    sdk: Any = Vendor
    # The SDK keeps one configuration for the process; the address of this test is the one that counts.
    sdk.configuration.host = address
    api = sdk.api_client.ApiClient()
    api.access_token = token
    return api


async def drive(tenant: Tenant, person_id: str, script: Callable[[Sdk, Sdk], None]) -> None:
    """Run a script of blocking SDK calls: its first client is the administrator, its second the person."""
    async with listening(tenant.context) as address:
        admin, person = (client(address, tenant.tokens[each]) for each in ("admin-1", person_id))
        await asyncio.to_thread(script, admin, person)


async def test_phones_and_stations(tenant: Tenant) -> None:
    own = ("telephony:selfStationAssociation:view", "telephony:selfStationAssociation:edit",
           "telephony:station:disassociateSelf")  # fmt: skip
    ada = await tenant.person("Ada", *own)
    sdk: Any = Vendor

    def script(admin: Sdk, person: Sdk) -> None:
        edges, stations = sdk.TelephonyProvidersEdgeApi(admin), sdk.StationsApi(admin)
        users, mine = sdk.UsersApi(admin), sdk.UsersApi(person)
        site = edges.post_telephony_providers_edges_sites({"name": "Manila", "mediaModel": "Cloud"})
        assert edges.get_telephony_providers_edges_site(site.id).name == "Manila"
        assert edges.get_telephony_providers_edges_sites().total == 2
        template = edges.get_telephony_providers_edges_phonebasesettings_template("inin_webrtc_softphone.json")
        template.name = "Base"
        base = edges.post_telephony_providers_edges_phonebasesettings(template)
        assert edges.get_telephony_providers_edges_phonebasesetting(base.id).name == "Base"
        base.description = "ours"
        base = edges.put_telephony_providers_edges_phonebasesetting(base.id, base)
        assert (base.version, edges.get_telephony_providers_edges_phonebasesettings().total) == (2, 2)
        phone = edges.get_telephony_providers_edges_phones_template(base.id)
        phone.name, phone.site, phone.web_rtc_user = "Ada's", {"id": site.id}, {"id": ada.id}
        phone = edges.post_telephony_providers_edges_phones(phone)
        assert edges.get_telephony_providers_edges_phone(phone.id).web_rtc_user.id == ada.id
        phone.name = "Ada's phone"
        assert edges.put_telephony_providers_edges_phone(phone.id, phone).version == 2
        with pytest.raises(sdk.rest.ApiException) as stale:
            edges.put_telephony_providers_edges_phone(phone.id, phone)
        assert stale.value.status == 409
        assert edges.get_telephony_providers_edges_phones(name="Ada").entities[0].id == phone.id
        assert edges.get_telephony_providers_edges_phones(web_rtc_user_id=ada.id, site_id=site.id).total == 1
        assert edges.get_telephony_providers_edges_phones(web_rtc_user_id="somebody-else").total == 0
        assert edges.get_telephony_providers_edges_lines().entities[0].default_for_user.id == ada.id
        [station] = stations.get_stations(web_rtc_user_id=ada.id).entities
        assert stations.get_station(station.id).status == "ASSOCIATED"
        assert station.type == "inin_webrtc_softphone"
        mine.delete_users_stations_me_associatedstation()
        assert mine.get_users_stations_me().effective_station is None
        mine.put_users_stations_me_associatedstation_station_id(station.id)
        stations.delete_station_associateduser(station.id)
        users.put_user_station_associatedstation_station_id(ada.id, station.id)
        users.put_user_station_defaultstation_station_id(ada.id, station.id)
        seen = users.get_user_station(ada.id)
        assert seen.associated_station.id == seen.default_station.id == seen.effective_station.id == station.id
        assert seen.associated_station.associated_user.id == ada.id
        users.delete_user_station_associatedstation(ada.id)
        users.delete_user_station_defaultstation(ada.id)
        with pytest.raises(sdk.rest.ApiException) as refused:
            mine.delete_user_station_defaultstation(ada.id)
        assert refused.value.status == 403
        assert "telephony:phone:assign" in refused.value.body
        edges.delete_telephony_providers_edges_phone(phone.id)
        assert stations.get_stations().total == 0

    await drive(tenant, ada.id, script)


async def test_presence_and_routing_status(tenant: Tenant) -> None:
    ada = await tenant.person("Ada")
    sdk: Any = Vendor

    def script(admin: Sdk, person: Sdk) -> None:
        presence, mine, users = sdk.PresenceApi(admin), sdk.PresenceApi(person), sdk.UsersApi(person)
        by_name = {each.system_presence: each for each in presence.get_presence_definitions().entities}
        wanted = sdk.UserPresence()
        wanted.presence_definition = sdk.PresenceDefinition()
        wanted.presence_definition.id = by_name["OnQueue"].id
        said = mine.patch_user_presences_purecloud(ada.id, wanted)
        assert (said.presence_definition.system_presence, said.primary) == ("OnQueue", True)
        assert users.get_user_routingstatus(ada.id).status == "IDLE"
        with pytest.raises(sdk.rest.ApiException) as misused:
            users.put_user_routingstatus(ada.id, {"status": "OFF_QUEUE"})
        assert misused.value.status == 400
        assert users.put_user_routingstatus(ada.id, {"status": "IDLE"}).status == "IDLE"
        assert mine.patch_user_presence(ada.id, "TEAMS", {"message": "elsewhere"}).message == "elsewhere"
        assert presence.get_user_presence(ada.id, "TEAMS").primary is False
        assert presence.get_user_presences_purecloud(ada.id).modified_date == said.modified_date
        [many] = presence.get_users_presences_purecloud_bulk(id=[ada.id, "nobody"])
        assert many.user_id == ada.id
        assert presence.get_users_presence_bulk("TEAMS", id=[ada.id])[0].message == "elsewhere"
        away = {"id": ada.id, "presenceDefinition": {"id": by_name["Away"].id}}
        assert presence.put_users_presences_bulk([away])[0].presence_definition.system_presence == "Away"
        assert presence.get_presence_user_primarysource(ada.id).source_id == "PURECLOUD"
        draft = {"languageLabels": {"en_US": "Coffee"}, "systemPresence": "Break"}
        coffee = presence.post_presence_definitions(draft)
        coffee.language_labels = {"en_US": "Tea"}
        assert presence.put_presence_definition(coffee.id, coffee).language_labels == {"en_US": "Tea"}
        assert presence.get_presence_definition(coffee.id).system_presence == "Break"
        assert presence.get_presencedefinition(coffee.id).primary is False
        presence.delete_presence_definition(coffee.id)
        assert presence.get_presencedefinitions().total == 10
        assert len(presence.get_systempresences()) == 10
        source = presence.post_presence_sources({"name": "Teams"})
        assert presence.get_presence_source(source.id).name == "Teams"
        assert presence.get_presence_sources().total == 1

    await drive(tenant, ada.id, script)
