"""Whatever may take a right is followed by those who end calls; an event that is new is not forgotten."""

from shiftline.apps import rooms
from shiftline.foundation.events import REGISTRY
from shiftline.signalling.revoking.jobs import TAKING


def test_every_event_that_may_take_a_right_is_followed() -> None:
    rooms.load("events")
    assert {kind.EVENT.name for kind in TAKING} == {
        kind.EVENT.name for kind in REGISTRY.values() if kind.EVENT.affects_access
    }
