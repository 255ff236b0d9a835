"""The rooms of this release, named once: their routes, topics, expansions and jobs."""

import importlib
from collections.abc import Callable, Sequence
from typing import Any

from shiftline.foundation.database import Guard
from shiftline.foundation.events import Event, Notification, Topic

# From the foundation up; what is imported here is all that the programs serve.
ROOMS = (
    "authorization",
    "identity",
    "audit",
    "ledger",
    "stations",
    "presence",
    "routing",
    "conversations",
    "recordings.matters",
    "recordings.deletion",
    "recordings",
    "imports",
    "workforce.units",
    "workforce.workplans",
    "workforce.schedule",
    "workforce.timeoff",
    "workforce.preferences",
    "workforce.adjustments",
    "workforce.trades",
    "workforce.adherence",
    "workforce.notices",
    "calls",
    "messaging",
    "access.repairs",
    "access",
    "access.shiftrule",
    "publishing",
    "discovery.inspection",
    "discovery.exports",
    "discovery.integrations",
    "discovery.batches",
    "discovery.bulk",
    "signalling.channels",
    "signalling.propagation",
    "signalling.revoking",
)


def load(part: str) -> list[Any]:
    """The module ``part`` (``endpoints``, ``topics``, ``jobs``, ``events``) of every room that has one."""
    found: list[Any] = []
    for room in ROOMS:
        name = f"shiftline.{room}.{part}"
        try:
            found.append(importlib.import_module(name))
        except ModuleNotFoundError as error:
            if error.name is None or not name.startswith(error.name):
                raise
    return found


def routes() -> list[Any]:
    """Every operation of the API."""
    return [route for module in load("endpoints") for route in getattr(module, "ROUTES", ())]


def expansions() -> dict[str, Any]:
    """What rooms add to a user when asked by ``expand``."""
    return {name: expand for module in load("endpoints") for name, expand in getattr(module, "EXPANSIONS", {}).items()}


def guards() -> list[Guard]:
    """What rooms look at before a transaction commits."""
    return [guard for module in load("guards") for guard in module.GUARDS]


def topics() -> list[Topic]:
    """Every topic that can be subscribed to."""
    return [topic for module in load("topics") for topic in getattr(module, "TOPICS", ())]


def notifiers() -> Sequence[Callable[[Event], list[Notification]]]:
    """The rooms' functions from an event to its notifications."""
    return [module.notifications for module in load("topics") if hasattr(module, "notifications")]
