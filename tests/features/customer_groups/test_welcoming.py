"""A new friend is greeted within twenty seconds, once, or not at all; nobody is bothered by it."""

from pathlib import Path

import pytest

from bot.commons import members
from bot.commons.content import Known, Shelf
from bot.features import customer_groups
from bot.features.customer_groups.rules import CustomerGroupsSettings
from bot.kernel.community import Community
from bot.kernel.ids import ChannelName
from bot.kernel.work import Statement, UnitOfWork
from bot.pipeline.scheduler import Crons
from tests.kit.customers import customer
from tests.kit.groups import Stage
from tests.kit.platforms import Fault

_OWNED = Statement(
    "INSERT INTO conversation_owners (member_id, owner, advisor, case_id, at_platform, since)"
    " VALUES (:member, 'pending_human', '', 1, 0, 0)"
)
CALL = "externalcontact/send_welcome_msg"


def greetings(stage: Stage) -> list[tuple[str, str]]:
    return [(who, body["text"]["content"]) for who, body in stage.platform.welcomed]


async def test_a_new_friend_is_greeted_in_the_bots_own_words(stage: Stage) -> None:
    async with stage.house() as built:
        await stage.hears(built, stage.platform.befriends(1))

        ((who, words),) = greetings(stage)
    assert who == customer(1)
    assert words.startswith("你好，欢迎认识拾光衣橱")


async def test_who_waits_for_a_human_is_not_greeted(stage: Stage) -> None:
    async with stage.house() as built:

        def complains(uow: UnitOfWork) -> None:
            member = members.resolve(uow, ChannelName("kefu"), customer(1), stage.clock.now())
            uow.run(_OWNED, member=member)

        await built.house.writer.do(complains)
        await stage.hears(built, stage.platform.befriends(1), stage.platform.befriends(2))

        assert [who for who, _ in greetings(stage)] == [customer(2)]


async def test_a_repeat_of_the_callback_greets_nobody_twice(stage: Stage) -> None:
    async with stage.house() as built:
        told = stage.platform.befriends(1)
        await stage.hears(built, told, told)

        assert len(stage.platform.called(CALL)) == 1


async def test_after_twenty_seconds_nobody_is_called_or_told_but_it_is_counted(
    stage: Stage,
) -> None:
    async with stage.house() as built:
        told = stage.platform.befriends(1)
        stage.clock.tick(seconds=21)
        await stage.hears(built, told)

        assert stage.platform.called(CALL) == []
        assert await built.ask("SELECT count(*) FROM notices") == [(0,)]
        metrics = {one.name: one for one in built.house.features[0].metrics}
        late = metrics["customer_groups_welcomes_late_last_24h"]
        assert await built.house.writer.look(late.read) == 1


@pytest.mark.parametrize("code", [41050, 41051])
async def test_a_spent_code_is_counted_in_silence(stage: Stage, code: int) -> None:
    stage.platform.faults[CALL].append(Fault(errcode=code))
    async with stage.house() as built:
        await stage.hears(built, stage.platform.befriends(1))

        assert await built.ask("SELECT status FROM outbox") == [("dropped",)]
        assert await built.ask("SELECT count(*) FROM notices") == [(0,)]


async def test_another_app_that_is_just_sending_is_waited_for(stage: Stage) -> None:
    stage.platform.faults[CALL].append(Fault(errcode=41096))
    async with stage.house() as built:
        await stage.hears(built, stage.platform.befriends(1))
        assert greetings(stage) == []
        await stage.passes(built, seconds=3)

        assert len(greetings(stage)) == 1


async def test_an_operators_words_are_said_and_the_greeting_can_be_switched_off(
    stage: Stage,
) -> None:
    async with stage.house() as built:
        settings = CustomerGroupsSettings(welcome_text="你好呀")
        built.tools.add(CustomerGroupsSettings, settings)
        await stage.hears(built, stage.platform.befriends(1))
        built.tools.add(CustomerGroupsSettings, CustomerGroupsSettings(welcome=False))
        await stage.hears(built, stage.platform.befriends(2))

    assert greetings(stage) == [(customer(1), "你好呀")]


@pytest.mark.parametrize(
    ("body", "said"),
    [("{{ community }}欢迎你", "拾光衣橱欢迎你"), ("{{ nonsense }}", "备用的话")],
    ids=["good", "broken"],
)
async def test_a_content_file_gives_the_words(
    stage: Stage, tmp_path: Path, body: str, said: str
) -> None:
    (tmp_path / "content").mkdir()
    (tmp_path / "schedules").mkdir()
    file = f'+++\ntitle = "欢迎"\nkind = "knowledge"\nstage = "awareness"\n+++\n{body}\n'
    (tmp_path / "content" / "hello.md").write_text(file, "utf-8")
    known = Known([], [], "Asia/Shanghai", Crons())
    async with stage.house() as built:
        built.tools.add(Shelf, Shelf(tmp_path / "content", tmp_path / "schedules", known))
        built.tools.add(Community, Community("拾光衣橱"))
        built.tools.add(
            CustomerGroupsSettings,
            CustomerGroupsSettings(welcome_content="hello.md", welcome_text="备用的话"),
        )
        await stage.hears(built, stage.platform.befriends(1))
        page = customer_groups.feature.pages[0]
        shown = await built.house.writer.look(lambda uow: page.load(uow, built.tools, {}))

    assert greetings(stage) == [(customer(1), said)]
    assert shown["missing_welcome"] == ("hello.md" if said == "备用的话" else "")
    words = built.words(page.template, **shown, csrf_field="")
    assert ("找不到，或者排不出来" in words) == (said == "备用的话")


async def test_a_friend_without_a_code_is_not_written_to(stage: Stage) -> None:
    async with stage.house() as built:
        told = stage.platform.befriends(1)
        head, _, tail = told.partition("<WelcomeCode>")
        await stage.hears(built, head + tail.partition("</WelcomeCode>")[2])

        assert await built.ask("SELECT count(*) FROM outbox") == [(0,)]
