"""Examines a configured house and its doors; changes nothing and sends nothing."""

import asyncio
import os
from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from typing_extensions import override

from bot.app.doors import make_channels, make_second_opinion
from bot.app.knocking import is_near, knock, place
from bot.app.tools import files_folder
from bot.commons.media import DiskStore
from bot.config import Config, Simulator
from bot.kernel.checking import Trail
from bot.kernel.checkup import HOUSE, Checkable, Doctor, Examined, Finding, Knockable, Level
from bot.kernel.clock import ShiftedClock, SystemClock
from bot.kernel.errors import ConfigError, PlatformError
from bot.kernel.ports import Channel, Words
from bot.storage import migrate
from bot.storage.db import Database
from bot.storage.writer import Writer

OPINION = "opinion"
"""The section of whom is asked for second opinions; the check-up calls it the same."""
WITHIN_S = 8.0
"""How long everything together may take; what was found until then is told."""


class HouseDoctor(Doctor):
    """The kernel's `Doctor` for one configuration."""

    def __init__(self, config: Config, words: Words, within_s: float = WITHIN_S) -> None:
        self._config = config
        self._words = words
        self._within_s = within_s
        asked = (OPINION,) if config.opinion.enabled else ()
        self.doors = (HOUSE, *(door.name for door in at_rest(config, words)), *asked)

    @override
    async def examine(self) -> AsyncIterator[tuple[str, Sequence[Examined]]]:
        """Examine all at the same time; told in order."""
        doors = at_rest(self._config, self._words)
        near = asyncio.create_task(_near(self._config, doors, self._within_s))
        asked = [asyncio.create_task(_door(self._config, one, self._within_s)) for one in doors]
        if (model := make_second_opinion(self._config)) is not None:
            asked.append(asyncio.create_task(_opinion(model, self._within_s)))
        try:
            yield HOUSE, await near
            for door, answers in zip(self.doors[1:], asked, strict=True):
                yield door, await answers
        finally:
            for task in (near, *asked):
                task.cancel()


async def examine(config: Config, words: Words, within_s: float = WITHIN_S) -> Sequence[Examined]:
    """Examine the house first, then each door."""
    doctor = HouseDoctor(config, words, within_s)
    return [one async for _, found in doctor.examine() for one in found]


async def _near(config: Config, doors: Sequence[Channel], within_s: float) -> list[Examined]:
    near = asyncio.create_task(_house(config))
    try:
        async with asyncio.timeout(within_s + 1):
            found = [*await near]
    except TimeoutError:
        late = Finding("database", "no answer in time", Level.OUTSIDE, "is the server up?")
        found = [_at(late, HOUSE, ("database", "url"))]
    public = place(config.server.base_url)
    if any(isinstance(door, Knockable) for door in doors):
        found.append(_at(public, HOUSE, ("server",)))
    return found


def at_rest(config: Config, words: Words) -> list[Channel]:
    """Return the channels, none of them started, over a database that is not there."""
    channels = config.channels.model_copy(update={"simulator": Simulator()})
    clock = ShiftedClock(SystemClock())
    nowhere = Writer(Database("sqlite://"), clock)
    settings = config.model_copy(update={"channels": channels})
    return make_channels(settings, nowhere, clock, words, DiskStore(files_folder(config)))


async def _door(config: Config, door: Channel, within_s: float) -> Sequence[Examined]:
    section = ("channels", *door.name.split(".", 1))
    found: list[Finding] = []
    answers, _ = await asyncio.gather(_knocked(config, door), checked(door, found, within_s))
    return [_at(one, door.name, section) for one in (*_wire(config, door), *found, *answers)]


async def _opinion(model: object, within_s: float) -> Sequence[Examined]:
    found: list[Finding] = []
    await checked(model, found, within_s)
    return [_at(one, OPINION, (OPINION,)) for one in found]


def _wire(config: Config, door: Channel) -> Sequence[Finding]:
    """Return what is wrong with an address that secrets travel to."""
    base = getattr(getattr(config.channels, door.name, None), "api_base", "")
    if not base.startswith("http:") or is_near(urlsplit(base).hostname or ""):
        return ()
    message = f"{base} is not encrypted: whoever is on the way reads the secret"
    hint = "write https://, or leave api_base out"
    return (Finding("tls", message, Level.PROBLEM, hint, "api_base"),)


async def checked(door: object, found: list[Finding], within_s: float) -> None:
    """Collect what a door finds; an answer that does not come costs only what is behind it."""
    if not isinstance(door, Checkable):
        return
    try:
        async with asyncio.timeout(within_s):
            async for one in door.check_up():
                found.append(one)  # noqa: PERF401 - what was found before the time is over stays
    except TimeoutError:
        hint = "the network or the platform is slow; try again"
        late = Finding("reach", f"no answer within {within_s:g} s", Level.OUTSIDE, hint)
        found.append(late)
    except PlatformError as exc:
        found.append(Finding("platform", str(exc), Level.OUTSIDE))
    except Exception as exc:  # noqa: BLE001 - a strange answer must not hide the other doors
        message = f"the check-up stumbled over an answer: {type(exc).__name__}"
        hint = "tell whoever maintains the bot; the other channels were examined"
        found.append(Finding("platform", message, Level.OUTSIDE, hint))


async def _knocked(config: Config, door: Channel) -> Sequence[Finding]:
    if door.receiver is None or not isinstance(door, Knockable):
        return ()
    return (await knock(f"{config.server.base_url}/callback/{door.name}", door.knock()),)


def _at(finding: Finding, door: str, section: Trail) -> Examined:
    in_server = finding.key == "public_url"
    base = ("server",) if in_server else section
    return Examined(door, finding, (*base, finding.key) if finding.key else base)


# ── the house ───────────────────────────────────────────────────────────────────────────


async def _house(config: Config) -> Sequence[Examined]:
    database = await asyncio.to_thread(_database, config)
    return [
        _at(database, HOUSE, ("database", "url")),
        _at(_folder(config.paths.data), HOUSE, ("paths", "data")),
        _at(_zone(config.community.timezone), HOUSE, ("community", "timezone")),
    ]


def _database(config: Config) -> Finding:
    url = config.database.url.get_secret_value()
    if url.startswith("sqlite:///") and (trouble := _sqlite_file(Path(url[10:]))):
        return trouble
    database = Database(url)
    try:
        found = migrate.state(database)
    except ConfigError as exc:
        first = exc.problems[0]
        level = Level.PROBLEM if database.is_sqlite else Level.OUTSIDE
        return Finding("database", first.message, level, first.hint)
    finally:
        database.close()
    return _schema(found, is_sqlite=database.is_sqlite)


def _sqlite_file(path: Path) -> Finding | None:
    """Return why a database file cannot be opened, or need not; opening one would make it."""
    if not path.exists():
        able = _folder(path.parent)
        if able.level is not Level.OK:
            return Finding("database", able.message, able.level, able.hint)
        return Finding("database", f"{path} is not there yet: bot run makes it", Level.NOTE)
    if not os.access(path, os.R_OK | os.W_OK):
        hint = "let this user own it, and its folder"
        return Finding("database", f"{path} cannot be written", Level.PROBLEM, hint)
    return None


def _schema(found: migrate.State, *, is_sqlite: bool) -> Finding:
    match found:
        case migrate.State.CURRENT:
            return Finding("database", "answers, its schema is current")
        case migrate.State.NEWER:
            hint = "install that version again, or restore a copy from before"
            message = "a newer version of this program has changed the schema"
            return Finding("database", message, Level.PROBLEM, hint)
    message = f"answers, its schema is {found.value}"
    if is_sqlite:
        return Finding("database", f"{message}: bot run brings it up to date", Level.NOTE)
    return Finding("database", message, Level.PROBLEM, "run: bot migrate")


def _folder(path: Path) -> Finding:
    """Return whether we may write in a folder, or make it."""
    place = next((one for one in (path, *path.absolute().parents) if one.exists()), path)
    if place.is_dir() and os.access(place, os.W_OK | os.X_OK):
        return Finding("data-folder", f"{path} can be written")
    hint = "let this user own it, or set another in [paths]"
    return Finding("data-folder", f"{place} cannot be written", Level.PROBLEM, hint)


def _zone(name: str) -> Finding:
    here = datetime.now(ZoneInfo(name))
    return Finding("timezone", f"in {name} it is {here:%Y-%m-%d %H:%M} (UTC{here:%z})")
