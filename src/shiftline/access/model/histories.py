"""The facts of many people over a span of time: what stood from when until when."""

from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar

from shiftline.access.model.connecting import (
    ExceptionFact,
    Holding,
    OrganizationFact,
    OverrideFact,
    PersonFact,
    ShiftFact,
    StationFact,
    TenantFact,
    TimeOffFact,
)
from shiftline.access.model.receiving import MembershipFact

Fact_co = TypeVar("Fact_co", covariant=True)


@dataclass(frozen=True, slots=True)
class Spanned(Generic[Fact_co]):
    """A fact, and when it stood: from ``start`` (None: always) up to ``end``, which is not in it (None: it stands)."""

    fact: Fact_co
    start: datetime | None = None
    end: datetime | None = None

    def stood(self, at: datetime) -> bool:
        """Whether it stood at an instant."""
        return (self.start is None or self.start <= at) and (self.end is None or at < self.end)


@dataclass(frozen=True, slots=True)
class IssuedToken:
    """A token by the clock under which it was issued."""

    issued_at: datetime
    expires_at: datetime
    revoked_at: datetime | None = None
    revoke_reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """What an organization's people have in common."""

    organizations: tuple[Spanned[OrganizationFact], ...] = ()
    tenants: tuple[Spanned[TenantFact], ...] = ()
    exceptions: tuple[Spanned[ExceptionFact], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """One person's facts over a span. ``shifts`` and ``time_off`` stood as they were published and asked for; where they lie
    is in the fact.
    """

    person_id: str
    persons: tuple[Spanned[PersonFact], ...] = ()
    holdings: tuple[Spanned[Holding], ...] = ()
    tokens: tuple[IssuedToken, ...] = ()
    shifts: tuple[Spanned[ShiftFact], ...] = ()
    time_off: tuple[Spanned[TimeOffFact], ...] = ()
    stations: tuple[Spanned[StationFact], ...] = ()
    memberships: tuple[Spanned[MembershipFact], ...] = ()
    overrides: tuple[Spanned[OverrideFact], ...] = ()
