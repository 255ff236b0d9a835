"""One instant: what is scheduled against what is done. Pure; the present and the past are judged by this alone."""

from shiftline.workforce.adherence.model import UNSCHEDULED, Code, Impact, Settings, State, Verdict
from shiftline.workforce.adherence.rules.actual import SATISFIED_BY, classify_actual
from shiftline.workforce.units.model import ActivityCategory

ON_QUEUE = ActivityCategory.ON_QUEUE_WORK


def judge(
    code_id: str | None,
    code: Code | None,
    settings: Settings,
    presence: tuple[str, str, str],
    *,
    explained: bool = False,
) -> Verdict:
    """The verdict on somebody scheduled for a code (None: for nothing) whose ``presence`` is their system presence,
    presence definition and routing status. ``explained``: an approved explanation covers the instant.

    A code that the unit does not have says nothing about what was meant: Unknown.
    """
    system_presence, definition_id, routing_status = presence
    actual = classify_actual(system_presence, routing_status)
    if code_id is None:
        return Verdict(State.UNSCHEDULED, Impact.POSITIVE if actual == ON_QUEUE else Impact.NEUTRAL, actual)
    if code is None:
        return Verdict(State.UNKNOWN, Impact.UNKNOWN, actual)
    if is_ignored(code, settings):
        return Verdict(State.IGNORED, Impact.NEUTRAL, actual)
    if agrees(code, settings, actual, definition_id):
        return Verdict(State.IN, Impact.NEUTRAL, actual)
    if explained:
        return Verdict(State.EXPLAINED, Impact.NEUTRAL, actual)
    return Verdict(State.OUT, weigh(code.category, actual), actual)


def is_ignored(code: Code, settings: Settings) -> bool:
    """Whether the unit does not want a code to be judged: by its category, by its id, or as time on queue untracked."""
    return (
        code.category in settings.ignored_categories
        or code.id in settings.ignored_code_ids
        or (code.category == ON_QUEUE and not settings.track_on_queue)
    )


def agrees(code: Code, settings: Settings, actual: str, definition_id: str) -> bool:
    """Whether somebody does what a code asks for.

    Where all activities off the queue are equivalent, any of them will do for any other. Otherwise a code that names
    presences asks for one of these, and any other code for its category.
    """
    if settings.others_equivalent and code.category != ON_QUEUE:
        return actual != ON_QUEUE
    if code.secondary_presence_ids and code.category != ON_QUEUE:
        return definition_id in code.secondary_presence_ids
    return actual in SATISFIED_BY[code.category]


def weigh(scheduled: str, actual: str) -> Impact:
    """Whoever is missing on the queue harms it; whoever is there instead of elsewhere helps it; the rest is no matter."""
    if scheduled == ON_QUEUE:
        return Impact.NEGATIVE
    return Impact.POSITIVE if actual == ON_QUEUE else Impact.NEUTRAL


def category_of(code_id: str | None, code: Code | None) -> str:
    """The category of what is scheduled, for those who show it."""
    return UNSCHEDULED if code_id is None or code is None else code.category
