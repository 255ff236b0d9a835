"""What an operation is given: who acts, the clock, and the way to the database."""

from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Literal

from shiftline.foundation.decision import Decision
from shiftline.foundation.ids import new_id

if TYPE_CHECKING:
    from shiftline.foundation.clock import Clock
    from shiftline.foundation.database import Database, Reader, Transaction
    from shiftline.foundation.revisions import Reading

SYSTEM = "System"


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts, in which organization, with which permissions.

    ``grants`` maps a permission (``wfm:schedule:edit``; ``*`` for an entity or action stands for all) to the ids of the
    divisions in which it holds (``*``: every division). Judge by ``authorization.rules``, not by hand. ``barred`` is set
    for one who proved who they are and may do nothing now (a deactivated person): the decision says why.
    """

    organization_id: str
    kind: Literal["person", "client", "system"]
    person_id: str | None = None
    client_id: str | None = None
    token_digest: bytes | None = None
    division_id: str | None = None
    grants: Mapping[str, frozenset[str]] = field(default_factory=dict[str, frozenset[str]])
    barred: Decision | None = None

    @property
    def id(self) -> str:
        """Whom the audit names: the person, else the client, else ``System``."""
        return self.person_id or self.client_id or SYSTEM


class Context:
    """One request's or job's surroundings; passed to every operation as its first argument.

    Not a dataclass: the web framework would take it for a body to be parsed.
    """

    __slots__ = ("actor", "clock", "correlation_id", "database", "idempotency_key", "reading", "remote_address")

    def __init__(
        self,
        database: "Database",
        clock: "Clock",
        actor: Actor,
        correlation_id: str | None = None,
        *,
        idempotency_key: str | None = None,
        remote_address: str | None = None,
        reading: "Reading | None" = None,
    ) -> None:
        self.database = database
        self.clock = clock
        self.actor = actor
        self.correlation_id = correlation_id or new_id()
        self.idempotency_key = idempotency_key
        self.remote_address = remote_address
        self.reading = reading

    @property
    def organization_id(self) -> str:
        """The organization that every query is scoped by."""
        return self.actor.organization_id

    def now(self) -> datetime:
        """The application's instant, aware, in UTC."""
        return self.clock.now()

    def transaction(self) -> "AbstractAsyncContextManager[Transaction]":
        """One transaction: the change, its audit rows and its outbox rows commit together or not at all."""
        return self.database.transaction(self)

    def reader(self) -> "AbstractAsyncContextManager[Reader]":
        """A connection for reads, each statement its own snapshot; of a replica where the request said how new is new enough."""
        return self.database.reader() if self.reading is None else self.reading.reader(self.database)

    def acting_as(self, actor: Actor) -> "Context":
        """The same surroundings with another actor."""
        return self._changed(actor=actor)

    def with_clock(self, clock: "Clock") -> "Context":
        """The same surroundings at another time."""
        return self._changed(clock=clock)

    def _changed(self, *, actor: Actor | None = None, clock: "Clock | None" = None) -> "Context":
        return Context(
            self.database,
            clock or self.clock,
            actor or self.actor,
            self.correlation_id,
            idempotency_key=self.idempotency_key,
            remote_address=self.remote_address,
            reading=self.reading,
        )
