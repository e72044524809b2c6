"""Petitions: a case from its receipt through routing and handling to the answer."""
