"""What the operator decides: `config.toml`, read whole, with every mistake named at once."""

from bot.config.loading import load, load_sound
from bot.config.models import (
    Advisor,
    Aibot,
    Alerts,
    Channels,
    CommunitySection,
    Config,
    Content,
    Database,
    GroupEntry,
    GroupRobot,
    Log,
    Paths,
    Server,
    Simulator,
    WecomApp,
)
from bot.config.values import is_loopback

__all__ = [
    "Advisor",
    "Aibot",
    "Alerts",
    "Channels",
    "CommunitySection",
    "Config",
    "Content",
    "Database",
    "GroupEntry",
    "GroupRobot",
    "Log",
    "Paths",
    "Server",
    "Simulator",
    "WecomApp",
    "is_loopback",
    "load",
    "load_sound",
]
