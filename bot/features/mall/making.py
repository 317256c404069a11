"""What an operator typed into the form of new goods."""

from collections.abc import Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.commons.audience import KnownAudience, wrong_with
from bot.kernel.console import instant_in
from bot.kernel.errors import Refusal
from bot.kernel.words import count_in

_MOST_NUMBER = 999_999_999


class BadForm(Refusal):
    """A field of the form is wrong; nothing was written."""

    template = "mall/bad_form.txt.j2"


def text_in(form: Mapping[str, str], field: str, most: int) -> str:
    """Return the words of a field.

    Raises:
        BadForm: there are none, or too many.
    """
    text = " ".join(form.get(field, "").split())
    if not 0 < len(text) <= most:
        raise BadForm(field, field=field, most=most)
    return text


def matter_in(
    form: Mapping[str, str], title: str, zone: ZoneInfo, known: KnownAudience
) -> dict[str, object]:
    """Return the front matter; its own checks name what is wrong with it.

    Raises:
        BadForm: what should be a number, an instant or an audience is none.
    """
    return {
        "title": title,
        "kind": "interactive",
        "stage": "purchase",
        "points": _number(form, "points"),
        "stock": _number(form, "stock"),
        "per_member": _number(form, "per_member") or 1,
        "opens_at": _instant(form, "opens_at", zone),
        "closes_at": _instant(form, "closes_at", zone),
        "audience": _people(form, "audience", known),
        "early": _people(form, "early", known),
        "invite": bool(form.get("invite")) or None,
        "flash": bool(form.get("flash")) or None,
        "coupon": form.get("coupon", "").strip() or None,
        "reserve_hours": _number(form, "reserve_hours") or None,
        "media": [media] if (media := form.get("media", "").strip()) else None,
    }


def _people(form: Mapping[str, str], field: str, known: KnownAudience) -> list[str] | None:
    words = form.get(field, "").split()
    for word in words:
        if wrong_with(word, known):
            raise BadForm(field, field="people", name=word[:40])
    return words or None


def _number(form: Mapping[str, str], field: str) -> int:
    text = form.get(field, "").strip() or "0"
    if (number := count_in(text, _MOST_NUMBER)) is None:
        raise BadForm(field, field="number", name=field)
    return number


def _instant(form: Mapping[str, str], field: str, zone: ZoneInfo) -> datetime | None:
    text = form.get(field, "").strip()
    if not text:
        return None
    if (at := instant_in(text, zone)) is None:
        raise BadForm("date", field="date", name=field)
    return at
