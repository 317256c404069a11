"""The words by which files say whom something is for. No database."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from bot.commons.profiles import BadRef, read_ref

EVERYBODY, ALL_GROUPS = "all", "all_groups"
KINDS = ("tier", "tag", "group", "member")


@dataclass(frozen=True, slots=True)
class KnownAudience:
    """What the words may refer to, as configured."""

    tiers: Collection[str] = ()
    groups: Collection[str] = ()
    advisors: Collection[str] | None = None
    """Userids; None where nobody knows them."""


@dataclass(frozen=True, slots=True)
class Wrong:
    """What is wrong with a word: the lint rule, what to say, and what to do."""

    rule: str
    message: str
    hint: str = ""


def wrong_with(word: str, known: KnownAudience, *, groups_only: bool = False) -> Wrong | None:
    """Return what is wrong with a word; None when somebody can be meant by it.

    Args:
        word: as written.
        known: tiers and groups of the configuration.
        groups_only: True where groups are meant rather than people.
    """
    kind, colon, name = word.partition(":")
    if word == ALL_GROUPS:
        hint = f'write "{EVERYBODY}" for all members'
        return None if groups_only else Wrong("bad-value", f'"{word}" means groups', hint)
    if kind == "group" and colon:
        ids = ", ".join(f"group:{one}" for one in known.groups) or "there are no groups"
        unknown = Wrong("unknown-group", f'there is no group "{name[:40]}"', f"known: {ids}")
        return None if name in known.groups else unknown
    if groups_only:
        return Wrong("bad-value", f'"{word[:40]}" is no group', 'allowed: "all_groups", "group:ID"')
    if word == EVERYBODY:
        return None
    return _wrong_with_people(kind if colon else "", name, word, known)


def _wrong_with_people(kind: str, name: str, word: str, known: KnownAudience) -> Wrong | None:
    if kind == "tier":
        tiers = ", ".join(f"tier:{one}" for one in known.tiers)
        unknown = Wrong("unknown-tier", f'there is no tier "{name[:40]}"', f"known: {tiers}")
        return None if name in known.tiers else unknown
    if kind == "tag":
        return None if name.strip() else Wrong("bad-value", "a tag has a name", "tag:NAME")
    if kind == "member":
        try:
            read_ref(name)
        except BadRef as exc:
            return Wrong("bad-value", f'"{word[:60]}": {exc}')
        return None
    allowed = ", ".join([f'"{EVERYBODY}"', *(f'"{one}:…"' for one in KINDS)])
    return Wrong("bad-value", f'nobody is called "{word[:40]}"', f"allowed: {allowed}")


def sort_out(words: Sequence[str]) -> dict[str, list[str]]:
    """Return the names in `words` by their kind; those of an unknown kind mean nobody."""
    found: dict[str, list[str]] = {}
    for word in words:
        kind, _, name = word.partition(":")
        found.setdefault(kind, []).append(name.strip())
    return found
