from collections.abc import Sequence

import pytest

from bot.commons import profiles
from bot.kernel.community import Advisor, Advisors
from bot.kernel.ids import MemberId
from bot.kernel.messages import Tap, UpdateKind
from bot.kernel.work import Statement
from tests.kit.care import Counter, product

HANDED_OVER = "已经请李顾问来看你的消息。接下来由真人回复你，小助手先不插话。"
TAIL = "不挑就回“跳过”，不看了回“退出”，想让真人帮你挑发“转人工”。"


async def says(counter: Counter, *words: str, who: str = "amei") -> str:
    """Let a member write one thing after another; return the last answer."""
    answers: Sequence[str] = []
    for each in words:
        answers = await counter.hears(who, each)
    return "\n".join(answers)


async def test_three_questions_lead_to_what_is_there(counter: Counter) -> None:
    assert await says(counter, "导购") == f"想看哪一类？回数字就行：\n1. 外套\n2. 衬衫\n{TAIL}"
    asked = await says(counter, "1")
    assert asked == f"喜欢哪种风格？回数字就行：\n1. 复古\n2. 极简\n3. 通勤\n{TAIL}"
    asked = await says(counter, "跳过")
    assert asked == f"预算大概多少？回数字就行：\n1. 900 元以内\n2. 不限\n{TAIL}"
    assert await says(counter, "1") == (
        "按900 元以内挑的，都有货：\n1. 短款夹克 · 459 元\n2. 复古风衣 · 899 元\n"
        "有没有货按商品表 8月24日 12:00 的数，以下单时为准。\n"
        "“换风格”“预算 800”可以改条件；回“没有合适的”或者“转人工”，请顾问替你挑。"
    )


@pytest.mark.parametrize(
    ("said", "first"),
    [
        ("推荐一件外套", "喜欢哪种风格？"),
        ("想买通勤的外套", "按通勤挑的，都有货：\n1. 复古风衣"),
        ("帮我挑一件一千以内的复古外套", "按复古、1000 元以内挑的，都有货：\n1. 短款夹克"),
        ("推荐 外套 900元以内", "喜欢哪种风格？"),
        ("有什么推荐的吗", "想看哪一类？"),
        ("幫我推薦一件襯衫", "这几件都有货：\n1. 醋酸衬衫"),
    ],
    ids=str,
)
async def test_what_a_sentence_says_is_not_asked(counter: Counter, said: str, first: str) -> None:
    assert (await says(counter, said)).startswith(first)


async def test_another_wish_is_no_other_budget_for_what_was_shown(counter: Counter) -> None:
    await says(counter, "有货吗 复古风衣")

    assert (await says(counter, "推荐一件五百以内的衬衫")).startswith(
        "按500 元以内挑的，都有货：\n1. 醋酸"
    )


@pytest.mark.parametrize("said", [("导购", "1", "跳过"), ("推荐一件五百以内的衬衫",)], ids=len)
async def test_money_back_is_no_budget(counter: Counter, said: Sequence[str]) -> None:
    await says(counter, *said)

    assert (await says(counter, "想要退款300元")).startswith("这句我还没看懂。")


async def test_what_she_said_once_is_never_asked_again(counter: Counter) -> None:
    await says(counter, "导购", "外套", "通勤", "预算一千")

    assert (await says(counter, "推荐外套")).startswith("按通勤、1000 元以内挑的")
    counter.clock.tick(hours=2)
    assert (await says(counter, "导购")).startswith("想看哪一类？")
    assert (await says(counter, "1")).startswith("按通勤、1000 元以内挑的")


async def test_what_her_profile_says_is_not_asked(counter: Counter) -> None:
    await says(counter, "你好")
    on_file = profiles.Profile(styles=("极简", "复古"))
    await counter.house.writer.do(lambda uow: profiles.keep_profile(uow, MemberId(1), on_file))

    assert (await says(counter, "推荐外套")).startswith("预算大概多少？")
    assert (await says(counter, "不限")).startswith("按极简、复古挑的")


async def test_where_nothing_of_her_style_is_left_others_are_shown(counter: Counter) -> None:
    await says(counter, "推荐复古外套")
    await counter.feeds(product("A3", "短款夹克", yuan=459, style="复古", stock=0))

    assert (await says(counter, "推荐外套")).startswith("你常穿的复古现在没有货，先看看别的风格：")


async def test_at_most_three_are_shown_and_the_next_ones_on_demand(counter: Counter) -> None:
    await counter.feeds(*(product(f"E{n}", f"马甲{n}", stock=9 - n) for n in range(5)))
    shown = await says(counter, "推荐外套", "跳过", "不限")

    assert shown.count(" 元\n") == 3
    assert "回“换一批”看别的；" in shown
    assert "马甲0" not in await says(counter, "换一批")


async def test_conditions_can_be_changed(counter: Counter) -> None:
    await says(counter, "推荐外套", "通勤", "1")

    assert (await says(counter, "换风格")).startswith("喜欢哪种风格？")
    assert (await says(counter, "复古")).startswith("按复古挑的")
    assert (await says(counter, "预算 300")).startswith("300 元以内复古外套现在都没货。")
    assert (await says(counter, "预算 500")).startswith("按复古、500 元以内挑的")


async def test_nothing_that_fits_leads_to_an_advisor(counter: Counter) -> None:
    assert await says(counter, "推荐外套", "跳过", "不限", "没有合适的") == HANDED_OVER
    (case,) = await counter.cases()
    assert "导购挑的都不合适" in str(case["reasons"])


@pytest.mark.parametrize("fed", [True, False])
async def test_an_advisor_who_can_dress_people_is_asked(counter: Counter, *, fed: bool) -> None:
    stylist = Advisor("wang", "王顾问", ("styling",))
    counter.tools.add(Advisors, Advisors((Advisor("lisi", "李顾问"), stylist)))
    if not fed:
        counter.clock.tick(days=30)

    steps = ("推荐外套", "跳过", "不限", "没有合适的") if fed else ("推荐外套",)
    assert "已经请王顾问来看你的消息。" in await says(counter, *steps)


async def test_a_number_shows_one_of_them(counter: Counter) -> None:
    assert (await says(counter, "推荐外套", "跳过", "不限", "2")).startswith(
        "复古风衣 · 899 元\n有货"
    )


async def test_she_may_leave_at_any_time(counter: Counter) -> None:
    assert (await says(counter, "导购", "退出")).startswith("好，先到这里。")
    assert (await says(counter, "1")).startswith("这句我还没看懂。")


@pytest.mark.parametrize("steps", range(1, 5))
async def test_a_human_is_one_word_away_at_every_step(counter: Counter, steps: int) -> None:
    await says(counter, *("导购", "1", "跳过", "1")[:steps])

    assert await says(counter, "转人工") == HANDED_OVER


async def test_a_dialogue_ends_by_itself(counter: Counter) -> None:
    await says(counter, "导购")
    counter.clock.tick(minutes=31)

    assert (await says(counter, "1")).startswith("这句我还没看懂。")


async def test_a_question_in_between_is_answered_and_the_guide_goes_on(counter: Counter) -> None:
    counter.writes("returns", ["退货", "怎么退货"], "七天内可以退。")
    await says(counter, "导购")

    assert (await says(counter, "怎么退货")).startswith("七天内可以退。")
    assert (await says(counter, "1")).startswith("喜欢哪种风格？")


async def test_words_that_are_no_choice_twice_lead_to_an_advisor(counter: Counter) -> None:
    assert (await says(counter, "导购", "火箭")).startswith("这句我还没看懂。")
    assert await says(counter, "9") == HANDED_OVER


async def test_an_old_feed_recommends_nothing(counter: Counter) -> None:
    counter.clock.tick(hours=49)

    said = await says(counter, "推荐外套")

    assert said.startswith("手上是商品表 8月24日 12:00 的数（49 小时前）")
    assert said.endswith(HANDED_OVER)


async def test_a_house_without_a_feed_says_so(counter: Counter) -> None:
    await counter.house.writer.do(lambda uow: uow.run(Statement("DELETE FROM products")))

    assert (await says(counter, "导购")).startswith("我这里还没有商品表")


async def test_buttons_say_the_same_as_numbers(with_buttons: Counter) -> None:
    await with_buttons.hears("amei", "导购")
    (card,) = with_buttons.cards("amei")
    assert [button.text for button in card.buttons] == ["外套", "衬衫", "跳过", "转人工"]

    await press(with_buttons, card.buttons[0].key)
    await press(with_buttons, card.buttons[2].key)
    assert with_buttons.cards("amei")[-1].title == "预算大概多少？"
    assert (await press(with_buttons, card.buttons[3].key)) == [HANDED_OVER]


async def test_an_old_button_does_no_harm(with_buttons: Counter) -> None:
    assert (await press(with_buttons, "guide:1"))[0].startswith("好，先到这里。")


async def press(counter: Counter, button: str) -> Sequence[str]:
    return await counter.hears("amei", "", kind=UpdateKind.TAP, tap=Tap(button))


async def test_a_group_hears_nothing(counter: Counter) -> None:
    for said in ("导购", "推荐外套", "有货吗 复古风衣", "复古风衣有货吗"):
        assert await counter.hears("amei", said, group="vip-1") == []
