"""A ledger of ``org-1`` with keys in a file, and what was entered in it."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from tests.conftest import SettableContext, context_for
from tests.store.conftest import Tenant, make_tenant

from shiftline.foundation.context import Actor, Context
from shiftline.foundation.database import Database
from shiftline.ledger.keys import SigningKeys, create_key_file
from shiftline.ledger.model import EntryDraft, LedgerReport
from shiftline.ledger.operations.appending import append_in
from shiftline.ledger.operations.checking import check_ledger
from shiftline.ledger.operations.sequencing import Notary, sequence_waiting

START = datetime(2023, 10, 27, 11, 0, tzinfo=UTC)


DISARM = """
do $$
declare each record;
begin
  for each in
    select conrelid::regclass as name, conname from pg_constraint
    where connamespace = 'ledger'::regnamespace and contype in ('f', 'c')
  loop
    execute format('alter table %s drop constraint %I', each.name, each.conname);
  end loop;
  for each in select c.oid::regclass as name from pg_class c where relnamespace = 'ledger'::regnamespace and relkind = 'r' loop
    execute format('alter table %s disable trigger all', each.name);
  end loop;
end
$$
"""


@dataclass
class Book:
    """What a program has to do with a ledger."""

    tenant: Tenant
    notary: Notary

    @property
    def context(self) -> Context:
        return self.tenant.context

    @property
    def system(self) -> Context:
        return self.context.acting_as(Actor("", "system"))

    async def enter(self, count: int = 1, **more: Any) -> list[str]:
        """Enter so many things in one transaction; their ids."""
        async with self.context.transaction() as tx:
            return [
                (
                    await append_in(
                        tx, EntryDraft("test.happened", more.get("subject", f"s-{number}"), {"number": number})
                    )
                ).id
                for number in range(count)
            ]

    async def sequence(self, limit: int = 4096) -> int:
        return await sequence_waiting(self.system, self.notary, limit)

    async def check(self, known: Sequence[str] = ()) -> LedgerReport:
        return await check_ledger(self.context, known)

    async def rows(self, statement: str, **parameters: Any) -> list[dict[str, Any]]:
        async with self.context.reader() as reader:
            return await reader.all(statement, parameters)  # type: ignore[arg-type]

    async def tamper(self, *statements: str) -> None:
        """Change rows as somebody does who may do everything with the database: its guards go first."""
        async with self.context.reader() as reader:
            for statement in (DISARM, *statements):
                await reader.connection.execute(statement.encode())


@pytest.fixture
def notary(tmp_path: Path) -> Notary:
    create_key_file(tmp_path / "ledger-keys.json", START)
    return Notary(SigningKeys(tmp_path / "ledger-keys.json"), "localhost:8443")


@pytest.fixture
async def book(tenant: Tenant, context: SettableContext, notary: Notary) -> Book:
    """The ledger of ``org-1`` at 06:00 in Chicago on 2023-10-27."""
    context.clock.set(START)
    return Book(tenant, notary)


@pytest.fixture
async def unguarded(fresh_database_url: str, notary: Notary) -> AsyncIterator[Book]:
    """The same in a database of the test's own, whose guards may be taken away."""
    pool = Database(fresh_database_url, size=2)
    await pool.open()
    context = context_for(pool, "org-1")
    context.clock.set(START)
    yield Book(await make_tenant(context), notary)
    await pool.close()
