"""What stood at an instant of a history, and at which instants anything changes. Pure.

``snapshot_at`` says what ``read_snapshot`` of the same instant reads: a test holds them together.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import islice
from typing import TypeVar

from shiftline.access.model.connecting import ExceptionFact, Holding, ShiftFact, Snapshot, TimeOffFact, TokenFact
from shiftline.access.model.histories import History, IssuedToken, Setting, Spanned

BEFORE, AFTER = timedelta(days=7), timedelta(days=8)
"""How far shifts are looked at."""
OFF_AFTER = timedelta(days=60)
MOST = 60
FORMER = 10

Fact = TypeVar("Fact")


def snapshot_at(history: History, setting: Setting, at: datetime) -> Snapshot:
    """All facts of a person that stood at an instant; what excepts from the shift rule only where that was on."""
    tenant = _one(setting.tenants, at)
    ruled = tenant is not None and tenant.softphone_within_shift
    return Snapshot(
        person_id=history.person_id,
        at=at,
        person=_one(history.persons, at),
        organization=_one(setting.organizations, at),
        tenant=tenant,
        token=_token(history.tokens, at),
        holdings=tuple(sorted(_stood(history.holdings, at), key=lambda each: each.since)),
        former_holdings=_former(history.holdings, at),
        shifts=_shifts(history.shifts, at),
        time_off=_time_off(history.time_off, at),
        station=_one(history.stations, at),
        exceptions=_exceptions(setting.exceptions, history.person_id, at) if ruled else (),
        overrides=tuple(each for each in _stood(history.overrides, at) if each.ends_at > at) if ruled else (),
    )


def list_instants(history: History, setting: Setting, since: datetime, until: datetime) -> list[datetime]:
    """After ``since`` and up to ``until``, in order: when a fact began or ended to stand, a token ended, or the tenant's shift
    rule opens or closes by itself.
    """
    found = list_changes(history, setting)
    found.update(token.expires_at for token in history.tokens)
    found.update(_edges(history, setting))
    return sorted(each for each in found if since < each <= until)


def list_changes(history: History, setting: Setting) -> set[datetime]:
    """When somebody changed a fact."""
    spanned: tuple[Sequence[Spanned[object]], ...] = (
        history.persons,
        history.holdings,
        history.shifts,
        history.time_off,
        history.stations,
        history.memberships,
        history.overrides,
        setting.organizations,
        setting.tenants,
        setting.exceptions,
    )
    found = {instant for each in spanned for one in each for instant in (one.start, one.end) if instant is not None}
    for token in history.tokens:
        found.update(each for each in (token.issued_at, token.revoked_at) if each is not None)
    return found


def _edges(history: History, setting: Setting) -> Iterator[datetime]:
    """Where the rule opens or closes by itself: the edges of shifts and of time off, by each grace that the rule ever had while it
    was on; and the ends of exceptions and overrides.
    """
    graces = {
        (one.fact.grace_before, one.fact.grace_after) for one in setting.tenants if one.fact.softphone_within_shift
    }
    if not graces:
        return
    for before, after in graces:
        for shift in history.shifts:
            yield shift.fact.starts_at - before
            yield shift.fact.ends_at + after
        for off in history.time_off:
            yield from (off.fact.starts_at, off.fact.ends_at, off.fact.ends_at - before, off.fact.starts_at + after)
    for override in history.overrides:
        yield override.fact.starts_at
        yield override.fact.ends_at
    yield from (one.fact.ends_at for one in setting.exceptions if one.fact.ends_at is not None)


def _one(some: Iterable[Spanned[Fact]], at: datetime) -> Fact | None:
    return next((each.fact for each in some if each.stood(at)), None)


def _stood(some: Iterable[Spanned[Fact]], at: datetime) -> Iterator[Fact]:
    return (each.fact for each in some if each.stood(at))


def _exceptions(some: Sequence[Spanned[ExceptionFact]], person_id: str, at: datetime) -> tuple[ExceptionFact, ...]:
    return tuple(
        each
        for each in _stood(some, at)
        if (each.kind != "person" or each.subject_id == person_id) and (each.ends_at is None or each.ends_at > at)
    )


def _former(some: Sequence[Spanned[Holding]], at: datetime) -> tuple[Holding, ...]:
    """What was held and lost before, the latest first."""
    lost = [each for each in some if each.fact.active and each.end is not None and each.end <= at]
    lost.sort(key=lambda each: each.end or at, reverse=True)
    return tuple(replace(each.fact, until=each.end, by_name=None) for each in lost[:FORMER])


def _token(tokens: Sequence[IssuedToken], at: datetime) -> TokenFact | None:
    known = [each for each in tokens if each.issued_at <= at]
    if not known:
        return None
    best = max(known, key=lambda each: (each.revoked_at is None or each.revoked_at > at, each.issued_at))
    return TokenFact(best.issued_at, best.expires_at, best.revoked_at, best.revoke_reason)


def _shifts(some: Sequence[Spanned[ShiftFact]], at: datetime) -> tuple[ShiftFact, ...]:
    near = (each for each in _stood(some, at) if each.ends_at > at - BEFORE and each.starts_at < at + AFTER)
    return tuple(islice(sorted(near, key=lambda each: (each.starts_at, each.ends_at)), MOST))


def _time_off(some: Sequence[Spanned[TimeOffFact]], at: datetime) -> tuple[TimeOffFact, ...]:
    near = (each for each in _stood(some, at) if each.ends_at > at - BEFORE and each.starts_at < at + OFF_AFTER)
    return tuple(islice(sorted(near, key=lambda each: (each.starts_at, each.ends_at)), MOST))
