"""What this room refuses."""

from collections.abc import Sequence

from shiftline.foundation.errors import Conflict, Invalid, NotFound, Problem
from shiftline.workforce.workplans.model import Contradiction


class WorkPlanNotFound(NotFound):
    """No such work plan in the management unit."""

    def __init__(self, work_plan_id: str) -> None:
        super().__init__("work plan", work_plan_id)


class WorkPlanInUse(Conflict):
    """A plan that agents have cannot be deleted."""

    def __init__(self, name: str, agents: int) -> None:
        super().__init__(
            f"{name} is the work plan of {agents} agents. Give them another first.", code="workplan.in.use"
        )


class PlanContradictory(Invalid):
    """Rules of a plan contradict each other; each problem stands at the first of its fields and names all of them."""

    def __init__(self, found: Sequence[Contradiction]) -> None:
        problems = [Problem(each.fields[0], each.sentence, each.code) for each in found]
        super().__init__(*problems, code="workplan.contradictory")
