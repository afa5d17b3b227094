"""Every kind of hostile input has the tests that prove it, or says why it has none."""

import ast
import os
from pathlib import Path

import pytest

TESTS = Path(__file__).parents[1]
LIST = TESTS.parents[1] / "shared" / "hostile-input.md"

PROVED: dict[str, dict[str, tuple[str, ...]]] = {
    "API2 tokens": {
        "unit/events/service/test_identity.py": (
            "test_token__without_a_claim_is_refused",
            "test_token__with_a_wrong_claim_is_refused",
            "test_token__that_does_not_hold_is_refused",
            "test_token__of_another_key_named_in_its_header_is_refused",
            "test_vectors__none_that_is_bad_gets_past_the_signature",
        ),
        "component/service/test_hostile.py": ("test_header__that_cannot_be_meant_is_refused",),
    },
    "API3 property auth": {
        "unit/events/service/test_bodies.py": ("test_fit__refuses_and_names_the_field",),
        "component/service/test_hostile.py": ("test_body__is_refused_with_a_problem",),
    },
    "API4 resources": {
        "component/service/test_hostile.py": (
            "test_body__is_refused_with_a_problem",
            "test_body__of_a_batch_of_1_mib_and_one_is_refused",
            "test_body__that_says_50_mb_is_refused_before_it_comes",
            "test_body__of_50_mb_in_chunks_is_cut_off",
            "test_batch__of_100_000_names_that_stand_twice_is_refused_at_once",
            "test_lengths__that_contradict_each_other_are_refused",
            "test_head__that_is_too_large_is_refused",
            "test_head__without_end_is_cut_off",
            "test_target__is_answered_without_a_fault",
            "test_slow_and_silent_senders__are_cut_off_in_time_and_memory_is_bounded",
        ),
        "unit/events/service/test_door.py": ("test_crowd__is_turned_away",),
    },
    "input truth": {
        "component/service/test_hostile.py": ("test_body__is_refused_with_a_problem",),
        "component/service/test_formats.py": ("test_format__every_vector_is_taken_whole_or_refused_by_name",),
        "component/service/test_naughty.py": ("test_naughty_strings__come_back_byte_for_byte",),
        "component/cases/test_bad_input.py": ("test_promise__that_can_never_be_kept_is_refused",),
        "unit/events/test_fields.py": ("test_field__refused", "test_field__taken"),
    },
    "API5 function auth": {
        "component/service/test_front.py": ("test_analyst__reads_but_does_not_write",),
        "component/service/test_hostile.py": (
            "test_method__that_a_route_does_not_have_is_refused",
            "test_method__is_not_taken_from_a_header",
        ),
    },
    "API6 flows": {
        "component/service/test_key_vectors.py": (
            "test_syntax__all_19_vectors",
            "test_flow__has_as_many_effects_as_it_should",
        ),
    },
    "API7 SSRF (webhook URL)": {
        "unit/notifier/test_transport.py": (
            "test_public__is_nothing_that_leads_inside",
            "test_connection__to_a_name_that_leads_inside_is_not_made",
        ),
        "unit/notifier/test_recipient.py": ("test_webhook__refuses",),
        "component/notifier/test_hostile.py": (
            "test_redirect__is_not_followed",
            "test_webhook_that_answers_without_end__is_taken_at_its_first_line",
        ),
    },
    "API9 inventory": {"component/service/test_front.py": ("test_openapi__has_every_route_and_a_version",)},
    "API10 upstream": {
        "component/notifier/test_hostile.py": (
            "test_cookie__is_not_given_back",
            "test_mail_server_that_does_not_play__is_tried_again",
        ),
    },
    "webhook signing": {
        "unit/notifier/test_signing.py": (
            "test_signature__is_that_of_every_vector",
            "test_is_genuine__keeps_to_five_minutes",
            "test_is_genuine__refuses_a_changed_byte",
        ),
    },
    "Kafka/CloudEvents headers": {
        "unit/events/test_kafka_record.py": (
            "test_record__with_anything_changed__does_not_verify",
            "test_record__of_somebody_else__is_undecodable",
        ),
    },
    "logs": {
        "unit/events/service/test_logs.py": ("test_line__is_one_whatever_is_said", "test_line__is_cut"),
    },
    "mail": {
        "unit/notifier/test_wording.py": (
            "test_subject__stays_one_line",
            "test_naughty_words__make_a_message",
        ),
        "unit/notifier/test_recipient.py": ("test_email__that_is_taken_is_one_recipient",),
        "unit/notifier/test_channels.py": ("test_letter__takes_no_second_recipient",),
    },
}
NONE: dict[str, str] = {
    "API1 object auth": "one organisation, and every reader may read all: no role covers some things only",
    "API8 config": "deployment is not built yet; what profile `prod` needs is tested with the settings",
    "CSV export": "nothing exports CSV",
    "templates": "nobody but us writes templates",
    "ReDoS / search": "no search and no expression of a caller is evaluated",
    "secrets/PII": "personal data is not encrypted yet; spans and logs are tested with their modules",
    "supply chain": "the lock is hashed; scanners come with the image",
}
"""What has no test yet, or needs none, and why."""


def rows() -> list[str]:
    if not LIST.is_file():
        if os.environ.get("CI") == "true":
            pytest.fail("../shared/hostile-input.md is absent")
        pytest.skip("../shared/hostile-input.md is absent")
    table = [line.split("|")[1].strip() for line in LIST.read_text().splitlines() if line.startswith("| ")]
    return [row for row in table if row != "area"]


def test_every_row__is_proved_or_says_why_not():
    assert sorted(rows()) == sorted([*PROVED, *NONE])


@pytest.mark.parametrize("row", PROVED)
def test_row__names_tests_that_there_are(row):
    for file, names in PROVED[row].items():
        tree = ast.parse((TESTS / file).read_text())
        there = {each.name for each in tree.body if isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef)}
        assert set(names) <= there, (file, set(names) - there)
