"""The whole table: the vendor's CORE operations, how each is called, and which are not served yet."""

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from contract.sdk import conversation_calls, people_calls, phone_calls, recording_calls, workforce_calls
from contract.sdk.calls import Call

CALLS: tuple[Call, ...] = (
    *people_calls.AUTHORIZATION,
    *people_calls.ORGANIZATION,
    *people_calls.USERS,
    *people_calls.NOTIFICATIONS,
    *people_calls.AUDIT,
    *phone_calls.STATIONS,
    *phone_calls.TELEPHONY,
    *phone_calls.PRESENCE,
    *phone_calls.ROUTING,
    *conversation_calls.CONVERSATIONS,
    *recording_calls.RECORDINGS,
    *workforce_calls.UNITS,
    *workforce_calls.SCHEDULES,
    *workforce_calls.TIME_OFF,
    *workforce_calls.PREFERENCES,
    *workforce_calls.TRADES,
    *workforce_calls.WFM_NOTIFICATIONS,
    *workforce_calls.ADHERENCE,
)

# Called in tests of their own: one is no method of the SDK's APIs, the other ends the token it is called with.
APART = frozenset({"postOauthToken", "deleteTokensMe"})

# Areas of the vendor's API that this release does not have.
AREAS_TO_COME = frozenset({"Export to S3", "Analytics"})

# Single operations that are not served yet, in areas that are.
PENDING = frozenset(
    {
        "postRecordingBatchrequests",
        "getRecordingBatchrequest",
        "getRecordingJobs",
        "postRecordingJobs",
        "getRecordingJob",
        "putRecordingJob",
        "getRecordingJobFailedrecordings",
    }
)


@dataclass(frozen=True, slots=True)
class CoreOperation:
    """One of the operations that a server must have first."""

    area: str
    verb: str
    path: str
    method: str

    @property
    def operation_id(self) -> str:
        """The id in our document: the vendor's method in camelCase."""
        head, *rest = self.method.split("_")
        return head + "".join(part.capitalize() for part in rest)


@cache
def core() -> tuple[CoreOperation, ...]:
    """The CORE operations, by area."""
    with Path(__file__).with_name("core.csv").open(newline="") as file:
        return tuple(CoreOperation(**row) for row in csv.DictReader(file))
