"""The vendor's shapes of WFM notifications."""

from collections.abc import Sequence
from typing import Annotated

from msgspec import Meta

from shiftline.foundation.web.wire import Identifier, Wire
from shiftline.workforce.notices.model import Notice
from shiftline.workforce.notices.topics import UserNotification, describe


class NotificationList(Wire):
    """The vendor's NotificationsResponse."""

    entities: list[UserNotification]


class SentMark(Wire):
    """A WfmUserNotification as a client sends it back: of it, the read mark counts."""

    id: Identifier
    marked_as_read: bool


class Marks(Wire):
    """The vendor's UpdateNotificationsRequest."""

    entities: Annotated[list[SentMark], Meta(min_length=1, max_length=500)]

    def by_id(self) -> dict[str, bool]:
        """The read mark of each; of one that is there twice the last counts."""
        return {entity.id: entity.marked_as_read for entity in self.entities}


class Marked(Wire):
    """The vendor's UpdateNotificationResponse."""

    id: str
    mutable_group_id: str


class MarkedList(Wire):
    """The vendor's UpdateNotificationsResponse."""

    entities: list[Marked]


def show(notices: Sequence[Notice]) -> NotificationList:
    """Notices on the wire."""
    return NotificationList(entities=[describe(notice) for notice in notices])


def show_marked(notices: Sequence[Notice]) -> MarkedList:
    """What was marked, on the wire."""
    return MarkedList(entities=[Marked(id=notice.id, mutable_group_id=notice.group_id) for notice in notices])
