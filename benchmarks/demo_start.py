import sys

from documents import boundaries
from measurement import emit
from server import CouldNotRun, answering, data_directory, demo, end_with_the_caller, free_port

LIMIT_S = 15.0


def main() -> int:
    """From the command to the first page: on an empty folder, and again on the folder that is then there.

    The ratio is to the first answer of Python's own file server, started the same way.
    """
    end_with_the_caller()
    known = boundaries()
    options = ("--boundaries", str(known)) if known else ()
    try:
        with data_directory() as folder:
            port = free_port()
            bare_server = [sys.executable, "-m", "http.server", "--bind", "127.0.0.1", str(port)]
            with answering(bare_server, port, "/", folder) as bare:
                pass
        with data_directory() as folder:
            for what in ("first start, new database", "second start"):
                port = free_port()
                with answering(demo(port, *options), port, "/", folder) as seconds:
                    emit(f"demo to first page, {what}", seconds, "s", limit=LIMIT_S, bare=bare)
    except CouldNotRun as error:
        print(f"demo_start: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
