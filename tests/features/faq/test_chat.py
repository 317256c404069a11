from collections.abc import Sequence

import pytest

from bot.commons import members
from bot.features import faq
from bot.kernel.ids import MemberId
from bot.kernel.messages import Image, Tap, UpdateKind
from tests.kit.care import Counter

HOURS = "每天 10:00–21:30。\n\n没答到点上？发“转人工”找一位真人；有用就回“有用”。"
NOT_UNDERSTOOD = "这句我还没看懂。换个说法再问一次，或者发“转人工”找一位真人；发“帮助”看我会什么。"
HANDED_OVER = "已经请李顾问来看你的消息。接下来由真人回复你，小助手先不插话。"
ODD, OTHER = "帮我写一首诗", "给我讲个笑话"


@pytest.mark.parametrize("said", ["几点开门", "請問幾點開門？", "几点关门呀", "你们营业时间"])
async def test_a_question_is_answered_with_a_way_to_a_human(counter: Counter, said: str) -> None:
    assert await counter.hears("amei", said) == [HOURS]


async def test_a_question_is_answered_at_three_in_the_night(counter: Counter) -> None:
    counter.clock.tick(hours=15)

    assert await counter.hears("amei", "几点开门") == [HOURS]


async def test_what_may_mean_two_things_is_asked_back_once(counter: Counter) -> None:
    assert await counter.hears("amei", "积分") == [
        (
            "你是想问下面哪一个吗？回数字就行：\n1. 积分怎么用\n2. 积分会过期吗\n"
            "都不是，就换个说法，或者发“转人工”找一位真人。"
        )
    ]
    assert (await counter.hears("amei", "２"))[0].startswith("现在不过期。")
    assert await counter.ask("SELECT said, outcome, path FROM faq_questions") == [
        ("积分", "picked", "faq/points-end.md")
    ]


@pytest.mark.parametrize("then", ["都不是", ODD, "积分呢", "3"], ids=str)
async def test_a_second_doubt_in_a_row_is_a_humans(counter: Counter, then: str) -> None:
    await counter.hears("amei", "积分")

    assert await counter.hears("amei", then) == [HANDED_OVER]
    (case,) = await counter.cases()
    assert then in str(case["reasons"])


async def test_twice_not_understood_is_a_humans_and_never_a_third_time(counter: Counter) -> None:
    assert await counter.hears("amei", ODD) == [NOT_UNDERSTOOD]
    assert await counter.hears("amei", ODD) == [HANDED_OVER]
    assert await counter.hears("amei", ODD) == []
    assert await counter.hears("amei", "几点开门") == []
    assert len(await counter.cases()) == 1


async def test_two_slips_far_apart_are_two_firsts(counter: Counter) -> None:
    await counter.hears("amei", ODD)
    counter.clock.tick(minutes=11)

    assert await counter.hears("amei", OTHER) == [NOT_UNDERSTOOD]


async def test_an_answer_in_between_begins_anew(counter: Counter) -> None:
    await counter.hears("amei", ODD)
    await counter.hears("amei", "几点开门")

    assert await counter.hears("amei", OTHER) == [NOT_UNDERSTOOD]


async def test_a_choice_is_open_for_half_an_hour(counter: Counter) -> None:
    await counter.hears("amei", "积分")
    counter.clock.tick(minutes=31)

    assert await counter.hears("amei", "1") == [NOT_UNDERSTOOD]


async def test_the_one_thing_offered_is_meant_by_yes(counter: Counter) -> None:
    (asked,) = await counter.hears("amei", "开到几点")
    assert asked.startswith("你是想问“营业时间”吗？是就回 1。")

    assert await counter.hears("amei", "对的") == [HOURS]


@pytest.mark.parametrize("said", ["好的", "嗯嗯", "收到！", "晚安~"])
async def test_a_nod_is_no_question(counter: Counter, said: str) -> None:
    assert await counter.hears("amei", said) == []
    assert await counter.ask("SELECT * FROM faq_questions") == []


async def test_thanks_and_greetings_are_answered_and_never_counted(counter: Counter) -> None:
    for said in ("谢谢", "你好", "谢谢你", "在吗"):
        (answer,) = await counter.hears("amei", said)
        assert "转人工" in answer
    assert await counter.cases() == []


async def test_a_group_hears_nothing(counter: Counter) -> None:
    for said in ("几点开门", "有用", "没用", ODD):
        assert await counter.hears("amei", said, group="vip-1") == []


async def test_an_answer_is_rated_once(counter: Counter) -> None:
    await counter.hears("amei", "几点开门")

    assert await counter.hears("amei", "有用") == [
        "记下了，谢谢。还有别的事，直接问，或者发“转人工”。"
    ]
    assert (await counter.hears("amei", "没用"))[0].startswith("这条你已经评过了")
    assert await counter.ask("SELECT helpful FROM faq_questions") == [(1,)]


async def test_two_answers_of_no_use_lead_to_a_human(counter: Counter) -> None:
    await counter.hears("amei", "几点开门")
    assert (await counter.hears("amei", "没用"))[0].startswith("记下了，对不住。")

    assert await counter.hears("amei", ODD) == [HANDED_OVER]


async def test_a_rating_of_nothing_still_offers_a_human(counter: Counter) -> None:
    (answer,) = await counter.hears("amei", "没用")
    assert answer.startswith("最近没有可以评的回答。")
    assert await counter.hears("amei", "没用") == [HANDED_OVER]


async def test_buttons_say_the_same_as_numbers(with_buttons: Counter) -> None:
    await with_buttons.hears("amei", "积分")
    (card,) = with_buttons.cards("amei")
    assert [button.text for button in card.buttons] == ["积分怎么用", "积分会过期吗", "转人工"]

    assert (await press(with_buttons, "amei", card.buttons[0].key))[0].startswith("发“积分商城”")
    await with_buttons.hears("amei", "积分")
    assert await press(with_buttons, "amei", card.buttons[2].key) == [HANDED_OVER]


async def press(counter: Counter, who: str, button: str) -> Sequence[str]:
    return await counter.hears(who, "", kind=UpdateKind.TAP, tap=Tap(button))


async def test_words_for_a_few_are_said_to_them_alone(counter: Counter) -> None:
    body = "每人一份。\n"
    variant = '[variants.vip]\nwhen = "tag:vip"\nbody = "你有两份。"\n'
    counter.writes("gift", ["生日有礼物吗", "生日礼"], body, variant)
    await counter.hears("lily", "你好")
    await counter.house.writer.do(lambda uow: members.tag(uow, MemberId(1), "vip", who="lisi"))

    assert (await counter.hears("lily", "生日礼"))[0].startswith("你有两份。")
    assert (await counter.hears("amei", "生日礼"))[0].startswith("每人一份。")


async def test_what_is_valid_for_some_days_goes_first_on_them(counter: Counter) -> None:
    dates = "valid_from = 2026-10-01\nvalid_until = 2026-10-07\n"
    counter.writes("holiday", ["国庆营业时间", "几点开门"], "国庆 11:00 开。", dates)
    assert await counter.hears("amei", "几点开门") == [HOURS]

    counter.clock.tick(days=40)
    for said in ("几点开门", "你们几点开门"):
        assert (await counter.hears("amei", said))[0].startswith("国庆 11:00 开。")


async def test_pictures_follow_the_words(counter: Counter) -> None:
    counter.desk.write("media/map.png", b"png")
    counter.writes("way", ["怎么走", "地图"], "按图走。", 'media = ["map.png"]\n')
    await counter.hears("amei", "地图")

    assert counter.said_last("amei").part == Image(path="map.png", alt="怎么走")


async def test_a_file_that_is_gone_is_not_answered(counter: Counter) -> None:
    await counter.hears("amei", "积分")
    (counter.desk.content / "faq" / "points-use.md").unlink()
    counter.looks()

    assert await counter.hears("amei", "1") == [HANDED_OVER]


@pytest.mark.parametrize("said", ["几" * 10_000, "😀" * 500, "How much is it?", "؟"], ids=len)
async def test_anything_may_be_said(counter: Counter, said: str) -> None:
    answers = await counter.hears("amei", said)

    assert answers in ([], [NOT_UNDERSTOOD])


async def test_every_word_of_ours_offers_a_human(counter: Counter) -> None:
    for said in ("几点开门", "没用", "谢谢", "你好", "几点开门", "积分", "都不是"):
        for answer in await counter.hears("amei", said):
            assert "转人工" in answer or answer == HANDED_OVER


async def test_what_was_asked_is_deleted_after_its_time(counter: Counter) -> None:
    await counter.hears("amei", "几点开门")
    counter.clock.tick(days=91)
    (tidy,) = [job for job in faq.feature.jobs if job.name == "faq.tidy"]
    await counter.house.writer.do(lambda uow: tidy.run(uow, counter.tools))

    assert await counter.ask("SELECT * FROM faq_questions") == []


async def test_an_answer_that_can_not_be_made_is_a_humans(counter: Counter) -> None:
    counter.writes("month", ["几月了"], "{{ date.day % (date.month - 8) }}")

    assert await counter.hears("amei", "几月了") == [HANDED_OVER]
    (case,) = await counter.cases()
    assert "faq/month.md" in str(case["reasons"])
