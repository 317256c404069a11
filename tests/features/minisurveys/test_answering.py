"""What follows the question is its answer; commands and complaints stay what they are."""

import pytest

from bot.kernel.messages import UpdateKind
from tests.features.minisurveys.conftest import TWO, USED, Shop

NEXT = "记下了，谢谢。最后一个：希望改进？\n不想答发“跳过”。"
THANKS = "谢谢你告诉我们，都记下了。+10 积分。"
WON = "SELECT sum(points) FROM point_entries WHERE reason LIKE 'reward%'"
COMPLAINT = "衣服破了个大洞，我要投诉你们，马上退款"


@pytest.fixture(autouse=True)
async def question(shop: Shop) -> None:
    shop.writes(TWO)
    await shop.joins()
    await shop.asked()


async def test_two_answers_are_kept_thanked_and_bring_points_once(shop: Shop) -> None:
    assert await shop.says("包装很用心！") == [NEXT]
    assert await shop.says("多进些小码") == [THANKS]
    assert await shop.answers() == ['["包装很用心！", "多进些小码"]']
    assert await shop.house.ask(WON) == [(10,)]


async def test_what_is_said_afterwards_is_no_answer_any_more(shop: Shop) -> None:
    await shop.says("包装很用心")
    await shop.says("多进些小码")
    said = await shop.says("今天天气真好")

    assert "记下了" not in str(said)
    assert len(await shop.answers()) == 1


async def test_a_question_is_passed_by_and_the_next_one_is_asked(shop: Shop) -> None:
    assert await shop.says("跳过") == ["好，跳过了。最后一个：希望改进？\n不想答发“跳过”。"]
    said = await shop.says("多进些小码")
    assert said == ["谢谢你告诉我们，都记下了。", "这次回答 +10 积分，谢谢你。"]
    assert await shop.answers() == ['["", "多进些小码"]']


async def test_who_passes_both_by_is_left_alone(shop: Shop) -> None:
    await shop.says("跳过")

    assert await shop.says("跳过") == ["好的，不打扰你了。"]
    assert await shop.answers() == []
    assert await shop.house.ask("SELECT count(*) FROM deeds WHERE kind = 'feedback'") == [(0,)]


@pytest.mark.parametrize("words", ["好的", "谢谢", "你好", "5", "👍", "什么时候发货？", "还有货吗"])
async def test_what_is_no_answer_is_answered_as_ever(shop: Shop, words: str) -> None:
    await shop.says(words)

    assert await shop.answers() == []


async def test_a_nod_leaves_the_question_open(shop: Shop) -> None:
    await shop.says("好的")

    assert await shop.says("包装很用心") == [NEXT]


async def test_a_wish_may_be_put_as_a_question(shop: Shop) -> None:
    await shop.says("包装很用心")

    assert await shop.says("能不能多进些小码？") == [THANKS]


async def test_after_a_command_only_an_answer_that_names_itself_counts(shop: Shop) -> None:
    assert "打卡成功" in str(await shop.says("打卡"))
    await shop.says("包装很用心")
    assert await shop.answers() == []

    assert await shop.says("回答 包装很用心") == [NEXT]
    assert await shop.says("回答：多进些小码") == [THANKS]
    assert await shop.answers() == ['["包装很用心", "多进些小码"]']


async def test_a_command_between_the_questions_works_and_loses_nothing(shop: Shop) -> None:
    await shop.says("包装很用心")
    assert "打卡成功" in str(await shop.says("打卡"))

    assert await shop.says("多进些小码") == [THANKS]


async def test_the_second_question_waits_half_an_hour_for_plain_words(shop: Shop) -> None:
    await shop.says("包装很用心")
    shop.house.clock.tick(minutes=31)
    await shop.says("多进些小码")

    assert await shop.answers() == ['["包装很用心"]']
    assert await shop.says("回答 小码再多些") == [THANKS]


async def test_the_first_one_waits_two_days_and_by_name_a_week(shop: Shop) -> None:
    shop.house.clock.tick(hours=48)
    await shop.says("包装很用心")
    assert await shop.answers() == []

    assert await shop.says("回答 包装很用心") == [NEXT]
    await shop.waits(days=5)
    said = await shop.says("回答 多进些小码")
    assert said == ["现在没有等你回答的小问卷。有话想对我们说，直接发来，或者发“转人工”找真人。"]


async def test_words_that_only_begin_like_it_are_an_ordinary_answer(shop: Shop) -> None:
    await shop.says("回答得很快，包装也用心")

    assert await shop.answers() == ['["回答得很快，包装也用心"]']


async def test_a_question_may_be_passed_by_by_name(shop: Shop) -> None:
    await shop.says("打卡")

    assert "最后一个" in str(await shop.says("回答 跳过"))


async def test_an_answer_to_nothing_is_told_so(shop: Shop) -> None:
    assert "现在没有等你回答的小问卷" in str(await shop.says("回答 很好", "lily"))


async def test_the_command_alone_says_what_is_asked(shop: Shop) -> None:
    [said] = await shop.says("回答")

    assert said.startswith("还等着你回答：最大惊喜？")


async def test_a_complaint_is_kept_as_the_answer_and_reaches_a_human(shop: Shop) -> None:
    said = await shop.says(COMPLAINT)

    assert "希望改进" not in str(said)
    assert "真人" in str(said) or "顾问" in str(said)
    assert await shop.cases() == ["complaint"]
    assert await shop.answers() == [f'["{COMPLAINT}"]']
    await shop.says("多进些小码")
    assert len(await shop.answers()) == 1
    assert "小码" not in str(await shop.answers())


async def test_a_complaint_that_names_itself_an_answer_reaches_one_too(shop: Shop) -> None:
    said = await shop.says(f"回答 {COMPLAINT}")

    assert "希望改进" not in str(said)
    assert await shop.cases() == ["complaint"]
    assert len(await shop.answers()) == 1


async def test_an_emergency_in_the_second_answer_reaches_a_human(shop: Shop) -> None:
    await shop.says("包装很用心")
    said = await shop.says("穿了以后全身起疹子，呼吸困难，在医院急诊")

    assert await shop.cases() == ["safety"]
    assert "都记下了" not in str(said)
    assert "急诊" in str(await shop.answers())


async def test_while_a_human_has_her_nothing_is_an_answer(shop: Shop) -> None:
    await shop.says("转人工")
    await shop.says("包装很用心")

    assert await shop.answers() == []


async def test_in_a_group_nothing_is_an_answer(shop: Shop) -> None:
    await shop.says("包装很用心", group="g-1")

    assert await shop.answers() == []


async def test_a_picture_is_no_answer(shop: Shop) -> None:
    await shop.says("", kind=UpdateKind.IMAGE)

    assert await shop.answers() == []


async def test_the_same_message_again_is_no_second_answer(shop: Shop) -> None:
    await shop.says("包装很用心", key="once")
    await shop.says("包装很用心", key="once")

    assert await shop.answers() == ['["包装很用心"]']


async def test_what_is_to_be_improved_is_sorted_with_what_others_say(shop: Shop) -> None:
    await shop.says("包装很用心")
    await shop.says("面料太薄，起球")

    rows = await shop.house.ask("SELECT words, about FROM voices")
    assert rows == [("面料太薄，起球", "product")]


async def test_that_there_is_nothing_to_improve_is_no_opinion(shop: Shop) -> None:
    await shop.says("包装很用心")

    assert await shop.says("没有") == [THANKS]
    assert await shop.house.ask("SELECT count(*) FROM voices") == [(0,)]


async def test_a_mild_complaint_is_sorted_once(shop: Shop) -> None:
    await shop.says("包装很用心")
    await shop.says("快递有点慢，客服回得也慢，不太满意")

    assert await shop.house.ask("SELECT count(*) FROM voices") == [(1,)]


@pytest.mark.parametrize("words", ["长" * 10_000, "<b>好</b>\u202e{{ 7 * 7 }}", "=1+1 很好"])
async def test_hostile_words_are_kept_as_words(shop: Shop, words: str) -> None:
    assert await shop.says(words) == [NEXT]

    [(kept,)] = await shop.house.ask("SELECT answers FROM mini_surveys")
    assert len(str(kept)) < 520
    assert "<b>" not in await shop.page()


async def test_one_question_is_thanked_and_its_points_are_told(shop: Shop) -> None:
    shop.writes(USED)
    await shop.joins("lily")
    await shop.orders("lily", delivered_at=shop.now)
    shop.house.clock.tick(days=7)
    await shop.jobs()

    assert await shop.says("袖子长了点", "lily") == [
        "谢谢你告诉我们，都记下了。",
        "这次回答 +10 积分，谢谢你。",
    ]


async def test_without_a_rule_no_points_are_spoken_of(shop: Shop) -> None:
    shop.writes(TWO, rewards="")
    await shop.jobs()
    await shop.says("包装很用心")

    assert await shop.says("多进些小码") == ["谢谢你告诉我们，都记下了。"]
