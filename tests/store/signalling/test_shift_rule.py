"""The tenant's shift rule over live sessions: whoever is let in stays until it ends, and is then closed as at a shift's end."""

import asyncio
from datetime import datetime, timedelta

import pytest
from tests.conftest import SettableClock
from tests.store.signalling.conftest import CHANNELS, Node

from shiftline.access.shiftrule.model import ExceptionDraft, OverrideDraft
from shiftline.access.shiftrule.operations import end_exception, end_override, except_from_rule, let_in
from shiftline.authorization.operations import grant_roles, list_grants
from shiftline.identity.model import ShiftRuleChange
from shiftline.identity.operations.organizations import change_tenant_settings
from shiftline.signalling.delivery import LONGEST_WAIT


async def settled(node: Node) -> None:
    """Wait until what was committed has been followed, and whoever is due was judged."""
    async with node.tenant.context.transaction() as tx:
        await tx.flush()
    await asyncio.sleep(LONGEST_WAIT * 2)


@pytest.fixture
def database_url(fresh_database_url: str) -> str:
    """A database of the test's own."""
    return fresh_database_url


@pytest.fixture
async def ruled(node: Node) -> Node:
    """A tenant whose rule is on, and nobody has a shift."""
    await change_tenant_settings(node.tenant.context, shift_rule=ShiftRuleChange(enabled=True))
    return node


def clock_of(node: Node) -> SettableClock:
    clock = node.tenant.context.clock
    assert isinstance(clock, SettableClock)
    return clock


async def test_an_override_lets_in_at_once_with_the_same_token_and_its_end_closes(ruled: Node) -> None:
    ana, token = await ruled.agent()
    assert (await ruled.api.call("POST", CHANNELS, token)).status_code == 403
    made = await let_in(ruled.tenant.context, OverrideDraft(ana.id, "Storm", 60))
    socket = await ruled.live(ana, token)
    assert socket.frames.empty()
    told, seconds = await ruled.closes(socket, lambda: end_override(ruled.tenant.context, made.id))
    assert seconds < 1.0
    assert any("softphone only within" in frame and "decisionId" in frame for frame in told)
    assert (await ruled.api.call("POST", CHANNELS, token)).status_code == 403


async def test_an_override_ends_by_itself_and_closes_as_a_shift_s_end_does(ruled: Node) -> None:
    clock = clock_of(ruled)
    clock.set(datetime.fromisoformat("2023-10-27T20:00:00-05:00"))
    ana, token = await ruled.agent()
    await let_in(ruled.tenant.context, OverrideDraft(ana.id, "Storm", 60))
    socket = await ruled.live(ana, token)
    clock.advance(timedelta(minutes=59))
    await settled(ruled)
    assert ruled.session(ana)
    told, _ = await ruled.closes(socket, lambda: _advance(clock, timedelta(minutes=1)))
    assert any("no_longer_subscribed" in frame and "softphone only within" in frame for frame in told)


async def test_a_longer_override_keeps_a_session_over_the_end_of_the_first(ruled: Node) -> None:
    clock = clock_of(ruled)
    clock.set(datetime.fromisoformat("2023-10-27T20:00:00-05:00"))
    ana, token = await ruled.agent()
    await let_in(ruled.tenant.context, OverrideDraft(ana.id, "Storm", 30))
    socket = await ruled.live(ana, token)
    await let_in(ruled.tenant.context, OverrideDraft(ana.id, "Still storm", 60))
    clock.advance(timedelta(minutes=31))
    await settled(ruled)
    assert socket.frames.empty()
    assert ruled.session(ana)


async def test_an_exception_lets_in_and_its_end_closes_those_whom_it_concerned(ruled: Node) -> None:
    context = ruled.tenant.context
    ana, token = await ruled.agent()
    bo, others = await ruled.agent("Bo")
    (grant,) = await list_grants(context, subject_id=ana.id)
    of_role = await except_from_rule(context, ExceptionDraft("role", grant.role.id, "Guards"))
    await except_from_rule(context, ExceptionDraft("person", bo.id, "On call"))
    ana_s, bo_s = await ruled.live(ana, token), await ruled.live(bo, others)
    told, seconds = await ruled.closes(ana_s, lambda: end_exception(context, of_role.id))
    assert seconds < 1.0
    assert any("softphone only within" in frame for frame in told)
    await settled(ruled)
    assert bo_s.frames.empty()


async def test_who_loses_the_excepted_role_is_closed(ruled: Node) -> None:
    context = ruled.tenant.context
    ana, token = await ruled.agent()
    guard = (await ruled.tenant.person("Guard", "wfm:agent:view")).id
    (grant,) = await list_grants(context, subject_id=guard)
    await grant_roles(context, ana.id, [(grant.role.id, "*")])
    await except_from_rule(context, ExceptionDraft("role", grant.role.id, "Guards"))
    socket = await ruled.live(ana, token)
    taken = [(grant.role.id, "*")]
    told, _ = await ruled.closes(socket, lambda: grant_roles(context, ana.id, taken, active=False))
    assert any("softphone only within" in frame for frame in told)


async def test_switching_the_rule_on_spares_whoever_was_let_in_before(node: Node) -> None:
    context = node.tenant.context
    ana, token = await node.agent()
    bo, others = await node.agent("Bo")
    await let_in(context, OverrideDraft(bo.id, "Storm"))
    ana_s, bo_s = await node.live(ana, token), await node.live(bo, others)
    await node.closes(ana_s, lambda: change_tenant_settings(context, softphone_within_shift=True))
    await settled(node)
    assert bo_s.frames.empty()


async def _advance(clock: SettableClock, span: timedelta) -> None:
    clock.advance(span)
