"""Phone base settings: what many phones have in common. A change reaches the stations of all of them."""

from dataclasses import replace

from shiftline.authorization.operations import require
from shiftline.foundation.context import Context
from shiftline.foundation.database import Reader, Transaction
from shiftline.foundation.errors import Invalid, Problem
from shiftline.foundation.ids import new_id
from shiftline.foundation.web.paging import Page
from shiftline.stations import rules, store
from shiftline.stations.errors import NameTaken, PhoneBaseNotFound, StaleVersion
from shiftline.stations.events import PhoneBaseChanged
from shiftline.stations.model import Line, PhoneBase, PhoneBaseDraft, Record, SiteDraft
from shiftline.stations.operations.associations import announce_stations_in
from shiftline.stations.operations.sites import create_site_in, find_sites

ADMINISTER = "telephony:plugin:all"


async def prepare_organization(tx: Transaction, organization_id: str) -> None:
    """The default site and WebRTC phone base settings of a new organization; a repeat changes nothing."""
    if await store.find_default_site(tx, organization_id) is None:
        await create_site_in(tx, SiteDraft("Default Site", is_default=True))
    if await store.find_default_phone_base(tx, organization_id) is None:
        await create_phone_base_in(tx, PhoneBaseDraft("WebRTC Phone", is_default=True))


async def list_phone_bases(context: Context, page: Page, name: str | None = None) -> tuple[list[PhoneBase], int]:
    """One page of phone base settings by name, and how many there are."""
    require(context, ADMINISTER)
    async with context.reader() as reader:
        return await store.list_phone_bases(reader, context.organization_id, page, name=name)


async def get_phone_base(context: Context, phone_base_id: str) -> PhoneBase:
    """Phone base settings by id. Raises PhoneBaseNotFound."""
    require(context, ADMINISTER)
    async with context.reader() as reader:
        found, _ = await store.list_phone_bases(reader, context.organization_id, Page(1), phone_base_id=phone_base_id)
    if not found:
        raise PhoneBaseNotFound(phone_base_id)
    return found[0]


async def find_phone_bases(reader: Reader, organization_id: str) -> dict[str, PhoneBase]:
    """All phone base settings by id."""
    found, _ = await store.list_phone_bases(reader, organization_id, store.EVERYTHING)
    return {base.id: base for base in found}


async def choose_phone_base(reader: Reader, organization_id: str, phone_base_id: str | None) -> PhoneBase:
    """The base settings of a phone to be: those named, else the default ones. Raises Invalid, which names the field."""
    if phone_base_id is None:
        default = await store.find_default_phone_base(reader, organization_id)
        if default is None:
            raise Invalid(Problem("phoneBaseSettings.id", "is required: this organization has no default settings."))
        return default
    found, _ = await store.list_phone_bases(reader, organization_id, Page(1), phone_base_id=phone_base_id)
    if not found:
        raise Invalid(Problem("phoneBaseSettings.id", f"there are no phone base settings with id {phone_base_id}."))
    return found[0]


async def create_phone_base(context: Context, draft: PhoneBaseDraft) -> PhoneBase:
    """New phone base settings; equal ones of the same name are answered as they are. Raises NameTaken, Invalid."""
    require(context, ADMINISTER)
    async with context.transaction() as tx:
        return await create_phone_base_in(tx, draft)


async def create_phone_base_in(tx: Transaction, draft: PhoneBaseDraft) -> PhoneBase:
    """``create_phone_base`` in the caller's transaction."""
    rules.check_draft(draft)
    organization_id, now, by = tx.context.organization_id, tx.context.now(), tx.context.actor.id
    wanted = PhoneBase(
        id=draft.id or new_id(),
        name=draft.name,
        description=draft.description,
        properties=draft.properties,
        capabilities=draft.capabilities,
        line=Line(new_id(), draft.line_name or draft.name, draft.line_properties),
        is_default=draft.is_default,
        record=Record(0, now, by, now, by),
    )
    base = await store.insert_phone_base(tx, wanted)
    if base is None:
        named, _ = await store.list_phone_bases(tx, organization_id, store.EVERYTHING, name=draft.name)
        same = [existing for existing in named if rules.is_same_base(existing, wanted)]
        if not same:
            raise NameTaken("set of phone base settings", draft.name)
        return same[0]
    _record(tx, base)
    return base


async def change_phone_base(
    context: Context, phone_base_id: str, version: int | None, draft: PhoneBaseDraft
) -> PhoneBase:
    """Make phone base settings so; unchanged ones keep their version.

    ``version`` None: the caller did not send one. Raises PhoneBaseNotFound, StaleVersion, NameTaken, Invalid.
    """
    require(context, ADMINISTER)
    rules.check_draft(draft)
    async with context.transaction() as tx:
        current = await _lock(tx, phone_base_id, version)
        wanted = replace(
            current,
            name=draft.name,
            description=draft.description,
            properties=draft.properties,
            capabilities=draft.capabilities,
            line=replace(current.line, name=draft.line_name or current.line.name, properties=draft.line_properties),
        )
        if wanted == current:
            return current
        for other in (await find_phone_bases(tx, context.organization_id)).values():
            if other.id != wanted.id and other.name.lower() == wanted.name.lower():
                raise NameTaken("set of phone base settings", wanted.name)
        changed = await store.update_phone_base(tx, wanted)
        _record(tx, changed)
        await _follow(tx, changed)
        return changed


async def _lock(tx: Transaction, phone_base_id: str, version: int | None) -> PhoneBase:
    base = await store.lock_phone_base(tx, phone_base_id)
    if base is None:
        raise PhoneBaseNotFound(phone_base_id)
    if version is not None and version != base.record.version:
        raise StaleVersion(version, base.record)
    return base


async def _follow(tx: Transaction, base: PhoneBase) -> None:
    """Let the stations of all phones with these settings become what the settings now make of them."""
    sites = await find_sites(tx, tx.context.organization_id)
    phones = await store.lock_phones_of_base(tx, base.id)
    settings = {phone.id: rules.classify_settings(sites[phone.site_id], base, phone) for phone in phones}
    await announce_stations_in(tx, await store.change_stations(tx, settings))


def _record(tx: Transaction, base: PhoneBase) -> None:
    tx.record(
        PhoneBaseChanged(
            organization_id=tx.context.organization_id,
            phone_base_id=base.id,
            name=base.name,
            version=base.record.version,
        )
    )
