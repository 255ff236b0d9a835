"""The stream that one leg is sent: whatever is behind it, a browser sees one source that never began anew."""

from shiftline.calls.media.hub import Output
from shiftline.calls.media.opus import FRAME, SILENCE
from shiftline.calls.media.rtp import Rtp, parse_rtp


def made(number: int, *, ssrc: int = 1, base: int = 0, clock: int = 0, marker: bool = False) -> Rtp:
    return Rtp(111 | marker << 7, base + number & 0xFFFF, clock + number * FRAME & 0xFFFFFFFF, ssrc, b"%d" % number)


def output() -> Output:
    found = Output(77, 65_530, 0xFFFFFF00)
    found.payload_type = 96
    return found


def read(data: bytes | None) -> Rtp:
    assert data is not None
    return parse_rtp(data)


def test_a_source_is_forwarded_with_our_numbers_and_its_gaps() -> None:
    stream = output()
    found = [read(stream.forward("a", made(number, base=500, clock=9_000), number * 0.02)) for number in (0, 1, 3, 4)]
    assert {each.ssrc for each in found} == {77}
    assert {each.payload_type for each in found} == {96}
    assert [each.sequence for each in found] == [65_530, 65_531, 65_533, 65_534]
    assert [each.timestamp - found[0].timestamp & 0xFFFFFFFF for each in found] == [0, FRAME, 3 * FRAME, 4 * FRAME]
    assert [each.payload for each in found] == [b"0", b"1", b"3", b"4"]
    assert [each.marker for each in found] == [True, False, False, False]


def test_reordered_packets_keep_their_place_and_copies_are_dropped() -> None:
    stream = output()
    order = (0, 2, 1, 2, 3)
    found = [stream.forward("a", made(number), number * 0.02) for number in order]
    assert [None if each is None else parse_rtp(each).sequence for each in found] == [
        65_530,
        65_532,
        65_531,
        None,
        65_533,
    ]


def test_at_a_switch_numbers_go_on_and_the_timestamp_follows_the_wall_clock() -> None:
    stream = output()
    last = read(stream.forward("a", made(0), 10.0))
    first = read(stream.forward("b", made(40_000, ssrc=2, clock=123_456_789), 10.5))
    assert first.sequence == last.sequence + 1 & 0xFFFF
    assert first.timestamp - last.timestamp & 0xFFFFFFFF == 24_000
    assert first.marker
    after = read(stream.forward("b", made(40_001, ssrc=2, clock=123_456_789), 10.52))
    assert after.sequence == first.sequence + 1 & 0xFFFF
    assert after.timestamp - first.timestamp & 0xFFFFFFFF == FRAME


def test_a_quick_switch_still_advances_by_a_frame() -> None:
    stream = output()
    last = read(stream.forward("a", made(0), 10.0))
    first = read(stream.forward("b", made(0, ssrc=2), 10.001))
    assert first.timestamp - last.timestamp & 0xFFFFFFFF == FRAME


def test_what_a_source_sent_before_the_switch_comes_too_late() -> None:
    stream = output()
    stream.forward("b", made(0, ssrc=2), 0.0)
    stream.forward("a", made(10), 0.02)
    assert stream.forward("a", made(9), 0.03) is None
    assert read(stream.forward("a", made(12), 0.04)).sequence == 65_533
    assert read(stream.forward("a", made(11), 0.05)).sequence == 65_532


def test_a_source_that_begins_anew_is_a_switch() -> None:
    stream = output()
    last = read(stream.forward("a", made(0), 0.0))
    for anew in (made(0, ssrc=9), made(30_000, ssrc=9, clock=5)):
        first = read(stream.forward("a", anew, 0.1))
        assert first.sequence == last.sequence + 1 & 0xFFFF
        assert first.marker
        last = first


def test_made_packets_are_evenly_spaced_whatever_the_timer_does() -> None:
    stream = output()
    found = [read(stream.generate(SILENCE, FRAME, at)) for at in (0.0, 0.021, 0.039, 0.075, 0.08)]
    assert [each.sequence - found[0].sequence & 0xFFFF for each in found] == [0, 1, 2, 3, 4]
    assert [each.timestamp - found[0].timestamp & 0xFFFFFFFF for each in found] == [0, 960, 1920, 2880, 3840]
    assert [each.marker for each in found] == [True, False, False, False, False]
    first = read(stream.forward("a", made(5), 0.1))
    assert first.sequence == found[-1].sequence + 1 & 0xFFFF
    assert first.marker
    assert read(stream.generate(SILENCE, FRAME, 0.3)).marker


def test_packets_that_are_not_for_the_listener_leave_no_gap() -> None:
    stream = output()
    stream.forward("a", made(0), 0.0)
    stream.skip("a", made(1))
    stream.skip("other", made(2, ssrc=3))
    assert read(stream.forward("a", made(2), 0.04)).sequence == 65_531
    assert stream.forward("a", made(1), 0.05) is None


def test_a_key_is_forwarded_as_what_the_listener_calls_a_key() -> None:
    stream = output()
    stream.forward("a", made(0), 0.0)
    keys = [
        read(stream.forward("a", made(number, clock=(1 - number) * FRAME), 0.02 * number, 101)) for number in (1, 2, 3)
    ]
    assert [key.payload_type for key in keys] == [101] * 3
    assert len({key.timestamp for key in keys}) == 1
    after = read(stream.forward("a", made(4), 0.08))
    assert (after.payload_type, after.sequence) == (96, 65_534)
    assert read(stream.forward("b", made(0, ssrc=5), 0.1, 101)).payload_type == 101


def test_the_sound_after_a_key_goes_on_by_the_wall_clock() -> None:
    stream = output()
    last = read(stream.forward("a", made(0), 0.0))
    start = stream.begin_event(0.02)
    events = [read(stream.event(101, b"\x05\x0a\x03\xc0", start, marker=not number)) for number in range(3)]
    assert {each.timestamp - last.timestamp & 0xFFFFFFFF for each in events} == {FRAME}
    assert [each.sequence - last.sequence & 0xFFFF for each in events] == [1, 2, 3]
    after = read(stream.forward("a", made(11), 0.22))
    assert after.sequence - last.sequence & 0xFFFF == 4
    assert after.timestamp - last.timestamp & 0xFFFFFFFF == 11 * FRAME


def test_a_key_before_any_sound_has_a_time_of_its_own() -> None:
    stream = output()
    first = stream.begin_event(0.0)
    stream.event(101, b"\x05\x0a\x03\xc0", first, marker=True)
    assert stream.begin_event(0.2) - first & 0xFFFFFFFF == 9_600
