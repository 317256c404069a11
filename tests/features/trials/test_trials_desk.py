"""Operators choose, draw, hand out; files are checked and then frozen."""

from bot.app.tools import forms_of_rooms
from bot.commons.content import Library
from bot.features.trials.rules import drawn, lot
from tests.features.trials.conftest import AGREE, ENDS, TRIAL, TrialHall
from tests.kit.hall import HEAD

DRAW = 'pick = "draw"\nseed = "双色球 2026098 期"\n'


def test_a_draw_can_be_done_again_by_anybody(hall: TrialHall) -> None:
    hall.writes(TRIAL + ENDS + DRAW)
    for number in range(6):
        hall.says(f"m{number}", "申请 1")
    assert "抽签种子“双色球 2026098 期”" in hall.says("m0", "申请")[0]
    hall.store.clock.tick(hours=34)
    hall.runs("trials.draw")
    assert set(hall.states()) == {"pending"}
    hall.store.clock.tick(minutes=2)
    for _ in range(2):
        hall.runs("trials.draw")
    order = drawn("双色球 2026098 期", range(1, 7))
    expected = {
        number: "accepted" if place < 2 else "waiting" for place, number in enumerate(order)
    }
    assert hall.states() == [expected[number] for number in range(1, 7)]
    assert lot("a", 1) == "2b2c40a6706d9e5f320d553628313833e3668d8b0c8f5b0a25a2ca7d926df6d4"
    hall.store.clock.tick(minutes=2)
    hall.runs("trials.told")
    winner, first_waiting = order[0] - 1, order[2] - 1
    assert hall.letters(f"m{winner}") == ["轮到你了！「新款羊绒围巾试用」有你一份。"]
    assert "你在候补，前面还有 0 人" in hall.letters(f"m{first_waiting}")[0]
    hall.says(f"m{winner}", "取消申请 1")
    assert "轮到你了" in hall.letters(f"m{first_waiting}")[1]
    assert "已经截止" in hall.says("late", "申请 1")[0]


def test_an_operator_picks_and_may_think_again_in_silence(hall: TrialHall) -> None:
    hall.writes(TRIAL.replace("quota = 2", "quota = 1") + ENDS + 'pick = "operator"\n')
    assert "店里挑好会告诉你结果" in hall.says("amei", "申请 1")[0]
    hall.says("lily", "申请 1")
    assert "选上了" in hall.operates("choose", application=1, choice="accept")
    assert "名额满了" in hall.operates("choose", application=2, choice="accept")
    hall.operates("choose", application=1, choice="decline")
    hall.operates("choose", application=2, choice="accept")
    hall.runs("trials.told")
    assert hall.outgoing == []
    hall.store.clock.tick(minutes=2)
    for _ in range(2):
        hall.runs("trials.told")
    assert "这次没有轮到你" in hall.letters("amei")[0]
    assert hall.letters("lily") == ["轮到你了！「新款羊绒围巾试用」有你一份。"]
    assert len(hall.outgoing) == 2


def test_what_is_handed_out_cannot_be_cancelled_and_the_note_can_be_undone(
    hall: TrialHall,
) -> None:
    hall.writes()
    hall.says("amei", "申请 1")
    assert "记下已经发出" in hall.operates("hand", application=1)
    assert "✗" in hall.operates("hand", application=1)
    assert "已经发给你了，不能取消" in hall.says("amei", "取消申请 1")[0]
    assert "✗" in hall.operates("choose", application=1, choice="wait")
    assert "改成还没发出" in hall.operates("hand", application=1, undo=1)
    assert "取消了" in hall.says("amei", "取消申请 1")[0]
    whats = [what for (what,) in hall.asks("SELECT what FROM audit ORDER BY id")]
    assert whats == ["trials.handed", "trials.not_handed"]


def test_the_terms_stand_still_from_the_first_reader_on(hall: TrialHall) -> None:
    hall.writes(TRIAL + ENDS + AGREE)
    hall.says("amei", "申请 1")
    hall.writes(TRIAL.replace("新款", "改名") + ENDS + 'consent = "别的说明"\n')
    assert "仍按原来的进行" in hall.notices()[0]
    (shown,) = hall.says("amei", "申请 1")
    assert "申请「改名羊绒围巾试用」" in shown
    assert "不外传照片" in shown
    (hall.desk.content / "trials/a.md").unlink()
    hall.runs("trials.files")
    assert "不见了" in hall.notices()[1]
    assert "申请上了" in hall.says("amei", "同意 1")[0]


def test_a_file_that_nobody_has_read_is_followed_and_leaves(hall: TrialHall) -> None:
    hall.writes()
    hall.writes(TRIAL.replace("quota = 2", "quota = 7") + ENDS)
    assert "名额 7 个" in hall.says("amei", "申请")[0]
    (hall.desk.content / "trials/a.md").unlink()
    hall.runs("trials.files")
    assert "没有编号 1" in hall.says("amei", "申请 1")[0]
    assert hall.notices() == []


def test_mistakes_in_a_file_are_named_with_their_lines(hall: TrialHall) -> None:
    wrong = {
        "a": ('title = "a"\nquota = 0\n', "bad-value", 5),
        "b": ('title = "a"\nquota = 3\npick = "draw"\n', "missing-key", 6),
        "c": ('title = "a"\nquota = 1001\ncohort = true\n', "bad-value", 5),
        "d": ('title = "a"\nquota = 1\nwinner = 1\n', "unknown-key", 6),
        "e": ('title = "a"\nquota = 1.5\n', "wrong-type", 5),
        "f": ('title = "转发朋友圈送试用装"\nquota = 1\n', "share-for-reward", 4),
    }
    for name, (matter, _, _) in wrong.items():
        hall.desk.post(f"trials/{name}.md", "来试。", matter, HEAD)
    problems = Library.read(hall.desk.content, forms=forms_of_rooms()).problems
    found = {p.path.rpartition("/")[2][0]: (p.rule, p.line) for p in problems if not p.warning}
    assert found == {name: (rule, line) for name, (_, rule, line) in wrong.items()}


def test_the_form_writes_a_file_that_can_be_applied_for(hall: TrialHall) -> None:
    said = hall.operates(
        "make", title="新品", quota=3, pick="draw", seed="彩票", closes_at="2026-08-25T22:00"
    )
    assert said == "写好了 content/trials/新品.md，十几秒后就能申请。"
    hall.runs("trials.files")
    assert "申请收到，编号 1。截止后抽签会告诉你结果。" in hall.says("amei", "申请 1")[0]
    for form, why in (
        ({"title": "", "quota": "3"}, "请写标题"),
        ({"title": "a", "quota": "-3"}, "1 到 100000"),
        ({"title": "a", "quota": "99999999999999999999999"}, "1 到 100000"),
        ({"title": "a", "quota": "3", "closes_at": "morgen"}, "截止时间看不懂"),
        ({"title": "a", "quota": "3", "pick": "draw"}, "seed"),
    ):
        assert why in hall.operates("make", **form)


def test_the_sheet_has_everything_and_no_formula(hall: TrialHall) -> None:
    hall.writes(TRIAL + ENDS + DRAW + 'questions = ["=几码"]\n')
    hall.sends("amei", "apply", {"trial": 1, "answer-0": "=1+1"})
    [page] = hall.room.pages
    assert page.files is not None
    give = page.files
    found = hall.store.do(lambda uow: give(uow, hall.tools, 1))
    assert found is not None
    text = found.open().read().decode("utf-8-sig")
    assert "'=1+1" in text
    assert lot("双色球 2026098 期", 1) in text
    assert hall.store.do(lambda uow: give(uow, hall.tools, 7)) is None


def test_hostile_words_stay_words_and_the_empty_page_says_so(hall: TrialHall) -> None:
    assert "还没有试用" in hall.page()
    hall.writes(TRIAL + ENDS + 'feedback = ["合身吗"]\n')
    hall.says("amei", "申请 1")
    hall.says("amei", "试用反馈 1 <script>alert(1)</script>")
    assert "<script>" not in hall.page() + hall.opens("amei")
