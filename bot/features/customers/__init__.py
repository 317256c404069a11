"""Customers (客户): keeps who is the friend of which colleague, so that mass sends find them."""

from bot.features.customers.errands import errands
from bot.features.customers.handlers import router
from bot.features.customers.listeners import listeners
from bot.features.customers.rules import CustomersSettings
from bot.kernel.feature import Feature

feature = Feature(
    "customers", router, settings=CustomersSettings, errands=errands, listeners=listeners
)
