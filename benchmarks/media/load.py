"""The load: two-party calls whose packets were encrypted before, so that little but sending and receiving is left while it is measured.

The headers of SRTP are not encrypted: a packet is told by its sequence number, whose distance from ours is found by decrypting a few. Each leg
sends 50 packets a second, spread evenly over the legs. ``python -m benchmarks.media.load`` takes one JSON line and prints one.
"""

import asyncio
import gc
import json
import os
import select
import socket
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from struct import Struct
from typing import Any

from aiortc import RTCCertificate

from benchmarks.media import LOAD, prefer, rtpengine
from benchmarks.processes import TICKS
from shiftline.calls.media.model import EngineOptions
from shiftline.calls.media.rtp import parse_rtp, write_rtp
from shiftline.calls.media.sdp.model import OPUS, LocalMedia, RemoteDescription
from shiftline.calls.media.sdp.reading import read_answer, read_offer
from shiftline.calls.media.sdp.writing import write_answer, write_offer
from shiftline.calls.media.transport import Transport

SPACING = 0.02
PAYLOAD = 80
"""Bytes of 20 ms at 32 kb/s."""
WARM_UP = 1.0
LOOK_EVERY = 50
"""Every so many received packets one is decrypted."""
MARK = Struct("!BIII")
TOGETHER = 4
"""Handshakes at once: more would time out where the machine is slow."""


@dataclass(frozen=True)
class Order:
    """What to do. server: the port of our engine; none: rtpengine's control port, or neither: the two ends connect directly."""

    calls: int
    seconds: float
    pids: list[int]
    servers: list[int] = field(default_factory=list[int])
    rtpengine: int | None = None
    core: int | None = None


class Leg:
    """One end of a call."""

    def __init__(self, number: int, certificate: RTCCertificate, *, offers: bool) -> None:
        self.number = number
        self.transport = Transport(self, EngineOptions(addresses=("127.0.0.1",)), certificate, offers=offers)
        self._fingerprint = next(each for each in certificate.getFingerprints() if each.algorithm == "sha-256")
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.packets: list[bytes] = []
        self.sent: list[float] = []
        self.arrived: dict[int, float] = {}
        self.seen = 0
        self.shift: int | None = None
        self.misplaced = 0

    def describe(self) -> LocalMedia:
        ice, mark = self.transport.ice, self.number + 1
        print_ = (self._fingerprint.algorithm, self._fingerprint.value)
        return LocalMedia(
            mark, ice.credentials, print_, mark, f"leg{mark}", ice.candidate_lines(), ice.default_address()
        )

    async def connect(self, remote: RemoteDescription) -> None:
        self.transport.connect(remote)
        for line in remote.candidates:
            await self.transport.ice.add_line(line)

    def receive_rtp(self, data: bytes) -> None: ...

    def receive_rtcp(self, data: bytes) -> None: ...

    def garbage(self, kind: str) -> None: ...

    def connected(self) -> None:
        self.done.set_result(None)

    def failed(self, reason: str) -> None:
        if not self.done.done():
            self.done.set_exception(ConnectionError(reason))

    def prepare(self, count: int) -> None:
        """Encrypt all packets, and take the socket over."""
        filler = os.urandom(PAYLOAD - MARK.size)
        for place in range(count):
            payload = MARK.pack(0x78, self.number, place, 0) + filler
            packet = write_rtp(OPUS, place, place * 960, self.number + 1, payload, marker=not place)
            self.packets.append(self.transport._dtls.protect(packet))  # noqa: SLF001 # pyright: ignore[reportPrivateUsage]
        route = self.transport.ice._nominated[1]  # noqa: SLF001 # pyright: ignore[reportPrivateUsage]
        inner = route.protocol.transport.get_extra_info("socket")
        self.socket = socket.socket(fileno=os.dup(inner.fileno()))
        self.socket.setblocking(False)
        self.target = route.remote_addr

    def take(self, data: bytes, now: float, other: "Leg") -> None:
        """Place a received packet."""
        sequence = data[2] << 8 | data[3]
        self.seen += 1
        if self.shift is None or not self.seen % LOOK_EVERY:
            place = self._look(data, other)
            if place is None:
                return
            if self.shift is None:
                self.shift = place - sequence
            self.misplaced += sequence + self.shift & 0xFFFF != place
        self.arrived[sequence + self.shift & 0xFFFF] = now

    def _look(self, data: bytes, other: "Leg") -> int | None:
        payload = parse_rtp(self.transport._dtls.unprotect(data)).payload  # noqa: SLF001 # pyright: ignore[reportPrivateUsage]
        if len(payload) != PAYLOAD:
            return None
        _, number, place, _ = MARK.unpack_from(payload)
        return place if number == other.number else None


async def connect(order: Order) -> list[tuple[Leg, Leg]]:
    """All calls, a few at a time."""
    certificate = RTCCertificate.generateCertificate()
    ways = [await asyncio.open_connection("127.0.0.1", port, limit=1 << 20) for port in order.servers]
    locks = [asyncio.Lock() for _ in ways]
    gate = asyncio.Semaphore(TOGETHER)
    control = None if order.rtpengine is None else await rtpengine.Control.open(order.rtpengine)

    async def one(number: int) -> tuple[Leg, Leg]:
        async with gate:
            a = Leg(2 * number, certificate, offers=True)
            b = Leg(2 * number + 1, certificate, offers=bool(ways))
            await asyncio.gather(a.transport.gather(), b.transport.gather())
            if ways:
                place = number % len(ways)
                async with locks[place]:
                    await _through_ours(ways[place], number, a, b)
            elif control is not None:
                await _through_rtpengine(control, number, a, b)
            else:
                await _directly(a, b)
            await asyncio.wait_for(asyncio.gather(a.done, b.done), 30)
            return a, b

    return await asyncio.gather(*(one(number) for number in range(order.calls)))


async def _through_ours(way: tuple[asyncio.StreamReader, asyncio.StreamWriter], number: int, a: Leg, b: Leg) -> None:
    offers = [write_offer(leg.describe()) for leg in (a, b)]
    way[1].write(json.dumps({"call": number, "offers": offers}).encode() + b"\n")
    for leg, answer in zip((a, b), json.loads(await way[0].readline()), strict=True):
        await leg.connect(read_answer(answer))


async def _through_rtpengine(control: rtpengine.Control, number: int, a: Leg, b: Leg) -> None:
    call = f"call{number}"
    offer = read_offer(await control.offer(call, write_offer(a.describe())))
    answer = await control.answer(call, write_answer(offer, b.describe()))
    await b.connect(offer)
    await a.connect(read_answer(answer))


async def _directly(a: Leg, b: Leg) -> None:
    offer = read_offer(write_offer(a.describe()))
    answer = read_answer(write_answer(offer, b.describe()))
    await asyncio.gather(a.connect(answer), b.connect(offer))


def cpu_seconds(pids: list[int]) -> float:
    """Processor time of processes so far, user and system."""
    total = 0.0
    for pid in pids:
        words = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        total += sum(map(int, words[11:13])) / TICKS
    return total


class Run:
    """Sends and receives everything, in one thread without a loop."""

    def __init__(self, calls: list[tuple[Leg, Leg]], order: Order) -> None:
        self._legs = [leg for call in calls for leg in call]
        self._other = {leg.number: other for a, b in calls for leg, other in ((a, b), (b, a))}
        self._order = order
        self._count = int((order.seconds + WARM_UP) / SPACING)
        self._poll = select.epoll()
        self._by_number = {leg.socket.fileno(): leg for leg in self._legs}
        for number in self._by_number:
            self._poll.register(number, select.EPOLLIN)
        self.cpu = 0.0
        self.unsent = 0

    def run(self) -> None:
        """For the time of the order; packets under way get half a second more."""
        start = time.monotonic() + 0.05
        step = SPACING / len(self._legs)
        whole = self._count * len(self._legs)
        begun_at = int(WARM_UP / SPACING) * len(self._legs)
        done, before = 0, 0.0
        while done < whole:
            now = time.monotonic()
            while done < whole and start + done * step <= now:
                if done == begun_at:
                    before = cpu_seconds(self._order.pids)
                self._send(self._legs[done % len(self._legs)], done // len(self._legs))
                done += 1
            self._receive(max(start + done * step - time.monotonic(), 0))
        self.cpu = cpu_seconds(self._order.pids) - before
        end = time.monotonic() + 0.5
        while time.monotonic() < end:
            self._receive(0.05)

    def _send(self, leg: Leg, place: int) -> None:
        leg.sent.append(time.monotonic())
        try:
            leg.socket.sendto(leg.packets[place], leg.target)
        except BlockingIOError:
            self.unsent += 1

    def _receive(self, wait: float) -> None:
        for number, _ in self._poll.poll(wait):
            leg = self._by_number[number]
            try:
                data = leg.socket.recv(2048)
            except BlockingIOError:
                continue
            if data[0] & 0xC0 == 0x80 and not 192 <= data[1] <= 223:
                leg.take(data, time.monotonic(), self._other[leg.number])

    def found(self) -> dict[str, Any]:
        """Loss and delay after the warm-up."""
        first = int(WARM_UP / SPACING)
        delays: list[float] = []
        expected = 0
        for leg in self._legs:
            sent = self._other[leg.number].sent
            expected += self._count - first
            delays += [leg.arrived[place] - sent[place] for place in range(first, self._count) if place in leg.arrived]
        delays.sort()
        return {
            "calls": self._order.calls,
            "seconds": self._order.seconds,
            "loss": round(1 - len(delays) / expected, 6),
            "delay_p50_ms": _at(delays, 0.5),
            "delay_p99_ms": _at(delays, 0.99),
            "delay_p999_ms": _at(delays, 0.999),
            "cpu_ms_per_call_second": round(self.cpu * 1000 / self._order.calls / self._order.seconds, 2),
            "cpu_share": round(self.cpu / self._order.seconds, 3),
            "misplaced": sum(leg.misplaced for leg in self._legs),
            "unsent": self.unsent,
        }


def _at(ordered: list[float], share: float) -> float:
    return round(ordered[min(int(len(ordered) * share), len(ordered) - 1)] * 1000, 3) if ordered else -1.0


def _end(port: int) -> dict[str, int]:
    with socket.create_connection(("127.0.0.1", port), 30) as way:
        way.sendall(b"{}\n")
        return json.loads(way.makefile().readline())


def main() -> None:
    order = Order(**json.loads(sys.stdin.readline()))
    prefer(LOAD)
    loop = asyncio.new_event_loop()
    calls = loop.run_until_complete(connect(order))
    for leg in (leg for call in calls for leg in call):
        leg.prepare(int((order.seconds + WARM_UP) / SPACING))
    gc.collect()
    gc.disable()
    run = Run(calls, order)
    run.run()
    found = run.found()
    for port in order.servers:
        found |= _end(port)
    print(json.dumps(found), flush=True)
    # The sockets end with the process: nobody waits for goodbyes.
    os._exit(0)


if __name__ == "__main__":
    main()
