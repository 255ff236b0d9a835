"""What happened to adjustments and their reason codes."""

from dataclasses import dataclass

from shiftline.foundation.events import event
from shiftline.workforce.adjustments.model import Adjustment

SERVICE = "WorkforceManagement"


@event("workforce.adherence_adjustment.changed", service=SERVICE, entity=("AdherenceAdjustment", "adjustment_id"))
@dataclass(frozen=True, slots=True, kw_only=True)
class AdjustmentChanged:
    """An adjustment was submitted, changed, decided, or deleted (not ``active``)."""

    organization_id: str
    adjustment_id: str
    adjustment: Adjustment
    by: str


@event("workforce.adjustment_reason_code.changed", service=SERVICE, entity=("AdherenceAdjustmentReasonCode", "reason_code_id"))  # fmt: skip
@dataclass(frozen=True, slots=True, kw_only=True)
class ReasonCodeChanged:
    """A reason code was made, changed or deleted."""

    organization_id: str
    reason_code_id: str
    business_unit_id: str
    name: str
    state: str
    version: int


@event("workforce.adjustment_settings.changed", service=SERVICE, entity=("BusinessUnit", "business_unit_id"))
@dataclass(frozen=True, slots=True, kw_only=True)
class RangeChanged:
    """How far back agents of a business unit may submit changed."""

    organization_id: str
    business_unit_id: str
    days: int
    version: int
