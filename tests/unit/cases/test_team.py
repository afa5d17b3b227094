"""Teams."""

from hypothesis import given as sample
from hypothesis import strategies as st

from cases.team import TEAM, SetTeam, Team
from events.catalogue import TeamChanged
from events.errors import Forbidden
from events.testing import LEAD, given

DESK = SetTeam(name="desk", zone="Asia/Ho_Chi_Minh", lead="mai", calendar="saigon")
MADE = TeamChanged(name="desk", zone="Asia/Ho_Chi_Minh", lead="mai", calendar="saigon")


def test_set_team__recorded():
    after = given(TEAM).when(DESK, by=LEAD).then(MADE)
    assert after == Team("desk", "Asia/Ho_Chi_Minh", active=True, lead="mai", calendar="saigon")


def test_set_team__repeated():
    given(TEAM, MADE).when(DESK, by=LEAD).then_nothing()


def test_set_team__changed_is_whole():
    after = given(TEAM, MADE).when(SetTeam(name="desk", zone="Asia/Manila"), by=LEAD).after
    assert after == Team("desk", "Asia/Manila", active=True)


def test_set_team__by_an_agent_is_rejected():
    given(TEAM).when(DESK).then_rejected(Forbidden)


@sample(
    st.lists(
        st.builds(
            SetTeam,
            name=st.just("desk"),
            zone=st.sampled_from(["Asia/Manila", "Europe/Berlin"]),
            active=st.booleans(),
            lead=st.sampled_from(["mai", None]),
        ),
        max_size=8,
    )
)
def test_set_team__yields_the_right_event_and_a_repeat_yields_none(commands):
    team = given(TEAM)
    for command in commands:
        team = team.and_then(*team.when(command, by=LEAD).events)
        assert team.state == Team("desk", command.zone, command.active, command.lead)
        team.when(command, by=LEAD).then_nothing()
