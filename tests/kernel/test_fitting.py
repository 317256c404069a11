"""Whatever a room says, a door can show it, and nothing is torn on the way."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.kernel.capability import ALL_CARDS, Capability, Chat
from bot.kernel.files import FileKind
from bot.kernel.fitting import fit, fit_budget, join, split
from bot.kernel.ids import ChannelName
from bot.kernel.messages import (
    Card,
    CardKind,
    CardUpdate,
    File,
    Image,
    Link,
    Markdown,
    News,
    Outgoing,
    Part,
    Recall,
    Text,
    Ticket,
)

PLAIN = Capability(chats=(Chat.CUSTOMER,), source="a test", text_bytes=200)
RICH = replace(
    PLAIN, markdown_bytes=200, cards=ALL_CARDS, links=True, articles=2, images=True, messages=3
)
RICH = replace(RICH, files=frozenset({FileKind.FILE}))
LINK = Link("沙龙报名", "https://example.com/s", "周六下午")
CARD = Card("c1", CardKind.VOTE, "选一件", "回复 1 或 2", url="https://example.com/v")
FAMILY = "👨‍👩‍👧‍👦"


def fitted(part: Part, door: Capability) -> list[Part]:
    return [one.part for one in fit(Outgoing(ChannelName("phone"), "amei", part, "k"), door)]


@pytest.mark.parametrize(
    "part",
    [
        Text("早"),
        Markdown("**早**", "早"),
        Image("a.jpg"),
        File("a.pdf"),
        LINK,
        News((LINK, LINK)),
        CARD,
        CardUpdate("h", "已投"),
        Recall("m1"),
    ],
)
def test_what_a_door_can_show_goes_as_it_is(part: Part) -> None:
    outgoing = Outgoing(ChannelName("phone"), "amei", part, "k")
    assert fit(outgoing, RICH) == (outgoing,)


@pytest.mark.parametrize(
    ("part", "words"),
    [
        (Markdown("**早**", "早"), "早"),
        (Image("a.jpg", alt="新到的外套"), "新到的外套"),
        (Image("a.jpg"), "🖼️"),
        (File("a.pdf", name="价目表.pdf"), "📎 价目表.pdf"),
        (File(digest="ab", alt="听一听", sent_as=FileKind.VOICE), "听一听"),
        (File("a.bin"), "📎"),
        (LINK, "沙龙报名\n周六下午\nhttps://example.com/s"),
        (News((LINK, Link("二", "https://example.com/2"))), None),
        (CARD, "回复 1 或 2\nhttps://example.com/v"),
        (replace(CARD, fallback="见 https://example.com/v"), "见 https://example.com/v"),
    ],
)
def test_what_it_cannot_show_goes_as_words(part: Part, words: str | None) -> None:
    (only,) = fitted(part, PLAIN)
    assert isinstance(only, Text)
    assert only.text == (
        words or "沙龙报名\n周六下午\nhttps://example.com/s\n\n二\nhttps://example.com/2"
    )


def test_all_words_are_one_message_where_answers_travel_together() -> None:
    parts: list[Part] = [Text("早"), CARD, Markdown("**好**", "好")]
    answers = [
        Outgoing(ChannelName("phone"), "amei", part, f"k{place}")
        for place, part in enumerate(parts)
    ]

    joined = join(answers)
    assert [one.part for one in joined] == [Markdown("早\n\n**好**", "早\n\n好"), CARD]
    assert [one.key for one in joined] == ["k0", "k1"]
    assert join(answers[:2]) == answers[:2]


def test_a_card_becomes_markdown_where_there_is_any() -> None:
    (only,) = fitted(CARD, replace(RICH, cards=frozenset()))
    assert only == Markdown(
        "**选一件**\n回复 1 或 2\nhttps://example.com/v", "回复 1 或 2\nhttps://example.com/v"
    )


def test_more_links_than_fit_become_more_messages() -> None:
    assert fitted(News((LINK, LINK, LINK)), RICH) == [News((LINK, LINK)), News((LINK,))]
    assert fitted(News((LINK, LINK)), replace(RICH, articles=0)) == [LINK, LINK]


def test_further_messages_have_keys_of_their_own() -> None:
    outgoing = Outgoing(ChannelName("phone"), "amei", Text("好" * 150), "k")
    assert [one.key for one in fit(outgoing, RICH)] == ["k", "k/1", "k/2"]


def test_a_long_text_is_parted_between_sentences() -> None:
    sentence = "今天天气真好，我们去公园走走。"
    pieces = split(sentence * 6, 200, 9)
    assert len(pieces) == 2
    assert all(piece.endswith("。") for piece in pieces)
    assert pieces[0].startswith("（1/2）\n今天")


@given(
    st.text(st.sampled_from("好a。\n " + FAMILY), max_size=400),
    st.integers(min_value=100, max_value=300),
    st.integers(min_value=1, max_value=5),
)
def test_pieces_fit_and_lose_nothing_that_has_room(text: str, limit: int, most: int) -> None:
    pieces = split(text, limit, most)

    assert len(pieces) <= most
    assert all(len(piece.encode()) <= limit for piece in pieces)
    if not pieces[-1].endswith("…"):
        said = "".join(piece.partition("\n")[2] if len(pieces) > 1 else piece for piece in pieces)
        assert "".join(said.split()) == "".join(text.split())


def test_a_joined_emoji_is_never_torn() -> None:
    for piece in split(FAMILY * 40, 120, 99):
        assert piece.partition("\n")[2].replace(FAMILY, "") in {"", "…"}


def test_what_leaves_by_a_ticket_is_one_message_of_words_or_a_card() -> None:
    ticket = Ticket("code", datetime(2026, 8, 24, tzinfo=UTC))
    for part in (Text("好" * 300), LINK, News((LINK, LINK)), Image(alt="海报"), CARD):
        whole = Outgoing(ChannelName("phone"), "amei", part, "k", ticket=ticket)
        [one] = fit(whole, replace(RICH, markdown_bytes=0))
        assert isinstance(one.part, Text | Card)


@pytest.mark.parametrize("many", range(1, 9))
def test_answers_over_the_budget_end_in_one_that_holds_the_rest(many: int) -> None:
    parts: list[Part] = [Text(f"{number}") for number in range(many)]
    answers = [
        Outgoing(ChannelName("phone"), "amei", part, f"k{number}")
        for number, part in enumerate(parts)
    ]
    kept = fit_budget(answers, replace(PLAIN, max_replies=3))

    assert len(kept) == min(many, 3)
    said = [one.part.text for one in kept if isinstance(one.part, Text)]
    assert "\n\n".join(said).split("\n\n") == [f"{number}" for number in range(many)]
    assert [one.key for one in kept] == [one.key for one in answers[:3]]


def test_a_rest_of_other_kinds_is_told_in_words() -> None:
    parts: list[Part] = [Text("一"), LINK, Image(alt="海报"), CARD, Markdown("**二**", "二")]
    answers = [Outgoing(ChannelName("phone"), "amei", part, "k") for part in parts]
    [one] = fit_budget(answers, replace(PLAIN, max_replies=1))

    assert one.part == Text(
        "一\n\n沙龙报名\n周六下午\nhttps://example.com/s\n\n海报\n\n回复 1 或 2\n\n二"
    )
