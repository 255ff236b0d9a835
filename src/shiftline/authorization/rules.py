"""Whether an actor holds a permission. Pure."""

import re
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from shiftline.authorization.model import EVERY_DIVISION, Granter, Role, RoleDraft
from shiftline.foundation.context import Actor
from shiftline.foundation.decision import Decision, Reason, Remedy

LONGEST = 200

_PART = r"(\*|[A-Za-z0-9][A-Za-z0-9_.-]*)"
_PERMISSION = re.compile(rf"{_PART}:{_PART}(:{_PART})?")


def covers(pattern: str, permission: str) -> bool:
    """Whether a permission in a role stands for another: ``wfm:*:view`` covers ``wfm:schedule:view``."""
    mine, wanted = pattern.split(":"), permission.split(":")
    return len(mine) == len(wanted) and all(m in ("*", w) for m, w in zip(mine, wanted, strict=True))


def is_permission(text: str) -> bool:
    """Whether a text is shaped like a permission: two or three parts of letters, digits, ``_.-``, or ``*``."""
    return len(text) <= LONGEST and _PERMISSION.fullmatch(text) is not None


def by_entity(permissions: Sequence[str]) -> dict[tuple[str, str], list[str]]:
    """The actions by (domain, entity), of the permissions that have all three."""
    found: dict[tuple[str, str], list[str]] = {}
    for permission in permissions:
        domain, _, rest = permission.partition(":")
        entity, colon, action = rest.partition(":")
        if colon:
            found.setdefault((domain, entity), []).append(action)
    return found


def grants_of(holdings: Sequence[tuple[str, Sequence[str]]]) -> Mapping[str, frozenset[str]]:
    """Holdings as (division, permissions of the role) -> permission -> divisions."""
    found: dict[str, set[str]] = {}
    for division_id, permissions in holdings:
        for permission in permissions:
            found.setdefault(permission, set()).add(division_id)
    return {permission: frozenset(divisions) for permission, divisions in found.items()}


def divisions_of(grants: Mapping[str, frozenset[str]], permission: str) -> frozenset[str]:
    """The divisions in which a permission holds; ``*`` among them means all."""
    direct = grants.get(permission, frozenset())
    wild = (divisions for pattern, divisions in grants.items() if "*" in pattern and covers(pattern, permission))
    return direct.union(*wild)


def holds(grants: Mapping[str, frozenset[str]], permission: str, division_id: str | None = None) -> bool:
    """Whether a permission holds in a division; with None, in any."""
    divisions = divisions_of(grants, permission)
    if division_id is None:
        return bool(divisions)
    return EVERY_DIVISION in divisions or division_id in divisions


def judge(actor: Actor, any_of: Collection[str], division_id: str | None, now: datetime) -> Decision:
    """Whether the actor holds one of the permissions (in the target's division when one is given)."""
    held = actor.kind == "system" or any(holds(actor.grants, permission, division_id) for permission in any_of)
    names = " or ".join(sorted(any_of))
    where = "" if division_id is None else f" in division {division_id}"
    sentence = f"You hold {names}{where}." if held else f"You lack the permission {names}{where}."
    remedy = Remedy(
        who="an administrator with authorization:grant:add",
        what=f"grant a role with {names}",
        at_once=True,
        sentence=f"An administrator can grant you a role with {names}; it holds at once, without a new sign-in.",
    )
    reason = Reason(
        code="permission.held" if held else "permission.missing",
        holds=held,
        sentence=sentence,
        facts={"anyOf": sorted(any_of), "divisionId": division_id},
        remedies=() if held else (remedy,),
    )
    return Decision(action="operate", subject_id=actor.id, evaluated_at=now, gates=(reason,))


def is_as_drafted(role: Role, draft: RoleDraft) -> bool:
    """Whether a role already is what it shall be."""
    same_texts = (role.name, role.description) == (draft.name, draft.description)
    return same_texts and set(role.permissions) == set(draft.permissions)


def find_last_granter(before: Sequence[Granter], after: Sequence[Granter]) -> Granter | None:
    """Whom a change must not take away: the last who may grant roles in every division, or, where nobody may that, the last
    who may at all. None where somebody is left, or nobody was there before.
    """
    for those in ([each for each in before if each.division_id == EVERY_DIVISION], list(before)):
        if those:
            left = {each.division_id for each in after}
            everywhere = those[0].division_id == EVERY_DIVISION
            return None if (EVERY_DIVISION in left if everywhere else left) else those[0]
    return None
