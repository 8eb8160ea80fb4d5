"""What the application's role may do in the database, asked of PostgreSQL itself."""

import psycopg
import pytest
from django.apps import apps
from django.db import connection, connections
from django.db.migrations.recorder import MigrationRecorder
from django.db.utils import ProgrammingError

from hitotsu.site import database

pytestmark = pytest.mark.django_db


def one(query: str, parameters: list[object] | None = None) -> object:
    with connection.cursor() as cursor:
        cursor.execute(query, parameters or [])
        row = cursor.fetchone()
    return row[0] if row else None


def test_the_application_role_is_neither_superuser_nor_bypasses_row_security() -> None:
    assert one("SELECT current_user") == database.APP_ROLE
    assert (
        one("SELECT rolsuper OR rolbypassrls OR rolcreaterole FROM pg_roles WHERE rolname = current_user")
        is False
    )


def test_the_application_owns_no_table() -> None:
    assert (
        one("SELECT count(*) FROM pg_tables WHERE schemaname = 'public' AND tableowner = current_user") == 0
    )


def test_the_application_cannot_make_tables() -> None:
    with pytest.raises(ProgrammingError, match="permission denied"):
        one("CREATE TABLE intruder (id int)")


@pytest.mark.parametrize("table", database.APPEND_ONLY_TABLES)
@pytest.mark.parametrize("privilege", ["UPDATE", "DELETE", "TRUNCATE"])
def test_append_only_tables_cannot_be_changed(table: str, privilege: str) -> None:
    assert one("SELECT has_table_privilege(current_user, %s, 'INSERT')", [table]) is True
    assert one("SELECT has_table_privilege(current_user, %s, %s)", [table, privilege]) is False


def test_the_reports_role_reads_plans_and_places_and_no_person() -> None:
    tables = {model._meta.db_table for model in apps.get_models()} | {
        MigrationRecorder.Migration._meta.db_table
    }
    readable = {
        table
        for table in tables
        if one("SELECT has_table_privilege(%s, %s, 'SELECT')", [database.REPORT_ROLE, table])
    }
    assert readable
    assert all(table.startswith(database.REPORT_TABLE_PREFIXES) for table in readable)
    assert not any(
        one("SELECT has_table_privilege(%s, %s, 'INSERT, UPDATE, DELETE')", [database.REPORT_ROLE, table])
        for table in tables
    )


def test_a_url_that_is_not_postgresql_is_refused_with_a_sentence() -> None:
    with pytest.raises(ValueError, match="postgresql://"):
        database.django_settings("mysql://root@localhost/x")


def test_the_owner_connection_is_another_role() -> None:
    settings = connections["owner"].settings_dict
    owner = psycopg.connect(
        dbname=settings["NAME"], user=settings["USER"], host=settings["HOST"], port=settings["PORT"] or None
    )
    with owner:
        row = owner.execute("SELECT current_user").fetchone()
    owner.close()
    assert row is not None
    assert row[0] != database.APP_ROLE


def test_the_queue_s_functions_are_the_application_s_alone() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT oid::regprocedure::text FROM pg_proc"
            " WHERE pronamespace = 'public'::regnamespace AND proname LIKE 'procrastinate%'"
        )
        functions = [row[0] for row in cursor.fetchall()]
    assert any(function.startswith("procrastinate_defer_jobs") for function in functions)
    for function in functions:
        assert one("SELECT has_function_privilege(current_user, %s, 'EXECUTE')", [function]) is True
        assert (
            one("SELECT has_function_privilege(%s, %s, 'EXECUTE')", [database.REPORT_ROLE, function]) is False
        )
