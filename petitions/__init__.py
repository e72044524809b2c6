"""Petitions: a case from receipt over routing and guidance to the answer; not what is published of it."""
