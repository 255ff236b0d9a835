"""The verdict at an instant of a history: for simulations and assertions. Pure."""

from datetime import datetime

from shiftline.access.model.connecting import Tried
from shiftline.access.model.histories import History, Setting
from shiftline.access.model.receiving import Reception
from shiftline.access.rules.connecting import WHAT, list_gates, name_of
from shiftline.access.rules.histories import snapshot_at
from shiftline.access.rules.receiving import list_planned_gates
from shiftline.foundation.decision import Decision, Reason


def list_gates_at(
    action: Tried, history: History, setting: Setting, at: datetime, *, ahead: bool
) -> tuple[Reason, ...]:
    """Every gate that what is planned and set decides. ``ahead``: the instant is still to come."""
    snapshot = snapshot_at(history, setting, at)
    if action != "receive":
        return list_gates(action, snapshot, ahead=ahead)[0]
    memberships = tuple(each.fact for each in history.memberships if each.stood(at) and each.fact.active)
    return list_planned_gates(snapshot, Reception(memberships=memberships), ahead=ahead)


def foresee(action: Tried, history: History, setting: Setting, at: datetime) -> Decision:
    """The verdict at an instant that is still to come."""
    return Decision(
        action=action,
        subject_id=history.person_id,
        evaluated_at=at,
        gates=list_gates_at(action, history, setting, at, ahead=True),
        who=name_of(snapshot_at(history, setting, at)),
        what=WHAT.get(action, "receive calls"),
    )
