"""One JSON connection as a pure state machine, beside ``stream``: what other clients of the vendor read at ``connectUri``.

Nobody signs in here: the channel's id is the secret, and the authority judges the token that it is bound to. The server
sends a heartbeat every 30 seconds; the client may send ``{"message": "ping"}``.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Any, cast

import msgspec

from shiftline.signalling.bulletin import CHANNEL_METADATA, VERSION, Bulletin, notice_bulletin
from shiftline.signalling.effects import NORMAL, POLICY, Admit, Close, Output, Probe
from shiftline.signalling.model import Denial, Identity, Notice


class State(IntEnum):
    """A feed waits for the authority, lives, and is closed."""

    WAITING = 0
    LIVE = 1
    CLOSED = 2


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds on what one connection may cost. Times in seconds, sizes in characters."""

    frame: int = 4 * 1024
    setup: float = 15.0
    heartbeat: float = 30.0
    idle: float = 90.0
    """Silence, pongs included, that closes: three heartbeats were probed for and none was answered."""
    frames_per_second: float = 5.0
    burst: int = 50


def _metadata_frame(message: str) -> str:
    body = {"topicName": CHANNEL_METADATA, "version": VERSION, "eventBody": {"message": message}}
    return msgspec.json.encode(body).decode()


HEARTBEAT = _metadata_frame("WebSocket Heartbeat")
PONG = _metadata_frame("pong")


class Feed:
    """The state of one JSON connection."""

    __slots__ = ("_beat_at", "_budget_until", "_limits", "heard_at", "identity", "state")

    def __init__(self, limits: Limits, now: float) -> None:
        self._limits = limits
        self._beat_at = self._budget_until = self.heard_at = now
        self.identity: Identity | None = None
        self.state = State.WAITING

    @property
    def live(self) -> bool:
        """Whether the authority let the connection in and it is not closed."""
        return self.state is State.LIVE

    def begin(self) -> Sequence[Output]:
        """The first thing to do: ask the authority."""
        return (Admit(),)

    def receive(self, frame: str | bytes, now: float) -> Sequence[Output]:
        """What follows from one frame of the client."""
        if self.state is State.CLOSED:
            return ()
        self.heard_at = now
        limits = self._limits
        self._budget_until = max(self._budget_until, now) + 1 / limits.frames_per_second
        if self._budget_until - now > limits.burst / limits.frames_per_second:
            return self._end(POLICY, "Too many frames in too short a time.")
        if len(frame) > limits.frame:
            return self._end(POLICY, f"A frame may hold at most {limits.frame} characters here.")
        if _message_of(frame) == "ping":
            return (PONG,)
        return (_metadata_frame('Only {"message": "ping"} means something here; subscriptions are changed by REST.'),)

    def timer(self, now: float) -> Sequence[Output]:
        """What the passing of time asks for; call it at ``next_timer`` or later."""
        if self.state is State.CLOSED or now < self.next_timer():
            return ()
        if self.state is State.WAITING:
            return self._end(POLICY, "Whether this channel may connect could not be known in time.")
        if now >= self.heard_at + self._limits.idle:
            return self._end(POLICY, f"Nothing was heard for {round(self._limits.idle)} s.")
        self._beat_at = now
        return (HEARTBEAT, Probe())

    def next_timer(self) -> float:
        """When ``timer`` has something to do at the earliest, as a monotonic instant."""
        if self.state is State.WAITING:
            return self._beat_at + self._limits.setup
        return min(self._beat_at + self._limits.heartbeat, self.heard_at + self._limits.idle)

    def welcome(self, identity: Identity, now: float) -> bool:
        """The authority let the connection in; False when it closed meanwhile."""
        if self.state is not State.WAITING:
            return False
        self.identity = identity
        self.state = State.LIVE
        self._beat_at = self.heard_at = now
        return True

    def refuse(self, denial: Denial) -> Sequence[Output]:
        """The authority does not let the connection in: say why in a frame, because a close code says little."""
        if self.state is not State.WAITING:
            return ()
        body = {"message": denial.text, "reason": denial.condition, "decisionId": denial.decision_id}
        frame = msgspec.json.encode({"topicName": CHANNEL_METADATA, "version": VERSION, "eventBody": body}).decode()
        return (frame, *self._end(POLICY, denial.text))

    def notify(self, bulletin: Bulletin, sequence: int) -> str | None:
        """The frame of a notification for this session, while it lives."""
        return bulletin.json(sequence) if self.live else None

    def dismiss(self, notice: Notice, event_id: str, now: float) -> Sequence[Output]:
        """Tell the session why it ends, and end it."""
        del now
        if not self.live or self.identity is None:
            return self._end(NORMAL, "")
        told = notice_bulletin(notice, self.identity, event_id).json(0)
        return (told, *self._end(POLICY, notice.text))

    def close(self, now: float) -> Sequence[Output]:
        """End the connection without fault: the client may come back to the same channel at once."""
        del now
        return self._end(NORMAL, "")

    def _end(self, code: int, reason: str) -> Sequence[Output]:
        if self.state is State.CLOSED:
            return ()
        self.state = State.CLOSED
        return (Close(code, reason),)


def _message_of(frame: str | bytes) -> str | None:
    """The ``message`` member of a JSON object, or None for anything else."""
    try:
        content = msgspec.json.decode(frame)
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        return None
    message = cast("dict[str, Any]", content).get("message") if isinstance(content, dict) else None
    return message if isinstance(message, str) else None
