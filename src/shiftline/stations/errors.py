"""What this room refuses."""

from shiftline.foundation.errors import Conflict, Invalid, NotFound, Problem
from shiftline.stations.model import Record


class StationNotFound(NotFound):
    """No such station."""

    def __init__(self, station_id: str) -> None:
        super().__init__("station", station_id)


class PhoneNotFound(NotFound):
    """No such phone."""

    def __init__(self, phone_id: str) -> None:
        super().__init__("phone", phone_id)


class PhoneBaseNotFound(NotFound):
    """No such phone base settings."""

    def __init__(self, phone_base_id: str) -> None:
        super().__init__("phoneBaseSettings", phone_base_id)


class SiteNotFound(NotFound):
    """No such site."""

    def __init__(self, site_id: str) -> None:
        super().__init__("site", site_id)


class StationOfAnother(Invalid):
    """A WebRTC station can be used by its owner alone."""

    def __init__(self, station_name: str, owner_id: str) -> None:
        super().__init__(
            Problem(
                "stationId",
                f"the station {station_name} is a WebRTC phone of the user {owner_id}; nobody else can be at it.",
                "station.of.another",
            )
        )


class PersonHasPhone(Conflict):
    """One person has one WebRTC phone."""

    def __init__(self, person_id: str, phone_name: str) -> None:
        super().__init__(f"The user {person_id} already has the WebRTC phone {phone_name}.", code="phone.exists")


class NameTaken(Conflict):
    """Another thing of this kind has the name or id."""

    def __init__(self, kind: str, name: str) -> None:
        super().__init__(f"There is already a {kind} named {name}.")


class StaleVersion(Conflict):
    """The thing changed since the caller read it."""

    def __init__(self, sent: int, record: Record) -> None:
        super().__init__(
            f"You sent version {sent}; the current version is {record.version}.",
            current_version=record.version,
            changed_by=record.changed_by,
            changed_at=record.changed_at,
        )
