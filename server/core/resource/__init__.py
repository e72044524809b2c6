"""Administration tables declared once: list, form, edit conflicts, audit trail, closing and deleting.

A subclass of :class:`Resource` names the table, the form and the columns of the list; the pages (``pages``) and the
JSON operations (``api``) are generated from it.
"""
