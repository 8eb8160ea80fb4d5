"""The page about the NGSI-LD interface names what the interface answers to, and nothing else."""

import re
from pathlib import Path

from hitotsu.faces.ngsi.app import ROUTES

PAGE = Path(__file__).resolve().parents[2] / "docs" / "ngsi-ld.md"


def test_every_operation_is_documented_and_no_other() -> None:
    table = PAGE.read_text(encoding="utf-8").partition("## Operations")[2].partition("\n## ")[0]
    documented = dict(re.findall(r"^\| `([^`]+)` \| ([A-Z, ]+) \|", table, re.MULTILINE))
    assert documented == {"/".join(shape): ", ".join(sorted(methods)) for shape, methods in ROUTES.items()}
