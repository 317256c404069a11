"""The classifier's versions: the shipped one, and those that were trained here.

Trained ones are `0001.bin`, `0002.bin` … in a folder below `paths.data`; the file `current` names
the one in use. Nothing is deleted, so that a step back is only another word in that file.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import structlog

from bot.commons.learning import model
from bot.commons.learning.model import BadWeights, Weights
from bot.kernel.errors import BotError

FOLDER = "detector"
SHIPPED = "shipped"
_CURRENT = "current"

log = structlog.get_logger(__name__)


class NothingBefore(BotError):
    """The shipped model is in use; there is no step back."""


class CannotKeep(BotError):
    """The folder of the versions takes no file; the one in use stays."""


@dataclass(frozen=True, slots=True)
class Version:
    """A model and its place in the row."""

    name: str
    weights: Weights

    @property
    def before(self) -> str:
        """Return the name of the one that it was trained from."""
        return str(self.weights.about.get("before", SHIPPED))


class Versions:
    """The models of one house."""

    def __init__(self, data: Path) -> None:
        self._folder = data / FOLDER

    def names(self) -> Sequence[str]:
        """Return all of them, the oldest first."""
        found = (path.stem for path in self._folder.glob("*.bin") if path.stem.isdecimal())
        return [SHIPPED, *sorted(found)]

    def current_name(self) -> str:
        """Return the one in use."""
        try:
            name = (self._folder / _CURRENT).read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError):
            return SHIPPED
        return name if name.isdecimal() else SHIPPED

    def path(self, name: str) -> Path:
        """Return the file of a version."""
        return model.SHIPPED if name == SHIPPED else self._folder / f"{name}.bin"

    def current(self) -> Version:
        """Return the model in use.

        Raises:
            BadWeights: its file is missing or damaged.
        """
        return self.read(self.current_name())

    def read(self, name: str) -> Version:
        """Return one of them.

        Raises:
            BadWeights: its file is missing or damaged.
        """
        return Version(name, model.read(self.path(name)))

    def keep(self, weights: Weights) -> Version:
        """Keep a new model and put it to use.

        Raises:
            CannotKeep: the disk does not take it.
        """
        numbers = [int(name) for name in self.names() if name != SHIPPED]
        name = f"{max(numbers, default=0) + 1:04d}"
        kept = weights.called({**weights.about, "before": self.current_name()})
        with self._writing():
            model.write(self.path(name), kept)
            self._use(name)
        return Version(name, kept)

    def rollback(self) -> Version:
        """Put the model to use from which the present one was trained.

        Raises:
            NothingBefore: there is none.
            BadWeights: its file is missing or damaged; nothing was changed.
            CannotKeep: the disk does not take it.
        """
        name = self.current_name()
        if name == SHIPPED:
            raise NothingBefore("the shipped model is in use, there is none before it")
        try:
            before = self.current().before
        except BadWeights:  # what it was trained from is not known any more
            before = SHIPPED
        earlier = self.read(before)
        with self._writing():
            self._use(before)
        return earlier

    @contextmanager
    def _writing(self) -> Iterator[None]:
        try:
            yield
        except OSError as exc:
            raise CannotKeep(f"{self._folder}: {exc.strerror or exc}") from exc

    def _use(self, name: str) -> None:
        beside = self._folder / f"{_CURRENT}.new"
        beside.write_text(f"{name}\n", encoding="utf-8")
        beside.replace(self._folder / _CURRENT)


class Models:
    """The model in use; waits in the toolbox."""

    def __init__(self, data: Path | None) -> None:
        self._data = data

    def current_name(self) -> str:
        """Return the name of the version in use."""
        return SHIPPED if self._data is None else Versions(self._data).current_name()

    def at_hand(self) -> Weights | None:
        """Read the model in use; None when only the rules are left."""
        return classifier(self._data)


def classifier(data: Path | None, shipped: Path = model.SHIPPED) -> Weights | None:
    """Return the classifier to work with; None when only the rules are left.

    A damaged version is said in the log, and the shipped one stands in; never an error.

    Args:
        data: `paths.data`; None for the shipped model.
        shipped: the file that comes with the house.
    """
    versions = Versions(data) if data is not None else None
    paths = [versions.path(versions.current_name())] if versions else []
    for path in dict.fromkeys([*paths, shipped]):
        try:
            return model.read(path)
        except BadWeights as exc:
            log.error("detection.weights_unreadable", file=path.name, error=str(exc))  # noqa: TRY400
    return None
