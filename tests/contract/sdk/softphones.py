"""Agents whose softphones are connected while the tests run: without one, nobody can call or be called."""

import asyncio
import time
from functools import cache
from pathlib import Path
from threading import Thread
from typing import Any

from PureCloudPlatformClientV2.rest import ApiException

from contract.sdk.centre import Centre
from e2e.plain_client import PlainSoftphone, connect
from e2e.stage import Demo

# Agents whom no other test uses.
CALLER, CALLEE = 40, 41

_phones: dict[tuple[str, int], PlainSoftphone] = {}


@cache
def loop() -> asyncio.AbstractEventLoop:
    """A loop that answers pings while the SDK blocks."""
    loop = asyncio.new_event_loop()
    Thread(target=loop.run_forever, daemon=True).start()
    return loop


def connect_phone(centre: Centre, number: int) -> PlainSoftphone:
    """An agent's softphone, connected; it takes no call."""
    environment = centre.ready["environment"]
    known = _phones.get((environment, number))
    if known is None or known.closed is not None:
        demo = Demo(Path(), int(environment.rpartition(":")[2]), None, ready=centre.ready)
        joining = asyncio.run_coroutine_threadsafe(connect(demo, centre.agents[number]), loop())
        known = _phones[environment, number] = joining.result(30)
    return known


def new_call(centre: Centre) -> Any:
    """A call from one agent to another, just begun: the only one that the caller has."""
    for number in (CALLER, CALLEE):
        connect_phone(centre, number)
    for call in centre.call("getConversationsCalls", who=CALLER).entities:
        hang_up(centre, call)
    begun = _begin(centre)
    return centre.call("getConversation", begun.id, who=CALLER)


def _begin(centre: Centre) -> Any:
    """That a softphone is connected is written a moment after it is; until then nobody can be called there."""
    for _ in range(50):
        try:
            return centre.call("postConversationsCalls", {"callUserId": centre.agent_id(CALLEE)}, who=CALLER)
        except ApiException as refusal:
            if "softphone is not connected" not in str(refusal.body):
                raise
            time.sleep(0.2)
    raise AssertionError("the softphones did not become reachable")


def own_part(centre: Centre, conversation: Any) -> str:
    """The id of the caller's participant, in either shape of a conversation."""
    person_id = centre.agent_id(CALLER)
    return next(
        each.id
        for each in conversation.participants
        if getattr(each, "user_id", None) == person_id or (getattr(each, "user", None) and each.user.id == person_id)
    )


def hang_up(centre: Centre, conversation: Any) -> None:
    """The caller ends a call."""
    part = own_part(centre, conversation)
    centre.call("patchConversationsCallParticipant", conversation.id, part, {"state": "disconnected"}, who=CALLER)


def ended_call(centre: Centre) -> Any:
    """A call that is over, and stays as it is."""
    conversation = new_call(centre)
    hang_up(centre, conversation)
    return centre.call("getConversation", conversation.id)
