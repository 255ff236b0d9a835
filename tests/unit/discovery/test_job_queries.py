"""Which conversations a recording job's query means."""

from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest

from shiftline.discovery.bulk.errors import JobInvalid
from shiftline.discovery.bulk.model import (
    Action,
    ConversationFacts,
    ParticipantFacts,
    Query,
    RecordingFacts,
    Wanted,
)
from shiftline.discovery.bulk.rules import selecting, states
from shiftline.discovery.bulk.wire import JobBody, read_job

AT = datetime(2023, 11, 5, 6, 30, tzinfo=UTC)
CALL = ConversationFacts(
    id="c-1",
    medium="call",
    direction="inbound",
    started_at=AT,
    ended_at=None,
    division_ids=("north", "south"),
    external_tag=None,
    participants=(
        ParticipantFacts(id="p-1", purpose="customer", direction="inbound", address="sip:caller@example.test"),
        ParticipantFacts(
            id="p-2", purpose="agent", direction="inbound", person_id="ana", queue_id="voice", wrapup_code="sold"
        ),
    ),
)


def predicate(dimension: str, value: str | None = None, operator: str = "matches") -> dict[str, Any]:
    return {"type": "dimension", "dimension": dimension, "operator": operator, "value": value}


def read(**query: Any) -> Query:
    body = {
        "action": "DELETE",
        "actionAge": 1,
        "conversationQuery": {"interval": "2023-11-05T00:00:00Z/2023-11-06T00:00:00Z", **query},
    }
    return read_job(msgspec.convert(body, JobBody)).query


def all_of(*predicates: dict[str, Any], joined: str = "and", **more: Any) -> list[dict[str, Any]]:
    return [{"type": joined, "predicates": list(predicates), **more}]


@pytest.mark.parametrize(
    ("query", "taken"),
    [
        ({}, True),
        ({"segmentFilters": all_of(predicate("userId", "ANA"), predicate("queueId", "voice"))}, True),
        # One participant must satisfy a whole filter; two filters may be satisfied by two of them.
        ({"segmentFilters": all_of(predicate("userId", "ana"), predicate("purpose", "customer"))}, False),
        ({"segmentFilters": [*all_of(predicate("userId", "ana")), *all_of(predicate("purpose", "customer"))]}, True),
        ({"segmentFilters": all_of(predicate("userId", "bo"), predicate("wrapUpCode", "sold"), joined="or")}, True),
        ({"segmentFilters": all_of(predicate("userId", "bo"), predicate("wrapUpCode", "lost"), joined="or")}, False),
        ({"segmentFilters": all_of(predicate("recording", operator="exists"))}, True),
        (
            {"segmentFilters": all_of(predicate("recording", operator="notExists"), predicate("purpose", "agent"))},
            False,
        ),
        ({"segmentFilters": all_of(predicate("mediaType", "voice"))}, True),
        ({"segmentFilters": all_of(predicate("ani", "sip:caller@example.test"))}, True),
        ({"conversationFilters": all_of(predicate("divisionId", "south"))}, True),
        ({"conversationFilters": all_of(predicate("divisionId", "east"))}, False),
        ({"conversationFilters": all_of(predicate("conversationEnd", operator="notExists"))}, True),
        ({"conversationFilters": all_of(predicate("externalTag", operator="exists"))}, False),
        (
            {
                "conversationFilters": all_of(
                    predicate("originatingDirection", "inbound"),
                    clauses=[
                        {
                            "type": "or",
                            "predicates": [predicate("conversationId", "c-1"), predicate("conversationId", "c-2")],
                        }
                    ],
                )
            },
            True,
        ),
        (
            {
                "conversationFilters": all_of(
                    predicate("originatingDirection", "inbound"),
                    clauses=[{"type": "and", "predicates": [predicate("conversationId", "c-2")]}],
                )
            },
            False,
        ),
        ({"conversationFilters": [{"type": "or"}]}, True),
    ],
)
def test_filters_combine_as_the_vendors_do(query: dict[str, Any], taken: bool) -> None:
    recorded = [RecordingFacts(id="r-1", conversation_id="c-1", participant_id="p-2", started_at=AT)]
    assert selecting.matches(read(**query), selecting.mark_recorded(CALL, recorded)) is taken


@pytest.mark.parametrize("dimension", ["flowId", "userid", "conversationStart", "", None])
def test_a_dimension_that_is_not_known_is_refused_by_its_place(dimension: str | None) -> None:
    clause = {
        "type": "and",
        "predicates": [predicate("userId", "ana"), {**predicate("x", "y"), "dimension": dimension}],
    }
    with pytest.raises(JobInvalid) as refused:
        read(segmentFilters=[*all_of(predicate("userId", "ana")), {"type": "and", "clauses": [clause]}])
    place = "conversationQuery.segmentFilters[1].clauses[0].predicates[1].dimension"
    assert refused.value.problems[0].field == place


def test_each_recording_is_an_item_and_what_was_written_says_why_it_is_none() -> None:
    wanted = Wanted(action=Action.EXPORT, query=read(), integration_id="i-1", age=timedelta(days=2))
    recorded = [
        RecordingFacts(
            id=f"r-{number}", conversation_id="c-1", participant_id="p-2", started_at=AT + number * timedelta(hours=1)
        )
        for number in range(2)
    ]
    chosen = selecting.choose(wanted, CALL, recorded, AT)
    assert [(each.recording_id, each.due_at - AT) for each in chosen] == [
        ("r-0", timedelta(days=2)),
        ("r-1", timedelta(days=2, hours=1)),
    ]
    assert selecting.choose(wanted, CALL, [], AT) == [], "a call that was not recorded is none of a job's"
    (skipped,) = selecting.choose(wanted, _written(), [], AT)
    assert (skipped.recording_id, skipped.due_at) == (None, AT)
    assert skipped.problem is not None
    assert "held by email" in skipped.problem


def _written() -> ConversationFacts:
    return ConversationFacts(
        id="c-2",
        medium="email",
        direction="inbound",
        started_at=AT,
        ended_at=None,
        division_ids=(),
        external_tag=None,
        participants=(),
    )


def test_an_obstacle_is_tried_less_and_less_often_and_given_up_after_an_hour() -> None:
    pauses = [states.pause_after(AT, AT + timedelta(seconds=each)) for each in (0, 10, 1000)]
    assert pauses == [timedelta(seconds=1), timedelta(seconds=10), timedelta(minutes=1)]
    assert not states.gives_up(AT, AT + timedelta(minutes=59))
    assert states.gives_up(AT, AT + timedelta(hours=1))
