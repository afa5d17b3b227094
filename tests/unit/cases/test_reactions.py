"""Which commands follow from the events of other services."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import cast

import pytest

from cases.case.commands import AnswerByLink, AttachContact, FellDue, OpenCase, ServeContact, Service
from cases.reactions import Contacts, Notifications, Reminders, commands_of
from events import testing
from events.catalogue import CommitmentFellDue, ContactMade, ContactReceived, CustomerRegistered, Event
from events.catalogue.contacts import Served
from events.recorded import Recorded
from events.testing import EXAMPLES, NOW, an_id

CONTACT = an_id("contact")


def recorded(event: Event) -> Recorded[Event]:
    return testing.recorded(event, f"contact-{CONTACT}", log="contacts")


def stated(event: Event, occurred_at: datetime) -> Recorded[Event]:
    """Return an event recorded now that is said to have happened at another time."""
    plain = recorded(event)
    return replace(plain, row=replace(plain.row, occurred_at=occurred_at))


def received(**fields: object) -> ContactReceived:
    return cast("ContactReceived", EXAMPLES["ContactReceived"]).model_copy(update=fields)


def made(**fields: object) -> ContactMade:
    return cast("ContactMade", EXAMPLES["ContactMade"]).model_copy(update=fields)


def test_contact_received__opens_a_case_in_the_customers_zone():
    (command,) = commands_of(recorded(received(words="x" * 900)))
    assert isinstance(command, OpenCase)
    assert (command.zone, command.contact, command.opened_at) == ("Asia/Ho_Chi_Minh", CONTACT, NOW)
    assert command.subject == "x" * 200


def test_contact_received__that_names_a_case_belongs_to_it():
    (command,) = commands_of(recorded(received(opens=False)))
    assert isinstance(command, AttachContact)
    assert (command.contact, command.direction) == (CONTACT, "inbound")


def test_contact_made__serves_each_case_once():
    one, two = an_id("case"), an_id("other case")
    first, second, third = an_id("1"), an_id("2"), an_id("3")
    serves = (
        Served(case=two, commitment=first),
        Served(case=one, commitment=second, tells=2),
        Served(case=two, commitment=third),
    )
    commands = list(commands_of(recorded(made(case=one, serves=serves))))
    assert all(isinstance(command, ServeContact) for command in commands)
    served = {command.case: command.serves for command in commands if isinstance(command, ServeContact)}
    assert served == {
        two: (Service(commitment=first), Service(commitment=third)),
        one: (Service(commitment=second, tells=2),),
    }


def test_contact_made__that_serves_nothing_belongs_to_its_case():
    (command,) = commands_of(recorded(made(serves=())))
    assert isinstance(command, ServeContact)
    assert command.serves == ()


def test_contact_made__without_a_case_asks_for_nothing():
    assert list(commands_of(recorded(made(case=None, serves=())))) == []


@pytest.mark.parametrize(("ahead", "at", "skewed"), [(20, 0, True), (0, 0, False), (-20, -20, False)])
def test_edge_26__a_contact_counts_at_its_recording_time_at_the_latest(ahead, at, skewed):
    (command,) = commands_of(stated(made(), NOW + timedelta(minutes=ahead)))
    assert isinstance(command, ServeContact)
    assert (command.at, command.clock_skew) == (NOW + timedelta(minutes=at), skewed)
    assert command.recorded_at == NOW


def test_edge_26__a_case_begins_at_the_recording_of_its_contact_at_the_latest():
    (command,) = commands_of(stated(received(), NOW + timedelta(minutes=20)))
    assert isinstance(command, OpenCase)
    assert command.opened_at == NOW


def test_commitment_fell_due__is_brought_to_its_case():
    fell = EXAMPLES["CommitmentFellDue"]
    assert isinstance(fell, CommitmentFellDue)
    (command,) = commands_of(recorded(fell))
    assert isinstance(command, FellDue)
    assert (command.case, command.revision, command.due) == (fell.case, fell.revision, fell.due)


def test_others__ask_for_nothing():
    assert list(commands_of(recorded(EXAMPLES["ReminderDue"]))) == []
    customer = EXAMPLES["CustomerRegistered"]
    assert isinstance(customer, CustomerRegistered)
    assert list(commands_of(recorded(customer))) == []


def test_customer_answered__is_brought_to_the_case():
    (command,) = commands_of(recorded(EXAMPLES["CustomerAnswered"]))
    assert isinstance(command, AnswerByLink)
    assert (command.revision, command.agreed, command.words) == (2, False, "I am away until then.")
    assert command.at == NOW


def test_reactions__are_told_of_all_that_commands_are_made_of():
    told = Contacts.types | Reminders.types | Notifications.types
    events = [
        *EXAMPLES.values(),
        EXAMPLES["NotificationSent"].model_copy(update={"notice": "rescheduled_customer"}),
    ]
    assert {type(event) for event in events if list(commands_of(recorded(event)))} == told
