import gzip
import http.client
import itertools
import re
import sys
import time
from collections.abc import Sequence
from typing import NamedTuple

from documents import boundaries, large_plan, published_strategy
from measurement import emit, percentile
from server import CouldNotRun, answering, data_directory, demo, end_with_the_caller, free_port

REQUESTS = 300
WARM_UP = 20
TIME_LIMIT_PER_PAGE_S = 30
LIMIT_MS = 50.0
LIMIT_BYTES = 200_000
BARE_PAGE = "/healthz"
PAGES = {
    "home": "/",
    "home in English": "/en/",
    "plans": "/plans/",
    "areas": "/areas/",
    "area": "/areas/072028/",
    "living area": "/areas/living:aizu/",
    "about": "/about/",
}
PLAN_PAGES = {
    "plan": "",
    "plan, search": "?q=%E7%AA%93%E5%8F%A3",
    "terms": "terms/",
    "figures": "figures/",
    "tables": "tables/",
    "organisation": "organisation/",
    "changes": "changes/",
}
PLAN = re.compile(r"\"(/plans/[-\w]+/)\"")
ASSET = re.compile(r"<(?:link|script|img)\b[^>]*?\b(?:href|src)=\"(/[^\"]+)\"[^>]*>")
INITIATIVE = re.compile(r"\"(/plans/[-\w]+/initiatives/\d+/)\"")
# Links to other pages and to other languages are not loaded with the page.
NOT_LOADED = re.compile(r"\brel=\"(?:alternate|canonical|next|prev|license|help)\"")


class Answer(NamedTuple):
    seconds: float
    on_the_wire: int
    body: bytes


class Browser:
    """One keep-alive connection that asks for gzip, as a browser does."""

    def __init__(self, port: int) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)

    def get(self, path: str) -> Answer:
        """One page; seconds until its last byte, bytes of head and body as sent. Raises CouldNotRun unless it is 200."""
        started = time.perf_counter()
        self.connection.request("GET", path, headers={"Accept-Encoding": "gzip"})
        response = self.connection.getresponse()
        body = response.read()
        seconds = time.perf_counter() - started
        if response.status != http.client.OK:
            raise CouldNotRun(f"{path} answers {response.status}")
        head = sum(len(name) + len(value) + 4 for name, value in response.getheaders())
        plain = gzip.decompress(body) if response.getheader("Content-Encoding") == "gzip" else body
        return Answer(seconds, head + len(body), plain)


def main() -> int:
    """Server time and bytes of every public page of a demonstration with a plan of about 100 initiatives.

    The ratio of a time is to the bare page of the same server, that of the bytes to the same without compression.
    """
    end_with_the_caller()
    try:
        with data_directory() as folder:
            plan = published_strategy() or large_plan(folder)
            options = ["--plan", str(plan)]
            if known := boundaries():
                options += ["--boundaries", str(known)]
            port = free_port()
            with answering(demo(port, *options), port, BARE_PAGE, folder):
                _measure(Browser(port))
    except CouldNotRun as error:
        print(f"public_pages: {error}", file=sys.stderr)
        return 1
    return 0


def _measure(browser: Browser) -> None:
    plan = _linked(browser, PAGES["plans"], PLAN)[0]
    initiatives = _linked(browser, plan, INITIATIVE)
    kept: dict[str, Answer] = {}
    pages = {name: [path] for name, path in PAGES.items()}
    pages |= {name: [plan + path] for name, path in PLAN_PAGES.items()}
    pages[f"{len(initiatives)} initiatives"] = initiatives
    for name, paths in pages.items():
        times, bare = _times(browser, paths)
        for share, limit in ((0.5, None), (0.95, LIMIT_MS)):
            emit(
                f"{name}, p{share * 100:.0f} of {len(times)}",
                percentile(times, share),
                "ms",
                limit=limit,
                bare=percentile(bare, share),
            )
        sent, plain = zip(*(_weight(browser, path, kept) for path in paths), strict=True)
        heaviest = sent.index(max(sent))
        emit(
            f"{name}, bytes with styles and scripts",
            sent[heaviest],
            "B",
            limit=LIMIT_BYTES,
            bare=plain[heaviest],
        )


def _linked(browser: Browser, path: str, link: re.Pattern[str]) -> list[str]:
    found = list(dict.fromkeys(link.findall(browser.get(path).body.decode("utf-8"))))
    if not found:
        raise CouldNotRun(f"{path} has no link of the form {link.pattern}")
    return found


def _times(browser: Browser, paths: Sequence[str]) -> tuple[list[float], list[float]]:
    for path in itertools.islice(itertools.cycle(paths), WARM_UP):
        browser.get(path)
    times: list[float] = []
    bare: list[float] = []
    started = time.perf_counter()
    # In turns, so that whatever else the machine does meets both alike.
    for path in itertools.islice(itertools.cycle(paths), REQUESTS):
        times.append(browser.get(path).seconds * 1000)
        bare.append(browser.get(BARE_PAGE).seconds * 1000)
        if time.perf_counter() - started > TIME_LIMIT_PER_PAGE_S:
            break
    return times, bare


def _weight(browser: Browser, path: str, kept: dict[str, Answer]) -> tuple[int, int]:
    page = browser.get(path)
    sent, plain = page.on_the_wire, len(page.body)
    tags = ASSET.finditer(page.body.decode("utf-8"))
    for asset in {tag[1] for tag in tags if not NOT_LOADED.search(tag[0])}:
        answer = kept.setdefault(asset, kept.get(asset) or browser.get(asset))
        sent += answer.on_the_wire
        plain += len(answer.body)
    return sent, plain


if __name__ == "__main__":
    sys.exit(main())
