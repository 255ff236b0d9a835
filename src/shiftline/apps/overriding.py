"""`shiftline override`: the operator lets an agent's softphone connect outside their shifts, for a time."""

import json
import re
from dataclasses import dataclass

import psycopg

from shiftline.access.shiftrule.model import OverrideDraft, ShiftOverride
from shiftline.access.shiftrule.operations import let_in
from shiftline.apps.connections import make_engines, opened
from shiftline.apps.supervisor.child import StartRefusedError
from shiftline.apps.why import find_person
from shiftline.foundation.context import Actor, Context
from shiftline.foundation.decision import text_of
from shiftline.foundation.errors import Invalid, Unavailable
from shiftline.foundation.settings import Settings
from shiftline.identity.operations.organizations import get_tenant_settings

_SPAN = re.compile(r"(?:(\d{1,4})h)?(?:(\d{1,4})m)?")
_OPTIONS = {"minutes": "--for", "reason": "--reason", "userId": "AGENT"}


@dataclass(frozen=True)
class Made:
    """The override, and whether the rule that it overrides is on."""

    override: ShiftOverride
    rule_on: bool


def parse_minutes(option: str, text: str) -> int:
    """Return the minutes of a span such as `90m`, `2h` or `1h30m`; raises StartRefusedError for anything else."""
    match = _SPAN.fullmatch(text.strip())
    minutes = 0 if match is None else 60 * int(match[1] or 0) + int(match[2] or 0)
    if minutes == 0:
        raise StartRefusedError(f"{option}: {text!r} is no span of time such as 90m, 2h or 1h30m.")
    return minutes


async def override_rule(settings: Settings, agent: str, minutes: int | None, reason: str) -> Made:
    """Let the one agent meant in, as the operator, who acts as the system.

    Raises StartRefusedError when no one agent is meant, when it is too long, or when the database cannot be reached.
    """
    async with opened(make_engines(settings, connections=2)) as engines:
        try:
            context = Context(engines.database, engines.clock, Actor("", "system"))
            own, person = await find_person(context, agent)
            made = await let_in(own, OverrideDraft(person.id, reason, minutes))
            return Made(made, (await get_tenant_settings(own)).softphone_within_shift)
        except Unavailable as unavailable:
            raise StartRefusedError(unavailable.message) from None
        except Invalid as invalid:
            wrong = "; ".join(f"{_OPTIONS.get(each.field, each.field)}: {each.sentence}" for each in invalid.problems)
            raise StartRefusedError(wrong) from None
        except (psycopg.errors.UndefinedTable, psycopg.errors.UndefinedColumn):
            raise StartRefusedError("The database is older than this Shiftline: run shiftline migrate.") from None


def in_json(made: Made) -> str:
    """One line of JSON."""
    override = made.override
    told = {
        "id": override.id,
        "userId": override.person_id,
        "startsAt": text_of(override.starts_at),
        "endsAt": text_of(override.ends_at),
        "reason": override.reason,
        "ruleOn": made.rule_on,
    }
    return json.dumps(told)


def in_words(made: Made) -> str:
    """A sentence for a person, and what to keep in mind."""
    override = made.override
    who = override.person_name or override.person_id
    told = f"{who} may connect the softphone outside their shifts until {text_of(override.ends_at)} (override {override.id})."
    if made.rule_on:
        return told
    return f"{told}\nThe shift rule is off: until it is switched on, nobody needs this."
