"""Who is at which station: permissions, repeats, races, the past, and the news."""

import asyncio
import itertools
from datetime import timedelta

import pytest
from tests.conftest import SettableContext
from tests.store.conftest import Tenant

from shiftline.authorization.errors import PermissionMissing
from shiftline.foundation.context import Context
from shiftline.foundation.errors import NotFound
from shiftline.identity.model import Person
from shiftline.stations.errors import StationNotFound, StationOfAnother
from shiftline.stations.events import AssociationChanged
from shiftline.stations.model import PhoneDraft, Station
from shiftline.stations.operations.associations import (
    associate_station,
    clear_station,
    disassociate_station,
    find_stations_of,
    get_person_stations,
    get_station,
    release_station_in,
    set_default_station,
)
from shiftline.stations.operations.phone_bases import prepare_organization
from shiftline.stations.operations.phones import create_phone_in

VIEW_SELF, EDIT_SELF = "telephony:selfStationAssociation:view", "telephony:selfStationAssociation:edit"
VIEW_OTHER, EDIT_OTHER = "telephony:otherStationAssociation:view", "telephony:otherStationAssociation:edit"
LEAVE_SELF, LEAVE_OTHER = "telephony:station:disassociateSelf", "telephony:station:disassociate"


async def give_phone(tenant: Tenant, person: Person) -> Station:
    async with tenant.context.transaction() as tx:
        await prepare_organization(tx, tenant.context.organization_id)
        station_id = f"station-{person.id}"
        await create_phone_in(tx, PhoneDraft(f"Phone of {person.id}", person.id, station_id=station_id))
    return await get_station(tenant.context, station_id)


async def timeline(context: Context, person_id: str) -> list[tuple[str | None, bool]]:
    async with context.reader() as reader:
        rows = await reader.all(
            "select station_id, upper_inf(valid) as now from stations.public_association_timeline "
            "where organization_id = %(o)s and person_id = %(p)s order by lower(valid)",
            {"o": context.organization_id, "p": person_id},
        )
    return [(row["station_id"], row["now"]) for row in rows]


async def test_a_new_phone_puts_its_person_at_its_station(tenant: Tenant) -> None:
    ada = await tenant.person("Ada")
    station = await give_phone(tenant, ada)
    stations = await get_person_stations(tenant.context, ada.id)
    assert stations.associated is not None
    assert stations.associated.id == stations.associated.id == station.id
    assert stations.effective == stations.associated
    assert stations.default is None
    assert station.associated_person_id == ada.id
    [news] = await tenant.news(AssociationChanged)
    assert (news.person_id, news.action, news.effective_station_id) == (ada.id, "Associated", station.id)


async def test_associating_twice_changes_and_tells_nothing(tenant: Tenant) -> None:
    ada = await tenant.person("Ada")
    station = await give_phone(tenant, ada)
    await tenant.news()
    before = await get_person_stations(tenant.context, ada.id)
    assert await associate_station(tenant.context, ada.id, station.id) == before
    assert await tenant.news(AssociationChanged) == []


async def test_leaving_and_coming_back_is_told_and_kept(tenant: Tenant, context: SettableContext) -> None:
    context.clock.set("2023-10-27T05:00:00-05:00")
    ada = await tenant.person("Ada")
    station = await give_phone(tenant, ada)
    context.clock.advance(timedelta(hours=1))
    left = await disassociate_station(tenant.context, ada.id)
    assert left.effective is None
    assert left.last is not None
    assert left.last.id == station.id
    context.clock.advance(timedelta(hours=1))
    await associate_station(tenant.context, ada.id, station.id)
    actions = [(news.action, news.effective_station_id) for news in await tenant.news(AssociationChanged)]
    assert actions == [("Associated", station.id), ("Disassociated", None), ("Associated", station.id)]
    assert await timeline(tenant.context, ada.id) == [(station.id, False), (station.id, True)]


async def test_leaving_twice_changes_and_tells_nothing(tenant: Tenant) -> None:
    ada = await tenant.person("Ada")
    await disassociate_station(tenant.context, ada.id)
    assert await tenant.news(AssociationChanged) == []
    assert await timeline(tenant.context, ada.id) == []


async def test_who_leaves_falls_back_to_the_default_station(tenant: Tenant) -> None:
    ada = await tenant.person("Ada")
    station = await give_phone(tenant, ada)
    await set_default_station(tenant.context, ada.id, station.id)
    await tenant.news()
    left = await disassociate_station(tenant.context, ada.id)
    assert left.associated is None
    assert left.effective is not None
    [news] = await tenant.news(AssociationChanged)
    assert news.effective_station_id == station.id
    assert (await set_default_station(tenant.context, ada.id, None)).effective is None


async def test_nobody_else_can_be_at_a_softphone(tenant: Tenant) -> None:
    ada, bob = await tenant.person("Ada"), await tenant.person("Bob")
    station = await give_phone(tenant, ada)
    with pytest.raises(StationOfAnother, match=ada.id):
        await associate_station(tenant.context, bob.id, station.id)
    with pytest.raises(StationOfAnother):
        await set_default_station(tenant.context, bob.id, station.id)
    assert (await get_person_stations(tenant.context, bob.id)).effective is None


@pytest.mark.parametrize(
    ("held", "whose", "allowed"),
    [
        ((EDIT_SELF,), "own", True),
        ((EDIT_OTHER,), "own", True),
        ((VIEW_SELF,), "own", False),
        ((EDIT_SELF,), "other", False),
        ((EDIT_OTHER,), "other", True),
        ((), "other", False),
    ],
)
async def test_associating_needs_the_permission_for_oneself_or_for_others(
    tenant: Tenant, held: tuple[str, ...], whose: str, allowed: bool
) -> None:
    ada, bob = await tenant.person("Ada"), await tenant.person("Bob")
    station = await give_phone(tenant, ada)
    caller = tenant.acting_as(ada if whose == "own" else bob, *held)
    if allowed:
        assert (await associate_station(caller, ada.id, station.id)).associated is not None
        return
    with pytest.raises(PermissionMissing) as refused:
        await associate_station(caller, ada.id, station.id)
    assert EDIT_OTHER in refused.value.params["permissions"]


async def test_leaving_and_viewing_need_their_permissions(tenant: Tenant) -> None:
    ada, bob = await tenant.person("Ada"), await tenant.person("Bob")
    station = await give_phone(tenant, ada)
    for refused in (
        get_person_stations(tenant.acting_as(ada), ada.id),
        get_person_stations(tenant.acting_as(bob, VIEW_SELF), ada.id),
        disassociate_station(tenant.acting_as(ada, LEAVE_SELF), bob.id),
        clear_station(tenant.acting_as(bob, LEAVE_SELF), station.id),
        set_default_station(tenant.acting_as(ada, EDIT_SELF), ada.id, station.id),
    ):
        with pytest.raises(PermissionMissing):
            await refused
    assert (await get_person_stations(tenant.acting_as(ada, VIEW_SELF), ada.id)).associated is not None
    assert (await get_person_stations(tenant.acting_as(bob, VIEW_OTHER), ada.id)).associated is not None
    await clear_station(tenant.acting_as(ada, LEAVE_SELF), station.id)
    assert (await disassociate_station(tenant.acting_as(ada, LEAVE_SELF), ada.id)).associated is None


async def test_a_permission_for_others_holds_in_their_division_only(tenant: Tenant) -> None:
    ada, bob = await tenant.person("Ada"), await tenant.person("Bob")
    station = await give_phone(tenant, ada)
    with pytest.raises(PermissionMissing):
        await associate_station(tenant.acting_as(bob, EDIT_OTHER, division_id="elsewhere"), ada.id, station.id)
    caller = tenant.acting_as(bob, EDIT_OTHER, division_id=ada.division_id)
    assert (await associate_station(caller, ada.id, station.id)).associated is not None


async def test_another_tenants_people_and_stations_do_not_exist(tenant: Tenant, other_tenant: Tenant) -> None:
    ada, eve = await tenant.person("Ada"), await other_tenant.person("Eve")
    theirs = await give_phone(other_tenant, eve)
    for refused in (
        get_person_stations(tenant.context, eve.id),
        associate_station(tenant.context, eve.id, theirs.id),
        associate_station(tenant.context, ada.id, theirs.id),
        get_station(tenant.context, theirs.id),
        clear_station(tenant.context, theirs.id),
    ):
        with pytest.raises(NotFound):
            await refused
    async with tenant.context.reader() as reader:
        found = await find_stations_of(reader, "org-1", [ada.id, eve.id])
    assert found[eve.id].effective is None
    assert (await get_station(other_tenant.context, theirs.id)).associated_person_id == eve.id


async def test_an_unknown_station_is_not_found_and_nothing_is_stored(tenant: Tenant) -> None:
    ada = await tenant.person("Ada")
    with pytest.raises(StationNotFound):
        await associate_station(tenant.context, ada.id, "no-such-station")
    async with tenant.context.reader() as reader:
        assert await reader.all("select * from stations.association", {}) == []


async def test_many_at_once_wait_for_each_other_and_none_sees_a_conflict(tenant: Tenant) -> None:
    ada = await tenant.person("Ada")
    station = await give_phone(tenant, ada)
    await tenant.news()
    calls = [
        associate_station(tenant.context, ada.id, station.id)
        if number % 2
        else disassociate_station(tenant.context, ada.id)
        for number in range(20)
    ]
    await asyncio.gather(*calls)
    news = await tenant.news(AssociationChanged)
    actions = [each.action for each in news]
    # They alternate: no change is told twice, none is lost.
    assert all(first != second for first, second in itertools.pairwise(actions))
    stations = await get_person_stations(tenant.context, ada.id)
    assert (stations.associated is not None) == (actions[-1] == "Associated")


async def test_a_forced_sign_out_frees_the_station_and_says_why(tenant: Tenant) -> None:
    ada = await tenant.person("Ada")
    await give_phone(tenant, ada)
    await tenant.news()
    async with tenant.context.transaction() as tx:
        await release_station_in(tx, ada.id, "signed.out")
    [news] = await tenant.news(AssociationChanged)
    assert (news.action, news.reason) == ("Disassociated", "signed.out")
