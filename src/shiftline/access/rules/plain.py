"""What to tell the person themself: what is wrong and what they can do, without names of others, ids or permissions. Pure."""

from collections.abc import Mapping

from shiftline.access.rules.words import when
from shiftline.foundation.decision import Decision

_ADMIN = "Ask your administrator"
_AT_ONCE = "you need not sign in again"
_ASKED = {
    "sign-in": "sign in",
    "connect": "connect your softphone",
    "receive": "get calls",
}
SAID: Mapping[str, str] = {
    "token.none": "You are not signed in. Sign in.",
    "token.revoked": "Your sign-in was ended. Sign in again.",
    "token.expired": "Your sign-in has run out. Sign in again.",
    "organization.inactive": "Your organization is switched off here; only its operator can change that.",
    "organization.unknown": "Your organization was not here yet at that time.",
    "person.inactive": f"Your account is switched off{{since}}. {_ADMIN} to switch it on; {_AT_ONCE}.",
    "person.deleted": f"Your account was removed{{since}}. {_ADMIN}.",
    "person.unknown": "Your account was not here yet at that time.",
    "tenant.webrtc_disabled": f"Softphones are switched off for everybody here{{since}}. {_ADMIN}; {_AT_ONCE}.",
    "tenant.webrtc_unknown": "A setting could not be read. It is tried again by itself.",
    "permission.missing": f"Your roles do not allow a softphone{{since}}. {_ADMIN} for a role that does; {_AT_ONCE}.",
    "shift.outside": "Softphones work only around published shifts here, and you have none now.",
    "shift.time_off": "Softphones work only around published shifts here, and you have approved time off now.",
    "no.session": "Your softphone is not connected. Open the desk.",
    "no.station": "You have no station. Choose one on the desk.",
    "presence.not_on_queue": "You are not on queue. Go on queue.",
    "not.on.queue": "You are not on queue. Go on queue.",
    "status.INTERACTING": "You are busy with something, after-call work included. Finish it.",
    "status.NOT_RESPONDING": "You missed a call. Say on the desk that you are there again.",
    "status.COMMUNICATING": "You are in a call of your own. End it.",
    "not.joined": "You have left the queue for a while. Join it again.",
    "not.member": f"You are not in the queue. {_ADMIN}.",
    "not.permitted": "You might not use a softphone at that time.",
    "ring.not.reached": "The call asks others first; it reaches you with waiting.",
    "skill.missing": f"The call asks for a skill that you do not have. {_ADMIN}.",
    "capacity.reached": "You are busy with something, and no more fits beside it. Finish it.",
    "busy.with.offer": "Another call is ringing at your phone.",
    "declined.before": "You declined this call a moment ago.",
    "missed.before": "You missed this call a moment before.",
    "idle.for.less.time": "Somebody else had waited longer for a call.",
    "handles.more": "Somebody else had less at hand.",
    "skill.lower": "Somebody else knew better what the call asked for.",
    "last.agent.preferred": "Somebody else had served this customer last.",
    "next.in.turn": "Your turn did not come before the call left.",
    "offer.missed": "It rang at your phone and was not answered.",
    "offer.declined": "You declined it.",
    "offer.failed": "Your phone did not come up.",
    "offer.withdrawn": "It was taken back before it was answered.",
    "offer.none": "It left before anybody was sought for it.",
    "conversation.not_queued": "It waited in no queue.",
    "policy.none": "Calls like this one are not recorded here.",
    "policy.snippet": "Only what you record by hand is kept.",
    "pause.forbidden": "Recording may not be paused here.",
    "snippet.forbidden": "Calls here are not recorded by hand.",
    "recording.none": "Nothing of the call is recorded.",
    "recording.paused": "Recording is paused. Resume it when it may go on.",
    "recording.lost": "The sound was lost in a crash.",
    "recording.not_made": "It was not recorded.",
    "recording.not_begun": "Nobody was connected with somebody else.",
    "recording.unknown": "Nothing tells whether it was recorded.",
    "storage.unavailable": "Recordings cannot be kept just now. The operator knows more.",
}
"""What is said of each code that refuses; ``{since}`` is told where nothing else refuses."""


def tell_agent(decision: Decision) -> str:
    """A decision in the words of whom it is about. What has no words of its own is not told."""
    against = decision.blockers or decision.unknown
    told = list(dict.fromkeys(said for gate in against if (said := SAID.get(gate.code)) is not None))
    since = next((gate.source.since for gate in against if gate.source is not None), None)
    doing = _ASKED.get(decision.action)
    if not against:
        return "Nothing stands in your way." if doing else "It is recorded."
    clause = f" since {when(since)}" if since is not None and len(against) == 1 else ""
    words = " ".join(told).replace("{since}", clause) or f"{_ADMIN}."
    start = (
        ""
        if doing is None
        else f"You cannot {doing}. "
        if decision.blockers
        else f"Whether you can {doing} is not known. "
    )
    coming = "" if decision.next_change_at is None else f" This changes by itself on {when(decision.next_change_at)}."
    if decision.told is not None and decision.action == "receive":
        start, coming = "You did not get this call. ", ""
    return f"{start}{words}{coming}"
