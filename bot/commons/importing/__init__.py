"""Imports (导入): orders, members, products and comments out of tables of other systems."""

from bot.commons.importing.bites import Bite, Import, Intake, Outcome, run
from bot.commons.importing.comments import CommentsIn
from bot.commons.importing.members import MembersIn
from bot.commons.importing.orders import OrdersIn
from bot.commons.importing.outgoing import MEMBER_COLUMNS, member_rows
from bot.commons.importing.products import ProductsIn

__all__ = [
    "MEMBER_COLUMNS",
    "Bite",
    "CommentsIn",
    "Import",
    "Intake",
    "MembersIn",
    "OrdersIn",
    "Outcome",
    "ProductsIn",
    "member_rows",
    "run",
]
