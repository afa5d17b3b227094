"""Owners."""

from datetime import timedelta

import pytest
from hypothesis import given as sample
from hypothesis import strategies as st
from pydantic import ValidationError

from cases.owner import OWNER, Away, Owner, SetOwner
from events.catalogue import OwnerChanged
from events.catalogue.owners import Absence
from events.errors import Forbidden, Invalid
from events.testing import LEAD, NOW, given

MAI = SetOwner(name="mai", zone="Asia/Ho_Chi_Minh")


def test_set_owner__recorded():
    after = given(OWNER).when(MAI, by=LEAD).then(OwnerChanged(name="mai", zone="Asia/Ho_Chi_Minh"))
    assert after == Owner("mai", "Asia/Ho_Chi_Minh", active=True)


def test_set_owner__repeated():
    given(OWNER, OwnerChanged(name="mai", zone="Asia/Ho_Chi_Minh")).when(MAI, by=LEAD).then_nothing()


def test_set_owner__by_an_agent_is_rejected():
    given(OWNER).when(MAI).then_rejected(Forbidden)


def test_set_owner__with_all_there_is_to_say():
    week = {"begins": NOW, "ends": NOW + timedelta(days=7)}
    said = {"team": "desk", "lead": "an", "delegate": "binh", "calendar": "saigon"}
    command = SetOwner(name="mai", zone="Asia/Ho_Chi_Minh", absences=(Away(**week),), **said)
    after = given(OWNER).when(command, by=LEAD).after
    assert after == Owner("mai", "Asia/Ho_Chi_Minh", active=True, absences=(Absence(**week),), **said)


def test_set_owner__their_own_delegate_is_rejected():
    command = SetOwner(name="mai", zone="Asia/Ho_Chi_Minh", delegate="mai")
    given(OWNER).when(command, by=LEAD).then_rejected(Invalid, field="delegate")


@pytest.mark.parametrize("days", [0, -1])
def test_set_owner__an_absence_that_ends_before_it_begins_is_refused(days):
    with pytest.raises(ValidationError, match="ends after it begins"):
        Away(begins=NOW, ends=NOW + timedelta(days=days))


@sample(
    st.lists(
        st.builds(
            SetOwner,
            name=st.just("mai"),
            zone=st.sampled_from(["Asia/Manila", "Europe/Berlin"]),
            active=st.booleans(),
        ),
        max_size=8,
    )
)
def test_set_owner__yields_the_right_event_and_a_repeat_yields_none(commands):
    owner = given(OWNER)
    for command in commands:
        came = owner.when(command, by=LEAD)
        owner = owner.and_then(*came.events)
        assert owner.state == Owner(command.name, command.zone, command.active)
        owner.when(command, by=LEAD).then_nothing()
