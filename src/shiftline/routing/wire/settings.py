"""Utilization and the other settings of routing in the vendor's shapes."""

from collections.abc import Mapping
from typing import Annotated

from msgspec import Meta

from shiftline.foundation.web.wire import Wire
from shiftline.routing.model.queues import Medium
from shiftline.routing.model.utilization import MediaUtilization, RoutingSettings

MOST_AT_ONCE = 25


class WireRoutingSettings(Wire):
    """RoutingSettings."""

    reset_agent_score_on_presence_change: bool


class WireMediaUtilization(Wire, kw_only=True):
    """MediaUtilization."""

    maximum_capacity: Annotated[int, Meta(ge=0, le=MOST_AT_ONCE)]
    interruptable_media_types: Annotated[list[Medium], Meta(max_length=len(Medium))]
    include_non_acd: bool


class MediaUtilizationBody(Wire):
    """MediaUtilization as it shall be."""

    maximum_capacity: Annotated[int, Meta(ge=0, le=MOST_AT_ONCE)]
    interruptable_media_types: Annotated[list[Medium], Meta(max_length=len(Medium))] | None = None
    include_non_acd: bool | None = None


class WireUtilization(Wire):
    """UtilizationResponse."""

    utilization: dict[Medium, WireMediaUtilization]


class UtilizationBody(Wire):
    """UtilizationRequest."""

    utilization: dict[Medium, MediaUtilizationBody]


def show_settings(settings: RoutingSettings) -> WireRoutingSettings:
    """The settings of routing."""
    return WireRoutingSettings(reset_agent_score_on_presence_change=settings.reset_agent_score_on_presence_change)


def show_utilization(utilization: Mapping[Medium, MediaUtilization]) -> WireUtilization:
    """How much of each medium one person handles at a time."""
    return WireUtilization(
        utilization={
            medium: WireMediaUtilization(
                maximum_capacity=each.maximum_capacity,
                interruptable_media_types=list(each.interruptable_media_types),
                include_non_acd=each.include_non_acd,
            )
            for medium, each in utilization.items()
        }
    )


def read_utilization(body: UtilizationBody) -> Mapping[Medium, MediaUtilization]:
    """How much of each medium one person shall handle at a time."""
    return {
        medium: MediaUtilization(
            each.maximum_capacity, tuple(each.interruptable_media_types or ()), bool(each.include_non_acd)
        )
        for medium, each in body.utilization.items()
    }
