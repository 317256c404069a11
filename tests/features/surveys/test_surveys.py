"""Only whom it is for is asked; answered once, changed until it closes; counted with its n."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest

from bot import app as roof
from bot.app.tools import forms_of_rooms
from bot.commons.content import Library
from bot.commons.outreach import Hushed, hush
from bot.features import surveys
from bot.features.surveys import service
from bot.features.surveys.rules import Answer, Question, SurveySettings, count, questions_in, share
from bot.kernel.ids import MemberId
from bot.kernel.work import UnitOfWork
from tests.features.surveys.conftest import ANONYMOUS, FILLED, NPS, SURVEY, SurveyHall
from tests.kit.hall import HEAD
from tests.kit.lives import join, part
from tests.kit.rooms import Store


def sheet(hall: SurveyHall) -> str:
    [page] = hall.room.pages
    give = page.files
    assert give is not None
    found = hall.store.do(lambda uow: give(uow, hall.tools, 1))
    assert found is not None
    return found.open().read().decode("utf-8-sig")


def test_only_the_segment_is_asked_and_once(hall: SurveyHall) -> None:
    hall.member("nana")
    hall.asks_them()
    for _ in range(3):
        hall.runs("surveys.send")
    (letter,) = hall.letters("amei")
    assert "想请你填一份问卷：「秋冬大衣」\n4 个问题，8 月 25 日 22:00 截止" in letter
    assert "surveys/mine?survey=1" in letter
    assert ("lin", "surveys.sent") in hall.store.audited()
    assert hall.letters("nana") == []
    assert "✗" in hall.operates("send", survey=1)
    assert hall.says("nana", "问卷 1") == ["没有请你填的编号 1 的问卷。发“问卷”看看。"]
    assert "没有请你填的" in hall.sends("nana", "answer", FILLED)
    assert "秋冬大衣" not in hall.opens("nana")


def test_who_joins_the_segment_later_is_not_asked_and_who_leaves_it_still_may_answer(
    hall: SurveyHall,
) -> None:
    hall.asks_them()
    hall.in_segment("nana")
    hall.runs("surveys.send")
    assert hall.letters("nana") == []
    assert "没有请你填的" in hall.sends("nana", "answer", FILLED)


def test_before_it_is_sent_nobody_sees_it(hall: SurveyHall) -> None:
    hall.writes()
    hall.in_segment("amei")
    assert "没有请你填的" in hall.sends("amei", "answer", FILLED)
    assert "现在没有请你填的问卷" in hall.says("amei", "问卷")[0]
    assert "发给现在符合条件的 1 人" in hall.page()


def test_an_answer_counts_once_and_may_be_changed_until_it_closes(hall: SurveyHall) -> None:
    hall.asks_them()
    assert hall.sends("amei", "answer", FILLED) == "谢谢，记下了。截止前都可以改。"
    for _ in range(20):
        assert hall.sends("amei", "answer", FILLED | {"q-1": 3}) == "改好了。"
    assert hall.asks("SELECT answers FROM survey_answers") == [('[[3],[1],[5],"加长款"]',)]
    assert 'value="3" required checked' in hall.opens("amei")
    assert "你填过了，还能改" in hall.says("amei", "问卷")[0]
    hall.store.clock.at += timedelta(hours=34)
    assert "已经截止了" in hall.sends("amei", "answer", FILLED)
    hall.store.clock.tick(minutes=2)
    for _ in range(2):
        hall.runs("surveys.close")
    assert hall.asks("SELECT state FROM surveys") == [("closed",)]
    assert "已经截止了" in hall.sends("amei", "answer", FILLED)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"q-1": ""}, "第 1 题“最想要的颜色”还没有回答"),
        ({"q-1": "4"}, "第 1 题“最想要的颜色”没有这个选项"),
        ({"q-1": "-1"}, "没有这个选项"),
        ({"q-1": "1.5"}, "没有这个选项"),
        ({"q-1": "９" * 30}, "没有这个选项"),
        ({"q-2-1": ""}, "第 2 题“什么时候穿”还没有回答"),
        ({"q-3": "6"}, "第 3 题“这季满意吗”没有这个选项"),
        ({"q-4": "长" * 501}, "第 4 题“还想说什么”最多写 500 个字"),
    ],
)
def test_an_answer_that_is_none_is_named_by_its_question(
    hall: SurveyHall, change: dict[str, object], said: str
) -> None:
    hall.asks_them()
    assert said in hall.sends("amei", "answer", FILLED | change)
    assert hall.store.count("survey_answers") == 0
    assert "谢谢" in hall.sends("amei", "answer", FILLED | {"q-4": ""})


def test_the_rate_is_answered_of_what_was_delivered(hall: SurveyHall) -> None:
    hall.in_segment("quiet")
    her = hall.member("quiet")
    hall.store.do(lambda uow: hush(uow, her, Hushed.OFFERS))
    hall.asks_them(SURVEY, "amei", "lily", "nana", "qiqi")
    assert (
        "选中 5 人，发到 <strong>0</strong>，回答 <strong>0</strong>，回收率 <strong>0%"
        in hall.page()
    )
    hall.arrives(but=1)
    hall.sends("qiqi", "answer", FILLED)
    hall.sends("quiet", "answer", FILLED)
    page = hall.page()
    assert (
        "发到 <strong>3</strong>，回答 <strong>1</strong>，回收率 <strong>33%</strong>（n = 3）"
        in page
    )
    assert "另有 1 人没收到消息、自己来答的。" in page
    assert "1 人不想收。" in page
    assert "n = 2" in page


def test_each_question_has_its_chart_with_n(hall: SurveyHall) -> None:
    hall.asks_them(SURVEY, "amei", "lily", "nana")
    hall.sends("amei", "answer", FILLED)
    hall.sends("lily", "answer", FILLED | {"q-1": 1, "q-2-2": 1, "q-3": 2, "q-4": ""})
    page = hall.page()
    assert "1 人 · 50%" in page
    assert "n = 2，平均 3.5 分" in page
    assert "<bdi>加长款</bdi>" in page
    assert "<small>n = 1</small>" in page
    assert f"{hall.member('amei')},白,上班,5,加长款" in sheet(hall)


def test_of_few_anonymous_answers_only_the_number_is_shown(hall: SurveyHall) -> None:
    people = [f"m{number}" for number in range(5)]
    hall.asks_them(ANONYMOUS, *people)
    for who in people[:4]:
        hall.sends(who, "answer", FILLED)
    assert "匿名问卷收到 4 份，满 5 份、截止以后才显示明细。" in hall.page()
    assert "加长款" not in hall.page() + sheet(hall)
    hall.operates("close", survey=1)
    assert "加长款" not in hall.page() + sheet(hall)


def test_what_each_new_anonymous_answer_adds_cannot_be_seen(hall: SurveyHall) -> None:
    people = [f"m{number}" for number in range(6)]
    hall.asks_them(ANONYMOUS, *people)
    for who in people:
        hall.sends(who, "answer", FILLED)
        assert "加长款" not in hall.page() + sheet(hall)
    assert "匿名问卷收到 6 份" in hall.page()
    hall.operates("close", survey=1)
    assert "6 人 · 100%" in hall.page()
    assert sheet(hall).count("加长款") == 6


def test_nobody_can_tell_who_wrote_an_anonymous_answer_once_it_is_closed(hall: SurveyHall) -> None:
    hall.asks_them(ANONYMOUS)
    hall.sends("amei", "answer", FILLED)
    hall.sends("amei", "answer", FILLED | {"q-1": 1})
    assert hall.store.count("survey_answers") == 0
    assert hall.store.count("survey_voices") == 1
    assert "加长款" in hall.opens("amei")
    assert "已经截止" in hall.operates("close", survey=1)
    assert hall.store.audited()[-1] == ("lin", "surveys.closed")
    assert "✗" in hall.operates("close", survey=1)
    assert hall.asks("SELECT salt FROM surveys") == [("",)]
    assert hall.asks("SELECT token, answers FROM survey_voices") == [
        ("1", '[[1],[1],[5],"加长款"]')
    ]


def test_who_erases_herself_takes_her_answers_while_they_are_hers(hall: SurveyHall) -> None:
    hall.asks_them(ANONYMOUS)
    hall.sends("amei", "answer", FILLED)
    hall.sends("lily", "answer", FILLED)
    amei, lily = hall.member("amei"), hall.member("lily")
    exported = hall.store.do(lambda uow: [*surveys.feature.personal[0].export(uow, amei)])
    assert {"survey": 1, "answers": '[[2],[1],[5],"加长款"]'} in exported
    hall.store.do(lambda uow: roof.PERSONAL.erase(uow, amei))
    assert hall.store.count("survey_voices") == 1
    hall.operates("close", survey=1)
    hall.store.do(lambda uow: roof.PERSONAL.erase(uow, lily))
    assert hall.store.count("survey_voices") == 1
    assert hall.store.count("survey_invitations") == 0


def test_anonymous_answers_go_over_with_her_and_come_back(hall: SurveyHall) -> None:
    hall.asks_them(ANONYMOUS)
    hall.sends("lily", "answer", FILLED)
    before = hall.asks("SELECT token, answers FROM survey_voices")
    amei, lily = hall.member("amei"), hall.member("lily")
    merge = hall.store.do(lambda uow: join(uow, amei, lily))
    assert "加长款" in hall.opens("amei")
    hall.store.do(lambda uow: part(uow, merge))
    assert hall.asks("SELECT token, answers FROM survey_voices") == before


def test_what_was_sent_stands_still(hall: SurveyHall) -> None:
    hall.asks_them()
    hall.writes(SURVEY.replace("黑", "红").replace("秋冬大衣", "秋冬外套"))
    assert "仍按原来的进行" in hall.notices()[0]
    assert "秋冬外套" in hall.opens("amei")
    assert "红" not in hall.opens("amei")
    (hall.desk.content / "surveys/a.md").unlink()
    hall.runs("surveys.files")
    assert "不见了" in hall.notices()[1]


def test_a_draft_follows_its_file_and_leaves_with_it(hall: SurveyHall) -> None:
    hall.writes()
    hall.writes(SURVEY.replace("黑", "红"))
    assert "红 / 白" in hall.page()
    (hall.desk.content / "surveys/a.md").unlink()
    hall.runs("surveys.files")
    assert "还没有问卷" in hall.page()
    assert "✗" in hall.operates("send", survey=1)


def test_what_is_over_is_not_sent(hall: SurveyHall) -> None:
    hall.writes()
    hall.store.clock.at += timedelta(hours=34)
    assert "截止时间已经过了" in hall.page()
    assert "✗" in hall.operates("send", survey=1)


def test_mistakes_in_a_file_are_named_with_their_lines(hall: SurveyHall) -> None:
    wrong = {
        "a": (SURVEY.replace('audience = ["tag:通勤"]', "audience = []"), "bad-value", 5),
        "b": (SURVEY.replace('"黑", "白", "驼"', '"黑"'), "bad-value", 10),
        "c": (SURVEY.replace('"scale"', '"stars"'), "bad-value", 17),
        "d": (SURVEY + "points = 3\n", "unknown-key", 22),
        "e": (SURVEY.replace("还想说什么", "转发朋友圈送券吗"), "share-for-reward", 19),
        "f": (NPS + 'options = ["会", "不会"]\n', "bad-value", 10),
    }
    for name, (matter, _, _) in wrong.items():
        hall.desk.post(f"surveys/{name}.md", "说说。", matter, HEAD)
    problems = Library.read(hall.desk.content, forms=forms_of_rooms()).problems
    found = {p.path.rpartition("/")[2][0]: (p.rule, p.line) for p in problems if not p.warning}
    assert found == {name: (rule, line) for name, (_, rule, line) in wrong.items()}


def test_the_form_writes_a_file_that_can_be_sent(hall: SurveyHall) -> None:
    form = {
        "title": "秋冬",
        "questions": "单选 颜色？ | 黑 | 白\n打分 满意吗\n\n推荐 会推荐吗\n文字：还想说什么",
        "audience": "tag:通勤",
        "closes_at": "2026-08-25T22:00",
    }
    assert "写好了 content/surveys/秋冬.md" in hall.operates("make", **form)
    hall.runs("surveys.files")
    hall.in_segment("amei")
    assert "正在发给" in hall.operates("send", survey=1)
    assert hall.asks('SELECT questions LIKE \'%会推荐吗","kind":"nps"%\' FROM surveys') == [(1,)]
    for change, why in (
        ({"title": " "}, "请写标题"),
        ({"questions": "颜色？"}, "一行一个"),
        ({"questions": ""}, "一行一个"),
        ({"questions": "单选 颜色？ | 黑"}, "没有写"),
        ({"questions": "推荐 会推荐吗 | 会 | 不会"}, "没有写"),
        ({"closes_at": "soon"}, "截止时间"),
        ({"audience": ""}, "没有写"),
    ):
        assert why in hall.operates("make", **(form | change))


def test_in_a_group_only_the_way_to_the_page_is_told(hall: SurveyHall) -> None:
    hall.asks_them()
    assert hall.says("amei", "问卷", group="vip-1") == [
        "问卷在这里填：https://bot.example/m/surveys/mine"
    ]


def test_hostile_words_stay_words_and_the_empty_page_says_so(hall: SurveyHall) -> None:
    assert "还没有问卷" in hall.page()
    hall.asks_them()
    hall.sends("amei", "answer", FILLED | {"q-4": "<script>alert(1)</script>"})
    assert "<script>" not in hall.page() + hall.opens("amei")
    hall.sends("amei", "answer", FILLED | {"q-4": "=1+1"})
    assert "'=1+1" in sheet(hall)


def test_shares_are_rounded_half_up_and_nothing_of_nothing() -> None:
    assert [share(1, 3), share(1, 8), share(2, 3), share(0, 0)] == [33, 13, 67, 0]
    assert count([Question("a", "scale")], [])[0].average is None
    assert questions_in("单选") is None


@pytest.mark.parametrize(
    ("said", "shares", "score"),
    [
        ([9] * 15 + [10] * 15, [100, 0, 0], 100),
        ([0] * 15 + [10] * 15, [50, 0, 50], 0),
        ([7] * 15 + [8] * 15, [0, 100, 0], 0),
        ([0] * 15 + [6] * 15, [0, 0, 100], -100),
    ],
)
def test_promoters_less_detractors_and_who_left_it_out_is_not_counted(
    said: list[int], shares: list[int], score: int
) -> None:
    given: list[list[Answer]] = [[(number,)] for number in said]
    [found] = count([Question("a", "nps")], [*given, [()], []])
    assert found.nps is not None
    assert (found.n, found.nps.score, found.average) == (30, score, None)
    assert [bar.percent for bar in found.bars] == shares


def test_who_would_recommend_us_is_asked_from_nothing_to_ten(hall: SurveyHall) -> None:
    hall.asks_them(NPS)
    page = hall.opens("amei")
    assert page.count('type="radio"') == 11
    assert '0<span class="unseen">（不会）' in page
    assert '10<span class="unseen">（一定会）' in page
    for wrong in ("11", "-1", "7.5", "１０", "00", "会"):
        said = hall.sends("amei", "answer", {"survey": 1, "q-1": wrong})
        assert "第 1 题“会推荐给朋友吗”没有这个选项" in said
    assert "还没有回答" in hall.sends("amei", "answer", {"survey": 1})
    assert hall.store.count("survey_answers") == 0
    assert "谢谢" in hall.sends("amei", "answer", {"survey": 1, "q-1": 0})
    assert 'value="0" required checked' in hall.opens("amei")
    assert f"{hall.member('amei')},0\n" in sheet(hall)


def test_the_page_tells_a_net_promoter_score_of_thirty_not_of_fewer(hall: SurveyHall) -> None:
    people = [f"m{number}" for number in range(31)]
    hall.asks_them(NPS + "required = false\n", *people)
    hall.sends(people[30], "answer", {"survey": 1})
    for who in people[:29]:
        hall.sends(who, "answer", {"survey": 1, "q-1": 3})
    page = hall.page()
    assert "NPS <strong>样本不足</strong>（n = 29，满 30 才算）" in page
    assert "<bdi>贬损者 0–6</bdi></span><span>29 人</span>" in page
    hall.sends(people[29], "answer", {"survey": 1, "q-1": 6})
    page = hall.page()
    assert "NPS <strong>−100</strong>（n = 30）" in page
    assert "30 人 · 100%" in page


def test_of_few_anonymous_answers_no_group_is_shown(hall: SurveyHall) -> None:
    people = [f"m{number}" for number in range(5)]
    hall.asks_them(NPS.replace("closes_at", "anonymous = true\ncloses_at"), *people)
    for who in people[:4]:
        hall.sends(who, "answer", {"survey": 1, "q-1": 10})
    hall.operates("close", survey=1)
    assert "匿名问卷收到 4 份" in hall.page()
    assert "推荐者 9" not in hall.page()


def answering(member: MemberId, color: int) -> Callable[[UnitOfWork], bool]:
    form = {name: str(value) for name, value in (FILLED | {"q-1": color}).items()}
    return lambda uow: service.answer(uow, member, 1, form)


@pytest.mark.parametrize(("matter", "table"), [(SURVEY, "answers"), (ANONYMOUS, "voices")])
def test_a_hundred_answers_of_one_are_one(
    store_on_both: Store, tmp_path: Path, matter: str, table: str
) -> None:
    (tmp_path / "files").mkdir()
    hall = SurveyHall(store_on_both, surveys.feature, tmp_path / "files", SurveySettings())
    hall.asks_them(matter)
    hall.arrives()
    her = hall.member("amei")
    with ThreadPoolExecutor(6) as threads:
        first = list(threads.map(store_on_both.do, [answering(her, n % 3 + 1) for n in range(100)]))
    assert sum(first) == 1
    assert hall.store.count(f"survey_{table}") == 1
    assert "发到 <strong>2</strong>，回答 <strong>1</strong>" in hall.page()
    hall.operates("close", survey=1)
