"""Runs every benchmark after the other and passes on its JSON lines; exit 1 when one of them could not run."""

import subprocess
import sys
from pathlib import Path

SUBJECTS = ("plan_read", "demo_start", "public_pages", "ngsi")
TIME_LIMIT_S = 600


def main() -> int:
    could_not_run = []
    for subject in SUBJECTS:
        script = Path(__file__).with_name(f"{subject}.py")
        print(f"{subject} …", file=sys.stderr, flush=True)
        running = subprocess.Popen([sys.executable, str(script)])
        try:
            running.wait(TIME_LIMIT_S)
        except subprocess.TimeoutExpired:
            # Asked, not killed: it stops its own server and removes its folder first.
            running.terminate()
            running.wait()
        if running.returncode:
            could_not_run.append(subject)
    if could_not_run:
        print(f"could not run: {', '.join(could_not_run)}", file=sys.stderr)
    return 1 if could_not_run else 0


if __name__ == "__main__":
    sys.exit(main())
