"""An agent hands on what is written: the guest waits in the other queue, and who accepts there reads all of it."""

import pytest
from tests.conftest import SettableContext
from tests.store.conftest import make_tenant
from tests.store.messaging.desk import Desk
from tests.store.routing.floor import Floor

from shiftline.conversations.errors import ConversationNotFound
from shiftline.conversations.model.conversations import CallState, DisconnectType, Purpose
from shiftline.foundation.errors import Refused
from shiftline.messaging.errors import TransferImpossible, TransferInvalid
from shiftline.messaging.operations.transferring import BLIND, transfer_to_queue
from shiftline.routing.model.queues import Medium


@pytest.fixture
async def desk(context: SettableContext) -> Desk:
    floor = Floor(await make_tenant(context), context)
    await floor.prepare()
    return Desk(floor)


async def test_the_other_queue_has_it_then(desk: Desk) -> None:
    deployment = await desk.deployment()
    second = await desk.floor.queue("Billing")
    ana, ben = await desk.agent("Ana", deployment.queue_id), await desk.agent("Ben", second)
    visitor = await desk.guest(deployment, name="Zo\u00eb")
    conversation_id = (await visitor.write("My invoice is wrong.")).conversation_id
    await desk.route()
    part = await desk.accept(conversation_id, ana)
    await desk.answer(conversation_id, ana, "I hand you on.")

    await transfer_to_queue(desk.acting_as(ana, BLIND), Medium.MESSAGE, conversation_id, part.id, second)

    assert (await visitor.status()).state == "waiting"
    left = await desk.part(conversation_id, ana)
    assert (left.state, left.disconnect_type) == (CallState.DISCONNECTED, DisconnectType.TRANSFER)
    waiting = [each for each in (await desk.conversation(conversation_id)).participants if each.live]
    assert [each.purpose for each in waiting] == [Purpose.CUSTOMER, Purpose.ACD]
    assert waiting[1].queue_id == second
    await desk.route()
    await desk.accept(conversation_id, ben)
    await desk.answer(conversation_id, ben, "Let me see.")
    status, messages = await visitor.look()
    assert (status.state, status.agent) == ("connected", "Ben")
    assert [each.text for each in messages] == ["My invoice is wrong.", "I hand you on.", "Let me see."]
    (recording,) = await desk.rows("select person_id, queue_id, state from recordings.recording")
    assert (recording["person_id"], recording["queue_id"], recording["state"]) == (ben, second, "open")
    await desk.wish(conversation_id, ben, state=CallState.DISCONNECTED)
    assert (await visitor.status()).state == "ended"


async def test_what_cannot_be_is_told_and_changes_nothing(desk: Desk) -> None:
    deployment = await desk.deployment()
    second = await desk.floor.queue("Billing")
    ana, ben = await desk.agent("Ana", deployment.queue_id), await desk.agent("Ben", second)
    visitor = await desk.guest(deployment)
    conversation_id = (await visitor.write("Hello?")).conversation_id
    await desk.route()
    part = await desk.part(conversation_id, ana)

    async def hand(who: str, queue: str, *permissions: str, medium: Medium = Medium.MESSAGE) -> None:
        await transfer_to_queue(desk.acting_as(who, *permissions), medium, conversation_id, part.id, queue)

    with pytest.raises(TransferImpossible):
        await hand(ana, second, BLIND)
    await desk.accept(conversation_id, ana)
    before = await desk.conversation(conversation_id)
    with pytest.raises(Refused):
        await hand(ana, second)
    with pytest.raises(TransferInvalid, match="no queue with id nowhere"):
        await hand(ana, "nowhere", BLIND)
    with pytest.raises(ConversationNotFound):
        await hand(ben, second, BLIND)
    with pytest.raises(ConversationNotFound):
        await hand(ana, second, BLIND, medium=Medium.EMAIL)
    assert await desk.conversation(conversation_id) == before


async def test_a_guest_who_leaves_while_waiting_again_ends_it(desk: Desk) -> None:
    deployment = await desk.deployment()
    second = await desk.floor.queue("Billing")
    ana = await desk.agent("Ana", deployment.queue_id)
    visitor = await desk.guest(deployment)
    conversation_id = (await visitor.write("Hello?")).conversation_id
    await desk.route()
    part = await desk.accept(conversation_id, ana)
    await transfer_to_queue(desk.acting_as(ana, BLIND), Medium.MESSAGE, conversation_id, part.id, second)
    await visitor.leave()
    assert not (await desk.conversation(conversation_id)).live
    waiting = await desk.rows("select state from routing.interaction where state = 'queued'")
    assert waiting == []
