"""A table of records like the store's, and statements for asyncpg run by psycopg."""

import json
import re
from importlib.resources import files
from typing import Any

import psycopg

from hitotsu.records.query import geo
from hitotsu.records.query.statements import Statement

TABLE = """
CREATE TABLE records_record (
    owner_id integer NOT NULL, id text NOT NULL COLLATE "C", types text[] NOT NULL, attributes jsonb NOT NULL,
    scope text[], visibility smallint NOT NULL, extent box, created_at timestamptz NOT NULL,
    modified_at timestamptz NOT NULL, expires_at timestamptz, PRIMARY KEY (owner_id, id)
);
CREATE INDEX records_record_types ON records_record USING gin (types);
CREATE INDEX records_record_extent ON records_record USING gist (extent) WHERE extent IS NOT NULL;
"""


def prepare(connection: "psycopg.Connection[Any]") -> None:
    # Without sequential scans every plan looks so dear that PostgreSQL would compile each of them.
    connection.execute("SET jit = off")
    connection.execute(TABLE)
    connection.execute((files("hitotsu.records.query") / "functions.sql").read_text())


def insert(connection: "psycopg.Connection[Any]", records: list[dict[str, Any]]) -> None:
    with connection.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO records_record VALUES (%s, %s, %s, %s::jsonb, %s, %s, %s::text::box, %s, %s, %s)",
            [
                (
                    record.get("ownerId", 1),
                    record["id"],
                    record["types"],
                    json.dumps(record["attributes"]),
                    record.get("scope"),
                    record.get("visibility", 0),
                    box_text(geo.extent(record["attributes"].get("location", []))),
                    record["createdAt"],
                    record["modifiedAt"],
                    record.get("expiresAt"),
                )
                for record in records
            ],
        )


def box_text(box: geo.Box | None) -> str | None:
    return None if box is None else f"({box[2]!r},{box[3]!r}),({box[0]!r},{box[1]!r})"


def run(
    connection: "psycopg.Connection[Any]", statement: Statement, prefix: str = ""
) -> list[tuple[Any, ...]]:
    text = prefix + re.sub(r"\$(\d+)", r"%(p\1)s", statement.text.replace("%", "%%"))
    given = {f"p{number}": value for number, value in enumerate(statement.parameters, start=1)}
    return connection.execute(text, given).fetchall()
