"""Visits: offices, their services, counters and rosters; booking counter time; what to bring; how crowded it will be.

A visit can belong to a case; it knows the case by its reference only. Counter time is held by the booking engine in
``server.core.booking``; this package decides who may book what, when, and through which channel.
"""
