"""A journal: what is written is read again, line by line."""

import pytest
from pydantic import ValidationError

from events.journal import FileJournal, Line, read_journal

LINE = Line(what="invoke", key="k", caller="an", service="intake", method="POST", path="/v1/contacts")


def test_a_journal__is_read_as_it_was_written(tmp_path):
    path = tmp_path / "journal"
    answered = LINE.model_copy(update={"what": "ok", "status": 201, "position": "contacts@1", "ids": ("i",)})
    with path.open("w", encoding="utf-8") as file:
        journal = FileJournal(file)
        journal.write(LINE)
        assert len(path.read_text().splitlines()) == 1
        journal.write(answered)
    assert list(read_journal(path)) == [LINE, answered]


def test_a_line_that_is_none__is_refused(tmp_path):
    path = tmp_path / "journal"
    path.write_text('{"what": "ok"}\n')
    with pytest.raises(ValidationError):
        list(read_journal(path))
