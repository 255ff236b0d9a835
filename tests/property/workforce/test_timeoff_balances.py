"""Whatever the periods: what is left on a day can be asked for, and a minute more cannot; no order of approvals overdraws.

The oracle keeps lots of minutes and takes from them day by day, the ones that lapse first going first.
"""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from shiftline.workforce.timeoff.model import Days
from shiftline.workforce.timeoff.model.balances import Account, Accrual, Balance, CarryOver
from shiftline.workforce.timeoff.rules.balances import find_deficit, find_overdraft, left_on, list_instalments, settle
from shiftline.workforce.units.model import Stamp

START = date(2024, 1, 29)
STAMP = Stamp(1, "boss", datetime(2024, 1, 1, tzinfo=UTC), "boss", datetime(2024, 1, 1, tzinfo=UTC))


@dataclass
class Lot:
    """Minutes that can be taken until a day."""

    minutes: int
    until: date


@st.composite
def accounts(draw: st.DrawFn) -> Account:
    day, periods = START, list[Balance]()
    for _ in range(draw(st.integers(1, 3))):
        day += timedelta(days=draw(st.sampled_from([0, 0, 0, 2])))
        last = day + timedelta(days=draw(st.integers(0, 40)))
        lapse = draw(st.none() | st.integers(1, 50))
        carry = CarryOver(
            draw(st.sampled_from([0, 5, 9, 1000])), None if lapse is None else last + timedelta(days=lapse)
        )
        accrual = draw(st.sampled_from(list(Accrual)))
        periods.append(Balance("ada", "5", draw(st.integers(0, 40)), 0, STAMP, Days(day, last), accrual, carry))
        day = last + timedelta(days=1)
    account = Account("ada", "5", periods, {})
    for offset, minutes in draw(st.lists(st.tuples(st.integers(0, 60), st.integers(1, 15)), max_size=12)):
        when = START + timedelta(days=offset)
        if find_overdraft(account, {when: minutes}) is None:
            account = replace(account, takings={**account.takings, when: account.takings.get(when, 0) + minutes})
    return account


def holds(account: Account) -> bool:
    """Whether all that is taken was there on its day, by lots."""
    carried: list[Lot] = []
    for number, period in enumerate(account.periods):
        lots, come = carried, 0
        instalments = list_instalments(period)
        for day in period.period:
            if day in instalments:
                before, come = come, come + 1
                portion = period.granted_minutes * come // len(instalments)
                lots.append(Lot(portion - period.granted_minutes * before // len(instalments), period.period.last))
            lots = [lot for lot in lots if lot.until >= day]
            asked = account.takings.get(day, 0)
            for lot in sorted(lots, key=lambda lot: lot.until):
                taken = min(asked, lot.minutes)
                lot.minutes -= taken
                asked -= taken
            if asked:
                return False
        rest = min(sum(lot.minutes for lot in lots), period.carry_over.at_most_minutes)
        following = account.periods[number + 1 :][:1]
        until = period.carry_over.expires_on
        carried = [Lot(rest, min(until or after.period.last, after.period.last)) for after in following]
    return True


def plus(account: Account, day: date, minutes: int) -> Account:
    return replace(account, takings={**account.takings, day: account.takings.get(day, 0) + minutes})


@settings(max_examples=400, deadline=None)
@given(accounts(), st.integers(-3, 60))
def test_what_is_left_on_a_day_can_be_asked_for_and_a_minute_more_cannot(account: Account, offset: int) -> None:
    day = START + timedelta(days=offset)
    assert holds(account)
    assert find_deficit(account) is None
    (left,) = left_on(account, [day])
    if not any(balance.covers(day) for balance in account.periods):
        assert left == 0
        assert find_overdraft(account, {day: 1}) is not None
        return
    assert holds(plus(account, day, left))
    assert find_overdraft(account, {day: left}) is None
    assert not holds(plus(account, day, left + 1))
    overdraft = find_overdraft(account, {day: left + 1})
    assert overdraft is not None
    assert (overdraft.day, overdraft.left_minutes, overdraft.asked_minutes) == (day, left, left + 1)


@settings(max_examples=400, deadline=None)
@given(accounts(), st.dictionaries(st.integers(0, 60), st.integers(1, 15), max_size=6))
def test_a_request_over_several_periods_draws_from_each_by_its_days(account: Account, days: dict[int, int]) -> None:
    asked = {START + timedelta(days=offset): minutes for offset, minutes in days.items()}
    covered = all(any(balance.covers(day) for balance in account.periods) for day in asked)
    after = replace(
        account,
        takings={day: account.takings.get(day, 0) + asked.get(day, 0) for day in {*account.takings, *asked}},
    )
    assert (find_overdraft(account, asked) is None) == (covered and holds(after))


@settings(max_examples=400, deadline=None)
@given(accounts())
def test_a_settled_balance_is_never_below_zero_and_gives_back_what_is_cancelled(account: Account) -> None:
    settled = settle(account)
    for balance in settled:
        assert 0 <= balance.lost_minutes <= balance.carried_minutes
        assert balance.left_minutes >= 0
        assert balance.taken_minutes == sum(minutes for day, minutes in account.takings.items() if balance.covers(day))
    days = [day for balance in settled for day in balance.period]
    for taken in account.takings:
        without = replace(account, takings={day: m for day, m in account.takings.items() if day != taken})
        assert all(a >= b for a, b in zip(left_on(without, days), left_on(account, days), strict=True))
