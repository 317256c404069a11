"""An export comes in parts that are not too large."""

from hypothesis import given
from hypothesis import strategies as st

from bot.features.privacy.rules import in_parts
from bot.kernel.files import Packed


def of_size(size: int) -> Packed:
    return Packed("x", size, lambda: (_ for _ in ()).throw(FileNotFoundError()))


@given(st.lists(st.integers(0, 100), min_size=1), st.integers(1, 200))
def test_parts_hold_everything_in_order_and_only_one_file_alone_is_too_large(
    sizes: list[int], most: int
) -> None:
    files = [of_size(size) for size in sizes]

    parts = list(in_parts(files, most))

    assert [file for part in parts for file in part.files] == files
    for part in parts:
        assert len(part.files) == 1 or sum(file.bytes for file in part.files) <= most
    assert all(part.files for part in parts)
