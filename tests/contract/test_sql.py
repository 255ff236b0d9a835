"""Every SQL statement is valid on a freshly migrated database, and names only what its room may name."""

import re
from pathlib import Path

import psycopg
import pytest

from shiftline.foundation.database import parse_statements

SOURCE = Path(__file__).parents[2] / "src" / "shiftline"
FILES = sorted(SOURCE.rglob("*.sql"))
PARAMETER = re.compile(r"%\((\w+)\)s")


def numbered(statement: str) -> str:
    names = list(dict.fromkeys(PARAMETER.findall(statement)))
    return PARAMETER.sub(lambda match: f"${names.index(match[1]) + 1}", statement).replace("%%", "%")


def schema_of(file: Path) -> str:
    parts = file.relative_to(SOURCE).parts
    return parts[1] if parts[0] == "workforce" else parts[0]


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(SOURCE)))
def test_every_statement_prepares(file: Path, database_url: str) -> None:
    with psycopg.connect(database_url, autocommit=True) as connection:
        for name, statement in parse_statements(file.read_text()).items():
            if statement.lower().startswith(("copy", "lock", "set ")):
                continue
            try:
                connection.execute(b"prepare checked as " + numbered(statement).encode())
            except psycopg.Error as error:
                pytest.fail(f"{file.name} {name}: {error}")
            connection.execute("deallocate checked")


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(SOURCE)))
def test_a_room_names_its_own_tables_and_public_views_of_others(file: Path) -> None:
    own = schema_of(file)
    schemas = {schema_of(other) for other in FILES} | {"foundation"}
    pattern = re.compile(r'"?\b(' + "|".join(sorted(schemas)) + r')\b"?\.(\w+)')
    text = re.sub(r"--.*", "", file.read_text())
    strangers = {
        f"{schema}.{table}"
        for schema, table in pattern.findall(text)
        if schema != own and not table.startswith("public_")
    }
    assert not strangers
