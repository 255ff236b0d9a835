"""After-call work: whoever still does it is not free, and the clock ends what is over."""

from datetime import timedelta

import pytest
from tests.conftest import SettableContext
from tests.store.calls.exchange import Caller, Exchange

from shiftline.calls.model import Callee, Leg
from shiftline.calls.operations.transfers import transfer_blind
from shiftline.conversations.errors import WrapupCodeMissing
from shiftline.conversations.model.conversations import CallState, Participant, Wrapup
from shiftline.presence.model import RoutingState
from shiftline.routing.model.queues import AfterCallWork, QueueSettings, WebCalls, WrapupPrompt

NOTHING = timedelta(0)
TIMED_OUT = "ININ-WRAP-UP-TIMEOUT"


async def talking(exchange: Exchange, prompt: WrapupPrompt, seconds: int | None = None) -> tuple[Caller, Leg, str]:
    """Ana talks with a caller of a queue that asks for wrap-ups as told."""
    acw = AfterCallWork(prompt, None if seconds is None else seconds * 1000)
    queue = await exchange.queue(settings=QueueSettings(acw=acw, web_calls=WebCalls(enabled=True)))
    ana = await exchange.agent("Ana", queue)
    caller, leg = await exchange.talk(queue, ana)
    return caller, leg, queue


async def part(exchange: Exchange, leg: Leg) -> Participant:
    assert leg.conversation_id is not None
    found = (await exchange.call(leg.conversation_id)).conversation.participant(leg.participant_id or "")
    assert found is not None
    return found


async def test_whoever_wraps_up_is_free_when_they_are_done(exchange: Exchange) -> None:
    caller, leg, queue = await talking(exchange, WrapupPrompt.MANDATORY)
    await caller.hang_up()
    assert (await part(exchange, leg)).wrapping_up
    assert await exchange.floor.status("Ana") is RoutingState.INTERACTING
    waits = await exchange.wait_in(queue)
    assert await exchange.offer() == 0
    with pytest.raises(WrapupCodeMissing):
        await exchange.wish("Ana", leg, wrapup_skipped=True)
    await exchange.wish("Ana", leg, wrapup=Wrapup("solved", notes="fine"))
    assert await exchange.floor.status("Ana") is RoutingState.IDLE
    await exchange.answer(await exchange.ring("Ana"))
    await waits.hang_up()
    await exchange.wish("Ana", await exchange.last_leg_of("Ana"), wrapup=Wrapup("solved"))
    await exchange.require_nothing_left("Ana")


async def test_after_call_work_that_is_optional_holds_nobody(exchange: Exchange) -> None:
    caller, leg, _ = await talking(exchange, WrapupPrompt.OPTIONAL)
    await caller.hang_up()
    await exchange.require_nothing_left("Ana")
    await exchange.wish("Ana", leg, wrapup=Wrapup("solved"))
    assert (await part(exchange, leg)).wrapup is not None


async def test_after_call_work_that_has_a_time_ends_with_it(exchange: Exchange, context: SettableContext) -> None:
    caller, leg, _ = await talking(exchange, WrapupPrompt.MANDATORY_TIMEOUT, 30)
    context.clock.set(context.clock.now())
    await caller.hang_up()
    context.clock.advance(timedelta(seconds=29))
    assert await exchange.due_now() == 0
    context.clock.advance(timedelta(seconds=1))
    assert await exchange.due_now() == 1
    ended = await part(exchange, leg)
    assert ended.wrapup is not None
    assert (ended.wrapup.code_id, ended.acw_ended_at) == (TIMED_OUT, context.clock.now())
    assert await exchange.due_now() == 0
    await exchange.require_nothing_left("Ana")


async def test_what_was_saved_on_the_way_is_kept_when_time_is_over(
    exchange: Exchange, context: SettableContext
) -> None:
    caller, leg, _ = await talking(exchange, WrapupPrompt.MANDATORY_FORCED_TIMEOUT, 30)
    context.clock.set(context.clock.now())
    await caller.hang_up()
    await exchange.wish("Ana", leg, wrapup=Wrapup("solved", notes="half"))
    assert await exchange.floor.status("Ana") is RoutingState.INTERACTING, "it lasts until its time is over"
    context.clock.advance(timedelta(seconds=31))
    assert await exchange.due_now() == 1
    kept = (await part(exchange, leg)).wrapup
    assert kept is not None
    assert (kept.code_id, kept.notes, kept.provisional) == ("solved", "half", False)
    await exchange.require_nothing_left("Ana")


async def test_an_agent_who_hangs_up_and_wraps_up_at_once_is_free(exchange: Exchange) -> None:
    _, leg, _ = await talking(exchange, WrapupPrompt.MANDATORY)
    await exchange.wish("Ana", leg, state=CallState.DISCONNECTED, wrapup=Wrapup("solved"))
    await exchange.require_nothing_left("Ana")


async def test_a_transfer_begins_the_after_call_work_of_who_leaves(exchange: Exchange) -> None:
    caller, leg, _ = await talking(exchange, WrapupPrompt.MANDATORY)
    await exchange.agent("Ben")
    assert leg.participant_id is not None
    await transfer_blind(exchange.acting_as("Ana"), caller.conversation_id, leg.participant_id, Callee("Ben"))
    await exchange.answer(await exchange.leg_of("Ben"))
    assert await exchange.floor.status("Ana") is RoutingState.INTERACTING
    await exchange.wish("Ana", leg, wrapup=Wrapup("solved"))
    assert await exchange.floor.status("Ana") is RoutingState.IDLE
    assert await caller.state() == "connected"


async def test_nobody_wraps_up_a_call_that_never_came_up(exchange: Exchange) -> None:
    acw = AfterCallWork(WrapupPrompt.MANDATORY)
    queue = await exchange.queue(settings=QueueSettings(acw=acw, web_calls=WebCalls(enabled=True)))
    ana = await exchange.agent("Ana", queue)
    caller = await exchange.wait_in(queue)
    await exchange.ring(ana)
    await caller.hang_up()
    await exchange.require_nothing_left(ana)
