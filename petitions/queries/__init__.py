"""Queries for pages and decisions, limited to what their reader may see. One module per topic."""
