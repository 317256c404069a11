"""The detector in use: the operators' rules as they were read last, and the model of the house."""

from dataclasses import dataclass
from weakref import WeakKeyDictionary

from bot.commons.content import Shelf
from bot.commons.detection import Classifier, Detector, OwnRules
from bot.commons.learning.versions import Models
from bot.kernel.work import Toolbox, UnitOfWork


@dataclass(frozen=True, slots=True)
class _Made:
    """A detector, and what it was made of."""

    own: OwnRules | None
    version: str
    weights: Classifier | None
    detector: Detector


_made: "WeakKeyDictionary[Toolbox, _Made]" = WeakKeyDictionary()


def detector(uow: UnitOfWork, tools: Toolbox) -> Detector:
    """Return the detector with the operators' rules as they were read last.

    While there is a mistake in their file the rules before it count.
    """
    library = tools.use(Shelf).at_hand(uow.clock.now()).library
    own, made = library.sound_table(OwnRules), _made.get(tools)
    if made and own == made.own:
        return made.detector
    return _make(tools, own, made).detector


def refresh(uow: UnitOfWork, tools: Toolbox) -> None:
    """Make the detector before anybody writes: it takes some tenths of a second.

    A model that was trained meanwhile, or a step back, counts from here on.
    """
    detector(uow, tools)
    made = _made[tools]
    if made.version != tools.use(Models).current_name():
        _make(tools, made.own, None)


def _make(tools: Toolbox, own: OwnRules | None, before: _Made | None) -> _Made:
    models = tools.use(Models)
    version = before.version if before else models.current_name()
    weights = before.weights if before else models.at_hand()
    made = _Made(own, version, weights, Detector(own, weights))
    _made[tools] = made
    return made
