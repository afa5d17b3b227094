"""Opening, resolving, closing and reopening a case."""

from collections.abc import Iterable
from typing import assert_never

from cases.verdict import time_of_fact
from events.catalogue import (
    CaseClosed,
    CaseOpened,
    CaseReopened,
    ResolutionConfirmed,
    ResolutionProposed,
    ResolutionRejected,
)
from events.decider import Asked
from events.errors import Invalid, NotNow

from .commands import (
    CloseCase,
    ConfirmResolution,
    EndHandedOn,
    Ending,
    EndKept,
    EndReleased,
    EndWithdrawn,
    OpenCase,
    ProposeResolution,
    RejectResolution,
    ReopenCase,
)
from .draft import Draft
from .ending import keep_by_word, release, withdraw
from .moving import hand_on
from .rejections import CommitmentsOpen, ReferenceTaken
from .state import Case, Resolution


def open_case(case: Case | None, command: OpenCase, asked: Asked) -> tuple[CaseOpened, ...]:
    """Begin a case, unless it has begun. Raises ReferenceTaken where it is another customer's."""
    if (command.source is None) != (command.reference is None):
        raise Invalid(field="reference", reason="source and reference go together")
    if case is not None:
        if case.customer != command.customer:
            raise ReferenceTaken(what="case", state=case.state)
        return ()
    return (
        CaseOpened(
            customer=command.customer,
            kind=command.kind,
            subject=command.subject,
            priority=command.priority,
            segment=command.segment,
            zone=command.zone,
            contact=command.contact,
            at=min(command.opened_at or asked.now, asked.now),
            source=command.source,
            reference=command.reference,
        ),
    )


def propose(draft: Draft, command: ProposeResolution) -> None:
    """Say that it is solved."""
    draft.must_be_open()
    if draft.case.resolution != Resolution("proposed", command.words):
        draft.add(ResolutionProposed(words=command.words))


def confirm(draft: Draft, command: ConfirmResolution) -> None:
    """Note that the customer agrees that it is solved; needs a proposal."""
    draft.must_be_open()
    match _resolution(draft):
        case "confirmed":
            return
        case "proposed":
            draft.add(ResolutionConfirmed(words=command.words, contact=command.contact))
        case state:
            raise NotNow(what="resolution", state=state)


def reject(draft: Draft, command: RejectResolution) -> None:
    """Note that the customer does not agree; needs a proposal, also one confirmed before."""
    draft.must_be_open()
    match _resolution(draft):
        case "rejected":
            return
        case "proposed" | "confirmed":
            draft.add(ResolutionRejected(words=command.words, contact=command.contact))
        case state:
            raise NotNow(what="resolution", state=state)


def _resolution(draft: Draft) -> str:
    return "not proposed" if draft.case.resolution is None else draft.case.resolution.state


def close(draft: Draft, command: CloseCase) -> None:
    """End the case and what is open in it. Raises CommitmentsOpen with the list of what was not named."""
    if draft.case.state == "closed":
        return
    closed = time_of_fact(command.occurred_at, draft.asked)
    draft.touch_all()
    for ending in _children_first(draft, command.commitments):
        _end(draft, ending)
    hand_on(draft, command)
    if left := draft.case.pending():
        ids = [commitment.id for commitment in left]
        raise CommitmentsOpen(what="case", state="open", commitments=ids)
    corrected = closed.at < draft.case.opened_at
    draft.add(
        CaseClosed(words=command.words, at=closed.at, order_corrected=corrected, clock_skew=closed.clock_skew)
    )


def _children_first(draft: Draft, endings: Iterable[Ending]) -> list[Ending]:
    """Return endings so that what serves another ends before it. Raises Invalid for a stranger."""
    for ending in endings:
        if ending.commitment not in draft.case.commitments:
            raise Invalid(field="commitments", reason=f"{ending.commitment} is no commitment of this case")
    return sorted(endings, key=lambda ending: -draft.case.depth(ending.commitment))


def _end(draft: Draft, ending: Ending) -> None:
    match ending:
        case EndKept():
            keep_by_word(draft, ending.commitment, ending.occurred_at, ending.evidence)
        case EndReleased():
            release(draft, ending.commitment, ending.contact, ending.words)
        case EndWithdrawn():
            withdraw(draft, ending)
        case EndHandedOn():
            return  # after the others: with what still serves it then
        case _:
            assert_never(ending)


def reopen(draft: Draft, command: ReopenCase) -> None:
    """Take the closing back; no commitment revives."""
    if draft.case.state == "closed":
        draft.add(CaseReopened(words=command.words))
