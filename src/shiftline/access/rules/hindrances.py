"""Routing's hindrances as blockers of a decision, with what would lift each. Pure."""

from collections.abc import Mapping

from shiftline.foundation.decision import Fact, Reason, Remedy, Source
from shiftline.routing.model.choices import Hindrance

GO_ON_QUEUE = Remedy(
    who="the agent",
    what="go on queue",
    at_once=True,
    sentence="Setting the presence to On Queue makes the routing status IDLE at once.",
)
MAKE_PHONE = Remedy(
    who="an administrator with telephony:plugin:all",
    what="make a phone for the user",
    at_once=True,
    sentence="The user has no phone of their own. A WebRTC phone that names them (POST /api/v2/telephony/providers/edges/phones with webRtcUser) is "
    "their station at once.",
)
_FINISH = Remedy(
    who="the agent",
    what="finish what they handle, after-call work included",
    at_once=True,
    sentence="Calls come again as soon as the call and its after-call work are over; nobody else can end those.",
)
_JOIN = Remedy(
    who="the agent",
    what="join the queue",
    at_once=True,
    sentence="Joining (PATCH /api/v2/users/{userId}/queues/{queueId} with joined true) brings its calls at once.",
)
_ADD = Remedy(
    who="an administrator with routing:queueMember:manage",
    what="add the user to the queue",
    at_once=True,
    sentence="An administrator can add the user to the queue's members; it counts at once.",
)
_ACTIVATE = Remedy(
    who="an administrator with directory:user:edit",
    what="set the user's state to active",
    at_once=True,
    sentence="An administrator can activate the user; it counts at once.",
)
_GRANT = Remedy(
    who="an administrator with authorization:grant:add",
    what="grant a role with webRTC:enable in the user's division",
    at_once=True,
    sentence="An administrator can grant a role with webRTC:enable; it holds at once, with the same token.",
)

_REMEDIES: Mapping[str, Remedy] = {
    "no.session": Remedy(
        who="the agent",
        what="connect the softphone",
        at_once=True,
        sentence="The desk connects the softphone when it is opened; calls ring as soon as it is connected. Nobody else can do that.",
    ),
    "no.station": Remedy(
        who="the agent",
        what="choose a station",
        at_once=True,
        sentence="Choosing a station (PUT /api/v2/users/{userId}/station/associatedstation/{stationId}) lets calls ring at once.",
    ),
    "not.on.queue": GO_ON_QUEUE,
    "status.NOT_RESPONDING": Remedy(
        who="the agent",
        what="say that they are there again",
        at_once=True,
        sentence="Asking for IDLE (the button on the desk, PUT /api/v2/users/{userId}/routingstatus) brings calls again at once.",
    ),
    "status.COMMUNICATING": Remedy(
        who="the agent",
        what="end the call of their own",
        at_once=True,
        sentence="The routing status is IDLE again as soon as the call is over; nobody else can end it.",
    ),
    "status.INTERACTING": _FINISH,
    "capacity.reached": _FINISH,
    "busy.with.offer": Remedy(
        who="the agent",
        what="answer or decline what is ringing",
        at_once=True,
        sentence="One offer alerts at a time: the next one comes as soon as this one is answered, declined or missed. Only they can answer.",
    ),
    "ring.not.reached": Remedy(
        who="an administrator with routing:queueMember:manage",
        what="move the user to an inner ring",
        at_once=True,
        sentence="An administrator can give the member a lower ring number; by itself the ring is reached with waiting.",
    ),
    "skill.missing": Remedy(
        who="an administrator with routing:skill:assign",
        what="give the user the skill",
        at_once=True,
        sentence="An administrator can assign the skill; it counts at once.",
    ),
    "not.joined": _JOIN,
    "not.member": _ADD,
}


def refuse(
    hindrance: Hindrance, sentence: str, facts: Mapping[str, Fact] | None = None, source: Source | None = None
) -> Reason:
    """A hindrance as a blocker, told in a sentence."""
    return Reason(
        code=hindrance.code,
        holds=False,
        sentence=sentence,
        facts={**hindrance.facts, **(facts or {})},
        source=source,
        remedies=_remedies_of(hindrance),
    )


def _remedies_of(hindrance: Hindrance) -> tuple[Remedy, ...]:
    """What would lift a hindrance; nothing for one that only time lifts, or that says who else was better."""
    if hindrance.code == "not.permitted":
        return (_GRANT,) if "permission" in hindrance.facts else (_ACTIVATE,)
    return (_REMEDIES[hindrance.code],) if hindrance.code in _REMEDIES else ()
