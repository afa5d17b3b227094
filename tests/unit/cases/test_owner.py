"""Owners."""

from hypothesis import given as sample
from hypothesis import strategies as st

from cases.owner import OWNER, Owner, SetOwner
from events.catalogue import OwnerChanged
from events.errors import Forbidden
from events.testing import LEAD, given

MAI = SetOwner(name="mai", zone="Asia/Ho_Chi_Minh")


def test_set_owner__recorded():
    after = given(OWNER).when(MAI, by=LEAD).then(OwnerChanged(name="mai", zone="Asia/Ho_Chi_Minh"))
    assert after == Owner("mai", "Asia/Ho_Chi_Minh", active=True)


def test_set_owner__repeated():
    given(OWNER, OwnerChanged(name="mai", zone="Asia/Ho_Chi_Minh")).when(MAI, by=LEAD).then_nothing()


def test_set_owner__by_an_agent_is_rejected():
    given(OWNER).when(MAI).then_rejected(Forbidden)


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
