"""What a contact does and what it does not, to the last of the commitments it names (commitment.md §6)."""

from cases.case.commands import NewSeries, Service, ToldByMessage
from cases.due import Within
from events.catalogue import (
    CommitmentKept,
    CommitmentLapsed,
    ContactAttached,
    CustomerTold,
    VerdictCorrected,
)
from events.catalogue.terms import Timer
from events.clock import derived_id

from .scene import (
    A_CASE,
    AFTER,
    BEFORE,
    CALL,
    HOUR,
    LATER,
    ONE,
    OPEN,
    OPENED,
    THREE,
    TWO,
    UNTOLD,
    after,
    contact,
    fell_due,
    promise,
    reschedule,
)

CYCLE2 = derived_id("cycle", ONE, 2)
UPDATES = after(OPENED, promise(series=NewSeries(every=Within(within=8 * HOUR))))


def test_contact__recorded_after_the_due_of_what_was_done_before_lapses_it_first():
    late = contact(at=BEFORE, recorded_at=AFTER)
    OPEN.when(late, at=AFTER).then_types(ContactAttached, CommitmentLapsed, VerdictCorrected)


def test_contact__keeps_one_cycle_where_two_are_owed():
    scene = after(UPDATES, fell_due(), AFTER)
    both = contact(serves=(Service(commitment=ONE), Service(commitment=CYCLE2)), at=AFTER)
    kept = [e.commitment for e in scene.when(both, at=AFTER).events if isinstance(e, CommitmentKept)]
    assert kept == [ONE]


def test_contact__telling_of_one_cycle_keeps_the_other_all_the_same():
    scene = after(after(UPDATES, fell_due(), AFTER), reschedule(commitment=CYCLE2, due=LATER), AFTER)
    both = (Service(commitment=CYCLE2, tells=2), Service(commitment=ONE))
    scene.when(contact(serves=both, at=AFTER), at=AFTER).then_types(
        ContactAttached, CustomerTold, CommitmentKept
    )
    stranger = (Service(commitment=ONE, tells=1), Service(commitment=CYCLE2))
    came = scene.when(contact(serves=stranger, at=AFTER), at=AFTER)
    assert [e.commitment for e in came.events if isinstance(e, CommitmentKept)] == [CYCLE2]


def test_told__says_by_which_contact_or_which_message():
    told = {"commitment": ONE, "revision": 2, "told_due": LATER, "timers": (Timer(name="due", at=LATER),)}
    _, by_contact = UNTOLD.when(contact(tells=2), at=BEFORE).events
    assert by_contact == CustomerTold(contact=CALL, **told)
    message = ToldByMessage(case=A_CASE, commitment=ONE, revision=2, notification=THREE, at=BEFORE)
    UNTOLD.when(message, at=BEFORE).then(CustomerTold(notification=THREE, **told))
    unknown = message.model_copy(update={"commitment": TWO})
    UNTOLD.when(unknown, at=BEFORE).then_nothing()
