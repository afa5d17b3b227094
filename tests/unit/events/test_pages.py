"""The pages under docs/ say what the code says."""

import pytest

from tests.pages import DOCS, PAGES


@pytest.mark.parametrize("page", PAGES)
def test_page__is_what_the_code_says(page):
    assert (DOCS / page).read_text() == PAGES[page](), "write it anew: python -m tests.pages"
