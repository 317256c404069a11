"""What an operator typed into a form, as the front matter of a salon's file."""

import tomllib
from collections.abc import Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.commons.audience import KnownAudience, wrong_with
from bot.commons.content import rewards_sharing
from bot.kernel.console import instant_in
from bot.kernel.errors import Refusal
from bot.kernel.words import count_in

WORDS_CHARS, TITLE_CHARS, PLACE_CHARS = 500, 60, 200
_MOST_NUMBER = 100_000


class BadForm(Refusal):
    """A field of the form is wrong; nothing was written."""

    template = "salons/bad_form.txt.j2"


def text(form: Mapping[str, str], field: str, most: int, *, optional: bool = False) -> str:
    """Return what was typed into a field.

    Raises:
        BadForm: nothing, or too much.
    """
    typed = form.get(field, "").strip()
    if len(typed) > most or not (typed or optional):
        raise BadForm(field, field=field, most=most)
    return typed


def promise(form: Mapping[str, str], field: str) -> str:
    """Return words that members are told, which may not reward sharing.

    Raises:
        BadForm: nothing, too much, or a reward for sharing.
    """
    words = text(form, field, WORDS_CHARS)
    if found := rewards_sharing(words):
        raise BadForm(field, field="sharing", words=found.words)
    return words


def body(form: Mapping[str, str]) -> str:
    """Return the words of a file."""
    return form.get("body", "").replace("\r\n", "\n").strip()


def _number(form: Mapping[str, str], field: str) -> int | None:
    typed = form.get(field, "").strip()
    if not typed:
        return None
    if (number := count_in(typed, _MOST_NUMBER)) is None:
        raise BadForm(field, field="number", name=field)
    return number


def _instant(form: Mapping[str, str], field: str, zone: ZoneInfo) -> datetime | None:
    typed = form.get(field, "").strip()
    if not typed:
        return None
    if (at := instant_in(typed, zone)) is None:
        raise BadForm(field, field="date", name=field)
    return at


def new_matter(form: Mapping[str, str], zone: ZoneInfo) -> dict[str, object]:
    """Return the front matter of a new salon; keys that are None are left out.

    Raises:
        BadForm: a field is wrong.
    """
    starts_at = _instant(form, "starts_at", zone)
    if starts_at is None:
        raise BadForm("starts_at", field="date", name="starts_at")
    return {
        "title": text(form, "title", TITLE_CHARS),
        "kind": "interactive",
        "stage": "consideration",
        "starts_at": starts_at,
        "ends_at": _instant(form, "ends_at", zone),
        "place": text(form, "place", PLACE_CHARS, optional=True) or None,
        "capacity": _number(form, "capacity"),
        "guests_max": _number(form, "guests_max") or None,
        "signup_until": _instant(form, "signup_until", zone),
        "invite_at": _instant(form, "invite_at", zone),
        "invite": form.get("invite", "").split() or None,
        "invite_first": form.get("invite_first", "").split() or None,
        "host": text(form, "host", TITLE_CHARS, optional=True) or None,
        "host_member": text(form, "host_member", TITLE_CHARS, optional=True) or None,
        "no_show": text(form, "no_show", PLACE_CHARS, optional=True) or None,
        "series": text(form, "series", TITLE_CHARS, optional=True) or None,
        **_series(form),
    }


def check_audience(form: Mapping[str, str], known: KnownAudience) -> None:
    """See whether everybody whom the form invites can be there.

    Raises:
        BadForm: nobody is called so.
    """
    host = [f"member:{ref}"] if (ref := form.get("host_member", "").strip()) else []
    for word in (*form.get("invite", "").split(), *form.get("invite_first", "").split(), *host):
        if wrong := wrong_with(word, known):
            raise BadForm(word, field="audience", wrong=wrong)


def _series(form: Mapping[str, str]) -> dict[str, object]:
    until = form.get("repeat_until", "").strip()
    if not until:
        return {}
    try:
        day = datetime.fromisoformat(until).date()
    except ValueError:
        raise BadForm("repeat_until", field="date", name="repeat_until") from None
    return {"repeat_weeks": _number(form, "repeat_weeks") or 1, "repeat_until": day}


def moved_matter(
    before: str, form: Mapping[str, str], zone: ZoneInfo
) -> tuple[dict[str, object], str]:
    """Return a file's front matter with another time, place or number of places, and its words.

    Raises:
        BadForm: a field is wrong, or the file is not written as forms write it.
    """
    front, words = _parts(before)
    matter = tomllib.loads(front)
    if (starts_at := _instant(form, "starts_at", zone)) is None:
        raise BadForm("starts_at", field="date", name="starts_at")
    for key in ("ends_at", "signup_until"):
        matter.pop(key, None)
    changed: dict[str, object] = {
        "starts_at": starts_at,
        "ends_at": _instant(form, "ends_at", zone),
        "place": text(form, "place", PLACE_CHARS, optional=True) or None,
        "capacity": _number(form, "capacity"),
    }
    return matter | changed, words


def _parts(file: str) -> tuple[str, str]:
    """Return front matter and words."""
    head, _, rest = file.replace("\r\n", "\n").removeprefix("\ufeff").partition("+++\n")
    front, end, words = rest.partition("\n+++\n")
    if head.strip() or not end:
        raise BadForm("file", field="file")
    return front, words
