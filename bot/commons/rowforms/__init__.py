"""Row forms (表单写文件): a console page writes rows of the tables in `content/`."""

from bot.commons.rowforms.fields import Field, Sort
from bot.commons.rowforms.service import RowForm

__all__ = ["Field", "RowForm", "Sort"]
