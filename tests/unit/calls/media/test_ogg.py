"""Files of Opus, and recordings whose time is the wall clock's."""

import zlib
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from shiftline.calls.media.model import RecordingSummary
from shiftline.calls.media.ogg import OggWriter, checksum, read_opus, read_pages
from shiftline.calls.media.opus import FRAME, RATE, SILENCE
from shiftline.calls.media.recorder import Recorder
from shiftline.calls.media.rtp import Rtp

START = datetime(2023, 10, 27, 11, 0, tzinfo=UTC)
SOUND = b"\x78sound"


def slow_checksum(page: bytes) -> int:
    """Ogg's CRC bit by bit, as RFC 3533 describes it."""
    crc = 0
    for byte in page:
        crc ^= byte << 24
        for _ in range(8):
            crc = (crc << 1 ^ 0x04C11DB7 if crc >> 31 else crc << 1) & 0xFFFFFFFF
    return crc


@pytest.mark.parametrize("data", [b"", b"\0", b"\x80", b"OggS", bytes(range(256)) * 3])
def test_the_quick_checksum_is_the_slow_one(data: bytes) -> None:
    assert checksum(data) == slow_checksum(data)
    assert not data or checksum(data) != zlib.crc32(data)


def test_a_file_is_written_and_read() -> None:
    writer = OggWriter(7, {"TITLE": "Größe", "START": "x=y"}, channels=2)
    data = writer.head()
    packets = [(bytes([0x78]) + b"p" * length, FRAME) for length in (0, 1, 253, 254, 255, 509, 1200)]
    for packet, samples in packets:
        writer.add(packet, samples)
    data += writer.take()
    writer.add(SILENCE, FRAME)
    data += writer.take(last=True)
    found = read_opus(data)
    assert found.packets == (*packets, (SILENCE, FRAME))
    assert (found.channels, found.pre_skip, found.granule) == (2, 0, 8 * FRAME)
    assert found.tags == {"TITLE": "Größe", "START": "x=y"}
    pages = list(read_pages(data))
    assert [page.flags for page in pages] == [2, 0, 0, 4]
    assert [page.granule for page in pages] == [0, 0, 7 * FRAME, 8 * FRAME]
    assert writer.take() == b""


def test_a_page_never_has_too_many_segments() -> None:
    writer = OggWriter(7, {})
    data = writer.head()
    for _ in range(600):
        writer.add(SOUND, FRAME)
    data += writer.take(last=True)
    assert max(len(page.segments) for page in read_pages(data)) <= 255
    assert len(read_opus(data).packets) == 600


def test_damage_is_seen() -> None:
    writer = OggWriter(7, {})
    data = writer.head()
    writer.add(SOUND, FRAME)
    data += writer.take(last=True)
    for place in range(0, len(data), 7):
        with pytest.raises(ValueError, match=r"."):
            read_opus(data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :])
    for end in (1, 26, 27, 40, len(data) - 1):
        with pytest.raises(ValueError, match=r"."):
            read_opus(data[:end])
    with pytest.raises(ValueError, match="Opus"):
        read_opus(b"")


class Sink:
    def __init__(self) -> None:
        self.pages: list[bytes] = []
        self.summary: RecordingSummary | None = None

    def write(self, data: bytes) -> None:
        self.pages.append(data)

    def finish(self, summary: RecordingSummary) -> None:
        self.summary = summary

    @property
    def sounds(self) -> list[tuple[int, bytes]]:
        """Where each packet that is no silence begins, in milliseconds."""
        place, found = 0, list[tuple[int, bytes]]()
        for packet, samples in read_opus(b"".join(self.pages)).packets:
            if not packet.endswith(b"\xff\xfe"):
                found.append((place * 1000 // RATE, packet))
            place += samples
        return found


def packet(number: int, *, ssrc: int = 1, clock: int = 0) -> Rtp:
    return Rtp(111, number & 0xFFFF, clock + number * FRAME & 0xFFFFFFFF, ssrc, SOUND + b"%d" % number)


def recorded(arrivals: list[tuple[float, Rtp]], until: float) -> Sink:
    sink = Sink()
    recorder = Recorder(sink, {}, START, 100.0)
    times = iter(sorted(arrivals, key=lambda each: each[0]))
    coming = next(times, None)
    for tick in range(int(until * 2) + 1):
        while coming is not None and coming[0] < tick / 2:
            recorder.add(coming[1], 100.0 + coming[0])
            coming = next(times, None)
        recorder.advance(100.0 + tick / 2)
    recorder.finish(100.0 + until)
    assert sink.summary is not None
    return sink


def test_packets_keep_their_place_and_gaps_are_silence() -> None:
    sink = recorded([(number / 50 + 1, packet(number)) for number in range(100) if not 40 <= number < 60], 4.0)
    places = [place for place, _ in sink.sounds]
    assert len(places) == 80
    assert places[0] == pytest.approx(1000, abs=5)
    assert places[40] - places[39] == pytest.approx(21 * 20, abs=3)
    summary = sink.summary
    assert summary is not None
    assert summary.duration_ms == pytest.approx(4000, abs=3)
    assert (summary.packets, summary.lost) == (80, 20)
    assert summary.started_at == START
    assert summary.first_packet_at == START + timedelta(seconds=1)
    assert summary.last_packet_at is not None
    assert abs(summary.last_packet_at - START - timedelta(seconds=2.98)) < timedelta(milliseconds=1)


def test_nothing_at_all_is_silence_of_that_length() -> None:
    sink = recorded([], 3.0)
    assert sink.sounds == []
    assert sink.summary is not None
    assert sink.summary.duration_ms == pytest.approx(3000, abs=3)
    assert sink.summary.first_packet_at is None
    # A page each half second although nothing came.
    assert len(sink.pages) >= 6


def test_packets_that_come_in_bursts_and_out_of_order_find_their_place() -> None:
    arrivals = [
        (max(number / 50, 0.3 if 5 <= number < 15 else 0) + (number % 3) * 0.03, packet(number))
        for number in range(100)
    ]
    sink = recorded(arrivals, 2.5)
    assert [sound for _, sound in sink.sounds] == [SOUND + b"%d" % number for number in range(100)]
    assert all(after - before == 20 for (before, _), (after, _) in pairwise(sink.sounds))


def test_a_sender_that_begins_anew_goes_on_in_time() -> None:
    before = [(number / 50, packet(number)) for number in range(50)]
    after = [(1.0 + number / 50, packet(number + 9_000, ssrc=2, clock=77_777)) for number in range(50)]
    sink = recorded(before + after, 2.0)
    places = [place for place, _ in sink.sounds]
    assert len(places) == 100
    assert places[-1] == pytest.approx(1980, abs=25)
    assert sink.summary is not None
    assert sink.summary.lost == 0


@pytest.mark.parametrize("drift", [0.998, 1.002])
def test_a_senders_wrong_clock_does_not_run_away(drift: float) -> None:
    # Two parts in a thousand are more than any real crystal has: 120 ms in a minute.
    sink = recorded([(number / 50 * drift, packet(number)) for number in range(6000)], 120.0)
    last_place, last = sink.sounds[-1]
    assert last == SOUND + b"5999" or drift > 1
    assert abs(last_place - 119_980 * min(drift, 1)) < 250
    assert sink.summary is not None
    assert sink.summary.duration_ms == pytest.approx(120_000, abs=30)


def test_a_muted_time_is_no_loss() -> None:
    sink = Sink()
    recorder = Recorder(sink, {}, START, 0.0)
    for number in range(100):
        if 20 <= number < 70:
            recorder.skip(packet(number))
        else:
            recorder.add(packet(number), number / 50)
    summary = recorder.finish(2.0)
    assert (summary.packets, summary.lost) == (50, 0)
    assert len(sink.sounds) == 50
    assert sink.sounds[20][0] - sink.sounds[19][0] == pytest.approx(51 * 20, abs=3)


def test_what_is_no_opus_is_left_out() -> None:
    sink = recorded([(0.1, Rtp(111, 1, 0, 1, b"")), (0.2, Rtp(111, 2, 960, 1, b"\xfb"))], 1.0)
    assert sink.sounds == []
    assert sink.summary is not None
    assert sink.summary.packets == 0


def test_the_file_says_when_it_began() -> None:
    sink = recorded([], 1.0)
    assert read_opus(b"".join(sink.pages)).tags["START"] == "2023-10-27T11:00:00.000+00:00"
