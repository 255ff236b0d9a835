"""Divisions, roles, grants."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

EVERY_DIVISION = "*"
SOFTPHONE = "webRTC:enable"
GRANT = "authorization:grant:add"

# Every permission that something here asks for, by domain and entity. A test compares this with the source.
ENFORCED: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "access": {
        "assertion": ("edit",),
        "decision": ("view",),
        "shiftRule": ("edit", "override", "view"),
    },
    "audits": {
        "audit": ("view",),
    },
    "authorization": {
        "division": ("add", "edit"),
        "grant": ("add", "delete", "view"),
        "role": ("add", "delete", "edit", "view"),
    },
    "conversation": {
        "call": ("add", "record"),
        "communication": ("blindTransfer", "consultTransfer", "disconnect", "view"),
        "conference": ("add",),
        "email": ("create",),
        "externalTag": ("edit",),
        "message": ("create", "view"),
        "participant": ("wrapup",),
        "recording": ("pauseOthers",),
        "webmessaging": ("create", "view"),
    },
    "directory": {
        "organization": ("admin",),
        "user": ("add", "delete", "edit", "setPassword", "view"),
        "userProfile": ("edit", "view"),
        "userStateChange": ("view",),
    },
    "discovery": {
        "export": ("add", "edit", "view"),
        "package": ("verify",),
    },
    "integrations": {
        "integration": ("add", "delete", "edit", "view"),
    },
    "notifications": {
        "otherUser": ("view",),
    },
    "oauth": {
        "client": ("add", "delete", "edit", "view"),
        "token": ("delete",),
    },
    "presence": {
        "presenceDefinition": ("add", "delete", "edit", "view"),
        "source": ("add", "view"),
        "userPresence": ("edit",),
        "userPrimarySource": ("view",),
    },
    "recording": {
        "annotation": ("add", "delete", "edit", "view"),
        "deletion": ("approve", "edit", "mark", "view"),
        "deletionProtection": ("apply", "revoke"),
        "hold": ("add", "release"),
        "import": ("add", "edit", "view"),
        "job": ("add", "delete", "edit", "view"),
        "matter": ("add", "close", "view"),
        "metadata": ("refresh",),
        "recording": ("editRetention", "view"),
        "retentionPolicy": ("edit", "view"),
        "settings": ("editRegionalStorage", "editScreenRecordings"),
    },
    "routing": {
        "email": ("manage",),
        "queue": ("add", "delete", "edit", "join", "view"),
        "queueMember": ("manage",),
        "settings": ("manage",),
        "skill": ("assign", "create", "delete", "manage", "view"),
        "utilization": ("manage", "view"),
        "wrapupCode": ("add", "view"),
    },
    "telephony": {
        "otherStationAssociation": ("edit", "view"),
        "phone": ("assign",),
        "plugin": ("all",),
        "selfStationAssociation": ("edit", "view"),
        "settings": ("edit", "view"),
        "sites": ("view",),
        "station": ("disassociate", "disassociateSelf"),
    },
    "webDeployments": {
        "deployment": ("add", "edit", "view"),
    },
    "wfm": {
        "activityCode": ("add", "delete", "edit", "view"),
        "adherenceAdjustment": ("edit", "view"),
        "adherenceAdjustmentReasonCode": ("add", "delete", "edit", "view"),
        "adherenceExplanation": ("add", "edit", "notify", "view"),
        "agent": ("edit", "view"),
        "agentAdherenceAdjustment": ("submit",),
        "agentAdherenceExplanation": ("submit", "view"),
        "agentHistoricalAdherence": ("view",),
        "agentHistoricalAdherenceConformance": ("view",),
        "agentManagementUnitSchedule": ("view",),
        "agentSchedule": ("view",),
        "agentSchedulingPreferences": ("edit", "view"),
        "agentShiftTradeRequest": ("participate",),
        "agentTimeOffRequest": ("submit",),
        "agentUnavailableTimes": ("submit",),
        "businessUnit": ("add", "delete", "edit", "view"),
        "historicalAdherence": ("view",),
        "managementUnit": ("add", "delete", "edit", "view"),
        "notification": ("view",),
        "publishedSchedule": ("view",),
        "realtimeAdherence": ("view",),
        "schedule": ("add", "delete", "edit", "view"),
        "schedulingPreferences": ("view",),
        "shiftTradeRequest": ("edit", "view"),
        "timeOffLimit": ("add", "delete", "edit", "view"),
        "timeOffPlan": ("add", "delete", "edit", "view"),
        "timeOffRequest": ("add", "edit", "notify", "view"),
        "unavailableTimes": ("edit", "view"),
        "workPlan": ("add", "delete", "edit", "view"),
        "workPlanRotation": ("add", "delete", "edit", "view"),
    },
}


@dataclass(frozen=True, slots=True)
class Division:
    """A part of the organization for which permissions can be granted."""

    id: str
    name: str
    description: str | None
    home: bool
    version: int


@dataclass(frozen=True, slots=True)
class Role:
    """A named set of permissions."""

    id: str
    name: str
    description: str | None
    default_role_id: str | None
    permissions: tuple[str, ...]
    version: int
    user_count: int = 0


@dataclass(frozen=True, slots=True)
class Grant:
    """A subject's role in a division (``*``: everywhere), since when and by whom."""

    subject_id: str
    role: Role
    division_id: str
    division_name: str | None
    home: bool
    since: datetime
    changed_by: str


@dataclass(frozen=True, slots=True)
class Granter:
    """Somebody active (a person, or a client that acts for itself) who may grant roles in a division (``*``: in all)."""

    subject_id: str
    name: str
    division_id: str


@dataclass(frozen=True, slots=True)
class RoleDraft:
    """What a role shall be."""

    name: str
    description: str | None
    permissions: tuple[str, ...]
    default_role_id: str | None = None
    id: str | None = None
