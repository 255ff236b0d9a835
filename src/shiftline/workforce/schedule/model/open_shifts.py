"""Open shifts: work of a published week that belongs to nobody, and what became of it."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum

from shiftline.workforce.schedule.model import ActivityDraft, Shift


class OpenShiftState(StrEnum):
    """Where an open shift stands. ``Claimed``: somebody would work it, and that waits for a review."""

    OPEN = "Open"
    CLAIMED = "Claimed"
    TAKEN = "Taken"
    WITHDRAWN = "Withdrawn"
    EXPIRED = "Expired"


UNDECIDED = (OpenShiftState.OPEN, OpenShiftState.CLAIMED)


@dataclass(frozen=True, slots=True)
class Taker:
    """Who takes an open shift, and since when; ``revision`` of its schedule by which it is theirs (None: not yet)."""

    person_id: str
    management_unit_id: str
    at: datetime
    revision: int | None = None


@dataclass(frozen=True, slots=True)
class OpenShift:
    """A shift of a schedule in force that nobody works. ``shift`` is what its taker will work, under the wall of
    the management unit that it was opened for; ``shift.skill_ids`` and ``queue_ids`` are what they need.

    ``week_date``: the first day of its week in the business unit's zone. ``former_agent_id``: from whom it was taken.
    ``in_force``: its schedule is, and nobody works it (an earlier revision may have been put into force again).
    ``ruling``: code and sentence of what decided how it stands.
    """

    id: str
    schedule_id: str
    schedule_week_date: date
    business_unit_id: str
    management_unit_id: str
    week_date: date
    shift: Shift
    queue_ids: tuple[str, ...]
    state: OpenShiftState
    opened_by: str
    opened_at: datetime
    changed_by: str
    changed_at: datetime
    reason: str | None = None
    former_agent_id: str | None = None
    taker: Taker | None = None
    ruling: tuple[str, str] | None = None
    version: int = 1
    in_force: bool = True

    def as_of(self, now: datetime) -> "OpenShift":
        """It as it stands now: one that has begun undecided is expired, whoever has noticed."""
        if self.state in UNDECIDED and self.shift.start <= now:
            return replace(self, state=OpenShiftState.EXPIRED, taker=None)
        return self


@dataclass(frozen=True, slots=True)
class OpenShiftDraft:
    """An open shift as asked for. In a change what is None stays; activities None in a new one: all of it on queue."""

    management_unit_id: str | None = None
    start: datetime | None = None
    minutes: int | None = None
    activities: Sequence[ActivityDraft] | None = None
    skill_ids: tuple[str, ...] | None = None
    queue_ids: tuple[str, ...] | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class OpenShiftFilter:
    """Which open shifts are wanted; None does not restrict. ``after``: those that start later."""

    ids: Collection[str] | None = None
    schedule_id: str | None = None
    business_unit_id: str | None = None
    management_unit_ids: Collection[str] | None = None
    week_dates: Collection[date] | None = None
    states: Sequence[OpenShiftState] | None = None
    after: datetime | None = None
