"""Whom a role reaches when its time has come: people, stand-ins, teams, and what if there is nobody."""

import json
from datetime import timedelta

import pytest

from events.catalogue import (
    NotificationFailed,
    NotificationSent,
    NotificationSuppressed,
    OwnerChanged,
    TeamChanged,
)
from events.catalogue.owners import Absence
from events.clock import new_id
from events.testing import NOW
from notifier import delivery, tables

from .conftest import text
from .replica import SECRET
from .scene import DUE, HOUR, SECOND, event, promised, reminder
from .sinks import replying, status

AWAY = (Absence(begins=NOW, ends=NOW + HOUR),)


def person(name: str, **changes: object) -> OwnerChanged:
    known = OwnerChanged(name=name, zone="Europe/Berlin", team="care", lead="kim")
    return known.model_copy(update=changes)


async def staffed(one, *people: OwnerChanged, team: TeamChanged | None = None) -> None:
    """Register people, each reached by mail, and their team, which has no address of its own."""
    for each in people:
        await one.hear(each, stream=f"owner-{each.name}")
        await one.reached(each.name, email=f"{each.name}@kept.example")
    care = team or TeamChanged(name="care", zone="Europe/Berlin", lead="lou", manager="max")
    await one.hear(care, stream="team-care")
    for name in ("kim", "lou", "max"):
        await one.reached(name, email=f"{name}@kept.example")


@pytest.mark.parametrize(
    ("role", "whom"), [("owner", "agent"), ("team", "lou"), ("lead", "kim"), ("manager", "max")]
)
async def test_role__reaches_the_person_behind_it(one, commitment, post, role, whom):
    await staffed(one, person("agent"))
    await one.hear(promised(commitment))
    await one.remind(reminder(commitment, role=role))
    outcome = await one.outcome()
    assert (outcome.recipient, outcome.role) == (whom, role)
    (letter,) = post.about(commitment)
    assert letter["To"] == f"{whom}@kept.example"


async def test_team__has_an_address_of_its_own(one, commitment):
    await staffed(one, person("agent"))
    await one.reached("care", email="care@kept.example")
    await one.hear(promised(commitment))
    await one.remind(reminder(commitment, role="team"))
    assert (await one.outcome()).recipient == "care"


@pytest.mark.parametrize("gone", [{"absences": AWAY}, {"active": False}])
async def test_edge_42__owner_away_is_replaced_by_the_delegate(one, commitment, gone):
    await staffed(one, person("agent", delegate="ben", **gone), person("ben"))
    await one.hear(promised(commitment))
    await one.remind(reminder(commitment))
    outcome = await one.outcome()
    assert (type(outcome), outcome.recipient) == (NotificationSent, "ben")


async def test_edge_42__an_absence_that_begins_before_the_send_counts(one, commitment):
    later = (Absence(begins=NOW + SECOND, ends=NOW + HOUR),)
    await staffed(one, person("agent", delegate="ben", absences=later), person("ben"))
    await one.hear(promised(commitment))
    await one.set_clock(NOW + SECOND)
    await one.remind(reminder(commitment), at=NOW)
    assert (await one.outcome()).recipient == "ben"


async def test_edge_42__nobody_there_is_an_alarm_and_the_lead_is_told(one, commitment, post):
    await staffed(one, person("agent", active=False, team=None))
    await one.hear(promised(commitment))
    await one.remind(reminder(commitment))
    failed, told = [each.event for each in await one.outcomes(2)]
    assert isinstance(failed, NotificationFailed)
    assert (failed.notice, failed.reason, failed.recipient) == ("rung-1", "no_recipient", "agent")
    assert isinstance(told, NotificationSent)
    assert (told.notice, told.recipient, told.role) == ("unreached", "kim", "lead")
    assert await tables.unowned(one.pool) == 1
    (letter,) = post.about(commitment)
    assert "meant for agent, reached nobody" in text(letter)


async def test_message_refused_for_good__is_an_alarm_and_the_lead_is_told(one, commitment, hook):
    hook.reply = replying(status(410))
    await staffed(one, person("agent"))
    await one.reached("agent", webhook=hook.url, secret=SECRET)
    await one.hear(promised(commitment))
    await one.remind(reminder(commitment))
    failed, told = [each.event for each in await one.outcomes(2)]
    assert (failed.reason, failed.recipient) == ("refused", "agent")
    assert (told.notice, told.recipient, told.role) == ("unreached", "kim", "lead")


async def test_edge_42__who_is_away_when_handed_over_to_is_replaced_by_the_delegate(one, commitment, ledger):
    await staffed(one, person("mai", delegate="ben", active=False), person("ben"), person("agent"))
    await one.hear(promised(commitment))
    ledger.says(commitment, owner="mai")
    await one.hear(event("CommitmentHandedOver", commitment))
    told = {each.event.notice: each.event.recipient for each in await one.outcomes(2)}
    assert told == {"handed_over": "ben", "handed_off": "agent"}


async def test_edge_42__a_team_without_an_address_hears_of_a_hand_over_by_its_lead(one, commitment, ledger):
    await staffed(one, person("agent"))
    await one.hear(promised(commitment))
    ledger.says(commitment, owner="care")
    await one.hear(event("CommitmentHandedOver", commitment, owner="care"))
    told = {each.event.notice: each.event.recipient for each in await one.outcomes(2)}
    assert told == {"handed_over": "lou", "handed_off": "agent"}


async def test_edge_41__who_hears_that_it_was_not_done_after_all(one, commitment, ledger, post):
    await staffed(one, person("agent"))
    await one.hear(promised(commitment, told_of_lapse=("owner", "lead")))
    ledger.says(commitment, state="lapsed")
    bounced = event("VerdictCorrected", commitment, was="kept", verdict="lapsed", at=DUE)
    await one.hear(event("CommitmentKept", commitment), bounced)
    told = {each.event.recipient: each.event.notice for each in await one.outcomes(2)}
    assert told == {"agent": "lapsed", "kim": "lapsed"}
    assert all("not done" in text(letter) for letter in post.about(commitment))


async def test_edge_43__a_rung_without_a_recipient_fails_at_once(one, commitment):
    await one.hear(promised(commitment))
    await one.remind(reminder(commitment, role="manager"))
    failed = await one.outcome()
    assert isinstance(failed, NotificationFailed)
    assert (failed.reason, failed.role, failed.recipient) == ("no_recipient", "manager", "manager")


async def test_edge_51__what_nobody_owns_goes_to_team_and_lead(one, commitment, ledger, post):
    ledger.says(commitment, owner=None)
    await staffed(one, person("bot"))
    await one.hear(promised(commitment, owner=None))
    await one.remind(*(reminder(commitment, rung="owner_by", role=role) for role in ("team", "lead")))
    told = {each.event.recipient: each.event.notice for each in await one.outcomes(2)}
    assert told == {"lou": "owner_by", "kim": "owner_by"}
    assert all("nobody owns it yet" in text(letter) for letter in post.about(commitment))


async def test_edge_51__once_somebody_has_it_nobody_is_asked_to_take_it(one, commitment, ledger):
    await staffed(one, person("bot"))
    await one.hear(promised(commitment, owner=None))
    await one.remind(reminder(commitment, rung="owner_by", role="team"))
    told = [each.event for each in await one.outcomes(2)]
    assert [(each.notice, each.reason) for each in told] == [("owner_by", "other_owner")] * 2
    assert {each.role for each in told} == {"team", "lead"}


async def test_lapse__is_told_to_whom_the_policy_says(one, commitment, ledger, post):
    await staffed(one, person("agent"))
    await one.hear(promised(commitment, told_of_lapse=("owner", "lead", "manager")))
    ledger.says(commitment, state="lapsed")
    await one.hear(event("CommitmentLapsed", commitment, at=DUE))
    told = {each.event.role: each.event.recipient for each in await one.outcomes(3)}
    assert told == {"owner": "agent", "lead": "kim", "manager": "max"}
    letters = {letter["To"]: text(letter) for letter in post.about(commitment)}
    assert "The customer is still waiting for it." in letters["agent@kept.example"]
    assert "This was agent's to do" in letters["kim@kept.example"]


async def test_edge_23__everyone_who_was_told_of_the_lapse_gets_the_all_clear(one, commitment, ledger):
    await staffed(one, person("agent"))
    await one.hear(promised(commitment, told_of_lapse=("owner", "lead")))
    ledger.says(commitment, state="lapsed")
    await one.hear(event("CommitmentLapsed", commitment, at=DUE))
    await one.outcomes(2)
    ledger.says(commitment, state="kept")
    await one.hear(person("agent", lead="max"), stream="owner-agent")
    await one.hear(event("VerdictCorrected", commitment))
    cleared = [each.event for each in await one.outcomes(4)][2:]
    assert {(each.notice, each.recipient) for each in cleared} == {
        ("all_clear", "agent"),
        ("all_clear", "kim"),
    }


async def test_lead_who_owns_it__reads_of_the_lapse_once(one, commitment, ledger, post):
    await staffed(one, person("agent", lead="agent"))
    await one.hear(promised(commitment, told_of_lapse=("owner", "lead")))
    ledger.says(commitment, state="lapsed")
    await one.hear(event("CommitmentLapsed", commitment, at=DUE))
    settled = [each.event for each in await one.outcomes(2)]
    assert {each.recipient for each in settled} == {"agent"}
    assert {type(each) for each in settled} == {NotificationSent, NotificationSuppressed}
    assert {each.reason for each in settled if isinstance(each, NotificationSuppressed)} == {"told"}
    (letter,) = post.about(commitment)
    assert text(letter).count("The customer is still waiting") == 1


async def test_lead_who_owns_it__has_one_item_in_what_the_webhook_says(one, commitment, ledger, hook):
    await staffed(one, person("agent", lead="agent"))
    await one.reached("agent", webhook=hook.url, secret=SECRET)
    await one.hear(promised(commitment, told_of_lapse=("owner", "lead")))
    ledger.says(commitment, state="lapsed")
    await one.hear(event("CommitmentLapsed", commitment, at=DUE))
    await one.outcomes(2)
    (request,) = hook.seen
    assert json.loads(request.body)["type"] == "commitment.lapsed"


async def test_lead_who_stands_in_for_the_owner_by_now__is_told_once(one, commitment, ledger, post):
    """The owner's message waits, and when it goes the owner is away: the lead, who knows, has it already."""
    absent = (Absence(begins=NOW + SECOND, ends=NOW + HOUR),)
    await staffed(one, person("agent", delegate="kim", absences=absent), person("kim"))
    await one.reached("agent", webhook="http://127.0.0.1:1/", secret=SECRET)
    await one.hear(promised(commitment, told_of_lapse=("owner", "lead")))
    ledger.says(commitment, state="lapsed")
    await one.hear(event("CommitmentLapsed", commitment, at=DUE))
    await one.outcomes(1)
    assert await one.at_rest() == NOW + SECOND
    await one.set_clock(NOW + SECOND)
    told, again = [each.event for each in await one.outcomes(2)]
    assert (type(told), told.recipient, told.role) == (NotificationSent, "kim", "lead")
    assert (again.reason, again.recipient, again.role) == ("told", "kim", "owner")
    assert len(post.about(commitment)) == 1


async def test_child__that_lapses_is_told_to_whose_promise_it_serves(one, ledger, post):
    parent, child = new_id(), new_id()
    ledger.says(parent, owner="ben", told_due=DUE)
    ledger.says(child, state="lapsed", told_due=DUE)
    await staffed(one, person("agent"), person("ben"))
    serving = promised(child).model_copy(update={"parent": parent, "basis": "internal"})
    await one.hear(promised(parent, owner="ben"), serving)
    await one.hear(event("CommitmentLapsed", child, at=DUE))
    told = {each.event.notice: each.event.recipient for each in await one.outcomes(2)}
    assert told == {"lapsed": "agent", "child_lapsed": "ben"}
    letters = {letter["To"]: text(letter) for letter in post.about(child)}
    assert "agent owed you this for a promise of yours" in letters["ben@kept.example"]


async def test_edge_31__lapses_found_late_are_one_letter_to_the_lead(one, ledger, post):
    lapsed = [new_id() for _ in range(3)]
    long_ago = NOW - timedelta(days=2)
    for each in lapsed:
        ledger.says(each, state="lapsed", told_due=long_ago)
    ledger.says(lapsed[2], owner="ben")
    await staffed(one, person("agent"), person("ben"))
    await one.hear(*map(promised, lapsed[:2]), promised(lapsed[2], owner="ben"))
    await one.hear(*(event("CommitmentLapsed", each, at=long_ago) for each in lapsed))
    await one.outcomes(3)
    assert await one.at_rest() == NOW + delivery.GATHERING
    await one.set_clock(NOW + delivery.GATHERING)
    settled = [each.event for each in await one.outcomes(6)]
    assert [each.reason for each in settled if each.notice == "lapsed"] == ["expired"] * 3
    found = [each for each in settled if each.notice == "lapses_found"]
    assert {each.recipient for each in found} == {"kim"}
    letters = [letter for each in lapsed for letter in post.about(each)]
    assert {letter["Subject"] for letter in letters} == {"3 promises lapsed long ago"}
    assert len({letter["Message-ID"] for letter in letters}) == 1
