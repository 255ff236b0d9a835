"""What happened to notices."""

from dataclasses import dataclass

from shiftline.foundation.events import event
from shiftline.workforce.notices.model import Notice

SERVICE = "WorkforceManagement"


@event("workforce.notices.sent", service=SERVICE, entity=("WfmNotification", "subject_id"), action="Create")
@dataclass(frozen=True, slots=True, kw_only=True)
class NoticesSent:
    """People were told of one subject."""

    organization_id: str
    subject_id: str
    notices: tuple[Notice, ...]


@event("workforce.notices.marked", service=SERVICE, entity=("WfmNotification", "person_id"))
@dataclass(frozen=True, slots=True, kw_only=True)
class NoticesMarked:
    """A person marked notices as read or unread."""

    organization_id: str
    person_id: str
    notices: tuple[Notice, ...]
