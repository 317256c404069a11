"""A community that asks, and an advisor who knows."""

from pathlib import Path

import pytest

from bot.features import questions
from bot.features.questions.rules import QuestionSettings
from bot.kernel.community import Advisor, Advisors
from tests.kit.hall import Hall
from tests.kit.rooms import Store


@pytest.fixture
def hall(store: Store, tmp_path: Path) -> Hall:
    made = Hall(store, questions.feature, tmp_path, QuestionSettings(skill="styling"))
    lisi, wang = Advisor("lisi", "李顾问", ("styling",)), Advisor("wang", "王顾问", ("complaint",))
    made.tools.add(Advisors, Advisors((lisi, wang)))
    return made


@pytest.fixture
def published(hall: Hall) -> Hall:
    """One question is answered and published."""
    hall.says("amei", "提问 羊毛大衣怎么洗")
    hall.operates("answer", question=1, answer="干洗，别机洗。")
    hall.operates("publish", question=1, words="羊毛大衣怎么洗？")
    return hall
