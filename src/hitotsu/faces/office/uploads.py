"""A file that somebody sends: bounded while it is read, and stored under its plain name only."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, StopUpload
from django.http import HttpRequest

from hitotsu.plans.reading.source.limits import MAX_FILE_BYTES

# The fields of the form around the file.
_FORM_BYTES = 64 * 1024
_NAME_BYTES = 200
_UNNAMED = "document"


class SizeLimit(FileUploadHandler):
    """Stops an upload at the limit and says so in ``exceeded``."""

    def __init__(self, request: HttpRequest) -> None:
        super().__init__(request)
        self.exceeded = False
        self._received = 0

    def handle_raw_input(
        self,
        input_data: Any,
        META: dict[str, Any],  # noqa: N803 - the name is Django's
        content_length: int,
        boundary: Any,
        encoding: str | None = None,
    ) -> None:
        if content_length > MAX_FILE_BYTES + _FORM_BYTES:
            self.exceeded = True

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        self._received += len(raw_data)
        if self.exceeded or self._received > MAX_FILE_BYTES:
            self.exceeded = True
            raise StopUpload(connection_reset=False)
        return raw_data

    def file_complete(self, file_size: int) -> None:
        return None


def plain_name(name: str) -> str:
    """The last part of a file name without folders and control characters, short enough for every file system."""
    last = PurePosixPath(name.replace("\\", "/")).name
    printable = "".join(character for character in last if character.isprintable()).strip()
    if printable.strip(".") == "":
        return _UNNAMED
    stem, dot, extension = printable.rpartition(".")
    if not dot or len(extension) > 10:
        stem, extension = printable, ""
    room = _NAME_BYTES - len(extension.encode()) - 1
    short = stem.encode("utf-8", "ignore")[:room].decode("utf-8", "ignore")
    return f"{short}.{extension}" if extension else short


@contextmanager
def stored(upload: "UploadedFile[Any]") -> Iterator[Path]:
    """The upload as a file in a folder of its own, which is gone when the block ends."""
    with TemporaryDirectory(prefix="hitotsu-upload-") as folder:
        path = Path(folder) / plain_name(upload.name or "")
        with path.open("wb") as file:
            for chunk in upload.chunks():
                file.write(chunk)
        yield path
