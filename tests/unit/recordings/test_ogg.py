"""What the pages of a stream tell, and how one that was cut gets a proper end."""

from datetime import timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shiftline.recordings.spool import ogg
from unit.recordings.sounds import RATE, heard, loudest, tone


def test_a_whole_stream_tells_its_length_and_packets() -> None:
    found = ogg.scan(tone(3.0))
    assert (found.duration, found.ended, found.packets, found.missing) == (timedelta(seconds=3), True, 151, 0)
    assert found.whole == len(tone(3.0))


def test_a_player_hears_as_long_as_is_told() -> None:
    assert len(heard(tone(1.5))) == ogg.scan(tone(1.5)).samples == 1.5 * RATE


@settings(max_examples=60, deadline=None)
@given(st.integers(0, len(tone(3.0)) - 1))
def test_a_stream_cut_anywhere_plays_up_to_its_last_whole_page(size: int) -> None:
    mended = ogg.cut(tone(3.0)[:size])
    found = ogg.scan(mended)
    if found.last is None:
        assert mended == b""
        return
    assert found.ended
    assert found.whole == len(mended)
    assert tone(3.0).startswith(mended[:-27])
    if found.samples:
        samples = heard(mended)
        assert len(samples) == found.samples
        assert loudest(samples) == pytest.approx(440, abs=RATE / len(samples) + 1)
    reached = max(page.granule for page in ogg.pages(tone(3.0)) if page.stop <= size)
    assert found.samples == max(0, reached - found.pre_skip)


def test_a_stream_with_an_end_stays_as_it_is() -> None:
    assert ogg.cut(tone(1.0)) == tone(1.0)
    assert ogg.cut(tone(1.0) + b"more") == tone(1.0)


def test_cutting_twice_changes_nothing() -> None:
    once = ogg.cut(tone(2.0)[:9000])
    assert ogg.cut(once) == once


def test_the_checksum_of_the_mark_is_what_a_player_checks() -> None:
    page = list(ogg.pages(tone(1.0)))[1]
    content = bytearray(tone(1.0)[page.start : page.stop])
    told, content[22:26] = bytes(content[22:26]), bytes(4)
    assert ogg.checksum(bytes(content)).to_bytes(4, "little") == told


@given(st.binary(max_size=400))
def test_what_is_no_ogg_has_no_pages(noise: bytes) -> None:
    assert ogg.scan(noise) == ogg.Scan()
    assert ogg.cut(noise) == b""


@given(st.integers(0, 300), st.binary(max_size=8))
def test_a_damaged_stream_is_scanned_without_a_complaint(place: int, noise: bytes) -> None:
    stream = tone(0.5)
    ogg.scan(stream[:place] + noise + stream[place + len(noise) :])


@pytest.mark.parametrize(
    ("packet", "samples"),
    [
        (b"", 0),
        (bytes([0 << 3]), 480),  # SILK, 10 ms
        (bytes([1 << 3]), 960),  # SILK, 20 ms: what softphones send
        (bytes([3 << 3 | 1]), 5760),  # two frames of 60 ms
        (bytes([12 << 3]), 480),  # hybrid, 10 ms
        (bytes([16 << 3]), 120),  # CELT, 2.5 ms
        (bytes([31 << 3]), 960),  # CELT, 20 ms
        (bytes([31 << 3 | 2]), 1920),
        (bytes([19 << 3 | 3, 5]), 4800),
        (bytes([19 << 3 | 3]), 0),  # it does not say how many
    ],
)
def test_how_long_a_packet_sounds(packet: bytes, samples: int) -> None:
    assert ogg.packet_samples(packet) == samples


def test_packets_that_never_came_are_counted_by_the_gap_they_left() -> None:
    pages, gap = list(ogg.pages(tone(2.0)))[:-1], 3  # the encoder cuts its last packet short by the granule
    parts = [tone(2.0)[page.start : page.stop] for index, page in enumerate(pages) if index != gap]
    found = ogg.scan(b"".join(parts))
    assert found.missing == pages[gap].packets
    assert found.spanned == 2 * RATE


def test_a_stream_that_begins_at_another_granule_lasts_as_long() -> None:
    stream, moved = tone(1.0), bytearray()
    for page in ogg.pages(stream):
        part = bytearray(stream[page.start : page.stop])
        if page.granule > 0:
            part[6:14] = (page.granule + 90 * RATE).to_bytes(8, "little")
        moved += part
    assert ogg.scan(bytes(moved)).duration == timedelta(seconds=1)


def test_the_tone_of_these_tests_is_one() -> None:
    assert loudest(heard(tone(1.0, 1000.0))) == pytest.approx(1000, abs=2)
    assert np.abs(heard(tone(1.0))).max() > 0.2
