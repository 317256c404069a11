from pathlib import Path

import pytest

from bot.commons.answers import PLAIN, Folding, Synonyms, squeezed
from bot.commons.content import Library
from tests.kit.care import FORMS
from tests.kit.desk import Desk


def test_letters_and_figures_stay_and_all_else_goes() -> None:
    assert squeezed("＠小拾 【請問】Ｍ碼 還有嗎？？") == "请问m码还有吗"
    assert squeezed("🙏……") == ""


def test_a_traditional_character_is_the_simplified_one() -> None:
    assert squeezed("這件襯衫上的鑽會變黃嗎") == "这件衬衫上的钻会变黄吗"


def test_a_latin_word_and_a_number_are_one_piece() -> None:
    assert PLAIN.units("VIP 会员有 100 分吗") == ("vip", "会", "员", "有", "100", "分", "吗")


def test_the_longest_word_of_the_table_goes_first() -> None:
    folding = Folding(Synonyms(same=(("退货", "退"), ("退款", "退钱"))))

    assert folding.units("退钱") == ("退款",)
    assert folding.units("能退") == ("能", "退货")


@pytest.mark.parametrize(
    ("table", "line", "message"),
    [
        ('same = [["退货", "退"], ["退", "还"]]\n', 1, '"退" means "退货" already'),
        ('same = [["退货", "退"]]\nnothing = ["退"]\n', 2, '"退" stands in "same", too'),
        ('same = [["退货", "！"]]\n', 1, '"！" has no letter'),
        ('same = [["退货"]]\n', 1, "same"),
        ("sane = []\n", 1, "sane"),
    ],
    ids=["twice", "both", "no letter", "alone", "unknown key"],
)
def test_a_mistake_in_the_table_is_told_with_its_line(
    tmp_path: Path, table: str, line: int, message: str
) -> None:
    desk = Desk(tmp_path)
    desk.write("synonyms.toml", table)

    (problem,) = Library.read(desk.content, forms=FORMS).problems

    assert problem.path.endswith("content/synonyms.toml")
    assert problem.line == line
    assert message in problem.message
