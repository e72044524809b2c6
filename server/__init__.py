"""The application: the only package that knows every domain. Commands, routes, wiring and the demonstration city."""
