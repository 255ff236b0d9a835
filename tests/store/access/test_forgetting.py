"""What is not kept for ever goes when its time is over, and nothing else does."""

from tests.store.conftest import Tenant

from shiftline.access.jobs import forget
from shiftline.access.model.connecting import Question
from shiftline.access.operations.deciding import explain_access, keep_client_trace

AGED = {"access.simulation": 31, "access.attempt": 31, "access.client_trace": 8}
YOUNG = {"access.simulation": 29, "access.attempt": 29, "access.client_trace": 6}
SIMULATION = """
    insert into access.simulation (organization_id, id, at, by, trial, result)
    values ('org-1', 'sim', now(), 'admin-1', '{}', '{}')
"""


async def test_simulations_questions_and_traces_go_after_their_time(tenant: Tenant) -> None:
    ana = await tenant.person("Ana")
    await keep_client_trace(tenant.acting_as(ana), [{"message": "hello"}])
    await explain_access(tenant.context, ana.id, Question("connect"))
    async with tenant.context.transaction() as tx:
        await tx.execute(SIMULATION, {})
    assert await counts(tenant) == [1, 1, 1]
    await age(tenant, YOUNG)
    await forget(tenant.context)
    assert await counts(tenant) == [1, 1, 1]
    await age(tenant, AGED)
    async with tenant.context.transaction() as tx:
        await tx.execute("update access.attempt set purpose = 'enforce'", {})
    await forget(tenant.context)
    assert await counts(tenant) == [0, 1, 0], "what was decided when somebody came stays"
    async with tenant.context.transaction() as tx:
        await tx.execute("update access.attempt set purpose = 'why'", {})
    await forget(tenant.context)
    assert await counts(tenant) == [0, 0, 0]


async def counts(tenant: Tenant) -> list[int]:
    async with tenant.context.reader() as reader:
        rows = [await reader.one(f"select count(*) as n from {table}", {}) for table in AGED]  # type: ignore[arg-type]
    return [row["n"] for row in rows if row is not None]


async def age(tenant: Tenant, days: dict[str, int]) -> None:
    async with tenant.context.transaction() as tx:
        for table, number in days.items():
            statement = f"update {table} set real_at = clock_timestamp() - interval '{number} days'"
            await tx.execute(statement, {})  # type: ignore[arg-type]
