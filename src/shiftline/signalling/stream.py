"""One XMPP connection as a pure state machine: frames and the time go in, frames and effects come out.

The shell asks ``receive`` for each frame and ``timer`` at ``next_timer``; it carries out the effects and hands their
results back by ``welcome``, ``refuse``, ``bound`` and ``answer``. Nothing here waits, logs or reads a clock: ``now`` is the
monotonic time in seconds. What a client may ask stands in ``extensions/``, one file each.

Source: RFC 7395 (framing), RFC 6120 (streams, SASL, binding).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from types import MappingProxyType
from typing import TypeAlias

from shiftline.signalling import answers
from shiftline.signalling.answers import Request
from shiftline.signalling.bulletin import Bulletin, notice_bulletin
from shiftline.signalling.effects import NORMAL, Close, Output
from shiftline.signalling.model import Denial, Identity, Notice
from shiftline.signalling.stanza import NS_CLIENT, NS_FRAMING, NS_STREAM, Element, Malformed, parse_frame, qualified


class State(IntEnum):
    """Where a connection is on its way from the socket to a bound session and out again."""

    OPENING = 0
    OFFERED = 1
    """The client was offered SASL."""
    AUTHENTICATING = 2
    AUTHENTICATED = 3
    """SASL succeeded; the client opens the stream again."""
    BINDING = 4
    LIVE = 5
    CLOSING = 6
    """We said ``<close/>`` and wait a moment for the client's."""
    CLOSED = 7


class Step(IntEnum):
    """What moves a stream from state to state."""

    OPEN = 0
    AUTH = 1
    ABORT = 2
    WELCOMED = 3
    REFUSED = 4
    BOUND = 5
    REQUEST = 6
    STANZA = 7


TRANSITIONS: Mapping[tuple[State, Step], State] = MappingProxyType(
    {
        (State.OPENING, Step.OPEN): State.OFFERED,
        (State.OFFERED, Step.AUTH): State.AUTHENTICATING,
        (State.OFFERED, Step.ABORT): State.AUTHENTICATING,
        (State.AUTHENTICATING, Step.WELCOMED): State.AUTHENTICATED,
        (State.AUTHENTICATING, Step.REFUSED): State.OFFERED,
        (State.AUTHENTICATED, Step.OPEN): State.BINDING,
        (State.BINDING, Step.REQUEST): State.BINDING,
        (State.BINDING, Step.BOUND): State.LIVE,
        (State.LIVE, Step.REQUEST): State.LIVE,
        (State.LIVE, Step.STANZA): State.LIVE,
    }
)
"""Whatever is not here ends the stream. Closing may happen in any state."""

MOST_COUNTS = 64
"""A softphone has a few calls at a time."""

TOO_EARLY = ("not-authorized", "Authenticate and bind a resource before sending stanzas.")
UNEXPECTED: Mapping[Step, tuple[str, str]] = MappingProxyType(
    {
        Step.OPEN: ("policy-violation", "The stream is open already."),
        Step.AUTH: ("policy-violation", "This is not the time to authenticate."),
        Step.ABORT: ("policy-violation", "There is no authentication to abort."),
        Step.REQUEST: TOO_EARLY,
        Step.STANZA: TOO_EARLY,
    }
)


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds on what one connection may cost. Times in seconds, sizes in characters."""

    frame: int = 256 * 1024
    frame_before_welcome: int = 10 * 1024
    setup: float = 15.0
    """From connecting to a bound resource."""
    probe: float = 30.0
    """Silence after which the server pings; under server-side pings also the time between pings (at most 60)."""
    idle: float = 60.0
    """Silence that closes. Probed before, because a hidden browser tab may run its own ping timer once a minute only."""
    closing: float = 0.5
    attempts: int = 3
    frames_per_second: float = 100.0
    burst: int = 1000


ElementHandler: TypeAlias = "Callable[[Stream, Element], Sequence[Output]]"
RequestHandler: TypeAlias = "Callable[[Stream, Request], Sequence[Output]]"


@dataclass(frozen=True)
class Extension:
    """What one part of the protocol adds: features offered in a state, top-level elements, and requests (IQs).

    ``requests`` are keyed by state, IQ type and the payload's qualified name.
    """

    name: str
    features: Mapping[State, str] = field(default_factory=dict[State, str])
    elements: Mapping[str, tuple[Step, ElementHandler]] = field(default_factory=dict[str, tuple[Step, ElementHandler]])
    requests: Mapping[tuple[State, str, str], RequestHandler] = field(
        default_factory=dict[tuple[State, str, str], RequestHandler]
    )


class Dialect:
    """What this server speaks, shared by all streams: its hosts, limits and extensions."""

    def __init__(self, notifications_host: str, extensions: Sequence[Extension], limits: Limits | None = None) -> None:
        self.notifications_host = notifications_host
        self.limits = limits or Limits()
        self.features: dict[State, str] = {}
        self.elements: dict[str, tuple[Step, ElementHandler]] = dict(CORE)
        self.requests: dict[tuple[State, str, str], RequestHandler] = {}
        for extension in extensions:
            for state, feature in extension.features.items():
                self.features[state] = self.features.get(state, "") + feature
            self.elements.update(extension.elements)
            self.requests.update(extension.requests)


class Stream:
    """The state of one XMPP connection. ``stream_id`` is unguessable."""

    __slots__ = (
        "_attempts",
        "_budget_until",
        "_counts",
        "_deadline",
        "_dialect",
        "_pinged_at",
        "_pings",
        "domain",
        "heard_at",
        "identity",
        "resource",
        "server_pings",
        "state",
        "stream_id",
    )

    def __init__(self, dialect: Dialect, stream_id: str, now: float) -> None:
        self._dialect = dialect
        self._attempts = 0
        self._counts: dict[str, int] | None = None
        self._pings = 0
        self.heard_at = self._pinged_at = self._budget_until = now
        self._deadline = now + dialect.limits.setup
        self.stream_id = stream_id
        self.domain = ""
        self.identity: Identity | None = None
        self.resource = ""
        self.server_pings = False
        self.state = State.OPENING

    @property
    def live(self) -> bool:
        """Whether a resource is bound and the stream is not closing."""
        return self.state is State.LIVE

    @property
    def bare_jid(self) -> str:
        """The authenticated person's JID without a resource; empty before SASL."""
        return self.identity.jid if self.identity else ""

    @property
    def jid(self) -> str:
        """The full JID, once bound."""
        return f"{self.bare_jid}/{self.resource}"

    # what the socket brings

    def begin(self) -> Sequence[Output]:
        """The client speaks first."""
        return ()

    def receive(self, frame: str | bytes, now: float) -> Sequence[Output]:
        """What follows from one frame of the client."""
        if self.state is State.CLOSED:
            return ()
        self.heard_at = now
        if not self._affords_frame(now):
            return self.fail("policy-violation", "Too many frames in too short a time.")
        limits = self._dialect.limits
        try:
            element = parse_frame(frame, limits.frame if self.identity else limits.frame_before_welcome)
        except Malformed as fault:
            return self.fail(fault.condition, fault.sentence)
        if element.name in ENDINGS or self.state is State.CLOSING:
            return self._end(element)
        return self._take(element)

    def timer(self, now: float) -> Sequence[Output]:
        """What the passing of time asks for; call it at ``next_timer`` or later."""
        if self.state is State.LIVE:
            return self._watch(now)
        if self.state is State.CLOSED or now < self._deadline:
            return ()
        if self.state is State.CLOSING:
            self.state = State.CLOSED
            return (Close(NORMAL, ""),)
        seconds = round(self._dialect.limits.setup)
        return self.fail("connection-timeout", f"No resource was bound within {seconds} s of connecting.", now)

    def next_timer(self) -> float:
        """When ``timer`` has something to do at the earliest, as a monotonic instant."""
        if self.state is not State.LIVE:
            return self._deadline
        return min(self._next_ping(), self.heard_at + self._dialect.limits.idle)

    # what effects bring back

    def welcome(self, identity: Identity) -> Sequence[Output]:
        """The authority let the client in."""
        if not self.advance(Step.WELCOMED):
            return ()
        self.identity = identity
        return (answers.SUCCESS,)

    def refuse(self, denial: Denial, now: float) -> Sequence[Output]:
        """Authentication failed; the client may try again, a few times."""
        if not self.advance(Step.REFUSED):
            return ()
        failure = answers.sasl_failure(denial.condition, denial.text)
        self._attempts += 1
        if self._attempts < self._dialect.limits.attempts:
            return (failure,)
        return (failure, *self.fail("policy-violation", "Too many failed attempts to authenticate.", now))

    def bound(self, resource: str, now: float) -> bool:
        """Whether the stream is live with this resource from now on; it is not when it closed meanwhile."""
        if not self.advance(Step.BOUND):
            return False
        self.resource = resource
        self.heard_at = self._pinged_at = now
        return True

    def answer(self, frame: str) -> Sequence[Output]:
        """A frame that answers an earlier request, unless the stream closed meanwhile."""
        return (frame,) if self.live else ()

    # what the session sends

    def notify(self, bulletin: Bulletin, sequence: int) -> str | None:
        """The frame of a notification for this session, while it lives."""
        return bulletin.stanza(self._dialect.notifications_host, self.jid, sequence) if self.live else None

    def dismiss(self, notice: Notice, event_id: str, now: float) -> Sequence[Output]:
        """Tell the session why it ends, and end it.

        The vendor's client then makes a new channel over REST (it would otherwise reopen this one in silence), so that a
        refusal is told to it there, where it can read it.
        """
        if not self.live or self.identity is None:
            return self.close(now)
        bulletin = notice_bulletin(notice, self.identity, event_id)
        told = bulletin.stanza(self._dialect.notifications_host, self.jid, 0)
        return (told, *self.close(now))

    def close(self, now: float) -> Sequence[Output]:
        """End the stream without fault: the client may come back to the same channel at once."""
        if self.state >= State.CLOSING:
            return ()
        self._begin_closing(now)
        return (answers.CLOSE,)

    # what extensions use

    def advance(self, step: Step) -> bool:
        """Take a step of the transition table; False, and nothing changes, where it is not in the table."""
        state = TRANSITIONS.get((self.state, step))
        if state is None:
            return False
        self.state = state
        return True

    def count(self, what: str) -> int:
        """How often this was counted on this stream, now included; of what was not counted for long nothing is known."""
        counts = self._counts = self._counts or {}
        counts[what] = counts.pop(what, 0) + 1
        if len(counts) > MOST_COUNTS:
            del counts[next(iter(counts))]
        return counts[what]

    def fail(self, condition: str, sentence: str, now: float | None = None) -> Sequence[Output]:
        """End the stream with a stream error. Source: RFC 6120 section 4.9.3."""
        if self.state >= State.CLOSING:
            return ()
        opened = () if self.state > State.OPENING else (answers.open_frame(self.domain, self.stream_id),)
        self._begin_closing(self.heard_at if now is None else now)
        return (*opened, answers.stream_error(condition, sentence), answers.CLOSE)

    def respond(self, element: Element) -> Sequence[Output]:
        """Dispatch an IQ to the extension that knows its payload."""
        kind, request_id = element.get("type"), element.get("id")
        if kind not in {"get", "set"} or not request_id:
            return ()  # a result or error needs no answer; without an id none could be given
        if len(element.children) != 1:
            request = Request(request_id, element.get("to"), element)
            return (request.error("modify", "bad-request", "A request has exactly one child."),)
        request = Request(request_id, element.get("to"), element.children[0])
        handler = self._dialect.requests.get((self.state, kind, request.payload.name))
        if handler is not None:
            return handler(self, request)
        if self.state is State.BINDING:
            return self.fail(*TOO_EARLY)
        return (request.error("cancel", "service-unavailable", "This server does not offer that."),)

    def greet(self, element: Element) -> Sequence[Output]:
        """Answer the client's ``<open/>`` with ours and what it may do next."""
        self.domain = element.get("to") or self.domain
        opening = answers.open_frame(self.domain, self.stream_id)
        if not (element.get("version") or "").startswith("1."):
            return (opening, *self.fail("unsupported-version", "This server speaks XMPP 1.0."))
        return (opening, answers.features_frame(self._dialect.features.get(self.state, "")))

    # inner

    def _take(self, element: Element) -> Sequence[Output]:
        known = self._dialect.elements.get(element.name)
        if known is None:
            return self.fail("unsupported-stanza-type", f"An element «{element.local_name[:40]}» has no meaning here.")
        step, handler = known
        if not self.advance(step):
            return self.fail(*UNEXPECTED[step])
        return handler(self, element)

    def _affords_frame(self, now: float) -> bool:
        """Whether the rate allows one more frame: a leaky bucket kept as the instant at which it is empty."""
        limits = self._dialect.limits
        self._budget_until = max(self._budget_until, now) + 1 / limits.frames_per_second
        return self._budget_until - now <= limits.burst / limits.frames_per_second

    def _end(self, element: Element) -> Sequence[Output]:
        """The client closes, or reports an error that makes it close; while we close, the rest is not heard."""
        if element.name not in ENDINGS:
            return ()
        polite = () if self.state is State.CLOSING or element.name != CLIENT_CLOSE else (answers.CLOSE,)
        self.state = State.CLOSED
        return (*polite, Close(NORMAL, ""))

    def _begin_closing(self, now: float) -> None:
        self.state = State.CLOSING
        self._deadline = now + self._dialect.limits.closing

    def _next_ping(self) -> float:
        probe = self._dialect.limits.probe
        if self.server_pings:
            return self._pinged_at + probe
        return max(self.heard_at, self._pinged_at) + probe

    def _watch(self, now: float) -> Sequence[Output]:
        limits = self._dialect.limits
        if now >= self.heard_at + limits.idle:
            return self.fail("connection-timeout", f"Nothing was heard for {round(limits.idle)} s.", now)
        if now < self._next_ping():
            return ()
        self._pinged_at = now
        self._pings += 1
        return (answers.ping_frame(self.jid, self._pings),)


def _ignore(_stream: Stream, _element: Element) -> Sequence[Output]:
    return ()


CLIENT_CLOSE = qualified(NS_FRAMING, "close")
ENDINGS = frozenset({CLIENT_CLOSE, qualified(NS_STREAM, "error")})
CORE: Mapping[str, tuple[Step, ElementHandler]] = MappingProxyType(
    {
        qualified(NS_FRAMING, "open"): (Step.OPEN, Stream.greet),
        qualified(NS_CLIENT, "iq"): (Step.REQUEST, Stream.respond),
        qualified(NS_CLIENT, "presence"): (Step.STANZA, _ignore),
        qualified(NS_CLIENT, "message"): (Step.STANZA, _ignore),
    }
)
"""Messages mean something only through an extension; presence is the API's business."""
