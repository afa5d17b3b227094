"""Every command in every state of a commitment, from one table (commitment.md §3, §6)."""

import pytest

from cases.case import Command
from events.decider import Actor
from events.errors import Forbidden, Invalid, NotNow, Rejection
from events.testing import AGENT, LEAD, an_id

from .scene import (
    BEFORE,
    CALL,
    DUE,
    HOUR,
    IN_PARTS,
    LATER,
    ONE,
    STATES,
    THREE,
    TWO,
    after,
    agree,
    condition_met,
    contact,
    correct,
    decline,
    end_wait,
    explain,
    fell_due,
    hand_over,
    keep,
    keep_part,
    name_due,
    promise,
    recompute,
    release,
    reschedule,
    wait,
    withdraw,
)

NEXT = an_id("next contact")
OTHER = Actor("mai", frozenset({"agent"}))
ASKED: dict[str, tuple[Command, Actor]] = {
    "agree": (agree(), AGENT),
    "decline": (decline(), AGENT),
    "reschedule": (reschedule(), AGENT),
    "reschedule further": (reschedule(due=LATER + HOUR), AGENT),
    "reschedule, told": (reschedule(told_in=TWO), AGENT),
    "hand over": (hand_over(), AGENT),
    "keep, now": (keep(), AGENT),
    "keep, in time": (keep(occurred_at=BEFORE), AGENT),
    "contact reached": (contact(), AGENT),
    "contact reached late": (contact(at=DUE + HOUR), AGENT),
    "contact left message": (contact("message_left"), AGENT),
    "contact missed": (contact("not_reached"), AGENT),
    "contact automatic": (contact("automatic"), AGENT),
    "contact tells 1": (contact(tells=1), AGENT),
    "contact tells 2": (contact(tells=2), AGENT),
    "contact misses to tell": (contact("not_reached", tells=2), AGENT),
    "release": (release(), AGENT),
    "withdraw by author": (withdraw(), AGENT),
    "withdraw by other": (withdraw(), OTHER),
    "withdraw by lead": (withdraw(), LEAD),
    "fell due 1": (fell_due(), AGENT),
    "fell due 2": (fell_due(revision=2), AGENT),
    "fell due other": (fell_due(due=DUE - HOUR), AGENT),
    "correct to kept": (correct(occurred_at=BEFORE), AGENT),
    "correct to kept late": (correct(occurred_at=DUE + HOUR), AGENT),
    "correct to not kept": (correct(verdict="not_kept"), AGENT),
    "replace": (promise(commitment=THREE, replaces=ONE, due=LATER), AGENT),
    "name a due": (name_due(), AGENT),
    "condition met": (condition_met(), AGENT),
    "recompute": (recompute(), LEAD),
    "recompute by agent": (recompute(), AGENT),
    "keep a part": (keep_part(), AGENT),
    "no reply needed": (withdraw(reason="no_reply_needed"), AGENT),
    "impossible, by author": (withdraw(reason="impossible", contact=CALL), AGENT),
    "impossible, untold": (withdraw(reason="impossible"), LEAD),
    "impossible, told": (withdraw(reason="impossible", contact=CALL), LEAD),
    "explain": (explain(), AGENT),
    "explain oddly": (explain(reason="weather"), AGENT),
    "wait": (wait(next_contact=NEXT), AGENT),
    "end wait": (end_wait(), AGENT),
}

# C: ContactAttached, L: CommitmentLapsed, V: VerdictCorrected, X: LapseExplained, W: WaitingOnCustomer,
# E: WaitEnded; - nothing; a number: rejected with this status
TABLE = """
                       | open       | untold      | overdue      | lapsed     | not owed   | kept | kept late | released | withdrawn | undated    | dormant    | aim         | waiting
agree                  | Agreed     | Agreed      | 409          | 409        | 409        | 409  | 409       | 409      | 409       | Agreed     | Agreed     | Agreed      | Agreed
decline                | Declined   | Declined    | 409          | 409        | 409        | 409  | 409       | 409      | 409       | Declined   | Declined   | Declined    | Declined
name a due             | 409        | 409         | 409          | 409        | 409        | 409  | 409       | 409      | 409       | Dated      | Dated      | 409         | 409
condition met          | 409        | 409         | 409          | 409        | 409        | 409  | 409       | 409      | 409       | 422        | Dated      | 409         | 409
reschedule             | Rescheduled| -           | 409          | 409        | 409        | 409  | 409       | 409      | 409       | 409        | 409        | 409         | 409
reschedule further     | Rescheduled| Rescheduled | 409          | 409        | 409        | 409  | 409       | 409      | 409       | 409        | 409        | 409         | 409
reschedule, told       | Rescheduled| Told        | 409          | 409        | 409        | 409  | 409       | 409      | 409       | 409        | 409        | 409         | 409
recompute              | 409        | 409         | 409          | 409        | 409        | 409  | 409       | 409      | 409       | 409        | 409        | Recomputed  | 409
recompute by agent     | 403        | 403         | 403          | 403        | 403        | 403  | 403       | 403      | 403       | 403        | 403        | 403         | 403
hand over              | HandedOver | HandedOver  | L HandedOver | HandedOver | HandedOver | 409  | 409       | 409      | 409       | HandedOver | HandedOver | HandedOver  | HandedOver
keep, now              | Kept       | Kept        | L Kept       | Kept       | Kept       | -    | -         | 409      | 409       | Dated Kept | Dated Kept | Kept        | Kept
keep, in time          | Kept       | Kept        | L V          | V          | V          | -    | V         | 409      | 409       | Dated Kept | Dated Kept | Kept        | Kept
keep a part            | PartlyKept | PartlyKept  | L PartlyKept | PartlyKept | PartlyKept | 409  | 409       | 409      | 409       | 409        | 409        | PartlyKept  | 409
contact reached        | C Kept     | C Kept      | C Kept       | C V        | C V        | C    | C V       | C        | C         | C Dated Kept| C Dated Kept| C Kept    | C Kept
contact reached late   | C Kept     | C Kept      | C L Kept     | C Kept     | C Kept     | C    | C         | C        | C         | C Dated Kept| C Dated Kept| C Kept    | C Kept
contact left message   | C Kept     | C Kept      | C Kept       | C V        | C V        | C    | C V       | C        | C         | C Dated Kept| C Dated Kept| C Kept    | C Kept
contact missed         | C Attempted| C Attempted | C Attempted  | C Attempted| C Attempted| C    | C         | C        | C         | C          | C          | C Attempted | C
contact automatic      | C          | C           | C            | C          | C          | C    | C         | C        | C         | C          | C          | C           | C
contact tells 1        | C          | C           | C L          | C          | C          | C    | C         | C        | C         | C          | C          | C           | C
contact tells 2        | C          | C Told      | C L          | C          | C          | C    | C         | C        | C         | C          | C          | C           | C
contact misses to tell | C          | C           | C L          | C          | C          | C    | C         | C        | C         | C          | C          | C           | C
release                | Released   | Released    | L Released   | Released   | -          | 409  | 409       | -        | 409       | Released   | Released   | Released    | Released
withdraw by author     | Withdrawn  | Withdrawn   | 403          | 403        | 403        | 409  | 409       | 409      | -         | Withdrawn  | Withdrawn  | Withdrawn   | Withdrawn
withdraw by other      | 403        | 403         | 403          | 403        | 403        | 409  | 409       | 409      | -         | 403        | 403        | 403         | 403
withdraw by lead       | Withdrawn  | Withdrawn   | L Withdrawn  | Withdrawn  | Withdrawn  | 409  | 409       | 409      | -         | Withdrawn  | Withdrawn  | Withdrawn   | Withdrawn
no reply needed        | Withdrawn  | Withdrawn   | 409          | 409        | 409        | 409  | 409       | 409      | -         | Withdrawn  | Withdrawn  | Withdrawn   | Withdrawn
impossible, by author  | 403        | 403         | 409          | 409        | 409        | 409  | 409       | 409      | -         | 403        | 403        | 403         | 403
impossible, untold     | 422        | 422         | 409          | 409        | 409        | 409  | 409       | 409      | -         | 422        | 422        | 422         | 422
impossible, told       | Withdrawn  | Withdrawn   | 409          | 409        | 409        | 409  | 409       | 409      | -         | Withdrawn  | Withdrawn  | Withdrawn   | Withdrawn
fell due 1             | L          | -           | L            | -          | -          | -    | -         | -        | -         | -          | -          | -           | -
fell due 2             | -          | L           | -            | -          | -          | -    | -         | -        | -         | -          | -          | -           | -
fell due other         | -          | -           | -            | -          | -          | -    | -         | -        | -         | -          | -          | -           | -
explain                | 409        | 409         | L X          | X          | X          | 409  | X         | 409      | 409       | 409        | 409        | 409         | 409
explain oddly          | 409        | 409         | 422          | 422        | 422        | 409  | 422       | 409      | 409       | 409        | 409        | 409         | 409
correct to kept        | 409        | 409         | L V          | V          | V          | -    | V         | 409      | 409       | 409        | 409        | 409         | 409
correct to kept late   | 422        | 422         | L Kept       | Kept       | Kept       | -    | -         | 422      | 422       | 422        | 422        | 422         | 422
correct to not kept    | -          | -           | L            | -          | -          | V    | V         | 409      | 409       | -          | -          | -           | -
replace                | 409        | 409         | L Promised   | Promised   | 409        | 409  | 409       | 409      | 409       | 409        | 409        | 409         | 409
wait                   | W          | W           | L W          | W          | W          | W    | W         | W        | W         | W          | W          | W           | -
end wait               | -          | -           | -            | -          | -          | -    | -         | -        | -         | -          | -          | -           | E
"""  # noqa: E501 - a table is read across

REJECTIONS: dict[str, type[Rejection]] = {"409": NotNow, "403": Forbidden, "422": Invalid}
NAMES = {
    "C": "ContactAttached",
    "L": "CommitmentLapsed",
    "V": "VerdictCorrected",
    "X": "LapseExplained",
    "W": "WaitingOnCustomer",
    "E": "WaitEnded",
    "Told": "CustomerTold",
    "Promised": "FollowUpPromised",
}


def cells() -> list[tuple[str, str, str]]:
    head, *rows = [[cell.strip() for cell in line.split("|")] for line in TABLE.strip("\n").split("\n")]
    return [
        (row[0], state, expected) for row in rows for state, expected in zip(head[1:], row[1:], strict=True)
    ]


@pytest.mark.parametrize(("command", "state", "expected"), cells())
def test_command__in_state(command: str, state: str, expected: str):
    (scene, at), (asked, by) = (IN_PARTS if command == "keep a part" else STATES)[state], ASKED[command]
    if command == "wait":
        scene = after(scene, promise(commitment=NEXT, due=LATER + HOUR), at)
    came = scene.when(asked, at=at, by=by)
    if expected in REJECTIONS:
        assert isinstance(came.rejection, REJECTIONS[expected]), came
    else:
        words = expected.replace("-", "").split()
        came.then_types(*(NAMES.get(word, f"Commitment{word}") for word in words))
        scene.and_then(*came.events).when(asked, at=at, by=by).then_nothing()


def test_table__names_every_command_and_every_state():
    assert {command for command, _, _ in cells()} == ASKED.keys()
    assert {state for _, state, _ in cells()} == STATES.keys()
