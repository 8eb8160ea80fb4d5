import pytest
from tests.faces.portal.sample_plan import FIRST, SECOND, adopt_edition, load_sample_region


@pytest.fixture
def region(db: None) -> int:
    """The packaged region, and an organisation that may have plans in it."""
    return load_sample_region()


@pytest.fixture
def plan(region: int) -> str:
    """The slug of a plan in its first edition."""
    adopt_edition(region, FIRST, "one.txt")
    return "mizuki-dx"


@pytest.fixture
def two_editions(region: int, plan: str) -> str:
    """The slug of a plan in its second edition."""
    adopt_edition(region, SECOND, "two.txt")
    return plan
