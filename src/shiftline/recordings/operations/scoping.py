"""Policies by queue, direction and channel."""

from collections.abc import Mapping
from dataclasses import replace

from shiftline.authorization.operations import require
from shiftline.foundation.context import Context
from shiftline.foundation.database import Transaction
from shiftline.foundation.errors import Problem
from shiftline.recordings import store
from shiftline.recordings.control import rules
from shiftline.recordings.control import store as control
from shiftline.recordings.control.errors import PolicyExists, PolicyInvalid, PolicyNotFound
from shiftline.recordings.control.model import Scope, ScopedPolicy, Terms
from shiftline.recordings.events import ScopedPolicyChanged
from shiftline.recordings.operations.policies import EDIT, VIEW


async def list_scoped_policies(context: Context) -> list[ScopedPolicy]:
    """All policies that somebody set. Raises PermissionMissing."""
    require(context, VIEW)
    async with context.reader() as reader:
        return await control.find_policies(reader, context.organization_id)


async def find_effective_policy(context: Context, scope: Scope) -> ScopedPolicy:
    """The policy that holds for conversations of a queue and direction. Raises PolicyInvalid, PermissionMissing."""
    require(context, VIEW)
    async with context.reader() as reader:
        return rules.choose_policy(await control.find_policies(reader, context.organization_id), scope)


async def set_scoped_policy(context: Context, scope: Scope, given: Mapping[str, bool]) -> ScopedPolicy:
    """Change the policy of a scope, or make it; what is not given stays, or is as usual.

    It holds for legs that connect from now on; what it says of pauses and reasons holds at once. Raises PolicyInvalid,
    PermissionMissing.
    """
    require(context, EDIT)
    async with context.transaction() as tx:
        former = await control.lock_policy(tx, scope)
        terms = replace(Terms() if former is None else former.terms, **given)
        await _check(tx, scope, terms)
        if await control.put_policy(tx, scope, terms):
            _record(tx, scope, terms, active=True)
        return await _read(tx, scope)


async def create_scoped_policy(context: Context, scope: Scope, given: Mapping[str, bool]) -> ScopedPolicy:
    """Make the policy of a scope that has none. Raises PolicyExists, PolicyInvalid, PermissionMissing."""
    require(context, EDIT)
    async with context.transaction() as tx:
        terms = replace(Terms(), **given)
        await _check(tx, scope, terms)
        if not await control.create_policy(tx, scope, terms):
            there = await control.lock_policy(tx, scope)
            raise PolicyExists(rules.describe_scope(scope), there and there.changed_by)
        _record(tx, scope, terms, active=True)
        return await _read(tx, scope)


async def remove_scoped_policy(context: Context, scope: Scope) -> None:
    """Take the policy of a scope away: the next wider one holds. Raises PolicyNotFound, PermissionMissing."""
    require(context, EDIT)
    async with context.transaction() as tx:
        terms = await control.remove_policy(tx, scope)
        if terms is None:
            raise PolicyNotFound(rules.describe_scope(scope))
        _record(tx, scope, terms, active=False)


async def _check(tx: Transaction, scope: Scope, terms: Terms) -> None:
    rules.check_policy(scope, terms)
    queue_id = scope.queue_id
    if queue_id is not None and not await store.known_queues(tx, tx.context.organization_id, [queue_id]):
        raise PolicyInvalid(Problem("queueId", f"there is no queue {queue_id[:100]}."))


async def _read(tx: Transaction, scope: Scope) -> ScopedPolicy:
    policy = await control.lock_policy(tx, scope)
    assert policy is not None
    return policy


def _record(tx: Transaction, scope: Scope, terms: Terms, *, active: bool) -> None:
    tx.record(
        ScopedPolicyChanged(
            organization_id=tx.context.organization_id,
            policy_id=rules.name_policy(scope),
            queue_id=scope.queue_id,
            direction=scope.direction,
            channel=scope.channel.value,
            active=active,
            record=terms.record,
            snippet=terms.snippet,
            pause=terms.pause,
            announce=terms.announce,
            reason_required=terms.reason_required,
        )
    )
