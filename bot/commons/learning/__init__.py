"""Learning (学习): the detector's classifier, how it is trained, and which version is in use."""

from bot.commons.learning.versions import Models, classifier

__all__ = ["Models", "classifier"]
