"""Brings the database and the static files to what this version of the platform needs."""

import sys
from typing import Any

import psycopg


class CannotPrepare(Exception):
    """The database cannot be prepared; the sentence says what to do."""


def prepare(*, static: bool = True) -> None:
    """Roles, tables and privileges in the database, and the static files beside it; safe to call again.

    Raises ``CannotPrepare``.
    """
    from django.core.management import call_command
    from django.db import connections

    from hitotsu.site import database

    owner = connections["owner"]
    try:
        owner.ensure_connection()
        raw: psycopg.Connection[Any] = owner.connection
        with owner.cursor() as cursor:
            # Several servers may start at once: one prepares, the others wait and find it done.
            cursor.execute("SELECT pg_advisory_lock(7120002)")
        database.ensure_roles(raw)
        call_command("migrate", database="owner", verbosity=0)
        with owner.cursor() as cursor:
            cursor.execute("SELECT records_history_ahead()")
        database.grant_privileges(raw)
    except psycopg.errors.InsufficientPrivilege as error:
        raise CannotPrepare(
            "データベースの役割 hitotsu_app と hitotsu_report を作る権限がありません。データベースの管理者に "
            "docs/operating.md の手順を頼んでください。"
        ) from error
    except Exception as error:
        cause = error.__cause__ or error
        if isinstance(cause, psycopg.OperationalError):
            raise CannotPrepare(
                f"データベースにつながりません（{str(cause).strip().splitlines()[-1]}）。"
                "HITOTSU_DATABASE_URL と接続先を確かめてください。"
            ) from error
        raise
    finally:
        owner.close()
    if static:
        print("静的ファイルを用意しています…", file=sys.stderr)
        call_command("collectstatic", interactive=False, verbosity=0)
