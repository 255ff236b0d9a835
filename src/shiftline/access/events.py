"""What happened to what is asserted of access."""

from dataclasses import dataclass
from datetime import datetime

from shiftline.foundation.events import event


@event("access.assertion.changed", service="Telephony", entity=("AccessAssertion", "assertion_id"))
@dataclass(frozen=True, slots=True, kw_only=True)
class AssertionChanged:
    """Something is asserted, otherwise or no more (not ``active``)."""

    organization_id: str
    assertion_id: str
    name: str
    active: bool
    version: int


@event("access.assertion.violated", service="Telephony", entity=("AccessAssertion", "assertion_id"), action="Violate")
@dataclass(frozen=True, slots=True, kw_only=True)
class AssertionViolated:
    """A change broke an assertion that only tells; the change is the one of the same correlation."""

    organization_id: str
    assertion_id: str
    person_id: str
    at: datetime
    sentence: str
