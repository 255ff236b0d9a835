"""Why somebody was passed over when a call was offered, in words: routing's hindrances as they were written then. Pure."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeAlias

from shiftline.access.model.offers import HindranceFact, OfferFact, Queueing
from shiftline.access.rules.words import at, count, lasting, listing
from shiftline.routing.model.choices import Hindrance

NO_MEMBER = HindranceFact("not.member", {})
"""Of whoever is not among those who were considered: they were no member of the queue."""


@dataclass(frozen=True, slots=True)
class Scene:
    """Who is asked about, how to spell instants, and the names of skills by id."""

    name: str
    queueing: Queueing
    now: datetime

    def at(self, instant: datetime) -> str:
        """An instant where the person works."""
        return at(instant, self.queueing.zone, self.now)


@dataclass(frozen=True, slots=True)
class Moment:
    """When somebody was passed over: in which queue, and since when they did what they did then, as far as it is known."""

    at: datetime
    queue: str
    since: datetime | None = None

    @classmethod
    def of(cls, offer: OfferFact) -> "Moment":
        """The moment of an offer."""
        return cls(offer.offered_at, offer.queue, offer.status_since)


def word_hindrances(found: tuple[HindranceFact, ...], moment: Moment, scene: Scene) -> str:
    """All that hindered somebody, as the rest of a sentence: ``, who had been idle for longer (12 min against 3 min)``."""
    own = [_own(each, moment, scene) for each in found if each.code not in _OTHERS]
    if own:
        return f", while {scene.name} {listing(own)}"
    return "".join(_OTHERS[each.code](each.facts, moment, scene) for each in found)


def as_hindrance(found: HindranceFact) -> Hindrance:
    """As routing's rules give it."""
    return Hindrance(found.code, found.facts)


_Word: TypeAlias = Callable[[Mapping[str, Any], Moment, Scene], str]


def _own(found: HindranceFact, moment: Moment, scene: Scene) -> str:
    """What the person was or did that hindered, as a predicate."""
    word = _OWN.get(found.code)
    return f"was hindered ({found.code})" if word is None else word(found.facts, moment, scene)


def _permitted(facts: Mapping[str, Any], _: Moment, __: Scene) -> str:
    return f"might not use a softphone ({facts['permission']})" if "permission" in facts else "was not active"


def _in_queue(what: str) -> _Word:
    return lambda _, moment, __: f"{what} the queue {moment.queue}"


def _doing(what: str) -> _Word:
    def word(_: Mapping[str, Any], moment: Moment, scene: Scene) -> str:
        return what if moment.since is None else f"{what} since {scene.at(moment.since).removeprefix('at ')}"

    return word


def _always(what: str) -> _Word:
    return lambda _, __, ___: what


def _capacity(facts: Mapping[str, Any], _: Moment, __: Scene) -> str:
    if "notInterruptedBy" in facts:
        return f"handled a {facts['medium']}, which a {facts['notInterruptedBy']} may not interrupt"
    if facts["capacity"]:
        return f"handled {count(facts['capacity'], facts['medium'])} already, and no more fit"
    return f"was to get no {facts['medium']} by the utilization"


def _interacting(facts: Mapping[str, Any], moment: Moment, scene: Scene) -> str:
    return _capacity(facts, moment, scene) if facts else _doing("was INTERACTING")(facts, moment, scene)


def _ring(facts: Mapping[str, Any], _: Moment, __: Scene) -> str:
    return f"was in ring {facts['ring']}, and waiting had reached ring {facts['reached']}"


def _skills(facts: Mapping[str, Any], _: Moment, scene: Scene) -> str:
    return f"lacked {listing([scene.queueing.skills.get(each, each) for each in facts['skillIds']])}"


_OWN: Mapping[str, _Word] = {
    "not.permitted": _permitted,
    "not.member": _in_queue("was no member of"),
    "not.joined": _in_queue("had not joined"),
    "no.session": _always("had no softphone connected"),
    "no.station": _always("had no station"),
    "not.on.queue": _doing("was off queue"),
    "status.NOT_RESPONDING": _doing("was not responding"),
    "status.COMMUNICATING": _doing("was in a call of their own"),
    "status.INTERACTING": _interacting,
    "capacity.reached": _capacity,
    "ring.not.reached": _ring,
    "skill.missing": _skills,
}


def _idle(facts: Mapping[str, Any], moment: Moment, _: Scene) -> str:
    theirs = moment.at - datetime.fromisoformat(facts["chosenIdleSince"])
    if moment.since is None:
        return f", who had been idle for longer ({lasting(theirs)})"
    mine = moment.at - moment.since
    if theirs == mine:
        return ", who had been idle just as long"
    return f", who had been idle for longer ({_against(theirs, mine)})"


def _against(longer: timedelta, shorter: timedelta) -> str:
    one, other = lasting(longer), lasting(shorter)
    if one == other:
        one, other = f"{longer.total_seconds():.1f} s", f"{shorter.total_seconds():.1f} s"
    return f"{one} against {other}"


def _refused(how: str) -> _Word:
    def word(facts: Mapping[str, Any], _: Moment, scene: Scene) -> str:
        pause = lasting(timedelta(seconds=facts["pauseSeconds"]))
        return f", since {scene.name} had {how} it less than {pause} before"

    return word


_OTHERS: Mapping[str, _Word] = {
    "idle.for.less.time": _idle,
    "handles.more": lambda facts, _, __: f", who had less at hand ({count(facts['chosenHandles'], 'interaction')})",
    "skill.lower": lambda facts, _, __: (
        f", who knows better what the call asks for ({facts['chosenProficiency']:g} of 5)"
    ),
    "last.agent.preferred": _always(", who had served this customer last"),
    "missed.before": _refused("missed"),
    "declined.before": _refused("declined"),
    "busy.with.offer": lambda _, __, scene: f", while another call was being offered to {scene.name}",
    "next.in.turn": lambda _, __, scene: f", and {scene.name} was next in turn",
}
"""What others had before the person, or what came in between."""
