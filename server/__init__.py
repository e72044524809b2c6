"""The roof: the only package that knows every room; commands, routes, wiring, demonstration city."""
