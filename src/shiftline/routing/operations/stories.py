"""How interactions found their agents: who was offered what, and why not the others."""

from dataclasses import replace

from shiftline.authorization.operations import may, require
from shiftline.foundation.context import Context
from shiftline.foundation.database import Reader
from shiftline.foundation.web.paging import Page
from shiftline.routing.errors import InteractionNotFound
from shiftline.routing.model.choices import Evidence, Passed
from shiftline.routing.model.explanations import InteractionStory, OfferStory, WaitingInLine
from shiftline.routing.model.interactions import Interaction, InteractionState
from shiftline.routing.operations.interactions import estimate_wait
from shiftline.routing.operations.places import find_queue_for
from shiftline.routing.store import interactions, offers, queues

VIEW = "routing:queue:view"


async def list_waiting(context: Context, queue_id: str, page: Page) -> tuple[list[WaitingInLine], int]:
    """One page of what waits in a queue, those just offered among it, in line; and how many wait. Raises QueueNotFound."""
    async with context.reader() as reader:
        await find_queue_for(context, reader, queue_id, VIEW)
        found, total = await interactions.list_waiting(reader, context.organization_id, queue_id, page)
    now = context.now()
    return [WaitingInLine(position, each, now - each.enqueued_at) for position, each in found], total


async def tell_conversation(context: Context, conversation_id: str) -> list[InteractionStory]:
    """How a conversation's interactions found their agents, oldest first.

    Whoever may view the queue is told of everybody, anybody else of themselves alone. Raises InteractionNotFound, PermissionMissing
    (a program without the permission).
    """
    async with context.reader() as reader:
        stories = await find_stories(reader, context.organization_id, conversation_id)
        shown = [await _show(context, reader, story) for story in stories]
    visible = [story for story in shown if story is not None]
    if not visible:
        raise InteractionNotFound(conversation_id)
    return visible


async def find_stories(reader: Reader, organization_id: str, conversation_id: str) -> list[InteractionStory]:
    """How a conversation's interactions found their agents, oldest first; without asking for permissions."""
    made = await offers.list_of_conversation(reader, organization_id, conversation_id)
    found = await interactions.list_of_conversation(reader, organization_id, conversation_id)
    expected = await estimate_wait(reader, organization_id, conversation_id)
    stories: list[InteractionStory] = []
    for interaction, queue_name, shortage in found:
        its = tuple(OfferStory(offer, evidence) for offer, evidence in made if offer.interaction_id == interaction.id)
        story = InteractionStory(interaction, queue_name, its, shortage)
        waits = interaction.state in (InteractionState.WAITING, InteractionState.OFFERED)
        if waits and expected is not None:
            story = replace(story, position=expected[0], expected_wait=expected[1])
        stories.append(story)
    return stories


async def _show(context: Context, reader: Reader, story: InteractionStory) -> InteractionStory | None:
    """What the caller may know of it: all with the queue's permission, else what concerns them; None: nothing."""
    queue = await queues.find_queue(reader, context.organization_id, story.interaction.queue_id)
    division_id = None if queue is None else queue.division.id
    if may(context, VIEW, division_id=division_id):
        return story
    me = context.actor.person_id
    if me is None:
        require(context, VIEW, division_id=division_id)
        return None
    own = replace(
        story,
        interaction=_own_interaction(story.interaction, me),
        offers=tuple(_own_offer(each, me) for each in story.offers if _concerns(each.evidence, me)),
        shortage=None if story.shortage is None else _own_evidence(story.shortage, me),
    )
    concerned = own.offers or (own.shortage is not None and own.shortage.passed)
    return own if concerned else None


def _concerns(evidence: Evidence, person_id: str) -> bool:
    return evidence.person_id == person_id or any(person_id in each.person_ids for each in evidence.passed)


def _own_interaction(interaction: Interaction, me: str) -> Interaction:
    return interaction if interaction.person_id == me else replace(interaction, person_id=None)


def _own_offer(story: OfferStory, me: str) -> OfferStory:
    mine = story.offer.person_id == me
    offer = story.offer if mine else replace(story.offer, person_id="", reason=None)
    return OfferStory(offer, _own_evidence(story.evidence, me))


def _own_evidence(evidence: Evidence, me: str) -> Evidence:
    mine = tuple(Passed(each.hindrances, (me,)) for each in evidence.passed if me in each.person_ids)
    return replace(evidence, person_id=me if evidence.person_id == me else None, passed=mine)
