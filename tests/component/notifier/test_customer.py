"""What the customer is told, and who tells them where we cannot write to them."""

import re
from datetime import timedelta
from email import policy
from email.parser import BytesParser

import pytest

from events.catalogue import CustomerRegistered, NotificationFailed, NotificationSent
from events.clock import derived_id, new_id
from events.testing import EXAMPLES, NOW, an_id

from .conftest import text
from .scene import DUE, HOUR, event, promised

NEW_DUE = DUE + 24 * HOUR


def mai(**changes: object) -> CustomerRegistered:
    known = CustomerRegistered(
        name="Nguyễn Thị Mai",
        zone="Asia/Ho_Chi_Minh",
        language="vi",
        channel="email",
        address=f"{new_id().hex}@customer.example",
    )
    return known.model_copy(update=changes)


async def moved(one, ledger, commitment, customer: CustomerRegistered | None, **changes: object) -> None:
    """Let a promise to a customer be moved by its owner."""
    await one.reached("agent", email="agent@kept.example")
    case = f"case-{derived_id('case', commitment)}"
    await one.hear(EXAMPLES["CaseOpened"].model_copy(update={"customer": an_id("mai")}), stream=case)
    if customer is not None:
        await one.meet(an_id("mai"), customer)
    basis = changes.pop("basis", "said")
    await one.hear(promised(commitment).model_copy(update={"basis": basis}))
    ledger.says(commitment, revision=2, told_due=DUE)
    change = {"was": DUE, "told_due": DUE, "due": NEW_DUE, **changes}
    await one.hear(event("CommitmentRescheduled", commitment, **change), actor="agent")


def letters_to(post, address: str | None) -> list:
    return [each for each in post._maildir if each["To"] == address]


async def test_reschedule__is_told_to_the_customer_in_their_language_and_zone(one, commitment, ledger, post):
    customer = mai()
    await moved(one, ledger, commitment, customer)
    outcome = await one.outcome()
    assert isinstance(outcome, NotificationSent)
    assert (outcome.notice, outcome.recipient) == ("rescheduled_customer", "customer")
    assert (outcome.commitment, outcome.revision, outcome.means) == (commitment, 2, "email")
    (letter,) = letters_to(post, customer.address)
    parsed = BytesParser(policy=policy.default).parsebytes(letter.as_bytes())
    assert parsed["Subject"] == "Thời hạn mới cho việc chúng tôi đã hứa với Anh/Chị"
    assert parsed["Auto-Submitted"] == "auto-generated"
    body = text(letter)
    assert body.startswith("Kính gửi Anh/Chị Nguyễn Thị Mai,\n")
    assert "17:00, thứ Hai, ngày 2/3/2026 (Asia/Ho_Chi_Minh)" in body
    assert "17:00, thứ Ba, ngày 3/3/2026 (Asia/Ho_Chi_Minh)" in body
    assert "We call you." in body
    assert "Đây là thư tự động." in body
    assert "agent" not in body
    assert re.findall(r"https?://[^/]+/v1/(\w+)/\S+", body) == ["answers", "answers"]


@pytest.mark.parametrize(
    "changes", [{"told_in": an_id("contact")}, {"basis": "policy"}, {"basis": "internal"}]
)
async def test_customer_who_was_told__or_was_told_no_time_hears_nothing(
    one, commitment, ledger, post, changes
):
    customer = mai()
    await moved(one, ledger, commitment, customer, **changes)
    assert await one.at_rest() is None
    assert await one.settled() == []
    assert letters_to(post, customer.address) == []


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"channel": "call"}, "by a call"),
        ({"channel": "social"}, "in private, not where others read it"),
        ({"address": None}, "by e-mail"),
        ({"address": "a@b.test, evil@x.test"}, "by e-mail"),
    ],
)
async def test_c4__who_has_no_private_mail_is_told_by_the_owner(one, commitment, ledger, post, changes, says):
    customer = mai(**changes)
    await moved(one, ledger, commitment, customer)
    failed, told = [each.event for each in await one.outcomes(2)]
    assert isinstance(failed, NotificationFailed)
    assert (failed.recipient, failed.reason) == ("customer", "no_recipient")
    assert isinstance(told, NotificationSent)
    assert (told.notice, told.recipient) == ("tell_customer", "agent")
    (letter,) = post.about(commitment)
    assert says in text(letter)
    if customer.address:
        assert letters_to(post, customer.address) == []


async def test_customer_not_known_here_yet__is_waited_for(one, commitment, ledger, post):
    await moved(one, ledger, commitment, None)
    at = await one.at_rest()
    assert at is not None
    customer = mai()
    await one.meet(an_id("mai"), customer)
    await one.set_clock(at)
    assert isinstance(await one.outcome(), NotificationSent)
    assert len(letters_to(post, customer.address)) == 1


async def test_intake_silent__is_waited_for_and_who_they_are_is_kept_nowhere(one, commitment, ledger, post):
    customer = mai()
    ledger.silent_on_customers = True
    await moved(one, ledger, commitment, customer)
    at = await one.at_rest()
    assert at is not None
    assert letters_to(post, customer.address) == []
    (profile,) = await one.pool.fetch("SELECT profile::text AS said FROM customer_v1")
    assert customer.name not in profile["said"]
    assert customer.address not in profile["said"]
    ledger.silent_on_customers = False
    await one.set_clock(at)
    assert isinstance(await one.outcome(), NotificationSent)
    assert len(letters_to(post, customer.address)) == 1


@pytest.mark.accept
async def test_cases_silent__tells_the_customer_nothing_unchecked(hasty, commitment, ledger, post):
    customer = mai()
    ledger.silent = True
    await moved(hasty, ledger, commitment, customer)
    while (at := await hasty.at_rest()) is not None and at < NOW + timedelta(seconds=8):
        await hasty.set_clock(at)
    assert letters_to(post, customer.address) == []


async def test_moved_again__tells_of_the_last_time_only(one, commitment, ledger, post):
    customer = mai()
    again = event("CommitmentRescheduled", commitment, revision=3, was=DUE, told_due=DUE, due=NEW_DUE + HOUR)
    ledger.silent = True
    await moved(one, ledger, commitment, customer)
    await one.hear(again, actor="agent")
    ledger.says(commitment, revision=3)
    ledger.silent = False
    first, last = sorted((each.event for each in await one.outcomes(2)), key=lambda event: event.revision)
    assert (first.revision, first.reason) == (2, "newer_revision")
    assert (type(last), last.revision) == (NotificationSent, 3)
    (letter,) = letters_to(post, customer.address)
    assert "18:00, thứ Ba, ngày 3/3/2026" in text(letter)
