"""CORE operations of stations, telephony settings, presence and routing."""

from contract.sdk.calls import Call, Given, given, nothing
from contract.sdk.centre import Centre, made


def _new_phone(centre: Centre) -> Given:
    base = centre.call("getTelephonyProvidersEdgesPhonebasesettings").entities[0]
    phone = centre.call("getTelephonyProvidersEdgesPhonesTemplate", base.id)
    phone.name, phone.web_rtc_user = centre.fresh("Phone"), {"id": centre.new_user().id}
    return given(phone)


def _changed_base(centre: Centre) -> Given:
    base = centre.call("getTelephonyProvidersEdgesPhonebasesettings").entities[0]
    base.description = centre.fresh("Described")
    return given(base.id, base)


def _presence(centre: Centre, system: str) -> object:
    definition = made("PresenceDefinition", id=centre.presences[system])
    return made("UserPresence", presence_definition=definition, primary=True)


def _on_queue(centre: Centre, number: int) -> Given:
    """Routing status changes only while on queue, which is a presence."""
    centre.call("patchUserPresencesPurecloud", centre.agent_id(number), _presence(centre, "OnQueue"), who=number)
    return given(centre.agent_id(number), made("RoutingStatus", status="IDLE"))


def _new_queue(centre: Centre) -> str:
    return centre.call("postRoutingQueues", made("CreateQueueRequest", name=centre.fresh("Queue"))).id


def _new_skill(centre: Centre) -> str:
    return centre.call("postRoutingSkills", made("CreateRoutingSkill", name=centre.fresh("Skill"))).id


STATIONS = (
    Call(
        "getStations",
        lambda c: given(web_rtc_user_id=c.agent_id()),
        lambda a, c: a.total == 1 and a.entities[0].web_rtc_user_id == c.agent_id(),
    ),
    Call("deleteStationAssociateduser", lambda c: given(c.new_station()[1]), nothing),
    Call(
        "getUserStation",
        lambda c: given(c.agent_id()),
        lambda a, c: a.effective_station.id == c.station_of(c.agent_id()),
    ),
    Call("deleteUserStationAssociatedstation", lambda c: given(c.new_station()[0]), nothing),
    Call("putUserStationAssociatedstationStationId", lambda c: given(*c.new_station()), nothing),
)

TELEPHONY = (
    Call("getTelephonyProvidersEdgesPhonebasesettings", lambda _: given(), lambda a, _: a.total >= 1),
    Call(
        "putTelephonyProvidersEdgesPhonebasesetting",
        _changed_base,
        lambda a, _: a.description.startswith("Described") and a.version >= 2,
    ),
    Call("postTelephonyProvidersEdgesPhones", _new_phone, lambda a, _: a.id and a.version == 1),
    Call(
        "getTelephonySettings", lambda _: given(), lambda a, _: a.persistent_connection_required in (True, False, None)
    ),
    Call(
        "putTelephonySettings",
        lambda c: given(c.call("getTelephonySettings")),
        lambda a, c: a.to_dict() == c.call("getTelephonySettings").to_dict(),
    ),
)

PRESENCE = (
    Call(
        "getPresenceDefinitions",
        lambda _: given(),
        lambda a, _: {"Available", "OnQueue", "Away"} <= {each.system_presence for each in a.entities},
        by=0,
    ),
    Call(
        "getUsersPresencesPurecloudBulk",
        lambda c: given(id=[c.agent_id(), c.agent_id(1)]),
        lambda a, c: {each.user_id for each in a} == {c.agent_id(), c.agent_id(1)},
    ),
    Call("getUserPresencesPurecloud", lambda c: given(c.agent_id(2)), lambda a, _: a.presence_definition.id, by=2),
    Call(
        "patchUserPresencesPurecloud",
        lambda c: given(c.agent_id(2), _presence(c, "Away")),
        lambda a, _: a.presence_definition.system_presence == "Away",
        by=2,
    ),
    Call(
        "patchUserPresence",
        lambda c: given(c.agent_id(2), "TEAMS", made("UserPresence", message="elsewhere")),
        lambda a, _: (a.source, a.message) == ("TEAMS", "elsewhere"),
        by=2,
    ),
)

ROUTING = (
    Call(
        "getRoutingQueues",
        lambda _: given(name="Voice*"),
        lambda a, _: [queue.id for queue in a.entities] == ["queue-voice-support"],
    ),
    Call(
        "postRoutingQueues",
        lambda c: given(made("CreateQueueRequest", name=c.fresh("Queue"))),
        lambda a, _: a.id and a.member_count == 0,
    ),
    Call(
        "postRoutingQueueMembers",
        lambda c: given(_new_queue(c), [made("WritableEntity", id=c.agent_id())]),
        nothing,
    ),
    Call(
        "getRoutingSkills",
        lambda _: given(id=["skill-voice-support"]),
        lambda a, _: [skill.name for skill in a.entities] == ["Voice Support"],
    ),
    Call(
        "postUserRoutingskills",
        lambda c: given(c.new_user().id, made("UserRoutingSkillPost", id=_new_skill(c), proficiency=4.0)),
        lambda a, _: a.proficiency == 4.0,
    ),
    Call("getUserRoutingstatus", lambda c: given(c.agent_id(3)), lambda a, _: a.status == "OFF_QUEUE", by=3),
    Call("putUserRoutingstatus", lambda c: _on_queue(c, 4), lambda a, _: a.status == "IDLE", by=4),
)
