"""Registered presence sources: other systems that say what people are doing, in bulk."""

from shiftline.authorization.operations import require
from shiftline.foundation.context import Context
from shiftline.foundation.database import Reader
from shiftline.foundation.ids import new_id
from shiftline.presence import store
from shiftline.presence.errors import NameTaken, SourceNotFound
from shiftline.presence.events import SourceChanged
from shiftline.presence.model import Source


async def list_sources(context: Context) -> list[Source]:
    """The registered sources by name."""
    require(context, "presence:source:view")
    async with context.reader() as reader:
        return await store.list_sources(reader, context.organization_id)


async def get_source(context: Context, source_id: str) -> Source:
    """One registered source. Raises SourceNotFound."""
    for source in await list_sources(context):
        if source.id == source_id:
            return source
    raise SourceNotFound(source_id)


async def create_source(context: Context, name: str, description: str | None) -> Source:
    """Register a source; an equal one is answered as it is. Raises NameTaken."""
    require(context, "presence:source:add")
    async with context.transaction() as tx:
        source = await store.insert_source(tx, Source(new_id(), name, description, active=True))
        if source is None:
            for existing in await store.list_sources(tx, context.organization_id):
                if (existing.name, existing.description) == (name, description):
                    return existing
            raise NameTaken(name)
        tx.record(SourceChanged(organization_id=context.organization_id, source_id=source.id, name=name))
        return source


async def is_registered(reader: Reader, organization_id: str, source_id: str) -> bool:
    """Whether a source was registered."""
    return any(source.id == source_id for source in await store.list_sources(reader, organization_id))
