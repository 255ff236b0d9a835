"""Whatever is audited, on the vendor's topic. Source: AuditTopicAuditLogMessage."""

import msgspec

from shiftline.foundation import events
from shiftline.foundation.events import Event, Notification, Topic

TOPICS: tuple[Topic, ...] = (
    Topic(
        pattern="v2.audits.entitytype.{id}.entityid.{id}",
        description="Something happened to an entity of a type; both are named as the audit names them.",
        permissions=("audits:audit:view",),
    ),
)


def notifications(happened: Event) -> list[Notification]:
    """The message that an event makes."""
    kind, entity_id = events.kind_of(happened), events.entity_id(happened)
    body = {
        "serviceName": kind.service,
        "action": kind.action,
        "entityType": kind.entity_type,
        "entity": {"id": entity_id},
        "status": "SUCCESS",
        "message": {"localizableMessageCode": kind.name},
        "context": context_of(msgspec.to_builtins(happened)),
    }
    topic = f"v2.audits.entitytype.{kind.entity_type}.entityid.{entity_id}"
    return [Notification(organization_id=happened.organization_id, topic=topic, body=body)]


def context_of(fields: dict[str, object]) -> dict[str, str]:
    """An event's fields as texts: what is no text stands as JSON."""
    return {
        name: value if isinstance(value, str) else msgspec.json.encode(value).decode()
        for name, value in fields.items()
        if value is not None
    }
