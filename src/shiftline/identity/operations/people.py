"""People: made, found, changed, activated and deactivated."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace

import psycopg

from shiftline.authorization.operations import (
    find_home_division,
    get_division,
    get_home_division,
    keeping_an_administrator,
    require,
)
from shiftline.foundation.context import Context
from shiftline.foundation.database import Reader, Transaction
from shiftline.foundation.errors import Invalid, Problem
from shiftline.foundation.ids import new_id
from shiftline.foundation.web.paging import Page
from shiftline.identity import rules, store
from shiftline.identity.errors import EmailTaken, PersonNotFound, StaleVersion
from shiftline.identity.events import PasswordSet, PersonChanged
from shiftline.identity.model import PeopleSearch, Person, PersonDraft, PersonState
from shiftline.identity.operations import passwords

EDIT, DELETE = "directory:user:edit", "directory:user:delete"


async def find_people(reader: Reader, organization_id: str, ids: Collection[str]) -> dict[str, Person]:
    """People by id; unknown ids are left out. Deleted people are found: history names them."""
    return {person.id: person for person in await store.find_people(reader, organization_id, ids)}


async def get_person(context: Context, person_id: str, *, states: Collection[str] = ("active", "inactive")) -> Person:
    """One person in one of the states. Raises PersonNotFound."""
    async with context.reader() as reader:
        person = (await find_people(reader, context.organization_id, [person_id])).get(person_id)
    if person is None or person.state not in states:
        raise PersonNotFound(person_id)
    return person


@dataclass(frozen=True, slots=True)
class PeopleFilter:
    """Which people a list shows; None: whatever it is."""

    states: tuple[PersonState, ...] = ("active",)
    ids: tuple[str, ...] | None = None
    jabber_ids: tuple[str, ...] | None = None
    descending: bool = False


async def list_people(context: Context, page: Page, wanted: PeopleFilter) -> tuple[list[Person], int]:
    """One page of people by name, and how many there are."""
    parameters = {
        "states": list(wanted.states),
        "ids": None if wanted.ids is None else list(wanted.ids),
        "jabber_ids": None if wanted.jabber_ids is None else list(wanted.jabber_ids),
        "descending": wanted.descending,
    }
    async with context.reader() as reader:
        return await store.list_people(reader, context.organization_id, parameters, limit=page.size, offset=page.offset)


async def list_people_after(context: Context, after: tuple[str, str] | None, limit: int) -> list[Person]:
    """The people after somebody (name, id), by name: a list that does not shift while it is read."""
    require(context, "directory:user:view")
    async with context.reader() as reader:
        return await store.list_people_after(reader, context.organization_id, after, limit)


async def search_people(context: Context, page: Page, search: PeopleSearch) -> tuple[list[Person], int]:
    """One page of who matches a search, and how many do."""
    require(context, "directory:user:view")
    async with context.reader() as reader:
        return await store.search_people(reader, context.organization_id, search, limit=page.size, offset=page.offset)


async def create_person(context: Context, draft: PersonDraft) -> Person:
    """A new person. Raises EmailTaken, DivisionNotFound."""
    require(context, "directory:user:add")
    home = await get_home_division(context)
    division_id = draft.division_id or home.id
    await get_division(context, division_id)
    require(context, "directory:user:add", division_id=division_id)
    hashed = None if draft.password is None else await passwords.hash_password(draft.password)
    async with context.transaction() as tx:
        return await create_person_in(tx, draft, hashed)


async def create_person_in(tx: Transaction, draft: PersonDraft, hashed: str | None = None) -> Person:
    """A new person in the caller's transaction, with an argon2 hash when they can sign in. Raises EmailTaken."""
    organization = await store.find_organization(tx, tx.context.organization_id)
    assert organization is not None
    person_id = draft.id or new_id()
    home = await find_home_division(tx, organization.id)
    jabber_id = rules.choose_jabber_id(person_id, draft.email, f"{organization.domain}.localhost")
    try:
        person = await store.insert_person(
            tx, person_id, draft, division_id=draft.division_id or home.id, jabber_id=jabber_id
        )
    except psycopg.errors.UniqueViolation as error:
        raise EmailTaken(draft.email) from error
    if person is None:
        raise EmailTaken(draft.id or draft.email)
    if hashed is not None:
        await store.set_password(tx, person.id, hashed)
    tx.record(_changed(tx, person))
    return person


async def change_person(
    context: Context,
    person_id: str,
    version: int | None,
    change: Callable[[Person], Person],
    permission: str = EDIT,
) -> Person:
    """Change a person; an unchanged one keeps its version. Raises PersonNotFound, StaleVersion, EmailTaken."""
    async with context.transaction() as tx:
        return await change_person_in(tx, person_id, version, change, permission)


async def change_person_in(
    tx: Transaction,
    person_id: str,
    version: int | None,
    change: Callable[[Person], Person],
    permission: str = EDIT,
) -> Person:
    """``change_person`` in the caller's transaction. The permission must hold in the person's division.

    Raises LastAdministrator for whoever is the last who may grant roles and would be active no more.
    """
    require(tx.context, permission)
    current = await store.lock_person(tx, person_id)
    if current is None or current.state == "deleted":
        raise PersonNotFound(person_id)
    require(tx.context, permission, division_id=current.division_id)
    if version is not None and version != current.version:
        raise StaleVersion(current, version)
    changed = change(current)
    if changed == current:
        return current
    _check_state(tx.context, current, changed)
    await _check_manager(tx, changed)
    if current.state != "active" or changed.state == "active":
        person = await _update_in(tx, changed)
    else:
        async with keeping_an_administrator(tx):
            person = await _update_in(tx, changed)
    tx.record(_changed(tx, person))
    return person


async def _update_in(tx: Transaction, changed: Person) -> Person:
    try:
        return await store.update_person(tx, changed)
    except psycopg.errors.UniqueViolation as error:
        raise EmailTaken(changed.email) from error


async def change_people(context: Context, changes: Mapping[str, Callable[[Person], Person]]) -> list[Person]:
    """Change several people, all or none. Raises PersonNotFound."""
    async with context.transaction() as tx:
        # All and in one order, before anything is changed, so that two such changes never wait for each other.
        for person_id in sorted(changes):
            await store.lock_person(tx, person_id)
        changed = {each: await change_person_in(tx, each, None, changes[each]) for each in sorted(changes)}
    return [changed[each] for each in changes]


async def change_state(
    context: Context, person_id: str, state: PersonState, *, version: int | None, reason: str | None = None
) -> Person:
    """Activate, deactivate or delete a person. Their tokens stay; what they may do is decided at each step."""

    def change(person: Person) -> Person:
        return person if person.state == state else replace(person, state=state, state_reason=reason)

    return await change_person(context, person_id, version, change, DELETE if state == "deleted" else EDIT)


async def move_people(context: Context, person_ids: Collection[str], division_id: str) -> None:
    """Put people into a division, all or none. The permission must hold where they were and where they go.

    Raises PersonNotFound, DivisionNotFound.
    """
    require(context, EDIT)
    await get_division(context, division_id)
    require(context, EDIT, division_id=division_id)
    await change_people(
        context, {person_id: lambda person: replace(person, division_id=division_id) for person_id in person_ids}
    )


async def set_password(context: Context, person_id: str, password: str) -> None:
    """Give a person a password for the sign-in page. Raises PersonNotFound."""
    permission = "directory:user:setPassword"
    require(context, permission)
    hashed = await passwords.hash_password(password)
    async with context.transaction() as tx:
        person = await store.lock_person(tx, person_id)
        if person is None or person.state == "deleted":
            raise PersonNotFound(person_id)
        require(context, permission, division_id=person.division_id)
        await store.set_password(tx, person_id, hashed)
        tx.record(PasswordSet(organization_id=context.organization_id, person_id=person_id))


def _check_state(context: Context, current: Person, changed: Person) -> None:
    if changed.state == current.state:
        return
    if changed.state == "deleted":
        require(context, DELETE, division_id=current.division_id)
    if changed.state != "active" and changed.id == context.actor.person_id:
        raise Invalid(Problem("state", "you cannot deactivate yourself; another administrator can."))


async def _check_manager(tx: Transaction, changed: Person) -> None:
    manager_id = changed.manager_id
    if manager_id == changed.id:
        raise Invalid(Problem("manager", "nobody is their own manager."))
    if manager_id is not None and not await store.find_people(tx, tx.context.organization_id, [manager_id]):
        raise Invalid(Problem("manager", f"there is no user with id {manager_id}."))


def _changed(tx: Transaction, person: Person) -> PersonChanged:
    return PersonChanged(
        organization_id=tx.context.organization_id,
        person_id=person.id,
        state=person.state,
        division_id=person.division_id,
        version=person.version,
    )
