import argparse
import getpass
import sys


def add_parser(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Adds `hitotsu staff add`."""
    group = commands.add_parser("staff", help="職員の登録").add_subparsers(
        dest="staff_command", required=True, metavar="COMMAND"
    )
    text = "職員を登録します。パスワードは標準入力から一行で、または画面から入力します。"
    add = group.add_parser(
        "add",
        help=text,
        description=text,
        epilog="例:\n  hitotsu staff add taro@example.lg.jp --name 会津太郎 --organisation 福島県 --role publisher",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add.add_argument("email")
    add.add_argument("--name", required=True)
    add.add_argument("--organisation", required=True)
    add.add_argument("--role", choices=["viewer", "editor", "publisher", "administrator"], default="editor")
    add.set_defaults(func=_add)


def _add(arguments: argparse.Namespace) -> int:
    from django.contrib.auth.password_validation import validate_password
    from django.core.exceptions import ValidationError

    from hitotsu.people.commands import add_staff
    from hitotsu.people.errors import PeopleError
    from hitotsu.people.queries import Role, operator

    password = getpass.getpass("パスワード: ") if sys.stdin.isatty() else sys.stdin.readline().rstrip("\n")
    try:
        validate_password(password)
        add_staff(
            by=operator(),
            email=arguments.email,
            name=arguments.name,
            password=password,
            organisation=arguments.organisation,
            role=Role(arguments.role),
        )
    except ValidationError as error:
        print(f"hitotsu: {' '.join(error.messages)}", file=sys.stderr)
        return 2
    except PeopleError as error:
        print(f"hitotsu: {error}", file=sys.stderr)
        return 2
    print(f"{arguments.email} を登録しました。")
    return 0
