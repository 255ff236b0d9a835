"""Whatever a stranger or a peer sends, reading it ends in a value or in the refusal it promises, and what is made of it keeps its promises."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import ParamSpec, TypeVar

from hypothesis import given, settings
from hypothesis import strategies as st

from shiftline.calls.media.candidates import CandidateIgnored, read_candidate
from shiftline.calls.media.digits import Keypad
from shiftline.calls.media.hub import Output
from shiftline.calls.media.model import RecordingSummary, SdpRefused
from shiftline.calls.media.ogg import OggWriter, read_opus
from shiftline.calls.media.opus import FRAME, RATE, SILENCE, duration_of
from shiftline.calls.media.reception import Reception
from shiftline.calls.media.recorder import Recorder
from shiftline.calls.media.rtcp import Block, SenderReport, parse_rtcp, write_report
from shiftline.calls.media.rtp import Rtp, parse_rtp, write_rtp
from shiftline.calls.media.sdp.model import IceCredentials, LocalMedia
from shiftline.calls.media.sdp.reading import read_answer, read_fragment, read_offer
from shiftline.calls.media.sdp.writing import write_answer, write_offer

P = ParamSpec("P")
T = TypeVar("T")
LOCAL = LocalMedia(
    1,
    IceCredentials("abcd", "p" * 22),
    ("sha-256", ":".join(["AB"] * 32)),
    7,
    "name",
    ("1 1 udp 1 192.0.2.9 4 typ host",),
    ("192.0.2.9", 4),
)
OFFER = write_offer(LOCAL)
WORDS = [
    "m=audio 9 UDP/TLS/RTP/SAVPF 111",
    "m=video 0 RTP/SAVPF 96",
    "a=",
    "a=mid:",
    "a=candidate:",
    "a=fingerprint:",
    "a=rtpmap:111 ",
    "a=extmap:",
    "v=0",
    "x",
]
PACKETS = st.one_of(
    st.binary(max_size=80),
    st.tuples(st.integers(0x80, 0xBF), st.binary(min_size=11, max_size=80)).map(
        lambda parts: bytes([parts[0]]) + parts[1]
    ),
)


def attempt(call: Callable[P, T], refusal: type[Exception], *args: P.args, **kwargs: P.kwargs) -> T | Exception:
    try:
        return call(*args, **kwargs)
    except refusal as error:
        return error


@st.composite
def damaged_offers(draw: st.DrawFn) -> str:
    """A good offer with lines cut, doubled, moved, and characters changed."""
    lines = OFFER.split("\r\n")
    for _ in range(draw(st.integers(1, 5))):
        place = draw(st.integers(0, len(lines) - 1))
        kind = draw(st.integers(0, 4))
        if kind == 0:
            del lines[place]
        elif kind == 1:
            lines.insert(place, draw(st.sampled_from(lines)))
        elif kind == 2:
            lines[place] = lines[place][: draw(st.integers(0, 40))] + draw(st.text(max_size=6))
        elif kind == 3:
            lines.insert(place, draw(st.sampled_from(WORDS)) + draw(st.text(max_size=12)))
        else:
            lines[place] = draw(st.sampled_from(WORDS)) + lines[place]
        lines = lines or ["v=0"]
    return draw(st.sampled_from(["\r\n", "\n", "\r"])).join(lines)


@settings(max_examples=500, deadline=None)
@given(text=st.one_of(damaged_offers(), st.text(max_size=300)))
def test_a_description_is_taken_or_refused_in_a_sentence(text: str) -> None:
    for read in (read_offer, read_answer):
        found = attempt(read, SdpRefused, text)
        if isinstance(found, Exception):
            assert str(found).endswith(".")
            assert "\n" not in str(found)
            continue
        assert 0 <= found.chosen < len(found.sections)
        assert 0 <= found.opus <= 127
        answer = write_answer(found, LOCAL)
        # What we answer is read by ourselves, has as many m-lines, and no line of the stranger's making.
        assert answer.count("\r\nm=") == len(found.sections)
        assert all(line[1:2] == "=" for line in answer.split("\r\n") if line)
        if found.direction in {"sendrecv", "recvonly"}:
            assert attempt(read_offer, SdpRefused, answer) is not None


@settings(max_examples=300, deadline=None)
@given(
    text=st.one_of(
        st.text(max_size=300),
        st.builds("a=candidate:{}\r\na=ice-ufrag:{}\r\na=ice-pwd:{}".format, st.text(), st.text(), st.text()),
    )
)
def test_a_fragment_is_taken_or_refused(text: str) -> None:
    found = attempt(read_fragment, SdpRefused, text)
    if isinstance(found, Exception):
        assert str(found).endswith(".")
        return
    for line in found.candidates:
        candidate = attempt(read_candidate, CandidateIgnored, line)
        assert not isinstance(candidate, Exception) or str(candidate).startswith("candidate.")


CANDIDATE_PARTS = st.lists(
    st.one_of(
        st.sampled_from(
            ["1", "udp", "typ", "host", "192.0.2.1", "::1", "a.local", "0", "99999999999", "fe80::1%x", "²"]
        ),
        st.text(max_size=8),
    ),
    min_size=6,
    max_size=10,
)


@settings(max_examples=500, deadline=None)
@given(parts=CANDIDATE_PARTS)
def test_a_candidate_is_an_address_or_ignored(parts: list[str]) -> None:
    found = attempt(read_candidate, CandidateIgnored, " ".join(parts))
    if not isinstance(found, Exception):
        assert 1 <= found.port <= 65_535
        assert "%" not in found.host


@settings(max_examples=1000, deadline=None)
@given(data=PACKETS)
def test_a_packet_is_read_or_refused(data: bytes) -> None:
    found = attempt(parse_rtp, ValueError, data)
    if not isinstance(found, Exception):
        assert found.payload in data
        again = parse_rtp(
            write_rtp(
                found.payload_type, found.sequence, found.timestamp, found.ssrc, found.payload, marker=found.marker
            )
        )
        assert (again.payload, again.marker, again.sequence) == (found.payload, found.marker, found.sequence)
        attempt(Keypad().press, ValueError, found)
        samples = attempt(duration_of, ValueError, found.payload)
        assert isinstance(samples, Exception) or 0 < samples <= 5760
    attempt(parse_rtcp, ValueError, data)


SMALL, WIDE = st.integers(0, 2**32 - 1), st.integers(0, 2**64 - 1)


@settings(max_examples=300, deadline=None)
@given(
    sender=st.none() | st.builds(SenderReport, SMALL, WIDE, SMALL, SMALL, SMALL),
    block=st.none()
    | st.builds(
        Block,
        SMALL,
        st.integers(0, 255).map(lambda each: each / 256),
        st.integers(-(2**23), 2**23 - 1),
        SMALL,
        SMALL,
        SMALL,
        SMALL,
    ),
    cname=st.text(max_size=300),
)
def test_a_report_survives_the_wire(sender: SenderReport | None, block: Block | None, cname: str) -> None:
    data = write_report(5 if sender is None else sender.ssrc, cname, sender, block)
    assert parse_rtcp(data) == (sender, [] if block is None else [block])
    for cut in range(0, len(data), 3):
        attempt(parse_rtcp, ValueError, data[:cut])


@settings(max_examples=300, deadline=None)
@given(data=st.binary(max_size=400), flips=st.lists(st.tuples(st.integers(0, 2000), st.integers(1, 255)), max_size=3))
def test_a_file_is_read_or_refused(data: bytes, flips: list[tuple[int, int]]) -> None:
    attempt(read_opus, ValueError, data)
    writer = OggWriter(1, {"TITLE": "x"})
    whole = bytearray(writer.head())
    for number in range(20):
        writer.add(SILENCE + bytes([number]) * number, FRAME)
    whole += writer.take(last=True)
    for place, mask in flips:
        whole[place % len(whole)] ^= mask
    attempt(read_opus, ValueError, bytes(whole))


# What a leg is sent, whatever its sources do.

SOURCES = st.tuples(st.sampled_from("ab"), st.integers(0, 3), st.integers(-40, 900), st.integers(0, 2**32 - 1))
STEPS = st.lists(
    st.tuples(
        st.sampled_from(["forward", "forward", "forward", "skip", "generate", "event"]), SOURCES, st.floats(0, 0.2)
    ),
    max_size=120,
)


@settings(max_examples=400, deadline=None)
@given(steps=STEPS, start=st.integers(0, 0xFFFF), clock=st.integers(0, 2**32 - 1))
def test_one_number_is_one_packet_and_numbers_only_grow(
    steps: list[tuple[str, tuple[str, int, int, int], float]], start: int, clock: int
) -> None:
    stream, now = Output(77, start, clock), 0.0
    stream.payload_type = 111
    sent: dict[int, tuple[int, bytes]] = {}
    highest: int | None = None
    for number, (kind, (source, ssrc, offset, timestamp), pause) in enumerate(steps):
        now += pause
        # The payload is a function of what identifies the packet at its source, as it is on the wire.
        packet = Rtp(
            111, (offset + 32_000 * ssrc) & 0xFFFF, timestamp // 1000 * 1000, ssrc, f"{source}{ssrc}{offset}".encode()
        )
        data: bytes | None = None
        if kind == "forward":
            data = stream.forward(source, packet, now)
        elif kind == "skip":
            stream.skip(source, packet)
        elif kind == "generate":
            data = stream.generate(b"made%d" % number, FRAME, now)
        else:
            data = stream.event(101, b"event%d" % number, stream.begin_event(now), marker=True)
        if data is None:
            continue
        found = parse_rtp(data)
        assert found.ssrc == 77
        ahead = 0 if highest is None else (found.sequence - highest + 0x8000 & 0xFFFF) - 0x8000
        place = found.sequence if highest is None else highest + ahead
        highest = place if highest is None else max(highest, place)
        before = sent.setdefault(place, (found.timestamp, found.payload))
        assert before[1] == found.payload


class Sink:
    def __init__(self) -> None:
        self.pages: list[bytes] = []
        self.summary: RecordingSummary | None = None

    def write(self, data: bytes) -> None:
        self.pages.append(data)

    def finish(self, summary: RecordingSummary) -> None:
        self.summary = summary


ARRIVALS = st.lists(
    st.tuples(
        st.floats(0, 0.4),
        st.integers(0, 1),
        st.integers(0, 0xFFFF),
        st.integers(0, 2**32 - 1),
        st.sampled_from([SILENCE, b"\x78x", b"\x1bx", b"\xfb", b""]),
    ),
    max_size=80,
)


@settings(max_examples=200, deadline=None)
@given(arrivals=ARRIVALS, rest=st.floats(0, 3))
def test_a_recording_lasts_as_long_as_it_lasted_whatever_came(
    arrivals: list[tuple[float, int, int, int, bytes]], rest: float
) -> None:
    sink, now, looked = Sink(), 50.0, 50.0
    recorder = Recorder(sink, {}, datetime(2026, 1, 1, tzinfo=UTC), now)
    reception = Reception()
    for pause, ssrc, sequence, timestamp, payload in arrivals:
        now += pause
        packet = Rtp(111, sequence, timestamp, ssrc, payload)
        reception.receive(packet, len(payload), now)
        recorder.add(packet, now)
        if now - looked >= 0.5:
            recorder.advance(now)
            looked = now
    now += rest
    summary = recorder.finish(now)
    found = read_opus(b"".join(sink.pages))
    assert found.granule == sum(samples for _, samples in found.packets)
    # A packet of 120 ms at the very end may stand out; less than 2.5 ms may be missing.
    assert -120 <= found.granule - (now - 50.0) * RATE <= 5760 + 120
    assert summary.duration_ms == found.granule * 1000 // RATE
    assert summary.lost >= 0
    assert summary.first_packet_at is None or summary.first_packet_at <= (
        summary.last_packet_at or summary.first_packet_at
    )
    assert summary.started_at + timedelta(milliseconds=summary.duration_ms) is not None
    assert reception.lost >= 0
    assert json.dumps(reception.jitter_ms)
