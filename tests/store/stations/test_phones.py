"""Phones and their settings: what they make of their stations, repeats, stale versions, names."""

from typing import Any

import pytest
from psycopg import AsyncConnection
from tests.store.conftest import Tenant

from shiftline.authorization.errors import PermissionMissing
from shiftline.foundation.errors import Conflict, Invalid, NotFound
from shiftline.foundation.web.paging import Page
from shiftline.identity.events import TenantSettingsChanged
from shiftline.identity.operations.organizations import change_tenant_settings
from shiftline.stations.errors import NameTaken, PersonHasPhone, PhoneNotFound, StaleVersion
from shiftline.stations.events import AssociationChanged, PhoneBaseChanged, PhoneChanged
from shiftline.stations.jobs import follow_tenant
from shiftline.stations.model import PhoneBaseDraft, PhoneDraft, PhoneFilter, SiteDraft, Station, StationFilter
from shiftline.stations.operations import associations
from shiftline.stations.operations.associations import (
    disassociate_station,
    get_person_stations,
    get_station,
    list_stations,
    set_default_station,
)
from shiftline.stations.operations.phone_bases import (
    change_phone_base,
    create_phone_base,
    get_phone_base,
    list_phone_bases,
    prepare_organization,
)
from shiftline.stations.operations.phones import change_phone, create_phone, delete_phone, get_phone, list_phones
from shiftline.stations.operations.sites import create_site, get_site, list_sites
from shiftline.stations.topics import notifications


def instance(value: object) -> dict[str, Any]:
    return {"value": {"instance": value}}


@pytest.fixture(autouse=True)
async def prepared(tenant: Tenant) -> None:
    async with tenant.context.transaction() as tx:
        await prepare_organization(tx, "org-1")


async def station_of(tenant: Tenant, person_id: str) -> Station:
    found, total = await list_stations(tenant.context, Page(), StationFilter(person_id=person_id))
    assert total == len(found) == 1
    return found[0]


async def test_preparing_twice_makes_one_site_and_one_base(tenant: Tenant) -> None:
    async with tenant.context.transaction() as tx:
        await prepare_organization(tx, "org-1")
    assert (await list_sites(tenant.context, Page()))[1] == 1
    assert (await list_phone_bases(tenant.context, Page()))[1] == 1


async def test_a_phone_makes_a_station_from_its_layers(tenant: Tenant) -> None:
    ada = await tenant.person("Ada")
    site = await create_site(tenant.context, SiteDraft("Manila", force_turn=True))
    base = await create_phone_base(
        tenant.context,
        PhoneBaseDraft(
            "Persistent",
            properties={"webRtcCallAppearances": instance(3), "phone_media_dscp": instance(34)},
            line_properties={"station_persistent_webrtc_enabled": instance(True)},
        ),
    )
    draft = PhoneDraft("Ada's phone", ada.id, site_id=site.id, phone_base_id=base.id)
    phone = await create_phone(tenant.context, draft)
    settings = (await station_of(tenant, ada.id)).settings
    assert (settings.persistent, settings.force_turn) == (True, True)
    assert (settings.call_appearances, settings.media_dscp) == (3, 34)
    changed = PhoneDraft(
        "Ada's phone", ada.id, site_id=site.id, phone_base_id=base.id, properties={"webRtcForceTurn": False}
    )
    await change_phone(tenant.context, phone.id, phone.record.version, changed)
    assert (await station_of(tenant, ada.id)).settings.force_turn is False


async def test_a_tenant_may_require_persistent_connections(tenant: Tenant) -> None:
    ada = await tenant.person("Ada")
    await create_phone(tenant.context, PhoneDraft("Phone", ada.id))
    assert (await station_of(tenant, ada.id)).settings.persistent is False
    await change_tenant_settings(tenant.context, persistent_connection_required=True)
    station = await station_of(tenant, ada.id)
    assert station.settings.persistent is True
    assert (await get_station(tenant.context, station.id)).settings.persistent is True


async def told_by_tenant(tenant: Tenant) -> list[str]:
    """Who is told to read their station again, after the worker has followed what happened to the tenant's switches."""
    for happened in await tenant.news(TenantSettingsChanged):
        await follow_tenant(tenant.context, happened)
    told = [sent for each in await tenant.news(AssociationChanged) for sent in notifications(each)]
    assert {sent.metadata["action"] for sent in told} <= {"Associated"}
    assert all(sent.body["associatedStation"]["associatedUser"]["id"] in sent.topic for sent in told)
    return [sent.topic.split(".")[2] for sent in told]


async def test_sessions_are_told_when_the_tenants_switch_changes_their_station(
    tenant: Tenant, other_tenant: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(associations, "BATCH", 2)
    async with other_tenant.context.transaction() as tx:
        await prepare_organization(tx, "org-2")
    for each in (tenant, other_tenant):
        for name in ("Ada", "Bob", "Cyd", "Dan"):
            await create_phone(each.context, PhoneDraft(name, (await each.person(name, person_id=name)).id))
    own = {"webRtcPersistentEnabled": instance(True)}
    eve = await tenant.person("Eve")
    await create_phone(tenant.context, PhoneDraft("Persistent by itself", eve.id, properties=own))
    by_default = await station_of(tenant, "Bob")
    await disassociate_station(tenant.context, "Cyd")
    await disassociate_station(tenant.context, "Bob")
    await set_default_station(tenant.context, "Bob", by_default.id)
    await tenant.news()
    for required in (True, False):
        for _ in range(2):  # the repeat changes nothing
            await change_tenant_settings(
                tenant.context, persistent_connection_required=required, shift_margin_minutes=20
            )
        assert await told_by_tenant(tenant) == ["Ada", "Bob", "Dan"]
    await change_tenant_settings(tenant.context, persistent_connection_required=False, shift_margin_minutes=40)
    assert await told_by_tenant(tenant) == []


async def test_the_same_phone_twice_is_one_phone(tenant: Tenant) -> None:
    ada = await tenant.person("Ada")
    draft = PhoneDraft("Ada's phone", ada.id)
    first = await create_phone(tenant.context, draft)
    await tenant.news()
    assert await create_phone(tenant.context, draft) == first
    assert await tenant.news(PhoneChanged) == []
    with pytest.raises(PersonHasPhone):
        await create_phone(tenant.context, PhoneDraft("Another", ada.id))
    bob = await tenant.person("Bob")
    with pytest.raises(NameTaken):
        await create_phone(tenant.context, PhoneDraft("ADA'S PHONE", bob.id))


async def test_a_stale_version_is_a_conflict_that_names_who_and_when(tenant: Tenant) -> None:
    ada = await tenant.person("Ada")
    phone = await create_phone(tenant.context, PhoneDraft("First", ada.id))
    changed = await change_phone(tenant.context, phone.id, 1, PhoneDraft("Second", ada.id))
    assert changed.record.version == 2
    with pytest.raises(StaleVersion) as stale:
        await change_phone(tenant.context, phone.id, 1, PhoneDraft("Third", ada.id))
    assert stale.value.params["currentVersion"] == "2"
    assert stale.value.params["modifiedBy"] == "admin-1"
    assert "dateModified" in stale.value.params
    assert (await get_phone(tenant.context, phone.id)).name == "Second"
    # Who sends no version is not answered with a conflict about one.
    assert (await change_phone(tenant.context, phone.id, None, PhoneDraft("Third", ada.id))).record.version == 3
    assert (await change_phone(tenant.context, phone.id, None, PhoneDraft("Third", ada.id))).record.version == 3


async def test_a_phone_given_to_another_moves_the_station(tenant: Tenant) -> None:
    ada, bob = await tenant.person("Ada"), await tenant.person("Bob")
    phone = await create_phone(tenant.context, PhoneDraft("Phone", ada.id))
    station = await station_of(tenant, ada.id)
    await tenant.news()
    await change_phone(tenant.context, phone.id, None, PhoneDraft("Phone", bob.id))
    assert (await get_person_stations(tenant.context, ada.id)).effective is None
    bobs = await get_person_stations(tenant.context, bob.id)
    assert bobs.associated is not None
    assert bobs.associated.id == station.id
    news = [(each.person_id, each.action) for each in await tenant.news(AssociationChanged)]
    assert news == [(ada.id, "Disassociated"), (bob.id, "Associated")]
    other = await create_phone(tenant.context, PhoneDraft("Other", ada.id))
    with pytest.raises(PersonHasPhone):
        await change_phone(tenant.context, other.id, None, PhoneDraft("Other", bob.id))


async def test_a_removed_phone_takes_its_station_along_and_the_past_stays(tenant: Tenant) -> None:
    ada = await tenant.person("Ada")
    phone = await create_phone(tenant.context, PhoneDraft("Phone", ada.id))
    station = await station_of(tenant, ada.id)
    await tenant.news()
    await delete_phone(tenant.context, phone.id)
    assert (await get_person_stations(tenant.context, ada.id)).last is None
    for gone in (get_station(tenant.context, station.id), get_phone(tenant.context, phone.id)):
        with pytest.raises(NotFound):
            await gone
    [news] = await tenant.news(AssociationChanged)
    assert (news.action, news.reason, news.station_id) == ("Disassociated", "phone.deleted", station.id)
    with pytest.raises(PhoneNotFound):
        await delete_phone(tenant.context, phone.id)
    async with tenant.context.reader() as reader:
        [was] = await reader.all(
            "select station_id, upper_inf(valid) as now from stations.public_association_timeline", {}
        )
    assert (was["station_id"], was["now"]) == (station.id, False)
    # The person and the name are free again.
    again = await create_phone(tenant.context, PhoneDraft("Phone", ada.id))
    assert again.id != phone.id


async def test_changed_base_settings_reach_the_stations_and_their_people(tenant: Tenant) -> None:
    ada, bob = await tenant.person("Ada"), await tenant.person("Bob")
    base = await create_phone_base(tenant.context, PhoneBaseDraft("Base"))
    for person in (ada, bob):
        await create_phone(tenant.context, PhoneDraft(f"Phone {person.name}", person.id, phone_base_id=base.id))
    own = PhoneDraft(
        "Phone Bob", bob.id, phone_base_id=base.id, properties={"webRtcPersistentEnabled": instance(False)}
    )
    [bobs], _ = await list_phones(tenant.context, Page(), PhoneFilter(person_id=bob.id))
    await change_phone(tenant.context, bobs.id, None, own)
    await tenant.news()
    draft = PhoneBaseDraft("Base", line_properties={"station_persistent_enabled": instance(True)})
    changed = await change_phone_base(tenant.context, base.id, base.record.version, draft)
    assert (await station_of(tenant, ada.id)).settings.persistent is True
    assert (await station_of(tenant, bob.id)).settings.persistent is False
    news = await tenant.news(AssociationChanged, PhoneBaseChanged)
    told = [each.person_id for each in news if isinstance(each, AssociationChanged)]
    assert told == [ada.id]
    with pytest.raises(StaleVersion):
        await change_phone_base(tenant.context, base.id, 1, PhoneBaseDraft("Renamed"))
    assert (await change_phone_base(tenant.context, base.id, None, draft)).record.version == changed.record.version


async def test_changed_base_settings_take_as_many_statements_however_many_phones(
    tenant: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    base = await create_phone_base(tenant.context, PhoneBaseDraft("Base"))
    statements: list[object] = []
    execute = AsyncConnection.execute

    async def counted(connection: Any, query: Any, *arguments: Any, **more: Any) -> Any:
        statements.append(query)
        return await execute(connection, query, *arguments, **more)

    async def statements_of_change(phones: range) -> int:
        for number in phones:
            person = await tenant.person(f"Person {number}")
            await create_phone(tenant.context, PhoneDraft(f"Phone {number}", person.id, phone_base_id=base.id))
        await tenant.news()
        draft = PhoneBaseDraft("Base", properties={"webRtcCallAppearances": instance(phones.stop)})
        with monkeypatch.context() as patch:
            patch.setattr(AsyncConnection, "execute", counted)
            statements.clear()
            await change_phone_base(tenant.context, base.id, None, draft)
        assert len(await tenant.news(AssociationChanged)) == phones.stop
        return len(statements)

    few = await statements_of_change(range(2))
    assert await statements_of_change(range(2, 12)) == few > 0


async def test_base_settings_and_sites_repeat_safely_and_names_are_taken_once(tenant: Tenant) -> None:
    base = await create_phone_base(tenant.context, PhoneBaseDraft("Base", description="one"))
    assert await create_phone_base(tenant.context, PhoneBaseDraft("Base", description="one")) == base
    with pytest.raises(Conflict):
        await create_phone_base(tenant.context, PhoneBaseDraft("base", description="two"))
    other = await create_phone_base(tenant.context, PhoneBaseDraft("Other"))
    with pytest.raises(NameTaken):
        await change_phone_base(tenant.context, other.id, None, PhoneBaseDraft("BASE"))
    site = await create_site(tenant.context, SiteDraft("Manila"))
    assert await create_site(tenant.context, SiteDraft("Manila")) == site
    with pytest.raises(Conflict):
        await create_site(tenant.context, SiteDraft("manila", caller_id="+15550100"))


@pytest.mark.parametrize(
    ("properties", "field"),
    [
        ({"webRtcCallAppearances": instance(0)}, "webRtcCallAppearances"),
        ({"webRtcCallAppearances": instance(True)}, "webRtcCallAppearances"),
        ({"phone_media_dscp": instance(64)}, "phone_media_dscp"),
        ({"station_persistent_enabled": instance("yes")}, "station_persistent_enabled"),
        ({"webRtcForceTurn": None}, "webRtcForceTurn"),
        ({"anything": "nul \x00 inside"}, "properties"),
        ({"anything": "x" * 20_000}, "properties"),
    ],
)
async def test_impossible_properties_are_refused_by_name(
    tenant: Tenant, properties: dict[str, Any], field: str
) -> None:
    ada = await tenant.person("Ada")
    with pytest.raises(Invalid) as refused:
        await create_phone(tenant.context, PhoneDraft("Phone", ada.id, properties=properties))
    assert field in refused.value.problems[0].field
    with pytest.raises(Invalid):
        await create_phone_base(tenant.context, PhoneBaseDraft("Base", line_properties=properties))
    assert (await list_phones(tenant.context, Page(), PhoneFilter()))[1] == 0


async def test_another_tenants_ids_mean_nothing(tenant: Tenant, other_tenant: Tenant) -> None:
    eve = await other_tenant.person("Eve")
    async with other_tenant.context.transaction() as tx:
        await prepare_organization(tx, "org-2")
    phone = await create_phone(other_tenant.context, PhoneDraft("Eve's", eve.id))
    ada = await tenant.person("Ada")
    for refused in (
        get_phone(tenant.context, phone.id),
        change_phone(tenant.context, phone.id, None, PhoneDraft("Stolen", ada.id)),
        delete_phone(tenant.context, phone.id),
        get_site(tenant.context, phone.site_id),
        get_phone_base(tenant.context, phone.phone_base_id),
        change_phone_base(tenant.context, phone.phone_base_id, None, PhoneBaseDraft("Stolen")),
    ):
        with pytest.raises(NotFound):
            await refused
    for draft, field in (
        (PhoneDraft("X", eve.id), "webRtcUser.id"),
        (PhoneDraft("X", ada.id, site_id=phone.site_id), "site.id"),
        (PhoneDraft("X", ada.id, phone_base_id=phone.phone_base_id), "phoneBaseSettings.id"),
    ):
        with pytest.raises(Invalid) as invalid:
            await create_phone(tenant.context, draft)
        assert invalid.value.problems[0].field == field
    assert (await get_phone(other_tenant.context, phone.id)).name == "Eve's"


async def test_phones_need_the_permission_of_administrators(tenant: Tenant) -> None:
    ada = await tenant.person("Ada")
    nobody = tenant.acting_as(ada, "telephony:selfStationAssociation:edit")
    for refused in (
        list_phones(nobody, Page(), PhoneFilter()),
        create_phone(nobody, PhoneDraft("Phone", ada.id)),
        delete_phone(nobody, "x"),
        list_phone_bases(nobody, Page()),
        create_site(nobody, SiteDraft("Site")),
        get_site(nobody, "x"),
    ):
        with pytest.raises(PermissionMissing):
            await refused
    assert (await list_sites(nobody, Page()))[1] == 1


async def test_lists_page_and_count_beyond_their_end(tenant: Tenant) -> None:
    for number in range(5):
        person = await tenant.person(f"Person {number}")
        await create_phone(tenant.context, PhoneDraft(f"Phone {number}", person.id))
    found, total = await list_stations(tenant.context, Page(2, 2), StationFilter(name="phone"))
    assert ([station.name for station in found], total) == (["Phone 2", "Phone 3"], 5)
    assert await list_stations(tenant.context, Page(2, 9), StationFilter()) == ([], 5)
    assert (await list_stations(tenant.context, Page(), StationFilter(name="*4")))[1] == 1
    assert (await list_stations(tenant.context, Page(), StationFilter(name="100%")))[1] == 0
