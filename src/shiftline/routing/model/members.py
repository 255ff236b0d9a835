"""Who is in a queue."""

from dataclasses import dataclass

MEMBERS_AT_ONCE = 100


@dataclass(frozen=True, slots=True)
class Member:
    """A person's place in a queue."""

    queue_id: str
    person_id: str
    name: str
    email: str
    joined: bool
    ring_number: int


@dataclass(frozen=True, slots=True)
class Standing:
    """A member's place as it is stored."""

    person_id: str
    joined: bool
    ring_number: int


@dataclass(frozen=True, slots=True)
class MemberChange:
    """How a membership shall be; None leaves it as it is. ``field`` is where the request names the person."""

    person_id: str
    joined: bool | None = None
    ring_number: int | None = None
    field: str = "id"


@dataclass(frozen=True, slots=True)
class MemberFilter:
    """Which members of a queue: all that match every field that is not None."""

    name: str | None = None
    joined: bool | None = None
    person_ids: tuple[str, ...] | None = None
