"""CORE operations of recordings: of a call with sound that is over."""

from datetime import UTC, datetime, timedelta

from contract.sdk.calls import Call, Given, given
from contract.sdk.centre import Centre, made
from contract.sdk.telephones import recorded_call


def _conversation(centre: Centre) -> Given:
    return given(recorded_call(centre).conversation.id)


def _recording(centre: Centre) -> Given:
    call = recorded_call(centre)
    return given(call.conversation.id, call.recordings[0].id)


def _kept(centre: Centre) -> Given:
    deleted = datetime.now(UTC).replace(microsecond=0) + timedelta(days=400)
    place, more = _recording(centre)
    return (*place, made("Recording", delete_date=deleted)), more


def _protected(centre: Centre) -> Given:
    """Protected and set free again, so that what others ask for is as it was."""
    ids = [recorded_call(centre).conversation.id]
    query = made("ConversationDeletionProtectionQuery", conversation_ids=ids)
    assert centre.call("putRecordingsDeletionprotection", protect=True, body=query).failed_updates == []
    return given(protect=False, body=query)


RECORDINGS = (
    Call(
        "getConversationRecordingmetadata",
        _conversation,
        lambda a, _: len(a) == 2 and all(each.start_time < each.end_time and each.media == "audio" for each in a),
    ),
    Call(
        "getConversationRecordings",
        _conversation,
        lambda a, c: {each.id for each in a} == {each.id for each in recorded_call(c).recordings},
    ),
    Call(
        "getConversationRecording",
        _recording,
        lambda a, _: a.file_state == "AVAILABLE" and a.output_size_in_bytes > 1000 and a.media_uris["0"].media_uri,
    ),
    Call("putConversationRecording", _kept, lambda a, _: a.delete_date > datetime.now(UTC) + timedelta(days=300)),
    Call("putRecordingsDeletionprotection", _protected, lambda a, _: a.failed_updates == []),
    Call("getRecordingSettings", lambda _: given(), lambda a, _: a.max_simultaneous_streams >= 1),
)
