"""Which topics a person may subscribe to. Pure."""

import re
from collections.abc import Sequence
from functools import lru_cache

from shiftline.authorization.rules import holds
from shiftline.foundation.context import Actor
from shiftline.foundation.events import Topic
from shiftline.signalling.channels.model import Subscription
from shiftline.signalling.model import expand_topic

_ID = r"[A-Za-z0-9][A-Za-z0-9_:@-]*"


def judge_subscription(wished: str, actor: Actor, topics: Sequence[Topic]) -> Subscription:
    """Whether the actor may subscribe to a topic, which may be combined (``prefix?a&b``)."""
    try:
        names = expand_topic(wished)
    except ValueError as error:
        return Subscription(wished, permitted=False, reason=str(error))
    for name in names:
        verdict = _judge_one(name, actor, topics)
        if not verdict.permitted:
            return Subscription(wished, permitted=False, reason=verdict.reason,
                                missing_permissions=verdict.missing_permissions)  # fmt: skip
    return Subscription(wished, permitted=True)


def _judge_one(name: str, actor: Actor, topics: Sequence[Topic]) -> Subscription:
    for topic in topics:
        match = pattern_of(topic.pattern).fullmatch(name)
        if match is None:
            continue
        if topic.own and match.groups()[:1] == (actor.id,):
            return Subscription(name, permitted=True)
        needed = topic.permissions or (("notifications:otherUser:view",) if topic.own else ())
        if not needed or any(holds(actor.grants, permission) for permission in needed):
            return Subscription(name, permitted=True)
        whose = "another user's topic" if topic.own else "this topic"
        reason = f"You need {' or '.join(needed)} for {whose}."
        return Subscription(name, permitted=False, reason=reason, missing_permissions=needed)
    return Subscription(name, permitted=False, reason="There is no such topic: see GET /notifications/availabletopics.")


@lru_cache(maxsize=1024)
def pattern_of(pattern: str) -> re.Pattern[str]:
    """The expression for a topic pattern, a group for each ``{id}``."""
    return re.compile(f"({_ID})".join(re.escape(part) for part in pattern.split("{id}")))
