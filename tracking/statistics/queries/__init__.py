"""Reads of the totals, shaped for pages, JSON and export."""
