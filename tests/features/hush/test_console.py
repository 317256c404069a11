import pytest

from bot.commons import members, outreach
from bot.commons.outreach import Letter, Purpose
from bot.features import hush
from bot.kernel.community import Community
from bot.kernel.errors import Refusal
from bot.kernel.ports import LastHeard
from tests.kit.rooms import Store
from tests.kit.talk import CHANNEL, Talk

(PAGE,) = hush.feature.pages
(FIGURE,) = hush.feature.metrics


@pytest.fixture
def talk(store: Store) -> Talk:
    talk = Talk(store, [hush.feature], Community("拾光衣橱"))
    talk.tools.add(LastHeard, lambda _uow, _channel, _identity: None)
    return talk


def writes(talk: Talk, who: str, subject: str, purpose: Purpose = Purpose.SERVICE) -> None:
    her, letter = talk.member(who), Letter(subject, subject, purpose, "hush/menu.txt.j2")
    talk.store.do(lambda uow: outreach.tell(uow, talk.tools, her, letter))


def page(talk: Talk) -> str:
    shown = talk.store.do(lambda uow: PAGE.load(uow, talk.tools, {}))
    return talk.words(PAGE.template, csrf_field="", **shown)


def settle(talk: Talk, **form: str) -> str:
    try:
        return talk.store.do(lambda uow: PAGE.actions["settle"](uow, talk.tools, form, "lisi"))
    except Refusal as refused:
        return "✗ " + talk.words(refused.template, **refused.words)


def test_an_empty_list_says_so(talk: Talk) -> None:
    assert "都发出去了" in page(talk)


def test_the_page_says_whom_to_call_and_why(talk: Talk) -> None:
    writes(talk, "amei", "沙龙「冬日大衣」改期", Purpose.ESSENTIAL)
    talk.store.do(lambda uow: members.name_identity(uow, CHANNEL, "amei", "<阿美>"))
    shown = page(talk)
    assert "&lt;阿美&gt;" in shown
    assert "simulator:<bdi>amei</bdi>" in shown
    assert "必须知道</span> 沙龙「冬日大衣」改期" in shown
    assert talk.store.do(FIGURE.read) == 1


def test_who_was_told_leaves_the_list_and_may_come_back(talk: Talk) -> None:
    writes(talk, "amei", "一")
    assert settle(talk, letter="1") == "已记下：有人告诉过她了。"
    assert "刚处理过的" in page(talk)
    assert talk.store.do(FIGURE.read) == 0
    assert settle(talk, letter="1").startswith("✗ 没有改")
    assert settle(talk, letter="1", undo="1") == "已放回名单。"
    assert "刚处理过的" not in page(talk)
    assert talk.store.do(FIGURE.read) == 1


@pytest.mark.parametrize("letter", ["", "0", "-1", "2", "1.0", "一", "9" * 30])
def test_a_letter_that_is_not_there_changes_nothing(talk: Talk, letter: str) -> None:
    writes(talk, "amei", "一")
    assert settle(talk, letter=letter).startswith("✗ 没有改")
