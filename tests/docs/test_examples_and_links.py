"""What the documentation shows must run, and where it points must be something."""

import re
import shlex
import subprocess
import unicodedata
from pathlib import Path

import pytest

from hitotsu.cli.main import parser

REPOSITORY = Path(__file__).resolve().parents[2]
_BLOCK = re.compile(r"^( *)```sh\n(.*?)^\1```", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"!?\[[^\]]*\]\(([^()\s]+)\)")
_FENCE = re.compile(r"^ *```.*?^ *```", re.MULTILINE | re.DOTALL)
_OWN = ("hitotsu", ".venv/bin/hitotsu")
_CONTROL = {"|", "||", "&&", ";", ">", ">>", "<", "&"}
_LEFT_OUT = {".venv", ".git", "node_modules", "var", "build"}


def _documents() -> list[Path]:
    found = [
        path
        for path in REPOSITORY.rglob("*.md")
        if not _LEFT_OUT.intersection(path.relative_to(REPOSITORY).parts)
        and "documents" not in path.parts[:-1]
        and "samples" not in path.parts[:-1]
    ]
    # Plans made up for tests are in the folder `documents`; what explains them is not one of them.
    return sorted([*found, *REPOSITORY.glob("tests/plans/documents/README.md")])


DOCUMENTS = _documents()


def _lines(block: str) -> list[str]:
    return [line.strip() for line in block.replace("\\\n", " ").splitlines() if line.strip()]


def _examples() -> list[tuple[str, str]]:
    return [
        (str(path.relative_to(REPOSITORY)), line)
        for path in DOCUMENTS
        for _, block in _BLOCK.findall(path.read_text(encoding="utf-8"))
        for line in _lines(block)
    ]


EXAMPLES = _examples()


def _words(line: str) -> list[str]:
    lexer = shlex.shlex(line, posix=True, punctuation_chars=True)
    lexer.whitespace_split = True
    return list(lexer)


def _calls(line: str) -> list[list[str]]:
    """The commands of a shell line, each without the variables that stand before it."""
    calls: list[list[str]] = [[]]
    for word in _words(line):
        if word in _CONTROL:
            calls.append([])
        elif calls[-1] or not re.match(r"[A-Z_]+=", word):
            calls[-1].append(word)
    return [call for call in calls if call]


OWN = [(where, call[1:]) for where, line in EXAMPLES for call in _calls(line) if call[0] in _OWN]


@pytest.mark.parametrize(("where", "words"), OWN, ids=[" ".join(words) for _, words in OWN])
def test_example_is_understood_by_the_command(where: str, words: list[str]) -> None:
    arguments = parser().parse_args(words)
    assert callable(arguments.func), where


def test_make_examples_name_targets_that_exist() -> None:
    makefile = (REPOSITORY / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z][\w-]*):", makefile, re.MULTILINE))
    variables = set(re.findall(r"^([A-Z]+) *\?=", makefile, re.MULTILINE))
    named = [(where, call) for where, line in EXAMPLES for call in _calls(line) if call[0] == "make"]
    assert named
    for where, call in named:
        for word in call[1:]:
            name, assigned, _ = word.partition("=")
            assert name in (variables if assigned else targets), f"{where}: {' '.join(call)}"


def test_variables_of_make_are_documented() -> None:
    makefile = (REPOSITORY / "Makefile").read_text(encoding="utf-8")
    settings = (REPOSITORY / "docs" / "settings.md").read_text(encoding="utf-8")
    for name in re.findall(r"^([A-Z]+) *\?=", makefile, re.MULTILINE):
        assert f"`{name}`" in settings, f"{name} is not in docs/settings.md"


def test_examples_call_only_programs_of_the_environment() -> None:
    programs = {call[0] for _, line in EXAMPLES for call in _calls(line) if call[0].startswith(".venv/bin/")}
    assert programs <= {".venv/bin/hitotsu", ".venv/bin/pytest", ".venv/bin/python"}


def _anchors(path: Path) -> set[str]:
    headings = re.findall(r"^#+ (.+)$", _FENCE.sub("", path.read_text(encoding="utf-8")), re.MULTILINE)
    return {_anchor(heading) for heading in headings}


def _anchor(heading: str) -> str:
    kept = [
        letter
        for letter in heading.lower().strip()
        if letter in " -_" or unicodedata.category(letter)[0] in "LNM"
    ]
    return "".join(kept).replace(" ", "-")


@pytest.mark.parametrize("path", DOCUMENTS, ids=[str(path.relative_to(REPOSITORY)) for path in DOCUMENTS])
def test_relative_links_lead_somewhere(path: Path) -> None:
    broken = []
    for target in _LINK.findall(_FENCE.sub("", path.read_text(encoding="utf-8"))):
        if re.match(r"[a-z]+:", target):
            continue
        name, _, anchor = target.partition("#")
        found = (path.parent / name).resolve() if name else path
        inside = found.is_relative_to(REPOSITORY)
        if (
            not inside
            or not found.exists()
            or (anchor and found.suffix == ".md" and anchor not in _anchors(found))
        ):
            broken.append(target)
    assert broken == []


def test_no_document_names_a_path_of_one_machine() -> None:
    for path in DOCUMENTS:
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"(?<![\w.~-])/(?:home|root|work|Users)/", text), path


def test_the_licence_is_the_apache_license() -> None:
    text = (REPOSITORY / "LICENSE").read_text(encoding="utf-8")
    assert "Apache License" in text
    assert "Version 2.0, January 2004" in text
    for number in range(1, 10):
        assert re.search(rf"^ +{number}\. ", text, re.MULTILINE), f"section {number} is missing"
    assert "END OF TERMS AND CONDITIONS" in text


def test_shell_examples_are_shell() -> None:
    assert EXAMPLES
    for path in DOCUMENTS:
        for _, block in _BLOCK.findall(path.read_text(encoding="utf-8")):
            done = subprocess.run(["bash", "-n"], input=block, capture_output=True, text=True, check=False)
            assert done.returncode == 0, f"{path.name}: {done.stderr}"
