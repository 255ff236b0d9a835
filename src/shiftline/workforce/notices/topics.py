"""From this room's events to the vendor's notification topic. Pure."""

from datetime import date, datetime

from msgspec import to_builtins

from shiftline.foundation.events import Event, Notification, Topic
from shiftline.foundation.web.wire import Wire
from shiftline.workforce.notices.events import NoticesMarked, NoticesSent
from shiftline.workforce.notices.model import (
    ExplanationFacts,
    Kind,
    Notice,
    OpenShiftFacts,
    RingFacts,
    TimeOffFacts,
    TradeFacts,
)

NOTIFICATIONS = "v2.users.{id}.workforcemanagement.notifications"

TOPICS: tuple[Topic, ...] = (
    Topic(
        NOTIFICATIONS,
        "The user is told of a time-off request, a shift trade, a ring of them, a claim or an adherence explanation",
        ("wfm:notification:view",),
        own=True,
    ),
)


class User(Wire):
    """A person, or a unit, by its id."""

    id: str


class TimeOffNotification(Wire):
    """The vendor's TimeOffRequestNotification."""

    time_off_request_id: str
    user: User
    is_full_day_request: bool
    status: str
    partial_day_start_date_times: list[datetime]
    full_day_management_unit_dates: list[date]


class TradeNotification(Wire):
    """The vendor's ShiftTradeNotification."""

    week_date: date
    trade_id: str
    one_sided: bool
    new_state: str
    initiating_user: User
    initiating_shift_date: datetime
    receiving_user: User | None = None
    receiving_shift_date: datetime | None = None


class AdherenceExplanationNotification(Wire):
    """The vendor's AdherenceExplanationNotification."""

    id: str
    agent: User
    management_unit: User
    business_unit: User
    start_date: datetime
    length_minutes: int
    status: str
    type: str
    notes: str | None = None


class TradeRingNotification(Wire):
    """Ours: a ring of trades, how many of its people have accepted, and why it stands as it does."""

    ring_id: str
    business_unit: User
    week_date: date
    new_state: str
    people: int
    accepted: int
    sentence: str | None = None


class OpenShiftNotification(Wire):
    """Ours: an open shift that ``user`` claimed, and why it stands as it does."""

    open_shift_id: str
    user: User
    management_unit: User
    business_unit: User
    week_date: date
    new_state: str
    start_date: datetime
    length_minutes: int
    sentence: str | None = None


class UserNotification(Wire):
    """The vendor's WfmUserNotification; ``shiftTradeRing`` and ``openShift`` are ours."""

    id: str
    mutable_group_id: str
    timestamp: datetime
    type: Kind
    marked_as_read: bool
    agent_notification: bool
    time_off_request: TimeOffNotification | None = None
    shift_trade: TradeNotification | None = None
    adherence_explanation: AdherenceExplanationNotification | None = None
    shift_trade_ring: TradeRingNotification | None = None
    open_shift: OpenShiftNotification | None = None
    other_notification_ids_in_group: list[str] | None = None


def describe(notice: Notice) -> UserNotification:
    """A notice in the vendor's shape."""
    subject = notice.subject
    return UserNotification(
        id=notice.id,
        mutable_group_id=notice.group_id,
        timestamp=subject.at,
        type=subject.kind,
        marked_as_read=notice.marked_as_read,
        agent_notification=notice.for_agent,
        time_off_request=None if subject.time_off is None else _time_off(subject.time_off),
        shift_trade=None if subject.trade is None else _trade(subject.trade),
        adherence_explanation=None if subject.explanation is None else _explanation(subject.explanation),
        shift_trade_ring=None if subject.ring is None else _ring(subject.ring),
        open_shift=None if subject.open_shift is None else _open_shift(subject.open_shift),
    )


def _time_off(facts: TimeOffFacts) -> TimeOffNotification:
    return TimeOffNotification(
        time_off_request_id=facts.request_id,
        user=User(id=facts.person_id),
        is_full_day_request=bool(facts.days),
        status=facts.status,
        partial_day_start_date_times=list(facts.starts),
        full_day_management_unit_dates=list(facts.days),
    )


def _trade(facts: TradeFacts) -> TradeNotification:
    receiver = facts.receiving_person_id or facts.target_person_id
    return TradeNotification(
        week_date=facts.week_date,
        trade_id=facts.trade_id,
        one_sided=facts.one_sided,
        new_state=facts.state,
        initiating_user=User(id=facts.person_id),
        initiating_shift_date=facts.shift_starts_at,
        receiving_user=None if receiver is None else User(id=receiver),
        receiving_shift_date=facts.receiving_shift_starts_at,
    )


def _explanation(facts: ExplanationFacts) -> AdherenceExplanationNotification:
    return AdherenceExplanationNotification(
        id=facts.explanation_id,
        agent=User(id=facts.person_id),
        management_unit=User(id=facts.management_unit_id),
        business_unit=User(id=facts.business_unit_id),
        start_date=facts.starts_at,
        length_minutes=facts.length_minutes,
        status=facts.status,
        type=facts.type,
        notes=facts.notes,
    )


def _ring(facts: RingFacts) -> TradeRingNotification:
    return TradeRingNotification(
        ring_id=facts.ring_id,
        business_unit=User(id=facts.business_unit_id),
        week_date=facts.week_date,
        new_state=facts.state,
        people=facts.people,
        accepted=facts.accepted,
        sentence=facts.sentence,
    )


def _open_shift(facts: OpenShiftFacts) -> OpenShiftNotification:
    return OpenShiftNotification(
        open_shift_id=facts.open_shift_id,
        user=User(id=facts.person_id),
        management_unit=User(id=facts.management_unit_id),
        business_unit=User(id=facts.business_unit_id),
        week_date=facts.week_date,
        new_state=facts.state,
        start_date=facts.starts_at,
        length_minutes=facts.length_minutes,
        sentence=facts.sentence,
    )


def notifications(happened: Event) -> list[Notification]:
    """What subscribers are told."""
    if not isinstance(happened, NoticesSent | NoticesMarked):
        return []
    return [
        Notification(
            happened.organization_id,
            NOTIFICATIONS.replace("{id}", notice.person_id),
            to_builtins(describe(notice)),
        )
        for notice in happened.notices
    ]
