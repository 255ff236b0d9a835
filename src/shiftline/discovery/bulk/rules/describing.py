"""A recording and its conversation as exports describe them. Pure."""

from collections.abc import Sequence

from shiftline.discovery.bulk.model import ConversationFacts
from shiftline.discovery.model import Channel, Conversation, Hold, Participant, RecordedLeg
from shiftline.recordings.matters.model import Holder
from shiftline.recordings.model import Metadata


def describe(
    conversation: ConversationFacts, metadata: Metadata, holders: Sequence[Holder]
) -> tuple[Conversation, RecordedLeg]:
    """What the vendor's metadata file is made of."""
    participants = tuple(
        Participant(
            id=each.id,
            purpose=each.purpose,
            person_id=each.person_id,
            queue_id=each.queue_id,
            name=each.name,
            address=each.address,
            joined_at=each.started_at,
            left_at=each.ended_at,
        )
        for each in conversation.participants
    )
    described = Conversation(
        id=conversation.id,
        channel=Channel.CALL,
        started_at=conversation.started_at,
        ended_at=conversation.ended_at,
        direction=conversation.direction,
        participants=participants,
        division_ids=conversation.division_ids,
    )
    holds = tuple(Hold(each.matter_id, each.matter_name, each.since) for each in holders)
    return described, RecordedLeg(number=1, metadata=metadata, revisions=(), holds=holds)
