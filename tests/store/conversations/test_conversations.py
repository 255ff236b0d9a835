"""Conversations on a real PostgreSQL: begun, changed, found; nothing lost between those who change one at once."""

import asyncio
import random
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest
from tests.conftest import SettableContext
from tests.store.conftest import Tenant
from tests.store.conversations.centre import Calls, caller, drafted, make_calls

from shiftline import conversations as room
from shiftline.conversations.errors import ConversationNotFound, ParticipantEnded, ParticipantNotFound
from shiftline.conversations.events import ConversationChanged
from shiftline.conversations.model.changes import (
    BeginWrapup,
    Change,
    EndConsultation,
    EndWrapup,
    ExpireWrapup,
    Join,
    Move,
    SetAttributes,
    SetConfined,
    SetHeld,
    SetMuted,
    SetRecording,
    SetRecordingPaused,
    SetTag,
)
from shiftline.conversations.model.conversations import (
    CallState,
    Conversation,
    ConversationDraft,
    Direction,
    DisconnectType,
    Purpose,
    RecordingState,
    Wrapup,
    WrapupPrompt,
)
from shiftline.conversations.operations.conversations import (
    change_conversation_in,
    find_conversation,
    list_live_of,
    lock_conversation_in,
    open_conversation_in,
)
from shiftline.foundation.database import parse_statements
from shiftline.foundation.errors import Refusal


async def stored(tenant: Tenant, conversation_id: str) -> Conversation:
    async with tenant.context.reader() as reader:
        found = await find_conversation(reader, tenant.context.organization_id, conversation_id)
    assert found is not None
    return found


async def test_what_is_written_is_read_again_and_told_with_its_whole_state(tenant: Tenant, calls: Calls) -> None:
    ada = await tenant.person("Ada")
    await tenant.news()
    talking, agent = await calls.talk(ada.id)
    customer = talking.participants[0]
    annotated = await calls.change(
        talking,
        SetRecording(agent.id, recording=True),
        SetHeld(customer.id, held=True),
        SetMuted(agent.id, muted=True),
        SetConfined(customer.id, confined=True),
        SetAttributes(agent.id, {"ticket": "17"}),
        SetTag("crm-4"),
    )
    assert annotated.recording_state is RecordingState.ACTIVE
    assert await stored(tenant, talking.id) == annotated
    ended = await calls.change(
        talking,
        Move(agent.id, CallState.DISCONNECTED, DisconnectType.CLIENT),
        EndWrapup(agent.id, Wrapup("solved", "Solved", "all well", ("vip",))),
        Move(customer.id, CallState.TERMINATED, DisconnectType.ENDPOINT, "gone"),
    )
    assert not ended.live
    assert await stored(tenant, talking.id) == ended
    told = await tenant.news(ConversationChanged)
    assert [each.version for each in told] == [1, 2, 3, 4, 5]
    assert [each.conversation for each in told[2:]] == [talking, annotated, ended]


async def test_a_change_that_changes_nothing_is_not_told(tenant: Tenant, calls: Calls) -> None:
    begun = await calls.begin()
    await tenant.news()
    assert await calls.change(begun, SetMuted(begun.participants[0].id, muted=False), SetTag("")) == begun
    assert await tenant.news() == []


async def test_all_of_a_change_or_nothing(tenant: Tenant, calls: Calls) -> None:
    begun = await calls.begin()
    customer = begun.participants[0]
    await tenant.news()
    with pytest.raises(ParticipantNotFound):
        await calls.change(begun, SetMuted(customer.id, muted=True), SetMuted("nobody", muted=True))
    assert await stored(tenant, begun.id) == begun
    assert await tenant.news() == []


async def test_who_joins_brings_what_their_queue_and_person_say(tenant: Tenant, calls: Calls) -> None:
    ada = await tenant.person("Ada")
    begun = await calls.begin()
    assert begun.division_ids == (calls.division_id,)
    assert begun.participants[1].name == "Voice"
    agent = await calls.ring(begun, ada.id)
    assert (agent.name, agent.queue_name) == ("Ada", "Voice")
    assert (agent.wrapup_prompt, agent.wrapup_required) == (WrapupPrompt.MANDATORY, True)


async def test_who_is_there_for_no_queue_brings_their_own_division(tenant: Tenant, calls: Calls) -> None:
    ada, bo = await tenant.person("Ada"), await tenant.person("Bo")
    both = tuple(drafted(Purpose.USER, CallState.DIALING, person_id=each.id) for each in (ada, bo))
    begun = await calls.begin(direction=Direction.OUTBOUND, participants=both)
    assert begun.division_ids == (ada.division_id,)
    assert [each.name for each in begun.participants] == ["Ada", "Bo"]


async def test_a_queue_that_is_gone_and_a_person_that_never_was_bring_nothing(calls: Calls) -> None:
    stranger = drafted(Purpose.AGENT, CallState.ALERTING, person_id="nobody", queue_id="gone")
    begun = await calls.begin(participants=(caller(), stranger))
    assert (begun.division_ids, begun.participants[1].name, begun.participants[1].wrapup_prompt) == ((), None, None)


async def test_the_live_conversations_of_a_person(tenant: Tenant, calls: Calls) -> None:
    ada, bo = await tenant.person("Ada"), await tenant.person("Bo")
    first, agent = await calls.talk(ada.id)
    second = await calls.begin()
    await calls.ring(second, ada.id)
    await calls.ring(second, bo.id)

    async def live(person_id: str) -> list[str]:
        async with tenant.context.reader() as reader:
            return [each.id for each in await list_live_of(reader, "org-1", person_id)]

    assert await live(ada.id) == [first.id, second.id]
    await calls.change(first, Move(agent.id, CallState.DISCONNECTED))
    assert await live(ada.id) == [second.id]
    await calls.hang_up(await stored(tenant, second.id))
    assert (await live(ada.id), await live(bo.id)) == ([], [])


async def test_two_tenants_with_equal_ids_know_nothing_of_each_other(tenant: Tenant, other_tenant: Tenant) -> None:
    here, there = await make_calls(tenant), await make_calls(other_tenant)
    draft = {"id": "same", "participants": (caller(id="caller", communication_id="call"),)}
    mine, theirs = await here.begin(**draft), await there.begin(**draft, address="sip:theirs")
    await there.hang_up(theirs)
    assert await stored(tenant, "same") == mine
    assert (await stored(other_tenant, "same")).address == "sip:theirs"
    told = await tenant.news(ConversationChanged)
    assert {(each.organization_id, each.version) for each in told} == {("org-1", 1), ("org-2", 1), ("org-2", 2)}


async def test_another_tenants_conversation_does_not_exist(tenant: Tenant, other_tenant: Tenant, calls: Calls) -> None:
    begun = await calls.begin()
    for use in (lock_conversation_in, change_conversation_in):
        with pytest.raises(ConversationNotFound):
            async with other_tenant.context.transaction() as tx:
                await use(tx, begun.id)
    async with other_tenant.context.reader() as reader:
        assert await find_conversation(reader, "org-2", begun.id) is None


async def test_of_many_who_change_one_conversation_at_once_none_is_lost(tenant: Tenant, calls: Calls) -> None:
    begun = await calls.begin()
    customer = begun.participants[0]
    await tenant.news()
    await asyncio.gather(
        *(calls.change(begun, SetAttributes(customer.id, {f"key {number}": "x"})) for number in range(20)),
        *(calls.change(begun, Join(drafted(Purpose.EXTERNAL, CallState.DIALING))) for _ in range(10)),
    )
    after = await stored(tenant, begun.id)
    assert after.version == 31
    assert (len(after.participants), len(after.participants[0].attributes)) == (12, 20)
    assert sorted(each.version for each in await tenant.news(ConversationChanged)) == list(range(2, 32))


async def test_of_an_answer_and_a_hang_up_at_once_the_first_wins(tenant: Tenant, calls: Calls) -> None:
    ada = await tenant.person("Ada")
    begun = await calls.begin()
    agent = await calls.ring(begun, ada.id)
    hang_up = Move(agent.id, CallState.DISCONNECTED, DisconnectType.CLIENT)
    results = await asyncio.gather(
        calls.change(begun, hang_up), calls.change(begun, Move(agent.id, CallState.CONNECTED)), return_exceptions=True
    )
    assert not (await stored(tenant, begun.id)).participants[-1].live
    assert all(isinstance(each, Conversation | ParticipantEnded) for each in results)


async def test_who_waits_for_the_lock_sees_what_was_written_meanwhile(tenant: Tenant, calls: Calls) -> None:
    begun = await calls.begin()
    customer = begun.participants[0]
    async with tenant.context.transaction() as tx:
        await lock_conversation_in(tx, begun.id)
        waiting = asyncio.create_task(calls.change(begun, SetMuted(customer.id, muted=True)))
        await asyncio.sleep(0.2)
        assert not waiting.done()
        await change_conversation_in(tx, begun.id, SetTag("first"))
    after = await waiting
    assert (after.external_tag, after.version) == ("first", 3)


# Whatever is asked for: each fits somebody, somewhere.
def anything(chance: random.Random, ids: list[str]) -> Change:
    who, flag = chance.choice(ids), chance.random() < 0.5
    wrapup = Wrapup(chance.choice([None, "solved"]), notes="so", provisional=chance.random() < 0.5)
    return chance.choice(
        [
            Move(who, chance.choice(list(CallState)), chance.choice([None, *DisconnectType]), chance.choice([None, "!"])),
            Join(drafted(chance.choice(list(Purpose)), CallState.ALERTING, queue_id="voice")),
            SetMuted(who, flag),
            SetHeld(who, flag),
            SetConfined(who, flag),
            EndConsultation(who),
            SetRecording(who, flag),
            SetRecordingPaused(flag),
            BeginWrapup(who, chance.choice(list(WrapupPrompt)), chance.choice([None, 0, 90_000])),
            EndWrapup(who, chance.choice([None, wrapup]), flag),
            ExpireWrapup(who),
            SetAttributes(who, {chance.choice("abc"): chance.choice("xyz")}),
            SetTag(chance.choice([None, "crm-1"])),
        ]
    )  # fmt: skip


@pytest.mark.parametrize("seed", range(4))
async def test_whatever_the_rules_allow_the_tables_hold_and_give_back(
    tenant: Tenant, calls: Calls, context: SettableContext, seed: int
) -> None:
    chance = random.Random(seed)
    conversation = await calls.begin()
    refused = 0
    for _ in range(150):
        context.clock.advance(timedelta(seconds=chance.randint(-1, 30)))
        wanted = [
            anything(chance, [each.id for each in conversation.participants]) for _ in range(chance.randint(1, 3))
        ]
        try:
            conversation = await calls.change(conversation, *wanted)
        except Refusal:
            refused += 1
        assert await stored(tenant, conversation.id) == conversation
    assert conversation.version > 10
    assert refused > 10


def test_nothing_is_ever_deleted() -> None:
    statements = parse_statements((Path(room.__file__).with_name("queries.sql")).read_text()).values()
    assert not [each for each in statements if "delete" in each.lower() or "truncate" in each.lower()]


async def test_the_table_refuses_what_the_rules_would(tenant: Tenant, calls: Calls, database_url: str) -> None:
    ada = await tenant.person("Ada")
    talking, agent = await calls.talk(ada.id)
    for nonsense in (
        "state = 'disconnected'",
        "ended_at = now()",
        "acw_started_at = now()",
        "wrapup = '{}'",
        "held = true",
        "ended_at = started_at, state = 'terminated', disconnect_type = 'peer', recording = true",
    ):
        with psycopg.connect(database_url) as connection, pytest.raises(psycopg.errors.CheckViolation):
            connection.execute(
                f"update conversations.participant set {nonsense} where conversation_id = %s and id = %s".encode(),
                (talking.id, agent.id),
            )


async def test_a_conversation_needs_somebody(tenant: Tenant) -> None:
    with pytest.raises(ValueError, match="begins with a participant"):
        async with tenant.context.transaction() as tx:
            await open_conversation_in(tx, ConversationDraft(direction=Direction.INBOUND, participants=()))
