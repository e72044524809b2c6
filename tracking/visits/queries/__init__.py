"""Reads of visits: offices and what they can do, free times, a visit, the lists of the desk."""
