"""People on the wire: the vendor's ``User`` and what is sent to make and change one."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Annotated, Any, Literal, TypeAlias

import msgspec
from msgspec import UNSET, Meta, UnsetType

from shiftline.foundation.errors import Invalid, Problem
from shiftline.foundation.web.wire import Identifier, Instant, ShortText, Wire
from shiftline.identity.model import Condition, PeopleSearch, Person
from shiftline.identity.wire.organizations import Organization

Name: TypeAlias = Annotated[str, Meta(min_length=1, max_length=256, pattern=r"^[^\x00]*[^\s\x00][^\x00]*$")]
Email: TypeAlias = Annotated[str, Meta(max_length=254, pattern=r"^[^\s@\x00]+@[^\s@\x00]+$")]
Password: TypeAlias = Annotated[str, Meta(min_length=1, max_length=256, pattern=r"^[^\x00]*$")]
Version: TypeAlias = Annotated[int, Meta(ge=1, le=2_147_483_647)]
State: TypeAlias = Literal["active", "inactive", "deleted"]
Skills: TypeAlias = Annotated[tuple[ShortText, ...], Meta(max_length=100)]


class Chat(Wire):
    """Where a person's softphone signs in."""

    jabber_id: str


class DivisionOf(Wire):
    """The division that something belongs to."""

    id: str
    name: str | None = None
    self_uri: str | None = None


class Contact(Wire):
    """A way to reach a person."""

    address: ShortText | None = None
    display: ShortText | None = None
    media_type: Literal["PHONE", "EMAIL", "SMS"] | None = None
    type: Literal["PRIMARY", "WORK", "WORK2", "WORK3", "WORK4", "HOME", "MOBILE", "MAIN", "OTHER"] | None = None
    extension: ShortText | None = None
    country_code: ShortText | None = None


Contacts: TypeAlias = Annotated[tuple[Contact, ...], Meta(max_length=50)]


class Manager(Wire):
    """Another person by id."""

    id: Identifier
    self_uri: str | None = None


class User(Wire):
    """A person. The last fields are there when asked by ``expand`` alone; other rooms fill them."""

    id: str
    name: str
    email: str
    username: str
    division: DivisionOf
    chat: Chat
    state: str
    version: int
    acd_auto_answer: bool
    addresses: list[Contact]
    primary_contact_info: list[Contact]
    self_uri: str
    title: str | None = None
    department: str | None = None
    preferred_name: str | None = None
    manager: Manager | None = None
    profile_skills: list[str] | None = None
    organization: Organization | None = None
    authorization: Any = None
    station: Any = None
    presence: Any = None
    routing_status: Any = None
    skills: Any = None
    languages: Any = None


class UserDraft(Wire):
    """A person to be."""

    name: Name
    email: Email
    department: ShortText | None = None
    title: ShortText | None = None
    addresses: Contacts = ()
    password: Password | None = None
    division_id: Identifier | None = None
    state: Literal["active", "inactive"] = "active"


class UserChange(Wire):
    """What of a person is to change; absent fields stay, a null empties what may be empty."""

    version: Version
    name: Name | UnsetType = UNSET
    email: Email | UnsetType = UNSET
    state: State | UnsetType = UNSET
    title: ShortText | UnsetType | None = UNSET
    department: ShortText | UnsetType | None = UNSET
    preferred_name: ShortText | UnsetType | None = UNSET
    manager: Identifier | UnsetType | None = UNSET
    addresses: Contacts | UnsetType = UNSET
    profile_skills: Skills | UnsetType = UNSET
    acd_auto_answer: bool | UnsetType = UNSET


class UserPatch(Wire):
    """What of one person is to change in a bulk."""

    id: Identifier
    acd_auto_answer: bool | UnsetType = UNSET


def changed(data: UserChange) -> Callable[[Person], Person]:
    """What a change makes of a person."""
    fields = ("name", "email", "state", "title", "department", "preferred_name", "acd_auto_answer")
    values: dict[str, Any] = {field: getattr(data, field) for field in fields if getattr(data, field) is not UNSET}
    if data.manager is not UNSET:
        values["manager_id"] = data.manager
    if data.addresses is not UNSET:
        values["addresses"] = stored_contacts(data.addresses)
    if data.profile_skills is not UNSET:
        values["profile_skills"] = data.profile_skills
    return lambda person: replace(person, **values)


def patched(data: UserPatch) -> Callable[[Person], Person]:
    """What a change within a bulk makes of a person."""
    auto = data.acd_auto_answer
    return lambda person: person if auto is UNSET else replace(person, acd_auto_answer=auto)


class UserState(Wire):
    """Whether a person is active, since when and why. Without ``version`` it is set whatever stands."""

    state: State
    version: Version | None = None
    state_change_reason: Literal["Voluntary", "Seasonal", "Leave", "Performance", "Conduct", "Unknown"] | None = None
    state_change_date: Instant | None = None


class NewPassword(Wire):
    """A password to be set."""

    new_password: Password


class SearchCriterion(Wire):
    """One condition of a search; ``values`` are alternatives, ``group`` is a condition in brackets."""

    fields: Annotated[tuple[ShortText, ...], Meta(max_length=10)] = ()
    type: Literal["EXACT", "STARTS_WITH", "CONTAINS", "TERM", "TERMS", "QUERY_STRING", "REQUIRED_FIELDS"] = "EXACT"
    operator: Literal["AND", "OR", "NOT"] = "AND"
    value: ShortText | None = None
    values: Annotated[tuple[ShortText, ...], Meta(max_length=500)] = ()


class SearchSort(Wire):
    """An order."""

    sort_by: ShortText | None = None
    sort_order: Literal["ASC", "DESC", "SCORE"] | None = None


class UserSearch(Wire):
    """A search over people."""

    query: Annotated[tuple[SearchCriterion, ...], Meta(max_length=20)] = ()
    page_size: Annotated[int, Meta(ge=1, le=500)] = 25
    page_number: Annotated[int, Meta(ge=1, le=1_000_000)] = 1
    sort_by: ShortText | None = None
    sort_order: Literal["ASC", "DESC", "SCORE"] | None = None
    sort: Annotated[tuple[SearchSort, ...], Meta(max_length=5)] = ()
    expand: Annotated[tuple[ShortText, ...], Meta(max_length=50)] = ()


class UsersFound(Wire):
    """One page of a search."""

    total: int
    page_count: int
    page_size: int
    page_number: int
    results: Sequence[User]
    types: list[str]
    previous_page: str | None = None
    current_page: str | None = None
    next_page: str | None = None


class UserCursorListing(Wire):
    """The people after a cursor."""

    entities: Sequence[User]
    results: int
    self_uri: str
    cursor: str | None = None
    next_uri: str | None = None


def user(person: Person, division_name: str | None) -> User:
    """A person as everybody in the organization sees them."""
    contacts = [msgspec.convert(entry, Contact) for entry in person.addresses]
    email = Contact(address=person.email, media_type="EMAIL", type="PRIMARY")
    manager = person.manager_id
    return User(
        id=person.id,
        name=person.name,
        email=person.email,
        username=person.email,
        division=DivisionOf(
            id=person.division_id,
            name=division_name,
            self_uri=f"/api/v2/authorization/divisions/{person.division_id}",
        ),
        chat=Chat(jabber_id=person.jabber_id),
        state=person.state,
        version=person.version,
        acd_auto_answer=person.acd_auto_answer,
        addresses=contacts,
        primary_contact_info=[email, *(contact for contact in contacts if contact.type == "PRIMARY")],
        self_uri=f"/api/v2/users/{person.id}",
        title=person.title,
        department=person.department,
        preferred_name=person.preferred_name,
        manager=None if manager is None else Manager(id=manager, self_uri=f"/api/v2/users/{manager}"),
        profile_skills=list(person.profile_skills),
    )


def stored_contacts(contacts: Sequence[Contact]) -> tuple[dict[str, str], ...]:
    """Contacts as a person keeps them: as they are on the wire."""
    return tuple(msgspec.to_builtins(contact) for contact in contacts)


def user_state(person: Person) -> UserState:
    """Whether a person is active."""
    reason: Any = person.state_reason
    return UserState(
        state=person.state, version=person.version, state_change_reason=reason, state_change_date=person.since
    )


STORED_FIELDS = {
    "id": "id",
    "name": "name",
    "email": "email",
    "username": "email",
    "title": "title",
    "department": "department",
    "preferredName": "preferred_name",
    "state": "state",
    "divisionId": "division_id",
    "division.id": "division_id",
    "chat.jabberId": "jabber_id",
    "jabberId": "jabber_id",
    "managerId": "manager_id",
    "manager.id": "manager_id",
}
KINDS: dict[str, Literal["EXACT", "STARTS_WITH", "CONTAINS", "PRESENT"]] = {
    "EXACT": "EXACT",
    "TERM": "EXACT",
    "TERMS": "EXACT",
    "STARTS_WITH": "STARTS_WITH",
    "CONTAINS": "CONTAINS",
    "QUERY_STRING": "CONTAINS",
    "REQUIRED_FIELDS": "PRESENT",
}


def people_search(asked: UserSearch) -> PeopleSearch:
    """The search that is asked for. Raises Invalid naming the field."""
    order = asked.sort[0] if asked.sort else SearchSort(sort_by=asked.sort_by, sort_order=asked.sort_order)
    sort_by = STORED_FIELDS.get(order.sort_by or "name")
    if sort_by is None:
        raise Invalid(Problem("sortBy", f"there is no order by {order.sort_by!r}."))
    found: dict[str, list[Condition]] = {"AND": [], "NOT": [], "OR": []}
    for index, criterion in enumerate(asked.query):
        found[criterion.operator].append(_condition(index, criterion))
    names_state = any("state" in criterion.fields for criterion in asked.query)
    return PeopleSearch(
        every=tuple(found["AND"]),
        none=tuple(found["NOT"]),
        some=tuple(found["OR"]),
        sort_by=sort_by,
        descending=order.sort_order == "DESC",
        with_deleted=names_state,
    )


def _condition(index: int, criterion: SearchCriterion) -> Condition:
    fields: list[str] = []
    for position, name in enumerate(criterion.fields or ("name", "email", "title", "department")):
        if name not in STORED_FIELDS:
            raise Invalid(Problem(f"query[{index}].fields[{position}]", f"there is no field {name!r} to search."))
        fields.append(STORED_FIELDS[name])
    words = criterion.values or (() if criterion.value is None else (criterion.value,))
    if not words and criterion.type != "REQUIRED_FIELDS":
        raise Invalid(Problem(f"query[{index}].value", "is required."))
    return Condition(tuple(fields), KINDS[criterion.type], words or ("",))
