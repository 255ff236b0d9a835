"""What strangers throw at the ports of a live leg: counted, never answered, and the tone goes on."""

# pyright: reportPrivateUsage=false

import asyncio
import os
import random
import socket
from contextlib import closing

from aioice import stun

from media.peers import Kept, Peer, all_hear, on_uvloop, talking, until_sent
from shiftline.calls.media.engine import Engine
from shiftline.calls.media.opus import SILENCE
from shiftline.calls.media.rtp import write_rtp
from shiftline.calls.media.sdp.model import OPUS

SEED = 20_231_027


def ports_of(peer: Peer) -> list[tuple[str, int]]:
    lines = [
        line.split() for line in peer.connection.remoteDescription.sdp.splitlines() if line.startswith("a=candidate:")
    ]
    return [(words[4], int(words[5])) for words in lines if "." in words[4]]


def rubbish(chance: random.Random) -> bytes:
    """Anything, often with a first byte that looks like STUN, DTLS, RTP or RTCP."""
    body = chance.randbytes(chance.choice((0, 1, 3, 11, 12, 19, 20, 40, 200, 1400)))
    kind = chance.randrange(7)
    if kind == 0:
        return body
    if kind == 1:  # STUN's header with a wild body
        return bytes((0, 1)) + len(body).to_bytes(2, "big") + b"\x21\x12\xa4\x42" + chance.randbytes(12) + body
    if kind == 2:  # an attribute of the wrong length
        attribute = bytes.fromhex("00240002") + b"\0\0\0\0"
        return (
            bytes((0, 1)) + len(attribute).to_bytes(2, "big") + b"\x21\x12\xa4\x42" + chance.randbytes(12) + attribute
        )
    if kind == 3:  # a DTLS alert in clear text
        return bytes.fromhex("15fefd0000000000000001000202") + b"\x28"
    first = {4: 22, 5: 0x80, 6: 0xBF}[kind]
    return bytes((first, chance.choice((111, 200, 201, 255, 0)))) + body


@on_uvloop
async def test_garbage_at_a_live_leg_is_counted_and_not_answered_while_the_tone_goes_on() -> None:
    async with talking() as (engine, told, a, b):
        chance = random.Random(SEED)
        failures: list[object] = []
        asyncio.get_running_loop().set_exception_handler(lambda _, context: failures.append(context))
        thrown = 0
        with closing(socket.socket(socket.AF_INET, socket.SOCK_DGRAM)) as stranger:
            stranger.setblocking(False)
            for _ in range(40):
                for target in ports_of(a):
                    for _ in range(20):
                        stranger.sendto(rubbish(chance), target)
                        thrown += 1
                await asyncio.sleep(0.02)
            await all_hear((a, {1000.0}), (b, {440.0}))
            answered = 0
            while True:
                try:
                    stranger.recv(1500)
                except BlockingIOError:
                    break
                answered += 1
        assert not failures
        assert answered == 0
        assert not [event for event in told.events if event[0] == "failed"]
        # The kernel may drop some of a burst; ours must all be accounted for.
        assert thrown * 0.5 < engine.garbage.total() <= thrown
        assert {
            "stun.malformed",
            "dtls.unproven",
            "rtp.unauthenticated",
            "rtcp.unauthenticated",
            "unknown",
        } <= engine.garbage.keys()


@on_uvloop
async def test_garbage_of_the_peer_itself_is_counted_too() -> None:
    async with talking() as (engine, told, a, b):
        dtls = a.connection.getSenders()[0].transport
        before = engine.garbage.total()
        chance = random.Random(SEED)
        packets = [
            b"\x80\x6f" + chance.randbytes(10),  # Opus without a payload
            b"\xa0\x6f" + chance.randbytes(10) + b"\0" * 40,  # padding of no length
            b"\x80\x05" + chance.randbytes(30),  # a payload type that nobody agreed on
            b"\x80\x6e" + chance.randbytes(11),  # a key that is cut off
            b"\x80\xc8\xff\xff" + chance.randbytes(8),  # a report longer than itself
            b"\x81\xc9\x00\x01" + chance.randbytes(4),  # a report block that is missing
        ]
        for packet in packets:
            await dtls._send_rtp(packet)
        await dtls.transport._send(b"\x16\xfe\xfd" + os.urandom(60))
        await dtls.transport._send(b"\x80")
        await asyncio.sleep(0.3)
        assert engine.garbage.total() - before >= 6
        await b.hears(440.0)
        assert not [event for event in told.events if event[0] == "failed"]


@on_uvloop
async def test_a_peer_that_knows_the_secret_cannot_make_us_check_the_whole_world() -> None:
    async with talking() as (engine, _, a, b):
        await _checks_from_many_ports(engine, ports_of(a)[0])
        assert engine.garbage["stun.many"] > 0
        await b.hears(440.0)


async def _checks_from_many_ports(engine: Engine, target: tuple[str, int]) -> None:
    ice = engine._legs["a"].transport.ice
    for _ in range(150):
        request = stun.Message(stun.Method.BINDING, stun.Class.REQUEST)
        request.attributes |= {
            "USERNAME": f"{ice.local_username}:{ice.remote_username}",
            "PRIORITY": 1,
            "ICE-CONTROLLED": 1,
        }
        request.add_message_integrity(ice.local_password.encode())
        with closing(socket.socket(socket.AF_INET, socket.SOCK_DGRAM)) as sock:
            sock.sendto(bytes(request), target)
        await asyncio.sleep(0.002)


@on_uvloop
async def test_a_peer_cannot_begin_endless_streams_or_flood_the_call() -> None:
    async with talking() as (engine, _, a, b):
        await b.hears(440.0)
        dtls = a.connection.getSenders()[0].transport
        for number in range(40):
            await dtls._send_rtp(write_rtp(OPUS, 1, 1, 1_000_000 + number, SILENCE))
        await asyncio.sleep(0.2)
        assert engine.garbage["rtp.streams"] >= 20
        for number in range(2_000):
            await dtls._send_rtp(write_rtp(OPUS, number, number, 1_000_000, SILENCE))
            if not number % 100:
                await asyncio.sleep(0.01)
        await asyncio.sleep(0.2)
        assert engine.garbage["rtp.flood"] >= 500
        await asyncio.sleep(1)
        await b.hears(440.0)


@on_uvloop
async def test_a_full_disk_costs_the_recording_and_nothing_else() -> None:
    async with talking() as (engine, _, a, b):
        sink = FullDisk()
        engine.record("a", sink)
        sink.is_full = True
        async with asyncio.timeout(10):
            while engine.garbage["sink"] < 3:
                await asyncio.sleep(0.05)
        await all_hear((a, {1000.0}), (b, {440.0}))
        engine.silence("a", True)
        await until_sent(engine, "b", 50)
        engine.stop_recording("a")


class FullDisk(Kept):
    """A sink whose disk is full from some moment on."""

    is_full = False

    def write(self, data: bytes) -> None:
        if self.is_full:
            raise OSError(28, "No space left on device")
        super().write(data)
