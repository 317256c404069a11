"""All tables of all rooms, declared by importing whoever has some."""

from importlib import import_module
from pkgutil import walk_packages

import bot


def declare_all() -> None:
    """Import every module that declares tables, so that the metadata is whole."""
    for module in walk_packages(bot.__path__, "bot."):
        if module.name.rpartition(".")[2] in ("models", "tables"):
            import_module(module.name)
