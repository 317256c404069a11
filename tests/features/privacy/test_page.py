"""The page of one's own data: what is kept, and the way out."""

import pytest

from bot.commons import audit, members, points
from bot.commons.checkins.rules import CheckinSettings
from bot.features import checkin, privacy
from bot.features.privacy.rules import PrivacySettings
from bot.features.privacy.service import NothingToCancel
from bot.kernel.community import Community
from bot.kernel.privacy import PersonalRegistry
from tests.kit.rooms import Store
from tests.kit.talk import Talk

PAGE = privacy.feature.member_pages[0]
REGISTRY = PersonalRegistry(
    (*members.personal, *points.personal, *audit.personal, *checkin.feature.personal)
)


@pytest.fixture
def talk(store: Store) -> Talk:
    tools = (Community("拾光衣橱"), CheckinSettings(), PrivacySettings(), REGISTRY)
    return Talk(store, [checkin.feature, privacy.feature], *tools)


def act(talk: Talk, name: str) -> str:
    member = talk.member("amei")
    reply = talk.store.do(lambda uow: PAGE.acts[name](uow, talk.tools, member, {}))
    return talk.words(reply.template, **reply.data)


def shown(talk: Talk) -> str:
    member = talk.member("amei")
    data = talk.store.do(lambda uow: PAGE.load(uow, talk.tools, member, {}))
    return talk.words(PAGE.template, csrf_field="", here="", **data)


def test_she_deletes_changes_her_mind_and_deletes_again(talk: Talk) -> None:
    talk.says("amei", "打卡")
    assert "还有 7 天可以反悔" in shown(talk)
    assert "2026 年 8 月 31 日 12:00" in act(talk, "erase")
    assert "撤销删除" in shown(talk)

    talk.store.clock.tick(days=1)
    assert "2026 年 8 月 31 日 12:00" in act(talk, "erase"), "the time does not move"
    act(talk, "keep")
    assert "确认删除" in shown(talk)
    with pytest.raises(NothingToCancel):
        act(talk, "keep")


def test_after_the_time_of_grace_she_is_gone(talk: Talk) -> None:
    talk.says("amei", "打卡")
    act(talk, "erase")
    talk.store.clock.tick(days=7, seconds=1)
    (job,) = privacy.feature.jobs

    talk.store.do(lambda uow: job.run(uow, talk.tools))
    assert talk.store.count("members") == talk.store.count("checkins") == 0
