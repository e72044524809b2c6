"""An administrator's table declared once: list, form, conflict of two editors, trail, closing and deleting.

A settings page is its fields: a subclass of :class:`Resource` names the table, the form and what the list shows; the
pages (``pages``) and the JSON operations (``api``) are made from it.
"""

from server.core.resource.table import (
    MOST,
    Column,
    Hindrance,
    Options,
    Question,
    Resource,
    View,
)

__all__ = ["MOST", "Column", "Hindrance", "Options", "Question", "Resource", "View"]
