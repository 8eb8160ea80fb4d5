import argparse
import os
import socket
import sys
import time
import webbrowser
from contextlib import nullcontext
from pathlib import Path


def add_parser(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Adds `hitotsu prepare`, `hitotsu serve` and `hitotsu demo`."""
    prepare = commands.add_parser(
        "prepare",
        help="データベースと静的ファイルをこの版に合わせます",
        epilog="例:\n  HITOTSU_DATABASE_URL=postgresql://owner@db/hitotsu hitotsu prepare",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    prepare.set_defaults(func=_prepare)

    serve = commands.add_parser(
        "serve",
        help="サーバーを起動します",
        epilog="例:\n  hitotsu serve --port 8000",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    _address(serve)
    serve.set_defaults(func=_serve)

    demo = commands.add_parser(
        "demo",
        help="見本の地域と計画を入れて起動します",
        epilog="例:\n  hitotsu demo\n  hitotsu demo --plan 戦略.pdf",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    _address(demo)
    demo.add_argument("--plan", type=Path, help="見本の代わりに取り込む計画の文書")
    demo.add_argument("--boundaries", type=Path, help="市町村境界のファイル（GeoJSON または TopoJSON）")
    demo.add_argument("--no-browser", action="store_true", help="ブラウザーを開かない")
    demo.set_defaults(func=_demo)


def _address(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--workers", type=int, default=1, help="プロセスの数（目安はCPUの数）")
    parser.add_argument(
        "--no-worker",
        action="store_true",
        help="時間のかかる作業のプロセスを起動しない（別に hitotsu work を動かすとき）",
    )


def _prepare(arguments: argparse.Namespace) -> int:
    from hitotsu.cli.preparing import CannotPrepare, prepare

    try:
        prepare()
    except CannotPrepare as error:
        print(f"hitotsu: {error}", file=sys.stderr)
        return 2
    print("準備ができました。")
    return 0


def _serve(arguments: argparse.Namespace) -> int:
    if not _port_is_free(arguments.host, arguments.port):
        return 2
    status = _prepare_quietly() or _refuse_to_test_on_adopted_plans()
    if status:
        return status
    print(f"http://{arguments.host}:{arguments.port}/ で起動します（終了は Ctrl+C）。", file=sys.stderr)
    return _run(arguments)


def _demo(arguments: argparse.Namespace) -> int:
    from hitotsu.cli.demonstrating import load_demo
    from hitotsu.people.errors import PeopleError
    from hitotsu.place.errors import PlaceError
    from hitotsu.plans.errors import PlanError

    started = time.monotonic()
    if not _port_is_free(arguments.host, arguments.port):
        return 2
    status = _prepare_quietly() or _refuse_to_test_on_adopted_plans()
    if status:
        return status
    try:
        load_demo(plan=arguments.plan, boundaries=arguments.boundaries)
    except (PlanError, PlaceError, PeopleError) as error:
        print(f"hitotsu: {error}", file=sys.stderr)
        return 2
    address = f"http://{arguments.host}:{arguments.port}/"
    print(
        f"{address} を開いてください（準備 {time.monotonic() - started:.1f}秒、終了は Ctrl+C）。",
        file=sys.stderr,
    )
    if not arguments.no_browser and os.environ.get("DISPLAY"):
        webbrowser.open(address)
    return _run(arguments)


def _prepare_quietly() -> int:
    from hitotsu.cli.preparing import CannotPrepare, prepare

    try:
        prepare()
    except CannotPrepare as error:
        print(f"hitotsu: {error}", file=sys.stderr)
        return 2
    return 0


def _refuse_to_test_on_adopted_plans() -> int:
    from hitotsu.people.queries import ANONYMOUS
    from hitotsu.plans.queries import list_plans
    from hitotsu.site.dataplane import TESTING, is_testing

    if is_testing() and list_plans(reader=ANONYMOUS):
        print(
            f"hitotsu: {TESTING}=1 では起動できません: このデータベースには公開済みの計画があります。"
            "試験には別のデータベースを使ってください。",
            file=sys.stderr,
        )
        return 2
    return 0


def _port_is_free(host: str, port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            print(
                f"hitotsu: {host}:{port} はほかのプログラムが使っています。--port で別の番号を指定してください。",
                file=sys.stderr,
            )
            return False
    return True


def _run(arguments: argparse.Namespace) -> int:
    from django.conf import settings
    from granian import Granian
    from granian.constants import Interfaces

    from hitotsu.cli.companion import companion

    server = Granian(
        "hitotsu.site.asgi:application",
        address=arguments.host,
        port=arguments.port,
        interface=Interfaces.ASGI,
        workers=arguments.workers,
        log_enabled=False,
        respawn_failed_workers=True,
        static_path_route=[settings.STATIC_URL.rstrip("/")],
        static_path_mount=[Path(settings.STATIC_ROOT)],
        static_path_expires=86_400,
    )
    with nullcontext() if arguments.no_worker else companion():
        server.serve()
    return 0
