"""ICE on aioice's `Connection`: its checks and roles, with sockets of our own below.

What differs from aioice as it comes, each by overriding one of its methods (``tests/media/test_seams.py`` holds what we rely on):

- packets are told apart by their first byte (RFC 7983) and handed on at once, without a queue or a task a packet;
- whoever cannot authenticate is not answered, so that a forged sender's address gets nothing from us;
- handshakes are taken from addresses that passed a check only;
- the addresses and ports to listen on are options;
- checks go on until the leg's own time is over: peers with unusable candidates are found when they check us (peer-reflexive);
- lost consent closes nothing, it is told to the leg, and sending stops (RFC 7675).
"""

import asyncio
import random
import socket
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Protocol, TypeAlias

from aioice import Candidate, Connection, stun
from aioice.candidate import candidate_foundation, candidate_priority
from aioice.ice import CandidatePair, StunProtocol, relayed_candidate, server_reflexive_candidate

from shiftline.calls.media.candidates import CandidateIgnored, own_addresses, read_candidate
from shiftline.calls.media.model import EngineOptions
from shiftline.calls.media.sdp.model import IceCredentials

Address: TypeAlias = tuple[str, int]
CONSENT_SECONDS = 4.0
CONSENT_LOST_SECONDS = 30.0
"""RFC 7675 section 5.1."""
GATHER_SECONDS = 2.0
"""A STUN or TURN server that does not answer delays a call no longer."""
MAX_PAIRS = 100
"""RFC 8445 section 6.1.2.5."""
SOCKET_BUFFER = 262_144
PORT_TRIES = 200
EXPEDITED = 46 << 2
"""The mark of voice for routers on the way (RFC 8837 section 5, DSCP EF)."""
_CHECKS, _HANDSHAKES, _MEDIA = range(4), range(20, 64), range(128, 192)
"""First bytes of STUN, DTLS and RTP (RFC 7983 section 7)."""


class Carrier(Protocol):
    """Who is handed what comes from the network."""

    def media(self, data: bytes) -> None:
        """SRTP or SRTCP, not yet authenticated."""
        ...

    def handshake(self, data: bytes) -> None:
        """DTLS from an address that passed a check."""
        ...

    def garbage(self, kind: str) -> None:
        """Something that was thrown away."""
        ...

    def route_changed(self) -> None:
        """Another pair of addresses is in use."""
        ...


class Port(StunProtocol):
    """One UDP socket of a leg (or its relay)."""

    def __init__(self, receiver: "IceConnection") -> None:
        super().__init__(receiver)
        self.ice = receiver
        self.carrier = receiver.carrier

    def datagram_received(self, data: bytes | str, addr: tuple[Any, ...]) -> None:
        """Sort a packet; never raises."""
        if not data or isinstance(data, str):
            self.carrier.garbage("empty")
            return
        first = data[0]
        if first in _MEDIA:
            self.carrier.media(data)
        elif first in _CHECKS:
            self._check(data, (addr[0], addr[1]))
        elif first in _HANDSHAKES and (addr[0], addr[1]) in self.ice.proven:
            self.carrier.handshake(data)
        else:
            self.carrier.garbage("dtls.unproven" if first in _HANDSHAKES else "unknown")

    def _check(self, data: bytes, addr: Address) -> None:
        try:
            message = stun.parse_message(data)
        except Exception:  # noqa: BLE001 - whatever a stranger's bytes do to the parser (it raises struct.error too) ends here
            self.carrier.garbage("stun.malformed")
            return
        if message.message_class == stun.Class.REQUEST:
            self.ice.request_received(message, addr, self)
        elif message.message_class == stun.Class.INDICATION:
            self.carrier.garbage("stun.indication")
        elif (transaction := self.transactions.get(message.transaction_id)) is None:
            self.carrier.garbage("stun.unasked")
        else:
            transaction.response_received(message, addr)

    def error_received(self, exc: Exception) -> None:
        """An ICMP answer: the peer's port is closed, which liveness finds out by itself."""


class IceConnection(Connection):
    """The checks of one generation of a leg's addresses."""

    def __init__(self, carrier: Carrier, options: EngineOptions, *, controlling: bool) -> None:
        relay = options.turn_server
        super().__init__(
            ice_controlling=controlling,
            stun_server=options.stun_server,
            turn_server=None if relay is None else (relay.host, relay.port),
            turn_username=None if relay is None else relay.username,
            turn_password=None if relay is None else relay.password,
            turn_ssl=relay is not None and relay.tls,
            turn_transport="udp" if relay is None else relay.transport,
        )
        self.carrier = carrier
        self.proven: set[Address] = set()
        self.consent_at = 0.0
        self.consent_lost = False
        self._options = options

    @property
    def credentials(self) -> IceCredentials:
        """Our own name and secret."""
        return IceCredentials(self.local_username, self.local_password)

    def candidate_lines(self) -> tuple[str, ...]:
        """Our addresses for a description; the advertised one beside each of the host's that stands behind it."""
        lines = [each.to_sdp() for each in self.local_candidates]
        if self._options.advertised is not None:
            lines += [
                Candidate(
                    candidate_foundation("srflx", "udp", each.host), 1, "udp", candidate_priority(1, "srflx"),
                    self._options.advertised, each.port, "srflx", each.host, each.port,
                ).to_sdp()
                for each in self.local_candidates
                if each.type == "host" and "." in each.host and not each.host.startswith("127.")
            ]  # fmt: skip
        return tuple(lines)

    def default_address(self) -> Address:
        """The address that stands in the m-line."""
        hosts = [each for each in self.local_candidates if each.type == "host"]
        found = next((each for each in hosts if not each.host.startswith("127.")), None) or next(
            iter(self.local_candidates), None
        )
        if found is None:
            return "0.0.0.0", 9  # noqa: S104 - the form of "no address yet" (RFC 9429 section 5.2.1), nothing listens there
        return self._options.advertised or found.host, found.port

    def route(self) -> tuple[Callable[[bytes, Address], None], Address] | None:
        """How to send now; None before the checks end and after consent was lost."""
        pair = self._nominated.get(1)
        if pair is None or self.consent_lost:
            return None
        return pair.protocol.transport.sendto, pair.remote_addr

    async def add_line(self, line: str) -> None:
        """Take a peer's candidate; what cannot be used is counted."""
        try:
            candidate = read_candidate(line)
        except CandidateIgnored as ignored:
            self.carrier.garbage(str(ignored))
            return
        if len(self._remote_candidates) >= MAX_PAIRS:
            self.carrier.garbage("candidate.many")
            return
        await self.add_remote_candidate(candidate)

    async def get_component_candidates(self, component: int, addresses: list[str], timeout: int = 5) -> list[Candidate]:  # noqa: ASYNC109 - aioice's
        """Open our own sockets, on the addresses of the options instead of aioice's choice."""
        del addresses, timeout
        ports = [
            port
            for each in self._options.addresses or own_addresses()
            if (port := await self._listen(component, each)) is not None
        ]
        self._protocols += ports
        found = [port.local_candidate for port in ports]
        asking = [
            asyncio.create_task(self._mapped(port))
            for port in ports
            if "." in port.local_candidate.host and self.stun_server
        ]
        if self.turn_server is not None:
            asking.append(asyncio.create_task(self._relayed(component)))
        if asking:
            done, late = await asyncio.wait(asking, timeout=GATHER_SECONDS)
            for task in late:
                task.cancel()
            found += [
                candidate for task in done if task.exception() is None and (candidate := task.result()) is not None
            ]
        return found

    async def _mapped(self, port: Port) -> Candidate | None:
        assert self.stun_server is not None
        if port.local_candidate.host.startswith("127."):
            return None
        candidate, _ = await server_reflexive_candidate(port, self.stun_server)
        return candidate

    async def _relayed(self, component: int) -> Candidate:
        assert self.turn_server is not None
        candidate, protocol = await relayed_candidate(
            component=component,
            hide_related_address=False,
            protocol_factory=lambda: Port(self),
            turn_server=self.turn_server,
            turn_username=self.turn_username,
            turn_password=self.turn_password,
            turn_ssl=self.turn_ssl,
            turn_transport=self.turn_transport,
        )
        self._protocols.append(protocol)
        return candidate

    async def _listen(self, component: int, address: str) -> Port | None:
        try:
            sock = bind(address, self._options.port_range)
        except OSError:
            return None
        _, port = await asyncio.get_running_loop().create_datagram_endpoint(lambda: Port(self), sock=sock)
        host, number = sock.getsockname()[:2]
        port.local_candidate = Candidate(
            candidate_foundation("host", "udp", host),
            component,
            "udp",
            candidate_priority(component, "host"),
            host,
            number,
            "host",
        )
        return port

    def request_received(self, message: stun.Message, addr: Address, protocol: StunProtocol) -> None:
        """Answer a peer's check if it can prove that it knows our secret; be silent to all others."""
        attributes = message.attributes
        if message.message_method != stun.Method.BINDING or not {"USERNAME", "PRIORITY"} <= attributes.keys():
            self.carrier.garbage("stun.incomplete")
        elif not self._valid_username(attributes["USERNAME"]) or not message.check_message_integrity(
            self.local_password.encode()
        ):
            self.carrier.garbage("stun.unauthenticated")
        elif addr not in self.proven and len(self.proven) >= MAX_PAIRS:
            self.carrier.garbage("stun.many")
        else:
            self.proven.add(addr)
            super().request_received(message, addr, protocol)

    def check_incoming(self, message: stun.Message, addr: Address, protocol: StunProtocol) -> None:
        """A peer's check: one that aioice cancelled when it had found another pair may begin again."""
        for pair in self._check_list:
            is_dead = pair.state == CandidatePair.State.IN_PROGRESS and (pair.task is None or pair.task.done())
            if is_dead and pair.protocol is protocol and pair.remote_addr == addr:
                pair.task = None
                self.check_state(pair, CandidatePair.State.WAITING)
        super().check_incoming(message, addr, protocol)

    def check_complete(self, pair: CandidatePair) -> None:
        """A check of ours ended."""
        if pair.state == CandidatePair.State.SUCCEEDED:
            self.proven.add(pair.remote_addr)
            self.consent_at = time.monotonic()
        super().check_complete(pair)
        self.carrier.route_changed()

    async def query_consent(self) -> None:
        """Ask the peer again and again whether it still wants packets.

        Source: RFC 7675 section 5.1; a little more often, since one answer must come within the leg's media timeout.
        """
        while True:
            await asyncio.sleep(CONSENT_SECONDS * (0.8 + 0.4 * random.random()))  # noqa: S311 - spreading, not a secret
            for pair in tuple(self._nominated.values()):
                await self._ask(pair)
            lost = time.monotonic() - self.consent_at > CONSENT_LOST_SECONDS
            if lost != self.consent_lost:
                self.consent_lost = lost
                self.carrier.route_changed()

    async def _ask(self, pair: CandidatePair) -> None:
        assert self.remote_password is not None
        request = self.build_request(pair, nominate=False)
        try:
            await pair.protocol.request(request, pair.remote_addr, self.remote_password.encode(), retransmissions=1)
        except stun.TransactionError:
            return
        self.consent_at = time.monotonic()


def bind(address: str, port_range: tuple[int, int] | None) -> socket.socket:
    """A UDP socket on an address, on a free port of a range. Raises OSError."""
    sock = socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET, socket.SOCK_DGRAM)
    try:
        sock.setblocking(False)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, SOCKET_BUFFER)
        _mark(sock)
        _take_port(sock, address, port_range)
    except OSError:
        sock.close()
        raise
    return sock


def _mark(sock: socket.socket) -> None:
    # Where it is not permitted, voice goes like everything else.
    with suppress(OSError):
        if sock.family == socket.AF_INET6:
            sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_TCLASS, EXPEDITED)
        else:
            sock.setsockopt(socket.IPPROTO_IP, socket.IP_TOS, EXPEDITED)


def _take_port(sock: socket.socket, address: str, port_range: tuple[int, int] | None) -> None:
    if port_range is None:
        sock.bind((address, 0))
        return
    first, last = port_range
    for _ in range(PORT_TRIES):
        try:
            sock.bind((address, random.randint(first, last)))  # noqa: S311 - any free one
        except OSError:
            continue
        return
    raise OSError(f"no free port from {first} to {last} on {address}")
