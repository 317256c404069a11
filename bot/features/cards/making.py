"""Makes the cards: their words come from templates, their buttons say which card they are of."""

from collections.abc import Sequence
from dataclasses import replace

from bot.commons import cases
from bot.commons.duty import Standing
from bot.features.cards.look import Facts, head_of, look
from bot.features.cards.rules import short_name
from bot.kernel.community import Community
from bot.kernel.messages import Button, Card, CardKind
from bot.kernel.ports import Links, Words
from bot.kernel.words import cut_chars
from bot.kernel.work import Toolbox, UnitOfWork

TAP = "cards"
"""What the keys of all buttons begin with."""
_FACTS, _BUTTON_CHARS = 6, 10
_STYLES = {"take": 1, "to": 4, "later": 4, "open": 4}


def case_card(
    uow: UnitOfWork,
    tools: Toolbox,
    case: cases.Case,
    ref: str,
    *,
    buttons: Sequence[str],
    standing: str = "",
) -> Card:
    """Return the card of a case.

    Args:
        uow: the unit of work.
        tools: the toolbox.
        case: what it is about.
        ref: names the card for good; its buttons bring it back.
        buttons: of `take`, `to`, `later`, in their order.
        standing: how it stands, in words; empty while nobody has done anything.
    """
    facts, url = {**look(uow, tools, case), "standing": standing}, desk_of(tools, case)
    return drawn(tools, facts, ref=ref, buttons=buttons, url=url)


def drawn(tools: Toolbox, facts: Facts, *, ref: str, buttons: Sequence[str], url: str) -> Card:
    """Return a card with these facts on it."""
    words = tools.use(Words)
    title, body = words("cards/title.txt.j2", **facts), words("cards/body.txt.j2", **facts)
    about = str(facts["standing"]) or words("cards/tier.txt.j2", **facts)
    quote = words("cards/messages.txt.j2", **facts)
    return Card(
        id=f"case-{ref}",
        shape=CardKind.BUTTONS,
        source=cut_chars(tools.use(Community).name, 20),
        title=title,
        description=about,
        body=body,
        quote=quote,
        facts=_pairs(words("cards/facts.txt.j2", **facts)),
        buttons=(
            *(_button(tools, what, f"{TAP}:{what}:{ref}") for what in buttons),
            replace(_button(tools, "open", ""), url=url),
        ),
        url=url,
        fallback="\n".join(each for each in (title, about, body, quote, url) if each),
    )


def choice_card(
    uow: UnitOfWork,
    tools: Toolbox,
    case: cases.Case,
    ones: Sequence[Standing],
    *,
    ref: str,
    turn: int,
) -> Card:
    """Return the card on which an advisor chooses who is to have a case instead of her."""
    words, head = tools.use(Words), head_of(uow, case)
    names = [short_name(one.name) or one.userid for one in ones]
    return Card(
        id=f"to-{ref}-{turn}",
        shape=CardKind.BUTTONS,
        source=cut_chars(tools.use(Community).name, 20),
        title=words("cards/title.txt.j2", **head),
        description=words("cards/choose.txt.j2", names=names),
        buttons=tuple(
            Button(cut_chars(name, _BUTTON_CHARS), f"{TAP}:give:{ref}:{one.userid}", 4)
            for name, one in zip(names, ones, strict=True)
        ),
        url=desk_of(tools, case),
        fallback=words("cards/choose.txt.j2", names=names),
    )


def nudge_card(uow: UnitOfWork, tools: Toolbox, case: cases.Case, facts: Facts) -> Card:
    """Return the card that says how little time is left, or that it is over."""
    words, url = tools.use(Words), desk_of(tools, case)
    title = words("cards/title.txt.j2", **head_of(uow, case))
    body = words("cards/nudge.txt.j2", **facts)
    return Card(
        id="",
        shape=CardKind.TEXT_NOTICE,
        source=cut_chars(tools.use(Community).name, 20),
        title=title,
        body=body,
        url=url,
        fallback=f"{title}\n{body}\n{url}",
    )


def digest_card(tools: Toolbox, facts: Facts) -> Card:
    """Return the card that tells an advisor what waits for her."""
    words = tools.use(Words)
    return Card(
        id="",
        shape=CardKind.TEXT_NOTICE,
        source=cut_chars(tools.use(Community).name, 20),
        title=words("cards/digest_title.txt.j2", **facts),
        body=words("cards/digest.txt.j2", **facts),
        url=tools.use(Links).for_advisors(""),
        fallback=words("cards/digest.txt.j2", **facts),
    )


def erased_card(tools: Toolbox) -> Card:
    """Return the card that takes the place of one about a member who has deleted her data."""
    title, url = tools.use(Words)("cards/erased.txt.j2"), tools.use(Links).for_advisors("")
    return Card(
        id="",
        shape=CardKind.TEXT_NOTICE,
        source=cut_chars(tools.use(Community).name, 20),
        title=title,
        url=url,
        fallback=title,
    )


def desk_of(tools: Toolbox, case: cases.Case) -> str:
    """Return the address of a case on the desk."""
    return tools.use(Links).for_advisors(f"cases/{case.id}")


def _button(tools: Toolbox, what: str, key: str) -> Button:
    text = tools.use(Words)("cards/button.txt.j2", what=what)
    return Button(cut_chars(text, _BUTTON_CHARS), key, _STYLES[what])


def _pairs(lines: str) -> tuple[tuple[str, str], ...]:
    """Return `name|value` lines as pairs, as many as a card shows."""
    pairs = (line.partition("|") for line in lines.splitlines() if line.strip())
    return tuple((name, value) for name, _, value in pairs if name and value)[:_FACTS]
