"""All tables of all rooms. A running house needs none of them: rooms speak SQL."""

from functools import cache
from importlib import import_module
from pkgutil import walk_packages

from sqlalchemy import MetaData

import bot
from bot.storage.schema import TABLES


@cache
def declare_all() -> MetaData:
    """Import every module that declares tables, so that they can be compared; return them."""
    for module in walk_packages(bot.__path__, "bot."):
        if module.name.rpartition(".")[2] in ("models", "tables"):
            import_module(module.name)
    return TABLES
