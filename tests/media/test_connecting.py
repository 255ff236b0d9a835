"""How legs connect, and what becomes of those that cannot."""

# pyright: reportPrivateUsage=false

import asyncio
import gc
import re
import socket
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from aioice import stun
from aiortc import RTCPeerConnection, RTCSessionDescription

from media.peers import Told, connected, on_uvloop, peering, running_engine, talking
from shiftline.calls.media.candidates import own_addresses
from shiftline.calls.media.engine import Engine
from shiftline.calls.media.ice import IceConnection
from shiftline.calls.media.leg import Leg
from shiftline.calls.media.model import Legs, LegUnknown, SdpRefused

MDNS = "a=candidate:1 1 udp 2113937151 5f6a2c1e-93a1-4a53-8e7a-2b8a2c6f4c11.local 50123 typ host"
USELESS = ("a=candidate:2 1 udp 2113937151 192.0.2.1 9 typ host", "a=candidate:nonsense", MDNS)


def without_candidates(sdp: str, *instead: str) -> str:
    """A browser's description before its first candidate, or with others."""
    lines = [line for line in sdp.splitlines() if not line.startswith(("a=candidate:", "a=end-of-candidates"))]
    return "\r\n".join([*lines, *instead, "a=end-of-candidates" if instead else ""]).rstrip() + "\r\n"


def candidates_of(sdp: str) -> list[str]:
    return [line for line in sdp.splitlines() if line.startswith("a=candidate:")]


@pytest.mark.parametrize("offers", [True, False])
def test_a_peer_with_useless_candidates_is_found_when_it_checks_us(offers: bool) -> None:
    @on_uvloop
    async def run() -> None:
        async with running_engine() as (engine, told), peering(engine, 440.0) as (peer,):
            peer.answer_filter = lambda sdp: without_candidates(sdp, *USELESS)
            await (peer.answer() if offers else peer.offer())
            await connected(told, peer)
            engine_garbage = {kind: engine.garbage[kind] for kind in ("candidate.name", "candidate.malformed")}
            assert engine_garbage == {"candidate.name": 1, "candidate.malformed": 1}
            async with asyncio.timeout(10):
                while engine.stats(peer.name).packets < 5:
                    await asyncio.sleep(0.02)

    run()


@on_uvloop
async def test_candidates_may_come_later_and_before_the_answer() -> None:
    async with running_engine(addresses=("127.0.0.1",)) as (engine, told), peering(engine, 440.0, 1000.0) as (a, b):
        # The answer before its candidates; this peer does not check by itself, so only ours find it.
        a.answer_filter = without_candidates
        await a.answer()
        for line in candidates_of(a.connection.localDescription.sdp):
            await engine.add_candidate("a", f"m=0 9 RTP/AVP 0\r\n{line}")
        await engine.add_candidate("a", "a=end-of-candidates")
        # Candidates before the answer.
        offer = await engine.create_leg("b")
        await b.connection.setRemoteDescription(RTCSessionDescription(offer, "offer"))
        await b.connection.setLocalDescription(await b.connection.createAnswer())
        for line in candidates_of(b.connection.localDescription.sdp):
            await engine.add_candidate("b", f"m=0 9 RTP/AVP 0\r\n{line}")
        await engine.set_answer("b", without_candidates(b.connection.localDescription.sdp))
        await connected(told, a, b)


@on_uvloop
async def test_checks_that_never_end_fail_in_time_and_others_go_on() -> None:
    async with (
        running_engine(ice_timeout=timedelta(seconds=1)) as (engine, told),
        peering(engine, 440.0, 1000.0) as (a, b),
    ):
        await b.answer()
        offer = await engine.create_leg("a")
        await a.connection.setRemoteDescription(RTCSessionDescription(offer, "offer"))
        await a.connection.setLocalDescription(await a.connection.createAnswer())
        sdp = without_candidates(a.connection.localDescription.sdp, *USELESS)
        await a.connection.close()
        await engine.set_answer("a", sdp)
        await told.until("failed", "a", "ice.timeout")
        await connected(told, b)
        assert ("failed", "b", "ice.timeout") not in told.events
        await engine.close_leg("a")


@pytest.mark.parametrize("offers", [True, False])
def test_another_certificate_than_the_named_one_does_not_connect(offers: bool) -> None:
    @on_uvloop
    async def run() -> None:
        async with running_engine() as (engine, told), peering(engine, 440.0) as (peer,):
            peer.answer_filter = lambda sdp: re.sub(r"(a=fingerprint:sha-\d+ )..", r"\g<1>00", sdp)
            await (peer.answer() if offers else peer.offer())
            await told.until("failed", peer.name, "dtls.fingerprint")
            assert ("connected", peer.name) not in told.events

    run()


@on_uvloop
async def test_a_peer_that_leaves_is_told_at_once() -> None:
    async with talking() as (_, told, a, __):
        await a.close()
        await told.until("failed", "a", "dtls.closed")


@on_uvloop
async def test_a_peer_that_vanishes_is_dead_and_recovers_when_it_comes_back() -> None:
    async with talking(media_timeout=timedelta(seconds=1.5)) as (_, told, a, b):
        ports = a.connection.getSenders()[0].transport.transport._connection._protocols
        wires = [port.transport for port in ports]
        for port in ports:
            port.transport = CutWire()
        await told.until("failed", "a", "media.dead")
        assert ("failed", "b", "media.dead") not in told.events
        for port, wire in zip(ports, wires, strict=True):
            port.transport = wire
        await told.until("recovered", "a")
        await b.hears(440.0)


class CutWire(asyncio.DatagramTransport):
    """A transport that nothing leaves."""

    def sendto(self, data: Any, addr: Any = None) -> None:
        pass


@on_uvloop
async def test_addresses_ports_and_the_public_address_are_options() -> None:
    options = {
        "addresses": ("127.0.0.1", own_addresses()[0]),
        "port_range": (41_000, 41_010),
        "advertised": "203.0.113.7",
    }
    async with running_engine(**options) as (engine, told), peering(engine, 440.0) as (peer,):
        await peer.answer()
        offer = peer.connection.remoteDescription.sdp
        found = [line.split() for line in candidates_of(offer)]
        assert {(words[4], words[7]) for words in found} == {
            ("127.0.0.1", "host"),
            (own_addresses()[0], "host"),
            ("203.0.113.7", "srflx"),
        }
        assert all(41_000 <= int(words[5]) <= 41_010 for words in found)
        assert "c=IN IP4 203.0.113.7" in offer
        await connected(told, peer)
        taken = {int(words[5]) for words in found}
    # All ports are free again.
    for port in taken:
        with closing(socket.socket(socket.AF_INET, socket.SOCK_DGRAM)) as probe:
            probe.bind(("127.0.0.1", port))


@on_uvloop
async def test_a_caller_that_only_begins_or_only_waits_for_the_handshake_connects() -> None:
    for setup in ("active", "passive"):
        async with running_engine() as (engine, told):
            caller = RTCPeerConnection()
            caller.addTransceiver("audio")
            await caller.setLocalDescription(await caller.createOffer())
            offer = caller.localDescription.sdp.replace("a=setup:actpass", f"a=setup:{setup}")
            answer = await engine.create_leg("caller", offer)
            assert f"a=setup:{'passive' if setup == 'active' else 'active'}" in answer
            await caller.setRemoteDescription(RTCSessionDescription(answer, "answer"))
            await told.until("connected", "caller")
            await caller.close()


@on_uvloop
async def test_an_answer_is_taken_once() -> None:
    async with running_engine() as (engine, told), peering(engine, 440.0) as (peer,):
        await peer.answer()
        answer = peer.connection.localDescription.sdp
        await engine.set_answer("a", answer)
        with pytest.raises(SdpRefused, match="already"):
            await engine.set_answer("a", answer + "a=x\r\n")
        with pytest.raises(SdpRefused, match=r"setup"):
            await engine.create_leg("b")
            await engine.set_answer("b", answer.replace("a=setup:active", "a=setup:actpass"))
        await connected(told, peer)


@on_uvloop
async def test_ice_restarts_on_new_addresses_while_the_keys_stay() -> None:
    async with running_engine() as (one, _), talking() as (two, told, a, b):
        # aiortc cannot restart: another engine is the caller here.
        answer = await two.create_leg("caller", await one.create_leg("caller"))
        await one.set_answer("caller", answer)
        await told.until("connected", "caller")
        two.hear("caller", Legs(frozenset({"a"})))
        leg = one._legs["caller"]
        before = two._legs["caller"].transport.ice
        fresh = _fresh(one)
        await fresh.gather_candidates()
        lines = "".join(f"a=candidate:{line}\r\n" for line in fresh.candidate_lines())
        ours = f"a=ice-ufrag:{fresh.local_username}\r\na=ice-pwd:{fresh.local_password}\r\nm=audio 9 RTP/AVP 0\r\na=mid:0\r\n{lines}"
        theirs = await two.restart_ice("caller", ours)
        assert "a=ice-ufrag:" in theirs
        assert "a=candidate:" in theirs
        fresh.carrier = leg.transport
        fresh.remote_username, fresh.remote_password = (
            re.search(rf"a=ice-{name}:(\S+)", theirs)[1]  # type: ignore[index]
            for name in ("ufrag", "pwd")
        )
        await asyncio.wait_for(fresh.connect(), 15)
        old, leg.transport.ice, leg.transport._link.ice = leg.transport.ice, fresh, fresh
        leg.transport.route_changed()
        await old.close()
        async with asyncio.timeout(10):
            while two._legs["caller"].transport.ice is before:
                await asyncio.sleep(0.02)
            packets = one.stats("caller").packets
            while one.stats("caller").packets - packets < 25:
                await asyncio.sleep(0.02)
        # Packets under way while the addresses changed may be lost, no more.
        assert one.stats("caller").lost <= 10
        assert two.stats("caller").lost <= 10
        # The same credentials again only add candidates.
        assert not await two.restart_ice("caller", ours)
        del a, b


def _fresh(engine: Engine) -> IceConnection:
    leg = engine._legs["caller"]
    return IceConnection(leg.transport, leg._around.options, controlling=True)


@on_uvloop
async def test_a_leg_may_be_closed_at_any_moment() -> None:
    async with running_engine() as (engine, _), peering(engine, 440.0) as (peer,):
        making = asyncio.create_task(engine.create_leg("early"))
        await asyncio.sleep(0)
        await engine.close_leg("early")
        with pytest.raises(LegUnknown):
            await making
        making = asyncio.create_task(engine.create_leg("given-up"))
        await asyncio.sleep(0)
        making.cancel()
        await asyncio.wait((making,))
        await peer.answer()
        await engine.close_leg("a")
        assert engine.legs == frozenset()


@on_uvloop
async def test_a_request_of_a_stranger_is_not_answered() -> None:
    async with talking() as (engine, _, a, __):
        host, port = next(
            line.split()[4:6] for line in candidates_of(a.connection.remoteDescription.sdp) if "127.0.0.1" in line
        )
        request = stun.Message(stun.Method.BINDING, stun.Class.REQUEST)
        request.attributes["USERNAME"] = "x:y"
        request.attributes["PRIORITY"] = 1
        request.add_message_integrity(b"wrong")
        with closing(socket.socket(socket.AF_INET, socket.SOCK_DGRAM)) as stranger:
            stranger.setblocking(False)
            stranger.sendto(bytes(request), (host, int(port)))
            await asyncio.sleep(0.3)
            with pytest.raises(BlockingIOError):
                stranger.recv(1500)
        assert engine.garbage["stun.unauthenticated"] == 1


@on_uvloop
async def test_closed_legs_leave_nothing_behind() -> None:
    async with running_engine() as (one, _), running_engine() as (two, told):
        await _call(one, two, told, "first")
        gc.collect()
        files, tasks = len(list(Path("/proc/self/fd").iterdir())), len(asyncio.all_tasks())
        for number in range(10):
            await _call(one, two, told, f"leg{number}")
            await one.create_leg(f"unanswered{number}")
            await one.close_leg(f"unanswered{number}")
        await asyncio.sleep(0.2)
        gc.collect()
        assert len(list(Path("/proc/self/fd").iterdir())) == files
        assert len(asyncio.all_tasks()) == tasks
        assert not [thing for thing in gc.get_objects() if isinstance(thing, Leg)]


async def _call(one: Engine, two: Engine, told: Told, name: str) -> None:
    await one.set_answer(name, await two.create_leg(name, await one.create_leg(name)))
    await told.until("connected", name)
    await asyncio.sleep(0.05)
    await one.close_leg(name)
    await two.close_leg(name)
