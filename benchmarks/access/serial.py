"""The serial model: what may be decided of somebody at any moment, from the order in which changes were committed.

One writer makes all changes of an organization, one after another, and notes when it began each and when its commit had returned.
So there is one sequence of states. A check that began after a commit had returned must see it; what was committed while it ran
it may see or not: its verdict must be that of one of the states from the last change that had returned before the check began to
the last one that was begun before it ended. The verdict is all of its blockers, so that no mixture of two states passes for one.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

BLOCKERS = ("token.revoked", "person.inactive", "tenant.webrtc_disabled", "permission.missing", "shift.outside")
REVOKED, INACTIVE, DISABLED, MISSING, OUTSIDE = (1 << bit for bit in range(len(BLOCKERS)))
UNKNOWN = 1 << 7
"""A verdict that the model never gives."""

EVERYBODY = -1

Checks: TypeAlias = NDArray[Any]
CHECK = np.dtype([("person", "i4"), ("began", "i8"), ("ended", "i8"), ("mask", "u1")])
"""A check: of whom, from when until when (nanoseconds of the machine's steady clock), and the blockers found."""


@dataclass(frozen=True, slots=True)
class Write:
    """A change: what of whom (``EVERYBODY``: of the tenant) became what, begun when, and when its commit had returned."""

    began: int
    returned: int
    what: str
    person: int
    value: bool


def mask_of(codes: Sequence[str]) -> int:
    """Blockers as bits."""
    return sum(1 << BLOCKERS.index(code) if code in BLOCKERS else UNKNOWN for code in set(codes))


@dataclass
class State:
    """What stands, of a tenant and its people, as a reader of the rules would write it down."""

    people: int
    webrtc: bool = True
    rule: bool = False

    def __post_init__(self) -> None:
        self.active = np.ones(self.people, bool)
        self.granted = np.ones(self.people, bool)
        self.at_work = np.ones(self.people, bool)
        self.signed_in = np.ones(self.people, bool)

    def apply(self, write: Write) -> None:
        """What stands after a change."""
        if write.person == EVERYBODY:
            setattr(self, write.what, write.value)
        else:
            getattr(self, write.what)[write.person] = write.value

    def verdicts(self) -> NDArray[Any]:
        """Everybody's blockers."""
        masks = np.where(self.signed_in, 0, REVOKED) | np.where(self.active, 0, INACTIVE)
        masks |= np.where(self.granted, 0, MISSING)
        if not self.webrtc:
            masks |= DISABLED
        if self.rule:
            masks |= np.where(self.at_work, 0, OUTSIDE)
        return masks.astype("u1")


@dataclass(frozen=True, slots=True)
class Judgement:
    """How many checks agree with no state that they may have seen, and how many could have seen more than one."""

    checks: int
    stale: int
    ambiguous: int
    denied: int


def judge(people: int, writes: Sequence[Write], checks: Checks) -> Judgement:
    """Every check against the states that it may have seen."""
    state = State(people)
    verdicts = np.empty((len(writes) + 1, people), "u1")
    verdicts[0] = state.verdicts()
    for number, write in enumerate(writes, 1):
        state.apply(write)
        verdicts[number] = state.verdicts()
    first = np.searchsorted(np.array([write.returned for write in writes], "i8"), checks["began"], side="left")
    last = np.searchsorted(np.array([write.began for write in writes], "i8"), checks["ended"], side="right")
    agrees = np.zeros(len(checks), bool)
    for after in range(int((last - first).max(initial=0)) + 1):
        number = np.minimum(first + after, last)
        agrees |= verdicts[number, checks["person"]] == checks["mask"]
    return Judgement(
        checks=len(checks),
        stale=int((~agrees).sum()),
        ambiguous=int((last > first).sum()),
        denied=int((checks["mask"] != 0).sum()),
    )
