"""Matters and holds on the wire, and the vendor's deletion protection.

Source: ConversationDeletionProtectionQuery, ManageDeleteProtectionResult, FailedDeleteProtectionUpdate.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Literal, TypeAlias

from msgspec import Meta

from shiftline.foundation.errors import Invalid, Problem
from shiftline.foundation.time import Interval, parse_instant
from shiftline.foundation.web.wire import Identifier, LongText, NamedReference, Reference, Wire
from shiftline.recordings.matters.model import (
    HeldRecording,
    Hold,
    HoldDraft,
    Holder,
    Matter,
    MatterDraft,
    Selection,
)
from shiftline.recordings.matters.operations.protecting import Failure

MATTERS = "/api/v2/shiftline/matters"

Name: TypeAlias = Annotated[str, Meta(min_length=1, max_length=200, pattern=r"^[^\x00]*[^\s\x00][^\x00]*$")]
Reason: TypeAlias = Annotated[str, Meta(min_length=1, max_length=1000, pattern=r"^[^\x00]*[^\s\x00][^\x00]*$")]
Ids: TypeAlias = Annotated[list[Identifier], Meta(min_length=1, max_length=100_000)]


class MatterBody(Wire):
    """What a matter shall be; its name is its own in the organization."""

    name: Name
    description: LongText = ""


class ReasonBody(Wire):
    """Why."""

    reason: Reason


class ReleaseBody(Wire):
    """Which recordings are released, and why."""

    recording_ids: Ids
    reason: Reason


class SelectionBody(Wire):
    """Which recordings are meant; all that is given combines. ``interval``: when they began, two instants and a slash."""

    recording_ids: Ids | None = None
    conversation_ids: Ids | None = None
    user_ids: Ids | None = None
    queue_ids: Ids | None = None
    interval: Annotated[str, Meta(max_length=100)] | None = None


class HoldBody(Wire):
    """What is to be held and why; ``standing``: what is sealed later, too."""

    selection: SelectionBody
    reason: Reason
    standing: bool = False


class WireMatter(Wire, omit_defaults=False):
    """A matter; ``heldRecordings`` counts what it holds now."""

    id: str
    name: str
    description: str
    kind: Literal["matter", "protection"]
    state: Literal["open", "closing", "closed"]
    date_opened: datetime
    opened_by: NamedReference
    date_closed: datetime | None
    closed_by: NamedReference | None
    close_reason: str | None
    held_recordings: int
    self_uri: str


class WireSelection(Wire):
    """What was asked for."""

    recording_ids: Sequence[str] | None = None
    conversation_ids: Sequence[str] | None = None
    user_ids: Sequence[str] | None = None
    queue_ids: Sequence[str] | None = None
    interval: str | None = None


class WireDestroyed(Wire):
    """A recording that could not be held."""

    recording_id: str
    date_destroyed: datetime


class WireHold(Wire, omit_defaults=False):
    """A hold and how far it is: ``done`` of ``total`` recordings, which are ``taken``, ``already`` held or ``refused``."""

    id: str
    matter_id: str
    selection: WireSelection
    reason: str
    standing: bool
    state: Literal["running", "paused", "done"]
    total: int
    done: int
    taken: int
    already: int
    refused: int
    later: int
    refusals: list[WireDestroyed]
    date_placed: datetime
    placed_by: NamedReference
    date_ended: datetime | None
    self_uri: str


class WireHeld(Wire, omit_defaults=False):
    """A recording that a matter holds."""

    recording_id: str
    conversation_id: str
    user_id: str | None
    queue_id: str | None
    start_time: datetime
    state: str
    hold_id: str
    date_held: datetime


class WireHolder(Wire):
    """A matter that holds a recording, since when."""

    matter_id: str
    matter_name: str
    hold_id: str
    date_held: datetime


class ProtectionBody(Wire):
    """Whose recordings are protected from deletion, or set free."""

    conversation_ids: Annotated[list[Identifier], Meta(min_length=1, max_length=10_000)]


class WireFailure(Wire):
    """A conversation for which it failed."""

    conversation: Reference
    error_message: str
    error_code: str


class WireProtection(Wire):
    """The vendor's ManageDeleteProtectionResult."""

    failed_updates: list[WireFailure]


def read_matter(body: MatterBody) -> MatterDraft:
    """What a body means."""
    return MatterDraft(body.name.strip(), body.description)


def read_hold(body: HoldBody) -> HoldDraft:
    """What a body means. Raises Invalid, InstantNaive for its interval."""
    asked = body.selection
    selection = Selection(
        recording_ids=asked.recording_ids,
        conversation_ids=asked.conversation_ids,
        person_ids=asked.user_ids,
        queue_ids=asked.queue_ids,
        started=None if asked.interval is None else _read_interval(asked.interval),
    )
    return HoldDraft(selection, body.reason, body.standing)


def _read_interval(text: str) -> Interval:
    name = "selection.interval"
    start, slash, end = text.partition("/")
    if not slash:
        raise Invalid(Problem(name, "must be two instants joined by a slash."))
    begins, ends = parse_instant(start, name), parse_instant(end, name)
    if ends <= begins:
        raise Invalid(Problem(name, "must end after it starts."))
    return Interval(begins, ends)


def show_matter(matter: Matter) -> WireMatter:
    """A matter."""
    return WireMatter(
        id=matter.id,
        name=matter.name,
        description=matter.description,
        kind=matter.kind.value,
        state=matter.state.value,
        date_opened=matter.opened_at,
        opened_by=NamedReference(id=matter.opened_by),
        date_closed=matter.closed_at,
        closed_by=None if matter.closed_by is None else NamedReference(id=matter.closed_by),
        close_reason=matter.close_reason,
        held_recordings=matter.held,
        self_uri=f"{MATTERS}/{matter.id}",
    )


def show_hold(hold: Hold) -> WireHold:
    """A hold."""
    asked = hold.selection
    span = asked.started
    return WireHold(
        id=hold.id,
        matter_id=hold.matter_id,
        selection=WireSelection(
            recording_ids=asked.recording_ids,
            conversation_ids=asked.conversation_ids,
            user_ids=asked.person_ids,
            queue_ids=asked.queue_ids,
            interval=None if span is None else f"{span.start.isoformat()}/{span.end.isoformat()}",
        ),
        reason=hold.reason,
        standing=hold.standing,
        state=hold.state.value,
        total=hold.total,
        done=hold.done,
        taken=hold.taken,
        already=hold.already,
        refused=hold.refused,
        later=hold.later,
        refusals=[WireDestroyed(recording_id=x.recording_id, date_destroyed=x.destroyed_at) for x in hold.refusals],
        date_placed=hold.placed_at,
        placed_by=NamedReference(id=hold.placed_by),
        date_ended=hold.ended_at,
        self_uri=f"{MATTERS}/{hold.matter_id}/holds/{hold.id}",
    )


def show_held(held: HeldRecording) -> WireHeld:
    """A recording that is held."""
    return WireHeld(
        recording_id=held.recording_id,
        conversation_id=held.conversation_id,
        user_id=held.person_id,
        queue_id=held.queue_id,
        start_time=held.started_at,
        state=held.state,
        hold_id=held.hold_id,
        date_held=held.since,
    )


def show_holder(holder: Holder) -> WireHolder:
    """A matter that holds."""
    return WireHolder(
        matter_id=holder.matter_id, matter_name=holder.matter_name, hold_id=holder.hold_id, date_held=holder.since
    )


def show_failures(failures: Sequence[Failure]) -> WireProtection:
    """What failed, in the vendor's words."""
    return WireProtection(
        failed_updates=[
            WireFailure(
                conversation=Reference(
                    id=each.conversation_id, self_uri=f"/api/v2/conversations/{each.conversation_id}"
                ),
                error_message=each.sentence,
                error_code=each.code,
            )
            for each in failures
        ]
    )
