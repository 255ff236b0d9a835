"""Organizations and the tenant's switches."""

from collections.abc import Callable

from shiftline.authorization.operations import create_division_in, require
from shiftline.foundation.context import Context
from shiftline.foundation.database import Reader, Transaction
from shiftline.foundation.errors import Invalid, NotFound, Problem
from shiftline.identity import rules, store
from shiftline.identity.errors import StaleVersion
from shiftline.identity.events import OrganizationChanged, TenantSettingsChanged
from shiftline.identity.model import Organization, ShiftRuleChange, TenantSettings


async def get_organization(context: Context) -> Organization:
    """The caller's organization."""
    async with context.reader() as reader:
        organization = await store.find_organization(reader, context.organization_id)
    if organization is None:
        raise NotFound("organization", context.organization_id)
    return organization


async def get_organization_and_webrtc(context: Context) -> tuple[Organization, bool]:
    """The caller's organization, and whether WebRTC is switched on there."""
    async with context.reader() as reader:
        found = await store.find_organization_and_webrtc(reader, context.organization_id)
    if found is None:
        raise NotFound("organization", context.organization_id)
    return found


async def list_organizations(reader: Reader) -> list[Organization]:
    """Every organization of this installation: for programs and the operator, never for a request."""
    return await store.list_organizations(reader)


async def prepare_organization_in(tx: Transaction, name: str, domain: str) -> Organization:
    """A new organization (the context's) with its home division and default switches."""
    organization = await store.insert_organization(tx, tx.context.organization_id, name, domain)
    await create_division_in(tx, "Home", description="Everything that was given no other division", home=True)
    tx.record(_changed(organization))
    return organization


async def change_organization(
    context: Context, version: int, change: Callable[[Organization], Organization]
) -> Organization:
    """Change the caller's organization. Raises StaleVersion."""
    require(context, "directory:organization:admin")
    current = await get_organization(context)
    if current.version != version:
        raise StaleVersion(current, version)
    if change(current) == current:
        return current
    async with context.transaction() as tx:
        organization = await store.update_organization(tx, change(current))
        if organization is None:
            raise StaleVersion(await store.find_organization(tx, context.organization_id) or current, version)
        tx.record(_changed(organization))
        return organization


async def get_tenant_settings(context: Context) -> TenantSettings:
    """The organization's switches."""
    async with context.reader() as reader:
        settings = await store.find_tenant_settings(reader, context.organization_id)
    if settings is None:
        raise NotFound("organization", context.organization_id)
    return settings


async def change_tenant_settings(
    context: Context,
    *,
    webrtc_enabled: bool | None = None,
    persistent_connection_required: bool | None = None,
    softphone_within_shift: bool | None = None,
    shift_margin_minutes: int | None = None,
    shift_rule: ShiftRuleChange | None = None,
) -> TenantSettings:
    """Turn the switches that are given; live sessions that lose their right are closed at once.

    ``webrtc_enabled`` needs ``directory:organization:admin``, the others ``telephony:settings:edit``. ``shift_rule`` is
    the whole rule, of which ``softphone_within_shift`` and ``shift_margin_minutes`` are a part. Raises Invalid.
    """
    require(context, "directory:organization:admin" if webrtc_enabled is not None else "telephony:settings:edit")
    rule = shift_rule or ShiftRuleChange(enabled=softphone_within_shift, margin=shift_margin_minutes)
    async with context.transaction() as tx:
        return await change_tenant_settings_in(
            tx, rule, webrtc_enabled=webrtc_enabled, persistent_connection_required=persistent_connection_required
        )


async def change_tenant_settings_in(
    tx: Transaction,
    rule: ShiftRuleChange,
    *,
    webrtc_enabled: bool | None = None,
    persistent_connection_required: bool | None = None,
) -> TenantSettings:
    """``change_tenant_settings`` in the transaction of a caller who may; what is None stays. Raises Invalid."""
    organization_id = tx.context.organization_id
    changes = {
        "webrtc_enabled": webrtc_enabled,
        "persistent_connection_required": persistent_connection_required,
        **rules.list_rule_changes(rule),
    }
    current = await store.lock_tenant_settings(tx)
    if current is None:
        raise NotFound("organization", organization_id)
    problem = rules.find_rule_problem(current, rule)
    if problem is not None:
        raise Invalid(Problem(*problem))
    turned = tuple(key for key, value in changes.items() if value is not None and value != getattr(current, key))
    if not turned:
        return current
    settings = await store.update_tenant_settings(tx, changes)
    assert settings is not None
    tx.record(
        TenantSettingsChanged(
            organization_id=organization_id,
            webrtc_enabled=settings.webrtc_enabled,
            softphone_within_shift=settings.softphone_within_shift,
            shift_margin_minutes=settings.shift_margin_minutes,
            version=settings.version,
            shift_grace_before_minutes=settings.shift_grace_before_minutes,
            shift_grace_after_minutes=settings.shift_grace_after_minutes,
            persistent_connection_required=settings.persistent_connection_required,
            turned=turned,
        )
    )
    return settings


def _changed(organization: Organization) -> OrganizationChanged:
    return OrganizationChanged(
        organization_id=organization.id,
        name=organization.name,
        active=organization.active,
        version=organization.version,
    )
