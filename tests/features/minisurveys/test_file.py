"""What is wrong with the file is named with its line and the fix; nobody is asked meanwhile."""

from pathlib import Path

import pytest

from bot.commons.content import Library
from tests.features.minisurveys.conftest import FORMS, TWO, Shop
from tests.kit.desk import Desk

QUESTION = '{ text = "问？", kind = "improve" }'
WRONG = {
    "three questions": (
        TWO.replace("\n]", '\n  { text = "还有？", kind = "improve" },\n]'),
        [("bad-value", 8, "3 questions, at most 2: ask less, or send a 问卷")],
    ),
    "asked twice": (
        TWO.replace("最大惊喜？", "希望改进？"),
        [("duplicate-name", 7, '"希望改进？" is asked twice')],
    ),
    "fatigue": (
        "fatigue_days = 13\n",
        [("bad-value", 1, "13, never below 14")],
    ),
    "too long after delivery": (
        f"[used]\non = true\nafter_days = 8\nquestions = [{QUESTION}]\n",
        [("bad-value", 3, "after_days")],
    ),
    "too late": (
        f"[paid]\non = true\nafter_hours = 73\nquestions = [{QUESTION}]\n",
        [("bad-value", 3, "after_hours")],
    ),
    "no question": (
        "[paid]\non = true\nafter_hours = 1\nquestions = []\n",
        [("bad-value", 4, "questions")],
    ),
    "unknown kind": (
        TWO.replace('"surprise"', '"praise"'),
        [("bad-value", 6, "kind")],
    ),
    "unknown key": (TWO + "points = 5\n", [("unknown-key", 9, "points")]),
    "sharing": (
        TWO.replace("最大惊喜？", "转发到朋友圈有奖"),
        [("share-for-reward", 6, "转发")],
    ),
    "not on or off": (TWO.replace("true", '"yes"'), [("wrong-type", 3, "on")]),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_mistake_is_named_with_its_line(tmp_path: Path, name: str) -> None:
    text, wanted = WRONG[name]
    desk = Desk(tmp_path)
    desk.write("minisurveys.toml", text)

    found = Library.read(desk.content, forms=FORMS).problems
    assert [(one.rule, one.line) for one in found] == [(rule, line) for rule, line, _ in wanted]
    assert all(words in one.message for one, (_, _, words) in zip(found, wanted, strict=True))


def test_the_file_of_the_example_has_no_mistake() -> None:
    content = Path(__file__).parents[3] / "content"
    problems = Library.read(content, forms=FORMS).problems

    assert [one for one in problems if "minisurveys" in one.path] == []


async def test_while_it_has_a_mistake_nobody_is_asked_and_the_page_says_so(shop: Shop) -> None:
    shop.writes(TWO, "[used]\n")
    await shop.joins()
    await shop.orders()

    assert await shop.waits(hours=2) == []
    page = await shop.page()
    assert "有错，改好以前谁也不问" in page
    assert "第 9 行" in page
    shop.writes(TWO)
    assert len(await shop.waits(minutes=1)) == 1


async def test_a_file_that_changed_asks_its_own_questions_to_the_end(shop: Shop) -> None:
    shop.writes(TWO)
    await shop.joins()
    await shop.asked()
    shop.writes(TWO.replace("希望改进？", "还要什么？"))
    await shop.jobs()

    assert "希望改进？" in str(await shop.says("包装很用心"))
