import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

CREDIT = "「国土数値情報（行政区域データ）」（国土交通省）を加工して作成"
LICENCE = "CC BY 4.0"


def square(west: float, south: float, size: float = 0.2) -> list[list[list[float]]]:
    east, north = west + size, south + size
    return [[[west, south], [east, south], [east, north], [west, north], [west, south]]]


@pytest.fixture
def boundary_file(tmp_path: Path) -> Callable[..., Path]:
    """Writes a GeoJSON file of squares by code, with a manifest beside it that gives credit and licence."""

    def write(name: str = "areas.geojson", *, manifest: bool = True, **squares: Any) -> Path:
        features = [
            {
                "type": "Feature",
                "properties": {"lg_code": code.removeprefix("c"), "city_name": f"区域{code}"},
                "geometry": {"type": "Polygon", "coordinates": square(*corner)},
            }
            for code, corner in squares.items()
        ]
        path = tmp_path / name
        path.write_text(json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf-8")
        if manifest:
            rows = f"file,licence,credit,what\n{name},{LICENCE},{CREDIT},squares\n"
            (tmp_path / "manifest.csv").write_text(rows, encoding="utf-8-sig")
        return path

    return write
