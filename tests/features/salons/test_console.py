"""What operators see and do with salons."""

import csv
import io

import pytest

from bot.commons import members
from bot.features import salons
from tests.kit.salons import COATS, Street

FORM = {"title": "烘焙工坊", "starts_at": "2026-09-05T14:00", "place": "二楼", "guests_max": "1"}


def test_an_empty_page_says_how_to_begin(street: Street) -> None:
    assert "还没有沙龙" in street.page()


def test_bars_the_line_and_what_a_member_sees(street: Street) -> None:
    street.writes(COATS.replace("冬日", "<i>冬日") + "capacity = 1\n")
    street.says("amei", "报名 101")
    street.says("bea", "报名 101")
    shown = street.page(salon="101")
    assert "&lt;i&gt;冬日" in shown
    assert "1/1 位 · 1 人" in shown
    assert "会员看到的样子" in shown
    assert "排候补" in shown
    assert street.page(salon="999").count("<section") == 1


def test_a_form_writes_the_file_and_the_salon_is_there(street: Street) -> None:
    form = FORM | {"capacity": "8", "invite": "tier:潜力伙伴", "repeat_until": "2026-09-12"}
    assert "写好了：content/salons/烘焙工坊.md" in street.operates("salons", "make", **form)
    assert street.store.audited()[-1] == ("lin", "salons.made")
    street.runs("salons.files")
    found = street.salon(2)
    assert found.starts_at.isoformat() == "2026-09-12T06:00:00+00:00"
    assert (found.capacity, found.guests_max, found.invite) == (8, 1, ("tier:潜力伙伴",))


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"title": " "}, "请写标题"),
        ({"title": "长" * 61}, "最多 60 个字"),
        ({"starts_at": ""}, "“开始时间”看不懂"),
        ({"starts_at": "2026-02-30T10:00"}, "“开始时间”看不懂"),
        ({"ends_at": "2026-09-05T13:00"}, "ends_at"),
        ({"capacity": "-5"}, "“名额”要是不小于 0 的整数"),
        ({"capacity": "000000001" + "9" * 5000}, "“名额”要是不小于 0 的整数"),
        ({"capacity": "0"}, "capacity"),
        ({"guests_max": "1.5"}, "“可带几位”要是不小于 0 的整数"),
        ({"guests_max": "99"}, "guests_max"),
        ({"repeat_until": "2026-02-30"}, "“最后一天”看不懂"),
        ({"invite": "tier:金卡"}, 'there is no tier "金卡"'),
        ({"invite_first": "group:nowhere"}, "there is no group"),
        ({"host_member": "阿梅"}, "not a member"),
        ({"place": "转发朋友圈送积分"}, "share-for-reward"),
    ],
)
def test_a_wrong_form_writes_nothing_and_names_the_field(
    street: Street, changed: dict[str, str], said: str
) -> None:
    answer = street.operates("salons", "make", **(FORM | changed))
    assert answer.startswith("✗")
    assert said in answer
    assert not (street.desk.content / "salons").exists()


def test_moving_by_the_form_changes_the_file_and_tells_once(street: Street) -> None:
    street.writes(COATS + "guests_max = 1\n", body="带你挑大衣。\n\n还有茶。")
    street.says("amei", "报名 101")
    form = {"salon": "101", "starts_at": "2026-09-02T10:00", "place": "三楼", "capacity": "9"}
    assert "写好了" in street.operates("salons", "move", **form)
    street.waits(minutes=1)
    [letter] = street.letters("amei")
    assert "9 月 2 日（周三）10:00–12:00" in letter
    found = street.salon()
    assert (found.place, found.capacity, found.guests_max) == ("三楼", 9, 1)
    assert found.words == "带你挑大衣。\n\n还有茶。"


def test_a_file_that_forms_cannot_read_is_left_alone(street: Street) -> None:
    text = "---\ntitle: 甲\nkind: interactive\nstage: consideration\n"
    street.desk.write("salons/a.md", text + "starts_at: 2026-08-31T14:00:00\n---\n来。\n")
    street.runs("salons.files")
    answer = street.operates("salons", "move", salon="101", starts_at="2026-09-02T10:00")
    assert answer.startswith("✗ 这个文件不是用 +++ 开头")


def test_calling_off_needs_a_reason_and_is_done_once(street: Street) -> None:
    street.writes()
    assert street.operates("salons", "call-off", salon="101", why=" ").startswith(
        "✗ 请写为什么取消"
    )
    assert "已取消" in street.operates("salons", "call-off", salon="101", why="停电")
    assert street.operates("salons", "call-off", salon="101", why="停电").startswith("✗ 没有改")
    assert street.store.audited()[-1] == ("lin", "salons.cancelled")
    street.runs("salons.files")
    assert street.salon().state == "cancelled"
    assert "停电" in street.page()


@pytest.mark.parametrize("salon", ["", "0", "107", "一", "1.0"])
def test_a_salon_that_is_not_there_changes_nothing(street: Street, salon: str) -> None:
    for action in ("call-off", "move"):
        form = {"salon": salon, "why": "错", "starts_at": "2026-09-02T10:00"}
        assert street.operates("salons", action, **form).startswith("✗ 没有改")


def test_the_sheet_holds_everybody_and_no_formula(street: Street) -> None:
    street.writes(COATS + "capacity = 1\n")
    amei = street.member("amei")
    street.store.do(lambda uow: members.name_member(uow, amei, "=1+1"))
    street.says("amei", "报名 101")
    street.says("bea", "报名 101")
    [page] = salons.feature.pages
    assert page.files is not None
    give = page.files
    file = street.store.do(lambda uow: give(uow, street.tools, 101))
    assert file is not None
    rows = list(csv.DictReader(io.StringIO(file.open().read().decode("utf-8-sig"))))
    assert rows[0]["name"] == "'=1+1"
    assert [row["state"] for row in rows] == ["in", "waiting"]
    assert rows[0]["code"] == street.place("amei").code
    assert street.store.do(lambda uow: give(uow, street.tools, 999)) is None


def test_the_figures(street: Street) -> None:
    street.writes(COATS + "capacity = 1\n")
    street.says("amei", "报名 101")
    street.says("bea", "报名 101")
    assert [street.store.do(each.read) for each in salons.feature.metrics] == [1, 1, 1]
