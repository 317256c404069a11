"""The door to a language model with the common chat completions interface, for second opinions."""

from bot.channels.opinion.door import OpinionDoor

__all__ = ["OpinionDoor"]
