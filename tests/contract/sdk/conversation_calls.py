"""CORE operations of conversations: the caller's own, one by its id, and the two that begin and move a call."""

from contract.sdk.calls import Call, Given, given, nothing
from contract.sdk.centre import Centre, made
from contract.sdk.softphones import CALLEE, CALLER, ended_call, new_call, own_part


def _own(centre: Centre) -> Given:
    new_call(centre)
    return given()


def _to_begin(centre: Centre) -> Given:
    ended_call(centre)  # and so the caller's line is free
    return given(made("CreateCallRequest", call_user_id=centre.agent_id(CALLEE)))


def _muted(centre: Centre) -> Given:
    conversation = new_call(centre)
    return given(conversation.id, own_part(centre, conversation), made("MediaParticipantRequest", muted=True))


CONVERSATIONS = (
    Call(
        "getConversations",
        _own,
        lambda a, c: [each.user_id for each in a.entities[0].participants] == [c.agent_id(CALLER), c.agent_id(CALLEE)],
        by=CALLER,
    ),
    Call(
        "getConversation",
        lambda c: given(ended_call(c).id),
        lambda a, _: (a.state, a.participants[0].calls[0].disconnect_type) == ("terminated", "client") and a.end_time,
    ),
    Call("postConversationsCalls", _to_begin, lambda a, _: a.id and a.self_uri.endswith(a.id), by=CALLER),
    Call("patchConversationsCallParticipant", _muted, nothing, by=CALLER),
)
