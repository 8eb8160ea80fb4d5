import os
import secrets
from pathlib import Path


def secret_key(directory: Path) -> str:
    """``HITOTSU_SECRET_KEY``, or a key of this installation that is made once and kept readable by its owner only."""
    configured = os.environ.get("HITOTSU_SECRET_KEY")
    if configured:
        return configured
    path = directory / "secret_key"
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text()
    key = secrets.token_urlsafe(48)
    with os.fdopen(descriptor, "w") as file:
        file.write(key)
    return key
