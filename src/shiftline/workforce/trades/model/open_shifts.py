"""What the rules say of somebody taking an open shift, and what became of it."""

from dataclasses import dataclass
from datetime import datetime

from shiftline.workforce.preferences.model import WishVerdict
from shiftline.workforce.schedule.model.open_shifts import OpenShift
from shiftline.workforce.trades.model import Finding, Mode, Pay, Ruling


@dataclass(frozen=True, slots=True)
class TakeJudgement:
    """The verdict of each rule, those that hold too, in their order, and the rule that decides. ``wishes`` are for the
    taker's eyes alone.
    """

    verdict: Mode
    ruling: Ruling
    verdicts: tuple[Finding, ...] = ()
    pay: Pay | None = None
    wishes: tuple[WishVerdict, ...] = ()

    @property
    def broken(self) -> tuple[Finding, ...]:
        """The rules that do not hold."""
        return tuple(each for each in self.verdicts if each.reason.holds is not True)


@dataclass(frozen=True, slots=True)
class Takeable:
    """An open shift as an agent sees it, with what the rules say of their taking it; None where it is decided.
    ``held_until``: a ring that begins with it waits for its review so long, and nobody can take it.
    """

    open_shift: OpenShift
    judgement: TakeJudgement | None = None
    held_until: datetime | None = None
