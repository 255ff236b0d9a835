"""Chromium as the peer, as the users have it: tones both ways, measured by the browser's own FFT and in the recordings."""

# pyright: reportPrivateUsage=false

import asyncio
import shutil
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Page, async_playwright

from media.peers import Kept, Told, decode, heard, on_uvloop, running_engine
from shiftline.calls.media.engine import Engine
from shiftline.calls.media.model import Legs, Play

CHROMIUM = shutil.which("chromium")
FLAGS = [
    "--headless=new", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--mute-audio",
    "--autoplay-policy=no-user-gesture-required", "--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream",
]  # fmt: skip
pytestmark = [pytest.mark.browser, pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed")]

SCRIPT = """
window.begin = async frequency => {
  const context = window.audio = new AudioContext();
  await context.resume();
  const tone = new OscillatorNode(context, {frequency}), quiet = new GainNode(context, {gain: 0.3});
  const destination = context.createMediaStreamDestination();
  tone.connect(quiet).connect(destination);
  tone.start();
  window.mic = destination.stream;
  const pc = window.pc = new RTCPeerConnection();
  window.states = [];
  pc.onconnectionstatechange = () => window.states.push(pc.connectionState);
  pc.ontrack = event => {
    const stream = new MediaStream([event.track]);
    const element = window.element = new Audio();
    element.srcObject = stream;
    element.play();
    window.analyser = new AnalyserNode(context, {fftSize: 8192, smoothingTimeConstant: 0});
    context.createMediaStreamSource(stream).connect(window.analyser);
  };
};
const gathered = () => new Promise(done => {
  if (pc.iceGatheringState === 'complete') done();
  else pc.addEventListener('icegatheringstatechange', () => pc.iceGatheringState === 'complete' && done());
});
window.answer = async sdp => {
  await pc.setRemoteDescription({type: 'offer', sdp});
  if (!pc.getSenders()[0].track) {
    await pc.getSenders()[0].replaceTrack(mic.getAudioTracks()[0]);
    pc.getTransceivers()[0].direction = 'sendrecv';
  }
  await pc.setLocalDescription();
  await gathered();
  return pc.localDescription.sdp;
};
window.offer = async video => {
  pc.addTrack(mic.getAudioTracks()[0], mic);
  if (video) pc.addTransceiver('video', {direction: 'sendonly'});
  await pc.setLocalDescription();
  await gathered();
  return pc.localDescription.sdp;
};
window.accept = sdp => pc.setRemoteDescription({type: 'answer', sdp});
window.restart = async () => {
  pc.restartIce();
  await pc.setLocalDescription();
  await gathered();
  const keep = /^a=(ice-ufrag|ice-pwd|candidate|mid|end-of)|^m=/;
  return pc.localDescription.sdp.split('\\r\\n').filter(line => keep.test(line)).join('\\r\\n') + '\\r\\n';
};
window.restarted = async fragment => {
  const fresh = name => fragment.match(new RegExp(`a=${name}:(.*)`))[1].trim();
  let sdp = pc.remoteDescription ? pc.remoteDescription.sdp : '';
  for (const name of ['ice-ufrag', 'ice-pwd'])
    sdp = sdp.replace(new RegExp(`a=${name}:.*`, 'g'), `a=${name}:${fresh(name)}`);
  sdp = sdp.split('\\r\\n').filter(line => !line.startsWith('a=candidate') && !line.startsWith('a=end-of')).join('\\r\\n');
  await pc.setRemoteDescription({type: 'answer', sdp});
  for (const [line] of fragment.matchAll(/candidate:.*/g))
    await pc.addIceCandidate({candidate: line.trim(), sdpMLineIndex: 0});
};
window.hears = frequencies => {
  if (!window.analyser) return [];
  const bins = new Float32Array(analyser.frequencyBinCount);
  analyser.getFloatFrequencyData(bins);
  const width = audio.sampleRate / analyser.fftSize;
  return frequencies.filter(each => Math.max(...bins.slice(Math.floor(each / width) - 2, Math.ceil(each / width) + 3)) > -45);
};
window.counts = async () => {
  const all = [...(await pc.getStats()).values()];
  const inbound = all.filter(each => each.type === 'inbound-rtp');
  const remote = all.filter(each => each.type === 'remote-inbound-rtp');
  return {streams: inbound.length, lost: inbound[0]?.packetsLost, packets: inbound[0]?.packetsReceived,
          concealed: inbound[0]?.concealedSamples, rtt: remote[0]?.roundTripTime};
};
"""
TONES = [440, 1000, 1850]


@dataclass
class Browser:
    """A page with a tone for its microphone."""

    name: str
    page: Page
    engine: Engine

    async def answer(self) -> None:
        offer = await self.engine.create_leg(self.name)
        await self.engine.set_answer(self.name, await self.page.evaluate("sdp => window.answer(sdp)", offer))

    async def offer(self, *, video: bool = False) -> None:
        answer = await self.engine.create_leg(
            self.name, await self.page.evaluate("video => window.offer(video)", video)
        )
        await self.page.evaluate("sdp => window.accept(sdp)", answer)

    async def hears(self, *tones: int, seconds: float = 30) -> None:
        """Wait until it hears these tones and no other in most of several looks."""
        looks: list[list[int]] = []
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while True:
                    await asyncio.sleep(0.3)
                    looks = [await self._look() for _ in range(5)]
                    if {tone for tone in TONES if sum(tone in look for look in looks) >= 4} == set(tones):
                        return
        raise AssertionError(f"{self.name} hears {looks}, not {tones}")

    async def _look(self) -> list[int]:
        await asyncio.sleep(0.1)
        return await self.page.evaluate("tones => window.hears(tones)", TONES)

    async def counts(self) -> dict[str, Any]:
        return await self.page.evaluate("window.counts()")


@asynccontextmanager
async def browsers(engine: Engine, *tones: float) -> AsyncGenerator[list[Browser]]:
    async with async_playwright() as playwright:
        chromium = await playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS, headless=True)
        found: list[Browser] = []
        for name, tone in zip("abc", tones, strict=False):
            page = await (await chromium.new_context()).new_page()
            await page.add_script_tag(content=SCRIPT)
            await page.evaluate("tone => window.begin(tone)", tone)
            found.append(Browser(name, page, engine))
        yield found
        await chromium.close()


async def until_connected(told: Told, *peers: Browser) -> None:
    for peer in peers:
        await told.until("connected", peer.name)


@on_uvloop
async def test_a_call_of_browsers_from_first_word_to_recording() -> None:
    async with running_engine() as (engine, told), browsers(engine, 440, 1000, 1850) as (a, b, c):
        await a.answer()
        await b.offer(video=True)
        await until_connected(told, a, b)
        # Their host candidates have names for addresses, since the pages may not use a microphone.
        assert engine.garbage["candidate.name"] >= 2
        kept = Kept()
        engine.record("b", kept)
        engine.hear("a", Legs(frozenset("b")))
        engine.hear("b", Legs(frozenset("a")))
        await asyncio.gather(a.hears(1000), b.hears(440))
        engine.silence("b", True)
        await asyncio.gather(a.hears(), b.hears(440))
        engine.silence("b", False)
        engine.hear("b", Play(("ringback",), loop=True))
        await a.hears(1000)
        # Ringback is 440 and 480 Hz with pauses, so it is not asked for here; that packets go on is.
        await c.answer()
        await until_connected(told, c)
        everyone = frozenset("abc")
        for name in everyone:
            engine.hear(name, Legs(everyone))
        await asyncio.gather(a.hears(1000, 1850), b.hears(440, 1850), c.hears(440, 1000))
        engine.hear("a", Legs(frozenset("c")))
        engine.hear("c", Legs(frozenset("a")))
        await asyncio.gather(a.hears(1850), c.hears(440))
        await a.page.evaluate("pc.getSenders()[0].dtmf.insertDTMF('4#', 100, 70)")
        await told.until("digit", "a", "#")
        assert [event[2] for event in told.events if event[0] == "digit"] == ["4", "#"]
        await asyncio.sleep(3)
        for each in (a, b, c):
            counts = await each.counts()
            assert counts["streams"] == 1
            assert counts["lost"] <= 2
            assert counts["rtt"] is not None
        stats = engine.stats("a")
        assert stats.rtt_ms is not None
        assert stats.rtt_ms < 200
        assert stats.mos is not None
        assert stats.mos > 4
        engine.stop_recording("b")
        assert await b.page.evaluate("window.states.includes('disconnected')") is False
    sound = decode(kept.data)
    assert kept.summary is not None
    assert kept.summary.lost == 0
    assert heard(sound[24_000:48_000]) == {1000.0}


@on_uvloop
async def test_a_browser_restarts_ice_and_takes_another_engines_offer_on_the_same_connection(tmp_path: Path) -> None:
    async with running_engine() as (engine, told), browsers(engine, 440, 1000) as (a, b):
        await a.answer()
        await b.offer()
        await until_connected(told, a, b)
        engine.hear("a", Legs(frozenset("b")))
        engine.hear("b", Legs(frozenset("a")))
        await b.hears(440)
        before = engine._legs["b"].transport.ice
        answer = await engine.restart_ice("b", await b.page.evaluate("window.restart()"))
        await b.page.evaluate("fragment => window.restarted(fragment)", answer)
        await asyncio.gather(a.hears(1000), b.hears(440))
        assert engine._legs["b"].transport.ice is not before
        prompt = Kept()
        engine.record("b", prompt)
        await asyncio.sleep(1)
        engine.stop_recording("b")
        (tmp_path / "tone.ogg").write_bytes(prompt.data)
        # The process of the first engine died: the softphone is offered a new leg on the connection that it has.
        async with running_engine(prompts=tmp_path) as (other, news):
            await engine.close()
            a.engine = other
            await a.answer()
            await news.until("connected", "a")
            kept = Kept()
            other.record("a", kept)
            other.hear("a", Play(("tone",), loop=True))
            await a.hears(1000)
            other.stop_recording("a")
            assert heard(decode(kept.data)[12_000:]) == {440.0}
