"""Reads shaped for pages and decisions, with visibility applied. One module per topic."""
