"""What members say is sorted by rules; what they can't sort waits, and a person corrects them."""

from collections import Counter
from pathlib import Path

import pytest

from bot.commons.ratings import About, VoiceWords
from bot.commons.ratings.sorting import Classifier
from bot.kernel.errors import Refusal
from tests.features.satisfaction.conftest import Shop

DATA = Path(__file__).parent / "data"


def macro_f1(pairs: list[tuple[str, str]]) -> float:
    """Return the mean over kinds of what precision and recall make together."""
    counted = Counter(pairs)
    scores = []
    for kind in set(About) - {About.FINE}:  # of members nobody says by rule that it was fine
        hit = counted[kind.value, kind.value]
        said = sum(many for (_, found), many in counted.items() if found == kind.value)
        true = sum(many for (want, _), many in counted.items() if want == kind.value)
        scores.append(2 * hit / (said + true) if said + true else 0.0)
    return sum(scores) / len(scores)


@pytest.mark.parametrize(
    ("file", "least", "floor"),
    [
        ("voices.tsv", 200, 0.90),  # the words were chosen by looking at these
        ("voices_fresh.tsv", 40, 0.50),  # measured once, and no word was added for them
    ],
)
def test_labelled_lines_are_sorted_well_enough(
    file: str, least: int, floor: float, capsys: pytest.CaptureFixture[str]
) -> None:
    sorter = Classifier()
    labelled = [line.split("\t") for line in (DATA / file).read_text("utf-8").splitlines()]
    pairs = [(want, sorter.classify(text)[0].value) for want, text in labelled]

    found = macro_f1(pairs)
    with capsys.disabled():
        print(f"\n{file}: macro-F1 of {len(pairs)} labelled lines {found:.3f}")  # noqa: T201 - the figure
    assert len(pairs) >= least
    assert found >= floor


def test_operators_add_words_and_take_words_away() -> None:
    assert Classifier().classify("灯牌不亮")[0] is About.UNSURE
    assert Classifier(VoiceWords(product=("灯牌",))).classify("灯牌不亮")[0] is About.PRODUCT
    assert Classifier(VoiceWords(off=("空调",))).classify("空调这样")[0] is About.UNSURE


def test_as_much_for_one_as_for_another_is_unsure() -> None:
    assert Classifier(VoiceWords(product=("甲甲",), service=("乙乙",))).classify("甲甲乙乙") == (
        About.UNSURE,
        ["甲甲", "乙乙"],
    )


async def test_what_is_judged_is_kept_and_sorted_once(shop: Shop) -> None:
    await shop.says("我要投诉，毛衣起球开线，质量太差了")

    rows = await shop.house.ask("SELECT about, by_rule, words FROM voices")
    assert rows == [("product", "product", "我要投诉，毛衣起球开线，质量太差了")]
    page = await shop.page("voices")
    assert "商品质量" in page
    assert "依据：" in page
    assert "毛衣起球" not in await shop.page("voices", about="service")


async def test_a_person_corrects_it_and_takes_that_back(shop: Shop) -> None:
    await shop.says("我要投诉，毛衣起球开线，质量太差了")

    assert "改好了" in await shop.does("voices", "correct", voice="1", about="service")
    assert await shop.house.ask("SELECT about, who FROM voices") == [("service", "boss")]
    assert "规则说是商品质量" in await shop.page("voices")
    assert "撤销了" in await shop.does("voices", "undo", voice="1")
    assert await shop.house.ask("SELECT about, who FROM voices") == [("product", "")]
    audit = await shop.house.ask("SELECT what FROM audit WHERE what LIKE 'voices.%' ORDER BY id")
    assert audit == [("voices.service",), ("voices.by_rule",)]


async def test_what_it_has_led_to_is_noted_and_taken_back(shop: Shop) -> None:
    await shop.says("我要投诉，毛衣起球开线，质量太差了")

    await shop.does("voices", "handle", voice="1", words="换了面料供应商")
    assert "已改进：" in await shop.page("voices")
    await shop.does("voices", "unhandle", voice="1")
    assert await shop.house.ask("SELECT handled, handled_at FROM voices") == [("", None)]


@pytest.mark.parametrize(
    ("act", "form"),
    [
        ("correct", {"voice": "1", "about": "nonsense"}),
        ("correct", {"voice": "99", "about": "service"}),
        ("undo", {"voice": "1"}),
        ("handle", {"voice": "1", "words": "  "}),
        ("handle", {"voice": "x", "words": "好"}),
        ("unhandle", {"voice": "1"}),
    ],
)
async def test_a_wrong_form_changes_nothing(shop: Shop, act: str, form: dict[str, str]) -> None:
    await shop.says("我要投诉，毛衣起球开线，质量太差了")

    with pytest.raises(Refusal):
        await shop.does("voices", act, **form)
    assert await shop.house.ask("SELECT about, handled FROM voices") == [("product", "")]
