"""One example of every event of the catalogue."""

from collections.abc import Mapping
from datetime import timedelta

from events import catalogue as c
from events.catalogue.contacts import Served
from events.catalogue.moves import Carried
from events.catalogue.owners import Absence
from events.catalogue.policies import Aim, Line, QuietHours, Saying, When
from events.catalogue.terms import AfterSpan, AtInstant, ByPolicy, Evidence, Rung, Span, Terms, Timer
from events.catalogue.waits import Resumed

from .given import NOW, an_id

_CASE = an_id("case")
_CUSTOMER = an_id("customer")
_COMMITMENT = an_id("commitment")
_CONTACT = an_id("contact")
_WAIT = an_id("wait")
_HOUR = timedelta(hours=1)
_DUE = NOW + 8 * _HOUR
_LATER = NOW + 24 * _HOUR
_TERMS = Terms(ladder=(Rung(lead=_HOUR),))
_TIMERS = (Timer(name="rung-1", at=_DUE - _HOUR), Timer(name="due", at=_DUE))

_FAMILIES: tuple[c.Event, ...] = (
    c.CustomerRegistered(name="Nguyễn Thị Mai", zone="Asia/Ho_Chi_Minh", language="vi", channel="call"),
    c.CustomerChanged(name="Nguyễn Thị Mai", zone="Asia/Manila", language="vi", channel="email"),
    c.CustomerErased(),
    c.KeyDestroyed(customer=_CUSTOMER),
    c.ContactReceived(
        customer=_CUSTOMER,
        zone="Asia/Ho_Chi_Minh",
        channel="call",
        words="My order has not come.",
        case=_CASE,
        opens=True,
    ),
    c.ContactMade(
        customer=_CUSTOMER,
        channel="call",
        outcome="reached",
        words="It is on its way.",
        case=_CASE,
        serves=(Served(case=_CASE, commitment=_COMMITMENT),),
        answers=(_CONTACT,),
    ),
    c.OwnerChanged(
        name="agent",
        zone="Asia/Ho_Chi_Minh",
        team="desk",
        delegate="mai",
        absences=(Absence(begins=_LATER, ends=_LATER + 24 * _HOUR),),
    ),
    c.TeamChanged(name="desk", zone="Asia/Ho_Chi_Minh", lead="lan", manager="minh", calendar="saigon"),
    c.CalendarPublished(
        name="saigon",
        version=3,
        zone="Asia/Ho_Chi_Minh",
        weekly={"mon": (("08:00", "12:00"), ("13:00", "17:00"))},
        holidays={"2026-02-17": "Tết"},
        country="VN",
    ),
    c.PolicyPublished(
        name="desk",
        version=2,
        calendar="saigon",
        says=Saying(
            response=Aim(within=Span(unit="business", lasts=4 * _HOUR), buffer=Span(lasts=_HOUR)),
            ladder=(Rung(lead=_HOUR), Rung(lead=_HOUR / 4, role="lead")),
            quiet=QuietHours(begins="22:00", ends="07:00"),
        ),
        lines=(Line(when=When(kind=("complaint",)), response=Aim(within=Span(lasts=2 * _HOUR))),),
    ),
    c.CaseOpened(
        customer=_CUSTOMER,
        subject="My order has not come.",
        zone="Asia/Ho_Chi_Minh",
        contact=_CONTACT,
        at=NOW,
    ),
    c.CaseErased(),
    c.ContactAttached(contact=_CONTACT, direction="inbound"),
    c.ResolutionProposed(words="The parcel was delivered."),
    c.ResolutionConfirmed(words="Yes, it is here.", contact=_CONTACT),
    c.ResolutionRejected(words="It is the wrong one.", contact=_CONTACT),
    c.CaseClosed(words="Delivered.", at=NOW),
    c.CaseReopened(words="The parcel was empty."),
    c.ExpectationSet(
        commitment=_COMMITMENT,
        words="It will be there this afternoon.",
        due=_DUE,
        rule=AtInstant(at=_DUE),
        owner="agent",
        said_by="agent",
        at=NOW,
        terms=_TERMS,
        timers=_TIMERS,
        tzdata="2026a",
        origin=_CASE,
    ),
    c.FollowUpPromised(
        commitment=_COMMITMENT,
        words="I will call you this afternoon.",
        due=_DUE,
        rule=AtInstant(at=_DUE),
        owner="agent",
        said_by="agent",
        at=NOW,
        terms=_TERMS,
        timers=_TIMERS,
        tzdata="2026a",
        origin=_CASE,
        channel="call",
        answers=(_CONTACT,),
    ),
    c.CommitmentDated(
        commitment=_COMMITMENT,
        revision=2,
        cause="condition_met",
        due=_DUE,
        at=NOW,
        rule=AfterSpan(span=Span(unit="business_days", count=1), zone="Asia/Ho_Chi_Minh"),
        timers=_TIMERS,
        calendar="saigon@3",
        tzdata="2026a",
    ),
    c.CommitmentAgreed(commitment=_COMMITMENT, contact=_CONTACT),
    c.CommitmentDeclined(commitment=_COMMITMENT, contact=_CONTACT, counter=_LATER, words="Too early."),
    c.CommitmentRescheduled(
        commitment=_COMMITMENT,
        revision=2,
        was=_DUE,
        due=_LATER,
        told_due=_DUE,
        at=NOW,
        rule=AtInstant(at=_LATER),
        reason="The part is late.",
        timers=(Timer(name="rung-1", at=_LATER - _HOUR), Timer(name="due", at=_DUE)),
        tzdata="2026a",
    ),
    c.CustomerTold(
        commitment=_COMMITMENT,
        revision=2,
        contact=_CONTACT,
        told_due=_LATER,
        timers=(Timer(name="due", at=_LATER),),
    ),
    c.CommitmentRecomputed(
        commitment=_COMMITMENT,
        revision=2,
        was=_DUE,
        due=_DUE - _HOUR,
        cause="policy",
        at=NOW,
        rule=ByPolicy(aim="response", span=Span(unit="business", lasts=4 * _HOUR)),
        policy="desk@2",
        terms=_TERMS,
        timers=(Timer(name="due", at=_DUE - _HOUR),),
        calendar="saigon@3",
        tzdata_was="2026a",
        tzdata="2026a",
    ),
    c.CommitmentHandedOver(commitment=_COMMITMENT, was="agent", owner="mai", words="I am off tomorrow."),
    c.CommitmentAttempted(commitment=_COMMITMENT, contact=_CONTACT, outcome="not_reached", at=NOW),
    c.CommitmentPartlyKept(
        commitment=_COMMITMENT, done=2, of=3, at=NOW, evidence=Evidence(record="carrier: 2 of 3 delivered")
    ),
    c.CommitmentKept(
        commitment=_COMMITMENT,
        verdict="kept",
        at=NOW + _HOUR,
        margin=7 * _HOUR,
        evidence=Evidence(contact=_CONTACT),
    ),
    c.CommitmentLapsed(commitment=_COMMITMENT, revision=1, at=_DUE),
    c.LapseExplained(commitment=_COMMITMENT, reason="overloaded", words="Two of us were ill."),
    c.VerdictCorrected(
        commitment=_COMMITMENT,
        was="lapsed",
        verdict="kept",
        at=NOW + _HOUR,
        evidence=Evidence(record="carrier: delivered 10:00"),
        revision=1,
    ),
    c.CommitmentReleased(commitment=_COMMITMENT, contact=_CONTACT, words="Never mind."),
    c.CommitmentWithdrawn(commitment=_COMMITMENT, reason="duplicate"),
    c.CommitmentsMovedOut(to=an_id("other case"), commitments=(_COMMITMENT,)),
    c.CommitmentsMovedIn(
        origin=_CASE,
        commitments=(
            Carried(
                id=_COMMITMENT,
                form="follow_up",
                words="I will call you this afternoon.",
                basis="said",
                owner="agent",
                said_by="agent",
                origin=_CASE,
                contact=None,
                made_at=NOW,
                first_due=_DUE,
                target=_DUE,
                due=_DUE,
                told_due=_DUE,
                rule=AtInstant(at=_DUE),
                policy="default@1",
                tzdata="2026a",
                terms=_TERMS,
                timers=_TIMERS,
                left_out=(),
                state="open",
                revision=1,
            ),
        ),
    ),
    c.WaitingOnCustomer(
        wait=_WAIT,
        kind="customer",
        reason="She looks up the order number.",
        next_contact=_CONTACT,
        paused=(_COMMITMENT,),
        at=NOW,
    ),
    c.WaitEnded(
        wait=_WAIT,
        resumed=(Resumed(commitment=_COMMITMENT, revision=2, due=_DUE, timers=_TIMERS),),
        at=NOW + _HOUR,
    ),
    c.ReminderDue(
        commitment=_COMMITMENT,
        case=_CASE,
        revision=1,
        rung="rung-1",
        role="owner",
        planned=_DUE - _HOUR,
        due=_DUE,
    ),
    c.CommitmentFellDue(commitment=_COMMITMENT, case=_CASE, revision=1, due=_DUE),
    c.RecipientChanged(name="agent", email="agent@kept.example"),
    c.NotificationSent(
        commitment=_COMMITMENT, case=_CASE, revision=1, notice="rung-1", recipient="agent", means="email"
    ),
    c.NotificationFailed(
        commitment=_COMMITMENT,
        case=_CASE,
        revision=1,
        notice="rung-1",
        recipient="nobody",
        reason="no_recipient",
    ),
    c.NotificationSuppressed(
        commitment=_COMMITMENT,
        case=_CASE,
        revision=1,
        notice="rung-1",
        recipient="agent",
        reason="kept",
    ),
    c.NotificationAcknowledged(
        commitment=_COMMITMENT,
        case=_CASE,
        revision=1,
        notice="rung-1",
        recipient="agent",
        due=_DUE,
        by="link",
    ),
    c.SubscriberChanged(
        name="board",
        url="https://board.example/kept",
        secret="whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",  # noqa: S106 - an example
        on=("lapsed", "kept"),
    ),
    c.AnnouncementDue(
        subscriber="board",
        type="commitment.lapsed",
        commitment=_COMMITMENT,
        case=_CASE,
        revision=1,
        state="lapsed",
        due=_DUE,
        at=_DUE,
        timestamp=_DUE,
    ),
    c.CustomerAnswered(
        commitment=_COMMITMENT,
        case=_CASE,
        revision=2,
        agreed=False,
        counter=_LATER,
        words="I am away until then.",
    ),
)

EXAMPLES: Mapping[str, c.Event] = {type(event).__name__: event for event in _FAMILIES}
"""One example of every event of the catalogue, by type."""
