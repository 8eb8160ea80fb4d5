"""The history of river gauges over HTTP: the last 24 hours of one, and its daily mean, beside the bare statement."""

import argparse
import http.client
import json
import random
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from urllib.parse import urlencode

import psycopg
from measurement import emit, percentile
from server import CouldNotRun, answering, data_directory, end_with_the_caller, free_port

from hitotsu.site.database import connection_urls

READINGS: Final = 200
_RECORDS: Final = """
INSERT INTO records_record (owner_id, id, types, attributes, visibility, created_at, modified_at)
SELECT 0, 'urn:ngsi-ld:RiverGauge:' || gauge, '{RiverGauge}', '{}', 0, now(), now() FROM generate_series(1, %s) AS gauge
"""
_VALUES: Final = """
INSERT INTO records_history (owner_id, record_id, attribute, dataset, at, instance, number, recorded_at)
SELECT 0, 'urn:ngsi-ld:RiverGauge:' || gauge, 'waterLevel', '', at, jsonb_build_object(
    'type', 'Property', 'value', value, 'unitCode', 'MTR', 'observedAt', to_char(at, 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
    'createdAt', '2026-01-01T00:00:00.000000Z', 'modifiedAt', '2026-01-01T00:00:00.000000Z'), value, at
FROM (
    SELECT gauge, at, round((2 + sin(extract(epoch FROM at) / 20000 + gauge) + random() / 10)::numeric, 2) AS value
    FROM generate_series(1, %s) AS gauge, generate_series(%s::timestamptz, %s::timestamptz, interval '10 minutes') AS at
) AS readings
"""
_BARE: Final = """
SELECT at, number FROM records_history
WHERE owner_id = 0 AND record_id = %s AND attribute = 'waterLevel' AND at >= %s
"""


def main() -> int:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--gauges", type=int, default=1000)
    arguments.add_argument("--days", type=int, default=30)
    asked = arguments.parse_args()
    end_with_the_caller()
    end = datetime.now(UTC).replace(microsecond=0)
    start = (end - timedelta(days=asked.days)).replace(hour=0, minute=0, second=0)
    try:
        with data_directory() as folder:
            port = free_port()
            command = [
                "env", "HITOTSU_TESTING=1", sys.executable, "-m", "hitotsu.cli.main", "serve", "--no-worker",
                "--port", str(port),
            ]  # fmt: skip
            with answering(command, port, "/ngsi-ld/v1/types", folder):
                owner = connection_urls({"HITOTSU_DATA_DIR": str(folder)})[0]
                with psycopg.connect(owner, autocommit=True) as database:
                    _fill(database, asked.gauges, start, end)
                    _measure(database, port, asked.gauges, start, end)
    except CouldNotRun as error:
        print(f"temporal: {error}", file=sys.stderr)
        return 1
    return 0


def _fill(database: "psycopg.Connection[Any]", gauges: int, start: datetime, end: datetime) -> None:
    database.execute("SET timezone = 'UTC'")
    database.execute("SET synchronous_commit = off")
    database.execute(_RECORDS, [gauges])
    # Month after month as it would have come, so that each finds its partition.
    day = start
    while day < end:
        until = min(day + timedelta(days=1), end)
        database.execute("SELECT records_history_month(%s)", [day])
        database.execute(_VALUES, [gauges, day, until - timedelta(seconds=1)])
        day = until
    database.execute("VACUUM ANALYZE records_history")
    database.execute("ANALYZE records_record")


def _measure(
    database: "psycopg.Connection[Any]", port: int, gauges: int, start: datetime, end: datetime
) -> None:
    chosen = random.Random(1)
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)

    def ask(since: datetime, **parameters: str) -> Callable[[str], int]:
        query = urlencode(
            {"attrs": "waterLevel", "timerel": "after", "timeAt": f"{since:%Y-%m-%dT%H:%M:%SZ}"} | parameters
        )

        def answer(gauge: str) -> int:
            connection.request("GET", f"/ngsi-ld/v1/temporal/entities/{gauge}?{query}")
            reply = connection.getresponse()
            body = reply.read()
            if reply.status != http.client.OK:
                raise CouldNotRun(f"{reply.status}: {body[:200]!r}")
            level = json.loads(body)["waterLevel"]
            return len(level.get("values") or level["avg"])

        return answer

    def bare(since: datetime) -> Callable[[str], int]:
        return lambda gauge: len(database.execute(_BARE, [gauge, since]).fetchall())

    yesterday = end - timedelta(hours=24)
    daily = {"options": "aggregatedValues", "aggrMethods": "avg", "aggrPeriodDuration": "P1D"}
    for name, limit, work, least in (
        ("temporal_last_24_hours", 30, ask(yesterday, options="temporalValues"), bare(yesterday)),
        ("temporal_daily_mean", 100, ask(start, **daily), bare(start)),
    ):
        times: dict[str, list[float]] = {"work": [], "bare": []}
        for _ in range(READINGS):
            gauge = f"urn:ngsi-ld:RiverGauge:{chosen.randint(1, gauges)}"
            for kind, run in (("work", work), ("bare", least)):
                began = time.perf_counter()
                if not run(gauge):
                    raise CouldNotRun(f"{name}: no values")
                times[kind].append((time.perf_counter() - began) * 1000)
        emit(
            f"{name}_p50", percentile(times["work"], 0.5), "ms", limit=None,
            bare=percentile(times["bare"], 0.5),
        )  # fmt: skip
        emit(
            f"{name}_p99", percentile(times["work"], 0.99), "ms", limit=limit,
            bare=percentile(times["bare"], 0.99),
        )  # fmt: skip


if __name__ == "__main__":
    sys.exit(main())
