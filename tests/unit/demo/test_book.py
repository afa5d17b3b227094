"""The book of the story: what becomes of a promise by the rules, without any service."""

from datetime import UTC, datetime, timedelta

from demo.book import Promise, wanted

T0 = datetime(2026, 10, 19, 8, tzinfo=UTC)
HOUR = timedelta(hours=1)


def promise(hours=8.0, leads=(HOUR,)):
    return Promise("p", T0, T0 + hours * HOUR, "linh", leads)


def after(made, hours):
    made.move_on(T0 + hours * HOUR)
    return made.state, made.reminders


def test_move_on__reminds_and_lapses_strictly_after_the_instant():
    made = promise()
    assert after(made, 7) == ("open", 0)
    assert after(made, 7.1) == ("open", 1)
    assert after(made, 8) == ("open", 1)
    assert after(made, 8.1) == ("lapsed", 1)


def test_short_notice__is_one_reminder_at_once():
    made = promise(0.5, (4 * HOUR, HOUR))
    assert after(made, 0) == ("open", 0)
    assert after(made, 0.1) == ("open", 1)
    assert after(made, 9) == ("lapsed", 1)


def test_end__is_late_only_after_a_lapse():
    in_time, late, corrected = promise(), promise(), promise()
    for made in (late, corrected):
        made.move_on(T0 + 9 * HOUR)
    in_time.end("done")
    late.end("done")
    corrected.end("corrected")
    assert [made.state for made in (in_time, late, corrected)] == ["kept", "kept_late", "kept"]
    assert [made.lapsed for made in (in_time, late, corrected)] == [False, True, False]


def test_reschedule__counts_from_the_due_the_customer_knows():
    told, untold, told_later = promise(), promise(), promise()
    told.reschedule(T0 + HOUR, T0 + 30 * HOUR, told=True)
    untold.reschedule(T0 + HOUR, T0 + 30 * HOUR, told=False)
    told_later.reschedule(T0 + HOUR, T0 + 30 * HOUR, told=False)
    told_later.tell()
    assert [after(made, 20)[0] for made in (told, untold, told_later)] == ["open", "lapsed", "open"]
    assert [after(made, 31) for made in (told, untold)] == [("lapsed", 1), ("lapsed", 0)]


def test_wanted__counts_states():
    kept, owed = promise(), promise()
    kept.end("done")
    owed.move_on(T0 + 9 * HOUR)
    assert wanted([kept, owed, promise()]) == {
        "promises": 3,
        "kept": 1,
        "lapsed": 1,
        "kept_late": 0,
        "open": 1,
        "order_corrected": 0,
        "reminders": 1,
    }
