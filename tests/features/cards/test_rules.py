"""Words on cards, and the times of digests."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from pydantic import ValidationError

from bot.channels.wecom.cards import card_json
from bot.channels.wecom.parts import text_body
from bot.features.cards.making import drawn
from bot.features.cards.rules import (
    CardsSettings,
    age_of,
    digest_moment,
    next_digest,
    short_name,
    short_words,
    tidy,
    yuan,
)
from bot.kernel.community import Community
from bot.kernel.ports import Words
from bot.kernel.work import Toolbox
from tests.kit.talk import renderer
from tests.kit.wecom_rules import check_card

SHANGHAI = ZoneInfo("Asia/Shanghai")
WORDS = renderer("cards")
NASTY = st.text(max_size=3000) | st.sampled_from(
    [
        "<a href='https://evil.invalid'>点我</a>",
        "\u202e倒过来\u202c",
        "👨‍👩‍👧‍👦" * 40,
        "🇨🇳" * 100,
        "é" * 300,
        "{{ 7 * 7 }}|a|b\n\n",
        "\ud800",
        "",
        " \u200b ",
    ]
)


def tools(name: str = "拾光衣橱") -> Toolbox:
    box = Toolbox(Community(name))
    box.add(Words, WORDS)
    return box


def told(words: str, many: int, **changes: object) -> Mapping[str, object]:
    """Return what stands on a card of somebody who calls herself, and writes, `words`."""
    message = {"by": "member", "at": "10:30", "words": short_words(words), "kind": "text"}
    view = {"name": short_name(words), "is_known": True, "stock": 99999, "age": 59, "unit": "min"}
    order = {"day": "12-31", "yuan": "1234567.89", "back": "1234567.88", "is_whole": False}
    order["is_delivered"] = True
    promise = {"what": short_name(words), "due": "12月31日 23:59", "is_late": True}
    return {
        "name": short_name(words),
        "kind": "complaint",
        "severity": 3,
        "in_group": True,
        "times": 12,
        "tier": tidy(words)[:20],
        "tier_why": tidy(words),
        "why": tidy(words)[:70],
        "messages": [message] * many,
        "views": [view] * min(many, 3),
        "orders": [{**order, "status": "paid"}] * min(many, 3),
        "promises": [promise] * many,
        "amends": {"alone": "20", "most": "200"},
        "standing": "",
        "timer": "word",
        "due": "12月31日 23:59",
        **changes,
    }


@given(NASTY, st.integers(0, 5), NASTY)
@example("👩‍👩‍👧" * 30, 5, "店" * 90)
def test_whatever_she_writes_the_platform_takes_the_card(words: str, many: int, name: str) -> None:
    buttons = ("take", "to", "later")
    card = drawn(
        tools(tidy(name) or "店"),
        told(words, many),
        ref="1-1",
        buttons=buttons,
        url="https://bot.example/desk/cases/1",
    )

    made = card_json(card)
    check_card(made)
    assert len(made["button_list"]) == 4
    assert len(text_body(card.fallback)["text"]["content"].encode()) <= 2048
    quote = made.get("quote_area", {}).get("quote_text", "")
    assert not {*"<>\u202e\u200b"} & {*card.title, *quote}


@given(NASTY)
def test_tidy_words_are_one_line_that_steers_nothing(words: str) -> None:
    said = tidy(words)

    assert all(sign.isprintable() or sign == "\u200d" for sign in said)
    assert not {*"<>"} & {*said}
    assert len(short_name(words)) <= 10
    assert len(short_words(words)) <= 36
    assert len(short_words(words, is_bots=True)) <= 16


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("电话13812345678，急", "电话138****5678，急"),
        ("身份证110101199003071234", "身份证****1234"),
        ("卡号 6222021234567890123", "卡号 ****0123"),
        ("订单 20300107", "订单 20300107"),
        ("12:30 来过 3 次", "12:30 来过 3 次"),
    ],
)
def test_long_numbers_are_not_shown_on_a_locked_screen(said: str, shown: str) -> None:
    assert tidy(said) == shown


@pytest.mark.parametrize(
    ("passed", "age"),
    [
        ({"seconds": -5}, (0, "min")),
        ({"minutes": 59}, (59, "min")),
        ({"minutes": 60}, (1, "h")),
        ({"hours": 47, "minutes": 59}, (47, "h")),
        ({"hours": 48}, (2, "d")),
    ],
)
def test_an_age_is_told_in_minutes_hours_or_days(
    passed: dict[str, float], age: tuple[int, str]
) -> None:
    assert age_of(timedelta(**passed)) == age


@pytest.mark.parametrize(
    ("fen", "read"), [(0, "0"), (42000, "420"), (9990, "99.90"), (123456789, "1234567.89")]
)
def test_amounts_are_exact(fen: int, read: str) -> None:
    assert yuan(fen) == read


def at(wall: str) -> datetime:
    return datetime.fromisoformat(f"2030-01-07T{wall}+08:00").astimezone(UTC)


@pytest.mark.parametrize(
    ("now", "due"),
    [
        ("10:59:59", None),
        ("11:00:00", "11:00:00"),
        ("11:29:59", "11:00:00"),
        ("11:30:00", None),
        ("16:45:00", "16:30:00"),
        ("23:00:00", None),
    ],
)
def test_a_digest_is_due_at_its_times_and_half_an_hour_long(now: str, due: str | None) -> None:
    found = digest_moment(CardsSettings(), at(now), SHANGHAI)

    assert found == (at(due) if due else None)


def test_the_next_digest_may_be_tomorrow() -> None:
    settings = CardsSettings()

    assert next_digest(settings, at("11:00:00"), SHANGHAI) == at("16:30:00")
    assert next_digest(settings, at("20:00:00"), SHANGHAI) == at("11:00:00") + timedelta(days=1)
    assert next_digest(CardsSettings(digest_at=()), at("11:00:00"), SHANGHAI) is None


@pytest.mark.parametrize("wrong", ["24:00", "9:00", "noon", "09:60"])
def test_what_is_no_time_of_day_is_refused(wrong: str) -> None:
    with pytest.raises(ValidationError):
        CardsSettings(digest_at=("11:00", wrong))
