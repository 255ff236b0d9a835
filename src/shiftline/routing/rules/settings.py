"""What after-call work and utilization may be."""

from collections.abc import Mapping

from shiftline.foundation.errors import Invalid, Problem
from shiftline.routing.model.queues import AfterCallWork, Medium, WrapupPrompt
from shiftline.routing.model.utilization import MediaUtilization

TIMED = {WrapupPrompt.MANDATORY_TIMEOUT, WrapupPrompt.MANDATORY_FORCED_TIMEOUT}
MAY_BE_TIMED = TIMED | {WrapupPrompt.AGENT_REQUESTED}


def check_acw(acw: AfterCallWork) -> None:
    """Refuse a time limit where none can be, and none where there must be one. Raises Invalid."""
    if acw.timeout_ms is None and acw.wrapup_prompt in TIMED:
        raise Invalid(Problem("acwSettings.timeoutMs", f"is required with {acw.wrapup_prompt}."))
    if acw.timeout_ms is not None and acw.wrapup_prompt not in MAY_BE_TIMED:
        allowed = ", ".join(sorted(MAY_BE_TIMED))
        raise Invalid(Problem("acwSettings.timeoutMs", f"has a meaning only with {allowed}."))


def check_utilization(utilization: Mapping[Medium, MediaUtilization]) -> None:
    """Refuse a medium that interrupts itself. Raises Invalid."""
    problems = [
        Problem(f"utilization.{medium}.interruptableMediaTypes", f"{medium} cannot interrupt itself.")
        for medium, each in utilization.items()
        if medium in each.interruptable_media_types
    ]
    if problems:
        raise Invalid(*problems)
