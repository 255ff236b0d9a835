"""What follows from a selection and from what was found, without reading anything."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from shiftline.discovery import canonical
from shiftline.discovery.exports.model import ExportState, PlannedObject, Selection
from shiftline.discovery.model import AgentCount, Content, Conversation, Counts, Email, Exclusion, Message, Person
from shiftline.messaging.model import Attachment, MailAddress
from shiftline.messaging.model import Message as Written

WHY_LEFT_OUT: Mapping[str, str] = {
    "open": "It was still being recorded when the export was frozen.",
    "stopping": "Its file was still being sealed when the export was frozen.",
    "lost": "Nothing of its sound was found.",
    "destroyed": "It was destroyed before the export was frozen; what is known of that is in its tombstone.",
}


def show_query(wanted: Selection) -> dict[str, Any]:
    """A selection as the package tells it, without what was not asked for."""
    interval = wanted.interval
    return canonical.without_nulls(
        {
            "matter": wanted.held_by,
            "agents": None if wanted.agent_ids is None else list(wanted.agent_ids),
            "queues": None if wanted.queue_ids is None else list(wanted.queue_ids),
            "conversations": None if wanted.conversation_ids is None else list(wanted.conversation_ids),
            "channels": None if wanted.channels is None else [each.value for each in wanted.channels],
            "interval": None
            if interval is None
            else f"{canonical.instant(interval.start)}/{canonical.instant(interval.end)}",
        }
    )


def leave_out(kind: str, recording_id: str, conversation: Conversation, state: str) -> Exclusion:
    """A recording that cannot be in a package, and why."""
    reason = WHY_LEFT_OUT.get(state, f"It is {state}.")
    return Exclusion(
        kind=kind, id=recording_id, conversation_id=conversation.id, reason=reason, agent_ids=conversation.agent_ids
    )


def message_of(written: Written) -> Message:
    """A message as a package has it."""
    return Message(
        id=written.id,
        participant_id=written.participant_id,
        sent_at=written.sent_at,
        text=written.text,
        incoming=written.direction.value == "inbound",
        attachments=tuple(map(content_of, written.attachments)),
    )


def email_of(written: Written, number: int, original: Content | None) -> Email:
    """An e-mail as a package has it."""
    mail = written.mail
    assert mail is not None
    return Email(
        number=number,
        id=written.id,
        sent_at=written.sent_at,
        sender=_address(mail.sender),
        to=tuple(map(_address, mail.to)),
        incoming=written.direction.value == "inbound",
        cc=tuple(map(_address, mail.cc)),
        subject=mail.subject,
        text=written.text,
        html=mail.html,
        in_reply_to=mail.references[-1] if mail.references else None,
        message_id=mail.message_id,
        attachments=tuple(map(content_of, written.attachments)),
        original=original,
    )


def content_of(file: Attachment) -> Content:
    """An attachment as a package has it."""
    return Content(id=file.id, media_type=file.media_type, size=file.size, sha256=file.sha256, file_name=file.name)


def _address(each: MailAddress) -> str:
    return f"{each.name} <{each.email}>" if each.name else each.email


@dataclass(slots=True)
class Counting:
    """Counts conversations as they are frozen. Numbers of documents rise over all of them."""

    conversations: int = 0
    recordings: int = 0
    messages: int = 0
    emails: int = 0
    media_bytes: int = 0
    agents: dict[str, list[int]] = field(default_factory=dict[str, list[int]])

    @property
    def documents(self) -> int:
        """Documents of all kinds so far."""
        return self.recordings + self.messages + self.emails

    def add(self, conversation: Conversation) -> None:
        """Count a conversation in."""
        documents = len(conversation.recordings) + (conversation.messages is not None) + len(conversation.emails)
        self.conversations += 1
        self.recordings += len(conversation.recordings)
        self.messages += conversation.messages is not None
        self.emails += len(conversation.emails)
        self.media_bytes += sum(leg.metadata.size for leg in conversation.recordings)
        for agent_id in conversation.agent_ids:
            found = self.agents.setdefault(agent_id, [0, 0])
            found[0] += 1
            found[1] += documents

    def total(self, names: Mapping[str, str]) -> Counts:
        """What was counted, agents in the order of their ids."""
        return Counts(
            conversations=self.conversations,
            recordings=self.recordings,
            messages=self.messages,
            emails=self.emails,
            media_bytes=self.media_bytes,
            agents=tuple(
                AgentCount(
                    agent=Person(agent_id, names.get(agent_id, agent_id)), conversations=told, documents=documents
                )
                for agent_id, (told, documents) in sorted(self.agents.items())
            ),
        )


def chain(objects: Iterable[PlannedObject], sequence: int, previous: str) -> Iterator[PlannedObject]:
    """Objects with their place in the chain of custody, after the one of a sequence and hash."""
    for each in objects:
        sequence += 1
        yield PlannedObject(
            sequence=sequence,
            previous=previous,
            **{name: getattr(each, name) for name in PlannedObject.__dataclass_fields__ if name not in _CHAINED},
        )
        previous = each.sha256


_CHAINED = {"sequence", "previous"}


def custody_of(export: ExportState, planned: PlannedObject) -> dict[str, str]:
    """What stands with an object as ``x-amz-meta-`` headers: ASCII, as HTTP wants it."""
    return {
        "matter": _ascii(export.matter_id or export.matter_name),
        "job": export.id,
        "sha-256": planned.sha256,
        "sequence": str(planned.sequence),
        "previous-sha-256": planned.previous,
        "operator": _ascii(export.operator_id),
    }


def _ascii(text: str) -> str:
    return "".join(each if each.isascii() and each.isprintable() and each != "%" else _escaped(each) for each in text)


def _escaped(letter: str) -> str:
    return "".join(f"%{byte:02X}" for byte in letter.encode())
