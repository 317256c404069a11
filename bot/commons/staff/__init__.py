"""Staff (顾问): who of the configured advisors is still there, and under which userid."""

from bot.commons.staff.service import Standing, came_back, left, renamed, standing
from bot.commons.staff.telling import write_to

__all__ = ["Standing", "came_back", "left", "renamed", "standing", "write_to"]
