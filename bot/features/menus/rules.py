"""What stands in `content/menu.toml`, and what the platform allows of it (doc/service, 2026-07).

[[entries]]
name = "打卡"
key = "打卡"            # said for her, as if typed

[[entries]]
name = "商城"
under = "更多"          # below an entry that does nothing itself
url = "https://…"
"""

import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from bot.commons.content.paths import shown
from bot.kernel.checking import Source, check, decode, describe, parse_toml
from bot.kernel.errors import FileProblem, Problem
from bot.kernel.following import EntryKind, MenuEntry

TOP, BELOW = 3, 5
"""How many entries the menu has, and each of them below it."""
_NAME_BYTES = {"": 16, "below": 60}
_SHOWN_COLUMNS = {"": 8, "below": 16}
"""Beyond that "…" is shown: four and eight Chinese characters."""
_KEY_BYTES, _URL_BYTES = 128, 1024
_NEEDED: Mapping[EntryKind, tuple[str, ...]] = {
    EntryKind.VIEW: ("url",),
    EntryKind.MINI_PROGRAM: ("url", "app_id", "page"),
}


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    name: str = Field(min_length=1)
    under: str = ""
    type: str = ""
    key: str = ""
    url: str = ""
    app_id: str = ""
    page: str = ""


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    entries: tuple[_Entry, ...] = ()


@dataclass(frozen=True, slots=True)
class Draft:
    """A menu as an operator wrote it, or what is wrong with it."""

    menu: tuple[MenuEntry, ...] = ()
    problems: tuple[Problem, ...] = ()

    @property
    def is_good(self) -> bool:
        """True when there is a menu and nothing forbids to publish it."""
        return bool(self.menu) and all(problem.warning for problem in self.problems)


@dataclass(frozen=True, slots=True)
class MenuFile:
    """Where the menu is written; waits in the toolbox."""

    path: Path

    def draft(self) -> Draft:
        """Read it; no file is an empty draft."""
        try:
            raw = self.path.read_bytes()
        except FileNotFoundError:
            return Draft()
        except OSError as exc:
            message = f"cannot read the menu: {exc.strerror}"
            return Draft(problems=(Problem(shown(self.path), 1, "missing-file", message),))
        return read(shown(self.path), raw)


def read(path: str, raw: bytes) -> Draft:
    """Return the menu of a file, or everything that is wrong with it."""
    try:
        source = parse_toml(path, decode(path, raw))
    except FileProblem as exc:
        return Draft(problems=exc.problems)
    file, problems = check(_File, source.data, source)
    if file is None:
        return Draft(problems=tuple(sorted(problems)))
    found = sorted(_wrong(file.entries, source))
    if any(not problem.warning for problem in found):
        return Draft(problems=tuple(found))
    return Draft(_menu(file.entries), tuple(found))


def _menu(entries: Sequence[_Entry]) -> tuple[MenuEntry, ...]:
    return tuple(
        _made(entry, [_made(one) for one in entries if one.under == entry.name])
        for entry in entries
        if not entry.under
    )


def _made(entry: _Entry, below: Sequence[MenuEntry] = ()) -> MenuEntry:
    return MenuEntry(
        entry.name,
        None if below else _kind(entry),
        key=entry.key,
        url=entry.url,
        app_id=entry.app_id,
        page=entry.page,
        below=tuple(below),
    )


def _kind(entry: _Entry) -> EntryKind | None:
    """Return what an entry does; without a type what it has says it."""
    if entry.type:
        return EntryKind(entry.type) if entry.type in set(EntryKind) else None
    if entry.app_id:
        return EntryKind.MINI_PROGRAM
    if entry.url:
        return EntryKind.VIEW
    return EntryKind.CLICK if entry.key else None


# ── what is wrong ───────────────────────────────────────────────────────────────────────


def _wrong(entries: Sequence[_Entry], source: Source) -> Iterator[Problem]:
    yield from _sizes(entries, source)
    tops = {entry.name: entry for entry in entries if not entry.under}
    parents = {entry.under for entry in entries if entry.under}
    seen: set[tuple[str, str]] = set()
    for number, entry in enumerate(entries):
        at = ("entries", number)
        yield from _name(entry, source, at)
        if (entry.under, entry.name) in seen:
            message = f"name {describe(entry.name)} is taken"
            yield source.problem((*at, "name"), "duplicate-name", message)
        seen.add((entry.under, entry.name))
        if entry.under and entry.under not in tops:
            known = ", ".join(tops) or "none"
            message = f"under: there is no entry {describe(entry.under)} at the top"
            yield source.problem((*at, "under"), "unknown-entry", message, f"at the top: {known}")
        is_parent = not entry.under and entry.name in parents
        yield from _parent(entry, source, at) if is_parent else _deed(entry, source, at)


def _sizes(entries: Sequence[_Entry], source: Source) -> Iterator[Problem]:
    counts: dict[str, int] = {}
    for number, entry in enumerate(entries):
        counts[entry.under] = counts.get(entry.under, 0) + 1
        most = BELOW if entry.under else TOP
        if counts[entry.under] == most + 1:
            where = f"below {describe(entry.under)}" if entry.under else "at the top"
            message = f"{describe(entry.name)} is one too many: {most} entries fit {where}"
            yield source.problem(("entries", number), "menu-size", message)


def _name(entry: _Entry, source: Source, at: tuple[str | int, ...]) -> Iterator[Problem]:
    level = "below" if entry.under else ""
    size, most = len(entry.name.encode()), _NAME_BYTES[level]
    columns = sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in entry.name)
    where = (*at, "name")
    if not entry.name.strip() or not entry.name.isprintable():
        yield source.problem(where, "bad-value", "name: nothing of it can be seen")
    if size > most:
        message = f"name: found {size} bytes, allowed: {most} (a Chinese character takes 3)"
        yield source.problem(where, "too-long", message)
    elif columns > _SHOWN_COLUMNS[level]:
        fit = _SHOWN_COLUMNS[level] // 2
        message = f"name: WeChat shows {fit} Chinese characters and then …"
        yield source.problem(where, "too-long", message, warning=True)


def _parent(entry: _Entry, source: Source, at: tuple[str | int, ...]) -> Iterator[Problem]:
    for key in ("type", "key", "url", "app_id", "page"):
        if getattr(entry, key):
            message = f"{key}: an entry with others below it does nothing itself"
            yield source.problem((*at, key), "bad-value", message, "move it to an entry below")


def _deed(entry: _Entry, source: Source, at: tuple[str | int, ...]) -> Iterator[Problem]:
    kind = _kind(entry)
    if kind is None and entry.type:
        allowed = ", ".join(sorted(EntryKind))
        message = f"type: found {describe(entry.type)}, allowed: {allowed}"
        yield source.problem((*at, "type"), "bad-value", message)
    elif kind is None:
        hint = "give it a key, a url, or entries with under"
        message = f"{describe(entry.name)} does nothing when it is pressed"
        yield source.problem(at, "missing-key", message, hint)
    else:
        yield from _needs(entry, kind, source, at)


def _needs(
    entry: _Entry, kind: EntryKind, source: Source, at: tuple[str | int, ...]
) -> Iterator[Problem]:
    needed = _NEEDED.get(kind, ("key",))
    for key in ("key", "url", "app_id", "page"):
        value: str = getattr(entry, key)
        if key in needed and not value:
            yield source.problem(at, "missing-key", f'"{key}" is missing: {kind} needs it')
        elif value and key not in needed:
            message = f"{key}: {kind} does not take it"
            yield source.problem((*at, key), "bad-value", message)
        elif value and (trouble := _value(key, value)):
            yield source.problem((*at, key), *trouble)


def _value(key: str, value: str) -> tuple[str, str] | None:
    most = _URL_BYTES if key == "url" else _KEY_BYTES
    if len(value.encode()) > most:
        return "too-long", f"{key}: found {len(value.encode())} bytes, allowed: {most}"
    if key == "url" and not value.startswith(("https://", "http://")):
        return "bad-value", f"url: found {describe(value)}, allowed: http://… or https://…"
    return None
