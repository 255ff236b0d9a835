"""Conversations on the vendor's topics: to whom, and what the softphone reads."""

from typing import Any

from shiftline.conversations.events import ConversationChanged
from shiftline.conversations.model.changes import EndWrapup, Join, Move, SetHeld, SetMuted, SetRecording, SetTag
from shiftline.conversations.model.conversations import (
    CallState,
    Conversation,
    DisconnectType,
    Purpose,
    Wrapup,
    WrapupPrompt,
)
from shiftline.conversations.topics import TOPICS, notifications
from unit.conversations.drafts import AT, begun, changed, draft, later, talking

HANG_UP = Move("agent", CallState.DISCONNECTED, DisconnectType.CLIENT)


def told(conversation: Conversation) -> dict[str, Any]:
    event = ConversationChanged(
        organization_id="org-1", conversation_id="c", version=conversation.version, conversation=conversation
    )
    sent = notifications(event)
    assert all(each.organization_id == "org-1" for each in sent)
    assert len({each.topic for each in sent}) == len(sent)
    return {each.topic: each.body for each in sent}


def topics(conversation: Conversation) -> set[str]:
    return {topic.removeprefix("v2.") for topic in told(conversation)}


def agents_call(conversation: Conversation) -> dict[str, Any]:
    return told(conversation)["v2.users.ada.conversations"]["participants"][1]["calls"][0]


ADA = {"users.ada.conversations", "users.ada.conversations.calls"}
QUEUE = {"routing.queues.voice.conversations"}


def test_each_topic_that_is_told_can_be_subscribed_to() -> None:
    patterns = {topic.pattern.replace("{id}", "x") for topic in TOPICS}
    assert patterns == {
        "v2.users.x.conversations",
        "v2.users.x.conversations.calls",
        "v2.users.x.conversations.messages",
        "v2.users.x.conversations.emails",
        "v2.routing.queues.x.conversations",
    }
    assert topics(talking()) == ADA | QUEUE


def test_whoever_is_live_is_told_of_every_change() -> None:
    three = changed(talking(), Join(draft("second", Purpose.USER, person_id="bo")))
    bo = {"users.bo.conversations", "users.bo.conversations.calls"}
    assert topics(three) == ADA | QUEUE | bo
    assert topics(changed(three, SetTag("crm-4"))) == ADA | QUEUE | bo


def test_who_has_left_is_told_of_that_and_of_nothing_after_it() -> None:
    left = changed(talking(), HANG_UP)
    assert topics(left) == ADA | QUEUE
    assert topics(changed(left, SetTag("crm-4"))) == set()
    assert topics(changed(left, Move("agent", CallState.TERMINATED))) == ADA | QUEUE


def test_who_is_in_after_call_work_is_still_told() -> None:
    working = changed(talking(WrapupPrompt.MANDATORY), HANG_UP)
    assert topics(changed(working, SetTag("crm-4"))) == ADA | QUEUE
    done = changed(working, EndWrapup("agent", Wrapup("solved")))
    assert topics(done) == ADA | QUEUE
    assert topics(changed(done, SetTag("crm-4"))) == set()


def test_a_person_with_two_parts_is_told_once() -> None:
    again = changed(talking(), Join(draft("again", person_id="ada", queue_id="voice")))
    assert topics(again) == ADA | QUEUE


def test_what_the_softphone_reads() -> None:
    mine = told(begun())["v2.users.ada.conversations"]["participants"][1]
    assert (mine["id"], mine["userId"], mine["purpose"]) == ("agent", "ada", "agent")
    call = mine["calls"][0]
    wanted = {
        "id": "call of agent",
        "state": "alerting",
        "direction": "inbound",
        "muted": False,
        "held": False,
        "confined": False,
        "provider": "Edge",
    }
    assert {name: call[name] for name in wanted} == wanted
    assert "errorInfo" not in call


def test_mute_hold_and_errors_are_said() -> None:
    after = changed(talking(), SetMuted("agent", muted=True), SetHeld("agent", held=True), seconds=30)
    call = agents_call(after)
    assert (call["muted"], call["held"], call["startHoldTime"]) == (True, True, later(30))
    failed = changed(after, Move("agent", CallState.TERMINATED, DisconnectType.ERROR, "The phone was lost."))
    call = agents_call(failed)
    assert (call["disconnectType"], call["errorInfo"]["message"]) == ("error", "The phone was lost.")


def test_recording_is_said_of_those_who_are_recorded() -> None:
    recorded = changed(talking(), SetRecording("agent", recording=True))
    body = told(recorded)["v2.users.ada.conversations"]
    assert (body["recordingState"], agents_call(recorded)["recordingState"]) == ("active", "active")
    assert body["participants"][0]["calls"][0]["recordingState"] == "none"


def test_after_call_work_and_the_wrapup_are_said() -> None:
    before = agents_call(talking(WrapupPrompt.MANDATORY))
    assert (before["afterCallWorkRequired"], before["afterCallWork"]) == (True, {"state": "unknown"})
    working = changed(talking(WrapupPrompt.MANDATORY), HANG_UP)
    assert agents_call(working)["afterCallWork"] == {"state": "pending", "startTime": later(20)}
    done = changed(working, EndWrapup("agent", Wrapup("solved", notes="fine")), seconds=32)
    mine = told(done)["v2.users.ada.conversations"]["participants"][1]
    given = {"code": "solved", "notes": "fine", "tags": [], "durationSeconds": 12, "endTime": later(32)}
    assert (mine["wrapup"], mine["startAcwTime"], mine["endAcwTime"]) == (given, later(20), later(32))


def test_the_topic_of_calls_has_participant_and_call_in_one() -> None:
    body = told(talking())["v2.users.ada.conversations.calls"]
    mine = body["participants"][1]
    assert (mine["state"], mine["user"], mine["queue"]) == ("connected", {"id": "ada"}, {"id": "voice"})
    assert (mine["startTime"], mine["connectedTime"]) == (AT, later(10))
    assert "calls" not in mine


def test_a_queue_is_told_what_its_people_are_told() -> None:
    sent = told(talking())
    assert sent["v2.routing.queues.voice.conversations"] == sent["v2.users.ada.conversations"]
