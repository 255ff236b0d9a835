"""What can stand against an agent, gate by gate: each fault brought about by the product's own operations where there is one."""

from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from typing import TypeAlias

from tests.conftest import SettableClock

from shiftline.authorization.model import RoleDraft
from shiftline.authorization.operations import change_role, create_division_in, list_grants, replace_grants
from shiftline.foundation.context import Context
from shiftline.foundation.database import Reader, Transaction
from shiftline.foundation.web.paging import Page
from shiftline.identity.operations.organizations import change_tenant_settings
from shiftline.identity.operations.people import change_state
from shiftline.identity.operations.tokens import revoke_tokens_of
from shiftline.presence.model import PURECLOUD, LeaseOpening, PresenceRequest, RoutingState, SystemPresence
from shiftline.presence.operations.leases import close_leases_in, find_live_leases, open_lease_in
from shiftline.presence.operations.presences import change_presence, move_routing_status_in
from shiftline.presence.rules import Cause
from shiftline.routing.model.interactions import InteractionDraft, Offer
from shiftline.routing.model.members import MemberChange
from shiftline.routing.model.queues import Medium
from shiftline.routing.model.skills import SkillKind
from shiftline.routing.model.utilization import MediaUtilization
from shiftline.routing.operations.choosing import make_offers_in
from shiftline.routing.operations.interactions import enqueue_in, withdraw_in
from shiftline.routing.operations.members import change_member, remove_members
from shiftline.routing.operations.offers import accept_offer_in, decline_offer_in, miss_offer_in
from shiftline.routing.operations.person_skills import remove_skill
from shiftline.routing.operations.settings import set_utilization
from shiftline.stations.model import PhoneFilter
from shiftline.stations.operations.associations import disassociate_station
from shiftline.stations.operations.phones import delete_phone, list_phones

AGENT, QUEUE, OTHER, CALL, SKILL = "Ana", "Voice", "Other", "the-call", "spanish"


class Within(Context):
    """A context whose operations all run in one transaction, which is undone."""

    __slots__ = ("_tx",)

    def __init__(self, context: Context, tx: Transaction) -> None:
        super().__init__(context.database, context.clock, context.actor, context.correlation_id)
        self._tx = tx

    def transaction(self) -> AbstractAsyncContextManager[Transaction]:
        """The one transaction."""
        return _same(self._tx)

    def reader(self) -> AbstractAsyncContextManager[Reader]:
        """The one transaction: what it did is seen."""
        return _same(self._tx)


@dataclass
class Case:
    """The one agent and the one call. ``admin`` may do everything; ``tx`` is the router's."""

    admin: Context
    tx: Transaction
    clock: SettableClock

    async def run(self, statement: str) -> None:
        """What only time, or nobody, does."""
        await self.tx.connection.execute(statement.encode())

    async def call(self, queue_id: str, conversation_id: str) -> Offer:
        """A call that the agent is offered."""
        await enqueue_in(self.tx, InteractionDraft(conversation_id, queue_id, skill_ids=(SKILL,)))
        [offer] = await make_offers_in(self.tx)
        return offer

    async def be(self, presence: SystemPresence) -> None:
        """Say what the agent does."""
        await change_presence(self.admin, AGENT, PURECLOUD, PresenceRequest(system_presence=presence))

    async def end_sessions(self) -> None:
        """All sessions of the agent end."""
        now = self.admin.clock.real_now()
        found = await find_live_leases(self.tx, self.admin.organization_id, [AGENT], now)
        await close_leases_in(self.tx, [lease.id for lease in found], "left")


Inject: TypeAlias = Callable[[Case], Awaitable[object]]


@dataclass(frozen=True)
class Fault:
    """Something that stands against the agent at one gate. ``codes``: the blockers that tell it, in the order of the gates.

    Of one ``gate`` there is only one fault at a time. ``of_call``: it concerns the one call that is asked about.
    """

    name: str
    gate: str
    codes: tuple[str, ...]
    inject: Inject
    of_call: bool = False


async def _alerted(case: Case) -> None:
    await case.call(OTHER, "another")


async def _interacting(case: Case) -> None:
    await accept_offer_in(case.tx, (await case.call(OTHER, "another")).id)


async def _came_back(case: Case) -> None:
    await _interacting(case)
    await case.be(SystemPresence.AVAILABLE)
    await case.be(SystemPresence.ON_QUEUE)


async def _missed(case: Case) -> None:
    await miss_offer_in(case.tx, (await case.call(OTHER, "another")).id)
    await withdraw_in(case.tx, "another", "abandoned")


async def _own_call(case: Case) -> None:
    assert (await move_routing_status_in(case.tx, AGENT, Cause.OWN_CALL_BEGAN)).state is RoutingState.COMMUNICATING


async def _declined(case: Case) -> None:
    await decline_offer_in(case.tx, (await case.call(QUEUE, CALL)).id)


async def _listens_only(case: Case) -> None:
    await case.end_sessions()
    await open_lease_in(case.tx, LeaseOpening(AGENT, "channel", "node-1", "json"))


async def _phone_deleted(case: Case) -> None:
    phones, _ = await list_phones(case.admin, Page(1), PhoneFilter(person_id=AGENT))
    await delete_phone(case.admin, phones[0].id)


async def _no_calls_at_all(case: Case) -> None:
    await set_utilization(case.admin, {Medium.CALL: MediaUtilization(0)})


async def _granted_elsewhere(case: Case) -> None:
    elsewhere = await create_division_in(case.tx, "Elsewhere")
    grants = await list_grants(case.admin, subject_id=AGENT)
    await replace_grants(case.admin, AGENT, [(grant.role.id, elsewhere.id) for grant in grants])


async def _role_without_it(case: Case) -> None:
    for grant in await list_grants(case.admin, subject_id=AGENT):
        await change_role(case.admin, grant.role.id, RoleDraft("Another", None, ("routing:queue:view",)))


async def _takes_time_off(case: Case) -> None:
    """Approved time off under the tenant's rule; planners and their units are not what is judged here."""
    await change_tenant_settings(case.admin, softphone_within_shift=True)
    await case.run("""
        insert into timeoff.request
          (organization_id, id, person_id, business_unit_id, management_unit_id, zone, tzdata, activity_code_id, paid, starts, ends,
           minutes, payable_minutes, span, content, status, marked_as_read, submitted_by, submitted_at, modified_by, modified_at,
           sync_version, version, since)
        select organization_id, 'off', id, 'bu', 'mu', 'UTC', '2025a', '5', true, array[now() - interval '1 hour'],
               array[now() + interval '1 day'], array[1500], array[0], tstzmultirange(tstzrange(now() - interval '1 hour', now() + interval '1 day')),
               '', 'APPROVED', false, id, now(), id, now(), 1, 1, now()
        from identity.person where id = 'Ana'
    """)


def _raw(statement: str) -> Inject:
    return lambda case: case.run(statement)


# In the order in which they are brought about: first those that need a call to be offered, then those that prevent it.
FAULTS: tuple[Fault, ...] = (
    Fault("declined", "declined", ("declined.before",), _declined, of_call=True),
    Fault("alerted", "status", ("busy.with.offer",), _alerted),
    Fault("interacting", "status", ("status.INTERACTING",), _interacting),
    Fault("came back while busy", "status", ("capacity.reached",), _came_back),
    Fault("missed", "status", ("status.NOT_RESPONDING",), _missed),
    Fault("call of their own", "status", ("status.COMMUNICATING",), _own_call),
    Fault("on a break", "presence", ("presence.not_on_queue", "not.on.queue"), lambda case: case.be(SystemPresence.BREAK)),
    Fault("ring", "ring", ("ring.not.reached",),
          lambda case: change_member(case.admin, QUEUE, MemberChange(AGENT, ring_number=3)), of_call=True),
    Fault("skill", "skill", ("skill.missing",),
          lambda case: remove_skill(case.admin, AGENT, SKILL, SkillKind.SKILL), of_call=True),
    Fault("no capacity", "capacity", ("capacity.reached",), _no_calls_at_all),
    Fault("left the queue", "member", ("not.joined",),
          lambda case: change_member(case.admin, QUEUE, MemberChange(AGENT, joined=False))),
    Fault("no member", "member", ("not.member",), lambda case: remove_members(case.admin, QUEUE, [AGENT])),
    Fault("no station", "station", ("no.station",), lambda case: disassociate_station(case.admin, AGENT)),
    Fault("phone deleted", "station", ("no.station",), _phone_deleted),
    Fault("session ended", "session", ("no.session",), lambda case: case.end_sessions()),
    Fault("session expired", "session", ("no.session",),
          _raw("update presence.session_lease set expires_at = clock_timestamp()")),
    Fault("listens only", "session", ("no.session",), _listens_only),
    Fault("shift rule", "shift", ("shift.outside",),
          lambda case: change_tenant_settings(case.admin, softphone_within_shift=True)),
    Fault("time off", "shift", ("shift.time_off",), _takes_time_off),
    Fault("role taken", "permission", ("permission.missing",), lambda case: replace_grants(case.admin, AGENT, [])),
    Fault("role elsewhere", "permission", ("permission.missing",), _granted_elsewhere),
    Fault("role changed", "permission", ("permission.missing",), _role_without_it),
    Fault("WebRTC off", "tenant", ("tenant.webrtc_disabled",),
          lambda case: change_tenant_settings(case.admin, webrtc_enabled=False)),
    Fault("token revoked", "token", ("token.revoked",), lambda case: revoke_tokens_of(case.admin, AGENT)),
    Fault("token expired", "token", ("token.expired",),
          _raw("update identity.token set expires_at = clock_timestamp() where person_id = 'Ana'")),
    Fault("no token", "token", ("token.none",), _raw("delete from identity.token where person_id = 'Ana'")),
    Fault("deactivated", "person", ("person.inactive",),
          lambda case: change_state(case.admin, AGENT, "inactive", version=None)),
    Fault("deleted", "person", ("person.deleted",),
          lambda case: change_state(case.admin, AGENT, "deleted", version=None)),
    Fault("organization off", "organization", ("organization.inactive",),
          _raw("update identity.organization set active = false")),
)  # fmt: skip

SIGN_IN = ("token", "organization", "person")
CONNECT = (*SIGN_IN, "tenant", "permission", "shift")

ORDER: tuple[str, ...] = (
    "token.none", "token.revoked", "token.expired", "organization.inactive", "person.inactive", "person.deleted",
    "tenant.webrtc_disabled", "permission.missing", "shift.outside", "shift.time_off",
    "no.session", "no.station", "presence.not_on_queue", "not.on.queue",
    "status.INTERACTING", "status.NOT_RESPONDING", "status.COMMUNICATING", "not.joined", "not.member",
    "ring.not.reached", "skill.missing", "capacity.reached", "busy.with.offer", "declined.before",
)  # fmt: skip
"""The gates' blockers in the order in which they are asked: the first of what stands against somebody is what to tell first."""

_OF_STATUS = frozenset({"interacting", "came back while busy", "missed", "call of their own"})


def is_hidden(fault: Fault, faults: tuple[Fault, ...]) -> bool:
    """Whether another fault takes this one away: who is off queue has no other status, and who is no member no ring."""
    names = {each.name for each in faults}
    if fault.name == "ring":
        return "no member" in names
    if fault.name == "no capacity":  # room is looked at of whom the status makes free
        return "on a break" in names or not names.isdisjoint(_OF_STATUS - {"came back while busy"})
    return fault.name in _OF_STATUS and "on a break" in names


@asynccontextmanager
async def _same(tx: Transaction) -> AsyncGenerator[Transaction]:
    yield tx
