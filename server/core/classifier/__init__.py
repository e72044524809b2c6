"""A classifier of texts that learns from examples: hashed pieces, linear weights, calibrated probabilities.

It knows no domain: labels are strings. ``fitting`` learns with scikit-learn, in the worker's own process or in a
command; ``model`` scores what was learned with numpy alone, and ``evaluating`` measures it.
"""
