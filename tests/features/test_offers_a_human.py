from pathlib import Path

import pytest

ROOMS = Path(__file__).parents[2] / "bot" / "features"
SAID_WITH_THE_HAND_OVER = {"guide/not_told", "guide/no_word"}
PIECES = {"faq/which", "faq/human", "guide/title", "guide/labels", "guide/which_title", "guide/m"}
"""What stands inside of others."""
MENUS = {"faq/menu", "guide/menu"}
TO_COLLEAGUES = {"faq/written", "faq/bad_form", "faq/reason", "faq/asked_human", "guide/reason"}


def said() -> dict[str, str]:
    """Return the texts that the bot answers with."""
    files = [file for room in ("faq", "guide") for file in ROOMS.glob(f"{room}/templates/*.txt.j2")]
    found = {
        f"{file.parts[-3]}/{file.name.split('.')[0]}": file.read_text("utf-8") for file in files
    }
    left_out = SAID_WITH_THE_HAND_OVER | PIECES | MENUS | TO_COLLEAGUES
    assert left_out < found.keys()
    return {name: text for name, text in found.items() if name not in left_out}


@pytest.mark.parametrize("name", said())
def test_every_text_that_the_bot_answers_with_by_itself_offers_a_human(name: str) -> None:
    assert "转人工" in said()[name]
