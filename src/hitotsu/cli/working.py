import argparse
import sys


def add_parser(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Adds `hitotsu work`."""
    text = "文書の読み取りなど、時間のかかる作業を受け持ちます。hitotsu serve は自分でこれを一つ起動します。"
    work = commands.add_parser(
        "work",
        help=text,
        description=text,
        epilog="例:\n  hitotsu work --concurrency 2",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    work.add_argument("--concurrency", type=_positive, default=2, help="同時に進める作業の数")
    work.add_argument("--parent", type=int, metavar="PID", help="起動元のプロセス。これが終わると終わります")
    work.set_defaults(func=_work)


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("1以上の数を指定してください")
    return number


def _work(arguments: argparse.Namespace) -> int:
    from hitotsu.site.worker import CannotWork, work

    if arguments.parent is None:
        print("作業を待っています（終了は Ctrl+C）。", file=sys.stderr)
    try:
        work(concurrency=arguments.concurrency, parent=arguments.parent)
    except CannotWork as error:
        print(f"hitotsu: {error}", file=sys.stderr)
        return 2
    return 0
