"""Prompts and keys."""

from pathlib import Path

import pytest

from shiftline.calls.media.digits import KEYS, Keypad, event_packets, keys_of
from shiftline.calls.media.model import PromptUnknown
from shiftline.calls.media.ogg import OggWriter
from shiftline.calls.media.opus import FRAME, SILENCE
from shiftline.calls.media.player import SILENT, Library, Playlist
from shiftline.calls.media.rtp import Rtp

ONE, TWO = ((b"\x781", FRAME), (b"\x782", FRAME)), ((b"\x783", 480),)


def test_a_list_is_played_once_and_then_there_is_silence() -> None:
    playlist = Playlist([ONE, TWO], loop=False)
    assert [playlist.next() for _ in range(5)] == [*ONE, *TWO, (SILENCE, FRAME), (SILENCE, FRAME)]


def test_a_list_is_played_again_and_again() -> None:
    playlist = Playlist([ONE, TWO], loop=True)
    assert [playlist.next() for _ in range(7)] == [*ONE, *TWO, *ONE, *TWO, ONE[0]]


def test_a_list_of_nothing_is_silence() -> None:
    assert Playlist([], loop=True).next() == SILENT.next()


def test_only_files_of_the_folder_are_found(tmp_path: Path) -> None:
    writer = OggWriter(1, {})
    data = writer.head()
    writer.add(b"\x781", FRAME)
    (tmp_path / "prompts").mkdir()
    (tmp_path / "outside.ogg").write_bytes(data + writer.take(last=True))
    (tmp_path / "prompts" / "good.ogg").write_bytes((tmp_path / "outside.ogg").read_bytes())
    (tmp_path / "prompts" / "damaged.ogg").write_bytes(data[:-1])
    library = Library(tmp_path / "prompts")
    assert library.find("good") == ((b"\x781", FRAME),)
    assert library.find("good") is library.find("good")
    for name in ("missing", "damaged", "../outside", "", "good\0", "a" * 65):
        with pytest.raises(PromptUnknown):
            library.find(name)


def event(payload: bytes, timestamp: int = 1, ssrc: int = 1) -> Rtp:
    return Rtp(110, 0, timestamp, ssrc, payload)


def test_a_key_is_heard_once_however_often_it_is_said() -> None:
    keypad = Keypad()
    heard = [
        keypad.press(event(payload, timestamp))
        for timestamp, key in ((1, "5"), (9_601, "5"), (20_000, "#"))
        for payload in event_packets(key, 48_000)
    ]
    assert [key for key in heard if key is not None] == ["5", "5", "#"]
    assert keypad.press(event(b"\x10\0\0\0", 30_000)) is None  # a hook flash is no key
    with pytest.raises(ValueError, match="cut off"):
        keypad.press(event(b"\x05\0\0"))


@pytest.mark.parametrize(("rate", "length"), [(48_000, 5_760), (8_000, 960)])
def test_a_key_is_said_with_growing_length_and_its_end_three_times(rate: int, length: int) -> None:
    packets = list(event_packets("D", rate))
    assert {payload[0] for payload in packets} == {15}
    assert [bool(payload[1] & 0x80) for payload in packets] == [False] * 6 + [True] * 3
    durations = [int.from_bytes(payload[2:], "big") for payload in packets]
    assert durations == sorted(durations)
    assert durations[-1] == length


def test_keys_are_those_of_a_telephone() -> None:
    assert keys_of("0123456789*#abcd") == KEYS
    with pytest.raises(ValueError, match="Digits"):
        keys_of("12x")
