"""A server that is killed while it writes loses nothing that it acknowledged."""

import threading
from collections.abc import Callable
from http.client import HTTPException

import psycopg
import pytest
from tests.faces.ngsi.conftest import Api, Server

CRASHES = 5
CLIENTS = 4


@pytest.fixture(scope="module")
def doomed(make_server: Callable[..., Server]) -> Server:
    return make_server("doomed")


def test_what_was_acknowledged_is_there_after_every_crash_with_its_change(doomed: Server) -> None:
    acknowledged: list[dict[str, int]] = [{} for _ in range(CLIENTS)]

    def write(client: int, enough: threading.Event) -> None:
        api = Api(doomed.url)
        entity = f"urn:ngsi-ld:Counter:{client}"
        value = acknowledged[client].get(entity, 0)
        try:
            while True:
                value += 1
                made = {"id": entity, "type": "Counter", "count": {"type": "Property", "value": value}}
                if (
                    value > 1 and api.patch(f"entities/{entity}/attrs/count", {"value": value}).status == 204
                ) or api.post("entityOperations/upsert", [made]).status in (201, 204):
                    acknowledged[client][entity] = value
                fresh = f"urn:ngsi-ld:Trace:{client}-{value}"
                if api.post("entities", made | {"id": fresh}).status == 201:
                    acknowledged[client][fresh] = value
                if value % 25 == 0:
                    enough.set()
        except (OSError, HTTPException):
            enough.set()
        finally:
            api.close()

    for _ in range(CRASHES):
        enough = threading.Event()
        writers = [threading.Thread(target=write, args=(client, enough)) for client in range(CLIENTS)]
        before = sum(map(len, acknowledged))
        for writer in writers:
            writer.start()
        assert enough.wait(60)
        doomed.kill()
        for writer in writers:
            writer.join(60)
            assert not writer.is_alive()
        assert sum(map(len, acknowledged)) > before
        doomed.start()
        _check(doomed, acknowledged)


def _check(server: Server, acknowledged: list[dict[str, int]]) -> None:
    with psycopg.connect(server.environment["HITOTSU_DATABASE_URL"]) as connection:
        values = dict(
            connection.execute(
                "SELECT id, (attributes->'count'->0->>'value')::int FROM records_record"
            ).fetchall()
        )
        changes = dict(
            connection.execute("SELECT record_id, count(*) FROM records_change GROUP BY record_id").fetchall()
        )
    for client, writes in enumerate(acknowledged):
        for entity, value in writes.items():
            # The write under way when the server ended may have landed without an answer.
            assert values[entity] in (value, value + 1)
        counter = f"urn:ngsi-ld:Counter:{client}"
        assert changes[counter] >= writes[counter]
    assert all(changes[entity] >= 1 for entity in values)
