import argparse
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.place.conftest import CREDIT

from hitotsu.cli import area
from hitotsu.people.models import AuditEntry
from hitotsu.place.commands import load_region
from hitotsu.place.models import Area

pytestmark = pytest.mark.django_db
Write = Callable[..., Path]


def run(*words: str) -> int:
    parser = argparse.ArgumentParser()
    area.add_parser(parser.add_subparsers())
    arguments = parser.parse_args(["area", *words])
    status: int = arguments.func(arguments)
    return status


def test_import_says_what_it_did_and_leaves_an_audit_row(
    boundary_file: Write, capsys: pytest.CaptureFixture[str]
) -> None:
    load_region(by=None)
    assert run("import", str(boundary_file(c072028=(139.8, 37.4)))) == 0
    out, err = capsys.readouterr()
    assert "境界を更新した区域: 1" in out
    assert CREDIT in out
    assert "areas.geojson" in err
    entry = AuditEntry.objects.get(action="area.import")
    assert entry.detail["updated"] == ["072028"]


def test_import_again_writes_no_second_audit_row(boundary_file: Write) -> None:
    load_region(by=None)
    path = str(boundary_file(c072028=(139.8, 37.4)))
    assert (run("import", path), run("import", path)) == (0, 0)
    assert AuditEntry.objects.filter(action="area.import").count() == 1


def test_unknown_codes_are_a_problem_and_other_prefectures_are_not(
    boundary_file: Write, capsys: pytest.CaptureFixture[str]
) -> None:
    load_region(by=None)
    squares = {"c072028": (139.8, 37.4), "c022012": (140.7, 40.8)}
    assert run("import", str(boundary_file(**squares)), "--format", "json") == 0
    assert json.loads(capsys.readouterr().out)["outside"] == [{"code": "022012", "name": "区域c022012"}]
    assert run("import", str(boundary_file(**squares, c072061=(139, 37))), "--format", "json") == 1
    assert [item["code"] for item in json.loads(capsys.readouterr().out)["unknown"]] == ["072061"]


def test_what_cannot_be_imported_is_said_and_changes_nothing(
    boundary_file: Write, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    load_region(by=None)
    assert run("import", str(tmp_path / "absent.geojson")) == 2
    assert "absent.geojson" in capsys.readouterr().err
    assert run("import", str(boundary_file(c072028=(37.4, 139.8))), "--format", "json") == 2
    assert json.loads(capsys.readouterr().out)["error"]["code"] == "swapped_coordinates"
    assert not Area.objects.filter(boundary__isnull=False).exists()
    assert not AuditEntry.objects.filter(action="area.import").exists()


def test_list(capsys: pytest.CaptureFixture[str]) -> None:
    load_region(by=None)
    assert run("list", "--within", "living:aizu") == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 13
    assert lines[0].split("\t") == ["072028", "municipality", "会津若松市", "Aizuwakamatsu City", "境界なし"]
    assert run("list", "--kind", "prefecture", "--format", "json") == 0
    assert [row["key"] for row in json.loads(capsys.readouterr().out)] == ["070009"]
    assert run("list", "--within", "living:nowhere") == 2
    assert "living:nowhere" in capsys.readouterr().err
