from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import psycopg
from psycopg import sql


@dataclass(frozen=True)
class Store:
    """An empty store in a database of its own: the owner's connection URL and the application's."""

    owner: str
    application: str

    def ask(
        self, statement: str, *parameters: Any, role: str | None = None, **settings: str
    ) -> list[tuple[Any, ...]]:
        """The rows of one statement, as the owner, or in a role and with `hitotsu.…` settings."""
        with psycopg.connect(self.owner) as connection:
            for name, value in settings.items():
                connection.execute("SELECT set_config(%s, %s, true)", [f"hitotsu.{name}", value])
            if role:
                connection.execute(sql.SQL("SET LOCAL ROLE {}").format(sql.Identifier(role)))
            cursor = connection.execute(statement, parameters or None)  # type: ignore[arg-type]
            return cursor.fetchall() if cursor.description else []

    @contextmanager
    def locked_out(self) -> Iterator[None]:
        """Meanwhile the database ends every connection and takes no new one."""
        parts = urlsplit(self.owner)
        name = parts.path.lstrip("/")
        elsewhere = parts._replace(path="/postgres").geturl()
        with psycopg.connect(elsewhere, autocommit=True) as connection:
            allow = sql.SQL("ALTER DATABASE {} WITH ALLOW_CONNECTIONS {}")
            connection.execute(allow.format(sql.Identifier(name), sql.SQL("false")))
            try:
                connection.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name]
                )
                yield
            finally:
                connection.execute(allow.format(sql.Identifier(name), sql.SQL("true")))
