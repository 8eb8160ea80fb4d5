"""What the documentation must name: everything that people can set, type, open or install."""

import argparse
import json
import re
import tomllib
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

import pytest
from django.urls import URLPattern, URLResolver, get_resolver

from hitotsu.cli.main import parser

REPOSITORY = Path(__file__).resolve().parents[2]
DOCS = REPOSITORY / "docs"
SOURCE = REPOSITORY / "src" / "hitotsu"
_CONVERTER = re.compile(r"<(?:\w+:)?(\w+)>")


def _page(name: str) -> str:
    return (DOCS / name).read_text(encoding="utf-8")


def _first_cells(text: str) -> set[str]:
    """What stands in backticks in the first column of the tables."""
    rows = [line.split("|")[1] for line in text.splitlines() if line.startswith("|")]
    return {name for row in rows for name in re.findall(r"`([^`]+)`", row)}


def _settings_in_source() -> set[str]:
    found: set[str] = set()
    for path in SOURCE.rglob("*.py"):
        found.update(re.findall(r"""["'](HITOTSU_[A-Z_]+)["']""", path.read_text(encoding="utf-8")))
    return found


def test_every_setting_is_documented_and_no_other() -> None:
    in_source = _settings_in_source()
    assert "HITOTSU_DATABASE_URL" in in_source
    assert _first_cells(_page("settings.md")) == in_source


def _commands(root: argparse.ArgumentParser, words: str) -> Iterator[tuple[str, argparse.ArgumentParser]]:
    groups = [action for action in root._actions if isinstance(action, argparse._SubParsersAction)]
    if not groups:
        yield words, root
    for group in groups:
        for name, command in group.choices.items():
            yield from _commands(command, f"{words} {name}")


COMMANDS = dict(_commands(parser(), "hitotsu"))


def _command_sections() -> dict[str, str]:
    parts = re.split(r"^### `([^`]+)`\n", _page("commands.md"), flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def test_commands_md_has_every_command_and_no_other() -> None:
    assert set(_command_sections()) == set(COMMANDS)


@pytest.mark.parametrize("words", COMMANDS)
def test_every_command_is_documented_with_an_example_and_its_options(words: str) -> None:
    section = _command_sections()[words]
    command = COMMANDS[words]
    assert re.search(rf"```sh\n(?:.*\n)*?.*{re.escape(words)}\b", section), f"{words}: no example"
    options = {option for action in command._actions for option in action.option_strings} - {"-h", "--help"}
    missing = {option for option in options if f"`{option}`" not in section}
    assert not missing, f"{words}: options without a word in commands.md"
    assert command.epilog, f"{words}: --help shows no example"
    assert words in command.epilog, f"{words}: the example of --help is another command's"


def _name(requirement: str) -> str:
    found = re.match(r"[A-Za-z0-9._-]+", requirement)
    assert found, requirement
    return found.group()


def _dependencies() -> set[str]:
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))
    python = [
        *project["project"]["dependencies"],
        *project["build-system"]["requires"],
        *chain.from_iterable(project["dependency-groups"].values()),
    ]
    pages = json.loads((REPOSITORY / "frontend" / "package.json").read_text(encoding="utf-8"))
    return {_name(requirement) for requirement in python} | set(pages["dependencies"])


def test_every_dependency_is_documented_with_reason_and_licence_and_no_other() -> None:
    page = _page("dependencies.md")
    assert _first_cells(page) == _dependencies()
    for line in page.splitlines():
        if line.startswith("| `"):
            _, package, licence, reason, _ = (cell.strip() for cell in line.split("|"))
            assert licence, f"{package}: no licence"
            assert reason, f"{package}: no reason"


def test_what_the_program_needs_to_run_is_listed_as_such() -> None:
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))
    run_time = _page("dependencies.md").partition("## At run time")[2].partition("\n## ")[0]
    assert _first_cells(run_time) == {_name(each) for each in project["project"]["dependencies"]}


def _routes(
    patterns: list[URLPattern | URLResolver], prefix: str, namespace: str
) -> Iterator[tuple[str, str]]:
    for pattern in patterns:
        # The prefix of a language is no part of a page's own address.
        own = "" if type(pattern.pattern).__name__ == "LocalePrefixPattern" else str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from _routes(pattern.url_patterns, prefix + own, pattern.namespace or namespace)
        else:
            yield namespace, _CONVERTER.sub(r"<\1>", prefix + own)


def test_every_page_of_portal_and_office_is_documented_and_no_other() -> None:
    routes = {
        route
        for namespace, route in _routes(get_resolver().url_patterns, "/", "")
        if namespace in ("portal", "office")
    }
    assert {"/", "/office/"} <= routes
    assert _first_cells(_page("pages.md")) == routes


def _keys(schema: object) -> Iterator[str]:
    if isinstance(schema, dict):
        properties = schema.get("properties")
        if isinstance(properties, dict):
            yield from properties
        for part in schema.values():
            yield from _keys(part)
    elif isinstance(schema, list):
        for part in schema:
            yield from _keys(part)


def test_every_key_of_the_readers_answer_is_documented() -> None:
    schema = json.loads(_page("plan-reading.schema.json"))
    page = _page("plan-reading.md")
    named = set(re.findall(r"`(\w+)`", page))
    assert {"title", "initiatives", "unsure"} <= set(_keys(schema))
    assert set(_keys(schema)) - named == set()


def test_every_decision_is_listed_and_has_context_rule_and_consequences() -> None:
    architecture = _page("architecture.md")
    pages = sorted((DOCS / "decisions").glob("*.md"))
    assert pages
    for number, path in enumerate(pages, start=1):
        text = path.read_text(encoding="utf-8")
        assert path.name.startswith(f"{number:04d}-"), f"{path.name}: decisions are numbered without gaps"
        assert f"decisions/{path.name}" in architecture, f"{path.name} is not listed in architecture.md"
        for part in ("**Context.**", "**Rule.**", "**Consequences.**"):
            assert part in text, f"{path.name} has no {part}"
