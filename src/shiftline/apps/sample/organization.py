"""An organization with its roles, its administrator and a client for scripts."""

import asyncio
import base64
import hashlib
import hmac
from dataclasses import dataclass
from datetime import timedelta

from shiftline.authorization.model import EVERY_DIVISION, SOFTPHONE, Role, RoleDraft
from shiftline.authorization.operations import create_role_in, grant_role_in
from shiftline.foundation.context import Actor, Context
from shiftline.foundation.database import Transaction
from shiftline.identity import rules, store
from shiftline.identity.model import Client, Person, PersonDraft
from shiftline.identity.operations.organizations import prepare_organization_in
from shiftline.identity.operations.passwords import hash_password
from shiftline.identity.operations.people import create_person_in
from shiftline.identity.operations.tokens import issue_token_in
from shiftline.presence.operations.definitions import prepare_organization as prepare_presence
from shiftline.stations.operations.phone_bases import prepare_organization as prepare_stations

TOKEN_LIFETIME = timedelta(days=30)

ADMINISTRATOR = RoleDraft(
    name="Administrator",
    description="Everything, in every division",
    permissions=("*:*:*", SOFTPHONE),
    default_role_id="admin",
)
AGENT = RoleDraft(
    name="Agent",
    description="Works shifts and answers interactions with the softphone",
    permissions=(
        SOFTPHONE,
        "wfm:agentSchedule:view",
        "wfm:agentTimeOffRequest:submit",
        "wfm:agentShiftTradeRequest:participate",
        "wfm:agentUnavailableTimes:submit",
        "wfm:agentSchedulingPreferences:edit",
        "telephony:selfStationAssociation:view",
        "telephony:selfStationAssociation:edit",
        "telephony:station:disassociateSelf",
        "routing:queue:join",
        "presence:presenceDefinition:view",
    ),
    default_role_id="employee",
)
SUPERVISOR = RoleDraft(
    name="Supervisor",
    description="Plans schedules, approves requests, sees why",
    permissions=(
        SOFTPHONE,
        "wfm:*:view",
        "wfm:schedule:add",
        "wfm:schedule:edit",
        "wfm:schedule:delete",
        "wfm:timeOffRequest:add",
        "wfm:timeOffRequest:edit",
        "wfm:shiftTradeRequest:edit",
        "wfm:agentSchedule:view",
        "wfm:agentTimeOffRequest:submit",
        "routing:queue:view",
        "routing:skill:view",
        "directory:user:view",
        "access:decision:view",
        "audits:audit:view",
    ),
    default_role_id="supervisor",
)


@dataclass(frozen=True, slots=True)
class Secrets:
    """Names to secrets, the same at every start of a folder."""

    folder_secret: str

    def derive(self, name: str, length: int = 24) -> str:
        """The secret for a name: URL-safe text."""
        mac = hmac.new(self.folder_secret.encode(), name.encode(), hashlib.sha256).digest()
        return base64.urlsafe_b64encode(mac).decode().rstrip("=").replace("-", "x").replace("_", "y")[:length]


@dataclass(frozen=True, slots=True)
class Newcomer:
    """Somebody to be made, with the role they get."""

    draft: PersonDraft
    role: str


def system(context: Context, organization_id: str) -> Context:
    """The same surroundings, acting as the system in an organization."""
    return context.acting_as(Actor(organization_id, "system"))


async def create_organization(
    context: Context, name: str, domain: str, client: Client, secret_digest: bytes
) -> dict[str, Role]:
    """The context's organization with its roles by name and a client-credentials client that may do everything."""
    async with context.transaction() as tx:
        await prepare_organization_in(tx, name, domain)
        await prepare_presence(tx, tx.context.organization_id)
        await prepare_stations(tx, tx.context.organization_id)
        roles = {draft.name: await create_role_in(tx, draft) for draft in (ADMINISTRATOR, AGENT, SUPERVISOR)}
        await store.insert_client(tx, client, secret_digest)
        await grant_role_in(tx, client.id, roles["Administrator"].id, EVERY_DIVISION)
    return roles


async def create_people(
    context: Context, newcomers: list[Newcomer], roles: dict[str, Role], secrets: Secrets
) -> list[Person]:
    """The newcomers, each with their role in every division and a password of their own."""
    hashes = await asyncio.gather(*(_hash(each.draft, secrets) for each in newcomers))
    people: list[Person] = []
    async with context.transaction() as tx:
        for newcomer, hashed in zip(newcomers, hashes, strict=True):
            person = await create_person_in(tx, newcomer.draft, hashed)
            await grant_role_in(tx, person.id, roles[newcomer.role].id, EVERY_DIVISION)
            people.append(person)
    return people


async def _hash(draft: PersonDraft, secrets: Secrets) -> str | None:
    return None if draft.id is None else await hash_password(secrets.derive(f"password:{draft.id}", 14))


async def issue_tokens(context: Context, person_ids: list[str], client_id: str) -> dict[str, str]:
    """A fresh access token for each person."""
    async with context.transaction() as tx:
        return {person_id: (await _issue(tx, person_id, client_id)) for person_id in person_ids}


async def _issue(tx: Transaction, person_id: str, client_id: str) -> str:
    issued = await issue_token_in(tx, person_id=person_id, client_id=client_id, lifetime=TOKEN_LIFETIME)
    return issued.text


def script_client(client_id: str, name: str) -> Client:
    """A client-credentials client."""
    return Client(
        id=client_id,
        name=name,
        description="For scripts, by client credentials",
        grant_type="CLIENT-CREDENTIALS",
        redirect_uris=(),
        token_seconds=86400,
        state="active",
        version=1,
    )


def with_clock_back(context: Context, span: timedelta) -> Context:
    """The same surroundings some time ago: people were there before the first schedule."""
    from shiftline.foundation.clock import Clock

    return context.with_clock(Clock(context.clock.offset - span))


digest = rules.digest
