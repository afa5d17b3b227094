"""Mappings: what they hold, and how a bad one is named."""

from datetime import timedelta
from pathlib import Path

import pytest

from demo.files import load_mapping as load
from demo.mapping import MappingError, iso, lead, parse

EXAMPLES = Path(__file__).parents[3] / "examples"
SMALL = """
source = "desk"
[columns]
created = "opened"
[times]
zone = "Asia/Manila"
[promise]
owner = "an"
"""


def test_a_small_mapping__takes_the_rest_as_documented():
    small, whole = parse(SMALL, "small.toml"), load(EXAMPLES / "your-tickets.toml")
    assert small.times.format == whole.times.format == "iso"
    assert small.promise.words == whole.promise.words
    assert small.promise.reminders == whole.promise.reminders == (timedelta(hours=1),)
    assert small.promise.short_notice == whole.promise.short_notice
    assert small.impossible == whole.impossible
    assert (small.delimiter, small.encoding) == (whole.delimiter, whole.encoding)
    assert small.channel("Fax") == whole.channel("Fax") == "email"


@pytest.mark.parametrize("name", [path.name for path in EXAMPLES.glob("*.toml")])
def test_every_example__is_a_mapping(name):
    if name != "pyproject.toml":
        assert load(EXAMPLES / name).source


@pytest.mark.parametrize(
    ("was", "becomes", "says"),
    [
        ('created = "opened"', "", "the key columns.created is needed"),
        ('created = "opened"', 'created = "a"\nopnd = "b"', "the key columns.opnd is not known"),
        ("Asia/Manila", "Manila", "the key times.zone: "),
        ('owner = "an"', 'owner = "An Nguyen"', "the key promise.owner: "),
        (
            'owner = "an"',
            'owner = "an"\nreminders = ["1 hour"]',
            "the key promise.reminders.0: give a number",
        ),
        ('owner = "an"', 'owner = "an"\nreminders = ["0h"]', "the key promise.reminders.0: "),
        ('owner = "an"', 'owner = "an"\nshort_notice = "perhaps"', "the key promise.short_notice: "),
        ("[times]", '[channels]\nPHONE = "fax"\n[times]', "the key channels.PHONE: "),
        ("[columns]", "[columns", "is not TOML"),
    ],
)
def test_parse__names_the_key_at_fault(was, becomes, says):
    with pytest.raises(MappingError, match=r"^small\.toml") as refused:
        parse(SMALL.replace(was, becomes), "small.toml")
    assert says in str(refused.value)


def test_load__says_that_there_is_no_file(tmp_path):
    with pytest.raises(MappingError, match=r"none\.toml cannot be read: No such file"):
        load(tmp_path / "none.toml")


@pytest.mark.parametrize(
    ("said", "seconds", "written"),
    [("90s", 90, "P0DT90S"), ("15m", 900, "P0DT900S"), ("4h", 14400, "P0DT14400S"), ("2d", 172800, "P2DT0S")],
)
def test_lead__is_read_and_written(said, seconds, written):
    assert lead(said) == timedelta(seconds=seconds)
    assert iso(lead(said)) == written


@pytest.mark.parametrize("said", ["0h", "366d", "1 h", "h", "", 1, None])
def test_lead__refuses_what_is_none(said):
    with pytest.raises(ValueError, match="such as 15m, 1h, 2d"):
        lead(said)


def test_subject__may_be_one_column():
    mapping = parse(SMALL.replace('"opened"', '"opened"\nsubject = "what"'), "small.toml")
    assert mapping.columns.subject == ("what",)


def test_reminding__replaces_the_leads_only():
    mapping = parse(SMALL, "small.toml")
    other = mapping.reminding(timedelta(minutes=15))
    assert other.promise.reminders == (timedelta(minutes=15),)
    assert other.promise.owner == mapping.promise.owner
