"""One socket with its stream or feed: what picows calls, and the carrying out of effects.

No connection has a task of its own; its timer is one appointment in the switchboard's agenda.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

import structlog
from picows import WSCloseCode, WSFrame, WSListener, WSMsgType, WSTransport

from shiftline.foundation.errors import Refusal, Unavailable
from shiftline.foundation.ids import new_id
from shiftline.signalling import effects
from shiftline.signalling.agenda import Appointment
from shiftline.signalling.bulletin import Bulletin
from shiftline.signalling.effects import Output
from shiftline.signalling.extensions import bind, pubsub
from shiftline.signalling.extensions.calls import hearing
from shiftline.signalling.feed import Feed
from shiftline.signalling.model import COULD_NOT_BE_KNOWN, Denial, Notice, Welcome, digest_of
from shiftline.signalling.session import Session
from shiftline.signalling.stream import Stream
from shiftline.signalling.switchboard import Switchboard

MAX_FRAME = 256 * 1024
"""Bytes; picows ends a connection that sends more with code 1009."""
MAX_BACKLOG = 1024 * 1024
"""Bytes that may wait for a slow client before it is cut off."""
HANG_UP_AFTER = 1.0
"""Seconds that a client has to answer a WebSocket close."""
RESOURCE_LENGTH = 16
MAX_REASON_BYTES = 123
"""RFC 6455 section 5.5."""

NO_CALLS = Unavailable("This server carries no calls.")

FINAL_TEXT = 0x81
MEDIUM = 126
LARGE = 1 << 16

log = structlog.get_logger()


def text_frame(text: str) -> bytes:
    """A whole WebSocket message as a server writes it. Source: RFC 6455 section 5.2."""
    payload = text.encode()
    size = len(payload)
    if size < MEDIUM:
        return bytes((FINAL_TEXT, size)) + payload
    if size < LARGE:
        return bytes((FINAL_TEXT, MEDIUM)) + size.to_bytes(2) + payload
    return bytes((FINAL_TEXT, MEDIUM + 1)) + size.to_bytes(8) + payload


class Connection(WSListener):
    """A socket; ``protocol`` is its pure half. Subclasses carry out the effects that only they know."""

    __slots__ = (
        "_appointment",
        "_crowded",
        "_fragments",
        "_hung_up",
        "_time",
        "_transport",
        "_wake_at",
        "channel_id",
        "protocol",
        "session",
        "switchboard",
    )

    def __init__(self, switchboard: Switchboard, channel_id: str, protocol: Stream | Feed) -> None:
        super().__init__()
        self.switchboard = switchboard
        self.channel_id = channel_id
        self.protocol = protocol
        self.session: Session | None = None
        self._time = asyncio.get_running_loop().time
        self._transport: WSTransport | None = None
        self._appointment: Appointment | None = None
        self._wake_at = 0.0
        self._fragments: bytes | None = None
        self._crowded = self._hung_up = False

    # what picows calls

    def on_ws_connected(self, transport: WSTransport) -> None:
        """The handshake is done."""
        self._transport = transport
        for message in (transport.request, transport.response):
            message.headers.clear()  # picows keeps both for the connection's life
        self.switchboard.joined(self)
        self.do(self.protocol.begin())

    def on_ws_frame(self, transport: WSTransport, frame: WSFrame) -> None:
        """A frame came; a message may come in several."""
        kind = frame.msg_type
        if kind in {WSMsgType.TEXT, WSMsgType.BINARY, WSMsgType.CONTINUATION}:
            if frame.fin and self._fragments is None and kind != WSMsgType.CONTINUATION:
                self.do(self.protocol.receive(frame.get_payload_as_bytes(), self._time()))
            else:
                self._assemble(frame, begins=kind != WSMsgType.CONTINUATION)
        elif kind == WSMsgType.CLOSE:
            transport.send_close(WSCloseCode.OK)
            transport.disconnect()
        elif kind == WSMsgType.PONG:
            self.protocol.heard_at = self._time()

    def on_ws_disconnected(self, transport: WSTransport) -> None:
        """The socket is gone, whoever closed it."""
        del transport
        self._hung_up = True
        self._transport = None
        if self._appointment is not None:
            self.switchboard.agenda.cancel(self._appointment)
        self._leave_registry()
        self.switchboard.left(self)

    def pause_writing(self) -> None:
        """The client reads more slowly than we write."""
        self._crowded = True

    def resume_writing(self) -> None:
        """The client caught up."""
        self._crowded = False

    # what the session and the switchboard call

    def notify(self, bulletin: Bulletin, sequence: int) -> None:
        """Send a notification."""
        frame = self.protocol.notify(bulletin, sequence)
        if frame is not None:
            self.send(frame)

    def dismiss(self, notice: Notice) -> None:
        """Say why it ends, and end it."""
        self.do(self.protocol.dismiss(notice, new_id(), self._time()))

    def forward(self, frame: str) -> None:
        """Send a stanza of another connection of the same person."""
        self.send(frame)

    def leave(self) -> None:
        """The server goes: close without fault."""
        self.do(self.protocol.close(self._time()))

    def cut(self) -> None:
        """End the connection without another word."""
        self._hung_up = True
        self._leave_registry()
        if self._transport is not None:
            self._transport.disconnect(graceful=False)

    def beat(self) -> None:
        """Let whoever stands between see that this node lives, unless what was written before still waits."""
        if self._transport is not None and not self._hung_up and not self._crowded:
            self._transport.send_pong()

    def wake(self, now: float) -> None:
        """The appointment has come."""
        self._appointment = None
        if self._hung_up:
            self.cut()
        else:
            outputs = self.protocol.timer(now)
            if self.session is not None and not self.protocol.live:
                self.session.silent_for = now - self.protocol.heard_at
            self.do(outputs)

    # carrying out

    def do(self, outputs: Sequence[Output]) -> None:
        """Carry out what the protocol wants, and see to its timer."""
        frames: list[str] = []
        for output in outputs:
            if isinstance(output, str):
                frames.append(output)
                continue
            self.send(*frames)
            frames.clear()
            if isinstance(output, effects.Close):
                self._hang_up(output)
            else:
                self.carry_out(output)
        self.send(*frames)
        if not self.protocol.live:
            self._leave_registry()
        if not self._hung_up:
            self._arm(self.protocol.next_timer())

    def carry_out(self, effect: Any) -> None:
        """Do what only this kind of connection can."""
        raise TypeError(f"{type(self).__name__} cannot {effect!r}")

    def send(self, *frames: str) -> None:
        """Send frames, unless the client lets too much pile up: then it is cut off, and will come back."""
        transport = self._transport
        if transport is None or self._hung_up or not frames:
            return
        if len(frames) == 1:
            transport.send(WSMsgType.TEXT, frames[0])
        else:  # in one system call: each is 3% of the cost of a connection's setup
            transport.underlying_transport.write(b"".join(map(text_frame, frames)))
        if self._crowded and transport.underlying_transport.get_write_buffer_size() > MAX_BACKLOG:
            log.warning("signalling.slow_client", channel=digest_of(self.channel_id))
            self.cut()

    def enter_registry(self, session: Session, welcome: Welcome, mark: int) -> None:
        """From here on the session gets its notifications."""
        self.session = session
        self.switchboard.open(session, welcome, mark)

    def _leave_registry(self) -> None:
        session, self.session = self.session, None
        if session is not None:
            self.switchboard.close(session)

    def _assemble(self, frame: WSFrame, *, begins: bool) -> None:
        transport = self._transport
        if transport is None:
            return
        if begins is not (self._fragments is None):
            self._hang_up(effects.Close(WSCloseCode.PROTOCOL_ERROR.value, "A message's fragments are out of order."))
            return
        self._fragments = (self._fragments or b"") + frame.get_payload_as_bytes()
        if len(self._fragments) > MAX_FRAME:
            self._hang_up(effects.Close(WSCloseCode.MESSAGE_TOO_BIG.value, "The message is too big."))
        elif frame.fin:
            message, self._fragments = self._fragments, None
            self.do(self.protocol.receive(message, self._time()))

    def _hang_up(self, close: effects.Close) -> None:
        if self._transport is None or self._hung_up:
            return
        self._hung_up = True
        self._leave_registry()
        reason = close.reason.encode()[:MAX_REASON_BYTES].decode(errors="ignore")
        self._transport.send_close(WSCloseCode(close.code), reason)
        self._arm(self._time() + HANG_UP_AFTER)

    def _arm(self, when: float) -> None:
        """Keep one appointment, no later than asked; one that comes too early finds nothing to do and is renewed."""
        if self._appointment is not None:
            if self._wake_at <= when:
                return
            self.switchboard.agenda.cancel(self._appointment)
        self._wake_at = when
        self._appointment = self.switchboard.agenda.add(when, self)


class XmppConnection(Connection):
    """A socket with an XMPP stream."""

    __slots__ = ("_mark", "_stream", "_welcome")

    def __init__(self, switchboard: Switchboard, channel_id: str, stream: Stream) -> None:
        super().__init__(switchboard, channel_id, stream)
        self._stream = stream
        self._mark = 0
        self._welcome: Welcome | None = None

    def carry_out(self, effect: Any) -> None:
        """Do what the stream asks for."""
        CARRIED_OUT_BY[type(effect)](self, effect)

    def authenticate(self, effect: effects.Authenticate) -> None:
        """Ask the authority."""
        self.switchboard.spawn(self._authenticate(effect))

    def bind(self, effect: effects.Bind) -> None:
        """Choose the resource and become a session."""
        welcome, self._welcome = self._welcome, None
        assert welcome is not None  # nothing is bound without SASL
        # The channel's own, so that a client that comes back to its channel has the JID to which its calls belong.
        spare = welcome.identity.channel_digest[:RESOURCE_LENGTH]
        resource = self.switchboard.registry.choose_resource(welcome.identity, effect.wish, spare)
        self.do(bind.bound(self._stream, effect, resource, self._time()))
        if self._stream.live:
            self.enter_registry(Session(welcome.identity, self, resource), welcome, self._mark)

    def change_subscription(self, effect: effects.Subscription) -> None:
        """Ask the authority for the channel's topics after the change."""
        if self.session is not None:
            self.switchboard.spawn(self._change_subscription(effect, self.session))

    def pass_on(self, effect: effects.Forward) -> None:
        """Deliver to the sender's own connections."""
        if self.session is not None:
            for session in self.switchboard.registry.reachable(self.session, effect.to):
                session.wire.forward(effect.frame)

    def hear(self, effect: effects.Hear) -> None:
        """Have the calls room do what the softphone says."""
        calls, session = self.switchboard.calls, self.session
        if session is None:
            return

        def done(refusal: Refusal | None) -> None:
            frame = hearing.answer(effect, refusal)
            if frame is not None:
                self.do(self._stream.answer(frame))

        if calls is None:
            done(NO_CALLS)
        else:
            calls.hear(session, effect.said, done)

    def write_dated(self, effect: effects.Dated) -> None:
        """Send what depends on the real time."""
        self.do(self._stream.answer(effect.write(self.switchboard.clock.real_now())))

    async def _authenticate(self, effect: effects.Authenticate) -> None:
        self._mark = self.switchboard.registry.mark()
        question = self.switchboard.authority.authenticate(self.channel_id, effect.jid, effect.token)
        answer = await self.switchboard.ask(question)
        if isinstance(answer, Welcome):
            self._welcome = answer
            self.do(self._stream.welcome(answer.identity))
        else:
            log.info("signalling.refused", channel=digest_of(self.channel_id), decision_id=answer.decision_id)
            self.do(self._stream.refuse(answer, self._time()))

    async def _change_subscription(self, effect: effects.Subscription, session: Session) -> None:
        authority, registry = self.switchboard.authority, self.switchboard.registry
        mark = registry.mark()
        change = authority.subscribe if effect.wanted else authority.unsubscribe
        answer = await self.switchboard.ask(change(session.identity, effect.topic))
        if not isinstance(answer, Denial):
            if not registry.disturbed_since(mark, session.identity):  # else the news, in its right order, tells better
                for subscriber in registry.on_channel(self.channel_id):
                    registry.subscribe(subscriber, answer)
            frame = pubsub.confirmed(self._stream, effect)
        elif answer.condition == COULD_NOT_BE_KNOWN:
            frame = pubsub.unknown(effect)
        else:
            frame = pubsub.refused(effect, answer.text)
        self.do(self._stream.answer(frame))


CARRIED_OUT_BY: Mapping[type, Callable[[XmppConnection, Any], None]] = MappingProxyType(
    {
        effects.Authenticate: XmppConnection.authenticate,
        effects.Bind: XmppConnection.bind,
        effects.Subscription: XmppConnection.change_subscription,
        effects.Forward: XmppConnection.pass_on,
        effects.Hear: XmppConnection.hear,
        effects.Dated: XmppConnection.write_dated,
    }
)


class JsonConnection(Connection):
    """A socket with a JSON feed."""

    __slots__ = ("_feed",)

    def __init__(self, switchboard: Switchboard, channel_id: str, feed: Feed) -> None:
        super().__init__(switchboard, channel_id, feed)
        self._feed = feed

    def carry_out(self, effect: Any) -> None:
        """Do what the feed asks for."""
        if isinstance(effect, effects.Admit):
            self.switchboard.spawn(self._admit())
        elif isinstance(effect, effects.Probe) and self._transport is not None:
            self._transport.send_ping()

    def forward(self, frame: str) -> None:
        """JSON connections have no stanzas."""

    async def _admit(self) -> None:
        mark = self.switchboard.registry.mark()
        answer = await self.switchboard.ask(self.switchboard.authority.admit(self.channel_id))
        if isinstance(answer, Denial):
            log.info("signalling.refused", channel=digest_of(self.channel_id), decision_id=answer.decision_id)
            self.do(self._feed.refuse(answer))
        elif self._feed.welcome(answer.identity, self._time()):
            self.enter_registry(Session(answer.identity, self), answer, mark)
            self.do(())
