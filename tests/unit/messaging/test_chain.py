"""The digests of a transcript: any change, gap or swap shows."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from shiftline.conversations.model.conversations import Direction
from shiftline.messaging.model import Attachment, Message
from shiftline.messaging.rules.chain import NOTHING, canonical, chain, find_break
from shiftline.routing.model.queues import Medium

AT = datetime(2023, 11, 5, 6, 59, 59, tzinfo=UTC)


def message(position: int) -> Message:
    return Message(
        organization_id="org-1",
        conversation_id="c",
        position=position,
        id=f"m{position}",
        medium=Medium.MESSAGE,
        direction=Direction.INBOUND,
        participant_id="p",
        communication_id="k",
        purpose="customer",
        author="Zo\u00eb",
        sent_at=AT + timedelta(seconds=position),
        real_at=AT,
        zone="America/Chicago",
        utc_offset_seconds=-18000,
        tzdata_version="2025b",
        text=f"text {position}",
        attachments=(Attachment("f", "a.png", "image/png", 3, "ab" * 32),),
    )


def transcript(length: int = 4) -> list[Message]:
    made, former = list[Message](), NOTHING
    for position in range(1, length + 1):
        made.append(chain(message(position), former))
        former = made[-1].digest
    return made


def test_a_transcript_as_it_was_written_is_whole() -> None:
    assert find_break(transcript()) is None
    assert find_break([]) is None


@pytest.mark.parametrize(
    "change",
    [
        {"text": "text 3."},
        {"sent_at": AT + timedelta(seconds=3, microseconds=1)},
        {"zone": "UTC"},
        {"utc_offset_seconds": -21600},
        {"author": "Zoe"},
        {"person_id": "someone"},
        {"attachments": ()},
        {"direction": Direction.OUTBOUND},
    ],
)
def test_a_message_that_was_changed_is_found(change: dict[str, object]) -> None:
    written = transcript()
    written[2] = replace(written[2], **change)  # type: ignore[arg-type]
    assert find_break(written) == 3


def test_what_is_missing_or_moved_is_found() -> None:
    written = transcript()
    assert find_break([written[0], *written[2:]]) == 2
    assert find_break([written[1], written[0], *written[2:]]) == 1
    rewritten = chain(replace(written[1], text="other"), written[0].digest)
    assert find_break([written[0], rewritten, *written[2:]]) == 3


def test_what_is_digested_can_be_read_by_anybody() -> None:
    said = canonical(transcript()[0]).decode()
    assert '"author":"Zo\u00eb"' in said
    assert '"sent_at":"2023-11-05T07:00:00.000000+00:00"' in said
    assert '"digest"' not in said
