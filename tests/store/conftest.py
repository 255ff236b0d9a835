"""What tests of rooms share: tenants made by the rooms' own operations, and the API on top of them."""

from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import Any

import httpx
import pytest

from shiftline.authorization.model import RoleDraft
from shiftline.authorization.operations import create_role_in, grant_role_in
from shiftline.authorization.rules import grants_of
from shiftline.foundation import events
from shiftline.foundation.clock import Clock
from shiftline.foundation.context import Actor, Context
from shiftline.foundation.database import Database
from shiftline.foundation.web.application import WebOptions, build
from shiftline.identity.model import Person, PersonDraft
from shiftline.identity.operations.organizations import prepare_organization_in
from shiftline.identity.operations.people import create_person_in
from shiftline.identity.operations.tokens import authenticate, issue_token_in


@dataclass
class Tenant:
    """An organization and its administrator."""

    context: Context
    tokens: dict[str, str] = field(default_factory=dict[str, str])

    async def person(
        self, name: str, *permissions: str, division_id: str = "*", person_id: str | None = None
    ) -> Person:
        """Somebody new who holds the permissions in a division."""
        async with self.context.transaction() as tx:
            person = await create_person_in(
                tx, PersonDraft(name, f"{name}@example.test".replace(" ", "."), id=person_id)
            )
            if permissions:
                role = await create_role_in(tx, RoleDraft(f"role of {person.id}", None, permissions))
                await grant_role_in(tx, person.id, role.id, division_id)
            issued = await issue_token_in(tx, person_id=person.id, client_id="test")
        self.tokens[person.id] = issued.text
        return person

    def acting_as(self, person: Person, *permissions: str, division_id: str = "*") -> Context:
        """The context of somebody who holds the permissions."""
        grants = grants_of([(division_id, permissions)])
        actor = Actor(self.context.organization_id, "person", person_id=person.id, grants=grants)
        return self.context.acting_as(actor)

    async def news(self, *kinds: type[Any]) -> list[Any]:
        """The events of some kinds in the outbox, oldest first, and no more after that."""
        async with self.context.reader() as reader:
            rows = await reader.all("select name, version, body::text as body from foundation.outbox order by id", {})
            await reader.connection.execute("delete from foundation.outbox")
        happened = [events.decode(row["name"], row["version"], row["body"]) for row in rows]
        return [event for event in happened if isinstance(event, kinds)]


async def make_tenant(context: Context) -> Tenant:
    """A tenant whose administrator is the context's actor."""
    tenant = Tenant(context)
    async with context.transaction() as tx:
        await prepare_organization_in(tx, f"Organization {context.organization_id}", context.organization_id)
    assert context.actor.person_id is not None
    await tenant.person("Admin", "*:*:*", "*:*", person_id=context.actor.person_id)
    return tenant


@pytest.fixture
async def tenant(context: Context) -> Tenant:
    """The organization ``org-1``."""
    return await make_tenant(context)


@pytest.fixture
async def other_tenant(context: Context) -> Tenant:
    """Another organization of the same installation."""
    actor = replace(context.actor, organization_id="org-2", person_id="admin-2")
    return await make_tenant(context.acting_as(actor))


@dataclass
class Api:
    """The API of some routes on a database, called with tokens."""

    client: httpx.AsyncClient

    async def call(self, method: str, path: str, token: str, body: Any = None) -> httpx.Response:
        """One request; the JSON body of an operation without one is null, as the vendor's SDK sends it."""
        if method in ("GET", "DELETE"):
            return await self.client.request(method, path, headers={"Authorization": f"Bearer {token}"})
        return await self.client.request(method, path, headers={"Authorization": f"Bearer {token}"}, json=body)


@asynccontextmanager
async def serve(database: Database, clock: Clock, routes: Sequence[Any]) -> AsyncGenerator[Api]:
    """The API with these routes."""

    async def who(token: str) -> Actor:
        return await authenticate(database, clock, token)

    app: Any = build(routes, database=database, clock=clock, authenticate=who, options=WebOptions("localhost:8443"))
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="https://api.localhost:8443") as client:
        yield Api(client)
