"""RTP and RTCP as bytes, and the counting of what comes."""

import struct

import pytest

from shiftline.calls.media.opus import FRAME, RATE, SILENCE, duration_of, silence
from shiftline.calls.media.quality import judge_opinion
from shiftline.calls.media.reception import Reception
from shiftline.calls.media.rtcp import Block, SenderReport, middle_of, ntp_of, parse_rtcp, write_report
from shiftline.calls.media.rtp import Rtp, forward_of, is_rtcp, later_of, parse_rtp, write_rtp


def packet(sequence: int, timestamp: int | None = None, ssrc: int = 1) -> Rtp:
    return Rtp(111, sequence & 0xFFFF, sequence * FRAME if timestamp is None else timestamp, ssrc, b"\x78x")


def test_a_packet_is_written_and_read() -> None:
    found = parse_rtp(write_rtp(111, 65_537, 1 << 32 | 5, 0xFFFFFFFF, b"sound", marker=True))
    assert (found.payload_type, found.sequence, found.timestamp, found.ssrc) == (111, 1, 5, 0xFFFFFFFF)
    assert (found.marker, found.payload) == (True, b"sound")


def test_contributing_sources_extension_and_padding_are_stepped_over() -> None:
    head = struct.pack("!BBHIII", 0xB1, 111, 1, 2, 3, 99)
    data = head + struct.pack("!HH", 0xBEDE, 1) + b"\x10\x7f\0\0" + b"sound" + b"\0\0\3"
    assert parse_rtp(data).payload == b"sound"


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x80" * 11,
        b"\x00" * 12,  # version 0
        b"\x8f" + b"\0" * 30,  # fifteen sources, two are there
        b"\x90" + b"\0" * 13,  # an extension without its length
        b"\x90" + b"\0" * 13 + b"\xff\xff" + b"\0" * 8,  # longer than the packet
        b"\xa0" + b"\0" * 12,  # padding of no length
        b"\xa0" + b"\0" * 11 + b"\x20",  # padding longer than the packet
    ],
)
def test_what_is_no_packet_is_refused(data: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        parse_rtp(data)


def test_counters_wrap() -> None:
    assert forward_of(2, 65_534) == 4
    assert forward_of(65_534, 2) == -4
    assert later_of(5, 0xFFFFFFFF) == 6
    assert later_of(0xFFFFFFFF, 5) == -6


def test_reports_are_told_from_packets_by_their_second_byte() -> None:
    assert is_rtcp(write_report(1, "name", None, None))
    assert not is_rtcp(write_rtp(111, 1, 1, 1, b"", marker=True))
    assert not is_rtcp(b"\x80")


def test_a_report_is_written_and_read() -> None:
    sender = SenderReport(7, ntp_of(1_700_000_000.5), 99, 3, 4)
    block = Block(8, 0.25, -2, 70_000, 12, 1, 2)
    assert parse_rtcp(write_report(7, "name", sender, block)) == (sender, [block])
    assert parse_rtcp(write_report(7, "n", None, block)) == (None, [block])
    assert parse_rtcp(write_report(7, "", None, None)) == (None, [])


def test_the_time_of_a_report_is_counted_from_1900() -> None:
    assert ntp_of(0.5) == 2_208_988_800 << 32 | 1 << 31
    assert middle_of(0x1234_5678_9ABC_DEF0) == 0x5678_9ABC


@pytest.mark.parametrize(
    "data", [b"\x80", b"\x80\xc8\0\x01\0\0\0\0", b"\x81\xc9\0\x01\0\0\0\0", b"\x00\xc9\0\0", b"\x80\xc9\xff\xff"]
)
def test_what_is_no_report_is_refused(data: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        parse_rtcp(data)


def test_loss_is_what_was_expected_and_did_not_come() -> None:
    reception = Reception()
    for number, sequence in enumerate((65_533, 65_534, 1, 0, 3)):
        reception.receive(packet(sequence), 100, number / 50)
    # 65533 to 3 are seven; 65535 and 2 are missing.
    assert (reception.packets, reception.bytes, reception.lost) == (5, 500, 2)
    block = reception.block(1.0)
    assert block is not None
    assert (block.lost, round(block.fraction * 7), block.highest) == (2, 2, 65_536 + 3)
    assert reception.block(2.0).fraction == 0  # type: ignore[union-attr]


def test_a_copy_is_no_gain_and_a_new_beginning_no_loss() -> None:
    reception = Reception()
    for sequence, ssrc in ((10, 1), (10, 1), (11, 1), (50_000, 1), (7, 2), (8, 2)):
        reception.receive(packet(sequence, ssrc=ssrc), 1, sequence / 50)
    assert reception.lost == 0
    assert reception.ssrc == 2


def test_jitter_follows_the_spacing_of_the_packets() -> None:
    even, uneven = Reception(), Reception()
    for number in range(400):
        even.receive(packet(number), 1, number * 0.02)
        uneven.receive(packet(number), 1, number * 0.02 + 0.005 * (number % 2))
    assert even.jitter_ms == pytest.approx(0, abs=0.01)
    assert uneven.jitter_ms == pytest.approx(5, abs=0.1)


def test_a_report_refers_to_the_peers_last_one() -> None:
    reception = Reception()
    assert reception.block(0.0) is None
    reception.receive(packet(1), 1, 0.0)
    reception.note(SenderReport(1, 0x0001_0002_0003_0004, 0, 0, 0), 1.0)
    block = reception.block(1.5)
    assert block is not None
    assert (block.last_report, block.delay) == (0x0002_0003, 32_768)


def test_the_opinion_falls_with_loss_jitter_and_delay() -> None:
    best = judge_opinion(0, 0, 0)
    assert best == pytest.approx(4.4, abs=0.02)
    assert judge_opinion(0.01, 0, 0) < best
    assert judge_opinion(0, 20, 0) < best
    assert judge_opinion(0, 0, 100) < best
    assert judge_opinion(0, 0, 800) < judge_opinion(0, 0, 400) - 0.3
    assert judge_opinion(1, 1000, 5000) == 1


def test_the_opinion_is_the_e_models_at_known_points() -> None:
    # G.107: R 80 is 4.03, R 70 is 3.60, and G.711 with concealment at 5% loss has an Ie,eff of 15.8.
    assert judge_opinion(0.05, 0, 0) == pytest.approx(3.87, abs=0.05)


@pytest.mark.parametrize(
    ("payload", "milliseconds"),
    [
        (SILENCE, 20),
        (b"\x00", 10),
        (b"\x18", 60),
        (b"\x19", 120),
        (b"\x60", 10),
        (b"\x80", 2.5),
        (b"\x7b\x02", 40),
        (b"\xfb\x46", 120),
    ],
)
def test_how_long_a_packet_lasts_is_told_by_its_first_bytes(payload: bytes, milliseconds: float) -> None:
    assert duration_of(payload) == milliseconds * RATE / 1000


@pytest.mark.parametrize("payload", [b"", b"\xfb", b"\xfb\x00", b"\x1b\x03", b"\xfb\x07"])
def test_what_cannot_be_opus_has_no_duration(payload: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        duration_of(payload)


def test_silence_fills_a_gap_to_2_5_milliseconds() -> None:
    for gap in (0, 119, 120, 960, 961, 5_000, 48_000):
        packets = silence(gap)
        assert all(duration_of(payload) == samples for payload, samples in packets)
        assert 0 <= gap - sum(samples for _, samples in packets) < 120
