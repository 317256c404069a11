"""Mailings (给一些人的): the same words to everybody whom an audience means, one by one."""

from bot.commons.mailings.service import BITE, Mailing, begin, go_on, of_key

__all__ = ["BITE", "Mailing", "begin", "go_on", "of_key"]
