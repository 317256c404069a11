"""What the detector was not sure of is read by a person, who calls a human or does not."""

import json
from typing import Any

import pytest

from bot.commons import cases
from bot.commons.cases import Ending
from bot.features import review
from bot.kernel.community import Advisors, Community
from bot.kernel.errors import Refusal
from bot.kernel.events import DetectorJudged
from bot.kernel.exporting import Asked
from tests.features.review.conftest import Shop


@pytest.mark.parametrize(("score", "kept"), [(0.19, 0), (0.2, 1), (0.499, 1), (0.5, 0), (0.9, 0)])
async def test_only_doubts_are_kept(shop: Shop, score: float, kept: int) -> None:
    await shop.says("你好")
    await shop.judged(score)

    assert await shop.rows("SELECT count(*) FROM detector_doubts") == [(kept,)]


async def test_the_page_lists_them_by_day_the_latest_first(shop: Shop) -> None:
    await shop.says("你好")
    await shop.judged(words="先说的")
    shop.house.clock.tick(days=1)
    await shop.judged(words="后说的", key="k2")

    page = await shop.page("review")
    assert page.index("后说的") < page.index("先说的")
    assert page.count('<h2 id="d-') == 2
    assert "像投诉 30%" in page
    assert "像在抱怨" in page


async def test_right_opens_a_case_and_she_is_told_honestly(shop: Shop) -> None:
    await shop.says("你好")
    await shop.judged()
    shop.house.clock.tick(hours=3)

    said = await shop.does("review", "human", doubt="1")
    assert said == "已经开了个案，派给顾问了，也告诉了她"
    assert shop.house.phone.texts("amei")[-1].startswith("已经请李顾问来看你的消息。")
    [(kind, advisor, reasons)] = await shop.rows("SELECT kind, advisor, reasons FROM cases")
    assert (kind, advisor, json.loads(str(reasons))) == ("complaint", "lisi", ["像在抱怨"])
    assert await shop.rows("SELECT words FROM case_evidence") == [("这个有点旧吧",)]
    assert await shop.rows("SELECT owner FROM conversation_owners") == [("pending_human",)]


async def test_it_says_so_when_nobody_can_be_asked(shop: Shop) -> None:
    await shop.says("你好")
    await shop.judged()
    shop.house.tools.add(Advisors, Advisors())

    said = await shop.does("review", "human", doubt="1")
    assert said.startswith("已经开了个案，现在没有顾问可派")


async def test_what_was_said_in_a_group_is_not_answered_there(shop: Shop) -> None:
    await shop.says("你好")
    before = len(shop.house.phone.sent)
    await shop.judged(group="g-1")

    said = await shop.does("review", "human", doubt="1")
    assert said == "已经开了个案，派给顾问了。现在没法给她发消息，请主动联系她"
    assert len(shop.house.phone.sent) == before
    assert await shop.rows("SELECT in_group FROM cases") == [("g-1",)]


async def test_not_is_written_down_and_can_be_taken_back(shop: Shop) -> None:
    await shop.says("你好")
    await shop.judged()

    assert "下面可以撤销" in await shop.does("review", "fine", doubt="1")
    assert await shop.rows("SELECT source, escalate FROM detector_lessons") == [("doubt", 0)]
    assert "都看过了" in await shop.page("review")
    assert await shop.does("review", "undo", doubt="1") == "撤销了"
    assert await shop.rows("SELECT count(*) FROM detector_lessons") == [(0,)]
    assert await shop.rows("SELECT count(*) FROM cases") == [(0,)]


async def test_the_second_who_decides_is_told_so(shop: Shop) -> None:
    await shop.says("你好")
    await shop.judged()
    await shop.does("review", "human", doubt="1")

    for act in ("human", "fine", "undo"):
        with pytest.raises(Refusal):
            await shop.does("review", act, doubt="1")
    for wrong in ("", "x", "-1", "99"):
        with pytest.raises(Refusal):
            await shop.does("review", "fine", doubt=wrong)
    assert await shop.rows("SELECT count(*) FROM cases") == [(1,)]


async def test_advisors_say_true_false_and_missed(shop: Shop) -> None:
    await shop.says("我要投诉你们，东西是坏的")
    member, now = await shop.member(), shop.house.clock.now()
    [(case,)] = await shop.rows("SELECT id FROM cases")
    number = int(str(case))

    for verdict, escalate in (("true", 1), ("false", 0)):
        event = DetectorJudged(member, number, verdict, "lisi", now)
        await shop.do(lambda uow, event=event: uow.publish(event))
        rows = await shop.rows("SELECT source, escalate, turns FROM detector_lessons")
        [(source, found, turns)] = rows
        assert (source, found) == ("desk", escalate), "the last word counts"
        assert json.loads(str(turns)) == [{"role": "user", "text": "我要投诉你们，东西是坏的"}]
    missed = DetectorJudged(member, number, "missed", "lisi", now, "phone:m9", "算了就这样吧")
    await shop.do(lambda uow: uow.publish(missed))
    rows = await shop.rows("SELECT key, escalate FROM detector_lessons ORDER BY id DESC LIMIT 1")
    assert rows == [("missed:phone:m9", 1)]


async def test_a_case_that_ends_as_a_false_alarm_teaches_so(shop: Shop) -> None:
    await shop.says("我要投诉你们，东西是坏的")
    [(case,)] = await shop.rows("SELECT id FROM cases")

    await shop.do(
        lambda uow: cases.resolve(uow, int(str(case)), who="lisi", code=Ending.FALSE_ALARM)
    )
    assert await shop.rows("SELECT source, escalate FROM detector_lessons") == [("desk", 0)]


async def test_what_was_said_is_exported_as_the_training_reads_it(shop: Shop) -> None:
    await shop.says("你好")
    shop.house.clock.tick(minutes=1)
    await shop.judged()
    await shop.does("review", "fine", doubt="1")

    [export] = review.feature.exports
    asked = Asked(Community("拾光衣橱"))
    found = await shop.house.house.writer.look(lambda uow: list(export.rows(uow, asked)))
    row: dict[str, Any] = dict(zip(export.columns, found[0], strict=True))
    assert export.name == "detector-feedback"
    assert row["turns"][0] == {"role": "user", "text": "你好"}, "what was said before belongs to it"
    assert row["turns"][-1] == {"role": "user", "text": "这个有点旧吧"}
    assert row["escalate"] is False
    assert "boss" not in json.dumps(row), "who has said it stays here"
