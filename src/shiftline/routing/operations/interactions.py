"""A conversation's place in a queue: it enters, waits, and leaves. All in the caller's transaction."""

from datetime import timedelta

from shiftline.foundation.database import Reader, Transaction
from shiftline.foundation.errors import Invalid, Problem
from shiftline.foundation.ids import new_id
from shiftline.presence.model import RoutingStatus
from shiftline.routing.errors import AlreadyQueued, QueueNotFound, Unknown
from shiftline.routing.events import InteractionChanged
from shiftline.routing.model.choices import Need
from shiftline.routing.model.interactions import Interaction, InteractionDraft, InteractionState, Offer
from shiftline.routing.operations.offers import release_agent_in, withdraw_offer_in
from shiftline.routing.rules.lines import HIGHEST_PRIORITY, expect_wait, name_need
from shiftline.routing.store import interactions, queues

HANDLED_WITHIN = timedelta(days=7)
"""How far back handle times tell something of the next ones."""

HANDLED_LATEST = 50
"""How many of them, the latest, the mean is taken of."""


async def enqueue_in(tx: Transaction, draft: InteractionDraft) -> Interaction:
    """Let a conversation wait in a queue from now on; one that waits there already stays at its place.

    Raises QueueNotFound, Unknown (a skill or language), Invalid (priority), AlreadyQueued (it waits in another queue).
    """
    if not -HIGHEST_PRIORITY <= draft.priority <= HIGHEST_PRIORITY:
        raise Invalid(Problem("priority", f"must be from -{HIGHEST_PRIORITY} to {HIGHEST_PRIORITY}."))
    if not await queues.hold_queue(tx, draft.queue_id):
        raise QueueNotFound(draft.queue_id)
    await _check_skills(tx, draft)
    need = name_need(Need(draft.medium, draft.skill_ids, draft.language_id))
    made = await interactions.insert_interaction(tx, draft.id or new_id(), draft, need)
    interaction = await interactions.lock_queued(tx, draft.conversation_id)
    assert interaction is not None
    if made:
        _record(tx, interaction, InteractionState.WAITING, None)
    elif interaction.queue_id != draft.queue_id:
        raise AlreadyQueued(draft.conversation_id, interaction.queue_id)
    return interaction


async def _check_skills(tx: Transaction, draft: InteractionDraft) -> None:
    wanted = [("skillIds", each) for each in draft.skill_ids]
    if draft.language_id is not None:
        wanted.append(("languageId", draft.language_id))
    if not wanted:
        return
    known = await interactions.find_known_skills(tx, tx.context.organization_id, [each for _, each in wanted])
    for field, skill_id in wanted:
        if skill_id not in known:
            raise Unknown(field, "skill", skill_id)


async def withdraw_in(tx: Transaction, conversation_id: str, reason: str) -> Offer | None:
    """Take a conversation out of the queue that it waits in (it was abandoned, or goes elsewhere).

    The offer that alerted somebody is withdrawn and returned. One that waits nowhere stays as it is: what an agent took is
    theirs until ``finish_in``.
    """
    interaction = await interactions.lock_queued(tx, conversation_id)
    if interaction is None:
        return None
    offer = await withdraw_offer_in(tx, interaction, reason)
    await interactions.end_interaction(tx, interaction.id, reason)
    _record(tx, interaction, InteractionState.ENDED, reason)
    return offer


async def finish_in(tx: Transaction, person_id: str, conversation_id: str, reason: str = "finished") -> RoutingStatus:
    """An agent is done with a conversation, after-call work included: idle again unless they handle another.

    The status after it. Nothing that they handle: nothing happens but that.
    """
    for interaction in await interactions.lock_assigned(tx, conversation_id, person_id):
        await interactions.end_interaction(tx, interaction.id, reason)
        _record(tx, interaction, InteractionState.ENDED, reason)
    return await release_agent_in(tx, person_id)


async def organizations_waiting(reader: Reader) -> list[str]:
    """The organizations in which something waits in a queue."""
    return await interactions.organizations_waiting(reader)


async def estimate_wait(
    reader: Reader, organization_id: str, conversation_id: str
) -> tuple[int, timedelta | None] | None:
    """A conversation's position in line (from 1) and how long it will wait yet, if that can be told (``rules.lines``).

    None: it waits in no queue.
    """
    line = await interactions.find_place(reader, organization_id, conversation_id, HANDLED_WITHIN, HANDLED_LATEST)
    if line is None:
        return None
    return line.position, expect_wait(line.position, line.handled, line.agents)


def _record(tx: Transaction, interaction: Interaction, state: InteractionState, reason: str | None) -> None:
    tx.record(
        InteractionChanged(
            organization_id=tx.context.organization_id,
            interaction_id=interaction.id,
            conversation_id=interaction.conversation_id,
            queue_id=interaction.queue_id,
            state=state,
            person_id=interaction.person_id,
            reason=reason,
        )
    )
