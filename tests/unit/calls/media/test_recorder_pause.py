"""Nothing that is said in a pause is in a recording, however its packets come; silence of that length stands there."""

from datetime import UTC, datetime, timedelta

import pytest

from shiftline.calls.media.opus import FRAME, RATE
from shiftline.calls.media.recorder import HOLD, Recorder
from shiftline.calls.media.rtp import Rtp
from unit.calls.media.test_ogg import START, Sink

SECRET = b"\xfcpaused-"
SOUND = b"\xfcplain-"
GUARD = HOLD / RATE


def instant(second: float) -> datetime:
    return START + timedelta(seconds=second)


def packet(number: int, spans: list[tuple[float, float]], ssrc: int = 1) -> Rtp:
    spoken = number / 50
    kind = SECRET if any(start <= spoken < end for start, end in spans) else SOUND
    return Rtp(111, number & 0xFFFF, number * FRAME & 0xFFFFFFFF, ssrc, kind + b"%d" % number)


def recorded(
    arrivals: list[tuple[float, Rtp]], spans: list[tuple[float, float]], until: float, told_after: float = 0.05
) -> tuple[Sink, list[datetime], list[datetime | None]]:
    """A recording that is told of each pause a little after it was asked for, and of its end when that is."""
    sink, began, ended = Sink(), list[datetime](), list[datetime | None]()
    recorder = Recorder(sink, {}, START, 0.0)
    todo: list[tuple[float, int, object]] = [(at, 2, each) for at, each in arrivals]
    for start, end in spans:
        todo.append((start + told_after, 0, instant(start)))
        todo.append((end, 1, None))
    todo += [(tick / 2, 3, None) for tick in range(int(until * 2) + 1)]
    for at, kind, what in sorted(todo, key=lambda each: each[:2]):
        if isinstance(what, datetime):
            began.append(recorder.pause(what, at))
        elif kind == 1:
            ended.append(recorder.resume(at))
        elif isinstance(what, Rtp):
            recorder.add(what, at)
        else:
            recorder.advance(at)
    recorder.finish(until)
    return sink, began, ended


def file_of(sink: Sink) -> bytes:
    return b"".join(sink.pages)


SPANS = [(2.0, 5.0)]


@pytest.mark.parametrize("late", [0.0, 0.06, 0.15])
@pytest.mark.parametrize("told_after", [0.0, 0.05, 0.19])
def test_nothing_said_in_a_pause_is_kept(late: float, told_after: float) -> None:
    arrivals = [(number / 50 + late, packet(number, SPANS)) for number in range(400)]
    sink, began, ended = recorded(arrivals, SPANS, 8.5, told_after)
    assert SECRET not in file_of(sink)
    assert began == [instant(2.0)]
    assert ended == [instant(5.0 + GUARD)]
    # What was said before and after is there, at its place; between them is silence of that length.
    places = [place for place, _ in sink.sounds]
    before, after = [each for each in places if each < 3500], [each for each in places if each >= 3500]
    assert before[-1] == pytest.approx(1980, abs=170)
    assert after[0] == pytest.approx(5000 + GUARD * 1000 + late * 1000, abs=170)
    assert sink.summary is not None
    assert sink.summary.duration_ms == pytest.approx(8500, abs=3)
    assert sink.summary.lost <= 2


def test_a_pause_that_is_told_too_late_says_from_when_on_nothing_is_kept() -> None:
    arrivals = [(number / 50, packet(number, SPANS)) for number in range(400)]
    sink, (began,), _ = recorded(arrivals, SPANS, 8.0, told_after=0.9)
    # Half a second after it was asked for, sound up to 2.3 s was written.
    assert instant(2.0) < began <= instant(2.5)
    kept = [place for place, sound in sink.sounds if sound.startswith(SECRET)]
    assert all(instant(place / 1000) < began for place in kept)


@pytest.mark.parametrize("stall", [0.5, 1.5, 4.0])
def test_what_was_said_in_a_pause_and_comes_after_it_is_not_kept(stall: float) -> None:
    # The network holds everything back shortly before the end of the pause and gives it out at once.
    arrivals = [
        (number / 50 if not 4.5 <= number / 50 < 4.5 + stall else 4.5 + stall + number / 1e6, packet(number, SPANS))
        for number in range(1000)
    ]
    sink, _, _ = recorded(arrivals, SPANS, 20.0)
    assert SECRET not in file_of(sink)
    assert SOUND + b"999" in file_of(sink)


def test_stalls_in_the_pause_move_nothing_behind_it() -> None:
    arrivals = list[tuple[float, Rtp]]()
    for number in range(600):
        at = spoken = number / 50
        if 2.5 <= spoken < 4.0:
            at = 4.0
        elif 4.2 <= spoken < 5.6:
            at = 5.6 + number / 1e6
        arrivals.append((at, packet(number, SPANS)))
    sink, _, _ = recorded(arrivals, SPANS, 12.0)
    assert SECRET not in file_of(sink)


def test_several_pauses_soon_after_each_other() -> None:
    spans = [(1.0, 2.0), (2.5, 3.0), (3.5, 6.0)]
    arrivals = [(number / 50 + (1.2 if number % 7 == 0 else 0.0), packet(number, spans)) for number in range(500)]
    sink, began, _ = recorded(arrivals, spans, 12.0)
    assert SECRET not in file_of(sink)
    assert len(began) == 3
    assert any(sound.startswith(SOUND) and 2200 < place < 2500 for place, sound in sink.sounds)


def test_a_sender_that_begins_anew_in_a_pause_is_heard_after_it() -> None:
    before = [(number / 50, packet(number, SPANS)) for number in range(150)]
    after = [(number / 50, packet(number, SPANS, ssrc=9)) for number in range(150, 400)]
    sink, _, _ = recorded(before + after, SPANS, 8.5)
    assert SECRET not in file_of(sink)
    assert sink.sounds[-1][1] == SOUND + b"399"


def test_a_recording_may_begin_paused_and_end_so() -> None:
    sink = Sink()
    recorder = Recorder(sink, {}, START, 0.0)
    assert recorder.pause(instant(-60), 0.0) == START
    assert recorder.pause(instant(1), 1.5) == START  # said again
    for number in range(100):
        recorder.add(packet(number, [(0, 99)]), number / 50)
        recorder.advance(number / 50)
    summary = recorder.finish(2.0)
    assert (summary.packets, summary.lost, summary.duration_ms) == (0, 0, 2000)
    assert SECRET not in file_of(sink)


def test_resuming_what_is_not_paused_changes_nothing() -> None:
    recorder = Recorder(Sink(), {}, datetime(2023, 10, 27, tzinfo=UTC), 0.0)
    assert recorder.resume(1.0) is None
