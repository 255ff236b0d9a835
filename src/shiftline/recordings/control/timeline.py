"""What lies on a recording's time line, from the versions of its conversation. Pure.

Every instant is a whole number of microseconds since the recording's start in elapsed time, so that nothing runs backwards over the
night on which clocks are set back.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from shiftline.conversations.model.conversations import CallState, Conversation, Participant, Purpose
from shiftline.foundation.time import Interval
from shiftline.recordings.control.model import Announcement, Happening, RecordedPause, TimelineEvent

_ZERO = timedelta(0)


@dataclass(frozen=True, slots=True)
class Version:
    """A conversation as it was from an instant on, and who made it so."""

    at: datetime
    by: str
    conversation: Conversation


@dataclass(frozen=True, slots=True)
class _Span:
    """Something that holds from one instant to another."""

    kind: Happening
    participant: Participant
    at: datetime
    by: str
    until: datetime | None = None


def _is_connected(each: Participant) -> bool:
    return each.state is CallState.CONNECTED and each.purpose is not Purpose.ACD


_LASTING: Mapping[Happening, Callable[[Participant], bool]] = {
    Happening.MUTE: lambda each: each.live and each.muted,
    Happening.HOLD: lambda each: each.live and each.held,
    Happening.MUSIC: lambda each: each.live and each.confined,
}


def list_events(
    versions: Sequence[Version],
    span: Interval,
    *,
    lasts: bool,
    pauses: Sequence[RecordedPause] = (),
    announcement: Announcement | None = None,
) -> tuple[TimelineEvent, ...]:
    """What lies in a recording that began and ended (or is now, while it ``lasts``) at the ends of a span, in order of time.

    ``versions`` in the order in which they came. Who came or went and transfers are points; mute, hold, music, pauses and the
    announcement last.
    """
    ordered = _monotonic(versions)
    spans = [*_spans(ordered)]
    points = [*_points(ordered)]
    found = [
        *(_event(each, span, lasts=lasts) for each in spans if _meets(each.at, each.until, span)),
        *(_event(each, span, lasts=lasts) for each in points if span.start <= each.at <= span.end),
        *(_pause(each, span, lasts=lasts) for each in pauses),
    ]
    if announcement is not None and _meets(announcement.from_at, announcement.until_at, span):
        found.append(_lasting(Happening.CONSENT, announcement.from_at, announcement.until_at, span, lasts=lasts))
    order = list(Happening)
    return tuple(sorted(found, key=lambda each: (each.offset, order.index(each.kind), each.participant_id or "")))


def _monotonic(versions: Sequence[Version]) -> list[Version]:
    """Versions whose instants do not fall: the clock of another process may be a little behind."""
    ordered: list[Version] = []
    for each in versions:
        ordered.append(replace(each, at=max(each.at, ordered[-1].at)) if ordered else each)
    return ordered


def _spans(versions: Sequence[Version]) -> Iterator[_Span]:
    open_ones: dict[tuple[str, Happening], _Span] = {}
    for version in versions:
        for each in version.conversation.participants:
            for kind, holds in _LASTING.items():
                begun = open_ones.get((each.id, kind))
                if holds(each) and begun is None:
                    open_ones[each.id, kind] = _Span(kind, each, version.at, version.by)
                elif not holds(each) and begun is not None:
                    yield replace(open_ones.pop((each.id, kind)), until=version.at)
    yield from open_ones.values()


def _points(versions: Sequence[Version]) -> Iterator[_Span]:
    """Who came and went; one of ours who comes after another of ours was in the call took it over, or joined: a transfer."""
    here: dict[str, Participant] = {}
    ours_were_here = False
    for version in versions:
        now = {each.id: each for each in version.conversation.participants if _is_connected(each)}
        for each_id in sorted(now.keys() - here.keys()):
            taken_over = ours_were_here and now[each_id].purpose in _OURS
            kind = Happening.TRANSFER if taken_over else Happening.CONNECTED
            yield _Span(kind, now[each_id], version.at, version.by, version.at)
        for each_id in sorted(here.keys() - now.keys()):
            yield _Span(Happening.DISCONNECTED, here[each_id], version.at, version.by, version.at)
        ours_were_here = ours_were_here or any(each.purpose in _OURS for each in now.values())
        here = now


_OURS = frozenset({Purpose.AGENT, Purpose.USER})


def _meets(start: datetime, end: datetime | None, span: Interval) -> bool:
    return start <= span.end and (end is None or end >= span.start)


def _event(each: _Span, span: Interval, *, lasts: bool) -> TimelineEvent:
    found = _lasting(each.kind, each.at, each.until, span, lasts=lasts)
    who = each.participant
    return replace(found, participant_id=who.id, person_id=who.person_id, name=who.name, by=each.by)


def _pause(each: RecordedPause, span: Interval, *, lasts: bool) -> TimelineEvent:
    pause = each.pause
    start, end = each.silent_from or pause.from_at, each.silent_until or pause.until_at
    found = _lasting(Happening.PAUSE, start, end, span, lasts=lasts)
    return replace(found, at=pause.from_at, by=pause.from_by)  # the same instant in each recording of the call


def _lasting(kind: Happening, at: datetime, until: datetime | None, span: Interval, *, lasts: bool) -> TimelineEvent:
    """An event cut to the span; without an end while it and the recording last."""
    start = min(max(at, span.start), span.end)
    end = span.end if until is None else min(max(until, start), span.end)
    duration = None if until is None and lasts else end - start
    return TimelineEvent(kind, at, max(start - span.start, _ZERO), duration)
