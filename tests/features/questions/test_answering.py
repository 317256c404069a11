"""Whoever answers: in time, corrected, published, taken back."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

from bot.features import questions
from bot.features.questions import experts, service
from bot.features.questions.rules import QuestionSettings
from tests.kit.hall import Hall
from tests.kit.rooms import Store


def test_the_asker_gets_the_answer_and_its_correction(hall: Hall) -> None:
    hall.says("amei", "提问 羊毛大衣怎么洗")
    assert hall.operates("answer", question=1, answer="干洗") == "提问 1：已经回答，发给她了。"
    assert "✗" in hall.operates("answer", question=1, answer="干洗")
    hall.operates("answer", question=1, answer="干洗，30 度以下")
    assert hall.letters("amei") == [
        "你的提问【1】羊毛大衣怎么洗\n\n专家回答：干洗",
        "你的提问【1】羊毛大衣怎么洗\n\n回答改过了：干洗，30 度以下",
    ]
    assert hall.asks("SELECT who, what FROM audit") == [("lin", "questions.answered")] * 2


def test_unanswered_questions_are_reminded_of_after_48_hours_and_daily(hall: Hall) -> None:
    hall.says("amei", "提问 羊毛大衣怎么洗")
    hall.says("lily", "提问 周日几点关门")
    hall.store.clock.tick(hours=48)
    for _ in range(3):
        hall.runs("questions.remind")
    assert hall.notices()[2:] == ["提问 1、2 等了 48 小时以上，请 李顾问 到控制台“提问”页回答。"]
    assert "等了 48 小时" in hall.page()
    hall.operates("answer", question=2, answer="21 点")
    hall.store.clock.tick(days=1)
    hall.runs("questions.remind")
    assert hall.notices()[3:] == ["提问 1 等了 48 小时以上，请 李顾问 到控制台“提问”页回答。"]
    assert len(hall.letters("lisi")) == 4


def test_publishing_can_be_undone_and_done_anew(published: Hall) -> None:
    assert published.operates("unpublish", question=1) == "提问 1：不再公开，可以再公开。"
    assert "没有编号 1" in published.says("lily", "问答 1")[0]
    assert "✗" in published.operates("unpublish", question=1)
    published.operates("publish", question=1, words="大衣怎么洗")
    assert "大衣怎么洗" in published.says("lily", "问答 1")[0]
    whats = [what for (what,) in published.asks("SELECT what FROM audit ORDER BY id")]
    assert whats == [
        *("questions.answered", "questions.published"),
        *("questions.unpublished", "questions.published"),
    ]


def test_what_is_not_answered_is_not_published(hall: Hall) -> None:
    hall.says("amei", "提问 羊毛大衣怎么洗")
    assert "✗" in hall.operates("publish", question=1, words="大衣")
    assert "最多 1500 个字" in hall.operates("answer", question=1, answer=" ")
    assert "✗" in hall.operates("answer", question=7, answer="好")


def test_contact_data_in_a_question_is_flagged_for_whoever_publishes(hall: Hall) -> None:
    hall.says("amei", "提问 我的电话 13800138000 能退货吗")
    assert "像有电话" in hall.page()


def test_hostile_words_stay_words(hall: Hall) -> None:
    hall.says("amei", "提问 <script>alert(1)</script>怎么办")
    hall.operates("answer", question=1, answer="=1+1<b>")
    hall.operates("publish", question=1, words="<script>怎么办")
    shown = hall.page() + hall.opens("lily")
    assert "<script>" not in shown
    assert "<b>" not in shown
    assert "%27%3D1" in hall.page()


def test_the_empty_page_says_so(hall: Hall) -> None:
    assert "没有等回答的提问" in hall.page()


def test_two_replicas_remind_once(store_on_both: Store, tmp_path: Path) -> None:
    (tmp_path / "files").mkdir()
    hall = Hall(store_on_both, questions.feature, tmp_path / "files", QuestionSettings())
    her = hall.member("amei")
    store_on_both.do(lambda uow: service.ask(uow, hall.tools, her, "羊毛大衣怎么洗"))
    store_on_both.clock.at += timedelta(hours=49)
    work = [lambda uow: experts.remind(uow, hall.tools)] * 12
    with ThreadPoolExecutor(6) as threads:
        list(threads.map(store_on_both.do, work))
    assert len(hall.notices()) == 2
