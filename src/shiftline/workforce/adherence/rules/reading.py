"""A management unit's settings of adherence, out of what the units keep. Pure."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, cast

from shiftline.workforce.adherence.model import Settings


def read_settings(group: Mapping[str, Any] | None) -> Settings:
    """The settings' group ``adherence``; what is missing, or no value of its kind, is not wanted."""
    group = group or {}
    severe, threshold = (
        _number(group, name) for name in ("severeAlertThresholdMinutes", "adherenceExceptionThresholdSeconds")
    )
    return Settings(
        severe_after=None if severe is None else timedelta(minutes=severe),
        target_percent=_number(group, "adherenceTargetPercent"),
        threshold=timedelta(seconds=threshold or 0),
        others_equivalent=group.get("nonOnQueueActivitiesEquivalent") is True,
        track_on_queue=group.get("trackOnQueueActivity") is not False,
        ignored_categories=_values(group, "ignoredActivityCategories"),
        ignored_code_ids=_values(group, "ignoredActivityCodeIds"),
    )


def _number(group: Mapping[str, Any], name: str) -> int | None:
    value = group.get(name)
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None


def _values(group: Mapping[str, Any], name: str) -> frozenset[str]:
    wrapper = group.get(name)
    values = cast("Mapping[str, Any]", wrapper).get("values") if isinstance(wrapper, Mapping) else None
    listed = cast("list[Any]", values) if isinstance(values, list) else []
    return frozenset(str(each) for each in listed)
