"""How a leg is reached: its checks, handshake and keys, from the first address to the last packet."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Protocol

import structlog
from aiortc import RTCCertificate
from pylibsrtp import Error as SrtpError

from shiftline.calls.media.dtls import DtlsTransport, Link
from shiftline.calls.media.ice import Address, IceConnection
from shiftline.calls.media.model import EngineOptions
from shiftline.calls.media.rtp import is_rtcp
from shiftline.calls.media.sdp.model import Fragment, IceCredentials, RemoteDescription

log = structlog.get_logger()

MAX_STREAMS = 16
"""Each stream that a peer begins costs memory until its leg ends; a browser has two."""
MAX_PACKETS = 300
"""What is taken in half a second: packets of 2.5 ms, and some to spare."""


class TransportOwner(Protocol):
    """The leg that a transport carries."""

    def receive_rtp(self, data: bytes) -> None:
        """An authentic RTP packet."""
        ...

    def receive_rtcp(self, data: bytes) -> None:
        """An authentic RTCP packet."""
        ...

    def connected(self) -> None:
        """Keys are agreed."""
        ...

    def failed(self, reason: str) -> None:
        """It will not connect, or the peer ended it."""
        ...

    def garbage(self, kind: str) -> None:
        """Something was thrown away."""
        ...


class Transport:
    """One leg's addresses and keys. It ends only by ``close``."""

    def __init__(
        self, owner: TransportOwner, options: EngineOptions, certificate: RTCCertificate, *, offers: bool
    ) -> None:
        self._owner = owner
        self._options = options
        self._offers = offers
        self.ice = IceConnection(self, options, controlling=offers)
        self._link = Link(self.ice)
        self._dtls = DtlsTransport(self._link, certificate)
        self._dtls.on("statechange", self._state_changed)
        self._tasks: set[asyncio.Task[None]] = set()
        self._sendto: Callable[[bytes, Address], None] | None = None
        self._address: Address = ("", 0)
        self._remote: IceCredentials | None = None
        self._restarted: IceConnection | None = None
        self._closing = False
        self.is_connected = False
        self._streams: set[bytes] = set()
        self._left = MAX_PACKETS

    async def gather(self) -> None:
        """Open the sockets."""
        await self.ice.gather_candidates()

    @property
    def consent_at(self) -> float:
        """When the peer last proved that it wants packets, on the loop's clock; 0 when it never did."""
        return self.ice.consent_at

    @property
    def remote_username(self) -> str | None:
        """The name in the peer's present credentials."""
        return None if self._remote is None else self._remote.username

    def connect(self, remote: RemoteDescription) -> None:
        """Begin the checks, then the handshake; the owner is told how it ended."""
        self._remote = remote.credentials
        _trust(self.ice, remote.credentials)
        self._run(self._connect(remote))

    async def add_candidates(self, fragment: Fragment) -> None:
        """Take candidates; those of other credentials than the present are counted only."""
        if fragment.credentials is not None and self._remote is not None and fragment.credentials != self._remote:
            self.garbage("candidate.stale")
            return
        for line in fragment.candidates:
            await (self._restarted or self.ice).add_line(line)

    async def restart(self, fragment: Fragment) -> IceConnection:
        """Begin checks anew with the peer's new credentials, keeping the keys; packets go the old way until a new one works."""
        assert fragment.credentials is not None
        fresh = IceConnection(self, self._options, controlling=self.ice.ice_controlling)
        await fresh.gather_candidates()
        if self._restarted is not None:
            await self._restarted.close()
        self._restarted, self._remote = fresh, fragment.credentials
        _trust(fresh, fragment.credentials)
        for line in fragment.candidates:
            await fresh.add_line(line)
        self._run(self._reconnect(fresh))
        return fresh

    def refill(self) -> None:
        """Called each half second: so many packets more are taken."""
        self._left = MAX_PACKETS

    def send(self, packet: bytes) -> None:
        """Encrypt and send an RTP packet; nothing while no pair of addresses is in use."""
        if self._sendto is not None and self.is_connected:
            try:
                self._sendto(self._dtls.protect(packet), self._address)
            except (SrtpError, ValueError, OSError):
                self.garbage("send")

    def send_rtcp(self, packet: bytes) -> None:
        """Encrypt and send an RTCP packet."""
        if self._sendto is not None and self.is_connected:
            try:
                self._sendto(self._dtls.protect_rtcp(packet), self._address)
            except (SrtpError, ValueError, OSError):
                self.garbage("send")

    async def close(self) -> None:
        """Tell the peer that it is over and free the sockets."""
        self._closing, self.is_connected = True, False
        for task in tuple(self._tasks):
            task.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks)
        await self._dtls.stop()
        self._link.put(None)
        for each in (self._restarted, self.ice):
            if each is not None:
                await each.close()

    # What the sockets hand over.

    def media(self, data: bytes) -> None:
        """SRTP or SRTCP from any address: its keys tell whether it is the peer's."""
        if not self.is_connected:
            self._owner.garbage("rtp.early")
            return
        reports = is_rtcp(data)
        stream = data[4:8] if reports else data[8:12]
        if stream not in self._streams and len(self._streams) >= MAX_STREAMS:
            self._owner.garbage("rtp.streams")
            return
        try:
            plain = self._dtls.unprotect_rtcp(data) if reports else self._dtls.unprotect(data)
        except (SrtpError, ValueError):
            self._owner.garbage("rtcp.unauthenticated" if reports else "rtp.unauthenticated")
            return
        self._streams.add(stream)
        self._left -= 1
        if self._left < 0:
            self._owner.garbage("rtp.flood")
        elif reports:
            self._owner.receive_rtcp(plain)
        else:
            self._owner.receive_rtp(plain)

    def handshake(self, data: bytes) -> None:
        """DTLS."""
        if not self._link.put(data):
            self._owner.garbage("dtls.flood")

    def garbage(self, kind: str) -> None:
        """Something that was thrown away."""
        self._owner.garbage(kind)

    def route_changed(self) -> None:
        """Another pair of addresses is in use."""
        route = self.ice.route()
        if route is None:
            self._sendto = None
        else:
            self._sendto, self._address = route

    # How it goes.

    async def _connect(self, remote: RemoteDescription) -> None:
        try:
            reason = await self._check(self.ice) or await self._shake_hands(remote)
        except Exception:
            # What the libraries below did not foresee ends this leg, not its caller's wait for news of it.
            log.exception("a leg did not connect")
            reason = "dtls.failed"
        if reason is None:
            self.is_connected = True
            self._owner.connected()
        else:
            self._owner.failed(reason)

    async def _check(self, ice: IceConnection) -> str | None:
        # Never told that the peer's candidates are at an end, aioice goes on checking; our own time bounds it.
        try:
            await asyncio.wait_for(ice.connect(), self._options.ice_timeout.total_seconds())
        except TimeoutError:
            return "ice.timeout"
        except ConnectionError:
            return "ice.failed"
        return None

    async def _shake_hands(self, remote: RemoteDescription) -> str | None:
        handshake = self._dtls.handshake(
            remote.fingerprints, server=remote.setup == "active" if self._offers else remote.setup != "passive"
        )
        try:
            worked = await asyncio.wait_for(handshake, self._options.dtls_timeout.total_seconds())
        except TimeoutError:
            return "dtls.timeout"
        if worked:
            return None
        return "dtls.fingerprint" if self._dtls.is_other_certificate else "dtls.failed"

    async def _reconnect(self, fresh: IceConnection) -> None:
        if await self._check(fresh) is not None:
            # The old way may still work; whether it does, the leg's liveness tells.
            self._restarted = None if self._restarted is fresh else self._restarted
            await fresh.close()
            return
        old, self.ice, self._link.ice = self.ice, fresh, fresh
        self._restarted = None if self._restarted is fresh else self._restarted
        self.route_changed()
        await old.close()

    def _state_changed(self) -> None:
        if self._dtls.state == "closed" and self.is_connected and not self._closing:
            self.is_connected = False
            self._owner.failed("dtls.closed")

    def _run(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def _trust(ice: IceConnection, credentials: IceCredentials) -> None:
    ice.remote_username, ice.remote_password = credentials.username, credentials.password
