"""Users: read, made, changed, activated and deactivated."""

from dataclasses import replace
from typing import Annotated, Any, Literal, TypeAlias

from litestar import delete, get, patch, post, put
from litestar.di import Provide
from litestar.params import Body, Parameter

from shiftline.authorization.operations import require
from shiftline.foundation.context import Context
from shiftline.foundation.errors import Invalid, Problem
from shiftline.foundation.web.paging import Listing, Page, listing
from shiftline.foundation.web.wire import Identifier, ShortText
from shiftline.identity.endpoints.expansion import AnyRequest, Expand, split, users
from shiftline.identity.model import PersonDraft, PersonState
from shiftline.identity.operations.organizations import get_organization_and_webrtc
from shiftline.identity.operations.people import (
    PeopleFilter,
    change_people,
    change_person,
    change_state,
    create_person,
    get_person,
    list_people,
    move_people,
    set_password,
)
from shiftline.identity.operations.targets import get_target, own_person_id
from shiftline.identity.wire import organizations as organizations_wire
from shiftline.identity.wire import people as wire

TAGS = ["Users"]
PATH = "/api/v2/users"
ONE = f"{PATH}/{{user_id:str}}"

STATES: dict[str, tuple[PersonState, ...]] = {
    "active": ("active",),
    "inactive": ("inactive",),
    "deleted": ("deleted",),
    "any": ("active", "inactive", "deleted"),
}
StateFilter: TypeAlias = Annotated[
    str | None, Parameter(query="state", schema_extra={"enum": [*STATES]}, description="active unless said otherwise")
]
Ids: TypeAlias = Annotated[list[str] | None, Parameter(query="id", description="User ids, joined by commas")]
JabberIds: TypeAlias = Annotated[list[str] | None, Parameter(query="jabberId", description="Bare JIDs")]
# COMPAT: the vendor's documents say ascending and descending, its default ASC.
SortOrder: TypeAlias = Annotated[
    Literal["ASC", "DESC", "asc", "desc", "ascending", "descending"] | None, Parameter(query="sortOrder")
]


def _states(in_state: str | None, otherwise: tuple[PersonState, ...]) -> tuple[PersonState, ...]:
    if in_state is None:
        return otherwise
    if in_state not in STATES:
        raise Invalid(Problem("state", f"must be one of {', '.join(STATES)}."))
    return STATES[in_state]


def provide_filter(
    ids: Ids = None, jabber_ids: JabberIds = None, sort_order: SortOrder = None, in_state: StateFilter = None
) -> PeopleFilter:
    """Which users are wanted, from the query."""
    descending = (sort_order or "").lower().startswith("desc")
    return PeopleFilter(_states(in_state, ("active",)), split(ids), split(jabber_ids), descending)


@get(
    PATH,
    operation_id="getUsers",
    status_code=200,
    tags=TAGS,
    dependencies={"wanted": Provide(provide_filter, sync_to_thread=False)},
)
async def get_users(
    context: Context, request: AnyRequest, page: Page, wanted: PeopleFilter, expand: Expand = None
) -> Listing[wire.User]:
    """List users by name: the active ones, or those of ``state``."""
    people, total = await list_people(context, page, wanted)
    return listing(await users(context, request, people, expand), total, page, PATH)


@post(PATH, operation_id="postUsers", status_code=200, tags=TAGS)
async def post_users(context: Context, request: AnyRequest, data: wire.UserDraft) -> wire.User:
    """Make a user; nothing is stored when the password is refused."""
    draft = PersonDraft(
        name=data.name,
        email=data.email,
        division_id=data.division_id,
        title=data.title,
        department=data.department,
        addresses=wire.stored_contacts(data.addresses),
        state=data.state,
        password=data.password,
    )
    return (await users(context, request, [await create_person(context, draft)], None))[0]


@get(f"{PATH}/me", operation_id="getUsersMe", status_code=200, tags=TAGS)
async def get_users_me(context: Context, request: AnyRequest, expand: Expand = None) -> wire.User:
    """Get the calling user; a token of client credentials stands for no user and is answered 400."""
    person = await get_person(context, own_person_id(context))
    shaped = (await users(context, request, [person], expand))[0]
    shaped.organization = organizations_wire.organization(*await get_organization_and_webrtc(context))
    return shaped


@get(ONE, operation_id="getUser", status_code=200, tags=TAGS)
async def get_user(
    context: Context, request: AnyRequest, user_id: str, expand: Expand = None, in_state: StateFilter = None
) -> wire.User:
    """Get a user, active or inactive; a deleted one when ``state`` says so."""
    states = _states(in_state, ("active", "inactive"))
    return (await users(context, request, [await get_person(context, user_id, states=states)], expand))[0]


@patch(ONE, operation_id="patchUser", status_code=200, tags=TAGS)
async def patch_user(context: Context, request: AnyRequest, user_id: str, data: wire.UserChange) -> wire.User:
    """Change a user; ``version`` is the one that was read."""
    person = await change_person(context, user_id, data.version, wire.changed(data))
    return (await users(context, request, [person], None))[0]


@delete(ONE, operation_id="deleteUser", status_code=200, tags=TAGS)
async def delete_user(context: Context, user_id: str) -> dict[str, Any]:
    """Delete a user: history keeps naming them, and they may do nothing any more."""
    await change_state(context, user_id, "deleted", version=None)
    return {}


@patch(f"{PATH}/bulk", operation_id="patchUsersBulk", status_code=200, tags=TAGS)
async def patch_users_bulk(
    context: Context,
    request: AnyRequest,
    data: Annotated[list[wire.UserPatch], Body(max_items=500)],
) -> Listing[wire.User]:
    """Change several users, all or none."""
    require(context, "directory:user:edit", "directory:organization:admin")
    changes = {each.id: wire.patched(each) for each in data}
    people = await change_people(context, changes)
    page = Page(size=max(1, len(people)))
    return listing(await users(context, request, people, None), len(people), page, PATH)


@get(f"{ONE}/state", operation_id="getUserState", status_code=200, tags=TAGS)
async def get_user_state(context: Context, user_id: str) -> wire.UserState:
    """Tell whether a user is active."""
    person = await get_target(context, user_id, own=(), other=("directory:userStateChange:view",))
    return wire.user_state(person)


@put(f"{ONE}/state", operation_id="putUserState", status_code=200, tags=TAGS)
async def put_user_state(context: Context, user_id: str, data: wire.UserState) -> wire.UserState:
    """Activate, deactivate or delete a user; what they may no longer do ends at once, their token stays theirs."""
    person = await change_state(context, user_id, data.state, version=data.version, reason=data.state_change_reason)
    return wire.user_state(person)


@get(f"{ONE}/profileskills", operation_id="getUserProfileskills", status_code=200, tags=TAGS)
async def get_user_profileskills(context: Context, user_id: str) -> list[str]:
    """List the skills on a user's profile: words about a person, not the skills that routing uses."""
    person = await get_target(context, user_id, own=(), other=("directory:userProfile:view",))
    return list(person.profile_skills)


@put(f"{ONE}/profileskills", operation_id="putUserProfileskills", status_code=200, tags=TAGS)
async def put_user_profileskills(
    context: Context, user_id: str, data: Annotated[list[ShortText], Body(max_items=100)]
) -> list[str]:
    """Set the skills on a user's profile."""
    skills = tuple(dict.fromkeys(data))
    person = await change_person(
        context, user_id, None, lambda person: replace(person, profile_skills=skills), "directory:userProfile:edit"
    )
    return list(person.profile_skills)


@post(f"{ONE}/password", operation_id="postUserPassword", status_code=204, tags=TAGS)
async def post_user_password(context: Context, user_id: str, data: wire.NewPassword) -> None:
    """Set a user's password."""
    await set_password(context, user_id, data.new_password)


@post(
    "/api/v2/authorization/divisions/{division_id:str}/objects/{object_type:str}",
    operation_id="postAuthorizationDivisionObject",
    status_code=204,
    tags=["Authorization"],
)
async def post_division_objects(
    context: Context,
    division_id: str,
    object_type: Annotated[Literal["USER"], Parameter(description="Users alone are moved by this operation")],
    data: Annotated[list[Identifier], Body(max_items=500)],
) -> None:
    """Put users into a division, all or none."""
    del object_type
    await move_people(context, data, division_id)


ROUTES = [
    get_users,
    post_users,
    get_users_me,
    get_user,
    patch_user,
    delete_user,
    patch_users_bulk,
    get_user_state,
    put_user_state,
    get_user_profileskills,
    put_user_profileskills,
    post_user_password,
    post_division_objects,
]
