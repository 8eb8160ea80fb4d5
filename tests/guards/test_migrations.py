"""Every migration of ours runs backwards, and no model change is without one."""

import os
import subprocess
import sys
from collections.abc import Callable

import pytest
from django.core.management import call_command

ROOMS = ["plans", "records", "people", "place"]


@pytest.mark.django_db
def test_no_model_change_is_without_a_migration() -> None:
    call_command("makemigrations", *ROOMS, check=True, dry_run=True, verbosity=0)


def test_every_migration_runs_backwards_and_forwards_again(make_database: Callable[[str], str]) -> None:
    environment = os.environ | {"HITOTSU_DATABASE_URL": make_database(f"test_backwards_{os.getpid()}")}

    def django(*arguments: str) -> None:
        done = subprocess.run(
            [sys.executable, "-W", "ignore", "-m", "django", *arguments, "--database", "owner", "-v0"],
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr

    prepared = subprocess.run(
        [sys.executable, "-m", "hitotsu.cli.main", "prepare"],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert prepared.returncode == 0, prepared.stderr
    for room in ROOMS:
        django("migrate", room, "zero")
    django("migrate")
