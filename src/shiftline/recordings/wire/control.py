"""Policies, pauses, reasons and the time line as our own operations show them."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Annotated, Literal, TypeAlias

from msgspec import Meta, field

from shiftline.foundation.web.wire import Identifier, Wire
from shiftline.recordings.control.model import (
    AccessReason,
    Channel,
    Policies,
    Policy,
    RecordedPause,
    Scope,
    ScopedPolicy,
    TimelineEvent,
)
from shiftline.recordings.control.rules import name_policy
from shiftline.recordings.model import Recording

WireDirection: TypeAlias = Literal["inbound", "outbound"]
WireChannel: TypeAlias = Literal["call", "message", "email"]
Code: TypeAlias = Annotated[str, Meta(min_length=1, max_length=50, pattern=r"^[a-z0-9][a-z0-9._-]*$")]

_MS = timedelta(milliseconds=1)


class WirePause(Wire, omit_defaults=False):
    """A pause as it lies in a recording: from when to when that holds silence (end null: it lasts), and who asked for it.

    ``start_ms`` and ``end_ms``: elapsed since the start of the recording. ``confirmed``: the media node said that it keeps nothing.
    """

    id: str
    start: datetime
    end: datetime | None
    start_ms: int
    end_ms: int | None
    requested: datetime
    paused_by: str
    resumed_by: str | None
    confirmed: bool


class PolicyBody(Wire):
    """What is recorded of a queue (left out: of all for which nothing else is said), direction (both) and channel (calls).

    What is left out stays as it is; where there is no policy yet: recorded, pauses allowed, nothing announced, no reason asked for.
    """

    record: bool | None = None
    queue_id: Identifier | None = None
    direction: WireDirection | None = None
    channel: WireChannel = "call"
    snippet: bool | None = None
    pause_allowed: bool | None = None
    announce_consent: bool | None = None
    reason_required: bool | None = None


class WirePolicy(Wire, omit_defaults=False):
    """Whether calls are recorded, since when and by whom."""

    queue_id: str | None
    record: bool
    since: datetime | None
    changed_by: str | None


class WireScopedPolicy(Wire, omit_defaults=False):
    """A policy with its scope: null is any."""

    id: str
    queue_id: str | None
    direction: WireDirection | None
    channel: WireChannel
    record: bool
    snippet: bool
    pause_allowed: bool
    announce_consent: bool
    reason_required: bool
    since: datetime | None
    changed_by: str | None


class WirePolicies(Wire):
    """The default of calls, the queues that differ, and all policies that somebody set, by scope."""

    default: WirePolicy
    queues: list[WirePolicy]
    policies: list[WireScopedPolicy] = field(default_factory=list[WireScopedPolicy])


class WireReason(Wire):
    """A reason for which a recording may be heard."""

    code: Code
    name: Annotated[str, Meta(min_length=1, max_length=200, pattern=r"^[^\x00]*$")]


class WireReasons(Wire):
    """The reasons for which recordings may be heard, in the order in which they are offered."""

    entities: Annotated[list[WireReason], Meta(min_length=1, max_length=100)]


def read_reasons(body: WireReasons) -> list[AccessReason]:
    """What an organization's reasons shall be."""
    return [AccessReason(each.code, each.name) for each in body.entities]


def show_reasons(reasons: Sequence[AccessReason]) -> WireReasons:
    """An organization's reasons."""
    return WireReasons(entities=[WireReason(code=each.code, name=each.name) for each in reasons])


class WireTimelineEvent(Wire, omit_defaults=False):
    """Something on a recording's time line. ``offset_ms``: elapsed since its start; ``duration_ms`` null: it lasts; 0: a point.

    ``date`` is when it began, for what began before the recording too. ``participant_id``, ``user_id``, ``name``: whom it is of;
    ``by``: who did it.
    """

    kind: Literal["connected", "disconnected", "mute", "hold", "music", "transfer", "pause", "consent"]
    date: datetime
    offset_ms: int
    duration_ms: int | None
    participant_id: str | None
    user_id: str | None
    name: str | None
    by: str | None


class WireTimeline(Wire):
    """What lies in a recording, in order of time."""

    recording_id: str
    start_time: datetime
    entities: list[WireTimelineEvent]
    self_uri: str


def show_timeline(recording: Recording, found: Sequence[TimelineEvent]) -> WireTimeline:
    """A recording's time line."""
    entities = [
        WireTimelineEvent(
            kind=each.kind.value,
            date=each.at,
            offset_ms=each.offset // _MS,
            duration_ms=None if each.duration is None else each.duration // _MS,
            participant_id=each.participant_id,
            user_id=each.person_id,
            name=each.name,
            by=each.by,
        )
        for each in found
    ]
    return WireTimeline(
        recording_id=recording.id,
        start_time=recording.started_at,
        entities=entities,
        self_uri=f"/api/v2/shiftline/recordings/{recording.id}/events",
    )


def read_scope(queue_id: str | None, direction: str | None, channel: str) -> Scope:
    """What a policy is for."""
    return Scope(Channel(channel), queue_id, direction)


def read_terms(body: PolicyBody) -> dict[str, bool]:
    """What a policy shall say, by the names of ``Terms``; without what was left out."""
    given = {
        "record": body.record,
        "snippet": body.snippet,
        "pause": body.pause_allowed,
        "announce": body.announce_consent,
        "reason_required": body.reason_required,
    }
    return {name: value for name, value in given.items() if value is not None}


def show_policies(policies: Policies, scoped: Sequence[ScopedPolicy]) -> WirePolicies:
    """What an organization records."""
    return WirePolicies(
        default=_policy(policies.default),
        queues=[_policy(each) for each in policies.queues],
        policies=[show_scoped(each) for each in scoped],
    )


def _policy(policy: Policy) -> WirePolicy:
    return WirePolicy(queue_id=policy.queue_id, record=policy.record, since=policy.since, changed_by=policy.changed_by)


def show_scoped(policy: ScopedPolicy) -> WireScopedPolicy:
    """A policy with its scope."""
    scope, terms = policy.scope, policy.terms
    return WireScopedPolicy(
        id=name_policy(scope),
        queue_id=scope.queue_id,
        direction=scope.direction,  # type: ignore[arg-type]
        channel=scope.channel.value,
        record=terms.record,
        snippet=terms.snippet,
        pause_allowed=terms.pause,
        announce_consent=terms.announce,
        reason_required=terms.reason_required,
        since=policy.since,
        changed_by=policy.changed_by,
    )


def show_pause(recording: Recording, each: RecordedPause) -> WirePause:
    """A pause as it lies in a recording; what reaches beyond it is cut to it."""
    first, last = recording.started_at, recording.ended_at
    start = max(each.silent_from or each.pause.from_at, first)
    end = each.silent_until or each.pause.until_at
    if last is not None:
        end = last if end is None else min(end, last)
        start = min(start, last)
    end = None if end is None else max(end, start)
    return WirePause(
        id=each.pause.id,
        start=start,
        end=end,
        start_ms=(start - first) // _MS,
        end_ms=None if end is None else (end - first) // _MS,
        requested=each.pause.from_at,
        paused_by=each.pause.from_by,
        resumed_by=each.pause.until_by,
        confirmed=each.silent_from is not None,
    )
