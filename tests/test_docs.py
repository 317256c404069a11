"""Pages that are made from the code say what the code says."""

from tests.kit.channels_page import PAGE, page


def test_the_page_of_channels_equals_their_records() -> None:
    assert PAGE.read_text("utf-8") == page(), "run `make docs`"
