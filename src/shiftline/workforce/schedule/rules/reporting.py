"""Everything that is wrong with a request, and everything that was decided for its caller, each at its field."""

from shiftline.foundation.errors import Invalid, Problem
from shiftline.workforce.schedule.model import Note

PROBLEMS_AT_MOST = 100


class Report:
    """Collects problems, so that a planner sees all of a file's mistakes at once, and notes."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []
        self.notes: list[Note] = []

    def refuse(self, field: str, sentence: str, code: str = "invalid.value") -> None:
        """Note a problem; beyond a hundred they are only counted by their absence."""
        if len(self.problems) < PROBLEMS_AT_MOST:
            self.problems.append(Problem(field, sentence, code))

    def take(self, error: Invalid) -> None:
        """Note the problems of a refusal."""
        for problem in error.problems:
            self.refuse(problem.field, problem.sentence, problem.code)

    def remark(self, code: str, field: str, sentence: str) -> None:
        """Note a decision made for the caller."""
        self.notes.append(Note(code, field, sentence))

    def check(self) -> None:
        """Raise Invalid with all problems, if there are any."""
        if self.problems:
            raise Invalid(*self.problems)
