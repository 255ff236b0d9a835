"""Standing preferences on the wire: ours, the vendor has none."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated, Literal

from msgspec import Meta

from shiftline.foundation.time import Weekday
from shiftline.foundation.web.wire import Identifier, LongText, Wire
from shiftline.workforce.preferences.model import ContractConflict, Kind, Level, StandingWish
from shiftline.workforce.preferences.operations.standing import StandingDraft, Stated
from shiftline.workforce.preferences.wire.stating import PreferenceLevel, WishContractConflict, show_conflicts
from shiftline.workforce.workplans.model import WEEK_DAYS

PREFIX = "/api/v2/shiftline/workforce"
StartMinutes = Annotated[int, Meta(ge=0, le=1439, description="Minutes from midnight, on the agent's wall")]
WeekdayName = Literal["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"]


class StandingPreferenceRequest(Wire):
    """A standing preference as an agent states it; dates are those of their zone, both included."""

    kind: Literal["DaysOfWeek", "StartTimes", "Partners"]
    level: PreferenceLevel
    valid_from: date | None = None
    valid_until: date | None = None
    days: Annotated[list[WeekdayName], Meta(max_length=7)] | None = None
    earliest_start_minutes: StartMinutes | None = None
    latest_start_minutes: StartMinutes | None = None
    partner_ids: Annotated[list[Identifier], Meta(max_length=50)] | None = None
    notes: LongText | None = None

    def draft(self) -> StandingDraft:
        """What is asked for."""
        stated = self.days or ()
        return StandingDraft(
            kind=Kind(self.kind),
            level=Level(self.level),
            valid_from=self.valid_from,
            valid_until=self.valid_until,
            days=tuple(day for day in WEEK_DAYS if day.value in stated),
            earliest_start_minutes=self.earliest_start_minutes,
            latest_start_minutes=self.latest_start_minutes,
            partner_ids=tuple(self.partner_ids or ()),
            notes=self.notes or None,
        )


class ReplaceStandingPreferenceRequest(StandingPreferenceRequest, kw_only=True):
    """The same in place of one that stands, at the version that was read."""

    version: Annotated[int, Meta(ge=1)]


class StandingPreference(Wire):
    """A standing preference; ``contractConflicts`` where it was just stated."""

    id: str
    user_id: str
    kind: Kind
    level: Level
    valid_from: date
    version: int
    modified_by: str
    self_uri: str
    valid_until: date | None = None
    days: list[Weekday] | None = None
    earliest_start_minutes: int | None = None
    latest_start_minutes: int | None = None
    partner_ids: list[str] | None = None
    notes: str | None = None
    date_modified: datetime | None = None
    contract_conflicts: list[WishContractConflict] | None = None


class StandingPreferenceListing(Wire):
    """Standing preferences by their first day."""

    entities: list[StandingPreference]


def show(wish: StandingWish, conflicts: Sequence[ContractConflict] | None = None) -> StandingPreference:
    """A standing preference on the wire."""
    return StandingPreference(
        id=wish.id,
        user_id=wish.person_id,
        kind=wish.kind,
        level=wish.level,
        valid_from=wish.valid_from,
        valid_until=wish.valid_until,
        days=list(wish.days) or None,
        earliest_start_minutes=wish.earliest_start_minutes,
        latest_start_minutes=wish.latest_start_minutes,
        partner_ids=list(wish.partner_ids) or None,
        notes=wish.notes,
        version=wish.version,
        modified_by=wish.changed_by,
        date_modified=wish.changed_at,
        contract_conflicts=None if conflicts is None else show_conflicts(conflicts),
        self_uri=f"{PREFIX}/standingpreferences/{wish.id}",
    )


def show_stated(stated: Stated) -> StandingPreference:
    """What was just stated, with what contradicts the contract."""
    return show(stated.wish, stated.conflicts)


def show_all(wishes: Sequence[StandingWish]) -> StandingPreferenceListing:
    """Standing preferences on the wire."""
    return StandingPreferenceListing(entities=[show(wish) for wish in wishes])
