"""Shiftline's own shapes of what is granted: one period of a balance, or thousands from a file."""

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from shiftline.foundation.errors import Invalid, Problem
from shiftline.foundation.web.wire import Identifier, Reference, Wire
from shiftline.workforce.timeoff.model import Days
from shiftline.workforce.timeoff.model.balances import ALWAYS, Accrual, Balance, CarryOver, Grant
from shiftline.workforce.timeoff.operations.granting import PROBLEMS_AT_MOST, Imported, Row
from shiftline.workforce.timeoff.wire.shapes import TimeOffMetadata, TimeOffVersion, metadata_of, user_ref

OWN = "/api/v2/shiftline/timeoff"
ROWS_AT_MOST = 20_000
MINUTES_AT_MOST = 100_000_000
# msgspec ends its messages with the place: ``- at `$.grantedMinutes` ``.
_PLACE = re.compile(r"^(?P<sentence>.*?)(?: - at `\$\.?(?P<place>.*)`)?$", re.DOTALL)
_MISSING = re.compile(r"missing required field `(?P<field>\w+)`")


class TimeOffBalanceGrant(Wire, kw_only=True):
    """How much of a kind of time off an agent is granted, in payable minutes: for good, or in a period of local days.

    Both days are included; without ``startDate`` the period has no beginning, without ``endDate`` no end. ``accrual`` is when
    the minutes can be taken: at once, or in equal parts each week or month from the first day on. Of what is left at the
    end ``carryOverAtMostMinutes`` at most go on into the next period, where they lapse after ``carryOverExpiresOn``.
    """

    granted_minutes: Annotated[int, Meta(ge=0, le=MINUTES_AT_MOST)]
    start_date: date | None = None
    end_date: date | None = None
    accrual: Accrual | None = None
    carry_over_at_most_minutes: Annotated[int, Meta(ge=0, le=MINUTES_AT_MOST)] | None = None
    carry_over_expires_on: date | None = None
    metadata: TimeOffVersion | None = None

    def grant(self, person_id: str, activity_code_id: str) -> Grant:
        """The grant as the room knows it."""
        return Grant(
            person_id,
            activity_code_id,
            self.granted_minutes,
            period=Days(self.start_date or ALWAYS.first, self.end_date or ALWAYS.last),
            accrual=self.accrual or Accrual.AT_ONCE,
            carry_over=CarryOver(self.carry_over_at_most_minutes or 0, self.carry_over_expires_on),
        )


class TimeOffBalanceRow(TimeOffBalanceGrant, kw_only=True):
    """A grant with whose it is, and of which kind of time off."""

    user_id: Identifier
    activity_code_id: Identifier


COLUMNS = frozenset(field.encode_name for field in msgspec.structs.fields(TimeOffBalanceRow)) - {"metadata"}


class TimeOffBalanceImport(Wire):
    """Many grants: ``rows`` as of TimeOffBalanceRow, or ``csv`` with their names in its first line; one of the two."""

    rows: Annotated[list[dict[str, Any]], Meta(min_length=1, max_length=ROWS_AT_MOST)] | None = None
    csv: str | None = None

    def read(self) -> list[Row]:
        """The grants. Raises Invalid, naming every row that cannot be read."""
        if (self.rows is None) == (self.csv is None):
            raise Invalid(Problem("rows", "give either rows or csv.", "timeoff.balance.rows"))
        named = _rows_of(self.rows) if self.rows is not None else list(_lines_of(self.csv or ""))
        read: list[Row] = []
        problems: list[Problem] = []
        for name, content in named:
            strange = [field for field in content if field not in COLUMNS]
            if strange:
                # Left out silently, a misspelt startDate would grant for good.
                problems.append(
                    Problem(f"{name}.{strange[0]}", f"is unknown; there are: {', '.join(sorted(COLUMNS))}.")
                )
                continue
            try:
                row = msgspec.convert(content, TimeOffBalanceRow, strict=self.csv is None)
            except msgspec.ValidationError as error:
                problems.append(_problem(name, str(error)))
                continue
            read.append(Row(name, row.grant(row.user_id, row.activity_code_id)))
        if len(problems) > PROBLEMS_AT_MOST:
            sentence = f"{len(problems) - PROBLEMS_AT_MOST} more problems are not listed."
            problems[PROBLEMS_AT_MOST:] = [Problem("rows", sentence, "timeoff.balance.more")]
        if problems:
            raise Invalid(*problems)
        return read


def _rows_of(rows: Sequence[Mapping[str, Any]]) -> list[tuple[str, Mapping[str, Any]]]:
    return [(f"rows[{index}]", row) for index, row in enumerate(rows)]


def _lines_of(text: str) -> Iterator[tuple[str, dict[str, str]]]:
    """Each line of a CSV text that has values, by the names of its first. Raises Invalid."""
    reader = csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""), strict=True)
    try:
        names = [name.strip() for name in next(reader, [])]
        strange = [name for name in names if name not in COLUMNS]
        if strange or not names or len(set(names)) < len(names):
            sentence = f"must name each column once in its first line, of: {', '.join(sorted(COLUMNS))}."
            raise Invalid(Problem("csv", f"{sentence} It has: {', '.join(names)[:500] or 'nothing'}."))
        for count, values in enumerate(reader):
            if count >= ROWS_AT_MOST:
                raise Invalid(Problem("csv", f"has more than {ROWS_AT_MOST} lines; send the rest in a second import."))
            if len(values) > len(names):
                sentence = f"has {len(values)} values for {len(names)} columns."
                raise Invalid(Problem(f"csv[{reader.line_num}]", sentence))
            given = {name: value.strip() for name, value in zip(names, values, strict=False) if value.strip()}
            if given:
                yield f"csv[{reader.line_num}]", given
    except csv.Error as error:
        raise Invalid(Problem(f"csv[{reader.line_num}]", f"is no CSV: {error}.")) from error


def _problem(name: str, message: str) -> Problem:
    missing = _MISSING.search(message)
    if missing is not None:
        return Problem(f"{name}.{missing['field']}", "is required.")
    found = _PLACE.match(message)
    assert found is not None
    return Problem(f"{name}.{found['place']}" if found["place"] else name, f"{found['sentence']}.")


class TimeOffBalanceImported(Wire):
    """How many grants were there, and how many balances they changed (also those that are carried other minutes now)."""

    rows: int
    changed: int


class TimeOffBalance(Wire):
    """What an agent has of a kind of time off, in payable minutes: for good, or in a period from a day to a day.

    ``carriedMinutes`` come from the period before as things stand, ``lapsingMinutes`` of them lapse unless they are taken.
    ``remainingMinutes`` is what is left at the end; how much can be asked for on a day is for ``timeoffbalance/jobs``.
    """

    user: Reference
    activity_code_id: str
    granted_minutes: int
    carried_minutes: int
    lapsing_minutes: int
    approved_minutes: int
    remaining_minutes: int
    accrual: Accrual
    carry_over_at_most_minutes: int
    metadata: TimeOffMetadata
    self_uri: str
    start_date: date | None = None
    end_date: date | None = None
    carry_over_expires_on: date | None = None


class TimeOffBalances(Wire):
    """The balances that are kept for an agent, by activity code and period."""

    entities: list[TimeOffBalance]


def show_imported(imported: Imported) -> TimeOffBalanceImported:
    """What an import did, on the wire."""
    return TimeOffBalanceImported(rows=imported.rows, changed=imported.changed)


def show_balance(balance: Balance) -> TimeOffBalance:
    """A balance on the wire."""
    period = balance.period
    return TimeOffBalance(
        user=user_ref(balance.person_id),
        activity_code_id=balance.activity_code_id,
        granted_minutes=balance.granted_minutes,
        carried_minutes=balance.carried_minutes,
        lapsing_minutes=balance.lost_minutes,
        approved_minutes=balance.taken_minutes,
        remaining_minutes=balance.left_minutes,
        accrual=balance.accrual,
        carry_over_at_most_minutes=balance.carry_over.at_most_minutes,
        metadata=metadata_of(balance.stamp),
        self_uri=f"{OWN}/users/{balance.person_id}/balances/{balance.activity_code_id}",
        start_date=None if period.first == ALWAYS.first else period.first,
        end_date=None if period.last == ALWAYS.last else period.last,
        carry_over_expires_on=balance.carry_over.expires_on,
    )


def show_balances(balances: Sequence[Balance]) -> TimeOffBalances:
    """Balances on the wire."""
    return TimeOffBalances(entities=[show_balance(balance) for balance in balances])
