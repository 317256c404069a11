"""Each week some chats that no human was called for are drawn, for a person to read."""

import json

import pytest

from bot.kernel.errors import Refusal
from bot.kernel.privacy import PersonalRegistry
from tests.features.review.conftest import Shop


async def test_who_wrote_without_needing_a_human_is_drawn_once(shop: Shop) -> None:
    await shop.says("请问几点开门", "amei")
    await shop.says("我要投诉你们，东西是坏的", "xiaoli")
    await shop.says("大家好", "lan", group="g-1")
    await shop.a_week_passes()
    await shop.a_week_passes()

    amei = await shop.member("amei")
    assert await shop.rows("SELECT member_id, place FROM sample_chats") == [(amei, 1)]
    assert await shop.rows("SELECT chats FROM sample_weeks ORDER BY week LIMIT 1") == [(1,)]
    assert len(await shop.rows("SELECT week FROM sample_weeks")) == 2


async def test_no_more_than_fifty_are_drawn(shop: Shop) -> None:
    for number in range(55):
        await shop.house.house.inbox.accept([shop.house.update(f"m{number}", "请问几点开门")])
    await shop.house.house.engine.settle()
    await shop.a_week_passes()

    assert await shop.rows("SELECT count(*) FROM sample_chats") == [(50,)]
    assert await shop.rows("SELECT chats FROM sample_weeks") == [(55,)]


async def test_who_has_refused_is_left_out_and_may_come_back(shop: Shop) -> None:
    assert await shop.says("不参加抽查") == [
        "好的，每周的对话抽查不会抽到你了。想再参加就发“参加抽查”。"
    ]
    await shop.says("请问几点开门")
    await shop.a_week_passes()
    assert await shop.rows("SELECT count(*) FROM sample_chats") == [(0,)]

    await shop.says("参加抽查")
    await shop.a_week_passes()
    assert await shop.rows("SELECT count(*) FROM sample_chats") == [(1,)]
    await shop.says("不参加抽查")
    assert await shop.rows("SELECT count(*) FROM sample_chats") == [(0,)], "nobody reads it now"


async def test_the_chat_is_shown_and_a_person_says_what_it_needed(shop: Shop) -> None:
    await shop.says("请问几点开门")
    await shop.a_week_passes()
    await shop.says("这是下一周说的")

    page = await shop.page("sample")
    assert "请问几点开门" in page
    assert "下一周" not in page
    assert "看了 <strong>0</strong> / 1" in page
    assert "才算得出召回率" in page
    assert await shop.does("sample", "human", chat="1") == "记下了：应该找真人。请看要不要联系她"
    [(escalate, turns)] = await shop.rows("SELECT escalate, turns FROM detector_lessons")
    assert escalate == 1
    assert json.loads(str(turns))[0] == {"role": "user", "text": "请问几点开门"}
    page = await shop.page("sample")
    assert "这一周看完了。" in page
    assert "估计的召回率 <strong>0%</strong>（95% 区间 0%–0%，n = 1，这一周找到 0 人）" in page


async def test_it_can_be_taken_back(shop: Shop) -> None:
    await shop.says("请问几点开门")
    await shop.a_week_passes()
    await shop.does("sample", "fine", chat="1")

    with pytest.raises(Refusal):
        await shop.does("sample", "human", chat="1")
    assert await shop.does("sample", "undo", chat="1") == "撤销了"
    assert await shop.rows("SELECT count(*) FROM detector_lessons") == [(0,)]
    with pytest.raises(Refusal):
        await shop.does("sample", "undo", chat="1")


async def test_found_and_missed_make_an_estimate(shop: Shop) -> None:
    await shop.says("请问几点开门")
    await shop.says("我要投诉你们，东西是坏的", "xiaoli")
    await shop.a_week_passes()
    await shop.does("sample", "fine", chat="1")

    assert "估计的召回率 <strong>100%</strong>" in await shop.page("sample")


async def test_without_a_week_there_is_nothing_to_read(shop: Shop) -> None:
    assert "还没有抽过" in await shop.page("sample")


async def test_what_was_drawn_goes_with_who_is_deleted(shop: Shop) -> None:
    await shop.says("请问几点开门")
    await shop.a_week_passes()
    await shop.does("sample", "fine", chat="1")
    member = await shop.member()

    await shop.do(lambda uow: shop.house.tools.use(PersonalRegistry).erase(uow, member))
    for table in ("sample_chats", "detector_lessons"):
        assert await shop.rows(f"SELECT count(*) FROM {table}") == [(0,)]
