"""She is asked once when a case has ended, and her answer counts, however she gives it."""

import pytest

from bot.commons import cases
from bot.commons.cases import Did, Ending
from bot.kernel.messages import UpdateKind
from tests.features.satisfaction.conftest import Shop

COMPLAINT = "我要投诉你们，东西是坏的"


async def test_she_is_asked_once_a_minute_after_the_end(shop: Shop) -> None:
    await shop.served()

    assert await shop.waits(seconds=30) == []
    [card] = await shop.waits(seconds=31)
    assert card.title == "李顾问刚才帮你处理得怎么样？点一下就好。"
    assert [button.text for button in card.buttons] == [
        *("5 非常满意", "4 满意", "3 一般", "2 不满意", "1 很不满意"),
    ]
    assert "回一个数字就行：5 非常满意" in card.fallback
    assert await shop.waits(minutes=5) == []


async def test_a_tap_is_her_answer(shop: Shop) -> None:
    await shop.served()
    [card] = await shop.waits(minutes=2)

    assert await shop.taps(card.buttons[0].key) == ["收到，5 分，谢谢你告诉我们。"]
    assert await shop.ratings() == [("answered", 5)]


@pytest.mark.parametrize(
    ("text", "score"), [("5", 5), ("４", 4), ("满意", 4), ("非常满意！", 5), ("3分", 3)]
)
async def test_a_number_or_its_word_is_her_answer(shop: Shop, text: str, score: int) -> None:
    await shop.served()
    await shop.waits(minutes=2)

    assert await shop.says(text) == [f"收到，{score} 分，谢谢你告诉我们。"]
    assert await shop.ratings() == [("answered", score)]


async def test_what_she_says_is_no_complaint_that_opens_the_case_again(shop: Shop) -> None:
    case = await shop.served()
    await shop.waits(minutes=2)

    [said] = await shop.says("不满意")
    assert "2 分" in said
    assert "回复“转人工”就行" in said
    assert await shop.ratings() == [("answered", 2)]
    assert await shop.house.ask(f"SELECT state FROM cases WHERE id = {case.id}") == [("resolved",)]


async def test_without_a_question_the_same_words_rate_nothing(shop: Shop) -> None:
    assert "谢谢你告诉我们" not in str(await shop.says("不满意"))
    assert await shop.ratings() == []


async def test_of_a_low_score_a_supervisor_is_told_once_and_it_is_written_down(shop: Shop) -> None:
    case = await shop.served()
    await shop.waits(minutes=2)
    await shop.says("1")
    await shop.says("2")

    [notice] = await shop.notices()
    assert f"个案 {case.id}（李顾问 接待）打了 1 分" in notice
    steps = await shop.house.ask(
        f"SELECT who, words FROM case_steps WHERE case_id = {case.id} AND what = '{Did.NOTED}'"
    )
    assert steps == [("member", "csat 1"), ("member", "csat 2")]


async def test_a_second_answer_within_a_day_changes_the_first(shop: Shop) -> None:
    await shop.served()
    [card] = await shop.waits(minutes=2)
    await shop.says("3")

    assert await shop.says("5") == ["好的，改成 5 分了。"]
    await shop.waits(hours=25)
    assert await shop.taps(card.buttons[4].key) == [
        "这次评价已经截止了。还有事情要说，直接发来，或者发“转人工”找真人。"
    ]
    assert await shop.house.ask("SELECT first_score, score FROM case_ratings") == [(3, 5)]


async def test_after_a_day_nothing_is_an_answer(shop: Shop) -> None:
    await shop.served()
    await shop.waits(minutes=2)
    await shop.waits(hours=24)

    await shop.says("5")
    assert await shop.ratings() == [("asked", 0)]


async def test_a_number_after_something_else_was_asked_is_no_rating(shop: Shop) -> None:
    await shop.served()
    await shop.waits(minutes=2)
    await shop.says("投票")

    await shop.says("2")
    assert await shop.ratings() == [("asked", 0)]


async def test_a_rating_that_names_itself_counts_whatever_was_said(shop: Shop) -> None:
    await shop.served()
    await shop.waits(minutes=2)
    await shop.says("投票")

    assert await shop.says("评分 4") == ["收到，4 分，谢谢你告诉我们。"]
    assert await shop.ratings() == [("answered", 4)]


async def test_a_vote_stays_a_vote(shop: Shop) -> None:
    await shop.served()
    await shop.waits(minutes=2)
    await shop.says("投票 2")

    assert await shop.ratings() == [("asked", 0)]


async def test_a_number_in_a_group_is_no_rating(shop: Shop) -> None:
    await shop.served()
    await shop.waits(minutes=2)

    await shop.says("5", group="g-1")
    assert await shop.ratings() == [("asked", 0)]


@pytest.mark.parametrize("code", [Ending.FALSE_ALARM, Ending.NOT_OURS])
async def test_after_a_false_alarm_nobody_is_asked(shop: Shop, code: Ending) -> None:
    await shop.served(code)

    assert await shop.waits(minutes=2) == []
    assert await shop.ratings() == []


async def test_who_has_sent_a_picture_is_not_asked(shop: Shop) -> None:
    await shop.says("你好")
    member = await shop.member()

    def opens(uow: object) -> None:
        concern = cases.Concern(
            member,
            cases.Kind.PICTURE,
            0,
            [],
            shop.house.clock.now(),
            shop.phone.name,
            "",
            "amei",
            key="p1",
            said_as=UpdateKind.IMAGE.value,
        )
        case = cases.open_case(uow, concern).case  # type: ignore[arg-type]  # a unit of work
        cases.resolve(uow, case.id, who="lisi", code=Ending.ANSWERED)  # type: ignore[arg-type]  # likewise

    await shop.house.house.writer.do(opens)
    assert await shop.waits(minutes=2) == []


async def test_who_wants_quiet_is_not_asked(shop: Shop) -> None:
    await shop.says("安静")
    await shop.served()

    assert await shop.waits(minutes=2) == []
    assert await shop.ratings() == [("not_asked", 0)]


async def test_who_is_to_be_deleted_is_not_asked(shop: Shop) -> None:
    await shop.served()
    await shop.says("删除我的数据")
    await shop.says("确认删除")

    assert await shop.waits(minutes=2) == []


async def test_she_is_not_asked_again_within_fourteen_days_but_after_a_complaint(
    shop: Shop,
) -> None:
    await shop.served()
    assert len(await shop.waits(minutes=2)) == 1
    await shop.waits(days=9)  # the case is closed for good
    await shop.served()
    assert await shop.waits(minutes=2) == []
    await shop.served(text=COMPLAINT)
    assert len(await shop.waits(minutes=2)) == 1, "each opening of a case is rated by itself"


async def test_a_case_that_is_opened_again_at_once_is_not_rated_yet(shop: Shop) -> None:
    await shop.served()
    await shop.says("转人工")

    assert await shop.waits(minutes=2) == []
    assert await shop.ratings() == [("not_asked", 0)]


async def test_of_few_answers_the_page_tells_no_share(shop: Shop) -> None:
    await shop.served()
    await shop.waits(minutes=2)
    await shop.says("2")

    page = await shop.page("satisfaction")
    assert "样本不足" in page
    assert "n = 1" in page
    assert "李顾问" in page
    assert "%" not in page.partition("2 分及以下</h2>")[0].replace("{{", "")


async def test_the_page_says_when_there_is_nothing(shop: Shop) -> None:
    assert "还没有人评价。" in await shop.page("satisfaction")
    assert "这里还没有意见。" in await shop.page("voices")
