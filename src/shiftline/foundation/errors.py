"""The kinds of refusal. They carry codes and fields; ``foundation.web`` alone knows what they are on the wire."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from shiftline.foundation.decision import Decision


class Refusal(Exception):  # noqa: N818 - it is the outcome of a rule, not a programming error
    """What a room may answer instead of a result."""

    def __init__(self, code: str, message: str, params: Mapping[str, str] | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.params: Mapping[str, str] = params or {}


class NotFound(Refusal):
    """There is no such thing, or not in this organization."""

    def __init__(self, entity: str, entity_id: str) -> None:
        super().__init__("not.found", f"There is no {entity} with id {entity_id}.", {"entity": entity, "id": entity_id})
        self.entity = entity
        self.entity_id = entity_id


class Gone(Refusal):
    """It was there and was destroyed; what is known of that is told."""


class Conflict(Refusal):
    """The thing changed meanwhile, or would contradict another. Carries the current version, its author and time."""

    def __init__(
        self,
        message: str,
        *,
        code: str = "general.conflict",
        current_version: int | None = None,
        changed_by: str | None = None,
        changed_at: datetime | None = None,
    ) -> None:
        known = {
            "currentVersion": None if current_version is None else str(current_version),
            "modifiedBy": changed_by,
            "dateModified": None if changed_at is None else changed_at.isoformat(),
        }
        super().__init__(code, message, {name: value for name, value in known.items() if value is not None})
        self.current_version = current_version


class Refused(Refusal):
    """Denied, and proven so. ``retry_at`` is set when the denial ends by itself at a known instant."""

    def __init__(
        self,
        decision: Decision,
        *,
        code: str = "not.authorized",
        params: Mapping[str, str] | None = None,
        retry_at: datetime | None = None,
    ) -> None:
        super().__init__(code, decision.sentence, params)
        self.decision = decision
        self.retry_at = retry_at


class Unauthenticated(Refusal):
    """No credential, or one that proves nothing any more."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One wrong field: its path in the request as the caller wrote it, and a sentence."""

    field: str
    sentence: str
    code: str = "invalid.value"


class Invalid(Refusal):
    """The request cannot mean anything; each problem names its field."""

    def __init__(self, *problems: Problem, code: str | None = None) -> None:
        message = " ".join(f"{problem.field}: {problem.sentence}" for problem in problems)
        super().__init__(code or problems[0].code, message, {"field": problems[0].field})
        self.problems = problems


class Unavailable(Refusal):
    """It could not be known or done now; the same request may succeed after ``retry_after``."""

    def __init__(self, message: str, retry_after: timedelta = timedelta(seconds=2)) -> None:
        super().__init__("service.unavailable", message)
        self.retry_after = retry_after


class LimitReached(Refusal):
    """A limit that the operator set was hit; it frees itself after ``retry_after``."""

    def __init__(self, message: str, *, limit: tuple[str, str, int], retry_after: timedelta) -> None:
        super().__init__("too.many.requests", message)
        self.limit_key, self.limit_namespace, self.limit_value = limit
        self.retry_after = retry_after
