import json
import threading
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass(frozen=True)
class Received:
    path: str
    headers: dict[str, str]
    body: Any
    at: float

    @property
    def data(self) -> Any:
        return self.body["data"]


@dataclass
class Receiver:
    """A receiver of notifications: keeps what it gets, answers as it is told; `/hang` never answers."""

    status: int = 204
    received: list[Received] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._new = threading.Condition()
        self.closing = threading.Event()
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                if self.path.startswith("/hang"):
                    receiver.closing.wait(60)
                    return
                headers = {name.lower(): value for name, value in self.headers.items()}
                receiver.take(Received(self.path, headers, body, time.monotonic()))
                self.send_response(receiver.status)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *arguments: object) -> None:
                return

        class Server(ThreadingHTTPServer):
            daemon_threads = True
            request_queue_size = 256

        self._server = Server(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def take(self, one: Received) -> None:
        with self._new:
            self.received.append(one)
            self._new.notify_all()

    def wait_for(self, count: int, path: str = "/", seconds: float = 15) -> list[Received]:
        """The notifications to that path, once there are so many; fewer when the time is over."""
        deadline = time.monotonic() + seconds
        with self._new:
            while len(found := [one for one in self.received if one.path == path]) < count:
                left = deadline - time.monotonic()
                if left <= 0:
                    break
                self._new.wait(left)
        return found

    def close(self) -> None:
        self.closing.set()
        self._server.shutdown()
        self._server.server_close()
