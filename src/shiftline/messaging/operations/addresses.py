"""Addresses of ours: e-mail to one waits in its queue."""

import re

from shiftline.authorization.operations import require
from shiftline.foundation.context import Context
from shiftline.foundation.database import Transaction
from shiftline.foundation.errors import Invalid, Problem
from shiftline.messaging import store
from shiftline.messaging.errors import AddressNotFound, AddressTaken
from shiftline.messaging.events import AddressChanged
from shiftline.messaging.model import Address
from shiftline.routing.errors import Unknown
from shiftline.routing.operations.queues import hold_queue_in

MANAGE = "routing:email:manage"
_ADDRESS = re.compile(r"[a-z0-9._%+-]{1,64}@[a-z0-9]([a-z0-9.-]{0,250}[a-z0-9])?")


async def list_addresses(context: Context) -> list[Address]:
    """All addresses. Raises PermissionMissing."""
    require(context, MANAGE)
    async with context.reader() as reader:
        return await store.list_addresses(reader, context.organization_id)


async def put_address(context: Context, address: str, name: str, queue_id: str) -> Address:
    """Lead an address to a queue. Raises Unknown (the queue), AddressTaken, PermissionMissing."""
    require(context, MANAGE)
    async with context.transaction() as tx:
        return await put_address_in(tx, address, name, queue_id)


async def put_address_in(tx: Transaction, address: str, name: str, queue_id: str) -> Address:
    """The same in the caller's transaction. Raises Unknown (the queue), AddressTaken."""
    lower = address.lower()
    if not _ADDRESS.fullmatch(lower):
        raise Invalid(Problem("address", f"{address[:80]!r} is no e-mail address such as support@example.com."))
    if not await hold_queue_in(tx, queue_id):
        raise Unknown("queueId", "queue", queue_id)
    if not await store.put_address(tx, lower, name, queue_id):
        raise AddressTaken(lower)
    tx.record(AddressChanged(organization_id=tx.context.organization_id, address=lower, queue_id=queue_id))
    found = await store.find_address(tx, lower)
    assert found is not None
    return found


async def delete_address(context: Context, address: str) -> None:
    """Take an address away: e-mail to it is refused from now on. Raises AddressNotFound, PermissionMissing."""
    require(context, MANAGE)
    async with context.transaction() as tx:
        if not await store.delete_address(tx, address.lower()):
            raise AddressNotFound(address)
        tx.record(AddressChanged(organization_id=tx.context.organization_id, address=address.lower(), queue_id=None))
