"""A caller's mouth and ears, and what is refused before anything rings."""

import asyncio
from pathlib import Path
from typing import Any, cast

import numpy as np
import pytest
from litestar.handlers import HTTPRouteHandler

from shiftline.apps.api import demo_routes
from shiftline.apps.callers.voice import FRAME, RATE, Ear, Voice, read_sound
from shiftline.apps.commands import run_command
from shiftline.apps.running import DEMO
from shiftline.calls.media.model import PROMPTS


def loudness(frame: np.ndarray[Any, Any]) -> float:
    return float(np.sqrt(np.mean(frame.astype(float) ** 2)))


async def test_voice_is_silent_until_told_to_speak_and_then_begins_at_the_beginning() -> None:
    sound = np.arange(1, 3 * FRAME, dtype=np.int16)
    voice = Voice(sound)
    silent = [await voice.recv() for _ in range(3)]
    voice.speak()
    spoken = [await voice.recv() for _ in range(4)]
    assert all(not frame.to_ndarray().any() for frame in silent)
    assert spoken[0].to_ndarray()[0, :3].tolist() == [1, 2, 3]
    assert spoken[3].to_ndarray()[0, :3].tolist() == [1, 2, 3]  # from the beginning again
    assert [frame.pts for frame in (*silent, *spoken)] == [number * FRAME for number in range(7)]
    assert spoken[0].sample_rate == RATE


async def test_voice_goes_on_when_it_is_told_again() -> None:
    voice = Voice(np.arange(1, 3 * FRAME, dtype=np.int16))
    voice.speak()
    await voice.recv()
    voice.speak()
    assert (await voice.recv()).to_ndarray()[0, 0] == FRAME + 1


async def test_ear_counts_sound_and_not_silence() -> None:
    sound = (8000 * np.sin(2 * np.pi * 440 * np.arange(10 * FRAME) / RATE)).astype(np.int16)
    voice, ear = Voice(sound), Ear()
    listening = asyncio.ensure_future(ear.listen(voice))
    await asyncio.sleep(0.1)
    assert ear.heard == 0
    voice.speak()
    async with asyncio.timeout(20):
        while ear.heard < 0.2:
            await asyncio.sleep(0.01)
    voice.stop()
    await listening


@pytest.mark.parametrize("name", ["caller-1", "caller-2", "caller-3"])
def test_what_a_caller_says_can_be_heard(name: str) -> None:
    sound = read_sound(PROMPTS / f"{name}.ogg")
    assert 4 < len(sound) / RATE < 15
    assert loudness(sound[: 3 * RATE]) > 500
    assert loudness(sound[-RATE:]) < 50  # there is time to answer


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["call", "--callers", "21"], "--callers: choose a number from 1 to 20, not 21."),
        (["call", "--callers", "0"], "--callers: choose a number from 1 to 20, not 0."),
        (["demo", "--callers", "-1"], "--callers: choose a number from 0 to 20, not -1."),
        (["call", "--seconds", "-1"], "--seconds: choose a number from 0 to 3600, not -1."),
    ],
)
def test_odd_numbers_are_refused_in_words(arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(arguments) == 2
    assert said in capsys.readouterr().err


def test_nothing_rings_where_nothing_runs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(["call", "--data", str(tmp_path)]) == 2
    assert f"Nothing is running on the data folder {tmp_path}." in capsys.readouterr().err


def test_only_a_demo_has_the_button(tmp_path: Path) -> None:
    assert list(demo_routes({})) == list(demo_routes({DEMO: ""})) == []
    handlers = [cast("HTTPRouteHandler", route) for route in demo_routes({DEMO: str(tmp_path)})]
    assert [path for handler in handlers for path in handler.paths] == ["/api/v2/shiftline/demo/callers"] * 2
