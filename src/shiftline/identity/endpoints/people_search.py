"""Users: searched for, and read by a cursor."""

import base64
import binascii
from collections.abc import Sequence
from typing import Annotated
from urllib.parse import urlencode

import msgspec
from litestar import get, post
from litestar.params import Parameter

from shiftline.foundation.context import Context
from shiftline.foundation.errors import Invalid, Problem
from shiftline.foundation.web.paging import Page
from shiftline.identity.endpoints.expansion import AnyRequest, Expand, users
from shiftline.identity.operations.people import list_people_after, search_people
from shiftline.identity.wire import people as wire

QUERY, SEARCH = "/api/v2/users/query", "/api/v2/users/search"


@get(QUERY, operation_id="getUsersQuery", status_code=200, tags=["Users"])
async def get_users_query(
    context: Context,
    request: AnyRequest,
    cursor: Annotated[str | None, Parameter(query="cursor", max_length=2000)] = None,
    page_size: Annotated[int, Parameter(query="pageSize", ge=1, le=500)] = 25,
    expand: Expand = None,
) -> wire.UserCursorListing:
    """List users by name, page by page: people who come and go meanwhile shift nobody out of it."""
    found = await list_people_after(context, _after(cursor), page_size + 1)
    people, more = found[:page_size], len(found) > page_size
    following = _cursor(people[-1].name, people[-1].id) if more else None
    return wire.UserCursorListing(
        entities=await users(context, request, people, expand),
        results=len(people),
        self_uri=QUERY,
        cursor=following,
        next_uri=None if following is None else f"{QUERY}?{urlencode({'cursor': following, 'pageSize': page_size})}",
    )


@post(SEARCH, operation_id="postUsersSearch", status_code=200, tags=["Users"])
async def post_users_search(context: Context, request: AnyRequest, data: wire.UserSearch) -> wire.UsersFound:
    """Search for users."""
    return await _search(context, request, data, data.expand)


@get(SEARCH, operation_id="getUsersSearch", status_code=200, tags=["Users"])
async def get_users_search(
    context: Context,
    request: AnyRequest,
    q64: Annotated[str, Parameter(query="q64", max_length=20_000)],
    expand: Expand = None,
) -> wire.UsersFound:
    """Search for users by the body of ``POST /users/search`` in base64."""
    try:
        asked = msgspec.json.decode(_decoded(q64), type=wire.UserSearch)
    except msgspec.DecodeError as error:
        raise Invalid(Problem("q64", f"is not the base64 of a search: {error}.")) from error
    return await _search(context, request, asked, expand or asked.expand)


async def _search(
    context: Context, request: AnyRequest, asked: wire.UserSearch, expand: Sequence[str]
) -> wire.UsersFound:
    page = Page(asked.page_size, asked.page_number)
    people, total = await search_people(context, page, wire.people_search(asked))
    count = max(1, -(-total // page.size))

    def uri(number: int) -> str:
        body = msgspec.json.encode(msgspec.structs.replace(asked, page_number=number))
        return f"{SEARCH}?{urlencode({'q64': base64.urlsafe_b64encode(body).decode()})}"

    return wire.UsersFound(
        total=total,
        page_count=count,
        page_size=page.size,
        page_number=page.number,
        results=await users(context, request, people, expand),
        types=["users"],
        previous_page=uri(page.number - 1) if page.number > 1 else None,
        current_page=uri(page.number),
        next_page=uri(page.number + 1) if page.number < count else None,
    )


def _cursor(name: str, person_id: str) -> str:
    return base64.urlsafe_b64encode(msgspec.json.encode((name, person_id))).decode()


def _after(cursor: str | None) -> tuple[str, str] | None:
    if cursor is None:
        return None
    try:
        return msgspec.json.decode(_decoded(cursor), type=tuple[wire.Name, wire.Name])
    except msgspec.DecodeError as error:
        raise Invalid(Problem("cursor", "is not one that an answer gave.")) from error


def _decoded(text: str) -> bytes:
    """Base64 of either alphabet, padded or not; nothing when it is neither."""
    try:
        return base64.urlsafe_b64decode(text.replace("+", "-").replace("/", "_") + "=" * (-len(text) % 4))
    except (binascii.Error, ValueError):
        return b""


ROUTES = [get_users_query, post_users_search, get_users_search]
