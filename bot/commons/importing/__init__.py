"""Imports (导入): orders and members out of tables of other systems."""

from bot.commons.importing.bites import Bite, Import, Intake, Outcome, run
from bot.commons.importing.members import MembersIn
from bot.commons.importing.orders import OrdersIn
from bot.commons.importing.outgoing import MEMBER_COLUMNS, member_rows

__all__ = [
    "MEMBER_COLUMNS",
    "Bite",
    "Import",
    "Intake",
    "MembersIn",
    "OrdersIn",
    "Outcome",
    "member_rows",
    "run",
]
