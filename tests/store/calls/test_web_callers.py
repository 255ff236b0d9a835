"""Callers from the web: whom they reach, what they may ask of their own call, and bounds."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from tests.store.calls.exchange import ANSWER, OFFER, Exchange
from tests.store.conftest import Tenant

from shiftline.calls.errors import DescriptionInvalid, LegNotFound, NotPossibleNow, QueueClosed
from shiftline.calls.model import LARGEST_FRAGMENT, MOST_CANDIDATES, Leg, LegState, WebDraft
from shiftline.calls.operations import nodes
from shiftline.calls.operations.web_callers import (
    MOST_FROM_ONE_ADDRESS,
    add_web_candidates,
    begin_web_call,
    end_web_call,
    get_web_call,
    get_web_queue,
    renew_web_call,
    restart_web_call,
)
from shiftline.foundation.errors import LimitReached
from shiftline.routing.model.queues import QueueSettings, WebCalls

FRAGMENT = "a=ice-ufrag:wxyz\r\na=ice-pwd:abcdefghijklmnopqrstuvwx\r\nm=audio 9 UDP/TLS/RTP/SAVPF 0\r\na=mid:0\r\n"
CANDIDATE = "m=audio 9 RTP/AVP 0\r\na=mid:0\r\na=candidate:1 1 udp 2113937151 192.0.2.1 50123 typ host\r\n"


async def while_played(exchange: Exchange, work: Any, play: Callable[[Leg], Any], wanted: Callable[[Leg], bool]) -> Any:
    """Something that waits for a media node, with a node that does its part."""
    task = asyncio.create_task(work)
    while not task.done():
        for leg in await exchange.legs():
            if wanted(leg):
                await play(leg)
        await asyncio.sleep(0.01)
    return await task


# whom they reach


async def test_only_a_queue_that_is_opened_to_the_web_is_found(exchange: Exchange, other_tenant: Tenant) -> None:
    closed = await exchange.queue("Closed", QueueSettings(web_calls=WebCalls(enabled=False)))
    opened = await exchange.queue("Open")
    stranger = other_tenant.context
    for who, queue_id in (
        (exchange.installation, closed),
        (exchange.installation, "unheard"),
        (stranger, opened),
        (stranger, closed),
    ):
        with pytest.raises(QueueClosed) as refused:
            await begin_web_call(who, WebDraft(queue_id, OFFER))
        assert refused.value.message == f"There is no queue for web callers with id {queue_id}."
    assert (await get_web_queue(exchange.installation, opened, None)).name == "Open"
    assert (await get_web_queue(exchange.floor.context, closed, None)).name == "Closed", "their own people reach it"
    assert await exchange.legs() == []


async def test_pages_of_other_origins_reach_nobody(exchange: Exchange) -> None:
    ours = WebCalls(enabled=True, allowed_origins=("https://shop.example",))
    queue = await exchange.queue("Shop", QueueSettings(web_calls=ours))
    with pytest.raises(QueueClosed):
        await begin_web_call(exchange.installation, WebDraft(queue, OFFER, origin="https://evil.example"))
    caller = await exchange.call_queue(queue, origin="https://shop.example", name="Zoë")
    assert (await caller.part()).name == "Zoë"
    await exchange.call_queue(queue, origin=None)


@pytest.mark.parametrize(
    "offer", ["", "v=0\r\n", OFFER.replace("m=audio", "m=video"), OFFER + "a" * 70_000, ANSWER[:80]]
)
async def test_an_offer_that_cannot_be_answered_leaves_nothing(exchange: Exchange, offer: str) -> None:
    queue = await exchange.queue()
    with pytest.raises(DescriptionInvalid):
        await begin_web_call(exchange.installation, WebDraft(queue, offer))
    assert await exchange.rows("select id from conversations.conversation") == []


async def test_an_offer_that_a_node_refuses_ends_the_call(exchange: Exchange) -> None:
    queue = await exchange.queue()

    async def refuse(leg: Leg) -> None:
        await nodes.fail_leg(exchange.system, leg, "sdp.refused")

    with pytest.raises(DescriptionInvalid):
        await while_played(exchange, begin_web_call(exchange.installation, WebDraft(queue, OFFER)), refuse, bool)
    await exchange.require_nothing_left()


# bounds


async def test_one_address_has_so_many_calls_and_no_more(exchange: Exchange) -> None:
    queue = await exchange.queue()
    callers = [await exchange.call_queue(queue) for _ in range(MOST_FROM_ONE_ADDRESS - 2)]
    asked = [begin_web_call(exchange.installation, WebDraft(queue, OFFER, address="192.0.2.7")) for _ in range(12)]
    begun = asyncio.gather(*asked, return_exceptions=True)
    await exchange.answer_requests(begun)
    outcomes = await begun
    refused = [each for each in outcomes if isinstance(each, LimitReached)]
    assert len(refused) == 10, "two came in, however many asked at once"
    assert refused[0].retry_after > timedelta(0)
    assert (await exchange.call_queue(queue, address="192.0.2.8")).conversation_id, "others are not hindered"
    for caller in callers:
        await caller.hang_up()
    await exchange.call_queue(queue)


# their own call


async def test_whoever_knows_the_secret_is_the_caller_and_nobody_else(exchange: Exchange) -> None:
    caller = await exchange.wait_in(await exchange.queue())
    leg_id = caller.begun.leg.id
    (other,) = [await exchange.wait_in("Voice")]
    for secret in ("", "wrong", other.begun.secret, caller.begun.secret.upper()):
        for work in (
            get_web_call(exchange.installation, leg_id, secret),
            end_web_call(exchange.installation, leg_id, secret),
            renew_web_call(exchange.installation, leg_id, secret, OFFER),
            add_web_candidates(exchange.installation, leg_id, secret, (CANDIDATE,)),
            restart_web_call(exchange.installation, leg_id, secret, FRAGMENT),
        ):
            with pytest.raises(LegNotFound):
                await work
    assert await caller.state() == "waiting"
    stored = await exchange.rows("select l::text as row from calls.leg l")
    assert not [each for each in stored if caller.begun.secret in each["row"]], "a secret is kept as its digest"


async def test_a_softphone_s_leg_is_no_web_call(exchange: Exchange) -> None:
    queue = await exchange.queue()
    ana = await exchange.agent("Ana", queue)
    _, leg = await exchange.talk(queue, ana)
    with pytest.raises(LegNotFound):
        await get_web_call(exchange.installation, leg.id, "")


async def test_who_hung_up_may_do_it_again_and_nothing_else(exchange: Exchange) -> None:
    caller = await exchange.wait_in(await exchange.queue())
    for _ in range(3):
        await caller.hang_up()
    assert (await caller.status()).end_reason == "endpoint"
    leg_id, secret = caller.begun.leg.id, caller.begun.secret
    for work in (
        renew_web_call(exchange.installation, leg_id, secret, OFFER),
        add_web_candidates(exchange.installation, leg_id, secret, (CANDIDATE,)),
        restart_web_call(exchange.installation, leg_id, secret, FRAGMENT),
    ):
        with pytest.raises(LegNotFound):
            await work
    await exchange.require_nothing_left()


async def test_positions_in_line(exchange: Exchange) -> None:
    queue = await exchange.queue()
    callers = [await exchange.wait_in(queue) for _ in range(3)]
    assert [(await caller.status()).position for caller in callers] == [1, 2, 3]
    await callers[0].hang_up()
    assert [(await caller.status()).position for caller in callers] == [None, 1, 2]


async def test_candidates_that_come_later_are_kept_up_to_a_bound(exchange: Exchange) -> None:
    caller = await exchange.call_queue(await exchange.queue())
    leg_id, secret = caller.begun.leg.id, caller.begun.secret
    for _ in range(2):
        await add_web_candidates(exchange.installation, leg_id, secret, (CANDIDATE,))
    assert (await caller.leg()).remote_candidates == (CANDIDATE,)
    many = tuple(CANDIDATE.replace("50123", str(1000 + number)) for number in range(2 * MOST_CANDIDATES))
    await add_web_candidates(exchange.installation, leg_id, secret, many)
    assert len((await caller.leg()).remote_candidates) == MOST_CANDIDATES
    with pytest.raises(DescriptionInvalid, match="candidate"):
        await add_web_candidates(exchange.installation, leg_id, secret, ("a" * (LARGEST_FRAGMENT + 1),))


async def test_ice_begins_anew_while_the_call_goes_on(exchange: Exchange) -> None:
    caller = await exchange.wait_in(await exchange.queue())

    async def restart(leg: Leg) -> None:
        await nodes.answer_restart(exchange.system, leg, "a=ice-ufrag:ours\r\n")

    work = restart_web_call(exchange.installation, caller.begun.leg.id, caller.begun.secret, FRAGMENT)
    answer = await while_played(
        exchange, work, restart, lambda leg: leg.ice_offer is not None and leg.ice_answer is None
    )
    assert answer == "a=ice-ufrag:ours\r\n"
    assert (await caller.leg()).generation == 1
    assert await caller.state() == "waiting"


async def test_an_offer_is_made_anew_once_at_a_time(exchange: Exchange) -> None:
    caller = await exchange.wait_in(await exchange.queue())
    leg_id, secret = caller.begun.leg.id, caller.begun.secret
    renewing = asyncio.create_task(renew_web_call(exchange.installation, leg_id, secret, OFFER))
    while (await caller.leg()).state is not LegState.REQUESTED:
        await asyncio.sleep(0)
    # Only now does a node come to answer: until then there is an offer that waits.
    with pytest.raises(NotPossibleNow, match="is being answered"):
        await renew_web_call(exchange.installation, leg_id, secret, OFFER)
    await exchange.answer_requests(renewing)
    caller.begun = await renewing
    await caller.connect()
    assert (await caller.leg()).generation == 2
    assert await caller.state() == "waiting"
    with pytest.raises(DescriptionInvalid):
        await renew_web_call(exchange.installation, caller.begun.leg.id, caller.begun.secret, "v=0")


async def test_an_offer_made_anew_while_an_agent_talks_keeps_the_call(exchange: Exchange) -> None:
    queue = await exchange.queue()
    ana = await exchange.agent("Ana", queue)
    caller, leg = await exchange.talk(queue, ana)
    await caller.renew()
    assert await caller.state() == "connecting"
    await caller.connect()
    assert await caller.state() == "connected"
    assert (await exchange.now(leg)).generation == 1
    await caller.hang_up()
    await exchange.require_nothing_left(ana)
