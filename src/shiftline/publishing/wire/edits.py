"""Edits of a schedule on the wire: as they are asked for, and what they do or would do."""

from datetime import datetime
from typing import Annotated

import msgspec
from msgspec import Meta

from shiftline.foundation.errors import Invalid, Problem
from shiftline.foundation.web.wire import Identifier, Instant, LongText, Reference, ShortText, Wire
from shiftline.publishing.model import Acceptance, Breach, EditOutcome, Severity
from shiftline.publishing.wire.differences import AgentChange, show_agents, user_ref
from shiftline.workforce.schedule.model import LONGEST_SHIFT_MINUTES, ActivityDraft
from shiftline.workforce.schedule.operations.editing import Order
from shiftline.workforce.schedule.rules.coverage import QUARTER_MINUTES
from shiftline.workforce.schedule.rules.editing.asked import Edit, EditKind

AGENTS_AT_MOST = 5000

Minutes = Annotated[int, Meta(ge=1, le=2 * LONGEST_SHIFT_MINUTES)]
Payable = Annotated[int, Meta(ge=0, le=2 * LONGEST_SHIFT_MINUTES)]


class Window(Wire):
    """A span in which the best instant is looked for, agent by agent."""

    start_date: Instant
    end_date: Instant


class ActivityAsked(Wire):
    """An activity of a new shift."""

    start_date: Instant
    length_minutes: Minutes
    activity_code_id: Identifier
    paid: bool | None = None
    payable_minutes: Payable | None = None
    description: ShortText | None = None


class EditAsked(Wire):
    """One edit. A shift is named by its id, an activity by its start (``activityStartDate``); ``startDate`` and
    ``lengthMinutes`` are what shall be.

    addActivity: userId, startDate, lengthMinutes, activityCodeId; shiftId if not the one that the start lies in.
    moveActivity: userId, shiftId, activityStartDate, startDate. resizeActivity: ... lengthMinutes.
    splitActivity: ... startDate of the second half, its activityCodeId if another. removeActivity: userId, shiftId,
    activityStartDate. placeActivity: userIds, lengthMinutes, activityCodeId, and startDate or window.
    addShift: userId, startDate, lengthMinutes, activities, skillIds. moveShift: userId, shiftId, startDate.
    resizeShift: userId, shiftId, startDate or lengthMinutes or both. removeShift: userId, shiftId. openShift (taken from
    its agent and left open, in a published week): userId, shiftId, skillIds if others than its own, queueIds, description.
    """

    type: EditKind
    user_id: Identifier | None = None
    user_ids: Annotated[list[Identifier], Meta(max_length=AGENTS_AT_MOST)] | None = None
    shift_id: Identifier | None = None
    activity_start_date: Instant | None = None
    start_date: Instant | None = None
    length_minutes: Minutes | None = None
    activity_code_id: Identifier | None = None
    window: Window | None = None
    paid: bool | None = None
    payable_minutes: Payable | None = None
    description: ShortText | None = None
    external_activity_id: Identifier | None = None
    external_activity_type: ShortText | None = None
    activities: Annotated[list[ActivityAsked], Meta(max_length=100)] | None = None
    skill_ids: Annotated[list[Identifier], Meta(max_length=100)] | None = None
    queue_ids: Annotated[list[Identifier], Meta(max_length=100)] | None = None


class AcceptanceAsked(Wire):
    """A rule that may be broken: for one agent, or without ``userId`` for all whom the edits name."""

    code: ShortText
    user_id: Identifier | None = None


class EditsBody(Wire):
    """Edits of the version that the caller read; all of them become one revision, or none does."""

    edits: Annotated[list[EditAsked], Meta(min_length=1, max_length=500)]
    version: Annotated[int, Meta(ge=1)] | None = None
    reason: LongText | None = None
    accept_breaches: Annotated[list[AcceptanceAsked], Meta(max_length=1000)] = msgspec.field(
        default_factory=list[AcceptanceAsked]
    )


class ProblemShown(Wire):
    """What can never be, at its field."""

    field: str
    message: str
    code: str


class BreachShown(Wire):
    """A rule that the edited schedule breaks. A ``breach`` must be named in ``acceptBreaches``; a ``notice`` need not."""

    code: str
    user: Reference
    severity: Severity
    sentence: str
    shift_ids: list[str]
    field: str | None = None


class CoverageShown(Wire):
    """A quarter of an hour in which more or less is on queue than before."""

    start_date: datetime
    minutes_difference: int
    agents_difference: float


class PlacementShown(Wire):
    """When a placed activity is for an agent."""

    field: str
    user: Reference
    start_date: datetime


class ConflictShown(Wire):
    """What approved time off met."""

    code: str
    sentence: str


class EditsAnswer(Wire):
    """What edits did (``changed``), or would do. ``possible`` False: see ``problems``."""

    changed: bool
    possible: bool
    schedule_id: str
    version: int
    previous_version: int
    sentence: str
    problems: list[ProblemShown]
    breaches: list[BreachShown]
    agents: list[AgentChange]
    coverage: list[CoverageShown]
    placements: list[PlacementShown]
    conflicts: list[ConflictShown]
    open_shift_ids: list[str] | None = None


def to_order(schedule_id: str, body: EditsBody) -> Order:
    """The edits, each with its field. Raises Invalid when they name too many agents."""
    edits = tuple(_to_edit(each, f"edits[{index}]") for index, each in enumerate(body.edits))
    if sum(len(edit.agent_ids) for edit in edits) > AGENTS_AT_MOST:
        raise Invalid(Problem("edits", f"name more than {AGENTS_AT_MOST} agents in all.", "edit.too.many"))
    return Order(schedule_id, body.version, edits, (body.reason or "").strip() or None)


def to_acceptances(body: EditsBody) -> list[Acceptance]:
    """What the planner accepts."""
    return [Acceptance(each.code, each.user_id) for each in body.accept_breaches]


def _to_edit(asked: EditAsked, field: str) -> Edit:
    if asked.type is EditKind.PLACE_ACTIVITY:
        agents = tuple(asked.user_ids or ())
    else:
        agents = () if asked.user_id is None else (asked.user_id,)
    return Edit(
        field=field,
        kind=asked.type,
        agent_ids=agents,
        shift_id=asked.shift_id,
        activity_start=asked.activity_start_date,
        start=asked.start_date,
        minutes=asked.length_minutes,
        code_id=asked.activity_code_id,
        window=None if asked.window is None else (asked.window.start_date, asked.window.end_date),
        paid=asked.paid,
        payable_minutes=asked.payable_minutes,
        description=asked.description,
        external_activity_id=asked.external_activity_id,
        external_activity_type=asked.external_activity_type,
        activities=None if asked.activities is None else tuple(_to_draft(each) for each in asked.activities),
        skill_ids=None if asked.skill_ids is None else tuple(asked.skill_ids),
        queue_ids=None if asked.queue_ids is None else tuple(asked.queue_ids),
    )


def _to_draft(asked: ActivityAsked) -> ActivityDraft:
    return ActivityDraft(
        start=asked.start_date,
        minutes=asked.length_minutes,
        code_id=asked.activity_code_id,
        paid=asked.paid,
        payable_minutes=asked.payable_minutes,
        description=asked.description,
    )


def to_answer(outcome: EditOutcome) -> EditsAnswer:
    """What edits do, the sentence first."""
    draft, revised = outcome.draft, outcome.revised
    former = draft.schedule.version
    return EditsAnswer(
        changed=revised is not None and revised.changed,
        possible=not draft.problems,
        schedule_id=draft.schedule.id,
        version=former if revised is None else revised.schedule.version,
        previous_version=former,
        sentence=_sentence(outcome),
        problems=[ProblemShown(field=p.field, message=p.sentence, code=p.code) for p in draft.problems],
        breaches=[_breach(each) for each in outcome.breaches],
        agents=show_agents(outcome.differences),
        coverage=[
            CoverageShown(
                start_date=quarter, minutes_difference=minutes, agents_difference=round(minutes / QUARTER_MINUTES, 2)
            )
            for quarter, minutes in outcome.coverage.items()
        ],
        placements=[
            PlacementShown(field=field, user=user_ref(agent_id), start_date=start)
            for field, starts in draft.placed.items()
            for agent_id, start in starts.items()
        ],
        conflicts=[ConflictShown(code=each.code, sentence=each.sentence) for each in outcome.clashes],
        open_shift_ids=list(revised.open_shift_ids) or None if revised is not None else None,
    )


def _breach(breach: Breach) -> BreachShown:
    return BreachShown(
        code=breach.code,
        user=user_ref(breach.agent_id),
        severity=breach.severity,
        sentence=breach.sentence,
        shift_ids=list(breach.shift_ids),
        field=breach.field,
    )


def _sentence(outcome: EditOutcome) -> str:
    if outcome.draft.problems:
        return f"Not possible: {outcome.draft.problems[0].field} {outcome.draft.problems[0].sentence}"
    agents = len(outcome.differences)
    if not agents:
        return "Nothing changes: the schedule already is as the edits want it."
    breaches = sum(each.severity is Severity.BREACH for each in outcome.breaches)
    would = "would change" if outcome.revised is None else "changed"
    broken = f", {breaches} rule{'' if breaches == 1 else 's'} broken" if breaches else ""
    return f"The work of {agents} agent{'' if agents == 1 else 's'} {would}{broken}."
