"""Comments from outside come in once, are sorted, undone, and do not come back when deleted."""

import pytest

from bot.commons.ratings import About, outside, voices
from bot.kernel.work import UnitOfWork
from tests.features.imports.conftest import Counter

HEAD = "source,comment_id,said_at,text,url,product,rating,作者\n"
BAD = "小红书,x-1,2026-08-01 10:00,毛衣起球，质量太差了,https://xhs.example/x-1,C-1,2,小美\n"
GOOD = "抖音,d-1,2026-08-01,很好看，很喜欢,,,5,阿强\n"
GRAVE = "抖音,d-2,2026-08-02,穿了过敏起疹子，要去医院,,,1,小陈\n"


def kept(hall: Counter) -> list[tuple[object, ...]]:
    return list(hall.asks("SELECT source, words, about, rating FROM voices ORDER BY key"))


def deletes(hall: Counter, number: int) -> None:
    """Let an operator delete a comment, and this room hear of it."""

    def act(uow: UnitOfWork) -> None:
        assert outside.delete(uow, number, "本人要求", who="lin")
        for event in uow.events:
            for listener in hall.room.listeners[type(event)]:
                listener(uow, event, hall.tools)

    hall.store.do(act)


def test_comments_are_looked_at_then_sorted_and_who_wrote_them_is_kept_nowhere(
    both: Counter,
) -> None:
    both.sends_file(HEAD + BAD + GOOD + GRAVE, kind="comments")
    page = both.goes_on()
    assert "会新增 3，更新 0，不变 0，拒收 0" in page
    assert "没有用到的列： 作者" in page
    assert kept(both) == []
    both.operates("confirm", number=1)
    both.goes_on()

    assert kept(both) == [
        ("小红书", "毛衣起球，质量太差了", "product", 2),
        ("抖音", "很好看，很喜欢", "fine", 5),
        ("抖音", "穿了过敏起疹子，要去医院", "product", 1),
    ]
    assert both.asks("SELECT member_id, severity FROM voices WHERE alert_at IS NOT NULL") == [
        (None, 2),
        (None, 3),
    ]
    tables = ("voices", "import_bites", "import_befores", "imports", "audit")
    told = "".join(str(both.asks(f"SELECT * FROM {table}")) for table in tables)
    assert not [name for name in ("小美", "阿强", "小陈") if name in told]


def test_the_same_file_again_changes_nothing_and_changed_words_are_sorted_anew(
    both: Counter,
) -> None:
    both.comes_in(HEAD + BAD + GOOD, kind="comments")
    both.sends_file(HEAD + BAD + GOOD, kind="comments")
    assert "会新增 0，更新 0，不变 2，拒收 0" in both.goes_on()
    both.operates("cancel", number=2)

    both.sends_file(
        HEAD + BAD.replace("毛衣起球，质量太差了", "客服态度差，没人理"), kind="comments"
    )
    assert "text 毛衣起球，质量太差了 → 客服态度差，没人理" in both.goes_on()
    both.operates("confirm", number=3)
    both.goes_on()
    assert kept(both)[0] == ("小红书", "客服态度差，没人理", "service", 2)


def test_the_same_number_of_two_sources_is_two_comments_and_an_absent_column_leaves_what_is_known(
    hall: Counter,
) -> None:
    hall.comes_in(HEAD + BAD + BAD.replace("小红书", "抖音"), kind="comments")
    hall.comes_in(
        "source,comment_id,said_at,text\n小红书,x-1,2026-08-01 10:00,扣子掉了\n", kind="comments"
    )
    assert hall.asks("SELECT words, url, product, rating FROM voices ORDER BY key") == [
        ("扣子掉了", "https://xhs.example/x-1", "C-1", 2),
        ("毛衣起球，质量太差了", "https://xhs.example/x-1", "C-1", 2),
    ]


def test_what_a_person_said_it_is_about_outlives_new_words(hall: Counter) -> None:
    hall.comes_in(HEAD + BAD, kind="comments")
    hall.store.do(lambda uow: voices.correct(uow, 1, About.EXPERIENCE, who="lin"))
    hall.comes_in(HEAD + BAD.replace("毛衣起球", "客服态度差，毛衣起球"), kind="comments")
    assert [(row[1], row[2]) for row in kept(hall)] == [
        ("客服态度差，毛衣起球，质量太差了", "experience")
    ]


def test_an_import_of_comments_is_undone_but_not_what_somebody_has_touched_since(
    both: Counter,
) -> None:
    both.comes_in(HEAD + BAD, kind="comments")
    before = both.asks("SELECT * FROM voices")
    both.comes_in(HEAD + BAD.replace("质量", "做工") + GOOD + GRAVE, kind="comments")
    [(grave,)] = both.asks("SELECT id FROM voices WHERE severity = 3")
    both.store.do(lambda uow: voices.handle(uow, int(str(grave)), "换了面料", who="lin"))
    assert "改过的评论回到以前" in both.page()
    both.operates("undo", number=2)
    assert "放回 2 条评论；之后又变过、没有动的 1 条" in both.goes_on()
    assert [row[1] for row in kept(both)] == ["毛衣起球，质量太差了", "穿了过敏起疹子，要去医院"]
    [first, *_] = both.asks("SELECT * FROM voices ORDER BY id")
    assert first[:-1] == before[0][:-1]  # all but whose change it was
    assert "✗" in both.operates("undo", number=2)


def test_a_deleted_comment_is_gone_everywhere_and_no_import_brings_it_back(both: Counter) -> None:
    both.comes_in(HEAD + BAD, kind="comments")
    both.comes_in(HEAD + BAD.replace("质量", "做工"), kind="comments")
    [(number,)] = both.asks("SELECT id FROM voices")
    deletes(both, int(str(number)))

    assert kept(both) == []
    assert "毛衣" not in str(both.asks("SELECT * FROM import_befores"))
    assert both.store.audited()[-1] == ("lin", "voices.deleted")
    both.sends_file(HEAD + BAD + GOOD, kind="comments")
    page = both.goes_on()
    assert "会新增 1，更新 0，不变 0，拒收 1" in page
    assert "在这里删掉的评论不再收" in page
    both.operates("undo", number=1)  # brings nothing back either
    both.goes_on()
    assert kept(both) == []


@pytest.mark.parametrize(
    ("row", "column"),
    [
        (",1,2026-08-01,话,,,", "source"),
        (f"{'长' * 21},1,2026-08-01,话,,,", "source"),
        ("抖音,,2026-08-01,话,,,", "comment_id"),
        ("抖音,1,,话,,,", "said_at"),
        ("抖音,1,2027-08-01,话,,,", "said_at"),
        ("抖音,1,昨天,话,,,", "said_at"),
        ("抖音,1,2026-08-01,,,,", "text"),
        ("抖音,1,2026-08-01,\u202e,,,", "text"),
        (f"抖音,1,2026-08-01,{'差' * 10_001},,,", "text"),
        ("抖音,1,2026-08-01,话,javascript:alert(1),,", "url"),
        ("抖音,1,2026-08-01,话,ftp://a.example,,", "url"),
        (f"抖音,1,2026-08-01,话,,{'品' * 121},", "product"),
        ("抖音,1,2026-08-01,话,,,0", "rating"),
        ("抖音,1,2026-08-01,话,,,6", "rating"),
        ("抖音,1,2026-08-01,话,,,4.5", "rating"),
    ],
)
def test_a_wrong_cell_of_a_comment_is_named_and_the_rest_comes_in(
    hall: Counter, row: str, column: str
) -> None:
    page = hall.comes_in(HEAD + row + ",\n" + GOOD, kind="comments")
    assert f"<td>2</td><td>{column}</td>" in page
    assert len(kept(hall)) == 1


def test_hostile_words_stay_words(both: Counter) -> None:
    words = "<script>alert(1)</script> =1+1 \u202e差👨‍👩‍👧\x07" + "质量差" * 3000
    both.comes_in(HEAD + f"抖音,1,2026-08-01,{words},,,3.0,\n", kind="comments")
    [(_, said, about, rating)] = kept(both)
    assert len(str(said)) == 300
    assert "\u202e" not in str(said)
    assert "👨‍👩‍👧" in str(said)
    assert (about, rating) == ("product", 3)
