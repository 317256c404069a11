"""Every test here may ask for a web house, or for a browser in front of one."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from tests.kit.doorstep import Street, open_street
from tests.kit.web import Browser, WebHouse, open_house


@pytest.fixture
def house(tmp_path: Path) -> Iterator[WebHouse]:
    """Offer a web house on a fresh database."""
    opened = open_house(tmp_path)
    yield opened
    opened.store.close()


@pytest.fixture
async def browser(house: WebHouse) -> AsyncIterator[Browser]:
    """Offer a browser in front of the house."""
    async with house.open() as opened:
        yield opened


@pytest.fixture
async def street(tmp_path: Path) -> AsyncIterator[Street]:
    """Offer a web house with the platforms behind its logins."""
    async with open_street(tmp_path) as opened:
        yield opened
