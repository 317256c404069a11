"""The account's menu (公众号菜单): written in a file, seen before it is published, taken back.

There is no personal data here: every row is about a menu.
"""

from bot.features.menus.console import pages
from bot.features.menus.errands import errands
from bot.features.menus.rules import MenuFile
from bot.kernel.feature import Feature

__all__ = ["MenuFile", "feature"]

feature = Feature("menus", pages=pages, errands=errands)
