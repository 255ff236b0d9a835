"""Balances are granted: one period by hand, thousands from a file, all or none; and a period is taken out again."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from shiftline.authorization.operations import require
from shiftline.foundation.context import Context
from shiftline.foundation.database import Transaction
from shiftline.foundation.errors import Invalid, Problem
from shiftline.workforce.timeoff.errors import BalanceInUse, BalanceNotFound, GrantTooSmall, PeriodsOverlap
from shiftline.workforce.timeoff.events import TimeOffBalanceGranted, TimeOffBalancesImported
from shiftline.workforce.timeoff.model.balances import ALWAYS, Account, Balance, Grant
from shiftline.workforce.timeoff.rules.codes import choose_code
from shiftline.workforce.timeoff.rules.grants import Granted, check_grant, judge_periods, put_grants
from shiftline.workforce.timeoff.store import balances as store
from shiftline.workforce.timeoff.store import requests
from shiftline.workforce.timeoff.store.statements import fresh_stamp
from shiftline.workforce.units.model import ActivityCode, Agent
from shiftline.workforce.units.operations.activity_codes import find_activity_codes
from shiftline.workforce.units.operations.agents import find_agent, find_agents
from shiftline.workforce.units.rules import check_version

EDIT = "wfm:timeOffRequest:edit"
PROBLEMS_AT_MOST = 200


async def grant_balance(context: Context, grant: Grant, version: int | None) -> Balance:
    """Keep from now on how much of a kind of time off an agent has in a period; the same grant again changes nothing.

    A period that starts on the same day is replaced. ``version`` is the one of it that was read, or None to set it whatever
    it was. Raises AgentNotFound, Invalid, StaleVersion, GrantTooSmall, PeriodsOverlap.
    """
    problems = check_grant(grant, str)
    if problems:
        raise Invalid(*problems)
    async with context.transaction() as tx:
        agent = await find_agent(tx, context.organization_id, grant.person_id)
        require(context, EDIT, division_id=agent.division_id)
        codes = await find_activity_codes(tx, context.organization_id, agent.business_unit_id)
        choose_code(codes.codes.values(), grant.activity_code_id, "activityCodeId", by_agent=False)
        account = await _hold(tx, grant.person_id, grant.activity_code_id)
        current = _at(account, grant)
        if current is not None and version is not None:
            check_version(current.stamp, version, "metadata.version")
        granted = put_grants(account, [grant], fresh_stamp(tx))
        _refuse(granted)
        await store.save_balances(tx, granted.changed)
        balance = _at(granted.account, grant)
        assert balance is not None
        if granted.changed:
            tx.record(_event(context, balance))
        account = await _hold(tx, grant.person_id, grant.activity_code_id)
        kept = _at(account, grant)
        assert kept is not None
        return kept


async def remove_balance(context: Context, grant: Grant) -> None:
    """Take a period out (``grant`` names agent, code and first day); without any period nothing is counted any more.

    Raises AgentNotFound, BalanceNotFound, BalanceInUse, GrantTooSmall.
    """
    async with context.transaction() as tx:
        agent = await find_agent(tx, context.organization_id, grant.person_id)
        require(context, EDIT, division_id=agent.division_id)
        account = await _hold(tx, grant.person_id, grant.activity_code_id)
        current = _at(account, grant)
        if current is None:
            raise BalanceNotFound(grant.activity_code_id)
        others = {each.period.first: each for each in account.periods if each != current}
        if others and current.taken_minutes:
            raise BalanceInUse(current)
        rest = judge_periods(account, others)
        _refuse(rest)
        await store.save_balances(tx, [current], active=False)
        await store.save_balances(tx, rest.changed)
        tx.record(_event(context, current, active=False))


@dataclass(frozen=True, slots=True)
class Row:
    """One grant of many, and how the caller names it."""

    name: str
    grant: Grant

    def field(self, name: str) -> str:
        """The caller's name of one of its fields."""
        return f"{self.name}.{name}"


@dataclass(frozen=True, slots=True)
class Imported:
    """How many periods were there to be granted, and how many of them changed something."""

    rows: int
    changed: int


async def import_balances(context: Context, rows: Sequence[Row]) -> Imported:
    """Grant what many rows say, all or none. Raises Invalid naming every row that cannot be, PermissionMissing."""
    require(context, EDIT)
    problems = [problem for row in rows for problem in check_grant(row.grant, row.field)]
    problems += _find_twins(rows)
    _stop(problems)
    async with context.transaction() as tx:
        people = sorted({row.grant.person_id for row in rows})
        agents = await find_agents(tx, context.organization_id, people)
        for division_id in sorted({agent.division_id for agent in agents.values()}):
            require(context, EDIT, division_id=division_id)
        problems = _judge_people(rows, agents, await _read_codes(tx, agents.values()))
        _stop(problems)
        await requests.queue_all_approvals(tx)
        accounts = await store.lock_accounts(tx, people, None)
        takings = await store.find_takings(tx, people, None)
        changed: list[Balance] = []
        by_key: dict[tuple[str, str], list[Row]] = {}
        for row in rows:
            by_key.setdefault((row.grant.person_id, row.grant.activity_code_id), []).append(row)
        for key, own in sorted(by_key.items()):
            account = accounts.get(key) or Account(*key, (), takings.get(key, {}))
            granted = put_grants(account, [row.grant for row in own], fresh_stamp(tx))
            if granted.obstacle is not None:
                problems.append(_problem_of(own, granted))
            changed += granted.changed
        _stop(problems)
        await store.save_balances(tx, changed)
        if changed:
            tx.record(
                TimeOffBalancesImported(
                    organization_id=context.organization_id,
                    by=context.actor.id,
                    people=sorted({balance.person_id for balance in changed}),
                    rows=len(rows),
                )
            )
        return Imported(len(rows), len(changed))


def _find_twins(rows: Sequence[Row]) -> list[Problem]:
    seen: dict[tuple[object, ...], str] = {}
    problems: list[Problem] = []
    for row in rows:
        key = row.grant.person_id, row.grant.activity_code_id, row.grant.period.first
        if key in seen:
            sentence = f"is of the same agent, activity code and start as {seen[key]}; leave one of them out."
            problems.append(Problem(row.field("startDate"), sentence, "timeoff.balance.twice"))
        seen.setdefault(key, row.name)
    return problems


async def _read_codes(tx: Transaction, agents: Iterable[Agent]) -> Mapping[str, Mapping[str, ActivityCode]]:
    organization_id = tx.context.organization_id
    units = sorted({agent.business_unit_id for agent in agents})
    return {unit_id: (await find_activity_codes(tx, organization_id, unit_id)).codes for unit_id in units}


def _judge_people(
    rows: Sequence[Row], agents: Mapping[str, Agent], codes: Mapping[str, Mapping[str, ActivityCode]]
) -> list[Problem]:
    problems: list[Problem] = []
    judged: dict[tuple[str, str], list[Problem]] = {}
    for row in rows:
        agent = agents.get(row.grant.person_id)
        if agent is None:
            sentence = f"{row.grant.person_id!r} is no agent of this organization."
            problems.append(Problem(row.field("userId"), sentence, "timeoff.agent.unknown"))
            continue
        key = agent.business_unit_id, row.grant.activity_code_id
        if key not in judged:
            judged[key] = _judge_code(codes[key[0]], key[1])
        field = row.field("activityCodeId")
        problems += [Problem(field, problem.sentence, problem.code) for problem in judged[key]]
    return problems


def _judge_code(codes: Mapping[str, ActivityCode], code_id: str) -> list[Problem]:
    try:
        choose_code(codes.values(), code_id, "activityCodeId", by_agent=False)
    except Invalid as refused:
        return list(refused.problems)
    return []


def _problem_of(rows: Sequence[Row], granted: Granted) -> Problem:
    """What forbids one balance's grants, at the row of it that the obstacle is about."""
    obstacle = granted.obstacle
    assert obstacle is not None
    about = [balance.period.first for balance in obstacle.overlap or (obstacle.deficit or ())[:1]]
    row = next((row for row in reversed(rows) if row.grant.period.first in about), rows[0])
    return Problem(row.field(obstacle.field), obstacle.sentence, obstacle.code)


def _stop(problems: Sequence[Problem]) -> None:
    """Refuse, naming each problem, or the first of very many and how many there are."""
    if not problems:
        return
    named = list(problems[:PROBLEMS_AT_MOST])
    if len(problems) > len(named):
        sentence = f"{len(problems) - len(named)} more problems are not listed."
        named.append(Problem("rows", sentence, "timeoff.balance.more"))
    raise Invalid(*named)


def _refuse(granted: Granted) -> None:
    obstacle = granted.obstacle
    if obstacle is None:
        return
    if obstacle.overlap is not None:
        raise PeriodsOverlap(*obstacle.overlap)
    assert obstacle.deficit is not None
    raise GrantTooSmall(*obstacle.deficit)


async def _hold(tx: Transaction, person_id: str, activity_code_id: str) -> Account:
    await requests.queue_approvals(tx, person_id)
    key = person_id, activity_code_id
    held = (await store.lock_accounts(tx, key[:1], key[1:])).get(key)
    return held or Account(*key, (), (await store.find_takings(tx, key[:1], key[1:])).get(key, {}))


def _at(account: Account, grant: Grant) -> Balance | None:
    return next((each for each in account.periods if each.period.first == grant.period.first), None)


def _event(context: Context, balance: Balance, *, active: bool = True) -> TimeOffBalanceGranted:
    return TimeOffBalanceGranted(
        organization_id=context.organization_id,
        person_id=balance.person_id,
        activity_code_id=balance.activity_code_id,
        granted_minutes=balance.granted_minutes,
        taken_minutes=balance.taken_minutes,
        first_day=None if balance.period.first == ALWAYS.first else balance.period.first,
        last_day=None if balance.period.last == ALWAYS.last else balance.period.last,
        active=active,
    )
