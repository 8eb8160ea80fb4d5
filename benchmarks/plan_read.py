import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from documents import published_strategy, repeated_document
from measurement import emit

RUNS = 5
LIMIT_S = 1.0
LIMIT_MB = 200.0
READ = "import sys; from hitotsu.cli.main import main; sys.exit(main())"
BARE = "import sys; open(sys.argv[-1], encoding='utf-8').read().split('\\n')"
# The kernel's own mark of this very program: what a parent sees of its child's peak also holds the parent's memory.
PEAK = (
    "import atexit, sys; atexit.register(lambda: print(next("
    "line.split()[1] for line in open('/proc/self/status') if line.startswith('VmHWM')), file=sys.stderr)); "
)


def main() -> int:
    """Whole process, from start to exit: `hitotsu plan read` beside a Python that only reads and splits the file."""
    with tempfile.TemporaryDirectory(prefix="hitotsu-bench-") as folder:
        published = published_strategy()
        path = published or repeated_document(Path(folder))
        seconds, bare_seconds = _median_seconds(READ, path), _median_seconds(BARE, path)
        memory, bare_memory = _peak_megabytes(READ, path), _peak_megabytes(BARE, path)
        subject = "the strategy draft" if published else f"{path.name} repeated"
        subject = f"plan read, {subject}, {path.stat().st_size // 1000} kB"
    emit(f"{subject}: time", seconds, "s", limit=LIMIT_S, bare=bare_seconds)
    emit(f"{subject}: peak memory", memory, "MB", limit=LIMIT_MB, bare=bare_memory)
    return 0


def _median_seconds(program: str, path: Path) -> float:
    times = []
    for _ in range(RUNS):
        started = time.perf_counter()
        _run(program, path)
        times.append(time.perf_counter() - started)
    return statistics.median(times)


def _peak_megabytes(program: str, path: Path) -> float:
    # The kernel counts in kibibytes.
    return int(_run(PEAK + program, path).split()[-1]) * 1024 / 1e6


def _run(program: str, path: Path) -> str:
    done = subprocess.run(
        [sys.executable, "-c", program, "plan", "read", str(path)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )
    if done.returncode:
        sys.exit(f"plan_read: reading {path.name} ended with status {done.returncode}\n{done.stderr}")
    return done.stderr


if __name__ == "__main__":
    sys.exit(main())
