"""Contacts (通讯录): who of the company comes, goes, is called otherwise, may open the console."""

from bot.features.contacts.console import pages
from bot.features.contacts.errands import errands
from bot.features.contacts.handlers import router
from bot.kernel.feature import Feature

feature = Feature("contacts", router, errands=errands, pages=pages)
