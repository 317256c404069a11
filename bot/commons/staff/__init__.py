"""Staff (顾问): who of the configured advisors is still there, and under which userid."""

from bot.commons.staff.models import StaffChange
from bot.commons.staff.service import Standing, came_back, left, renamed, standing

__all__ = ["StaffChange", "Standing", "came_back", "left", "renamed", "standing"]
