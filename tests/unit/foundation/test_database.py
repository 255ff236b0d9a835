"""Statements as psycopg takes them."""

from psycopg import _queries  # pyright: ignore[reportPrivateUsage]
from psycopg.adapt import Transformer

from shiftline.access.store import SQL


def test_the_longest_statement_is_taken_apart_once() -> None:
    """Psycopg's own bound is below the length of the decision's snapshot; the foundation raises it."""
    statement = SQL["read_snapshot"]
    parameters: dict[str, str] = dict.fromkeys(("organization_id", "person_id", "moment", "at", "token_digest"), "x")
    query = _queries.PostgresQuery(Transformer())
    query.convert(statement, parameters)
    misses = _queries._query2pg.cache_info().misses  # pyright: ignore[reportPrivateUsage]
    query.convert(statement, parameters)
    assert len(statement) > 4096
    assert _queries._query2pg.cache_info().misses == misses  # pyright: ignore[reportPrivateUsage]
    assert _queries._query2pg.cache_info().hits > 0  # pyright: ignore[reportPrivateUsage]
