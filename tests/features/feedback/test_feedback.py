"""What members think of answers: kept, counted, shown beside the answer, forgotten with them."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from bot.channels.wecom.aibot.incoming import read
from bot.commons import members
from bot.features import feedback
from bot.features.feedback import service
from bot.features.feedback.rules import Verdict
from bot.kernel.community import Community
from bot.kernel.desk import Answers
from bot.kernel.ids import ChannelName, MemberId
from bot.kernel.messages import Card, CardKind, Image, Outgoing, Part, Recall, Text, Update
from bot.pipeline import inbox, outbox
from bot.pipeline.said import Said
from tests.kit.rooms import NOON, Store
from tests.kit.talk import Talk

AIBOT = ChannelName("aibot")
SAMPLES = Path(__file__).parents[2] / "channels" / "wecom" / "aibot" / "samples"
(PAGE,) = feedback.feature.pages


def rating(
    name: str,
    *,
    after_s: float = 0,
    who: str = "lihua",
    fields: Mapping[str, object] | None = None,
) -> Update:
    """Return a sample of the platform as an update."""
    body = json.loads((SAMPLES / f"aibot_event_feedback_{name}.json").read_text("utf-8"))
    body["event"]["feedback_event"] |= fields or {}
    body["from"]["userid"] = who
    update = read(AIBOT, json.dumps(body), sent_s="", now=NOON)
    assert isinstance(update, Update)
    return replace(update, at=NOON + timedelta(seconds=after_s))


@pytest.fixture
def talk(store_on_both: Store) -> Talk:
    talk = Talk(store_on_both, [feedback.feature], Community("拾光衣橱", "Asia/Shanghai"))
    talk.tools.add(Answers, Said())
    return talk


def opinions(talk: Talk) -> Sequence[service.Opinion]:
    return talk.store.do(lambda uow: service.latest(uow, most=10))


def counted(talk: Talk, verdict: Verdict) -> int:
    return talk.store.do(lambda uow: service.count(uow, verdict))


def page(talk: Talk) -> str:
    shown = talk.store.do(lambda uow: PAGE.load(uow, talk.tools, {}))
    return talk.words(PAGE.template, csrf_field="", **shown)


def said(talk: Talk, key: str, part: Part) -> None:
    message = Outgoing(AIBOT, "lihua", part, key, why="features.checkin.check_in", trace="u7")
    talk.store.do(lambda uow: outbox.put(uow, [message], lambda one: one.recipient))


@pytest.mark.parametrize(
    ("name", "verdict", "reasons", "words"),
    [
        ("accurate", Verdict.ACCURATE, [], ""),
        ("inaccurate", Verdict.INACCURATE, ["incomplete", "data"], "能再详细一些么"),
        ("cancel", Verdict.CANCELLED, [], ""),
    ],
)
def test_the_platforms_samples_are_kept(
    talk: Talk, name: str, verdict: Verdict, reasons: list[str], words: str
) -> None:
    assert talk.hears(rating(name)) == [], "the platform takes no answer to it"

    [one] = opinions(talk)
    assert (one.answer, one.verdict) == ("fb_invented_01", verdict)
    assert (list(one.reasons), one.words) == (reasons, words)


def test_who_changes_her_mind_is_counted_once(talk: Talk) -> None:
    for seconds, name in enumerate(("inaccurate", "accurate", "cancel", "inaccurate")):
        talk.hears(rating(name, after_s=seconds))
    talk.hears(rating("accurate", who="zhaolei"))

    counts = {verdict: counted(talk, verdict) for verdict in Verdict}
    assert counts == {Verdict.INACCURATE: 1, Verdict.ACCURATE: 1, Verdict.CANCELLED: 0}
    reasons = talk.store.do(service.count_reasons)
    assert reasons == {"incomplete": 1, "data": 1}


def test_an_older_opinion_that_comes_late_changes_nothing(talk: Talk) -> None:
    talk.hears(rating("cancel", after_s=9))
    talk.hears(rating("inaccurate"))

    [one] = opinions(talk)
    assert (one.verdict, one.words) == (Verdict.CANCELLED, "")


@pytest.mark.parametrize(
    "fields",
    [
        {"type": 9},
        {"type": None},
        {"type": [2, 1], "id": ""},
        {"id": {}},
        {"type": "２"},
        {"type": True},
    ],
    ids=str,
)
def test_what_nobody_understands_is_left_alone(talk: Talk, fields: dict[str, object]) -> None:
    talk.hears(rating("accurate", fields=fields))

    assert opinions(talk) == []


@pytest.mark.parametrize("reasons", [[99], "x", {"a": 1}, [[2]], [2, 2], None], ids=str)
def test_reasons_of_any_shape_do_no_harm(talk: Talk, reasons: object) -> None:
    talk.hears(rating("inaccurate", fields={"inaccurate_reason_list": reasons}))

    [one] = opinions(talk)
    assert set(one.reasons) <= {"other", "incomplete"}


def test_the_page_shows_the_answer_that_was_rated(talk: Talk) -> None:
    said(talk, "fb_invented_01", Text("打卡成功，已连续 3 天"))
    talk.hears(rating("inaccurate"))
    shown = page(talk)

    for words in ("打卡成功，已连续 3 天", "内容不全", "数据分析有误", "能再详细一些么", "u7"):
        assert words in shown
    assert "不准确 <strong>1</strong>" in shown


def test_an_answer_of_callback_mode_is_found_by_the_question(talk: Talk) -> None:
    question = Update(AIBOT, "fb_invented_01", rating("cancel").kind, "aibot:lihua", NOON, "lihua")
    [accepted] = talk.store.do(lambda uow: inbox.put(uow, [question]))
    said(talk, f"reply:{accepted.id}:1", Text("第一句"))
    said(talk, "reply:99:0", Text("别人的"))
    talk.hears(rating("accurate"))

    assert "第一句" in page(talk)
    assert "别人的" not in page(talk)


def test_an_answer_that_was_deleted_is_told_so(talk: Talk) -> None:
    talk.hears(rating("accurate"))

    assert "原文已清理" in page(talk)


@pytest.mark.parametrize(
    ("part", "words"),
    [
        (Card("c", CardKind.TEXT_NOTICE, "开会", "开会：明早九点"), "明早九点"),
        (Image(alt="合影"), "合影"),
        (Recall("x"), "recall"),
    ],
    ids=lambda value: getattr(value, "kind", "words"),
)
def test_an_answer_of_any_kind_has_words(talk: Talk, part: Part, words: str) -> None:
    said(talk, "fb_invented_01", part)
    talk.hears(rating("accurate"))

    assert words in page(talk)


def test_hostile_words_stay_words(talk: Talk) -> None:
    talk.hears(
        rating("inaccurate", fields={"content": "<script>alert(1)</script>\u202e" + "长" * 5_000})
    )
    shown = page(talk)

    assert "<script>" not in shown
    assert "&lt;script&gt;" in shown
    [one] = opinions(talk)
    assert len(one.words) <= 501


def test_the_page_is_kind_when_nobody_has_rated(talk: Talk) -> None:
    assert "还没有人评价过" in page(talk)


def test_the_figures_are_those_of_now(talk: Talk) -> None:
    talk.hears(rating("inaccurate"))
    talk.hears(rating("accurate", who="zhaolei"))

    figures = [talk.store.do(metric.read) for metric in feedback.feature.metrics]
    assert figures == [1, 1]


def test_ratings_leave_with_their_member(talk: Talk) -> None:
    talk.hears(rating("inaccurate"))
    talk.hears(rating("accurate", who="zhaolei"))
    lihua = member(talk, "lihua", NOON)
    [data] = feedback.feature.personal

    exported = talk.store.do(lambda uow: data.export(uow, lihua))
    assert [one["words"] for one in exported] == ["能再详细一些么"]
    talk.store.do(lambda uow: data.erase(uow, lihua))
    assert [one.verdict for one in opinions(talk)] == [Verdict.ACCURATE]


def member(talk: Talk, who: str, at: datetime) -> MemberId:
    return talk.store.do(lambda uow: members.resolve(uow, AIBOT, who, at))
