"""People are told; they read their notices and mark them."""

from collections.abc import Mapping
from dataclasses import replace

from shiftline.foundation.context import Context
from shiftline.foundation.ids import new_id
from shiftline.identity.operations.targets import own_person_id
from shiftline.workforce.notices import store
from shiftline.workforce.notices.errors import NoticeNotFound
from shiftline.workforce.notices.events import NoticesMarked, NoticesSent
from shiftline.workforce.notices.model import KEPT_FOR, Audience, Notice, Subject
from shiftline.workforce.notices.rules import compose_notices


async def send_notices(context: Context, subject: Subject, audience: Audience) -> tuple[Notice, ...]:
    """Tell an audience of a subject: the notices that are new. Sent again, it tells nobody twice."""
    async with context.transaction() as tx:
        approvers: list[str] = []
        if audience.permissions and audience.agent_id is not None:
            approvers = await store.find_approvers(tx, context.organization_id, audience.agent_id, audience.permissions)
        ids = [new_id() for _ in range(len(audience.agents) + len(approvers))]
        wanted = compose_notices(subject, audience, approvers, ids)
        sent = tuple([notice for notice in wanted if await store.insert_notice(tx, notice)])
        if sent:
            tx.record(NoticesSent(organization_id=context.organization_id, subject_id=subject.id, notices=sent))
        return sent


async def list_own_notices(context: Context) -> list[Notice]:
    """The caller's notices, the latest first, at most 500."""
    person_id = own_person_id(context)
    async with context.reader() as reader:
        return await store.list_notices(reader, context.organization_id, person_id)


async def mark_own_notices(context: Context, marks: Mapping[str, bool]) -> list[Notice]:
    """Mark the caller's notices as read or unread by id, all or none; in the order given. Raises NoticeNotFound."""
    person_id = own_person_id(context)
    async with context.transaction() as tx:
        found = await store.lock_notices(tx, person_id, marks)
        for notice_id in marks:
            if notice_id not in found:
                raise NoticeNotFound(notice_id)
        changed = tuple(
            replace(found[notice_id], marked_as_read=read)
            for notice_id, read in marks.items()
            if found[notice_id].marked_as_read is not read
        )
        for read in (True, False):
            await store.mark_notices(
                tx, person_id, [notice.id for notice in changed if notice.marked_as_read is read], read=read
            )
        if changed:
            tx.record(NoticesMarked(organization_id=context.organization_id, person_id=person_id, notices=changed))
        return [replace(found[notice_id], marked_as_read=read) for notice_id, read in marks.items()]


async def forget_old_notices(context: Context) -> None:
    """Drop what is older than sixty days."""
    async with context.transaction() as tx:
        await store.forget_notices(tx, context.now() - KEPT_FOR)
