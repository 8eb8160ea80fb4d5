"""People in the shelters of one city after the Noto earthquake of 2024, from the lists that were really published."""

import csv
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from tests.faces.ngsi.conftest import Api, Server

JST = timezone(timedelta(hours=9))


def lists(folder: Path) -> list[tuple[datetime, dict[str, tuple[str, int]]]]:
    """Per list its time, and of each shelter by its id the name and the number of people."""
    found = []
    for path in sorted(folder.glob("open_shelter_*.csv")):
        time = datetime.strptime(path.stem[-15:], "%Y-%m-%d-%H%M").replace(tzinfo=JST)
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.DictReader(file))
        # The first list names its time in the heading of the column, the later ones have a column for it.
        (people,) = [heading for heading in rows[0] if heading.startswith("人数")]
        found.append((time, {row["ID"]: (row["名称"], int(row[people])) for row in rows}))
    return found


def entity(shelter: str, name: str, people: int, time: datetime) -> dict[str, Any]:
    at = time.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return {
        "id": f"urn:ngsi-ld:EvacuationShelter:{shelter}",
        "type": "EvacuationShelter",
        "name": {"type": "Property", "value": name, "observedAt": at},
        "numberOfPeople": {"type": "Property", "value": people, "observedAt": at},
    }


@pytest.fixture(scope="module")
def replayed(reference: Path, make_server: Callable[..., Server]) -> Iterator[Api]:
    folder = reference / "data" / "shelters_nanao"
    if not folder.is_dir():
        pytest.skip(
            "../shared/data/shelters_nanao is not there: the published lists are not part of the project"
        )
    api = Api(make_server("shelters").url)
    before: dict[str, tuple[str, int]] = {}
    for time, shelters in lists(folder):
        # A shelter that is in the list no longer was closed: nobody is in it.
        closed = {shelter: (name, 0) for shelter, (name, _) in before.items() if shelter not in shelters}
        for shelter, (name, people) in (shelters | closed).items():
            reply = api.post("temporal/entities", entity(shelter, name, people, time))
            assert reply.status == 201 if shelter not in before else reply.status == 204, reply.body
        before |= shelters | closed
    yield api
    api.close()


def ask(api: Api, **parameters: object) -> Any:
    reply = api.get(
        "temporal/entities?" + urlencode({"type": "EvacuationShelter", "limit": 200, **parameters})
    )
    assert reply.status in (200, 206), reply.body
    return reply.json()


# Read from the lists by eye: the latest list before the time, its numbers added up, its shelters with people counted.
@pytest.mark.parametrize(
    ("time", "people", "shelters"),
    [
        ("2024-01-09T18:00:00", 1886, 29),
        ("2024-01-10T12:00:00", 1886, 29),
        ("2024-01-13T12:00:00", 1933, 28),
        ("2024-02-01T06:00:00", 1031, 24),
        ("2024-03-11T14:46:00", 508, 16),
        ("2024-04-14T00:00:00", 256, 7),
        ("2024-05-20T00:00:00", 160, 6),
    ],
)
def test_the_number_of_people_on_any_date(replayed: Api, time: str, people: int, shelters: int) -> None:
    moment = datetime.fromisoformat(time).replace(tzinfo=JST).astimezone(UTC) + timedelta(seconds=1)
    found = ask(
        replayed, timerel="before", timeAt=moment.strftime("%Y-%m-%dT%H:%M:%SZ"), lastN=1,
        attrs="numberOfPeople", options="temporalValues",
    )  # fmt: skip
    numbers = [one["numberOfPeople"]["values"][0][0] for one in found]
    assert sum(numbers) == people
    assert len([number for number in numbers if number]) == shelters


def test_most_people_in_each_month(replayed: Api) -> None:
    found = ask(
        replayed, timerel="after", timeAt="2023-12-31T15:00:00Z", attrs="numberOfPeople",
        options="aggregatedValues", aggrMethods="max,totalCount", aggrPeriodDuration="P1M",
    )  # fmt: skip
    sanno = next(one for one in found if one["id"].endswith("CC0000000518"))
    # 山王小学校: 180 people in the first list, fewer in every later one.
    assert sanno["numberOfPeople"]["max"][0] == [180, "2023-12-31T15:00:00Z", "2024-01-31T15:00:00Z"]
    counts = [count for count, _, _ in sanno["numberOfPeople"]["totalCount"]]
    assert sum(counts) == len(ask_values(replayed, sanno["id"]))


def ask_values(api: Api, entity_id: str) -> list[Any]:
    reply = api.get(f"temporal/entities/{entity_id}?options=temporalValues&attrs=numberOfPeople")
    values: list[Any] = reply.json()["numberOfPeople"]["values"]
    return values


def test_shelters_that_were_crowded_in_a_window(replayed: Api) -> None:
    window = {"timerel": "between", "timeAt": "2024-01-08T15:00:00Z", "endTimeAt": "2024-01-09T15:00:00Z"}
    crowded = ask(replayed, q="numberOfPeople>150", **window)
    assert {one["name"][0]["value"]: one["numberOfPeople"][0]["value"] for one in crowded} == {
        "山王小学校": 180,
        "中島小学校（体育館）": 227,
    }
    assert len(ask(replayed, **window)) == 29
