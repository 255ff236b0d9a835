"""What this room refuses."""

from collections.abc import Mapping, Sequence

from shiftline.foundation.errors import Conflict, Invalid, NotFound, Problem
from shiftline.workforce.workplans.model import Contradiction


class WorkPlanNotFound(NotFound):
    """No such work plan in the management unit."""

    def __init__(self, work_plan_id: str) -> None:
        super().__init__("work plan", work_plan_id)


class WorkPlanInUse(Conflict):
    """A plan that agents have, also only for single weeks, or that a rotation has, cannot be deleted."""

    def __init__(self, name: str, agents: int, overridden: int = 0, rotations: int = 0) -> None:
        uses = [
            f"the work plan of {agents} agents" if agents else "",
            f"that of single weeks of {overridden} agents" if overridden else "",
            f"in {rotations} rotations" if rotations else "",
        ]
        told = ", and ".join(use for use in uses if use)
        super().__init__(f"{name} is {told}. Give them another first.", code="workplan.in.use")


class RotationNotFound(NotFound):
    """No such rotation in the management unit."""

    def __init__(self, rotation_id: str) -> None:
        super().__init__("work plan rotation", rotation_id)


class RotationTaken(Conflict):
    """Agents are in another rotation on some of the days. ``busy``: its name by person; empty where it came meanwhile."""

    def __init__(self, busy: Mapping[str, str]) -> None:
        told = "; ".join(f"{person_id} is in {name}" for person_id, name in busy.items())
        super().__init__(
            f"An agent is in one rotation at a time, and on these days {told or 'one of them is in another already'}.",
            code="rotation.taken",
        )


class PlanContradictory(Invalid):
    """Rules of a plan contradict each other; each problem stands at the first of its fields and names all of them."""

    def __init__(self, found: Sequence[Contradiction]) -> None:
        problems = [Problem(each.fields[0], each.sentence, each.code) for each in found]
        super().__init__(*problems, code="workplan.contradictory")
