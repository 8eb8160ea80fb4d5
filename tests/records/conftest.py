import os
from collections.abc import Callable, Iterator
from typing import Any

import psycopg
import pytest
from tests.conftest import hitotsu
from tests.records.store_database import Store

from hitotsu.site.database import connection_urls


@pytest.fixture(scope="session")
def pattern_database(make_database: Callable[[str], str]) -> Iterator["psycopg.Connection[Any]"]:
    with psycopg.connect(make_database(f"test_patterns_{os.getpid()}"), autocommit=True) as opened:
        yield opened


@pytest.fixture(scope="session")
def prepared_store(make_database: Callable[[str], str], tmp_path_factory: pytest.TempPathFactory) -> Store:
    url = make_database(f"test_store_{os.getpid()}")
    environment = os.environ | {
        "HITOTSU_DATABASE_URL": url,
        "HITOTSU_DATA_DIR": str(tmp_path_factory.mktemp("store")),
    }
    done = hitotsu("prepare", environment=environment)
    assert done.returncode == 0, done.stderr
    return Store(url, connection_urls(environment)[1])


@pytest.fixture
def store(prepared_store: Store) -> Store:
    """The store of this session, with nothing in it."""
    prepared_store.ask("DELETE FROM records_history")
    prepared_store.ask("DELETE FROM records_change")
    prepared_store.ask("DELETE FROM records_record")
    return prepared_store
