"""Keyed hashes: the same words give the same hash, however they are written, and only under the same key."""

from hashlib import sha256
from unicodedata import normalize

import pytest

from events.clock import derived_id, new_secret
from events.lookup import Lookup, normal
from events.wrapping import name_of, read_key

LOOKUP = Lookup(b"lookup" * 6)


@pytest.mark.parametrize(
    "said", ["Nguyễn Thị Mai", " nguyễn  thị mai ", "NGUYỄN THỊ MAI", normalize("NFD", "Nguyễn Thị Mai")]
)
def test_word__is_the_same_however_it_is_written(said):
    assert LOOKUP.word("name", said) == LOOKUP.word("name", "Nguyễn Thị Mai")


def test_word__differs_by_kind_key_and_letter():
    words = [LOOKUP.word("name", "Mai"), LOOKUP.word("address", "Mai"), LOOKUP.word("name", "Mái")]
    words += [Lookup(b"other" * 7).word("name", "Mai"), sha256(b"Mai").digest(), sha256(b"mai").digest()]
    assert len(set(words)) == len(words)


def test_normal__folds_what_looks_alike():
    assert normal("ﬁﬂ\u00a0\tStraße") == "fifl strasse"


def test_id__follows_from_source_and_reference_and_from_the_key():
    named = LOOKUP.id("customer", "shop", "C-1")
    assert named == Lookup(b"lookup" * 6).id("customer", "shop", "C-1")
    others = [
        LOOKUP.id("contact", "shop", "C-1"),
        LOOKUP.id("customer", "phone", "C-1"),
        LOOKUP.id("customer", "shop", "C-2"),
        Lookup(b"other").id("customer", "shop", "C-1"),
        derived_id("customer", "shop", "C-1"),
    ]
    assert len({named, *others}) == 6


def test_purposes__have_keys_of_their_own():
    assert LOOKUP.fingerprint(b"name\x1fmai") != LOOKUP.word("name", "mai")


def test_read_key__takes_32_bytes_in_base64_and_nothing_else():
    assert read_key("AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=") == bytes(range(32))
    for wrong in ("", "changeme", "AAEC", "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8", "ü" * 44):
        with pytest.raises(ValueError, match="openssl rand -base64 32"):
            read_key(wrong)


def test_name_of__tells_keys_apart_and_gives_none_away():
    key = new_secret(32)
    assert name_of(key) == name_of(key) != name_of(new_secret(32))
    assert name_of(key) not in (key.hex(), sha256(key).hexdigest()[:16])
