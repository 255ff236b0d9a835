"""Queues and their members in the vendor's shapes."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Annotated, Any, TypeAlias

import msgspec
from litestar.params import Body
from msgspec import Meta

from shiftline.foundation.errors import Invalid, Problem
from shiftline.foundation.web.wire import Identifier, LongText, NamedReference, Reference, ShortText, Wire
from shiftline.routing.model.members import MEMBERS_AT_ONCE, Member, MemberChange
from shiftline.routing.model.queues import (
    AfterCallWork,
    LastAgentRouting,
    MediaSettings,
    Medium,
    PersonQueue,
    Queue,
    QueueDraft,
    QueueSettings,
    ScoringMethod,
    ServiceLevel,
    SkillEvaluation,
    WrapupPrompt,
)
from shiftline.routing.wire.rings import (
    WireBullseye,
    WireWebCalls,
    read_bullseye,
    read_web_calls,
    show_bullseye,
    show_web_calls,
)
from shiftline.routing.wire.skills import Name, show_division

QUEUES = "/api/v2/routing/queues"
DAY_MS = 24 * 60 * 60 * 1000

Ring: TypeAlias = Annotated[int, Meta(ge=1, le=6)]


class WireServiceLevel(Wire):
    """ServiceLevel; the percentage is a share from 0 to 1."""

    percentage: Annotated[float, Meta(ge=0, le=1)]
    duration_ms: Annotated[int, Meta(ge=1, le=7 * DAY_MS)]


class WireMediaSettings(Wire):
    """MediaSettings."""

    alerting_timeout_seconds: Annotated[int, Meta(ge=7, le=7 * 24 * 60 * 60)] | None = None
    enable_auto_answer: bool | None = None
    service_level: WireServiceLevel | None = None


class WireQueueMediaSettings(Wire):
    """QueueMediaSettings."""

    call: WireMediaSettings | None = None
    callback: WireMediaSettings | None = None
    chat: WireMediaSettings | None = None
    email: WireMediaSettings | None = None
    message: WireMediaSettings | None = None


class WireAcwSettings(Wire):
    """AcwSettings."""

    wrapup_prompt: WrapupPrompt | None = None
    timeout_ms: Annotated[int, Meta(ge=1000, le=60 * 60 * 1000)] | None = None


class QueueFields(Wire):
    """What a caller says of a queue; what is left out takes the defaults."""

    description: LongText | None = None
    media_settings: WireQueueMediaSettings | None = None
    acw_settings: WireAcwSettings | None = None
    scoring_method: ScoringMethod | None = None
    skill_evaluation_method: SkillEvaluation | None = None
    last_agent_routing_mode: LastAgentRouting | None = None
    auto_answer_only: bool | None = None
    enable_transcription: bool | None = None
    enable_audio_monitoring: bool | None = None
    enable_manual_assignment: bool | None = None
    suppress_in_queue_call_recording: bool | None = None
    calling_party_name: ShortText | None = None
    calling_party_number: ShortText | None = None
    peer_id: Identifier | None = None
    bullseye: WireBullseye | None = None
    web_calls: WireWebCalls | None = None


class QueueBody(QueueFields, kw_only=True):
    """QueueRequest."""

    name: Name
    division: Reference | None = None


class NewQueueBody(QueueBody, kw_only=True):
    """CreateQueueRequest; what is left out is taken from the source queue, if one is named."""

    source_queue_id: Identifier | None = None


class WireQueue(QueueFields, kw_only=True):
    """Queue."""

    id: str
    name: str
    division: NamedReference
    date_created: datetime
    date_modified: datetime
    created_by: str
    modified_by: str
    member_count: int
    user_member_count: int
    joined_member_count: int
    self_uri: str


class WireUserQueue(WireQueue, kw_only=True):
    """UserQueue."""

    joined: bool


class UserQueueBody(Wire):
    """UserQueue, of which only ``joined`` can be changed."""

    joined: bool
    id: Identifier | None = None


class WireMemberUser(Wire, kw_only=True):
    """User, as a member's."""

    id: str
    name: str
    email: str
    self_uri: str


class WireMember(Wire, kw_only=True):
    """QueueMember."""

    id: str
    name: str
    user: WireMemberUser
    ring_number: int
    joined: bool
    member_by: str
    self_uri: str


class MemberBody(Wire):
    """QueueMember, as it shall be; the path names the person."""

    id: Identifier | None = None
    joined: bool | None = None
    ring_number: Ring | None = None


class ListedMemberBody(Wire):
    """QueueMember, as it shall be."""

    id: Identifier
    joined: bool | None = None
    ring_number: Ring | None = None


# Of a body that is a list Litestar reads its own limits alone.
MembersBody: TypeAlias = Annotated[list[Reference], Body(min_items=1, max_items=MEMBERS_AT_ONCE)]
ListedMembersBody: TypeAlias = Annotated[list[ListedMemberBody], Body(min_items=1, max_items=MEMBERS_AT_ONCE)]


def show_queue(queue: Queue) -> WireQueue:
    """A queue."""
    return WireQueue(**_queue_values(queue))


def show_person_queue(mine: PersonQueue) -> WireUserQueue:
    """A queue as one of its members has it."""
    return WireUserQueue(joined=mine.joined, **_queue_values(mine.queue))


def _queue_values(queue: Queue) -> dict[str, Any]:
    settings, record = queue.settings, queue.record
    acw = WireAcwSettings(wrapup_prompt=settings.acw.wrapup_prompt, timeout_ms=settings.acw.timeout_ms)
    return {
        "id": queue.id,
        "name": queue.name,
        "description": queue.description,
        "division": show_division(queue.division),
        "date_created": record.created_at,
        "date_modified": record.changed_at,
        "created_by": record.created_by,
        "modified_by": record.changed_by,
        "member_count": queue.member_count,
        "user_member_count": queue.member_count,
        "joined_member_count": queue.joined_count,
        "self_uri": f"{QUEUES}/{queue.id}",
        "media_settings": _show_media(settings.media),
        "acw_settings": acw,
        "scoring_method": settings.scoring_method,
        "skill_evaluation_method": settings.skill_evaluation,
        "last_agent_routing_mode": settings.last_agent_routing,
        "auto_answer_only": settings.auto_answer_only,
        "enable_transcription": settings.enable_transcription,
        "enable_audio_monitoring": settings.enable_audio_monitoring,
        "enable_manual_assignment": settings.enable_manual_assignment,
        "suppress_in_queue_call_recording": settings.suppress_in_queue_call_recording,
        "calling_party_name": settings.calling_party_name,
        "calling_party_number": settings.calling_party_number,
        "peer_id": settings.peer_id,
        "bullseye": show_bullseye(settings.rings),
        "web_calls": show_web_calls(settings.web_calls),
    }


def _show_media(media: Mapping[Medium, MediaSettings]) -> WireQueueMediaSettings:
    return msgspec.convert({medium.value: _show_medium(each) for medium, each in media.items()}, WireQueueMediaSettings)


def _show_medium(settings: MediaSettings) -> WireMediaSettings:
    level = settings.service_level
    return WireMediaSettings(
        alerting_timeout_seconds=settings.alerting_timeout_seconds,
        enable_auto_answer=settings.enable_auto_answer,
        service_level=level and WireServiceLevel(percentage=level.percentage, duration_ms=level.duration_ms),
    )


def read_queue(body: QueueBody, like: QueueSettings | None = None) -> QueueDraft:
    """What a queue shall be; what the body leaves out is taken from ``like``."""
    return QueueDraft(
        name=body.name,
        description=body.description,
        division_id=body.division and body.division.id,
        settings=_read_settings(body, like or QueueSettings()),
    )


def _read_settings(body: QueueFields, like: QueueSettings) -> QueueSettings:
    said = {
        "media": body.media_settings and _read_media(body.media_settings, like.media),
        "acw": body.acw_settings and _read_acw(body.acw_settings),
        "scoring_method": body.scoring_method,
        "skill_evaluation": body.skill_evaluation_method,
        "last_agent_routing": body.last_agent_routing_mode,
        "auto_answer_only": body.auto_answer_only,
        "enable_transcription": body.enable_transcription,
        "enable_audio_monitoring": body.enable_audio_monitoring,
        "enable_manual_assignment": body.enable_manual_assignment,
        "suppress_in_queue_call_recording": body.suppress_in_queue_call_recording,
        "calling_party_name": body.calling_party_name,
        "calling_party_number": body.calling_party_number,
        "peer_id": body.peer_id,
        "rings": body.bullseye and read_bullseye(body.bullseye),
        "web_calls": body.web_calls and read_web_calls(body.web_calls),
    }
    return replace(like, **{name: value for name, value in said.items() if value is not None})


def _read_acw(body: WireAcwSettings) -> AfterCallWork:
    return AfterCallWork(body.wrapup_prompt or WrapupPrompt.OPTIONAL, body.timeout_ms)


def _read_media(body: WireQueueMediaSettings, like: Mapping[Medium, MediaSettings]) -> Mapping[Medium, MediaSettings]:
    said: dict[Medium, WireMediaSettings | None] = {medium: getattr(body, medium.value) for medium in Medium}
    return {medium: like[medium] if each is None else _read_medium(each) for medium, each in said.items()}


def _read_medium(body: WireMediaSettings) -> MediaSettings:
    level, default = body.service_level, MediaSettings()
    return MediaSettings(
        alerting_timeout_seconds=body.alerting_timeout_seconds or default.alerting_timeout_seconds,
        enable_auto_answer=bool(body.enable_auto_answer),
        service_level=level and ServiceLevel(level.percentage, level.duration_ms),
    )


def show_member(member: Member) -> WireMember:
    """A member of a queue."""
    user_uri = f"/api/v2/users/{member.person_id}"
    return WireMember(
        id=member.person_id,
        name=member.name,
        user=WireMemberUser(id=member.person_id, name=member.name, email=member.email, self_uri=user_uri),
        ring_number=member.ring_number,
        joined=member.joined,
        member_by="user",
        self_uri=f"{QUEUES}/{member.queue_id}/members/{member.person_id}",
    )


def read_member(member_id: str, body: MemberBody) -> MemberChange:
    """How a membership shall be. Raises Invalid for a body that names another than the path."""
    check_same_id(member_id, body.id)
    return MemberChange(member_id, body.joined, body.ring_number)


def read_members(body: Sequence[ListedMemberBody]) -> list[MemberChange]:
    """How memberships shall be."""
    return [MemberChange(each.id, each.joined, each.ring_number, f"[{i}].id") for i, each in enumerate(body)]


def check_same_id(in_path: str, in_body: str | None) -> None:
    """Refuse a body that names another thing than the path. Raises Invalid."""
    if in_body not in (None, in_path):
        raise Invalid(Problem("id", f"is {in_body}, but the path names {in_path}."))
