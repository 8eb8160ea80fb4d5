"""``hitotsu area``: boundaries in, areas out."""

import argparse
import dataclasses
import json
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from hitotsu.place.commands import BoundaryReport, UnmatchedBoundary

_IMPORT_EXAMPLE = """例:
  hitotsu area import municipalities.geojson
  hitotsu area import n03.topojson --credit '「国土数値情報（行政区域データ）」（国土交通省）を加工して作成' --licence 'CC BY 4.0'

終了コード: 0 すべて取り込んだ / 1 合わないコードなどがあった / 2 取り込めなかった（何も変わっていない）
"""
_LIST_EXAMPLE = """例:
  hitotsu area list --kind municipality
  hitotsu area list --within living:aizu --format json
"""
_KINDS = ("prefecture", "municipality", "district", "living_area")
_SHOWN = 10


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Registers ``area import`` and ``area list``; each sets ``func``, which returns the exit status."""
    area = subparsers.add_parser("area", help="区域（境界と一覧）")
    commands = area.add_subparsers(dest="area_command", required=True, metavar="COMMAND")

    load = commands.add_parser(
        "import",
        help="境界ファイル（GeoJSON、TopoJSON）を取り込む",
        epilog=_IMPORT_EXAMPLE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    load.add_argument("file", type=Path, metavar="FILE", help="GeoJSON か TopoJSON のファイル")
    load.add_argument("--credit", help="地図に必ず表示する出典。省くと同じフォルダーの manifest.csv から読む")
    load.add_argument("--licence", help="利用条件。省くと同じフォルダーの manifest.csv から読む")
    load.add_argument("--format", choices=("text", "json"), default="text", help="結果の形（既定は text）")
    load.set_defaults(func=import_command)

    show = commands.add_parser(
        "list",
        help="登録されている区域の一覧",
        epilog=_LIST_EXAMPLE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    show.add_argument("--kind", choices=_KINDS, help="種類で絞る")
    show.add_argument("--within", metavar="KEY", help="生活圏で絞る（例 living:aizu）")
    show.add_argument("--format", choices=("text", "json"), default="text", help="結果の形（既定は text）")
    show.set_defaults(func=list_command)


def take_boundaries(path: Path, *, credit: str | None = None, licence: str | None = None) -> "BoundaryReport":
    """The report of a boundary file taken in by the operator, with its audit row in the same transaction.

    Raises ``PlaceError`` where the file cannot be used; then nothing has changed.
    """
    from django.db import transaction

    from hitotsu.people import commands as people
    from hitotsu.people.queries import operator
    from hitotsu.place.commands import import_boundaries

    by = operator()
    with transaction.atomic():
        report = import_boundaries(by=by, path=path, credit=credit, licence=licence)
        if report.updated:
            people.record_audit(
                by=by,
                action="area.import",
                subject="areas",
                detail={
                    "file": path.name,
                    "updated": list(report.updated),
                    "credit": report.credit,
                    "licence": report.licence,
                },
            )
    return report


def import_command(arguments: argparse.Namespace) -> int:
    """Takes in a boundary file; the report goes to stdout."""
    from hitotsu.place.errors import PlaceError

    print(f"{arguments.file} を読んでいます…", file=sys.stderr)
    try:
        report = take_boundaries(arguments.file, credit=arguments.credit, licence=arguments.licence)
    except PlaceError as error:
        if arguments.format == "json":
            print(json.dumps({"error": {"code": error.code, "detail": str(error)}}, ensure_ascii=False))
        print(error, file=sys.stderr)
        return 2
    if arguments.format == "json":
        print(json.dumps(dataclasses.asdict(report), ensure_ascii=False, indent=2))
    else:
        print(f"境界を更新した区域: {len(report.updated)}")
        print(f"すでに同じだった区域: {len(report.unchanged)}")
        _print_some("登録のないコード", (_named(item) for item in report.unknown))
        _print_some("登録のない都道府県のコード", (_named(item) for item in report.outside))
        _print_some("コードのない部分", report.without_code)
        _print_some("線の交わりを直した区域", report.repaired)
        print(f"出典: {report.credit}（{report.licence}）")
    # Another prefecture's areas in a national file are no problem of this platform.
    return 1 if report.unknown or report.without_code else 0


def list_command(arguments: argparse.Namespace) -> int:
    """Prints the areas, one per line with key, kind, name, English name and whether a boundary is held."""
    from hitotsu.people.queries import operator
    from hitotsu.place.errors import PlaceError
    from hitotsu.place.queries import get_area, list_areas

    reader = operator()
    try:
        if arguments.within is not None:
            get_area(reader, arguments.within)
        areas = list_areas(reader, kind=arguments.kind, within_living_area=arguments.within)
    except PlaceError as error:
        print(error, file=sys.stderr)
        return 2
    if arguments.format == "json":
        rows: list[dict[str, Any]] = [dataclasses.asdict(area) for area in areas]
        print(json.dumps(rows, ensure_ascii=False, indent=2))
        return 0
    for area in areas:
        print(
            "\t".join(
                (
                    area.key,
                    area.kind,
                    area.name,
                    area.name_en,
                    "境界あり" if area.has_boundary else "境界なし",
                )
            )
        )
    print(f"{len(areas)} 区域", file=sys.stderr)
    return 0


def _named(item: "UnmatchedBoundary") -> str:
    return f"{item.code} {item.name}".rstrip()


def _print_some(label: str, items: Iterable[str]) -> None:
    named = list(items)
    if named:
        rest = f" ほか {len(named) - _SHOWN}" if len(named) > _SHOWN else ""
        print(f"{label}: {len(named)}（{'、'.join(named[:_SHOWN])}{rest}）")
