"""What members write: as typed, likened, looked through."""

import pytest

from bot.commons.wording import Found, alike, flags_in, number_said, tidy, typed_after


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("建议 多进 XS 码", "多进 XS 码"),
        ("建议：多进XS码！", "多进XS码！"),
        ("建議 多進 XS 碼", "多進 XS 碼"),
        ("@小拾 建议\n第一\n\n第二 ", "第一\n第二"),
        ("建议 《十二月》 =1", "《十二月》 =1"),
        ("建议", ""),
        ("建议建议改版", "建议改版"),
        ("建议３个试衣间", "３个试衣间"),
    ],
)
def test_words_after_a_command_are_as_she_typed_them(text: str, rest: str) -> None:
    assert typed_after(text, ["建议"]) == rest


def test_what_nobody_sees_is_left_out() -> None:
    assert tidy("好\u202e\u200b的\x00 \t呀\r\n\r\n嗯") == "好的 呀\n嗯"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("开一家分店", ()),
        ("我 138-0013 8000 找我", (Found.CONTACT,)),
        ("一三八零零一三八零零零", (Found.CONTACT,)),
        ("加微信：abc_12345", (Found.CONTACT,)),
        ("看 HTTPS://x.example/a", (Found.LINK,)),
        ("可以代 理吗", (Found.ADVERTISING,)),
        ("2026 年 12 月出 100 件", ()),
    ],
)
def test_what_somebody_should_look_at_is_found(text: str, found: tuple[Found, ...]) -> None:
    assert flags_in(text) == found


def test_texts_are_likened_by_pairs_of_letters() -> None:
    assert alike("羊毛大衣怎么洗", "羊毛大衣怎么洗？") == 1
    assert alike("羊毛大衣怎么洗", "我的羊毛大衣应该怎么洗呢") > 0.6
    assert alike("羊毛大衣怎么洗", "几点开门") == 0
    assert alike("", "几点开门") == 0


@pytest.mark.parametrize(
    ("text", "number"),
    [
        *(
            ("3", 3),
            ("３", 3),
            ("第 3 个", 3),
            ("编号12", 12),
            ("十", 10),
            ("十二", 12),
            ("二十", 20),
        ),
        *(
            ("二", 2),
            ("两", 2),
            ("三十五", 35),
            ("", None),
            ("第", None),
            ("-1", None),
            ("1.5", None),
        ),
        *(("3 个试衣间", None), ("一二", None), ("99999999999", None), ("多进小码", None)),
    ],
)
def test_a_number_is_heard_however_it_is_written(text: str, number: int | None) -> None:
    assert number_said(text) == number
