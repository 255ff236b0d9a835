"""A TURN server between: coturn on loopback, the peer sees nothing but the relayed address."""

import asyncio
import shutil
import socket
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from aiortc import RTCSessionDescription

from media.peers import Tone, all_hear, connected, on_uvloop, peering, running_engine
from shiftline.calls.media.model import Legs, Relay

TURNSERVER = shutil.which("turnserver")


def free_port() -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@asynccontextmanager
async def relay(folder: Path) -> AsyncGenerator[Relay]:
    port = free_port()
    assert TURNSERVER is not None
    process = await asyncio.create_subprocess_exec(
        TURNSERVER, "-n", "--listening-ip=127.0.0.1", "--relay-ip=127.0.0.1", f"--listening-port={port}", "--user=engine:secret",
        "--realm=localhost", "--lt-cred-mech", "--allow-loopback-peers", "--no-tls", "--no-dtls", "--no-cli", "--no-tcp",
        f"--pidfile={folder / 'pid'}", f"--userdb={folder / 'users'}", "--log-file=stdout",
        stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL, cwd=folder,
    )  # fmt: skip
    try:
        await asyncio.sleep(1)
        yield Relay("127.0.0.1", port, "engine", "secret")
    finally:
        process.terminate()
        await process.wait()


@pytest.mark.skipif(TURNSERVER is None, reason="coturn is not installed")
@on_uvloop
async def test_a_peer_that_reaches_only_the_relay_is_heard_and_hears(tmp_path: Path) -> None:
    async with (
        relay(tmp_path) as server,
        running_engine(addresses=("127.0.0.1",), turn_server=server) as (engine, told),
        peering(engine, 440.0, 1000.0) as (a, b),
    ):
        await b.answer()
        offer = await engine.create_leg("a")
        relayed = [line for line in offer.split("\r\n") if not line.startswith("a=candidate:") or " typ relay" in line]
        assert any(" typ relay" in line for line in relayed)
        await a.connection.setRemoteDescription(RTCSessionDescription("\r\n".join(relayed), "offer"))
        a.connection.addTrack(Tone(440.0))
        await a.connection.setLocalDescription(await a.connection.createAnswer())
        # Told only of its addresses beyond loopback, we reach it from the relay alone: our socket is on loopback.
        await engine.set_answer("a", a.connection.localDescription.sdp)
        engine.hear("a", Legs(frozenset("b")))
        engine.hear("b", Legs(frozenset("a")))
        await connected(told, a, b)
        await all_hear((a, {1000.0}), (b, {440.0}))


@on_uvloop
async def test_a_relay_and_a_stun_server_that_do_not_answer_delay_a_leg_by_seconds_only() -> None:
    nobody = Relay("127.0.0.1", free_port(), "engine", "secret")
    async with (
        running_engine(turn_server=nobody, stun_server=("127.0.0.1", free_port())) as (engine, told),
        peering(engine, 440.0) as (a,),
    ):
        async with asyncio.timeout(10):
            await a.answer()
        await connected(told, a)
