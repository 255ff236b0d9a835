"""Which conversations a query means, and which items they make. Pure.

The dimensions are the vendor's (ConversationDetailQueryPredicate, SegmentDetailQueryPredicate) as far as they are known here;
any other is refused when a job is made: a filter that is not understood must not select something else.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TypeAlias, TypeVar

from shiftline.discovery.bulk.model import (
    Action,
    Chosen,
    ConversationFacts,
    Filter,
    Joined,
    Operator,
    ParticipantFacts,
    Query,
    RecordingFacts,
    Test,
    Wanted,
)

T = TypeVar("T")
Values: TypeAlias = Sequence[str | None]

# COMPAT: the vendor's name for a medium.
MEDIA_TYPES: Mapping[str, str] = {"call": "voice"}

CONVERSATION_DIMENSIONS: Mapping[str, Callable[[ConversationFacts], Values]] = {
    "conversationId": lambda each: (each.id,),
    "conversationEnd": lambda each: (None if each.ended_at is None else each.ended_at.isoformat(),),
    "divisionId": lambda each: each.division_ids,
    "externalTag": lambda each: (each.external_tag,),
    "originatingDirection": lambda each: (each.direction,),
}

SEGMENT_DIMENSIONS: Mapping[str, Callable[[ConversationFacts, ParticipantFacts], Values]] = {
    "ani": lambda _, each: (each.address if each.purpose in ("customer", "external") else None,),
    "direction": lambda _, each: (each.direction,),
    "disconnectType": lambda _, each: (each.disconnect_type,),
    "mediaType": lambda conversation, _: (MEDIA_TYPES.get(conversation.medium, conversation.medium),),
    "participantName": lambda _, each: (each.name,),
    "purpose": lambda _, each: (each.purpose,),
    "queueId": lambda _, each: (each.queue_id,),
    "recording": lambda _, each: ("true" if each.recorded else None,),
    "userId": lambda _, each: (each.person_id,),
    "wrapUpCode": lambda _, each: (each.wrapup_code,),
}

SPOKEN = "call"
_WRITTEN = "It was held by {medium}, and no transcript of it was recorded: it is older than transcripts, or a policy wanted none."


def matches(query: Query, conversation: ConversationFacts) -> bool:
    """Whether a conversation that began in the query's interval satisfies all its filters."""
    of_it = all(
        _holds(each, lambda test: _test_conversation(test, conversation)) for each in query.conversation_filters
    )
    return of_it and all(
        any(_holds(each, _segment_test(conversation, participant)) for participant in conversation.participants)
        for each in query.segment_filters
    )


def _segment_test(conversation: ConversationFacts, participant: ParticipantFacts) -> Callable[[Test], bool]:
    return lambda test: _test(test, SEGMENT_DIMENSIONS[test.dimension](conversation, participant))


def _test_conversation(test: Test, conversation: ConversationFacts) -> bool:
    return _test(test, CONVERSATION_DIMENSIONS[test.dimension](conversation))


def _holds(wanted: Filter, test: Callable[[Test], bool]) -> bool:
    clauses = (_joined(clause.joined, [test(each) for each in clause.tests]) for clause in wanted.clauses)
    return _joined(wanted.joined, [*map(test, wanted.tests), *clauses])


def _joined(how: Joined, held: Collection[bool]) -> bool:
    """A filter without anything in it restricts nothing."""
    return all(held) if how is Joined.AND else any(held) or not held


def _test(test: Test, values: Values) -> bool:
    known = [each for each in values if each]
    if test.operator is Operator.EXISTS:
        return bool(known)
    if test.operator is Operator.NOT_EXISTS:
        return not known
    return any(each.casefold() == (test.value or "").casefold() for each in known)


def mark_recorded(conversation: ConversationFacts, recordings: Sequence[RecordingFacts]) -> ConversationFacts:
    """A conversation whose participants know whether their leg was recorded."""
    recorded = {each.participant_id for each in recordings}
    participants = (replace(each, recorded=each.id in recorded) for each in conversation.participants)
    return replace(conversation, participants=tuple(participants))


def choose(
    wanted: Wanted, conversation: ConversationFacts, recordings: Sequence[RecordingFacts], now: datetime
) -> list[Chosen]:
    """The items of a conversation that was selected: its recordings; of one that was written without any, why it is skipped.

    A call without any is none of those: whether something was recorded is told by ``conversations``, not here.
    """
    if not recordings and conversation.medium != SPOKEN:
        return [Chosen(conversation.id, None, now, _WRITTEN.format(medium=conversation.medium))]
    return [Chosen(each.conversation_id, each.id, _due(wanted, each, now)) for each in recordings]


def _due(wanted: Wanted, recording: RecordingFacts, now: datetime) -> datetime:
    """An export happens at its date; archiving and deletion are given their dates at once."""
    date = wanted.date_for(recording.started_at) if wanted.action is Action.EXPORT else None
    return now if date is None else max(date, now)
