"""The vendor's shapes of what is asked of a call, and our own of web calls."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from shiftline.calls.errors import CalleeInvalid
from shiftline.calls.model import Callee, Leg, OutboundDraft, SpeakTo, WebStatus
from shiftline.calls.operations.controls import Wish
from shiftline.calls.operations.recording_control import RecordingControl
from shiftline.conversations.model.conversations import CallState, Wrapup
from shiftline.foundation.decision import Decision
from shiftline.foundation.errors import Invalid, Problem
from shiftline.foundation.web.wire import Identifier, Instant, LongText, ShortText, Wire
from shiftline.recordings.control.rules import name_policy

MOST_CALLEES = 10

WireState = Literal[
    "alerting", "dialing", "contacting", "offering", "connected", "disconnected", "terminated", "converting", "uploading",
    "transmitting", "scheduled", "parked", "none",
]  # fmt: skip


# COMPAT: the vendor's SDK sends capitals and compares without heed of them.
WireRecordingState = Literal["active", "paused", "none", "ACTIVE", "PAUSED", "NONE"]


class WrapupBody(Wire):
    """A wrap-up as given. Source: WrapupInput."""

    code: Annotated[str, Meta(max_length=100, pattern=r"^[^\x00]*$")] | None = None
    name: ShortText | None = None
    notes: LongText | None = None
    tags: Annotated[list[ShortText], Meta(max_length=50)] = msgspec.field(default_factory=list)
    duration_seconds: Annotated[int, Meta(ge=0, le=86_400)] | None = None
    end_time: Instant | None = None
    provisional: bool = False


class ParticipantBody(Wire):
    """What shall change of a participant's call. Source: MediaParticipantRequest."""

    state: WireState | None = None
    muted: bool | None = None
    held: bool | None = None
    confined: bool | None = None
    recording: bool | None = None
    recording_state: WireRecordingState | None = None
    wrapup: WrapupBody | None = None
    wrapup_skipped: bool | None = None


class RecordingStateBody(Wire):
    """Whether a call's recording pauses. Source: SetRecordingState."""

    recording_state: WireRecordingState


class SnippetBody(Wire):
    """Begin or end a recording by hand. Source: SnippetRecordingRequest."""

    record: bool
    type: Literal["snippet", "adhoc"] = "snippet"


class WireMayDo(Wire):
    """Whether something may be done, and why (not)."""

    allowed: bool
    code: str
    sentence: str


class WireRecordingControl(Wire, omit_defaults=False):
    """How a call's recording stands and what may be done to it. ``policy``: the name of the policy that holds."""

    conversation_id: str
    recording_state: Literal["active", "paused", "none"]
    paused_since: datetime | None
    paused_by: str | None
    snippet_since: datetime | None
    policy: str
    pause: WireMayDo
    snippet: WireMayDo


class DestinationBody(Wire):
    """Somebody to be called. Source: Destination."""

    user_id: Identifier | None = None
    queue_id: Identifier | None = None
    address: ShortText | None = None
    name: ShortText | None = None


class CallBody(Wire):
    """A call to begin. Source: CreateCallRequest."""

    phone_number: ShortText | None = None
    call_user_id: Identifier | None = None
    call_queue_id: Identifier | None = None
    call_from_queue_id: Identifier | None = None
    participants: Annotated[list[DestinationBody], Meta(max_length=MOST_CALLEES)] = msgspec.field(default_factory=list)
    priority: Annotated[int, Meta(ge=-10_000_000, le=10_000_000)] = 0
    routing_skills_ids: Annotated[list[Identifier], Meta(max_length=50)] = msgspec.field(default_factory=list)
    language_id: Identifier | None = None
    attributes: Annotated[dict[ShortText, LongText], Meta(max_length=50)] = msgspec.field(default_factory=dict)


class WireCreatedCall(Wire):
    """A call that was begun. Source: CreateCallResponse."""

    id: str
    self_uri: str


class TransferBody(Wire):
    """Whom a part of a call is handed to. Source: TransferRequest."""

    user_id: Identifier | None = None
    queue_id: Identifier | None = None
    address: ShortText | None = None
    user_name: ShortText | None = None
    voicemail: bool = False


class ParticipantsBody(Wire):
    """Who else shall come into a call: ``participants`` of a Conversation with ``userId`` or ``address``."""

    participants: Annotated[list[DestinationBody], Meta(min_length=1, max_length=MOST_CALLEES)]


class ConsultBody(Wire):
    """Whom to ask before a transfer, and who speaks with whom meanwhile. Source: ConsultTransfer."""

    destination: DestinationBody
    speak_to: Literal["DESTINATION", "OBJECT", "BOTH", "CONSULTING"] = "DESTINATION"
    consulting_user_id: Identifier | None = None


class ConsultUpdateBody(Wire):
    """Who speaks with whom; CONFERENCE: all, for good. Source: ConsultTransferUpdate."""

    speak_to: Literal["DESTINATION", "OBJECT", "BOTH", "CONFERENCE"]


class WireConsult(Wire):
    """Who is being asked. Source: ConsultTransferResponse."""

    destination_participant_id: str


class DigitsBody(Wire):
    """Keys to press. Source: Digits."""

    digits: Annotated[str, Meta(min_length=1, max_length=100, pattern=r"^[0-9*#A-Da-d]+$")]


class WireWebCall(Wire):
    """How a web caller's call stands. ``generation`` grows when the caller has to make their offer anew."""

    id: str
    conversation_id: str
    state: Literal["connecting", "waiting", "ringing", "connected", "held", "lost", "ended"]
    generation: int
    position: int | None = None
    expected_wait_seconds: int | None = None
    end_reason: str | None = None


class WireQuality(Wire):
    """What was measured of a leg. ``lost_share`` from 0 to 1, times in ms, ``mos`` from 1 to 4.5 (ITU-T G.107).

    ``remote_*``: what the other side reported of what it got.
    """

    packets: int
    lost: int
    lost_share: float
    jitter_ms: float
    sent: int
    rtt_ms: float | None = None
    mos: float | None = None
    last_packet_time: str | None = None
    remote_lost: int | None = None
    remote_jitter_ms: float | None = None


class WireLeg(Wire):
    """One media session."""

    id: str
    kind: Literal["softphone", "web"]
    state: str
    generation: int
    persistent: bool
    start_time: Instant
    participant_id: str | None = None
    user_id: str | None = None
    connected_time: Instant | None = None
    end_time: Instant | None = None
    end_reason: str | None = None
    quality: WireQuality | None = None


class WireLegs(Wire):
    """The media sessions of a call."""

    entities: list[WireLeg]


class WireIceServer(Wire):
    """A server by which a browser finds its addresses, as its RTCPeerConnection takes it."""

    urls: str
    username: str | None = None
    credential: str | None = None


class WireWebQueue(Wire):
    """A queue that can be called from the web."""

    id: str
    name: str
    ice_servers: list[WireIceServer]


def show_web_queue(queue_id: str, name: str, servers: list[dict[str, str]]) -> WireWebQueue:
    """A queue for a caller's page."""
    return WireWebQueue(id=queue_id, name=name, ice_servers=[WireIceServer(**server) for server in servers])


def link_of(server: dict[str, str]) -> str:
    """A server as a Link header. Source: RFC 9725 section 4.6."""
    credentials = ""
    if "credential" in server:
        named = f'username="{server["username"]}"; credential="{server["credential"]}"'
        credentials = f'; {named}; credential-type="password"'
    return f'<{server["urls"]}>; rel="ice-server"{credentials}'


def read_wish(body: ParticipantBody) -> Wish:
    """What is asked for. Raises Invalid for what nobody can ask for."""
    if body.confined is not None:
        raise Invalid(Problem("confined", "follows from who holds the call; set held instead."))
    state = None if body.state is None else _read_state(body.state)
    return Wish(state, body.muted, body.held, _read_wrapup(body.wrapup), body.wrapup_skipped)


def _read_state(state: str) -> CallState:
    if state == "terminated":
        return CallState.DISCONNECTED
    if state not in {"connected", "disconnected"}:
        raise Invalid(Problem("state", f"can be set to connected or disconnected, not to {state}."))
    return CallState(state)


def _read_wrapup(body: WrapupBody | None) -> Wrapup | None:
    if body is None:
        return None
    return Wrapup(
        code_id=body.code or None,
        name=body.name,
        notes=body.notes,
        tags=tuple(body.tags),
        duration_seconds=body.duration_seconds,
        ended_at=body.end_time,
        provisional=body.provisional,
    )


def read_paused(state: str, field: str = "recordingState") -> bool:
    """Whether a recording shall pause. Raises Invalid for none: what is recorded follows from the policy."""
    wanted = state.lower()
    if wanted == "none":
        raise Invalid(
            Problem(field, "was none; it can be set to paused or active: whether a call is recorded says its policy.")
        )
    return wanted == "paused"


def show_control(conversation_id: str, control: RecordingControl) -> WireRecordingControl:
    """How a call's recording stands."""
    pause, snippet = control.pause, control.snippet
    return WireRecordingControl(
        conversation_id=conversation_id,
        recording_state=control.state.value,
        paused_since=None if pause is None else pause.from_at,
        paused_by=None if pause is None else pause.from_by,
        snippet_since=None if snippet is None else snippet.from_at,
        policy=name_policy(control.policy.scope),
        pause=_show_may(control.may_pause),
        snippet=_show_may(control.may_record),
    )


def _show_may(decision: Decision) -> WireMayDo:
    blockers = decision.blockers
    code = blockers[0].code if blockers else decision.gates[-1].code
    return WireMayDo(allowed=not blockers, code=code, sentence=decision.sentence)


def read_destination(body: DestinationBody | TransferBody, field: str) -> Callee:
    """Whom it names. Raises CalleeInvalid unless it is exactly one."""
    callee = Callee(body.user_id, body.queue_id, body.address)
    return _one(callee, field)


def _one(callee: Callee, field: str) -> Callee:
    named = [each for each in (callee.person_id, callee.queue_id, callee.address) if each]
    if len(named) != 1:
        raise CalleeInvalid(field, "must name exactly one: a user, a queue, or an address.")
    return callee


def read_call(body: CallBody) -> OutboundDraft:
    """A call as asked for. Raises CalleeInvalid."""
    single = Callee(body.call_user_id, body.call_queue_id, body.phone_number)
    named = any((single.person_id, single.queue_id, single.address))
    callees = [_one(single, "callUserId")] if named or not body.participants else []
    callees += [read_destination(each, f"participants[{index}]") for index, each in enumerate(body.participants)]
    return OutboundDraft(
        callees=tuple(callees),
        from_queue_id=body.call_from_queue_id,
        priority=body.priority,
        skill_ids=tuple(body.routing_skills_ids),
        language_id=body.language_id,
        attributes=body.attributes,
    )


def read_speak_to(speak_to: str) -> SpeakTo | None:
    """With whom to speak; None: with all, for good."""
    known: dict[str, SpeakTo | None] = {
        "DESTINATION": "DESTINATION",
        "CONSULTING": "DESTINATION",
        "OBJECT": "OBJECT",
        "BOTH": "BOTH",
        "CONFERENCE": None,
    }
    return known[speak_to]


def show_leg(leg: Leg) -> WireLeg:
    """A leg on the wire."""
    return WireLeg(
        id=leg.id,
        kind=leg.kind.value,
        participant_id=leg.participant_id,
        user_id=leg.person_id,
        state=leg.state,
        generation=leg.generation,
        persistent=leg.persistent,
        start_time=leg.made_at,
        connected_time=leg.connected_at,
        end_time=leg.ended_at,
        end_reason=leg.end_reason,
        quality=None if leg.stats is None else _show_quality(leg.stats),
    )


def _show_quality(stats: Mapping[str, Any]) -> WireQuality:
    packets, lost = int(stats["packets"]), int(stats["lost"])
    return WireQuality(
        packets=packets,
        lost=lost,
        lost_share=round(lost / (packets + lost), 5) if packets + lost else 0.0,
        jitter_ms=round(stats["jitter_ms"], 2),
        sent=stats["sent"],
        rtt_ms=stats["rtt_ms"],
        mos=stats["mos"],
        last_packet_time=stats["last_packet_at"],
        remote_lost=stats["remote_lost"],
        remote_jitter_ms=stats["remote_jitter_ms"],
    )


def show_web_call(status: WebStatus) -> WireWebCall:
    """A web call on the wire."""
    wait = status.expected_wait
    return WireWebCall(
        id=status.leg_id,
        conversation_id=status.conversation_id,
        state=status.state,
        generation=status.generation,
        position=status.position,
        expected_wait_seconds=None if wait is None else round(wait.total_seconds()),
        end_reason=status.end_reason,
    )
