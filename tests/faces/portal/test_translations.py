import ast
import re
from collections.abc import Iterator
from gettext import GNUTranslations
from io import BytesIO
from pathlib import Path

from babel.messages.pofile import read_po
from django.utils.translation.template import templatize

import hitotsu.faces

FACES = Path(hitotsu.faces.__file__).parent
CATALOGUE = FACES / "locale" / "en" / "LC_MESSAGES" / "django.po"
CALL = re.compile(r"""\b(?:_|n?gettext)\(((?:u?'(?:[^'\\]|\\.)*'|u?"(?:[^"\\]|\\.)*"|,|\s)+)""")
FUNCTIONS = {"gettext", "gettext_lazy", "ngettext", "ngettext_lazy", "_"}


def messages_in_template(path: Path) -> Iterator[str]:
    source = templatize(path.read_text(), origin=str(path))
    for call in CALL.finditer(source):
        yield from (
            value for value in ast.literal_eval(f"[{call[1].strip().rstrip(',')}]") if isinstance(value, str)
        )


def messages_in_code(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in FUNCTIONS:
            first = node.args[0]
            assert isinstance(first, ast.Constant), (
                f"{path}:{node.lineno} asks for a message that cannot be found"
            )
            yield first.value


def wanted() -> dict[str, Path]:
    found: dict[str, Path] = {}
    for path in FACES.rglob("*.html"):
        found.update(dict.fromkeys(messages_in_template(path), path))
    for path in FACES.rglob("*.py"):
        found.update(dict.fromkeys(messages_in_code(path), path))
    return found


def english() -> dict[str, str | tuple[str, ...]]:
    with CATALOGUE.open("rb") as file:
        catalogue = read_po(file, locale="en")
    return {
        (message.id[0] if isinstance(message.id, tuple) else message.id): message.string
        for message in catalogue
        if message.id and not message.fuzzy
    }


def test_the_search_for_messages_finds_them() -> None:
    found = wanted()
    assert "本文へ移動" in found
    assert "取組 %(n)s件" in found
    assert "変更なし" in found


def test_every_message_has_an_english_sentence() -> None:
    catalogue = english()
    missing = [
        f"{message}（{path.name}）"
        for message, path in wanted().items()
        if not all(_strings(catalogue.get(message)))
    ]
    assert missing == []


def test_no_english_sentence_is_left_over() -> None:
    assert set(english()) - set(wanted()) == set()


def test_english_keeps_the_values_of_the_message() -> None:
    def values(text: str) -> set[str]:
        return set(re.findall(r"%\((\w+)\)s", text))

    for message, sentences in english().items():
        for sentence in _strings(sentences):
            assert values(sentence) == values(message), message


def test_compiled_catalogue_is_the_written_one() -> None:
    compiled = GNUTranslations(BytesIO(CATALOGUE.with_suffix(".mo").read_bytes()))
    for message, sentences in english().items():
        there = (
            [compiled.gettext(message)]
            if isinstance(sentences, str)
            else [compiled.ngettext(message, "", n) for n in (1, 2)]
        )
        assert there == list(_strings(sentences)), "run pybabel compile -d src/hitotsu/faces/locale -D django"


def _strings(value: str | tuple[str, ...] | None) -> tuple[str, ...]:
    return value if isinstance(value, tuple) else (value or "",)
