"""The menu that is shipped with the example community."""

from pathlib import Path

from bot import app as roof
from bot.commons.content import Library
from bot.features.menus.rules import MenuFile
from bot.kernel.router import Switchboard

CONTENT = Path(__file__).parents[3] / "content"


def test_the_example_is_a_menu_whose_words_the_rooms_know() -> None:
    draft = MenuFile(CONTENT / "menu.toml").draft()
    switchboard = Switchboard(room.router for room in roof.FEATURES)
    keys = [one.key for entry in draft.menu for one in (entry, *entry.below) if one.key]

    assert draft.is_good
    assert draft.problems == ()
    assert keys
    assert [key for key in keys if not switchboard.knows(key)] == []
    assert not switchboard.knows("天气怎么样")


def test_the_menu_is_no_content_file() -> None:
    assert Library.read(CONTENT, forms=roof.forms_of_rooms()).problems == ()
