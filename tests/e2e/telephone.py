"""Both ends of a call: a web caller by WHIP on an independent WebRTC stack, and the vendor's SDK in a page that can be listened to."""

import asyncio
import contextlib
import fractions
import tempfile
import wave
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import av
import httpx
import numpy as np
from aiortc import MediaStreamTrack, RTCConfiguration, RTCPeerConnection, RTCSessionDescription
from playwright.async_api import Browser, Page, async_playwright

from e2e.stage import CHROMIUM, FLAGS, Demo, serving_page

RATE = 48_000
FRAME = 960
QUIET = 60.0
"""Of 32768: what is softer is silence."""
AGENT_TONE = 1000
CALLER_TONE = 700
ON_QUEUE = "e08eaf1b-ee47-4fa9-a231-1200e284798f"
LISTENING = [
    "--autoplay-policy=no-user-gesture-required",
    "--allow-loopback-in-peer-connection",
    "--disable-features=WebRtcHideLocalIpsWithMdns",
]


class Tone(MediaStreamTrack):
    """A steady tone in real time."""

    kind = "audio"

    def __init__(self, hertz: int) -> None:
        super().__init__()
        self.hertz, self._position, self._began = hertz, 0, 0.0

    async def recv(self) -> av.AudioFrame:
        loop = asyncio.get_running_loop()
        self._began = self._began or loop.time()
        await asyncio.sleep(max(0.0, self._began + self._position / RATE - loop.time()))
        times = (np.arange(FRAME) + self._position) / RATE
        samples = (8000 * np.sin(2 * np.pi * self.hertz * times)).astype(np.int16)
        frame = av.AudioFrame.from_ndarray(samples.reshape(1, -1), format="s16", layout="mono")
        frame.sample_rate, frame.pts, frame.time_base = RATE, self._position, fractions.Fraction(1, RATE)
        self._position += FRAME
        return frame


def loudest(samples: np.ndarray[Any, Any], seconds: float = 0.5) -> int | None:
    """The strongest frequency of the last half second in Hz; 0 for silence, None for too little sound to tell."""
    wanted = int(RATE * seconds)
    if len(samples) < wanted:
        return None
    recent = samples[-wanted:].astype(float)
    if np.abs(recent).max() < QUIET:
        return 0
    spectrum = np.abs(np.fft.rfft(recent * np.hanning(wanted)))
    return round(int(spectrum.argmax()) * RATE / wanted)


@dataclass
class WebCaller:
    """A caller from the web, by WHIP."""

    client: httpx.AsyncClient
    queue_id: str
    hertz: int = CALLER_TONE
    location: str = ""
    heard: np.ndarray[Any, Any] = field(default_factory=lambda: np.zeros(0, np.int16))
    connection: RTCPeerConnection | None = None

    async def offer(self) -> str:
        """A new connection and its offer."""
        if self.connection is not None:
            await self.connection.close()
        self.connection = RTCPeerConnection(RTCConfiguration(iceServers=[]))
        self.connection.addTrack(Tone(self.hertz))
        self.connection.on("track", self._listen)
        await self.connection.setLocalDescription(await self.connection.createOffer())
        return self.connection.localDescription.sdp

    async def call(self, **headers: str) -> httpx.Response:
        """Ring the queue."""
        response = await self.client.post(
            f"/api/v2/shiftline/calls/whip/{self.queue_id}",
            content=await self.offer(),
            headers={"content-type": "application/sdp", **headers},
        )
        if response.status_code == 201:
            self.location = response.headers["location"]
            await self.take_answer(response.text)
        return response

    async def renew(self) -> httpx.Response:
        """Make the offer anew on the same call."""
        response = await self.client.post(
            self.location, content=await self.offer(), headers={"content-type": "application/sdp"}
        )
        if response.status_code == 200:
            await self.take_answer(response.text)
        return response

    async def take_answer(self, answer: str) -> None:
        """Go on with what was answered to an offer."""
        assert self.connection is not None
        await self.connection.setRemoteDescription(RTCSessionDescription(answer, "answer"))

    async def status(self) -> dict[str, Any]:
        return (await self.client.get(self.location)).json()

    async def until(self, *states: str, timeout: float = 20) -> dict[str, Any]:
        """Wait for a state of the call."""
        async with asyncio.timeout(timeout):
            while True:
                status = await self.status()
                if status.get("state") in states:
                    return status
                await asyncio.sleep(0.1)

    async def hears(self, wanted: int, timeout: float = 10, within: int = 12) -> bool:
        """Whether a frequency becomes what is heard, steadily."""
        seen = 0
        for _ in range(int(timeout / 0.25)):
            await asyncio.sleep(0.25)
            now = loudest(self.heard)
            seen = seen + 1 if now is not None and abs(now - wanted) <= within else 0
            if seen >= 2:
                return True
        return False

    async def hang_up(self) -> None:
        if self.location:
            await self.client.delete(self.location)

    def retune(self, hertz: int) -> None:
        """Give another tone from now on."""
        assert self.connection is not None
        for sender in self.connection.getSenders():
            cast("Tone", sender.track).hertz = hertz

    async def vanish(self) -> None:
        """Go without a word."""
        if self.connection is not None:
            await self.connection.close()

    def _listen(self, track: MediaStreamTrack) -> None:
        asyncio.ensure_future(self._take(track))  # noqa: RUF006 - it ends with the track

    async def _take(self, track: MediaStreamTrack) -> None:
        resampler = av.AudioResampler(format="s16", layout="mono", rate=RATE)
        with contextlib.suppress(Exception):
            while True:
                for frame in resampler.resample(cast("av.AudioFrame", await track.recv())):
                    self.heard = np.concatenate([self.heard, frame.to_ndarray().reshape(-1)])[-2 * RATE :]


@asynccontextmanager
async def web_caller(demo: Demo, queue_id: str, hertz: int = CALLER_TONE) -> AsyncGenerator[WebCaller]:
    """A caller who hangs up at the end."""
    async with demo.client() as client:
        caller = WebCaller(client, queue_id, hertz)
        try:
            yield caller
        finally:
            with contextlib.suppress(Exception):
                await caller.hang_up()
            await caller.vanish()


def write_tone(path: Path, hertz: int, seconds: int = 10) -> None:
    """A WAV file for Chromium's fake microphone, which plays it again and again."""
    samples = (12000 * np.sin(2 * np.pi * hertz * np.arange(RATE * seconds) / RATE)).astype(np.int16)
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(samples.tobytes())


@asynccontextmanager
async def listening_browser(hertz: int = AGENT_TONE) -> AsyncGenerator[Browser]:
    """A Chromium whose microphone gives a tone, and that lets connections use loopback."""
    with tempfile.TemporaryDirectory(prefix="shiftline-tone-") as folder:
        tone = Path(folder) / "tone.wav"
        write_tone(tone, hertz)
        async with async_playwright() as playwright:
            browser = await playwright.chromium.launch(
                executable_path=CHROMIUM,
                args=[*FLAGS, *LISTENING, f"--use-file-for-fake-audio-capture={tone}"],
                headless=True,
            )
            try:
                yield browser
            finally:
                await browser.close()


LISTEN = """
// Every track that any connection of the page receives is listened to, whatever session it belongs to.
window.analysers = [];
const Native = window.RTCPeerConnection;
window.RTCPeerConnection = function (...given) {
  const peer = new Native(...given);
  peer.addEventListener('track', event => {
    const stream = new MediaStream([event.track]);
    const element = document.createElement('audio');
    element.srcObject = stream; document.body.append(element); element.play();
    window.audio = window.audio || new AudioContext();
    const analyser = window.audio.createAnalyser();
    analyser.fftSize = 8192; analyser.smoothingTimeConstant = 0;
    window.audio.createMediaStreamSource(stream).connect(analyser);
    window.analysers.push([peer, analyser]);
  });
  return peer;
};
window.RTCPeerConnection.prototype = Native.prototype;
Object.setPrototypeOf(window.RTCPeerConnection, Native);
window.hears = () => {
  let loudest = [-Infinity, 0];
  for (const [peer, analyser] of window.analysers) {
    if (peer.connectionState === 'closed') continue;
    const levels = new Float32Array(analyser.frequencyBinCount);
    analyser.getFloatFrequencyData(levels);
    for (let i = 2; i < levels.length; i++)
      if (levels[i] > loudest[0]) loudest = [levels[i], i * window.audio.sampleRate / analyser.fftSize];
  }
  return window.analysers.length ? (loudest[0] < -75 ? 0 : Math.round(loudest[1])) : null;
};
// What the SDK tells is noted from its first moment on: a persistent connection begins while it still initializes.
window.calls = {events: []};
let phone;
Object.defineProperty(window, 'sdk', {
  get: () => phone,
  set: sdk => {
    phone = sdk;
    const describe = (name, value) => {
      if (name === 'sdkError') return {message: String(value && value.message), type: value && value.type};
      if (name === 'sessionStarted' || name === 'sessionEnded') return {id: value.id, conversationId: value.conversationId};
      if (name === 'conversationUpdate')
        return {added: value.added.map(each => each.conversationId), removed: value.removed.map(each => each.conversationId),
                current: value.current.map(each => ({conversationId: each.conversationId, call: each.mostRecentCallState}))};
      return {conversationId: value.conversationId, sessionId: value.sessionId, autoAnswer: value.autoAnswer};
    };
    for (const name of ['pendingSession', 'cancelPendingSession', 'handledPendingSession', 'sessionStarted', 'sessionEnded',
                        'conversationUpdate', 'sdkError'])
      sdk.on(name, value => {
        let told; try { told = describe(name, value); } catch (error) { told = {error: String(error)}; }
        window.calls.events.push([name, told]);
      });
  },
});
"""


@dataclass
class Telephone:
    """The vendor's SDK in a page, with what it told and what its user hears."""

    page: Page
    demo: Demo
    agent: dict[str, Any]

    async def begin(self, **options: Any) -> None:
        """Start the SDK; it is ready or the test fails."""
        whole = {"accessToken": self.agent["accessToken"], "environment": f"localhost:{self.demo.port}", **options}
        outcome = await self.page.evaluate("([options]) => window.begin(options, [])", [whole])
        assert outcome == "ready", outcome

    async def go_on_queue(self) -> None:
        async with self.client() as client:
            response = await client.patch(
                f"/api/v2/users/{self.agent['userId']}/presences/purecloud",
                json={"presenceDefinition": {"id": ON_QUEUE}},
            )
            assert response.status_code == 200, response.text

    async def leave_queue(self) -> None:
        """Off queue, so that the next test's caller goes elsewhere."""
        async with self.client() as client:
            await client.patch(
                f"/api/v2/users/{self.agent['userId']}/presences/purecloud",
                json={"presenceDefinition": {"systemPresence": "Available"}},
            )

    def client(self) -> httpx.AsyncClient:
        """The API as the agent."""
        return self.demo.client(self.agent["accessToken"])

    async def events(self, name: str) -> list[dict[str, Any]]:
        """What the SDK told so far, of one kind."""
        return [told for kind, told in await self.page.evaluate("window.calls.events") if kind == name]

    async def told(self, name: str, conversation_id: str | None = None, timeout: float = 15) -> dict[str, Any]:
        """Wait until the SDK tells something (of a conversation)."""
        async with asyncio.timeout(timeout):
            while True:
                for each in await self.events(name):
                    if conversation_id is None or each.get("conversationId") == conversation_id:
                        return each
                await asyncio.sleep(0.05)

    async def until_seen(self, name: str, times: int = 1, timeout: float = 20) -> None:
        """Wait until the SDK's connection told something so often since its start."""
        await self.page.wait_for_function(
            "([name, times]) => window.seen.filter(each => each[0] === name).length >= times",
            arg=[name, times],
            timeout=timeout * 1000,
        )

    async def do(self, method: str, conversation_id: str, **more: Any) -> Any:
        """Call a method of the SDK for a conversation, such as ``acceptPendingSession``."""
        return await self.page.evaluate(
            "([method, options]) => window.sdk[method](options)", [method, {"conversationId": conversation_id, **more}]
        )

    async def begin_to(self, method: str, conversation_id: str) -> None:
        """The same without waiting for what comes of it."""
        await self.page.evaluate(
            "([method, options]) => { Promise.resolve(window.sdk[method](options)).catch(() => {}); }",
            [method, {"conversationId": conversation_id}],
        )

    async def hears(self, wanted: int, timeout: float = 10, within: int = 15) -> bool:
        """Whether a frequency becomes what is heard, steadily; 0 is silence."""
        seen = 0
        for _ in range(int(timeout / 0.25)):
            await asyncio.sleep(0.25)
            now = await self.page.evaluate("window.hears()")
            seen = seen + 1 if now is not None and abs(now - wanted) <= within else 0
            if seen >= 2:
                return True
        return False

    async def conversation(self, conversation_id: str) -> dict[str, Any]:
        async with self.client() as client:
            return (await client.get(f"/api/v2/conversations/{conversation_id}")).json()

    async def routing_status(self) -> str:
        async with self.client() as client:
            return (await client.get(f"/api/v2/users/{self.agent['userId']}/routingstatus")).json()["status"]


@asynccontextmanager
async def telephone(browser: Browser, demo: Demo, bundle: Path, agent: dict[str, Any]) -> AsyncGenerator[Telephone]:
    """A fresh browser profile with the vendor's bundle, for one agent."""
    with serving_page(bundle) as origin:
        context = await browser.new_context(ignore_https_errors=True, permissions=["microphone"])
        try:
            page = await context.new_page()
            await page.add_init_script(LISTEN)
            await page.goto(f"{origin}/")
            yield Telephone(page, demo, agent)
        finally:
            await context.close()


async def eventually(condition: Any, timeout: float = 15, every: float = 0.1) -> Any:
    """The first truthy answer of an async function."""
    async with asyncio.timeout(timeout):
        while True:
            if found := await condition():
                return found
            await asyncio.sleep(every)
