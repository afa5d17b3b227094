"""Customers: registered once, changed by what is named, never twice under one reference."""

from uuid import UUID

import pytest
from hypothesis import given as any_of
from hypothesis import strategies as st
from pydantic import ValidationError

from events.catalogue import CustomerChanged, CustomerErased, CustomerRegistered
from events.keyring import ERASED, Erased
from events.lookup import Lookup
from events.testing import an_id, given
from intake.customer import (
    CUSTOMER,
    ChangeCustomer,
    CustomerKnown,
    CustomerUnknown,
    EraseCustomer,
    NewCustomer,
    RegisterCustomer,
    customer_id,
)

LOOKUP = Lookup(b"lookup" * 6)
MAI = an_id("mai")
REGISTERED = CustomerRegistered(
    name="Mai", zone="Asia/Ho_Chi_Minh", language="vi", channel="call", source="shop", reference="C-1"
)


def register(**more: object) -> RegisterCustomer:
    said = {"name": "Mai", "zone": "Asia/Ho_Chi_Minh", "language": "vi", "channel": "call"}
    return RegisterCustomer.model_validate(
        said | {"customer": MAI, "source": "shop", "reference": "C-1"} | more
    )


def change(**named: object) -> ChangeCustomer:
    return ChangeCustomer.model_validate({"customer": MAI, **named})


def test_register_customer__recorded():
    given(CUSTOMER).when(register()).then(REGISTERED)


def test_register_customer__repeated():
    given(CUSTOMER, REGISTERED).when(register()).then_nothing()


def test_register_customer__rejected_for_another_under_the_same_reference():
    given(CUSTOMER, REGISTERED).when(register(name="Ana")).then_rejected(CustomerKnown)


def test_change_customer__recorded_whole():
    given(CUSTOMER, REGISTERED).when(change(zone="Asia/Manila")).then(
        CustomerChanged(name="Mai", zone="Asia/Manila", language="vi", channel="call")
    )


def test_change_customer__repeated():
    given(CUSTOMER, REGISTERED).when(change(zone="Asia/Ho_Chi_Minh")).then_nothing()
    given(CUSTOMER, REGISTERED).when(change()).then_nothing()


def test_change_customer__forgets_an_address_of_null_and_nothing_else():
    changed = CustomerChanged(
        name="Mai", zone="Asia/Ho_Chi_Minh", language="vi", channel="call", address="mai@example.com"
    )
    after = given(CUSTOMER, REGISTERED, changed).when(change(address=None, name=None))
    assert after.then_types(CustomerChanged) is not None
    assert after.after is not None
    assert (after.after.address, after.after.name) == (None, "Mai")


def test_change_customer__rejected_when_unknown():
    rejection = given(CUSTOMER).when(change(zone="Asia/Manila")).then_rejected(CustomerUnknown)
    assert str(rejection) == f"There is no customer {MAI}."


def test_erase_customer__recorded_and_nothing_of_them_is_left():
    known = given(CUSTOMER, REGISTERED).and_then(
        CustomerChanged(name="Mai", zone="UTC", language="vi", channel="email", address="mai@example.com")
    )
    after = known.when(EraseCustomer(customer=MAI)).then(CustomerErased())
    assert after is not None
    assert (after.name, after.address, after.reference) == (ERASED, ERASED, ERASED)
    assert (after.zone, after.language, after.channel) == ("UTC", "vi", "email")


def test_erase_customer__what_was_never_said_stays_unsaid():
    nobody = CustomerRegistered(name="Mai", zone="UTC")
    after = given(CUSTOMER, nobody, CustomerErased()).state
    assert after is not None
    assert (after.address, after.reference) == (None, None)


def test_erase_customer__repeated():
    given(CUSTOMER, REGISTERED, CustomerErased()).when(EraseCustomer(customer=MAI)).then_nothing()


def test_erase_customer__rejected_when_unknown():
    given(CUSTOMER).when(EraseCustomer(customer=MAI)).then_rejected(CustomerUnknown)


@pytest.mark.parametrize("command", [register(), register(name="Ana"), change(zone="Asia/Manila")])
def test_erase_customer__nothing_is_recorded_of_them_any_more(command):
    given(CUSTOMER, REGISTERED, CustomerErased()).when(command).then_rejected(Erased)


def test_customer_id__follows_from_the_reference_or_from_the_command():
    named = NewCustomer(name="Mai", zone="UTC", source="shop", reference="C-1")
    alone = NewCustomer(name="Mai", zone="UTC")
    other = Lookup(b"other" * 8)
    assert customer_id(named, an_id("a"), LOOKUP) != customer_id(named, an_id("a"), other)
    assert customer_id(named, an_id("a"), LOOKUP) == customer_id(named, an_id("b"), LOOKUP)
    assert customer_id(alone, an_id("a"), LOOKUP) != customer_id(alone, an_id("b"), LOOKUP)


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": ""},
        {"zone": "Mars/Olympus"},
        {"language": "Klingon!"},
        {"channel": "smoke"},
        {"reference": None},
        {"name": "x" * 201},
        {"vip": True},
    ],
)
def test_register_customer__refused_where_a_field_does_not_fit(wrong):
    with pytest.raises(ValidationError):
        register(**wrong)


@any_of(st.lists(st.sampled_from([{"zone": "Asia/Manila"}, {"name": "Ana"}, {"address": "a@b.example"}, {}])))
def test_change_customer__a_repeat_writes_nothing(changes):
    state = given(CUSTOMER, REGISTERED)
    for named in changes:
        after = state.when(change(**named))
        state = state.and_then(*after.events)
        state.when(change(**named)).then_nothing()
    assert isinstance(MAI, UUID)
