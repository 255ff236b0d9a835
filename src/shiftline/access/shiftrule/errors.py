"""What this room refuses."""

from shiftline.foundation.errors import Invalid, NotFound, Problem


class ExceptionNotFound(NotFound):
    """No such exception from the shift rule."""

    def __init__(self, exception_id: str) -> None:
        super().__init__("shift exception", exception_id)


class OverrideNotFound(NotFound):
    """No such override of the shift rule."""

    def __init__(self, override_id: str) -> None:
        super().__init__("shift override", override_id)


class SubjectUnknown(Invalid):
    """Nobody and nothing of this kind has the id."""

    def __init__(self, kind: str, subject_id: str) -> None:
        called = "user" if kind == "person" else kind
        super().__init__(Problem("subjectId", f"there is no {called} with id {subject_id}.", "not.found"))


class AlreadyOver(Invalid):
    """An exception that would have ended before it began."""

    def __init__(self) -> None:
        super().__init__(Problem("endsAt", "is not in the future: leave it out for an exception with no end."))


class NotForOneself(Invalid):
    """Nobody lets themselves in."""

    def __init__(self) -> None:
        super().__init__(
            Problem("userId", "nobody overrides the shift rule for themselves: somebody else with the permission can.")
        )


class TooLong(Invalid):
    """Longer than the tenant's settings let an override last."""

    def __init__(self, minutes: int, most: int) -> None:
        super().__init__(
            Problem(
                "minutes",
                f"an override lasts {most} minutes at most in this organization, and {minutes} were asked for; "
                "overrideMostMinutes of PUT /api/v2/telephony/settings sets that.",
            )
        )
