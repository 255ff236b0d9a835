"""Guests write, an agent gets it by the rules of routing and answers; bounds and strangers."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import psycopg
import pytest
from tests.store.conftest import Tenant
from tests.store.messaging.desk import Desk

from shiftline.conversations.errors import ConversationNotFound
from shiftline.conversations.events import ConversationChanged
from shiftline.conversations.model.conversations import CallState, Purpose, Wrapup
from shiftline.foundation.context import Context
from shiftline.foundation.errors import LimitReached
from shiftline.messaging.errors import (
    CommunicationNotFound,
    DeploymentNotFound,
    GuestNotFound,
    MessageDiffers,
    NotAlerting,
    NotInConversation,
    TextInvalid,
)
from shiftline.messaging.model import LONGEST_TEXT, MOST_FROM_ONE_ADDRESS, MessageDraft
from shiftline.messaging.operations.answering import get_transcript, transcript_of, write_as_agent
from shiftline.messaging.operations.guests import begin_guest, list_for_guest, write_as_guest
from shiftline.messaging.rules.chain import find_break
from shiftline.presence.operations.presences import find_routing_statuses
from shiftline.routing.model.queues import AfterCallWork, QueueSettings, WrapupPrompt

MINUTE = timedelta(minutes=1)


async def status_of(desk: Desk, person_id: str) -> str:
    async with desk.floor.context.reader() as reader:
        return (await find_routing_statuses(reader, desk.organization_id, [person_id]))[person_id].state


async def test_a_guest_writes_an_agent_answers_and_the_guest_reads_it(desk: Desk) -> None:
    deployment = await desk.deployment()
    ana = await desk.agent("Ana", deployment.queue_id)
    visitor = await desk.guest(deployment, name="Zoë")
    assert (await visitor.status()).state == "new"
    first = await visitor.write("Hello?")
    status = await visitor.status()
    assert (status.state, status.position) == ("waiting", 1)
    assert await desk.route() == 2, "one offer made, one agent alerted"
    assert (await visitor.status()).state == "ringing"
    assert (await desk.part(first.conversation_id, ana)).state is CallState.ALERTING
    await desk.accept(first.conversation_id, ana)
    assert await status_of(desk, ana) == "INTERACTING"
    await desk.answer(first.conversation_id, ana, "Good morning.")
    status, written = await visitor.look()
    assert (status.state, status.agent) == ("connected", "Ana")
    assert [(each.position, each.author, each.text, each.direction) for each in written] == [
        (1, "Zoë", "Hello?", "inbound"),
        (2, "Ana", "Good morning.", "outbound"),
    ]
    conversation = await visitor.conversation()
    assert conversation.medium == "message"
    assert [(each.purpose, each.live) for each in conversation.participants] == [
        (Purpose.CUSTOMER, True),
        (Purpose.ACD, False),
        (Purpose.AGENT, True),
    ]
    assert [len(each.messages) for each in conversation.participants] == [1, 0, 1]


async def test_an_agent_without_a_softphone_is_offered_messages_only(desk: Desk) -> None:
    deployment = await desk.deployment()
    ana = await desk.agent("Ana", deployment.queue_id)
    await desk.floor.call(deployment.queue_id)
    visitor = await desk.guest(deployment)
    await visitor.write("Hello?")
    await desk.route()
    offers = await desk.rows("select person_id, medium, state from routing.offer")
    assert [(each["person_id"], each["medium"], each["state"]) for each in offers] == [(ana, "message", "alerting")]


async def test_what_an_agent_handles_at_once_is_what_utilization_says(desk: Desk) -> None:
    deployment = await desk.deployment()
    ana = await desk.agent("Ana", deployment.queue_id)
    visitors = [await desk.guest(deployment) for _ in range(6)]
    for visitor in visitors:
        message = await visitor.write("Hello?")
        await desk.route()
        if (await visitor.status()).state == "ringing":
            await desk.accept(message.conversation_id, ana)
    states = [(await visitor.status()).state for visitor in visitors]
    assert states == ["connected"] * 4 + ["waiting"] * 2
    await visitors[0].leave()
    await desk.route()
    assert (await visitors[4].status()).state == "ringing"


async def test_whoever_declines_is_passed_over_and_whoever_misses_does_not_respond(desk: Desk) -> None:
    deployment = await desk.deployment()
    ana, bo = await desk.agent("Ana", deployment.queue_id), await desk.agent("Bo", deployment.queue_id)
    visitor = await desk.guest(deployment)
    conversation_id = (await visitor.write("Hello?")).conversation_id
    await desk.route()
    offered = await visitor.conversation()
    first = next(each for each in (ana, bo) if offered.has_person(each))
    second = bo if first == ana else ana
    await desk.wish(conversation_id, first, state=CallState.DISCONNECTED)
    assert (await visitor.status()).state == "waiting"
    await desk.route()
    assert (await desk.part(conversation_id, second)).state is CallState.ALERTING
    assert await desk.later(MINUTE) == 1
    assert (await desk.part(conversation_id, second)).disconnect_type == "transfer.noanswer"
    assert await status_of(desk, second) == "NOT_RESPONDING"
    with pytest.raises(NotAlerting):
        await desk.accept(conversation_id, second)
    assert (await visitor.status()).state == "waiting"


async def test_after_an_agent_s_end_comes_the_wrap_up_and_then_the_next(desk: Desk) -> None:
    acw = AfterCallWork(wrapup_prompt=WrapupPrompt.MANDATORY)
    deployment = await desk.deployment(settings=QueueSettings(acw=acw))
    ana = await desk.agent("Ana", deployment.queue_id)
    visitor = await desk.guest(deployment)
    conversation_id = (await visitor.write("Hello?")).conversation_id
    await desk.route()
    await desk.accept(conversation_id, ana)
    await desk.wish(conversation_id, ana, state=CallState.DISCONNECTED)
    part = await desk.part(conversation_id, ana)
    assert (part.live, part.wrapping_up) == (False, True)
    assert (await visitor.status()).state == "ended"
    assert await status_of(desk, ana) == "INTERACTING"
    await desk.wish(conversation_id, ana, wrapup=Wrapup("any"))
    assert await status_of(desk, ana) == "IDLE"
    again = await visitor.write("One more thing")
    assert again.conversation_id != conversation_id
    assert again.position == 1


async def test_a_wrap_up_with_a_limit_ends_by_itself(desk: Desk) -> None:
    acw = AfterCallWork(wrapup_prompt=WrapupPrompt.MANDATORY_TIMEOUT, timeout_ms=1000)
    deployment = await desk.deployment(settings=QueueSettings(acw=acw))
    ana = await desk.agent("Ana", deployment.queue_id)
    visitor = await desk.guest(deployment)
    conversation_id = (await visitor.write("Hello?")).conversation_id
    await desk.route()
    await desk.accept(conversation_id, ana)
    await visitor.leave()
    assert (await desk.part(conversation_id, ana)).disconnect_type == "endpoint"
    desk.floor.context.clock.advance(timedelta(seconds=2))
    assert await desk.due() == 1
    assert (await desk.part(conversation_id, ana)).wrapup is not None
    assert await status_of(desk, ana) == "IDLE"


async def test_a_guest_who_leaves_is_offered_to_nobody(desk: Desk) -> None:
    deployment = await desk.deployment()
    ana = await desk.agent("Ana", deployment.queue_id)
    visitor = await desk.guest(deployment)
    conversation_id = (await visitor.write("Hello?")).conversation_id
    await desk.route()
    for _ in range(2):
        await visitor.leave()
    assert (await desk.conversation(conversation_id)).live is False
    assert [each["state"] for each in await desk.rows("select state from routing.offer")] == ["withdrawn"]
    assert await status_of(desk, ana) == "IDLE"
    assert await desk.route() == 0


# repeats and order


async def test_a_repeat_is_the_same_message_however_often_and_at_once(desk: Desk) -> None:
    deployment = await desk.deployment()
    visitor = await desk.guest(deployment)
    sent = await asyncio.gather(*(visitor.write("Hello?", "first") for _ in range(5)))
    assert len({each.id for each in sent}) == 1
    with pytest.raises(MessageDiffers):
        await visitor.write("Hello!", "first")
    assert len(await desk.rows("select 1 from conversations.conversation")) == 1
    assert len(await desk.rows("select 1 from messaging.message")) == 1


async def test_messages_stand_in_one_order_without_gaps_whoever_writes_at_once(desk: Desk) -> None:
    deployment = await desk.deployment()
    ana = await desk.agent("Ana", deployment.queue_id)
    visitor = await desk.guest(deployment)
    conversation_id = (await visitor.write("Hello?")).conversation_id
    await desk.route()
    await desk.accept(conversation_id, ana)
    await asyncio.gather(
        *(visitor.write(f"guest {number}") for number in range(10)),
        *(desk.answer(conversation_id, ana, f"agent {number}") for number in range(10)),
    )
    async with desk.floor.context.reader() as reader:
        transcript = await transcript_of(reader, desk.organization_id, conversation_id)
    assert transcript is not None
    assert [each.position for each in transcript.messages] == list(range(1, 22))
    assert find_break(transcript.messages) is None
    assert transcript.head == transcript.messages[-1].digest
    assert (await visitor.look(after=20))[1] == [transcript.messages[-1]]


async def test_agents_are_told_of_each_message_with_the_conversation(desk: Desk) -> None:
    deployment = await desk.deployment()
    visitor = await desk.guest(deployment)
    message = await visitor.write("Hello?")
    told = await desk.floor.tenant.news(ConversationChanged)
    customer = told[-1].conversation.participants[0]
    assert [(each.id, each.status) for each in customer.messages] == [(message.id, "received")]


# the transcript is evidence


async def test_no_row_of_a_transcript_is_changed_or_deleted(desk: Desk, database_url: str) -> None:
    visitor = await desk.guest(await desk.deployment())
    await visitor.write("Hello?")
    with psycopg.connect(database_url, autocommit=True) as connection:
        for statement in ("update messaging.message set text = 'other'", "delete from messaging.message"):
            with pytest.raises(psycopg.errors.RaiseException, match="never changed"):
                connection.execute(statement.encode())


async def test_postgresql_itself_refuses_a_gap_and_a_broken_chain(desk: Desk, database_url: str) -> None:
    visitor = await desk.guest(await desk.deployment())
    await visitor.write("Hello?")
    copied = (
        "insert into messaging.message (organization_id, conversation_id, position, id, medium, direction, participant_id,"
        " communication_id, purpose, author, sent_at, real_at, zone, utc_offset_seconds, tzdata_version, text, attachments,"
        " former_digest, digest) select organization_id, conversation_id, {position}, 'm', medium, direction, participant_id,"
        " communication_id, purpose, author, sent_at, real_at, zone, utc_offset_seconds, tzdata_version, text, attachments,"
        " {former}, digest from messaging.message"
    )
    with psycopg.connect(database_url, autocommit=True) as connection:
        for position, former in ((3, "digest"), (2, "former_digest")):
            with pytest.raises(psycopg.errors.ForeignKeyViolation):
                connection.execute(copied.format(position=position, former=former).encode())
        connection.execute(copied.format(position=2, former="digest").encode())


async def test_each_message_has_instant_zone_and_offset(desk: Desk) -> None:
    desk.floor.context.clock.set("2023-11-05T01:59:59-05:00")
    visitor = await desk.guest(await desk.deployment())
    message = await visitor.write("Hello?")
    assert (message.zone, message.utc_offset_seconds, message.tzdata_version != "") == ("UTC", 0, True)
    desk.floor.context.clock.set("2023-11-05T01:00:00-05:00")
    later = await visitor.write("The clock went back")
    assert later.sent_at == message.sent_at, "an instant of a transcript never goes back"


# strangers and bounds


async def test_whoever_knows_the_secret_is_the_guest_and_nobody_else(desk: Desk, other_tenant: Tenant) -> None:
    visitor = await desk.guest(await desk.deployment())
    message = await visitor.write("Hello?")
    draft = MessageDraft(text="mine?", client_id="x")
    for who, secret in (
        (desk.installation, ""),
        (desk.installation, visitor.secret.swapcase()),
        (other_tenant.context, visitor.secret),
    ):
        with pytest.raises(GuestNotFound):
            await write_as_guest(who, visitor.guest.id, secret, draft)
    with pytest.raises(ConversationNotFound):
        await get_transcript(other_tenant.context, message.conversation_id)
    with pytest.raises(ConversationNotFound):
        await write_as_agent(other_tenant.context, message.conversation_id, message.communication_id, draft)
    stored = await desk.rows("select g::text as row from messaging.guest g")
    assert not [each for each in stored if visitor.secret in each["row"]], "a secret is kept as its digest"


async def test_only_an_open_deployment_is_found_and_from_its_pages(desk: Desk, other_tenant: Tenant) -> None:
    closed = await desk.deployment(enabled=False)
    ours = await desk.deployment(await desk.floor.queue("Shop"), allowed_origins=("https://shop.example",))
    for who, deployment_id, origin in (
        (desk.installation, closed.id, None),
        (desk.installation, "unheard", None),
        (desk.installation, ours.id, "https://evil.example"),
        (other_tenant.context, ours.id, None),
    ):
        with pytest.raises(DeploymentNotFound) as refused:
            await begin_guest(who, deployment_id, "", origin)
        assert refused.value.message == f"There is no messaging deployment with id {deployment_id}."
    assert (await desk.guest(ours, origin="https://shop.example")).secret


@pytest.mark.parametrize("text", ["", "  \n ", "x" * (LONGEST_TEXT + 1)])
async def test_what_says_nothing_or_too_much_begins_nothing(desk: Desk, text: str) -> None:
    visitor = await desk.guest(await desk.deployment())
    with pytest.raises(TextInvalid):
        await visitor.write(text)
    assert await desk.rows("select 1 from conversations.conversation") == []


async def test_one_address_has_so_many_conversations_and_no_more(desk: Desk) -> None:
    deployment = await desk.deployment()
    there = Context(
        desk.installation.database, desk.installation.clock, desk.installation.actor, remote_address="192.0.2.7"
    )
    made = [await begin_guest(there, deployment.id, "", None) for _ in range(MOST_FROM_ONE_ADDRESS + 3)]
    sent = await asyncio.gather(
        *(write_as_guest(there, guest.id, secret, MessageDraft(text="Hello?")) for guest, secret in made),
        return_exceptions=True,
    )
    assert [each for each in sent if isinstance(each, Exception) and not isinstance(each, LimitReached)] == []
    assert len([each for each in sent if isinstance(each, LimitReached)]) == 3
    assert (await list_for_guest(there, replace(made[0][0]), 0))[0].state == "waiting"


async def test_an_agent_writes_only_by_their_own_connected_part(desk: Desk) -> None:
    deployment = await desk.deployment()
    ana, bo = await desk.agent("Ana", deployment.queue_id), await desk.agent("Bo")
    visitor = await desk.guest(deployment)
    conversation_id = (await visitor.write("Hello?")).conversation_id
    await desk.route()
    with pytest.raises(NotInConversation):
        await desk.answer(conversation_id, ana, "too early")
    part = await desk.accept(conversation_id, ana)
    draft = MessageDraft(text="not mine")
    with pytest.raises(CommunicationNotFound):
        await write_as_agent(
            desk.acting_as(bo, "conversation:message:view"), conversation_id, part.communication_id, draft
        )
    await visitor.leave()
    with pytest.raises(NotInConversation):
        await desk.answer(conversation_id, ana, "too late")
