"""What is said to a caller who waits, and that it can be said: the files are there, as their list has them."""

import hashlib
import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

import shiftline.calls.media
from shiftline.calls.media import announcements
from shiftline.calls.media.announcements import announce

FOLDER = Path(shiftline.calls.media.__file__).parent / "prompts"
MANIFEST: list[dict[str, Any]] = json.loads((FOLDER / "manifest.json").read_text())
LARGEST = 1_500_000


def minutes(number: float) -> timedelta:
    return timedelta(minutes=number)


@pytest.mark.parametrize(
    ("position", "said"),
    [
        (None, ()),
        (1, ("caller-number", "number-1", "in-line")),
        (20, ("caller-number", "number-20", "in-line")),
        (21, ("more-than-twenty",)),
        (5000, ("more-than-twenty",)),
    ],
)
def test_the_place_is_named_as_far_as_there_are_numbers(position: int | None, said: tuple[str, ...]) -> None:
    assert announce(position, None) == ("thank-you", *said)


@pytest.mark.parametrize(
    ("wait", "said"),
    [
        (minutes(-5), "less-than-one-minute"),
        (minutes(0), "less-than-one-minute"),
        (minutes(0.99), "less-than-one-minute"),
        (minutes(1), "minutes-1"),
        (minutes(1.4), "minutes-1"),
        (minutes(1.5), "minutes-2"),
        (minutes(5), "minutes-5"),
        (minutes(7.4), "minutes-5"),
        (minutes(7.5), "minutes-10"),
        (minutes(16), "minutes-15"),
        (minutes(25), "minutes-30"),
        (minutes(35), "minutes-30"),
        (minutes(35.1), "more-than-thirty-minutes"),
        (timedelta.max, "more-than-thirty-minutes"),
    ],
)
def test_the_wait_is_the_nearest_that_can_be_said(wait: timedelta, said: str) -> None:
    assert announce(None, wait) == ("thank-you", "expected-wait", said)


def test_place_comes_before_wait() -> None:
    assert announce(3, minutes(4))[1:] == ("caller-number", "number-3", "in-line", "expected-wait", "minutes-4")


@pytest.mark.parametrize("position", [0, -1])
def test_nobody_stands_before_the_first(position: int) -> None:
    with pytest.raises(ValueError, match="nobody is number"):
        announce(position, None)


def test_whatever_is_said_there_is() -> None:
    there = {each["name"] for each in MANIFEST}
    said = {name for position in range(1, 25) for name in announce(position, None)}
    said |= {name for seconds in range(0, 3600, 10) for name in announce(None, timedelta(seconds=seconds))}
    played = {value for name, value in vars(announcements).items() if name.isupper() and isinstance(value, str)}
    assert said | played <= there
    # And nothing lies there for nobody: callers of the demo speak the rest.
    assert {name for name in there - said - played if not name.startswith("caller-")} == set()


def test_the_list_has_every_file_as_it_is() -> None:
    assert [each["name"] for each in MANIFEST] == list(dict.fromkeys(each["name"] for each in MANIFEST))
    assert {f"{each['name']}.ogg" for each in MANIFEST} == {file.name for file in FOLDER.glob("*.ogg")}
    for each in MANIFEST:
        content = (FOLDER / f"{each['name']}.ogg").read_bytes()
        assert hashlib.sha256(content).hexdigest() == each["sha256"], each["name"]
    assert sum(file.stat().st_size for file in FOLDER.iterdir()) < LARGEST


@pytest.mark.parametrize("each", MANIFEST, ids=lambda each: each["name"])
def test_each_packet_is_20_ms_so_that_it_is_sent_as_it_stands(each: dict[str, Any]) -> None:
    packets = list(packets_of((FOLDER / f"{each['name']}.ogg").read_bytes()))
    head, tags, *sound = packets
    assert head.startswith(b"OpusHead")
    assert head[9] == 1  # one channel
    assert tags.startswith(b"OpusTags")
    # Source: RFC 6716, section 3.1: the configurations of 20 ms, each one frame.
    assert all(packet[0] >> 3 in {1, 5, 9, 13, 15, 19, 23, 27, 31} and packet[0] & 3 == 0 for packet in sound)
    # The encoder's delay of 6.5 ms takes one packet more.
    assert len(sound) in {each["duration_ms"] // 20, each["duration_ms"] // 20 + 1}


def packets_of(content: bytes) -> Iterator[bytes]:
    """The packets of an Ogg file with one stream. Source: RFC 3533, section 6."""
    place, packet = 0, b""
    while place < len(content):
        assert content[place : place + 4] == b"OggS"
        lengths = content[place + 27 : place + 27 + content[place + 26]]
        place += 27 + len(lengths)
        for length in lengths:
            packet += content[place : place + length]
            place += length
            if length < 255:
                yield packet
                packet = b""
