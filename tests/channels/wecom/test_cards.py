"""Cards as the pages show them, within their limits, or their fallback."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.wecom.app import _body
from bot.channels.wecom.cards import Unfit, card_json, update_json
from bot.channels.wecom.group_robot import _card
from bot.channels.wecom.parts import news_body, text_body, textcard_body
from bot.channels.wecom.passive import card_update_xml
from bot.channels.wecom.xml import read_xml
from bot.kernel.errors import Undeliverable
from bot.kernel.messages import (
    Button,
    Card,
    CardKind,
    CardUpdate,
    Choice,
    Link,
    Markdown,
    News,
    Question,
)
from tests.kit.rooms import NOON
from tests.kit.wecom import BUTTONS, CARDS, MULTIPLE, NEWS_NOTICE, PAGE, TEXT_NOTICE, VOTE
from tests.kit.wecom_rules import check_card, check_card_update, check_message

REQUESTS = Path(__file__).parent / "requests"
PAYLOADS = Path(__file__).parent / "payloads"
FAMILY = "👨‍👩‍👧‍👦"


def recorded(name: str) -> dict[str, Any]:
    body: dict[str, Any] = json.loads((REQUESTS / f"{name}.json").read_text(encoding="utf-8"))
    return body


def names_in(value: object) -> set[str]:
    """Return every field name, at any depth, with the type of what it holds."""
    match value:
        case dict():
            inside = set().union(*(names_in(one) for one in value.values()))
            return {f"{name}:{type(one).__name__}" for name, one in value.items()} | inside
        case list():
            return set().union(*(names_in(one) for one in value))
        case _:
            return set()


@pytest.mark.parametrize("name", sorted(path.stem for path in REQUESTS.glob("message_send_*")))
def test_the_rules_take_every_recorded_request(name: str) -> None:
    check_message(recorded(name))


@pytest.mark.parametrize("name", ["update_template_card_button", "update_template_card_full"])
def test_the_rules_take_every_recorded_card_update(name: str) -> None:
    check_card_update(recorded(name))


@pytest.mark.parametrize("card", CARDS, ids=lambda card: card.shape.value)
def test_a_card_has_the_fields_of_the_recorded_one(card: Card) -> None:
    made = card_json(card)
    sample = recorded(f"message_send_card_{card.shape.value}")["template_card"]

    check_card(made)
    assert made["card_type"] == sample["card_type"]
    assert made["main_title"]["title"] == sample["main_title"]["title"]
    # optional on the page and without a counterpart in our words
    ours = {"userid:str", "icon_url:str", "desc_color:int", "aspect_ratio:float"}
    assert names_in(sample) - names_in(made) <= ours
    assert names_in(made) - names_in(sample) <= {"type:int"}


@pytest.mark.parametrize(
    ("card", "changes"),
    [
        (TEXT_NOTICE, {"url": ""}),
        (TEXT_NOTICE, {"title": ""}),
        (TEXT_NOTICE, {"facts": (("a", "b"),) * 7}),
        (TEXT_NOTICE, {"buttons": (Button("a", url=PAGE),) * 4}),
        (TEXT_NOTICE, {"buttons": (Button("a", "k"),) * 4}),
        (TEXT_NOTICE, {"id": ""}),
        (NEWS_NOTICE, {"image_url": ""}),
        (BUTTONS, {"id": "有中文"}),
        (BUTTONS, {"id": "a" * 129}),
        (BUTTONS, {"buttons": ()}),
        (BUTTONS, {"buttons": (Button("a", "k"),) * 7}),
        (BUTTONS, {"buttons": (Button("", "k"),)}),
        (BUTTONS, {"buttons": (Button("a", "k" * 1025),)}),
        (BUTTONS, {"buttons": (Button("a", url="javascript:alert(1)"),)}),
        (VOTE, {"submit": None}),
        (VOTE, {"questions": ()}),
        (VOTE, {"questions": (Question("q", tuple(Choice(str(i), "a") for i in range(21))),)}),
        (VOTE, {"questions": (Question("q", (Choice("", "a"),)),)}),
        (MULTIPLE, {"questions": MULTIPLE.questions * 2}),
    ],
)
def test_a_card_that_would_be_refused_goes_as_its_fallback(
    card: Card, changes: dict[str, Any]
) -> None:
    unfit = replace(card, **changes)

    with pytest.raises(Unfit):
        card_json(unfit)
    assert _body(unfit) == {"msgtype": "text", "text": {"content": card.fallback}}


words = st.text(st.sampled_from("好a " + FAMILY + "🇨🇳"), min_size=1, max_size=300).filter(str.strip)


@given(words, words, st.sampled_from([TEXT_NOTICE, NEWS_NOTICE, BUTTONS, VOTE, MULTIPLE]))
def test_long_words_are_cut_to_what_a_card_takes(title: str, more: str, card: Card) -> None:
    questions = tuple(
        replace(one, choices=tuple(replace(choice, text=more) for choice in one.choices))
        for one in card.questions
    )
    long = replace(
        card,
        title=title,
        description=more,
        source=more,
        emphasis=more,
        body=more,
        facts=((title, more),),
        questions=questions,
        buttons=tuple(replace(one, text=more) for one in card.buttons),
        submit=replace(card.submit, text=more) if card.submit else None,
    )

    check_card(card_json(long))
    check_message(_card(long), webhook=True)


def test_a_robot_shows_notices_and_tells_of_the_rest() -> None:
    plain = replace(TEXT_NOTICE, buttons=())

    kinds = [_card(card)["msgtype"] for card in (plain, NEWS_NOTICE, TEXT_NOTICE, BUTTONS, VOTE)]

    assert kinds == ["template_card", "template_card", "text", "text", "text"]
    check_message(_card(plain), webhook=True)


def test_a_new_card_keeps_the_id_of_the_old_one() -> None:
    changed = update_json(CardUpdate("h", "已截止", VOTE))

    check_card_update({"agentid": 1, "response_code": "h", **changed})
    assert "task_id" not in changed["template_card"]
    assert changed["template_card"]["checkbox"]["disable"] is True
    assert changed["template_card"]["replace_text"] == "已截止"


def test_a_new_card_that_would_be_refused_greys_the_button_of_the_old_one() -> None:
    unfit = replace(VOTE, submit=None)

    assert update_json(CardUpdate("h", "已截止", unfit)) == {"button": {"replace_name": "已截止"}}
    with pytest.raises(Undeliverable):
        update_json(CardUpdate("h", "", unfit))


@pytest.mark.parametrize(
    ("name", "update"),
    [
        ("reply_app_update_button", CardUpdate("h", "已处理")),
        (
            "reply_app_update_vote_card",
            CardUpdate("h", "已提交", replace(VOTE, source="社群小助手")),
        ),
    ],
)
def test_a_passive_update_has_the_fields_of_the_recorded_one(name: str, update: CardUpdate) -> None:
    sample = read_xml((PAYLOADS / f"{name}.xml").read_text(encoding="utf-8"))
    made = read_xml(card_update_xml(update, to="lihua", sender="ww1", now=NOON))

    assert names_in(sample) - names_in(made) <= {"IconUrl:list", "DescColor:list"}
    assert names_in(made) <= names_in(sample)


@given(st.text(st.characters(exclude_categories=["Cc", "Cs"], exclude_characters="\ufffe\uffff")))
def test_no_words_break_out_of_a_passive_update(text: str) -> None:
    update = CardUpdate("h", text + "]]>", replace(VOTE, title=text + "]]>" or "a"))
    made = read_xml(card_update_xml(update, to="lihua", sender="ww1", now=NOON))

    assert made.keys() == {"ToUserName", "FromUserName", "CreateTime", "MsgType", "TemplateCard"}


@pytest.mark.parametrize("unit", [FAMILY, "🇨🇳", "好", "a", "é"])
def test_long_text_is_cut_between_characters(unit: str) -> None:
    [content] = text_body(unit * 3_000)["text"].values()

    assert len(content.encode()) <= 2048
    assert content.endswith("…")
    assert set(content.removesuffix("…").split(unit)) == {""}


@given(words, words)
def test_links_fit_whatever_they_say(title: str, description: str) -> None:
    link = Link(title, PAGE, description)

    for body in (textcard_body(link), news_body(link), _body(News((link,) * 9))):
        check_message({"touser": "a", "agentid": 1, **body})


@pytest.mark.parametrize("url", ["", "ftp://a", "javascript:x", "http://" + "a" * 2048, "http://["])
def test_an_address_that_does_not_open_is_not_sent(url: str) -> None:
    with pytest.raises(Undeliverable):
        textcard_body(Link("标题", url))


@pytest.mark.parametrize("part", [Markdown("", ""), News(()), Link("", PAGE)])
def test_there_must_be_something_to_say(part: Markdown | News | Link) -> None:
    with pytest.raises(Undeliverable):
        _body(part)


def test_every_shape_of_card_is_tried_here() -> None:
    assert {card.shape for card in CARDS} == set(CardKind)
