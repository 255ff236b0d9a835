"""One caller's life: they call, wait, talk for a while, and hang up unless the other side did."""

import asyncio
import contextlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from aiortc import RTCConfiguration, RTCPeerConnection, RTCSessionDescription
from aiortc.mediastreams import MediaStreamTrack

from shiftline.apps.callers.voice import Ear, Sound, Voice
from shiftline.apps.callers.whip import CallRefusedError, Edge, WhipCall

LOOK = 0.5
"""Seconds between looks how the call stands."""
PATIENCE = 600.0
"""Seconds that a caller waits for an agent."""


_WORDS = {
    "connecting": "is being connected",
    "waiting": "waits in line",
    "ringing": "is offered to an agent, whose phone rings",
    "connected": "talks to an agent",
    "held": "is on hold",
    "lost": "lost the connection and calls back",
}


@dataclass(frozen=True, slots=True)
class Wish:
    """Whom to call and as whom: what they say, and for how many seconds they talk once they are through."""

    queue_id: str
    name: str
    sound: Sound
    seconds: float


class Caller:
    """Tells what happens by ``say``, in sentences."""

    def __init__(self, edge: Edge, wish: Wish, say: Callable[[str], None]) -> None:
        self._wish = wish
        self._call = WhipCall(edge, wish.queue_id, wish.name)
        self._say = say
        self._peer: RTCPeerConnection | None = None
        self._listening: set[asyncio.Task[None]] = set()
        self._told: tuple[object, ...] = ()
        self.voice: Voice | None = None
        self.ear = Ear()
        self.talked = False

    async def live(self) -> bool:
        """From the first ring to the end; whether an agent answered. What goes wrong is told, not raised."""
        try:
            await self._connect()
            await self._go_on()
        except CallRefusedError as refused:
            self._say(f"{self._wish.name}'s call was not taken: {refused}")
        except OSError as error:
            self._say(f"{self._wish.name} cannot reach the server: {error.strerror or error}.")
        finally:
            with contextlib.suppress(OSError):
                await self._call.hang_up()
            await self._disconnect()
        return self.talked

    async def _connect(self) -> None:
        """Offer a connection, the first or the next: a new one, since the other end is a new one too."""
        await self._disconnect()
        # No server is asked for addresses: by default aiortc asks one of somebody else's.
        peer = self._peer = RTCPeerConnection(RTCConfiguration(iceServers=[]))
        self.voice = Voice(self._wish.sound)
        peer.addTrack(self.voice)
        peer.on("track", self._hear)
        await peer.setLocalDescription(await peer.createOffer())
        answer = await self._call.offer(peer.localDescription.sdp)
        await peer.setRemoteDescription(RTCSessionDescription(answer, "answer"))

    async def _disconnect(self) -> None:
        peer, self._peer = self._peer, None
        if peer is not None:
            await peer.close()

    def _hear(self, track: MediaStreamTrack) -> None:
        task = asyncio.ensure_future(self.ear.listen(track))
        self._listening.add(task)
        task.add_done_callback(self._listening.discard)

    async def _go_on(self) -> None:
        loop = asyncio.get_running_loop()
        until = loop.time() + PATIENCE
        while loop.time() < until:
            # A server that is away for a moment ends no call: its sound goes another way.
            seen = await self._call.look() or {"state": "unknown"}
            self._tell(seen)
            match seen["state"]:
                case "ended":
                    return
                case "lost":
                    await self._call_back()
                case "connected":
                    until = until if self.talked else loop.time() + self._wish.seconds
                    self.talked = True
                    assert self.voice is not None
                    self.voice.speak()
                case _:
                    pass
            await asyncio.sleep(LOOK)
        self._say(f"{self._wish.name} {'says goodbye' if self.talked else 'has waited long enough'} and hangs up.")

    def summary(self) -> str:
        """What they heard."""
        return f"{self._wish.name} heard {self.ear.heard:.0f} s of sound."

    async def _call_back(self) -> None:
        """Connect again; where that does not work yet, the next look finds the call lost once more."""
        with contextlib.suppress(CallRefusedError, OSError):
            await self._connect()

    def _tell(self, seen: Mapping[str, Any]) -> None:
        """Say how the call stands, when that changed."""
        stands = (seen["state"], seen.get("position"))
        if stands != self._told and seen["state"] != "unknown":
            self._told = stands
            self._say(f"{self._wish.name} {_words(seen)}.")


def _words(seen: Mapping[str, Any]) -> str:
    state, place = seen["state"], seen.get("position")
    if state == "waiting" and place is not None:
        return f"waits, number {place} in line"
    return _WORDS.get(state) or f"is no longer in a call ({seen.get('endReason') or 'it ended'})"
