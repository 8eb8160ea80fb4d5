"""The `hitotsu` command: every subcommand answers 0 (done), 1 (found problems) or 2 (could not run)."""

import argparse
import os
import sys
from collections.abc import Sequence
from typing import Protocol

from hitotsu.cli import area, organisation, plan, serving, staff, working

DONE, PROBLEMS, COULD_NOT_RUN = 0, 1, 2


class Handler(Protocol):
    def __call__(self, arguments: argparse.Namespace) -> int: ...


def parser() -> argparse.ArgumentParser:
    """The whole command line, with an example for every command."""
    root = argparse.ArgumentParser(
        prog="hitotsu",
        description="ひとつ: 都道府県と市町村のDXを一つの場所で進めるための基盤",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        epilog="例:\n  hitotsu demo\n  hitotsu plan read 戦略.pdf > 戦略.json",
    )
    commands = root.add_subparsers(dest="command", required=True, metavar="COMMAND")
    serving.add_parser(commands)
    working.add_parser(commands)
    plan.add_parser(commands)
    area.add_parser(commands)
    organisation.add_parser(commands)
    staff.add_parser(commands)
    return root


def main(argv: Sequence[str] | None = None) -> int:
    """Runs one command and returns its exit status; with no Django where the command needs none."""
    arguments = parser().parse_args(argv)
    if getattr(arguments, "needs_django", True):
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hitotsu.site.settings")
        import django
        from django.core.exceptions import ImproperlyConfigured

        try:
            django.setup()
        except (ImproperlyConfigured, ValueError, OSError) as error:
            print(f"hitotsu: 起動できません: {error}", file=sys.stderr)
            return COULD_NOT_RUN
    try:
        status: int = arguments.func(arguments)
    except BrokenPipeError:
        # The reader of our output has gone (`| head`); nothing is wrong.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return DONE
    except KeyboardInterrupt:
        print("hitotsu: 中断しました。", file=sys.stderr)
        return COULD_NOT_RUN
    return status


if __name__ == "__main__":
    sys.exit(main())
