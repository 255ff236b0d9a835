"""What people suspect and what gates nothing: time off, swapped shifts, recording metadata. Pure."""

from zoneinfo import ZoneInfo

from shiftline.access.model.connecting import Action, ShiftFact, Snapshot, TimeOffFact
from shiftline.foundation.decision import Irrelevance

TIME_OFF_STATES = {"PENDING": "pending", "APPROVED": "approved", "DENIED": "denied"}


def list_irrelevances(action: Action, snapshot: Snapshot) -> tuple[Irrelevance, ...]:
    """The facts of a snapshot that play no part in an action."""
    connects = action in ("connect", "receive")
    rule_on = connects and snapshot.tenant is not None and snapshot.tenant.softphone_within_shift
    found = [
        _time_off_irrelevance(off, snapshot)
        for off in snapshot.time_off
        if off.status == "PENDING" or (off.status == "APPROVED" and not rule_on)
    ]
    found += [_swap_irrelevance(shift) for shift in snapshot.shifts if shift.is_swap]
    if connects:
        doing = "connecting a softphone" if action == "connect" else "who is offered a call"
        found.append(Irrelevance("recording.metadata", f"Recording metadata plays no part in {doing}."))
    return tuple(found)


def _time_off_irrelevance(off: TimeOffFact, snapshot: Snapshot) -> Irrelevance:
    zone = snapshot.shifts[0].zone if snapshot.shifts else "UTC"
    state = TIME_OFF_STATES[off.status]
    start, end = (each.astimezone(ZoneInfo(zone)) for each in (off.starts_at, off.ends_at))
    sentence = (
        f"The {state} time off of {start:%a %d %b %Y %H:%M} to {end:%a %d %b %H:%M} ({zone}) gates nothing"
        f"{': only the tenant rule would look at it, and that is off' if state == 'approved' else ''}."
    )
    facts = {
        "timeOffRequestId": off.request_id,
        "status": off.status,
        "startTime": off.starts_at.isoformat(),
        "endTime": off.ends_at.isoformat(),
    }
    return Irrelevance(f"timeoff.{state}", sentence, facts)


def _swap_irrelevance(shift: ShiftFact) -> Irrelevance:
    why = f" ({shift.swap_reason})" if shift.swap_reason else ""
    sentence = f"The swapped shift of {shift.wall_start} to {shift.wall_end} {shift.zone}{why} gates nothing."
    facts = {
        "scheduleId": shift.schedule_id,
        "startTime": shift.starts_at.isoformat(),
        "endTime": shift.ends_at.isoformat(),
        "swapReason": shift.swap_reason,
    }
    return Irrelevance("shift.swapped", sentence, facts)
