"""How often the garbage collector runs in the tests: less often than by default.

The program, the test tools and the collected tests are some two million objects that live as long as the process; by
default a test run spends a third of its time on walking through them. They are left out, and what a test makes is
looked at less often. Whatever is left unclosed is still found, at the latest when the run ends.
"""

import gc

import pytest

THRESHOLDS = (20_000, 20, 20)

gc.disable()  # until all is imported and collected


@pytest.hookimpl(trylast=True)
def pytest_collection_finish() -> None:
    gc.freeze()
    gc.set_threshold(*THRESHOLDS)
    gc.enable()
