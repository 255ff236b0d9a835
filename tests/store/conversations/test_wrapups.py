"""After-call work on a real PostgreSQL: by the queue's settings, over by time, with the codes that the queue offers."""

from datetime import timedelta

import pytest
from tests.conftest import SettableContext
from tests.store.conftest import Tenant
from tests.store.conversations.centre import Calls, make_calls

from shiftline.conversations.errors import ParticipantNotFound, WrapupCodeMissing, WrapupCodeUnknown
from shiftline.conversations.events import ConversationChanged
from shiftline.conversations.model.conversations import (
    TIMED_OUT,
    Conversation,
    DueWrapup,
    Participant,
    Wrapup,
    WrapupPrompt,
)
from shiftline.conversations.operations.reading import list_own_conversations
from shiftline.conversations.operations.wrapups import end_wrapup_in, expire_wrapup_in, list_due_wrapups
from shiftline.foundation.context import Context
from shiftline.routing.model.queues import AfterCallWork
from shiftline.routing.model.queues import WrapupPrompt as Asked


async def after_a_call(calls: Calls, name: str = "Ada") -> tuple[Conversation, Participant]:
    """Somebody took a call, and the caller hung up."""
    person = await calls.tenant.person(name)
    talking, agent = await calls.talk(person.id)
    over = await calls.hang_up(talking)
    participant = over.participant(agent.id)
    assert participant is not None
    return over, participant


async def due(context: Context) -> list[DueWrapup]:
    async with context.reader() as reader:
        return await list_due_wrapups(reader, context.now(), 10)


async def end(calls: Calls, participant: Participant, over: Conversation, wrapup: Wrapup | None) -> Participant:
    async with calls.tenant.context.transaction() as tx:
        after = (await end_wrapup_in(tx, over.id, participant.id, wrapup)).participant(participant.id)
    assert after is not None
    return after


@pytest.mark.parametrize(
    ("asked", "limit", "prompt", "works"),
    [
        (Asked.MANDATORY, None, WrapupPrompt.MANDATORY, True),
        (Asked.MANDATORY_TIMEOUT, 20_000, WrapupPrompt.TIMEOUT, True),
        (Asked.MANDATORY_FORCED_TIMEOUT, 20_000, WrapupPrompt.FORCED_TIMEOUT, True),
        (Asked.OPTIONAL, None, WrapupPrompt.OPTIONAL, False),
        (Asked.AGENT_REQUESTED, 20_000, WrapupPrompt.AGENT_REQUESTED, False),
    ],
)
async def test_a_queue_asks_as_its_settings_say(
    tenant: Tenant, asked: Asked, limit: int | None, prompt: WrapupPrompt, *, works: bool
) -> None:
    _, agent = await after_a_call(await make_calls(tenant, AfterCallWork(asked, limit)))
    assert (agent.wrapup_prompt, agent.wrapup_timeout_ms, agent.wrapping_up) == (prompt, limit, works)


async def test_what_is_over_is_found_the_longest_over_first_and_ended_once(
    context: SettableContext, tenant: Tenant, other_tenant: Tenant
) -> None:
    context.clock.advance(timedelta(0))  # and stand still
    quick = await make_calls(other_tenant, AfterCallWork(Asked.MANDATORY_TIMEOUT, 10_000))
    slow = await make_calls(tenant, AfterCallWork(Asked.MANDATORY_FORCED_TIMEOUT, 20_000))
    first, working = await after_a_call(slow)
    second, other = await after_a_call(quick)
    await tenant.news()
    assert await due(context) == []
    context.clock.advance(timedelta(seconds=19))
    assert [(each.organization_id, each.conversation_id) for each in await due(context)] == [("org-2", second.id)]
    context.clock.advance(timedelta(seconds=1))
    found = await due(context)
    assert [each.participant_id for each in found] == [other.id, working.id]
    ends: list[Conversation] = []
    for _ in range(2):
        async with context.transaction() as tx:
            ends.append(await expire_wrapup_in(tx, found[1]))
    assert ends[0] == ends[1]
    ended = ends[0].participant(working.id)
    assert ended is not None
    assert ended.wrapup == Wrapup(TIMED_OUT, None, None, (), 20, context.now())
    assert [each.conversation_id for each in await tenant.news(ConversationChanged)] == [first.id]
    assert [each.organization_id for each in await due(context)] == ["org-2"]


async def test_what_was_given_in_time_is_not_over(context: SettableContext, tenant: Tenant) -> None:
    calls = await make_calls(tenant, AfterCallWork(Asked.MANDATORY_TIMEOUT, 10_000))
    over, agent = await after_a_call(calls)
    after = await end(calls, agent, over, Wrapup("solved", notes="fine"))
    assert after.wrapup is not None
    assert (after.wrapup.name, after.wrapping_up) == ("Solved", False)
    context.clock.advance(timedelta(seconds=11))
    assert await due(context) == []


async def test_only_codes_that_the_queue_offers_are_taken(tenant: Tenant, calls: Calls) -> None:
    over, agent = await after_a_call(calls)
    for code in ("elsewhere", "never made", "x\x00"):
        with pytest.raises(WrapupCodeUnknown):
            await end(calls, agent, over, Wrapup(code))
    with pytest.raises(WrapupCodeMissing):
        await end(calls, agent, over, None)
    assert (await end(calls, agent, over, Wrapup(None, notes="later", provisional=True))).wrapping_up
    with pytest.raises(ParticipantNotFound):
        async with tenant.context.transaction() as tx:
            await end_wrapup_in(tx, over.id, "nobody", Wrapup("solved"))


async def test_who_wraps_up_has_the_conversation_until_they_are_done(tenant: Tenant, calls: Calls) -> None:
    ada, bo = await tenant.person("Ada"), await tenant.person("Bo")
    talking, agent = await calls.talk(ada.id)
    over = await calls.hang_up(talking)
    assert [each.id for each in await list_own_conversations(tenant.acting_as(ada))] == [talking.id]
    assert await list_own_conversations(tenant.acting_as(bo)) == []
    await end(calls, agent, over, Wrapup("solved"))
    assert await list_own_conversations(tenant.acting_as(ada)) == []
