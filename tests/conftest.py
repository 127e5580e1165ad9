"""Tests whose promise does not hold yet, by name and with the reason: they run, are counted apart, and are to be emptied from here."""
import pytest

PAGES = "pages of facilities that are new: faults of accessibility or width are being mended"
OPEN = {
    **{f"tests/browser/test_every_page.py::test_every_page_of_a_kind_of_user_is_without_fault[{who}]": PAGES
       for who in ("T2031", "S1001", "S1100", "S1002", "S0002", "S0101", "S0801")},
}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.nodeid in OPEN:
            item.add_marker(pytest.mark.xfail(reason=OPEN[item.nodeid], strict=False))
