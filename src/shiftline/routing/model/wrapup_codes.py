"""What can come of an interaction."""

from dataclasses import dataclass

from shiftline.routing.model.places import Division, Record


@dataclass(frozen=True, slots=True)
class WrapupCode:
    """What can come of an interaction. Its division may be ``*``."""

    id: str
    name: str
    description: str | None
    division: Division
    record: Record


@dataclass(frozen=True, slots=True)
class WrapupCodeDraft:
    """What a wrap-up code shall be. Without division it belongs to the home division."""

    name: str
    description: str | None = None
    division_id: str | None = None
    id: str | None = None


@dataclass(frozen=True, slots=True)
class WrapupCodeFilter:
    """Which wrap-up codes: all that match every field that is not None."""

    name: str | None = None
    ids: tuple[str, ...] | None = None
    division_ids: tuple[str, ...] | None = None
    queue_id: str | None = None
    visible_in: tuple[str, ...] | None = None
