"""Views (浏览): which products members looked at last, as a shop or mini program tells it."""

from bot.commons.views.personal import personal
from bot.commons.views.service import KEPT, View, latest, saw

__all__ = ["KEPT", "View", "latest", "personal", "saw"]
