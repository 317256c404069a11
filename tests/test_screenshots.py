"""Each room's page for operators has a picture, and none is too large."""

import re
from pathlib import Path

import pytest

from tests.kit.screenshots import CHATS, CONSOLE, DESK, MEMBERS, MOST_BYTES, ROOMS


@pytest.mark.parametrize("page", sorted(ROOMS.glob("*.md")), ids=lambda page: page.stem)
def test_a_room_s_page_shows_its_picture(page: Path) -> None:
    picture = page.with_suffix(".png")

    assert re.search(rf'(\]\(|src="){picture.name}', page.read_text("utf-8"))
    assert picture.stat().st_size <= MOST_BYTES
    assert page.stem in {*MEMBERS, *CONSOLE, *DESK, *CHATS}
