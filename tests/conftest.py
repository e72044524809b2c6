"""What every test may ask for: databases on both engines, a browser; and how random cases are drawn."""

from hypothesis import settings

pytest_plugins = [
    "tests.support.garbage",  # first: it is for what is imported from here on
    "tests.support.moment",
    "tests.support.compiled",
    "tests.support.engines",
    "tests.support.tracing",
    "tests.support.postgres",
    "tests.support.chromium",
    "tests.support.system",
    "tests.support.live",
    "tests.support.contract",
]

# No deadline: the workers share the machine with a browser and a database server.
settings.register_profile("house", deadline=None, print_blob=True)
settings.load_profile("house")
