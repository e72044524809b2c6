"""Moved to ``petitions.reference``."""

import sys

import petitions.reference

sys.modules[__name__] = petitions.reference
