"""The operators' page, and what members are told."""

from pathlib import Path

from bot.commons.notices import Notices
from bot.features import opinion, privacy
from bot.features.privacy.rules import PrivacySettings
from bot.kernel.community import Community
from bot.kernel.privacy import PersonalRegistry
from bot.kernel.work import UnitOfWork
from tests.kit.opinion import FALSE_ALARM, TRUE_ALARM, Asking, FakeModel, Found, asking
from tests.kit.rooms import Store
from tests.kit.talk import Talk

FOUND = {"算了": Found(0.3), "有点失望": Found(0.6)}


async def page(house: Asking) -> str:
    [found] = opinion.feature.pages
    shown = await house.house.writer.look(lambda uow: found.load(uow, house.tools, {}))
    return house.words(found.template, csrf_field="", **shown)


async def test_the_page_shows_what_was_asked_and_what_it_cost(tmp_path: Path) -> None:
    async with FakeModel() as model, asking(tmp_path, model.door(), FOUND) as house:
        model.says = TRUE_ALARM | {"reason": "<b>坏了</b>"}
        await house.hears("amei", "算了")
        model.says = FALSE_ALARM
        await house.hears("lily", "有点失望")
        model.next.append(500)
        await house.hears("vivi", "算了")
        shown = await page(house)

        assert "开着" in shown
        assert "<strong>3</strong> / 100 次" in shown
        assert "升 1，降 1" in shown
        assert "0.30 → 0.90" in shown
        assert "0.60 → 0.20" in shown
        assert "对方出错" in shown
        assert "&lt;b&gt;坏了&lt;/b&gt;" in shown
        assert "算了" not in shown, "what she wrote is not kept"
        assert await figures(house) == {"opinions_failed": 1, "opinions_raised": 1}


async def figures(house: Asking) -> dict[str, float]:
    def read(uow: UnitOfWork) -> dict[str, float]:
        return {metric.name: metric.read(uow) for metric in opinion.feature.metrics}

    return await house.house.writer.look(read)


async def test_the_page_says_that_the_model_rests(tmp_path: Path) -> None:
    async with FakeModel() as model, asking(tmp_path, model.door(), FOUND) as house:
        model.next.extend([500] * 5)
        for number in range(5):
            await house.hears(f"member-{number}", "算了")

        assert "12:15 再试" in await page(house)


async def test_the_page_of_a_house_that_asks_nobody_says_how_to_begin(tmp_path: Path) -> None:
    async with Asking(tmp_path, FOUND) as house:
        shown = await page(house)

        assert "没有打开" in shown
        assert "[opinion]" in shown


def told(store: Store, community: Community) -> str:
    registry = PersonalRegistry(opinion.feature.personal)
    talk = Talk(store, [privacy.feature], community, PrivacySettings(), registry, Notices())
    (answer,) = talk.says("amei", "我的数据")
    [mine, *_] = privacy.feature.member_pages
    amei = talk.member("amei")
    shown = store.do(lambda uow: mine.load(uow, talk.tools, amei, {}))
    return answer + talk.words(mine.template, here="", csrf_field="", **shown)


def test_members_are_told_of_the_model_only_where_one_is_asked(store: Store) -> None:
    quiet = told(store, Community("拾光衣橱"))
    assert "大模型" not in quiet
    assert "第二意见" not in quiet

    named = told(store, Community("拾光衣橱", second_opinion="model.example.com"))
    assert named.count("model.example.com") == 2
    assert "去掉你的姓名、电话、地址" in named
