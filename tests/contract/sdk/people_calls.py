"""CORE operations of OAuth, authorization, organization, users, audit and notifications."""

from contract.sdk.calls import Call, Given, given, nothing
from contract.sdk.centre import Centre, made

Topics = list[object]


def _new_channel(centre: Centre) -> str:
    return centre.call("postNotificationsChannels", who=0).id


def _topics(centre: Centre) -> Topics:
    person = centre.agent_id()
    names = (f"v2.users.{person}.presence", f"v2.users.{person}.workforcemanagement.schedules")
    return [made("ChannelTopic", id=name) for name in names]


def _changed_user(centre: Centre, kind: str, **change: object) -> Given:
    user = centre.new_user()
    return given(user.id, made(kind, version=user.version, **change))


def _grant_arguments(centre: Centre) -> tuple[str, str, str]:
    return centre.new_user().id, centre.home, centre.new_role("webRTC:enable").id


def _holds_role(centre: Centre) -> bool:
    role = centre.new_role("webRTC:enable")
    person = centre.new_user()
    centre.call("postAuthorizationSubjectDivisionRole", person.id, centre.home, role.id)
    grants = centre.call("getAuthorizationSubject", person.id).grants
    return [(grant.role.id, grant.division.id) for grant in grants] == [(role.id, centre.home)]


AUTHORIZATION = (
    Call("getAuthorizationDivisionsHome", lambda _: given(), lambda a, _: a.home_division is True),
    Call(
        "getAuthorizationRoles", lambda _: given(name="Agent"), lambda a, _: [r.name for r in a.entities] == ["Agent"]
    ),
    Call(
        "postAuthorizationRoles",
        lambda c: given(made("DomainOrganizationRoleCreate", name=c.fresh("Role"), permissions=["webRTC:enable"])),
        lambda a, _: a.id and a.permissions == ["webRTC:enable"],
    ),
    Call(
        "getAuthorizationSubjectsMe",
        lambda _: given(),
        lambda a, c: a.id == c.agent_id() and [g.role.name for g in a.grants] == ["Agent"],
        by=0,
    ),
    Call(
        "postAuthorizationSubjectDivisionRole",
        lambda c: given(*_grant_arguments(c)),
        lambda a, c: nothing(a, c) and _holds_role(c),
    ),
    Call(
        "getTokensMe",
        lambda _: given(),
        lambda a, c: a.organization.id == c.ready["organizationId"],
        by=0,
    ),
)

ORGANIZATION = (Call("getOrganizationsMe", lambda _: given(), lambda a, c: a.id == c.ready["organizationId"], by=0),)

USERS = (
    Call("getUsers", lambda c: given(id=[c.agent_id(), c.agent_id(1)]), lambda a, _: a.total == 2),
    Call(
        "postUsers",
        lambda c: given(made("CreateUser", name="Nell", email=f"{c.fresh('nell').replace(' ', '')}@northwind.example")),
        lambda a, _: a.id and a.name == "Nell" and a.state == "active",
    ),
    Call(
        "getUsersMe",
        lambda _: given(expand=["station", "authorization"]),
        lambda a, c: a.id == c.agent_id() and "webRTC:enable" in a.authorization.permissions,
        by=0,
    ),
    Call(
        "getUser",
        lambda c: given(c.agent_id(), expand=["skills"]),
        lambda a, _: a.name == "Ana Ruiz" and any(skill.id == "skill-voice-support" for skill in a.skills),
    ),
    Call(
        "patchUser",
        lambda c: _changed_user(c, "UpdateUser", title="Lead"),
        lambda a, _: (a.title, a.version) == ("Lead", 2),
    ),
    Call(
        "putUserProfileskills",
        lambda c: given(c.new_user().id, ["French", "Welding"]),
        lambda a, _: sorted(a) == ["French", "Welding"],
    ),
    Call(
        "putUserState",
        lambda c: _changed_user(c, "UserState", state="inactive"),
        lambda a, _: a.state == "inactive",
    ),
)

NOTIFICATIONS = (
    Call(
        "getNotificationsAvailabletopics",
        lambda _: given(expand=["description"]),
        lambda a, _: "v2.users.{id}.presence" in [topic.id for topic in a.entities],
    ),
    Call(
        "postNotificationsChannels",
        lambda _: given(),
        lambda a, _: a.id and a.connect_uri.startswith("wss://") and a.expires,
        by=1,
    ),
    Call(
        "postNotificationsChannelSubscriptions",
        lambda c: given(_new_channel(c), _topics(c)),
        lambda a, _: [topic.state for topic in a.entities] == ["Permitted", "Permitted"],
        by=0,
    ),
    Call(
        "putNotificationsChannelSubscriptions",
        lambda c: given(_new_channel(c), _topics(c)[:1]),
        lambda a, _: [topic.state for topic in a.entities] == ["Permitted"],
        by=0,
    ),
)

AUDIT = (
    Call(
        "postAuditsQuery",
        lambda c: given(
            made(
                "AuditQueryRequest",
                interval="2026-01-01T00:00:00.000Z/2026-01-02T00:00:00.000Z",
                filters=[made("AuditQueryFilter", pcProperty="UserId", value=c.agent_id())],
            )
        ),
        lambda a, _: a.id and a.state == "Succeeded",
    ),
    Call(
        "getAuditsQueryTransactionId",
        lambda c: given(c.new_audit_query().id),
        lambda a, _: a.state == "Succeeded" and a.service_name == "Directory",
    ),
    Call(
        "getAuditsQueryTransactionIdResults",
        lambda c: given((c.new_user(), c.new_audit_query())[1].id, page_size=5),
        lambda a, _: a.entities and {entry.service_name for entry in a.entities} == {"Directory"},
    ),
)
