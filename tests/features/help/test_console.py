import pytest

from bot.commons import members, notices
from bot.features.help import feature as help_room
from bot.features.help import service
from bot.kernel.community import Community
from bot.kernel.errors import Refusal
from bot.kernel.feature import Rooms
from bot.kernel.work import Statement
from tests.kit.rooms import Store
from tests.kit.talk import CHANNEL, Talk

(PAGE,) = help_room.pages


@pytest.fixture
def talk(store: Store) -> Talk:
    tools = (Community("拾光衣橱"), Rooms((help_room,)), notices.Notices())
    return Talk(store, [help_room], *tools)


def page(talk: Talk) -> str:
    shown = talk.store.do(lambda uow: PAGE.load(uow, talk.tools, {}))
    return talk.words(PAGE.template, csrf_field="", **shown)


def close(talk: Talk, member: str, action: str = "close") -> str:
    form = {"member": member}
    try:
        return talk.store.do(lambda uow: PAGE.actions[action](uow, talk.tools, form, "lisi"))
    except Refusal as refused:
        return "✗ " + talk.words(refused.template, **refused.words)


def test_the_page_says_who_waits_and_where_to_find_her(talk: Talk) -> None:
    talk.says("amei", "转人工")
    talk.says("amei", "人工")
    talk.store.do(lambda uow: members.name_identity(uow, CHANNEL, "amei", "<阿美>"))

    shown = page(talk)

    assert "&lt;阿美&gt;" in shown
    assert "simulator:<bdi>amei</bdi>" in shown
    assert "<td>2026-08-24 12:00</td>" in shown
    assert "<td>2</td>" in shown


def test_who_was_contacted_leaves_the_list(talk: Talk) -> None:
    talk.says("amei", "转人工")
    amei = talk.member("amei")

    assert close(talk, str(amei)).startswith(f"会员 {amei} 已标为“已联系”。")
    assert close(talk, str(amei)).startswith("✗ 没有找到")
    assert "现在没有人在等" in page(talk)
    assert talk.store.count("audit") == 1


def test_who_was_taken_off_by_mistake_is_put_back_where_she_stood(talk: Talk) -> None:
    talk.says("amei", "转人工")
    talk.says("amei", "人工")
    talk.store.clock.tick(minutes=5)
    talk.says("beibei", "转人工")
    amei = str(talk.member("amei"))
    close(talk, amei)
    assert "刚联系过的" in page(talk)
    assert "lisi" in page(talk)

    assert close(talk, amei, "reopen") == f"会员 {amei} 又在等人联系了，时间和次数照旧。"
    first, _ = talk.store.do(lambda uow: service.waiting(uow, most=9))
    assert (str(first.member), first.times) == (amei, 2)
    assert "刚联系过的" not in page(talk)
    assert close(talk, amei, "reopen").startswith("✗ 没有找到")
    audited = talk.store.do(lambda uow: uow.run(Statement("SELECT what FROM audit ORDER BY id")))
    assert [what for (what,) in audited] == ["help.request_closed", "help.request_reopened"]


def test_a_day_later_it_is_too_late_to_put_her_back(talk: Talk) -> None:
    talk.says("amei", "转人工")
    close(talk, str(talk.member("amei")))
    talk.store.clock.tick(days=1)

    assert "刚联系过的" not in page(talk)
    assert close(talk, str(talk.member("amei")), "reopen").startswith("✗ 没有找到")


def test_who_asks_again_is_back_on_the_list_with_a_new_time(talk: Talk) -> None:
    talk.says("amei", "转人工")
    close(talk, str(talk.member("amei")))
    talk.store.clock.tick(days=1)

    talk.says("amei", "转人工")

    assert "<td>2026-08-25 12:00</td>" in page(talk)


@pytest.mark.parametrize("member", ["", "x", "-1", "²", "9" * 30], ids=repr)
def test_a_wrong_form_closes_nothing(talk: Talk, member: str) -> None:
    assert close(talk, member).startswith("✗ 没有找到")


def test_the_figure_for_the_metrics(talk: Talk) -> None:
    (figure,) = help_room.metrics
    talk.says("amei", "转人工")

    assert talk.store.do(figure.read) == 1.0


def test_a_member_takes_her_requests_with_her(talk: Talk) -> None:
    talk.says("amei", "转人工")
    talk.does("amei", "subscribe")
    (own,) = help_room.personal
    amei = talk.member("amei")

    exported = talk.store.do(lambda uow: own.export(uow, amei))
    talk.store.do(lambda uow: own.erase(uow, amei))

    assert [row.get("told", row.get("times")) for row in exported] == ["welcome", 1]
    assert talk.store.count("help_told") == talk.store.count("human_requests") == 0


def test_the_list_of_those_who_wait_uses_the_index(talk: Talk) -> None:
    plan = talk.store.plan(Statement("SELECT COUNT(*) FROM human_requests WHERE closed_at IS NULL"))

    assert "SCAN" not in plan
