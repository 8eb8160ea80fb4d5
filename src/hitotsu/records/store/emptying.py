"""Takes everything away again: for suites that test conformance, never while real data are served."""

from typing import Final

import asyncpg

# Every table of this room that says whose its rows are; partitions go with the table that they belong to.
_TABLES: Final = """
SELECT quote_ident(c.relname) FROM pg_class AS c
JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attname = 'owner_id' AND NOT a.attisdropped
WHERE c.relnamespace = 'public'::regnamespace AND c.relname LIKE 'records\\_%' AND c.relkind IN ('r', 'p')
    AND NOT c.relispartition
ORDER BY c.relname
"""


async def empty(url: str, owner_id: int | None = None) -> None:
    """Deletes the records, histories, changes and subscriptions of one owner, or of all of them.

    ``url`` is the connection of the database's owner: the application itself cannot take changes away.
    """
    connection = await asyncpg.connect(url)
    try:
        async with connection.transaction():
            tables = [row[0] for row in await connection.fetch(_TABLES)]
            # Deleted, not truncated: triggers tell who keeps subscriptions in memory, and nobody is locked out.
            for table in tables:
                await connection.execute(
                    f"DELETE FROM {table} WHERE $1::integer IS NULL OR owner_id = $1",  # noqa: S608
                    owner_id,
                )
    finally:
        await connection.close()
