"""Run by the Python that has `ngsildclient`, with the server's port: goes through a usual session."""

import sys

from ngsildclient import Client, Entity


def main(port: int) -> None:
    client = Client("127.0.0.1", port, verbose=False)
    assert client.is_connected()
    entity = Entity("AirQualityObserved", "Aizu1")
    entity.prop("NO2", 22, unitcode="GP").gprop("location", (37.49, 139.93)).tprop("dateObserved")
    assert client.create(entity)
    assert client.exists(entity.id)
    found = client.get(entity.id)
    assert found is not None
    assert found["NO2"].value == 22
    second = Entity("AirQualityObserved", "Aizu2").prop("NO2", 61)
    assert client.upsert(second)
    assert {one.id for one in client.query(type="AirQualityObserved")} == {entity.id, second.id}
    assert [one.id for one in client.query(type="AirQualityObserved", q="NO2>50")] == [second.id]
    assert client.count(type="AirQualityObserved") == 2
    found["NO2"].value = 25
    assert client.update(found)
    changed = client.get(entity.id)
    assert changed is not None
    assert changed["NO2"].value == 25
    assert client.delete(changed)
    assert not client.exists(entity.id)
    client.close()
    print("done")


if __name__ == "__main__":
    main(int(sys.argv[1]))
