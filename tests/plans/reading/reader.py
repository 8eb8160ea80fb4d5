from hitotsu.plans.reading import Document, Source, read_lines


def read(text: str) -> Document:
    """The reading of a small text; the first line of the text is line 1."""
    lines = text.split("\n")
    return read_lines(lines, Source("plan.txt", "txt", "utf-8", len(lines), None, "0" * 64))


def outline(document: Document) -> list[tuple[str, str]]:
    """Numbers and titles of the sections, each path joined by spaces."""
    return [(" ".join(section.number), section.title) for section in document.sections]
