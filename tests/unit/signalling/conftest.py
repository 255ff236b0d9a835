"""Streams in any state, spoken to as the vendor's client speaks."""

import asyncio
import base64
from collections.abc import Callable, Sequence

import pytest

from shiftline.signalling import effects
from shiftline.signalling.effects import Output
from shiftline.signalling.extensions import bind
from shiftline.signalling.extensions.catalogue import speak
from shiftline.signalling.extensions.services import IceServer
from shiftline.signalling.model import Identity
from shiftline.signalling.stream import Dialect, Stream

OPEN = '<open xmlns="urn:ietf:params:xml:ns:xmpp-framing" xml:lang="en" to="org.localhost" version="1.0"/>'
BIND = '<iq xmlns="jabber:client" id="1" type="set"><bind xmlns="urn:ietf:params:xml:ns:xmpp-bind"/></iq>'


class Client:
    """The vendor's client in front of one stream: ``now`` is the monotonic time that it tells."""

    def __init__(self, stream: Stream, identity: Identity) -> None:
        self.stream = stream
        self.identity = identity
        self.now = 100.0

    @classmethod
    def of(cls, dialect: Dialect, identity: Identity) -> "Client":
        """A live one."""
        client = cls(Stream(dialect, "s1", 100.0), identity)
        client.come_alive()
        return client

    def say(self, frame: str | bytes) -> Sequence[Output]:
        return self.stream.receive(frame, self.now)

    def open(self) -> Sequence[Output]:
        return self.say(OPEN)

    def auth(self, token: str = "token-1", jid: str = "agent1@org.localhost") -> Sequence[Output]:
        return self.say(auth_frame(f"\0{jid}\0authKey:{token}".encode()))

    def wait(self, seconds: float) -> Sequence[Output]:
        """Let time pass as the shell does: one call of the timer, at its end."""
        self.now += seconds
        return self.stream.timer(self.now)

    def authenticate(self) -> None:
        self.open()
        self.auth()
        self.stream.welcome(self.identity)
        self.open()

    def come_alive(self, resource: str = "ab12") -> None:
        self.authenticate()
        (wish,) = self.say(BIND)
        assert isinstance(wish, effects.Bind)
        bind.bound(self.stream, wish, resource, self.now)


def auth_frame(message: bytes, mechanism: str = "PLAIN") -> str:
    content = base64.b64encode(message).decode()
    return f'<auth xmlns="urn:ietf:params:xml:ns:xmpp-sasl" mechanism="{mechanism}">{content}</auth>'


@pytest.fixture
def identity() -> Identity:
    return Identity("org-1", "person-1", "channel-1", "digest-1", "agent1@org.localhost")


@pytest.fixture
def dialect() -> Dialect:
    servers = [IceServer("stun", "stun.localhost"), IceServer("turn", "turn.localhost", 3478, "udp", "u", "p&q")]
    return speak("notifications.localhost:8443", servers)


@pytest.fixture
def client(dialect: Dialect, identity: Identity) -> Client:
    return Client(Stream(dialect, "s1", 100.0), identity)


@pytest.fixture
def live(client: Client) -> Client:
    client.come_alive()
    return client


@pytest.fixture
def plain() -> Callable[[bytes], str]:
    return auth_frame


async def eventually(look: Callable[[], bool], within: float = 3) -> None:
    """Wait until something is so; fail when it is not in time (seconds)."""
    for _ in range(round(within / 0.01)):
        if look():
            return
        await asyncio.sleep(0.01)
    raise AssertionError("it did not happen in time")
