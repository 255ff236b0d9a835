"""Phones, phone base settings, lines and sites."""

from typing import Annotated

from litestar import delete, get, post, put
from litestar.params import Parameter

from shiftline.foundation.context import Context
from shiftline.foundation.errors import Invalid, Problem
from shiftline.foundation.web.paging import Listing, Page, listing
from shiftline.stations.model import META_BASE_ID, Phone, PhoneFilter
from shiftline.stations.operations import phone_bases, phones, sites
from shiftline.stations.wire import (
    EDGES,
    PhoneBaseBody,
    PhoneBody,
    SiteBody,
    WireLine,
    WirePhone,
    WirePhoneBase,
    WireSite,
    read_phone,
    read_phone_base,
    read_site,
    show_line,
    show_phone,
    show_phone_base,
    show_phone_base_template,
    show_phone_template,
    show_site,
)

TAGS = ["Telephony Providers Edge"]

NameFilter = Annotated[str | None, Parameter(query="name", max_length=256)]


@get(f"{EDGES}/phonebasesettings", operation_id="getTelephonyProvidersEdgesPhonebasesettings", tags=TAGS)
async def get_phone_bases(context: Context, page: Page, name: NameFilter = None) -> Listing[WirePhoneBase]:
    """Phone base settings by name."""
    found, total = await phone_bases.list_phone_bases(context, page, name)
    return listing([show_phone_base(base) for base in found], total, page, f"{EDGES}/phonebasesettings")


@post(
    f"{EDGES}/phonebasesettings",
    operation_id="postTelephonyProvidersEdgesPhonebasesettings",
    status_code=200,
    tags=TAGS,
)
async def post_phone_base(context: Context, data: PhoneBaseBody) -> WirePhoneBase:
    """New phone base settings."""
    return show_phone_base(await phone_bases.create_phone_base(context, read_phone_base(data)))


@get(
    f"{EDGES}/phonebasesettings/template",
    operation_id="getTelephonyProvidersEdgesPhonebasesettingsTemplate",
    tags=TAGS,
)
async def get_phone_base_template(
    context: Context,
    meta_base_id: Annotated[str, Parameter(query="phoneMetabaseId", max_length=100)] = META_BASE_ID,
) -> WirePhoneBase:
    """Phone base settings to start from."""
    await phone_bases.list_phone_bases(context, Page(1))
    if meta_base_id != META_BASE_ID:
        raise Invalid(Problem("phoneMetabaseId", f"must be {META_BASE_ID}: only WebRTC softphones exist here."))
    return show_phone_base_template()


@get(
    f"{EDGES}/phonebasesettings/{{phone_base_id:str}}",
    operation_id="getTelephonyProvidersEdgesPhonebasesetting",
    tags=TAGS,
)
async def get_phone_base(context: Context, phone_base_id: str) -> WirePhoneBase:
    """Phone base settings by id."""
    return show_phone_base(await phone_bases.get_phone_base(context, phone_base_id))


@put(
    f"{EDGES}/phonebasesettings/{{phone_base_id:str}}",
    operation_id="putTelephonyProvidersEdgesPhonebasesetting",
    tags=TAGS,
)
async def put_phone_base(context: Context, phone_base_id: str, data: PhoneBaseBody) -> WirePhoneBase:
    """Change phone base settings; the stations of their phones follow."""
    draft = read_phone_base(data)
    return show_phone_base(await phone_bases.change_phone_base(context, phone_base_id, data.version, draft))


@get(f"{EDGES}/phones", operation_id="getTelephonyProvidersEdgesPhones", tags=TAGS)
async def get_phones(
    context: Context,
    page: Page,
    *,
    name: NameFilter = None,
    user_id: Annotated[str | None, Parameter(query="webRtcUser.id", max_length=100)] = None,
    base_id: Annotated[str | None, Parameter(query="phoneBaseSettings.id", max_length=100)] = None,
    site_id: Annotated[str | None, Parameter(query="site.id", max_length=100)] = None,
) -> Listing[WirePhone]:
    """Phones by name."""
    wanted = PhoneFilter(name=name, person_id=user_id, phone_base_id=base_id, site_id=site_id)
    found, total = await phones.list_phones(context, page, wanted)
    around = await phones.find_surroundings(context, found)
    return listing([show_phone(phone, around[phone.id]) for phone in found], total, page, f"{EDGES}/phones")


@post(f"{EDGES}/phones", operation_id="postTelephonyProvidersEdgesPhones", status_code=200, tags=TAGS)
async def post_phone(context: Context, data: PhoneBody) -> WirePhone:
    """A new phone with its station."""
    return await _show(context, await phones.create_phone(context, read_phone(data)))


@get(f"{EDGES}/phones/template", operation_id="getTelephonyProvidersEdgesPhonesTemplate", tags=TAGS)
async def get_phone_template(
    context: Context, base_id: Annotated[str, Parameter(query="phoneBaseSettingsId", max_length=100)]
) -> WirePhone:
    """A phone with the given base settings to start from."""
    return show_phone_template(await phone_bases.get_phone_base(context, base_id))


@get(f"{EDGES}/phones/{{phone_id:str}}", operation_id="getTelephonyProvidersEdgesPhone", tags=TAGS)
async def get_phone(context: Context, phone_id: str) -> WirePhone:
    """One phone."""
    return await _show(context, await phones.get_phone(context, phone_id))


@put(f"{EDGES}/phones/{{phone_id:str}}", operation_id="putTelephonyProvidersEdgesPhone", tags=TAGS)
async def put_phone(context: Context, phone_id: str, data: PhoneBody) -> WirePhone:
    """Change a phone; its station follows."""
    return await _show(context, await phones.change_phone(context, phone_id, data.version, read_phone(data)))


@delete(f"{EDGES}/phones/{{phone_id:str}}", operation_id="deleteTelephonyProvidersEdgesPhone", tags=TAGS)
async def delete_phone(context: Context, phone_id: str) -> None:
    """Remove a phone and its station."""
    await phones.delete_phone(context, phone_id)


@get(f"{EDGES}/lines", operation_id="getTelephonyProvidersEdgesLines", tags=TAGS)
async def get_lines(context: Context, page: Page, name: NameFilter = None) -> Listing[WireLine]:
    """The lines of phones, by the name of the phone."""
    found, total = await phones.list_phones(context, page, PhoneFilter(name=name))
    around = await phones.find_surroundings(context, found)
    return listing([show_line(phone, around[phone.id]) for phone in found], total, page, f"{EDGES}/lines")


@get(f"{EDGES}/sites", operation_id="getTelephonyProvidersEdgesSites", tags=TAGS)
async def get_sites(context: Context, page: Page, name: NameFilter = None) -> Listing[WireSite]:
    """Sites by name."""
    found, total = await sites.list_sites(context, page, name)
    return listing([show_site(site) for site in found], total, page, f"{EDGES}/sites")


@post(f"{EDGES}/sites", operation_id="postTelephonyProvidersEdgesSites", status_code=200, tags=TAGS)
async def post_site(context: Context, data: SiteBody) -> WireSite:
    """A new site."""
    return show_site(await sites.create_site(context, read_site(data)))


@get(f"{EDGES}/sites/{{site_id:str}}", operation_id="getTelephonyProvidersEdgesSite", tags=TAGS)
async def get_site(context: Context, site_id: str) -> WireSite:
    """One site."""
    return show_site(await sites.get_site(context, site_id))


async def _show(context: Context, phone: Phone) -> WirePhone:
    around = await phones.find_surroundings(context, [phone])
    return show_phone(phone, around[phone.id])


ROUTES = [
    get_phone_bases,
    post_phone_base,
    get_phone_base_template,
    get_phone_base,
    put_phone_base,
    get_phones,
    post_phone,
    get_phone_template,
    get_phone,
    put_phone,
    delete_phone,
    get_lines,
    get_sites,
    post_site,
    get_site,
]
