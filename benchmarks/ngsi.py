"""The NGSI-LD interface over HTTP: durable updates, retrieval, batches, queries; each beside its limit of the same run."""

import json
import random
import sys
import time
from pathlib import Path
from urllib.parse import quote

import psycopg
from load import Load, WrongAnswer, request, run
from measurement import emit, percentile, rate
from server import CouldNotRun, answering, data_directory, end_with_the_caller, free_port

ENTITIES = 10_000
UPDATES = 30_000
RETRIEVALS = 20_000
QUERIES = 1_000
RECORDS = 200_000
BATCH = 500
CONNECTIONS = 64
BASE = "/ngsi-ld/v1"
TYPES = 10


def entity(number: int, kind: str = "Gauge") -> dict[str, object]:
    """A gauge somewhere within a square of 100 km around Aizu-Wakamatsu."""
    drawn = random.Random(number)
    place = [round(139.4 + drawn.random(), 6), round(37.0 + drawn.random(), 6)]
    return {
        "id": f"urn:ngsi-ld:{kind}:{number}",
        "type": f"{kind}{number % TYPES}",
        "level": {"type": "Property", "value": round(drawn.random() * 10, 2)},
        "location": {"type": "GeoProperty", "value": {"type": "Point", "coordinates": place}},
    }


def batch(first: int, size: int, kind: str = "Gauge") -> bytes:
    """An upsert of that many entities."""
    body = json.dumps([entity(number, kind) for number in range(first, first + size)]).encode()
    return request("POST", f"{BASE}/entityOperations/upsert", body)


def patch(number: int) -> bytes:
    """The update of one attribute of one gauge."""
    body = b'{"value":%d,"observedAt":"2026-04-01T09:00:00Z"}' % number
    return request("PATCH", f"{BASE}/entities/urn:ngsi-ld:Gauge:{number * 7919 % ENTITIES}/attrs/level", body)


def near(number: int) -> bytes:
    """Type, attribute and place within 5 km, first page."""
    drawn = random.Random(number)
    place = f"[{139.5 + drawn.random() * 0.8:.4f},{37.1 + drawn.random() * 0.8:.4f}]"
    query = (
        f"type=Gauge{number % TYPES}&q={quote('level>5')}&georel={quote('near;maxDistance==5000')}"
        f"&geometry=Point&coordinates={quote(place)}"
    )
    return request("GET", f"{BASE}/entities?{query}")


def report(name: str, load: Load, *, at_least: float, p99_ms: float | None, bare: float) -> None:
    """Two lines: how many a second, and the slowest hundredth."""
    rate(f"{name}, per second", load.per_second, at_least=at_least, bare=bare)
    emit(f"{name}, p99", percentile(load.seconds, 0.99) * 1000, "ms", limit=p99_ms, bare=None)


def commits_per_second(url: str) -> float:
    """Single-row commits on one connection, durable."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CREATE TABLE bench_commit (id int)")
        started = time.perf_counter()
        count = 0
        while time.perf_counter() - started < 1.5:
            connection.execute("INSERT INTO bench_commit VALUES (1)")
            count += 1
        spent = time.perf_counter() - started
        connection.execute("DROP TABLE bench_commit")
    return count / spent


def copied_per_second(url: str) -> float:
    """Rows that a bare COPY brings into a table like that of the records, without its indexes."""
    rows = [(number, json.dumps(entity(number))) for number in range(50_000)]
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CREATE TABLE bench_copy (id int PRIMARY KEY, attributes jsonb)")
        started = time.perf_counter()
        with connection.cursor().copy("COPY bench_copy FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
        spent = time.perf_counter() - started
        connection.execute("DROP TABLE bench_copy")
    return len(rows) / spent


def measure(port: int, url: str, hello: float) -> None:
    """Everything against the server on that port and its database."""
    commits, copied = commits_per_second(url), copied_per_second(url)
    rate("bare commits on one connection, per second", commits, at_least=None, bare=None)
    rate("bare COPY, rows per second", copied, at_least=None, bare=None)
    run(
        port,
        lambda number: batch(number * BATCH, BATCH),
        total=ENTITIES // BATCH,
        connections=4,
        statuses=(201,),
    )
    updates = run(port, patch, total=UPDATES, connections=CONNECTIONS, statuses=(204,))
    report("update of one attribute", updates, at_least=6_000, p99_ms=30, bare=hello)
    found = run(
        port,
        lambda number: request("GET", f"{BASE}/entities/urn:ngsi-ld:Gauge:{number * 7919 % ENTITIES}"),
        total=RETRIEVALS,
        connections=CONNECTIONS,
    )
    report("retrieve by id", found, at_least=8_000, p99_ms=None, bare=hello)
    batches = (RECORDS - ENTITIES) // BATCH
    prepared = [batch(ENTITIES + number * BATCH, BATCH) for number in range(batches)]
    loaded = run(port, prepared.__getitem__, total=batches, connections=4, statuses=(201,))
    rate(
        f"batch upsert of {BATCH}, records per second",
        loaded.per_second * BATCH,
        at_least=40_000,
        bare=copied,
    )
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("ANALYZE records_record")
    run(port, near, total=50, connections=4)
    queried = run(port, near, total=QUERIES, connections=4)
    report(
        f"type, attribute and near over {RECORDS:,} records", queried, at_least=2_500, p99_ms=20, bare=hello
    )


def main() -> int:
    """Runs everything; 1 when something could not run."""
    end_with_the_caller()
    try:
        with data_directory() as folder:
            port = free_port()
            bare = [
                sys.executable, "-m", "granian", "--interface", "asgi", "--port", str(port), "--no-access-log",
                "--working-dir", str(Path(__file__).parent), "hello:application",
            ]  # fmt: skip
            with answering(bare, port, "/", folder):
                hello = run(
                    port, lambda _: request("GET", "/"), total=20_000, connections=CONNECTIONS
                ).per_second
            rate("bare ASGI hello, per second", hello, at_least=None, bare=None)
            port = free_port()
            serve = [sys.executable, "-m", "hitotsu.cli.main", "serve", "--no-worker", "--port", str(port)]
            with answering(serve, port, f"{BASE}/types", folder, HITOTSU_TESTING="1"):
                measure(port, owner_url(folder), hello)
    except (CouldNotRun, WrongAnswer) as error:
        print(f"ngsi: {error}", file=sys.stderr)
        return 1
    return 0


def owner_url(folder: Path) -> str:
    """The connection of the embedded server's owner in that data folder."""
    from hitotsu.site.database import connection_urls

    return connection_urls({"HITOTSU_DATA_DIR": str(folder)})[0]


if __name__ == "__main__":
    sys.exit(main())
