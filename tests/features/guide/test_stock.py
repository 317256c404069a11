import pytest

from bot.kernel.work import Statement
from tests.features.guide.test_choosing import HANDED_OVER, says
from tests.kit.care import Counter, product


@pytest.mark.parametrize(
    "said",
    ["复古风衣有货吗", "有货吗 复古风衣", "还有货吗复古风衣", "復古風衣有貨嗎？", "A1 还有吗"],
)
async def test_what_is_there_is_told_with_the_age_of_the_feed(counter: Counter, said: str) -> None:
    counter.clock.tick(hours=3)

    assert await says(counter, said) == (
        "复古风衣 · 899 元\n有货，按商品表 8月24日 12:00 的数（3 小时前），以下单时为准。"
        "要留一件或者看别的，发“转人工”。"
    )


@pytest.mark.parametrize("said", ["想买复古风衣", "推荐一件复古风衣", "我想要一件复古风衣"])
async def test_who_wants_a_certain_one_is_told_of_that_one(counter: Counter, said: str) -> None:
    assert (await says(counter, said)).startswith("复古风衣 · 899 元\n有货")


async def test_what_is_not_there_comes_with_the_day_of_the_feed_and_others(
    counter: Counter,
) -> None:
    assert await says(counter, "真丝衬衫什么时候补货") == (
        "真丝衬衫现在没货，按商品表 8月24日 12:00 的数。\n"
        "商品表写的补货日期是 8月29日，到时候以店里为准。\n"
        "同一类里有货的：\n1. 醋酸衬衫 · 399 元\n"
        "想让顾问帮你留意或者挑别的，发“转人工”。"
    )
    assert (await says(counter, "1")).startswith("醋酸衬衫 · 399 元\n有货")


async def test_no_day_is_invented(counter: Counter) -> None:
    said = await says(counter, "灯芯绒半裙有货吗")

    assert "什么时候补，商品表没有写，我不乱说。" in said
    assert "同一类里" not in said


async def test_a_day_that_has_passed_is_not_told(counter: Counter) -> None:
    counter.clock.tick(days=6)
    await counter.feeds(product("B2", "真丝衬衫", stock=0, restock_at=counter.clock.now()))

    assert "商品表没有写" in await says(counter, "真丝衬衫有货吗")


async def test_unknown_stock_is_a_humans(counter: Counter) -> None:
    assert await says(counter, "羊绒围巾还有吗") == (
        f"羊绒围巾还有没有货，商品表没有写，我不猜，这就请顾问查。\n{HANDED_OVER}"
    )
    (case,) = await counter.cases()
    assert "羊绒围巾还有吗" in str(case["reasons"])


async def test_an_old_feed_is_not_believed(counter: Counter) -> None:
    counter.clock.tick(hours=49)

    said = await says(counter, "复古风衣有货吗")

    assert said.startswith("复古风衣的库存是商品表 8月24日 12:00 的数（49 小时前），太旧了，我不猜")
    assert said.endswith(HANDED_OVER)


async def test_a_size_that_the_feed_does_not_tell_is_a_humans(counter: Counter) -> None:
    await says(counter, "复古风衣有货吗")

    said = await says(counter, "还有M码吗")

    assert said.startswith("复古风衣的 M 码还有没有，商品表没有分码写，我不猜")
    assert said.endswith(HANDED_OVER)


async def test_a_size_that_the_feed_tells_is_answered(counter: Counter) -> None:
    assert (await says(counter, "灯芯绒半裙还有M码吗")).startswith("灯芯绒半裙 M现在没货")


async def test_several_of_a_name_are_asked_back(counter: Counter) -> None:
    await counter.feeds(product("F1", "双面呢大衣 驼色"), product("F2", "双面呢大衣 黑色"))

    asked = await says(counter, "双面呢大衣有货吗")
    assert asked.startswith("想查哪一款？回数字，或者把款名打出来：\n1. 双面呢大衣")
    assert "转人工" in asked
    assert "有货，按商品表" in await says(counter, "2")


async def test_a_question_without_a_name_is_asked_back(counter: Counter) -> None:
    assert (await says(counter, "有货吗")).startswith("想查哪一款？把款名打出来就行。")
    assert (await says(counter, "复古风衣")).startswith("复古风衣 · 899 元")
    assert (await says(counter, "什么时候补货")).startswith("复古风衣 · 899 元")


async def test_what_is_in_no_feed_is_a_humans_the_second_time(counter: Counter) -> None:
    assert (await says(counter, "有货吗 火箭")).startswith("商品表里没找到“火箭”。")
    assert await says(counter, "飞船") == HANDED_OVER


async def test_talk_about_stock_in_general_is_left_to_the_questions(counter: Counter) -> None:
    counter.writes("preorder", ["断货的还会补吗", "补货了能通知我吗"], "看面料。")

    assert (await says(counter, "断货的还会补吗")).startswith("看面料。")


async def test_a_file_without_products_says_nothing_certain(counter: Counter) -> None:
    await counter.house.writer.do(lambda uow: uow.run(Statement("DELETE FROM products")))

    said = await says(counter, "有货吗 复古风衣")

    assert said == f"我这里还没有商品表，说不准有什么货，这就请顾问来看。\n{HANDED_OVER}"
