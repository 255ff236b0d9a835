"""A ring of trades between two agents of the sample organization whom no other test lets trade."""

from datetime import timedelta
from functools import cache
from time import monotonic, sleep
from typing import Any

from contract.sdk.centre import Centre, made, minutes

ONE, OTHER = 9, 10
PATIENCE = 120.0


def ask(centre: Centre, method: str, path: str, body: Any = None, who: str | int = "admin") -> Any:
    """A call of an operation that the vendor's SDK does not have, through the SDK's own client."""
    from contract.ours import raw

    return raw(centre, method, f"/api/v2/shiftline/workforce/businessunits/{centre.business_unit}/{path}", body, who)


def week_of(shift: Any) -> str:
    return str(shift.schedule.week_date)


@cache
def proposed_ring(centre: Centre) -> tuple[str, str]:
    """Both offer shifts that begin on the same day for each other's, and the search proposes it: (week, ring)."""
    theirs = {shift.start_date.date(): shift for shift in centre.upcoming_shifts(OTHER)}
    mine = next(shift for shift in centre.upcoming_shifts(ONE) if shift.start_date.date() in theirs)
    pair = ((ONE, mine, theirs[mine.start_date.date()]), (OTHER, theirs[mine.start_date.date()], mine))
    for who, shift, wanted in pair:
        offer = centre.offer_of(shift)
        end = wanted.start_date + minutes(wanted) + timedelta(minutes=15)
        offer.acceptable_intervals = [made("RequiredDateRange", start_date=wanted.start_date, end_date=end)]
        centre.call("postWorkforcemanagementShifttradingTradesJobs", offer, who=who)
    week = week_of(mine)
    job = ask(centre, "POST", f"weeks/{week}/tradecycles/jobs", {"weekCount": 1})
    until = monotonic() + PATIENCE
    while job["status"] == "Processing" and monotonic() < until:
        sleep(0.3)
        job = ask(centre, "GET", f"weeks/{week}/tradecycles/jobs/{job['id']}")
    assert job["status"] == "Complete", job
    assert job["optimal"] is True
    people = {centre.agent_id(ONE), centre.agent_id(OTHER)}
    (ring,) = [each for each in job["proposals"] if {member["user"]["id"] for member in each["members"]} == people]
    return week, ring["id"]
