"""How a decision is told: with what would lift it, and only as much of who did what as the caller may know."""

from collections.abc import Mapping
from typing import Any

from shiftline.access.model.connecting import Question, Snapshot
from shiftline.access.model.remedies import Facts, Giver
from shiftline.access.rules.plain import tell_agent
from shiftline.access.rules.remedies import Judge, with_remedies
from shiftline.authorization.model import SOFTPHONE
from shiftline.authorization.operations import find_roles_giving, may
from shiftline.foundation.context import Context
from shiftline.foundation.database import Transaction
from shiftline.foundation.decision import Decision, describe

VIEW = "access:decision:view"


async def judge_with_remedies(tx: Transaction, question: Question, facts: Facts, judge: Judge) -> Decision:
    """A verdict with what would lift it, and what would come of that."""
    decision = judge(facts)
    giver = None
    if any(gate.code == "permission.missing" for gate in decision.blockers):
        giver = await _find_giver(tx, facts.snapshot)
    past = question.at is not None and question.at < tx.context.now()
    return with_remedies(decision, facts, judge, giver, past=past)


async def _find_giver(tx: Transaction, snapshot: Snapshot) -> Giver | None:
    """The role to grant: the one that gave the softphone last, where it still does, else the one that gives the least beside it.

    None where only roles that give everything (``*:*:*``) give it: nobody becomes an administrator by one click.
    """
    if snapshot.person is None:
        return None
    former = [each.role_id for each in snapshot.former_holdings]
    giving = await find_roles_giving(tx, tx.context.organization_id, SOFTPHONE)
    roles = [role for role in giving if not any(each.startswith("*") for each in role.permissions)]
    roles.sort(key=lambda role: former.index(role.id) if role.id in former else len(former))
    if not roles:
        return None
    return Giver(roles[0].id, roles[0].name, snapshot.person.division_id, roles[0].permissions)


def describe_whole(decision: Decision) -> dict[str, object]:
    """A decision as it is kept, for whoever may see all of it."""
    unnamed = decision.without_names().sentence
    return {**describe(decision), "agent_sentence": tell_agent(decision), "unnamed": unnamed}


def tell(context: Context, kept: Mapping[str, Any]) -> dict[str, object]:
    """A kept decision as the caller may see it, with what they may do about it.

    Who did what, and the calls of others, is for whoever has ``access:decision:view``: the person themself reads what was done
    and when, and who can help.
    """
    own, named = context.actor.person_id == kept["user_id"], may(context, VIEW)
    gates = [_tell_gate(gate, named=named) for gate in kept["gates"]]
    remedies = [_tell_remedy(context, each, own=own, named=named) for each in kept["remedies"]]
    return {
        **kept,
        "sentence": kept["sentence"] if named else kept.get("unnamed") or kept["sentence"],
        "gates": gates,
        "blockers": [gate for gate in gates if gate["holds"] is False],
        "remedies": remedies,
    }


def _tell_gate(gate: Mapping[str, Any], *, named: bool) -> dict[str, Any]:
    if named:
        return dict(gate)
    source = gate["source"] and {**gate["source"], "by": None}
    return {**gate, "sentence": gate.get("unnamed") or gate["sentence"], "source": source}


def _tell_remedy(context: Context, remedy: Mapping[str, Any], *, own: bool, named: bool) -> dict[str, Any]:
    may_do = _may_do(context, remedy.get("operation"), own=own)
    if may_do or named:
        return {**remedy, "may": may_do}
    return {**remedy, "may": may_do, "operation": None, "command": None}


def _may_do(context: Context, operation: Mapping[str, Any] | None, *, own: bool) -> bool | None:
    """Whether the caller may make a remedy's call; None where there is none."""
    if operation is None:
        return None
    if own and operation["own"]:
        needed = operation.get("own_permission")
        return needed is None or may(context, needed)
    permission = operation["permission"]
    return permission is not None and may(context, permission, division_id=operation["division_id"])
