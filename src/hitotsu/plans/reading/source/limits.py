MAX_FILE_BYTES = 50 * 1024 * 1024
"""Published plans with photographs stay below 30 MB; what is larger is nearly always pictures without text."""

MAX_UNPACKED_BYTES = 200 * 1024 * 1024
"""Unpacked size of a Word file, or of one stream of a PDF: four times the largest file, so that no file of the allowed
size can fill the memory of a small server."""

MAX_ALL_STREAMS_BYTES = 4 * 1024 * 1024 * 1024
"""All streams of a PDF together: pages are read one after the other, so this bounds the time, not the memory."""

MAX_MARKUP_BYTES = 64 * 1024 * 1024
"""One XML part or HTML page: a tree takes about ten times its text in memory."""

MAX_ZIP_ENTRIES = 10_000
"""Parts of a Word file: one for each picture, and no plan has ten thousand."""

MAX_PAGES = 1_000
"""The longest comprehensive plans with all their appendices have about 400 pages."""

MAX_SECONDS = 180.0
"""Time for one PDF: a page takes 0.1 to 0.3 seconds, so a plan of the usual 100 to 300 pages ends well before."""


def in_megabytes(size: int) -> str:
    """A size as a person reads it: `51MB`."""
    return f"{-(-size // (1024 * 1024)):,}MB"
