"""Whatever may take a right is followed by those who end calls; an event that is new is not forgotten."""

from typing import Any, cast

from shiftline.apps import rooms
from shiftline.foundation.events import REGISTRY, EventType
from shiftline.signalling.revoking.jobs import TAKING


def test_every_event_that_may_take_a_right_is_followed() -> None:
    rooms.load("events")
    assert {kind_of(each) for each in TAKING} == {
        kind_of(each) for each in REGISTRY.values() if kind_of(each).affects_access
    }


def kind_of(event: type[Any]) -> EventType:
    return cast("EventType", event.EVENT)
