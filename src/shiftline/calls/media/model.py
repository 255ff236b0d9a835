"""The words of the media engine: what it is set up with, what a leg can hear, and what it tells of a leg."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Protocol, TypeAlias

PROMPTS = Path(__file__).with_name("prompts")
"""Prompts that come with the program: one Ogg/Opus file each, named by the prompt."""


class SdpRefused(ValueError):  # noqa: N818 - a refusal, named as the other rooms name theirs
    """A session description that no leg can be made of; the text is a sentence that names what is wrong."""


class LegUnknown(KeyError):  # noqa: N818 - a refusal
    """No such leg is open in this engine."""


class PromptUnknown(KeyError):  # noqa: N818 - a refusal
    """The folder of prompts has no playable file of that name."""


@dataclass(frozen=True, slots=True)
class Relay:
    """A TURN server that the engine itself takes a relayed address from.

    Source: RFC 8656.
    """

    host: str
    port: int
    username: str
    password: str = field(repr=False)
    transport: str = "udp"
    tls: bool = False


@dataclass(frozen=True, slots=True)
class EngineOptions:
    """How an engine is set up.

    addresses: IP addresses to take packets on; empty means all of the host's own, and loopback.
    advertised: the public IP address in front of a one-to-one NAT, told to peers beside the own ones.
    port_range: first and last UDP port to take; none means any.
    ice_timeout: from the remote description until a pair of addresses works; dtls_timeout: from there until keys are agreed.
    media_timeout: without packets and without an answer to consent checks, a leg counts as dead.
    """

    addresses: tuple[str, ...] = ()
    advertised: str | None = None
    port_range: tuple[int, int] | None = None
    stun_server: tuple[str, int] | None = None
    turn_server: Relay | None = None
    prompts: Path = PROMPTS
    ice_timeout: timedelta = timedelta(seconds=15)
    dtls_timeout: timedelta = timedelta(seconds=10)
    media_timeout: timedelta = timedelta(seconds=10)


@dataclass(frozen=True, slots=True)
class Silence:
    """Hears nothing: silent frames, so that the browser's connection stays alive."""


@dataclass(frozen=True, slots=True)
class Legs:
    """Hears other legs; a leg never hears itself. Two or more are mixed, one is forwarded untouched."""

    leg_ids: frozenset[str]


@dataclass(frozen=True, slots=True)
class Play:
    """Hears prompts one after the other, once or again and again; silence after the last."""

    prompts: tuple[str, ...]
    loop: bool = False


Source: TypeAlias = Silence | Legs | Play


@dataclass(frozen=True, slots=True)
class LegStats:
    """The quality of what a leg sends to us, and of what it gets as far as it reports it.

    packets, bytes, lost: received RTP and what was missing of it; sent and sent_bytes: what we sent.
    jitter_ms: interarrival jitter (RFC 3550 section 6.4.1). rtt_ms: round trip from RTCP, None until it is known.
    mos: 1 to 4.5 from the E-model, None before the first packet. last_packet_at: aware, UTC.
    remote_lost, remote_jitter_ms: what the peer reported of our packets, None until it did.
    """

    packets: int = 0
    bytes: int = 0
    lost: int = 0
    jitter_ms: float = 0.0
    rtt_ms: float | None = None
    mos: float | None = None
    last_packet_at: datetime | None = None
    sent: int = 0
    sent_bytes: int = 0
    remote_lost: int | None = None
    remote_jitter_ms: float | None = None


@dataclass(frozen=True, slots=True)
class RecordingSummary:
    """What went into a recording: instants of its first and last packet (aware, UTC; None without packets), packets written, lost on
    the way, and its duration in milliseconds by the last granule.
    """

    started_at: datetime
    first_packet_at: datetime | None
    last_packet_at: datetime | None
    packets: int
    lost: int
    duration_ms: int


class Listener(Protocol):
    """Who is told of the legs; called in the event loop and never awaited."""

    def leg_connected(self, leg_id: str) -> None:
        """Keys are agreed, packets flow."""
        ...

    def leg_failed(self, leg_id: str, reason: str) -> None:
        """It did not connect, or its media died: ``ice.timeout``, ``ice.failed``, ``dtls.failed``, ``dtls.fingerprint``, ``dtls.timeout``,
        ``dtls.closed`` (the peer ended it) or ``media.dead``.
        """
        ...

    def leg_recovered(self, leg_id: str) -> None:
        """Packets come again after ``media.dead``."""
        ...

    def digit(self, leg_id: str, digit: str) -> None:
        """A key was pressed: one of ``0-9 * # A-D``."""
        ...


class Sink(Protocol):
    """Where a recording goes; called in the event loop."""

    def write(self, data: bytes) -> None:
        """Whole Ogg pages, at least once a second."""
        ...

    def finish(self, summary: RecordingSummary) -> None:
        """No more pages come."""
        ...
