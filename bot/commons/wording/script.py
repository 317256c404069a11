"""Which simplified character is meant by a traditional one. No database."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path


@cache
def simplified() -> Mapping[int, str]:
    """Return the simplified character for each traditional one, as `str.translate` wants them.

    It is for comparing what members write, never for showing it: names would be rewritten.
    """
    pairs = Path(__file__).with_name("traditional.txt").read_text(encoding="utf-8").split()
    return {ord(pair[0]): pair[1] for pair in pairs}
