import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.features.guide.rules import (
    NO_LIMIT,
    Wish,
    asks_stock,
    bands,
    budget_in,
    product_in,
    size_in,
    wants_guide,
    wish_in,
)

CATEGORIES = ["外套/大衣", "外套", "衬衫"]
STYLES = ["通勤", "复古"]


@pytest.mark.parametrize(
    ("said", "yuan"),
    [
        ("五百以内", 500),
        ("预算一千二百", 1200),
        ("预算 800", 800),
        ("500-800 元", 800),
        ("300到500", 500),
        ("不超过２０００块", 2000),
        ("1.5k左右", 1500),
        ("两千元", 2000),
        ("一万二千以下", 12_000),
        ("3千以内", 3000),
        ("165的身高", None),
        ("两件外套", None),
        ("5块", None),
        ("预算没想好", None),
    ],
)
def test_a_budget_is_read_as_people_write_it(said: str, yuan: int | None) -> None:
    assert budget_in(said) == yuan


def test_a_number_alone_is_a_budget_when_it_was_asked_for() -> None:
    assert budget_in("600", alone=True) == 600
    assert budget_in("六百", alone=True) == 600
    assert budget_in("600") is None


@pytest.mark.parametrize(
    ("said", "wish"),
    [
        ("推荐通勤外套", Wish("外套", "通勤")),
        ("想要一件大衣", Wish("外套/大衣")),
        ("襯衫 復古 500以内", Wish("衬衫", "复古", 500)),
        ("随便", Wish()),
    ],
    ids=str,
)
def test_a_wish_is_read_from_a_sentence(said: str, wish: Wish) -> None:
    found = wish_in(said, CATEGORIES, STYLES)

    assert found.style == wish.style
    assert found.budget_yuan == wish.budget_yuan
    assert found.category in {wish.category, *(["外套/大衣"] if wish.category == "外套" else [])}


@pytest.mark.parametrize(
    ("said", "category"),
    [
        ("推荐一件五百以内的裙子", "裙装"),
        ("想买连衣裙", "裙装"),
        ("帮我挑条牛仔裤", "裤装"),
        ("推荐一件毛衣", "针织"),
        ("想要条围巾", "配饰"),
        ("推荐一件旗袍", ""),
    ],
)
def test_a_category_is_found_by_its_noun_and_by_names_of_products(said: str, category: str) -> None:
    names = [
        ("奶白绞花毛衣", "针织"),
        ("黑色高领羊毛衫", "针织"),
        ("羊绒围巾 焦糖", "配饰"),
        ("直筒牛仔裤", "裤装"),
    ]

    assert wish_in(said, ["裙装", "裤装", "针织", "配饰"], STYLES, names).category == category


@pytest.mark.parametrize(
    ("said", "wants"),
    [
        ("推荐一下", True),
        ("帮我挑件衣服", True),
        ("有什么好看的推荐吗", True),
        ("想买外套", True),
        ("推荐一件八百以内的旗袍", True),
        ("推荐一部电影", False),
        ("推荐好友有什么奖励", False),
        ("推荐什么尺码的外套", False),
        ("想买房", False),
        ("想换个风格，推荐外套", True),
        ("外套怎么洗", False),
        ("我想要退款300元", False),
        ("想要退回500元", False),
        ("我想要把衬衫退了", False),
        ("想要把大衣换个颜色", False),
        ("想要衬衫的发票", False),
        ("想要300块补偿", False),
    ],
)
def test_only_who_wants_to_be_shown_things_gets_the_guide(said: str, *, wants: bool) -> None:
    assert wants_guide(said, wish_in(said, CATEGORIES, STYLES)) is wants


@pytest.mark.parametrize(
    ("said", "name", "size"),
    [
        ("复古风衣有货吗", "复古风衣", ""),
        ("请问复古风衣还有M码吗", "复古风衣", "m"),
        ("还有xl码吗", "", "xl"),
        ("灯芯绒半裙什么时候补货", "灯芯绒半裙", ""),
        ("你们那款牛仔裤 27码 还有货吗", "牛仔裤", "27"),
    ],
)
def test_a_question_about_stock_names_a_product_and_a_size(said: str, name: str, size: str) -> None:
    assert asks_stock(said)
    assert product_in(said).replace(" ", "") == name
    assert size_in(said) == size


def test_a_long_sentence_is_looked_for_in_few_pieces_of_many_names() -> None:
    names = [(f"第{number}款百褶半裙加长版", "裙装") for number in range(20_000)]
    said = "想要" + "".join(chr(0x4E00 + 3 * at) for at in range(190)) + "百褶半裙"

    assert wish_in(said, [], [], names).category == "裙装"


@given(st.text(max_size=200))
def test_nothing_that_is_said_breaks_the_reading(said: str) -> None:
    wish = wish_in(said, CATEGORIES, STYLES)
    wants_guide(said, wish)
    asks_stock(said)
    product_in(said)
    size_in(said)
    limit = budget_in(said, alone=True)
    assert limit is None or 10 <= limit <= 1_000_000


@given(st.lists(st.integers(1, 100_000), max_size=30))
def test_limits_to_choose_from_leave_something_out_and_end_without_one(prices: list[int]) -> None:
    limits = bands(prices)

    assert limits == [] or limits[-1] == NO_LIMIT
    assert all(min(prices) <= limit < max(prices) for limit in limits[:-1])
