"""What runs without a caller: handlers of events, periodic work, and long jobs.

``@on(Event)`` handlers run from the outbox, in order, at least once: each must be harmless when repeated. Those of
``@at_once(Event)`` run in the router, which yields to nobody, for what people wait for at their phones; those of
``@together(Event, ...)`` too, with all such news of an organization that came in one read. ``@every`` work runs on the
leading worker, as ``@on`` handlers do: politely. ``@job`` is for long work: ``defer`` enqueues it in the caller's own transaction, so it
exists exactly if the change does; it survives its worker's death.
"""

import inspect
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, TypeAlias, TypeVar

from psycopg.types.json import Json

from shiftline.foundation.context import Actor, Context
from shiftline.foundation.database import SQL, Database, Transaction
from shiftline.foundation.events import Event

Handler: TypeAlias = Callable[[Context, Any], Awaitable[None]]
BatchHandler: TypeAlias = Callable[[Context, Sequence[Any]], Awaitable[None]]
Job: TypeAlias = Callable[..., Awaitable[None]]
B = TypeVar("B", bound=BatchHandler)
H = TypeVar("H", bound=Handler)
J = TypeVar("J", bound=Job)

Handlers: TypeAlias = dict[type[Any], list[Handler]]
BatchHandlers: TypeAlias = dict[BatchHandler, tuple[type[Any], ...]]

HANDLERS: Handlers = {}
HANDLERS_AT_ONCE: Handlers = {}
HANDLERS_TOGETHER: BatchHandlers = {}
GUARDS: BatchHandlers = {}
JOBS: dict[str, Job] = {}
PERIODIC: list["Periodic"] = []


@dataclass(frozen=True, slots=True)
class Periodic:
    """Work that the leading worker does again and again; it gets a context of no organization."""

    name: str
    interval: timedelta
    run: Callable[[Context], Awaitable[None]]


def on(event_type: type[Any]) -> Callable[[H], H]:
    """Run an async function for each event of a type, as the system in the event's organization."""
    return _register(HANDLERS, event_type)


def at_once(event_type: type[Any]) -> Callable[[H], H]:
    """The same, and the processor's other work does not come first. It must be quick."""
    return _register(HANDLERS_AT_ONCE, event_type)


def together(*event_types: type[Any]) -> Callable[[B], B]:
    """Run an async function at once for all events of some types that came in one read, by organization, as the system
    there: for what follows from the present truth, once for each thing, however often that changed meanwhile.
    """

    def register(handler: B) -> B:
        HANDLERS_TOGETHER[handler] = event_types
        return handler

    return register


def guard(*event_types: type[Any]) -> Callable[[B], B]:
    """The same, apart from all others and before nobody else's work: for what must not go on once a right is lost."""

    def register(handler: B) -> B:
        GUARDS[handler] = event_types
        return handler

    return register


def _register(handlers: Handlers, event_type: type[Any]) -> Callable[[H], H]:
    def register(handler: H) -> H:
        handlers.setdefault(event_type, []).append(handler)
        return handler

    return register


def every(
    interval: timedelta,
) -> Callable[[Callable[[Context], Awaitable[None]]], Callable[[Context], Awaitable[None]]]:
    """Run an async function each interval on the leading worker."""

    def register(run: Callable[[Context], Awaitable[None]]) -> Callable[[Context], Awaitable[None]]:
        PERIODIC.append(Periodic(f"{run.__module__}.{run.__name__}", interval, run))
        return run

    return register


def job(name: str) -> Callable[[J], J]:
    """Make an async function ``(context, **arguments)`` a long job; arguments are JSON."""

    def register(run: J) -> J:
        if not inspect.iscoroutinefunction(run):
            raise TypeError(f"the job {name} must be an async function")
        JOBS[name] = run
        return run

    return register


async def defer(tx: Transaction, name: str, arguments: Mapping[str, Any], *, lock: str | None = None) -> None:
    """Enqueue a job in this transaction, as its actor. Jobs with the same ``lock`` run one after another."""
    actor = tx.context.actor
    whole = {
        "_organization_id": actor.organization_id,
        "_actor_id": actor.person_id,
        "_client_id": actor.client_id,
        "_correlation_id": tx.context.correlation_id,
        **arguments,
    }
    await tx.one(SQL["defer_job"], {"task": name, "lock": lock, "arguments": Json(whole)})


def context_of(context: Context, arguments: dict[str, Any]) -> Context:
    """The context of a job, taken out of its arguments: the system, in the name of whoever deferred it."""
    actor = Actor(
        organization_id=arguments.pop("_organization_id"),
        kind="system",
        person_id=arguments.pop("_actor_id"),
        client_id=arguments.pop("_client_id"),
    )
    correlation_id = arguments.pop("_correlation_id")
    return Context(context.database, context.clock, actor, correlation_id)


def system_context(
    database: Database, clock: Any, happened: Event | None = None, *, correlation_id: str | None = None
) -> Context:
    """The system's context in the organization of an event, or in none."""
    organization_id = happened.organization_id if happened is not None else ""
    return Context(database, clock, Actor(organization_id, "system"), correlation_id)
