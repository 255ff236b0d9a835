"""Users: read, made, changed."""

from litestar import get

from shiftline.foundation.context import Context
from shiftline.identity.endpoints.expansion import AnyRequest, Expand, users
from shiftline.identity.operations.organizations import get_organization, get_tenant_settings
from shiftline.identity.operations.people import get_person
from shiftline.identity.operations.targets import own_person_id
from shiftline.identity.wire import organizations as organizations_wire
from shiftline.identity.wire import people as wire


@get("/api/v2/users/me", operation_id="getUsersMe", status_code=200, tags=["Users"])
async def get_users_me(context: Context, request: AnyRequest, expand: Expand = None) -> wire.User:
    """Get the calling user; a token of client credentials stands for no user and is answered 400."""
    person = await get_person(context, own_person_id(context))
    shaped = (await users(context, request, [person], expand))[0]
    shaped.organization = organizations_wire.organization(
        await get_organization(context), await get_tenant_settings(context)
    )
    return shaped


ROUTES = [get_users_me]
