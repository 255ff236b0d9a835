"""The vendor's Python SDK, unmodified, sees and moves a call that has sound: the very call that a caller from the web is in."""

from collections.abc import Iterator
from typing import Any

import pytest
from PureCloudPlatformClientV2.rest import ApiException

from contract.sdk.centre import GROUP, Centre, made, until
from contract.sdk.telephones import EXPERT, TALKER, WebCall, recorded_call, talk

pytestmark = GROUP


@pytest.fixture
def call(centre: Centre) -> Iterator[WebCall]:
    with talk(centre) as call:
        yield call


def seen(centre: Centre, call: WebCall, who: str | int = TALKER) -> Any:
    """The call as the SDK reads it."""
    return centre.call("getConversationsCall", call.conversation_id, who=who)


def part_of(conversation: Any, purpose: str) -> Any:
    """Who takes part for something, last."""
    return [each for each in conversation.participants if each.purpose == purpose][-1]


def change(centre: Centre, call: WebCall, **wished: Any) -> None:
    """The agent's wish for their own part."""
    mine = part_of(seen(centre, call), "agent")
    body = made("MediaParticipantRequest", **wished)
    assert centre.call("patchConversationsCallParticipant", call.conversation_id, mine.id, body, who=TALKER) is None


def becomes(centre: Centre, call: WebCall, **wanted: Any) -> bool:
    """Whether the agent's part is seen so soon."""

    def found() -> bool:
        mine = part_of(seen(centre, call), "agent")
        return all(getattr(mine, name) == value for name, value in wanted.items())

    return until(found)


def test_a_live_call_is_what_the_sdk_s_models_say(centre: Centre, call: WebCall) -> None:
    whole = centre.call("getConversation", call.conversation_id)
    customer, queue, agent = whole.participants
    assert (customer.purpose, queue.purpose, agent.purpose) == ("customer", "acd", "agent")
    assert [each.calls[0].state for each in whole.participants] == ["connected", "disconnected", "connected"]
    assert (customer.calls[0].direction, agent.calls[0].direction) == ("inbound", "inbound")
    assert agent.user_id == centre.agent_id(TALKER)
    assert (whole.end_time, whole.recording_state) == (None, "ACTIVE")
    assert agent.connected_time >= agent.start_time >= whole.start_time
    listed = centre.call("getConversations", who=TALKER).entities
    assert call.conversation_id in [each.id for each in listed]
    mine = part_of(seen(centre, call), "agent")
    assert (mine.state, mine.user.id, mine.muted, mine.held, mine.confined) == (
        "connected", centre.agent_id(TALKER), False, False, False,
    )  # fmt: skip


def test_what_the_sdk_does_reaches_the_caller(centre: Centre, call: WebCall) -> None:
    change(centre, call, held=True)
    assert call.until("held")
    assert becomes(centre, call, held=True)
    assert part_of(seen(centre, call), "customer").confined
    change(centre, call, held=False, muted=True)
    assert call.until("connected")
    assert becomes(centre, call, held=False, muted=True)
    mine = part_of(seen(centre, call), "agent")
    whole = centre.call("getConversation", call.conversation_id, who=TALKER)
    communication = part_of(whole, "agent").calls[0].id
    body = made("MediaParticipantRequest", muted=False)
    centre.call(
        "patchConversationsCallParticipantCommunication", call.conversation_id, mine.id, communication, body, who=TALKER
    )
    assert becomes(centre, call, muted=False)
    change(centre, call, state="disconnected")
    assert call.until("ended")["endReason"]
    over = centre.call("getConversation", call.conversation_id)
    assert (over.state, part_of(over, "agent").calls[0].disconnect_type) == ("terminated", "client")


def test_what_is_noted_on_a_live_call_is_read_again(centre: Centre, call: WebCall) -> None:
    mine = part_of(seen(centre, call), "agent")
    place = (call.conversation_id, mine.id)
    assert centre.call("patchConversationParticipantAttributes", *place, {"attributes": {"crm": "4711"}}) is None
    assert centre.call("putConversationTags", call.conversation_id, {"externalTag": "crm-1"}) == "Accepted"
    whole = centre.call("getConversation", call.conversation_id)
    assert (part_of(whole, "agent").attributes["crm"], whole.external_tag) == ("4711", "crm-1")
    keys = made("Digits", digits="12#")
    assert centre.call("postConversationParticipantDigits", *place, body=keys, who=TALKER) is None
    assert isinstance(centre.call("getConversationsCallParticipantWrapupcodes", *place, who=TALKER), list)


# The vendor's newer operations for it differ by whom they ask; softphones call this one.
@pytest.mark.filterwarnings("ignore:Call to deprecated function post_conversations_call_participant_consult")
def test_a_colleague_is_asked_and_takes_the_call_over(centre: Centre, call: WebCall) -> None:
    customer = part_of(seen(centre, call), "customer").id
    place = (call.conversation_id, customer)
    body = made("ConsultTransfer", speak_to="DESTINATION", destination={"userId": centre.agent_id(EXPERT)})
    asked = centre.call("postConversationsCallParticipantConsult", *place, body, who=TALKER).destination_participant_id
    assert call.until("held")

    def expert() -> Any:
        return next(each for each in seen(centre, call).participants if each.id == asked)

    assert until(lambda: expert().state == "connected")
    update = made("ConsultTransferUpdate", speak_to="OBJECT")
    answer = centre.call("patchConversationsCallParticipantConsult", *place, update, who=TALKER)
    assert answer.destination_participant_id == asked
    assert call.until("connected")
    assert expert().confined
    centre.call("deleteConversationsCallParticipantConsult", *place, who=TALKER)
    assert until(lambda: expert().state != "connected")
    parts = [each for each in seen(centre, call).participants if each.user]
    own = next(each for each in parts if each.user.id == centre.agent_id(TALKER))
    handed = made("TransferRequest", user_id=centre.agent_id(EXPERT))
    centre.call("postConversationsCallParticipantReplace", call.conversation_id, own.id, handed, who=TALKER)
    assert until(lambda: part_of(seen(centre, call), "agent").state == "connected")
    assert part_of(seen(centre, call), "agent").user.id == centre.agent_id(EXPERT)
    assert call.until("connected")


def test_a_third_is_called_in_and_a_supervisor_ends_it_for_all(centre: Centre, call: WebCall) -> None:
    body = made("Conversation", participants=[{"userId": centre.agent_id(EXPERT)}])
    centre.call("postConversationsCallParticipants", call.conversation_id, body, who=TALKER)

    def connected() -> list[str]:
        return [each.purpose for each in seen(centre, call).participants if each.state == "connected"]

    assert until(lambda: connected() == ["customer", "agent", "agent"])
    with pytest.raises(ApiException) as refused:
        centre.call("postConversationDisconnect", call.conversation_id, who=TALKER)
    assert refused.value.status == 403
    assert centre.call("postConversationDisconnect", call.conversation_id) == "Accepted"
    call.until("ended")
    assert until(lambda: connected() == [])


def test_what_cannot_be_is_refused_in_the_vendor_s_error_body(centre: Centre, call: WebCall) -> None:
    """The SDK reads the vendor's codes; an agent's second call is refused while their one line is in use."""
    with pytest.raises(ApiException) as refused:
        centre.call(
            "postConversationsCalls", made("CreateCallRequest", call_user_id=centre.agent_id(EXPERT)), who=TALKER
        )
    assert refused.value.status == 409
    for body in ({"phoneNumber": "+13125550100"}, {"callUserId": "nobody"}, {}):
        with pytest.raises(ApiException) as refused:
            centre.call("postConversationsCalls", body, who=EXPERT)
        assert (refused.value.status, "callUserId" in str(refused.value.body)) == (400, True)
    assert call.status()["state"] == "connected"


def test_a_recording_is_heard_where_its_metadata_say(centre: Centre) -> None:
    recorded = recorded_call(centre)
    for each in recorded.recordings:
        read = centre.call("getConversationRecordingmetadataRecordingId", recorded.conversation.id, each.id)
        assert (read.id, read.start_time, read.end_time) == (each.id, each.start_time, each.end_time)
        uri = each.media_uris["0"].media_uri
        sound = centre.fetched(uri)
        assert len(sound) == each.output_size_in_bytes
        assert sound.startswith(b"OggS")
    assert {each.media_subtype for each in recorded.recordings} == {"Trunk", "Station"}
    assert any(user.id == centre.agent_id(TALKER) for user in recorded.recordings[0].users)


def test_settings_of_recordings_are_changed_and_read_again(centre: Centre) -> None:
    before = centre.call("getRecordingSettings")
    changed = made("RecordingSettings", recording_playback_url_ttl=30)
    assert centre.call("putRecordingSettings", changed).recording_playback_url_ttl == 30
    assert centre.call("getRecordingSettings").recording_playback_url_ttl == 30
    assert centre.call("putRecordingSettings", before).to_dict() == before.to_dict()
