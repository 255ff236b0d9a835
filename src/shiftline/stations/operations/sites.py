"""Sites: where phones stand."""

from shiftline.authorization.operations import require
from shiftline.foundation.context import Context
from shiftline.foundation.database import Reader, Transaction
from shiftline.foundation.errors import Invalid, Problem
from shiftline.foundation.ids import new_id
from shiftline.foundation.web.paging import Page
from shiftline.stations import rules, store
from shiftline.stations.errors import NameTaken, SiteNotFound
from shiftline.stations.events import SiteChanged
from shiftline.stations.model import Site, SiteDraft

ADMINISTER = "telephony:plugin:all"


async def list_sites(context: Context, page: Page, name: str | None = None) -> tuple[list[Site], int]:
    """One page of sites by name, and how many there are."""
    async with context.reader() as reader:
        return await store.list_sites(reader, context.organization_id, page, name=name)


async def get_site(context: Context, site_id: str) -> Site:
    """One site. Raises SiteNotFound."""
    require(context, ADMINISTER, "telephony:sites:view")
    async with context.reader() as reader:
        found, _ = await store.list_sites(reader, context.organization_id, Page(1), site_id=site_id)
    if not found:
        raise SiteNotFound(site_id)
    return found[0]


async def find_sites(reader: Reader, organization_id: str) -> dict[str, Site]:
    """All sites by id."""
    found, _ = await store.list_sites(reader, organization_id, store.EVERYTHING)
    return {site.id: site for site in found}


async def choose_site(reader: Reader, organization_id: str, site_id: str | None) -> Site:
    """The site of a phone to be: the one named, else the default one. Raises Invalid, which names the field."""
    if site_id is None:
        default = await store.find_default_site(reader, organization_id)
        if default is None:
            raise Invalid(Problem("site.id", "is required: this organization has no default site."))
        return default
    found, _ = await store.list_sites(reader, organization_id, Page(1), site_id=site_id)
    if not found:
        raise Invalid(Problem("site.id", f"there is no site with id {site_id}."))
    return found[0]


async def create_site(context: Context, draft: SiteDraft) -> Site:
    """A new site; an equal one of the same name is answered as it is. Raises NameTaken."""
    require(context, ADMINISTER)
    async with context.transaction() as tx:
        return await create_site_in(tx, draft)


async def create_site_in(tx: Transaction, draft: SiteDraft) -> Site:
    """``create_site`` in the caller's transaction."""
    organization_id = tx.context.organization_id
    site = await store.insert_site(tx, draft.id or new_id(), draft)
    if site is None:
        named, _ = await store.list_sites(tx, organization_id, store.EVERYTHING, name=draft.name)
        same = [existing for existing in named if rules.is_as_drafted(existing, draft)]
        if not same:
            raise NameTaken("site", draft.name)
        return same[0]
    tx.record(
        SiteChanged(organization_id=organization_id, site_id=site.id, name=site.name, version=site.record.version)
    )
    return site
