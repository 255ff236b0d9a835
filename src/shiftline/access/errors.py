"""What this room refuses."""

from shiftline.foundation.errors import Conflict, NotFound


class DecisionNotFound(NotFound):
    """No decision with this id was made, or not in this organization."""

    def __init__(self, decision_id: str) -> None:
        super().__init__("decision", decision_id)


class SimulationNotFound(NotFound):
    """No simulation with this id was made, or not in this organization."""

    def __init__(self, simulation_id: str) -> None:
        super().__init__("simulation", simulation_id)


class AssertionNotFound(NotFound):
    """There is no assertion with this id, or not in this organization."""

    def __init__(self, assertion_id: str) -> None:
        super().__init__("assertion", assertion_id)


class AssertionBroken(Conflict):
    """A change would break what was asserted of access, and the assertion blocks it."""

    def __init__(self, sentences: list[str]) -> None:
        told = " ".join(sentences)
        super().__init__(
            f"Nothing was changed, for this would break what is asserted of access. {told} "
            "Change what breaks it, or the assertion.",
            code="access.assertion.broken",
        )


class RuleNotSimulated(Conflict):
    """The shift rule is switched on or changed without anybody having looked at whom it would keep out."""

    def __init__(self) -> None:
        super().__init__(
            "Nothing was changed: the shift rule decides who may connect, so look first at whom it would keep out. Simulate exactly "
            "these settings (POST /api/v2/shiftline/access/simulate, or What if on the page), then send this again within a day.",
            code="access.rule.not.simulated",
        )


class ReasonNotFound(NotFound):
    """No reason has this code; ``near`` are those that are like it."""

    def __init__(self, code: str, near: list[str]) -> None:
        super().__init__("reason", code)
        if near:
            self.message = f"There is no reason with the code {code}. Near to it: {', '.join(near)}."
            self.params = {**self.params, "near": ",".join(near)}
