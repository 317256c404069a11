"""Every reason has words that a person reads."""

from enum import StrEnum

import pytest
from jinja2 import Environment, FileSystemLoader

from bot.commons.duty import AbsenceKind, Because, Nobody, WhyNot
from tests.kit.talk import SHARED


@pytest.mark.parametrize(
    ("name", "reasons"),
    [("why_not", WhyNot), ("because", Because), ("nobody", Nobody), ("leaves", AbsenceKind)],
)
def test_every_reason_has_words(name: str, reasons: type[StrEnum]) -> None:
    folder = Environment(loader=FileSystemLoader(SHARED), autoescape=True)
    words = getattr(folder.get_template("duty.txt.j2").module, name)

    assert set(words) == {one.value for one in reasons}
