"""What members read about their submissions, in the chat and on their pages."""

from collections.abc import Mapping

from bot.commons import members
from bot.commons.submissions import View
from bot.features.ugc import calls
from bot.kernel.messages import Button, Card, CardKind
from bot.kernel.ports import Words
from bot.kernel.work import Toolbox, UnitOfWork

PAGE, GALLERY = "ugc/mine", "ugc/gallery"
LINK_VALID_S = 24 * 3600


def words_of(uow: UnitOfWork, tools: Toolbox, view: View) -> Mapping[str, object]:
    """Return everything that a template says of one submission."""
    call = calls.find(uow, tools, view.call) if view.call else None
    nickname = members.display_name(uow, view.member) if view.member else None
    return {
        "view": view,
        "call": call.title if call else "",
        "credit": view.credited(nickname),
        "pictures": view.count_pictures,
    }


def choice_card(uow: UnitOfWork, tools: Toolbox, view: View, data: Mapping[str, object]) -> Card:
    """Return the question whether others may see it; `fallback` is how it is asked in words."""
    number, nickname = view.number, members.display_name(uow, view.member) if view.member else None
    words = tools.use(Words)
    named = [Button(words("ugc/button.txt.j2", what="nickname"), f"ugc:nickname:{number}")]
    buttons = (
        *(named if nickname else []),
        Button(words("ugc/button.txt.j2", what="anonymous"), f"ugc:anonymous:{number}", style=2),
        Button(words("ugc/button.txt.j2", what="private"), f"ugc:private:{number}", style=2),
    )
    return Card(
        id=f"ugc-{number}",
        shape=CardKind.BUTTONS,
        title=words("ugc/sent_title.txt.j2", **data),
        fallback=words("ugc/sent.txt.j2", **data, nickname=nickname),
        description=words("ugc/sent_about.txt.j2", **data),
        buttons=buttons,
    )
