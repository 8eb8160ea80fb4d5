import argparse
import sys


def add_parser(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Adds `hitotsu organisation add`."""
    group = commands.add_parser("organisation", help="組織の登録").add_subparsers(
        dest="organisation_command", required=True, metavar="COMMAND"
    )
    text = "組織（都道府県、市町村、課・室、事業者）を登録します。同じ名称の組織があれば何も変わりません。"
    add = group.add_parser(
        "add",
        help=text,
        description=text,
        epilog="例:\n  hitotsu organisation add 福島県 --kind prefecture --name-en 'Fukushima Prefecture' --area 070009",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add.add_argument("name")
    add.add_argument("--kind", choices=["prefecture", "municipality", "division", "company"], required=True)
    add.add_argument("--name-en", default="", help="英語の名称")
    add.add_argument("--area", metavar="KEY", help="全国地方公共団体コード（例 070009）")
    add.add_argument("--parent", help="上の組織の名称（課・室のとき）")
    add.set_defaults(func=_add)


def _add(arguments: argparse.Namespace) -> int:
    from hitotsu.people.commands import ensure_organisation
    from hitotsu.people.errors import OrganisationNotFound
    from hitotsu.people.queries import find_organisation, operator
    from hitotsu.place.commands import load_region
    from hitotsu.place.errors import PlaceError
    from hitotsu.place.queries import get_area

    by = operator()
    try:
        parent = find_organisation(arguments.parent) if arguments.parent else None
        if arguments.parent and parent is None:
            raise OrganisationNotFound(arguments.parent)
        if arguments.area:
            load_region(by=by)
            get_area(by, arguments.area)
        ensure_organisation(
            by=by,
            name=arguments.name,
            kind=arguments.kind,
            name_en=arguments.name_en,
            area_key=arguments.area,
            parent_id=parent.id if parent else None,
        )
    except (OrganisationNotFound, PlaceError) as error:
        print(f"hitotsu: {error}", file=sys.stderr)
        return 2
    print(f"組織「{arguments.name}」を登録しました。")
    return 0
