"""Who hears whom, by the frequency of what arrives at peers that decode it."""

import asyncio
from pathlib import Path

import numpy as np
import pytest

from media.peers import (
    Kept,
    all_hear,
    connected,
    decode,
    heard,
    on_uvloop,
    peering,
    running_engine,
    talking,
    until_sent,
)
from shiftline.calls.media.model import Legs, LegUnknown, Play, PromptUnknown, Silence

A, B, C = 440.0, 1000.0, 1850.0


@on_uvloop
async def test_two_hear_each_other_and_not_themselves() -> None:
    async with talking() as (engine, told, a, b):
        await all_hear((a, {B}), (b, {A}))
        assert not [event for event in told.events if event[0] == "failed"]
        assert not engine.garbage


@on_uvloop
async def test_a_silenced_leg_is_not_heard_but_goes_on_hearing_and_its_listener_gets_silent_packets() -> None:
    async with talking() as (engine, _, a, b):
        await all_hear((a, {B}), (b, {A}))
        engine.silence("a", True)
        await all_hear((a, {B}), (b, set()))
        await until_sent(engine, "b", 50)
        engine.silence("a", False)
        await b.hears(A)


@on_uvloop
async def test_a_source_is_changed_without_a_gap_in_what_the_browser_counts() -> None:
    async with running_engine() as (engine, told), peering(engine, A, B, C) as peers:
        a, b, c = peers
        await asyncio.gather(a.answer(), b.answer(), c.answer())
        await connected(told, a, b, c)
        for source, expected in ((b, B), (c, C), (b, B)):
            engine.hear("a", Legs(frozenset({source.name})))
            await a.hears(expected)
        engine.hear("a", Silence())
        await a.hears()
        received = [each for each in (await a.connection.getStats()).values() if each.type == "inbound-rtp"]
        assert len(received) == 1
        assert received[0].packetsLost == 0


@on_uvloop
async def test_a_prompt_is_played_once_or_again_and_again(tmp_path: Path) -> None:
    async with talking() as (engine, _, a, __):
        await a.hears(B)
        kept = Kept()
        engine.record("b", kept)
        await asyncio.sleep(1)
        engine.stop_recording("b")
        (tmp_path / "tone.ogg").write_bytes(kept.data)
    async with running_engine(prompts=tmp_path) as (engine, told), peering(engine, None) as (c,):
        await c.offer()
        await connected(told, c)
        engine.hear("a", Play(("tone",), loop=True))
        for _ in range(4):
            await c.hears(B)
        engine.hear("a", Play(("tone",)))
        await c.hears()
        engine.hear("a", Play(("tone", "tone", "tone")))
        await c.hears(B)
        await c.hears()
        with pytest.raises(PromptUnknown):
            engine.hear("a", Play(("../../etc/passwd",)))
        with pytest.raises(PromptUnknown):
            engine.hear("a", Play(("missing",)))


@on_uvloop
async def test_three_hear_the_other_two_each() -> None:
    async with running_engine() as (engine, told), peering(engine, A, B, C) as peers:
        a, b, c = peers
        everyone = frozenset("abc")
        for peer in peers:
            await peer.answer()
            # A leg that is named among its own sources does not hear itself.
            engine.hear(peer.name, Legs(everyone))
        await connected(told, *peers)
        await all_hear((a, {B, C}), (b, {A, C}), (c, {A, B}))
        engine.silence("b", True)
        await all_hear((a, {C}), (b, {A, C}), (c, {A}))
        await engine.close_leg("c")
        engine.silence("b", False)
        for name in "ab":
            engine.hear(name, Legs(everyone - {"c"}))
        await all_hear((a, {B}), (b, {A}))


@on_uvloop
async def test_levels_are_said_before_the_leg_connects_and_saying_them_again_changes_nothing() -> None:
    async with running_engine() as (engine, told), peering(engine, A, B) as (a, b):
        offer = asyncio.create_task(a.answer())
        while "a" not in engine.legs:
            await asyncio.sleep(0)
        engine.hear("a", Legs(frozenset({"b"})))  # b does not exist yet
        engine.silence("a", True)
        await offer
        await b.answer()
        engine.hear("b", Legs(frozenset({"a"})))
        for _ in range(2):
            engine.hear("a", Legs(frozenset({"b"})))
            engine.silence("a", True)
        await connected(told, a, b)
        await all_hear((a, {B}), (b, set()))
        for call in (engine.stats, engine.stop_recording):
            with pytest.raises(LegUnknown):
                call("nobody")
        await engine.close_leg("nobody")
        with pytest.raises(ValueError, match="open already"):
            await engine.create_leg("a")


@on_uvloop
async def test_a_source_that_vanishes_is_replaced_by_silence_and_comes_back() -> None:
    async with talking() as (engine, _, a, b):
        await b.hears(A)
        track = a.connection.getSenders()[0].track
        a.connection.getSenders()[0].replaceTrack(None)
        await b.hears()
        await until_sent(engine, "b", 50)
        a.connection.getSenders()[0].replaceTrack(track)
        await b.hears(A)


@on_uvloop
async def test_a_recording_holds_what_the_leg_gave_and_silence_where_it_gave_nothing() -> None:
    async with talking() as (engine, _, __, b):
        await b.hears(A)
        kept, now = Kept(), asyncio.get_running_loop().time
        engine.record("a", kept, {"TITLE": "leg a"})
        began = now()
        await asyncio.sleep(1.5)
        muted = now() - began
        engine.silence("a", True)
        engine.record("a", kept)
        await asyncio.sleep(1.0)
        back = now() - began
        engine.silence("a", False)
        engine.hear("b", Silence())
        await asyncio.sleep(1.5)
        engine.hear("b", Legs(frozenset({"a"})))
        await asyncio.sleep(0.5)
        engine.stop_recording("a")
        lasted = now() - began
    sound, summary = decode(kept.data), kept.summary
    assert summary is not None
    assert summary.duration_ms == pytest.approx(lasted * 1000, abs=30)
    assert len(sound) / 48 == pytest.approx(summary.duration_ms, abs=1)

    def part(start: float, end: float) -> np.ndarray:
        return sound[int((start + 0.2) * 48_000) : int((end - 0.2) * 48_000)]

    assert heard(part(0, muted)) == {A}
    assert np.abs(part(muted, back)).max() < 10
    assert heard(part(back, lasted)) == {A}
    assert summary.lost == 0
    assert 50 < summary.packets <= (muted + lasted - back) * 50 + 5
    assert summary.first_packet_at is not None
    assert summary.last_packet_at is not None
    assert 2 < (summary.last_packet_at - summary.first_packet_at).total_seconds() <= lasted
    assert len(kept.times) >= 4
    assert kept.data.count(b"TITLE=leg a") == 1


@on_uvloop
async def test_what_a_killed_process_leaves_of_a_recording_is_playable_up_to_the_last_second() -> None:
    async with talking() as (engine, _, __, b):
        await b.hears(A)
        kept, now = Kept(), asyncio.get_running_loop().time
        engine.record("a", kept)
        began = now()
        await asyncio.sleep(2.5)
        until_now, lasted = kept.data, now() - began
    assert kept.summary is not None
    # The timer of a busy machine may be late by a little more.
    assert len(decode(until_now)) / 48_000 > lasted - 1.5
    assert heard(decode(until_now)[12_000:]) == {A}


@on_uvloop
async def test_keys_are_told_once_and_sent() -> None:
    # aiortc knows no telephone events, so two engines are each other's peers here; a browser presses keys in test_browser.
    async with running_engine() as (one, _), running_engine() as (two, told):
        await one.set_answer("leg", await two.create_leg("leg", await one.create_leg("leg")))
        await told.until("connected", "leg")
        one.send_digits("leg", "5#")
        one.send_digits("leg", "a")
        await told.until("digit", "leg", "A")
        assert [event[2] for event in told.events if event[0] == "digit"] == ["5", "#", "A"]
        with pytest.raises(ValueError, match="Digits"):
            one.send_digits("leg", "5x")
        assert not two.garbage
        assert two.stats("leg").lost == 0


@on_uvloop
async def test_the_other_party_hears_keys_unless_the_one_who_presses_is_silenced() -> None:
    # Two engines as phones, one between them as the server.
    async with running_engine() as (phones, _), running_engine() as (server, told), running_engine() as (other, ears):
        await phones.set_answer("a", await server.create_leg("a", await phones.create_leg("a")))
        await other.set_answer("b", await server.create_leg("b", await other.create_leg("b")))
        server.hear("b", Legs(frozenset("a")))
        await told.until("connected", "a")
        await ears.until("connected", "b")
        phones.send_digits("a", "1")
        await ears.until("digit", "b", "1")
        server.silence("a", True)
        phones.send_digits("a", "2")
        phones.send_digits("a", "4")
        # The whole of the first key is over when the next begins, and the rest of that one is heard.
        await told.until("digit", "a", "4")
        server.silence("a", False)
        phones.send_digits("a", "3")
        await ears.until("digit", "b", "3")
        assert ("digit", "b", "2") not in ears.events
        assert other.stats("b").lost == 0


async def test_it_works_in_the_standard_loop_too() -> None:
    async with talking() as (_, __, a, b):
        await all_hear((a, {B}), (b, {A}))
