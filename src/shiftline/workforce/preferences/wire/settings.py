"""The vendor's settings of preferences and unavailable times; ``contractConflicts`` is ours."""

from collections.abc import Mapping
from typing import Annotated, Literal

from msgspec import Meta

from shiftline.foundation.web.wire import Identifier, Reference, Wire
from shiftline.workforce.preferences.model import ConflictMode, PreferenceSettings
from shiftline.workforce.preferences.wire.stating import PREFIX

ConflictWord = Literal["Allow", "Flag", "Refuse"]


class WishSettingsRequest(Wire):
    """The vendor's UpdateBusinessUnitSchedulingPreferencesSettingsRequest and UpdateManagementUnitsSettingsRequest."""

    enabled: bool | None = None
    contract_conflicts: ConflictWord | None = None

    def conflicts(self) -> ConflictMode | None:
        """What shall follow when a wish contradicts the contract; None: what follows now."""
        return None if self.contract_conflicts is None else ConflictMode(self.contract_conflicts)


class WishSettings(Wire):
    """The vendor's BusinessUnitSchedulingPreferencesSettingsResponse and ManagementUnitAvailabilitySettingsResponse."""

    enabled: bool
    contract_conflicts: ConflictMode


class QueryAvailabilityManagementUnitsSettingsRequest(Wire):
    """The vendor's QueryAvailabilityManagementUnitsSettingsRequest; without ids all units are meant."""

    management_unit_ids: Annotated[list[Identifier], Meta(max_length=1000)] | None = None


class UnavailableTimesManagementUnitSettings(Wire):
    """The vendor's UnavailableTimesManagementUnitSettings."""

    management_unit: Reference
    enabled: bool
    contract_conflicts: ConflictMode


class QueryAvailabilityManagementUnitsSettingsResponse(Wire):
    """The vendor's QueryAvailabilityManagementUnitsSettingsResponse."""

    management_units: list[UnavailableTimesManagementUnitSettings]


def show(settings: PreferenceSettings) -> WishSettings:
    """Settings on the wire."""
    return WishSettings(enabled=settings.enabled, contract_conflicts=settings.conflicts)


def show_units(found: Mapping[str, PreferenceSettings]) -> QueryAvailabilityManagementUnitsSettingsResponse:
    """Management units' settings on the wire."""
    return QueryAvailabilityManagementUnitsSettingsResponse(
        management_units=[
            UnavailableTimesManagementUnitSettings(
                management_unit=Reference(id=unit_id, self_uri=f"{PREFIX}/managementunits/{unit_id}"),
                enabled=settings.enabled,
                contract_conflicts=settings.conflicts,
            )
            for unit_id, settings in found.items()
        ]
    )
