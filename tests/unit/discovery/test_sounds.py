"""Whether sound is whole, told page by page as it passes."""

import random

import pytest
from tests.unit.recordings.sounds import tone

from shiftline.discovery.verification.sounds import SoundCheck, checksum
from shiftline.recordings.spool import ogg


def problem(content: bytes, piece: int = 1000) -> str | None:
    check = SoundCheck()
    for place in range(0, len(content), piece):
        check.take(content[place : place + piece])
    return check.end()


@pytest.mark.parametrize("piece", [1, 7, 1000, 10**6])
def test_a_whole_stream_has_no_problem(piece: int) -> None:
    assert problem(tone(0.7), piece) is None


def test_a_stream_that_was_mended_has_none() -> None:
    assert problem(ogg.cut(tone(1.0)[:5000])) is None


def test_the_checksum_is_the_one_of_ogg() -> None:
    chosen = random.Random(3)
    for size in (0, 1, 2, 255, 256, 1000):
        content = chosen.randbytes(size)
        assert checksum(content) == ogg.checksum(content)


def test_every_cut_is_told() -> None:
    content = tone(0.2)
    for size in range(len(content)):
        assert problem(content[:size]), size


def test_every_flipped_bit_is_told() -> None:
    content = tone(0.1)
    for bit in range(0, len(content) * 8, 3):
        spoilt = bytearray(content)
        spoilt[bit // 8] ^= 1 << bit % 8
        assert problem(bytes(spoilt)), bit


def test_pages_out_of_order_or_twice_are_told() -> None:
    content = tone(1.0)
    pages = [content[page.start : page.stop] for page in ogg.pages(content)]
    assert len(pages) > 4
    for spoilt in (
        [*pages[:2], pages[3], pages[2], *pages[4:]],
        [*pages[:3], pages[2], *pages[3:]],
        [*pages[:2], *pages[3:]],
        [*pages, pages[-1]],
        [*pages, *pages],
    ):
        assert problem(b"".join(spoilt))


def test_what_is_something_else_is_told() -> None:
    assert problem(b"") == "it is empty"
    assert problem(b"RIFF" + bytes(100)) == "there is no page of Ogg where page 0 must be"
