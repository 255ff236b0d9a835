"""An organization with its roles, its administrator and a client for scripts."""

import asyncio
from dataclasses import dataclass, replace
from datetime import timedelta

from shiftline.apps.sample.credentials import Secrets
from shiftline.authorization.model import EVERY_DIVISION, SOFTPHONE, Role, RoleDraft
from shiftline.authorization.operations import create_role_in, grant_role_in
from shiftline.foundation.context import Context
from shiftline.identity.model import ClientDraft, Person, PersonDraft
from shiftline.identity.operations.clients import create_client_in
from shiftline.identity.operations.organizations import prepare_organization_in
from shiftline.identity.operations.passwords import hash_password
from shiftline.identity.operations.people import create_person_in
from shiftline.presence.operations.definitions import prepare_organization as prepare_presence
from shiftline.stations.operations.phone_bases import prepare_organization as prepare_stations

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
        "wfm:agentAdherenceAdjustment:submit",
        "wfm:agentAdherenceExplanation:submit",
        "wfm:agentHistoricalAdherence:view",
        "wfm:agentHistoricalAdherenceConformance:view",
        "telephony:selfStationAssociation:view",
        "telephony:selfStationAssociation:edit",
        "telephony:station:disassociateSelf",
        "routing:queue:join",
        "routing:queue:view",
        "routing:wrapupCode:view",
        "presence:presenceDefinition:view",
        "conversation:call:add",
        "conversation:call:record",
        "conversation:conference:add",
        "conversation:email:create",
        "conversation:message:create",
        "conversation:communication:blindTransfer",
        "conversation:communication:consultTransfer",
        "directory:user:view",
        # Whoever tries the sample out hears their own call again.
        "recording:recording:view",
    ),
    default_role_id="employee",
)
SUPERVISOR = RoleDraft(
    name="Supervisor",
    description="Plans schedules, approves requests, sees why, listens to recordings",
    permissions=(
        SOFTPHONE,
        "wfm:*:view",
        "wfm:schedule:add",
        "wfm:schedule:edit",
        "wfm:schedule:delete",
        "wfm:timeOffRequest:add",
        "wfm:timeOffRequest:edit",
        "wfm:timeOffRequest:notify",
        "wfm:timeOffPlan:add",
        "wfm:timeOffPlan:edit",
        "wfm:timeOffPlan:delete",
        "wfm:timeOffLimit:add",
        "wfm:timeOffLimit:edit",
        "wfm:timeOffLimit:delete",
        "wfm:shiftTradeRequest:edit",
        "wfm:adherenceAdjustment:edit",
        "wfm:adherenceAdjustmentReasonCode:add",
        "wfm:adherenceAdjustmentReasonCode:edit",
        "wfm:adherenceAdjustmentReasonCode:delete",
        "wfm:adherenceExplanation:add",
        "wfm:adherenceExplanation:edit",
        "wfm:adherenceExplanation:notify",
        "wfm:unavailableTimes:edit",
        "wfm:workPlan:add",
        "wfm:workPlan:edit",
        "wfm:workPlan:delete",
        "wfm:workPlanRotation:add",
        "wfm:workPlanRotation:edit",
        "wfm:workPlanRotation:delete",
        "wfm:agent:edit",
        "wfm:agentSchedule:view",
        "wfm:agentTimeOffRequest:submit",
        "routing:queue:view",
        "routing:skill:view",
        "directory:user:view",
        "routing:wrapupCode:view",
        "conversation:call:add",
        "conversation:call:record",
        "conversation:conference:add",
        "conversation:communication:view",
        "conversation:message:view",
        "conversation:communication:blindTransfer",
        "conversation:communication:consultTransfer",
        "conversation:communication:disconnect",
        "conversation:recording:pauseOthers",
        "recording:recording:view",
        "recording:annotation:view",
        "recording:annotation:add",
        "recording:annotation:edit",
        "recording:annotation:delete",
        "access:assertion:edit",
        "access:decision:view",
        "access:shiftRule:view",
        "access:shiftRule:override",
        "audits:audit:view",
    ),
    default_role_id="supervisor",
)
COMPLIANCE = RoleDraft(
    name="Compliance",
    description="Holds, exports and destroys recordings, and sees who heard them",
    permissions=(
        "recording:*:*",
        "discovery:*:*",
        "ledger:*:view",
        "audits:audit:view",
        "conversation:communication:view",
        "conversation:message:view",
        "directory:user:view",
        "routing:queue:view",
    ),
)


@dataclass(frozen=True, slots=True)
class Newcomer:
    """Somebody to be made, with the role they get."""

    draft: PersonDraft
    role: str


async def create_organization(
    context: Context, name: str, domain: str, client: tuple[ClientDraft, str]
) -> dict[str, Role]:
    """The context's organization with its roles by name and a client (with its secret) that may do everything."""
    async with context.transaction() as tx:
        await prepare_organization_in(tx, name, domain)
        await prepare_presence(tx, tx.context.organization_id)
        await prepare_stations(tx, tx.context.organization_id)
        drafts = (ADMINISTRATOR, AGENT, SUPERVISOR, COMPLIANCE)
        roles = {draft.name: await create_role_in(tx, draft) for draft in drafts}
        draft, secret = client
        everything = ((roles["Administrator"].id, EVERY_DIVISION),)
        await create_client_in(tx, replace(draft, roles=everything), secret)
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


def script_client(client_id: str) -> ClientDraft:
    """A client-credentials client for scripts."""
    return ClientDraft("Scripts", "CLIENT-CREDENTIALS", "For scripts, by client credentials", id=client_id)


def with_clock_back(context: Context, span: timedelta) -> Context:
    """The same surroundings some time ago: people were there before the first schedule."""
    from shiftline.foundation.clock import Clock

    return context.with_clock(Clock(context.clock.offset - span))
