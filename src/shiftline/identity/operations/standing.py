"""Whether somebody who proved who they are may go on: the gates of sign-in, from one row of the truth."""

from shiftline.foundation.clock import Clock
from shiftline.foundation.database import Row
from shiftline.foundation.decision import Decision, Source
from shiftline.identity import rules


def judge(row: Row, clock: Clock, *, subject_id: str, what: str = "use this token now") -> Decision | None:
    """The decision that bars a person (or a client, when the row has no person) from everything, or None."""
    gates = [
        rules.judge_organization(
            row["organization_name"],
            row["organization_active"],
            Source("identity.organization", row["organization_since"], row["organization_changed_by"]),
        )
    ]
    if row["person_id"] is not None:
        source = Source("identity.person", row["person_since"], row["person_changed_by"])
        gates.append(rules.judge_person(row["person_name"], row["person_state"], source))
    return rules.judge_standing(subject_id, tuple(gates), clock.now(), what=what)
