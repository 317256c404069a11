"""What somebody should look at before others read it."""

import pytest

from bot.commons.vetting import Found, kinds_in


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("开一家分店", ()),
        ("我 138-0013 8000 找我，13900139000 也行", (Found.PHONE,)),
        ("一三八零零一三八零零零", (Found.PHONE,)),
        ("加微信：abc_12345", (Found.WECHAT,)),
        ("扣扣 123456", (Found.WECHAT,)),
        ("看 HTTPS://x.example/a", (Found.LINK,)),
        ("可以代 理吗", (Found.ADVERTISING,)),
        ("2026 年 12 月出 100 件", ()),
    ],
)
def test_what_somebody_should_look_at_is_found(text: str, found: tuple[Found, ...]) -> None:
    assert kinds_in(text) == found
