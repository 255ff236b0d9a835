"""What happened around a person, in lanes and sentences. Pure."""

from collections.abc import Callable, Mapping
from typing import Any

from shiftline.access.model.changes import Happened, Lane

_LANES: dict[str, Lane] = {
    "workforce": "workforce",
    "publishing": "workforce",
    "identity": "identity",
    "authorization": "identity",
    "access": "identity",
    "presence": "presence",
    "presence.session": "signalling",
    "routing": "routing",
    "stations": "signalling",
    "signalling": "signalling",
    "calls": "calls",
    "conversations": "calls",
    "messaging": "calls",
    "recordings": "recording",
    "ledger": "recording",
    "discovery": "recording",
}


def lane_of(event: str) -> Lane:
    """The lane of an event, by its name."""
    room, _, rest = event.partition(".")
    return _LANES.get(f"{room}.{rest.partition('.')[0]}") or _LANES.get(room, "identity")


def tell(happened: Happened) -> str:
    """An event in a sentence; of one that has none of its own, what it is called."""
    words = _WORDS.get(happened.event)
    if words is not None:
        try:
            return words(happened.body)
        except (KeyError, TypeError, AttributeError):
            pass  # an event of an older release
    return f"{happened.entity_type} {happened.entity_id}: {happened.event.replace('_', ' ').replace('.', ' ')}."


def _switches(body: Mapping[str, Any]) -> str:
    before, after = (body.get(f"shift_grace_{side}_minutes") for side in ("before", "after"))
    same = body["shift_margin_minutes"] if before is None else before
    grace = f"{same} minutes" if before == after else f"{before} minutes before and {after} after"
    rule = f"on, {grace}" if body["softphone_within_shift"] else "off"
    webrtc = "on" if body["webrtc_enabled"] else "off"
    return f"Tenant settings changed: WebRTC {webrtc}; the softphone's shift rule {rule}."


def _because(body: Mapping[str, Any]) -> str:
    return f" ({body['reason']})" if body.get("reason") else ""


def _schedule(what: str) -> Callable[[Mapping[str, Any]], str]:
    def words(body: Mapping[str, Any]) -> str:
        return f"The schedule {body['description']!r} of the week {body['week_date']} {what}{_because(body)}."

    return words


def _time_off(what: str) -> Callable[[Mapping[str, Any]], str]:
    def words(body: Mapping[str, Any]) -> str:
        status = str(body["request"]["status"]).lower()
        former = f", before {str(body['former_status']).lower()}" if body.get("former_status") else ""
        return f"Time off {what}: {status}{former}."

    return words


def _exception(body: Mapping[str, Any]) -> str:
    what = "does not concern" if body["active"] else "concerns again"
    until = f" until {body['ends_at']}" if body["active"] and body.get("ends_at") else ""
    return f"The shift rule {what} the {body['kind']} {body['subject_id']}{until}{_because(body)}."


def _let_in(body: Mapping[str, Any]) -> str:
    if body.get("ended_at"):
        return f"An override of the shift rule was ended early{_because(body)}."
    return f"Let in outside the shifts until {body['ends_at']}{_because(body)}."


_WORDS: dict[str, Callable[[Mapping[str, Any]], str]] = {
    "identity.organization.changed": lambda b: (
        f"The organization {b['name']} is {'active' if b['active'] else 'switched off'}."
    ),
    "identity.tenant_settings.changed": _switches,
    "identity.person.changed": lambda b: f"The user was changed: {b['state']}.",
    "identity.token.issued": lambda _: "A token was issued.",
    "identity.token.revoked": lambda b: f"Tokens ended: {b['reason']}.",
    "identity.sign_in.succeeded": lambda _: "Signed in at the sign-in page.",
    "identity.sign_in.refused": lambda b: f"Signing in was refused: {', '.join(b['reasons'])}.",
    "authorization.role.changed": lambda b: f"The role {b['name']} was {'changed' if b['active'] else 'deleted'}.",
    "authorization.grant.changed": lambda b: f"A role was {'granted' if b['active'] else 'taken away'}.",
    "presence.presence.changed": lambda b: f"Presence: {b['system_presence']}.",
    "presence.routing_status.changed": lambda b: f"Routing status: {b['status']}, before {b['previous']}.",
    "presence.session.opened": lambda b: f"A session began ({b['transport']}, on {b['node']}).",
    "presence.session.closed": lambda b: f"A session ended: {b['reason']}.",
    "stations.association.changed": lambda b: (
        f"{b['action']}: the station is {b['effective_station_name'] or 'none'} now."
    ),
    "stations.phone.changed": lambda b: f"The phone {b['name']} was {'changed' if b['active'] else 'removed'}.",
    "routing.member.changed": lambda _: "The place in a queue changed.",
    "routing.person_skill.changed": lambda _: "Skills changed.",
    "routing.offer.changed": lambda b: f"A call was offered: {b['state']}.",
    "signalling.channel.created": lambda _: "A notification channel was made.",
    "signalling.channel.subscribed": lambda b: f"Subscribed to {len(b['topics'])} topics.",
    "signalling.channel.removed": lambda b: f"A channel was removed: {b['reason']}.",
    "workforce.schedule.created": _schedule("was drafted"),
    "workforce.schedule.updated": _schedule("was changed"),
    "workforce.schedule.published": _schedule("was published"),
    "workforce.schedule.reverted": _schedule("was put back to an earlier revision"),
    "workforce.schedule.superseded": _schedule("left force: another was published"),
    "workforce.schedule.deleted": _schedule("was deleted"),
    "workforce.timeoff.requested": _time_off("was asked for"),
    "workforce.timeoff.entered": _time_off("was entered"),
    "workforce.timeoff.changed": _time_off("was changed"),
    "workforce.timeoff.rescheduled": _time_off("was moved"),
    "workforce.adherence.changed": lambda _: "Adherence was reckoned anew.",
    "access.shift_exception.changed": _exception,
    "access.shift_override.changed": _let_in,
    "publishing.swap.published": lambda b: f"A swap was published{_because(b)}.",
}
