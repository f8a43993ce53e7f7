"""Stretches of the past, as people name them and as they lie on the clock."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.rules.intent import Moment, Window
from agent.rules.windows import Span, is_too_long, since, span, window

SUNDAY_NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
DAY = 24.0


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("over the last 6 hours", Span(6, "", 6)),
        ("in the past 24 hrs", Span(24, "", 24)),
        ("past day", Span(24, "", 24)),
        ("over the last week", Span(168, "", 168)),
        ("the previous month", Span(720, "", 720)),
        ("in the last 30 minutes", Span(0.5, "", 0.5)),
        ("in the last half hour", Span(0.5, "", 0.5)),
        ("last couple of hours", Span(2, "", 2)),
        ("past few days", Span(72, "", 72)),
        ("3h", Span(3, "", 3)),
        ("24h", Span(24, "", 24)),
        ("over 90 minutes", Span(1.5, "", 1.5)),
        ("3 hours ago", Span(DAY, "2026-11-22T09:00:00Z", 27)),
        ("an hour ago", Span(DAY, "2026-11-22T11:00:00Z", 25)),
        ("a couple of days ago", Span(DAY, "2026-11-20T12:00:00Z", 72)),
        ("since 3 hours ago", Span(3, "", 3)),
        ("at the same time yesterday", Span(DAY, "2026-11-21T12:00:00Z", 48)),
        ("this time last week", Span(DAY, "2026-11-15T12:00:00Z", 192)),
        ("last 90 days", Span(2_160, "", 2_160)),
        ("last 5 years", Span(2_160, "", 2_160)),
        ("over the past 500 days", Span(2_160, "", 2_160)),
        ("10 years ago", Span(DAY, "2026-08-24T12:00:00Z", 2_160)),
        ("this week", Span(168, "", 168)),
        ("today", Span(12, "", 12)),
        ("yesterday", Span(24, "2026-11-22T00:00:00Z", 36)),
        ("since yesterday", Span(36, "", 36)),
        ("worse than yesterday", Span(36, "", 36)),
        ("better than it was yesterday", Span(36, "", 36)),
        ("compared with yesterday", Span(36, "", 36)),
        ("overnight", Span(12, "2026-11-22T08:00:00Z", 16)),
        ("this morning", Span(12, "", 12)),
        ("since last night", Span(16, "", 16)),
        ("since 09:30", Span(2.5, "", 2.5)),
        ("since 9am", Span(3, "", 3)),
        ("since midnight UTC", Span(12, "", 12)),
        ("since Friday", Span(60, "", 60)),
        ("on Friday", Span(24, "2026-11-21T00:00:00Z", 60)),
        ("at 10:00 UTC", Span(DAY, "2026-11-22T10:00:00Z", 26)),
        ("at 14:00 UTC", Span(DAY, "2026-11-21T14:00:00Z", 46)),
        ("at 2pm yesterday", Span(DAY, "2026-11-21T14:00:00Z", 46)),
        ("yesterday at 08:15", Span(DAY, "2026-11-21T08:15:00Z", 51.75)),
        ("between 08:00 and 10:00", Span(2, "2026-11-22T10:00:00Z", 4)),
        ("from 10:00 to 14:00", Span(4, "2026-11-21T14:00:00Z", 26)),
        ("between 22:00 and 02:00", Span(4, "2026-11-22T02:00:00Z", 14)),
        ("between 9 and 10 today", Span(1, "2026-11-22T10:00:00Z", 3)),
        ("from 9 to 11 on Friday", Span(2, "2026-11-20T11:00:00Z", 51)),
        ("yesterday between 9 and 17", Span(8, "2026-11-21T17:00:00Z", 27)),
        ("yesterday between 08:00 and 10:00", Span(2, "2026-11-21T10:00:00Z", 28)),
        ("between 9 and 10am", Span(1, "2026-11-22T10:00:00Z", 3)),
        ("between 9 and 11pm", Span(2, "2026-11-21T23:00:00Z", 15)),
        ("between 11 and 1pm yesterday", Span(2, "2026-11-21T13:00:00Z", 25)),
        ("on 2026-11-20", Span(24, "2026-11-21T00:00:00Z", 60)),
        ("at 14:00 on 2026-11-20", Span(DAY, "2026-11-20T14:00:00Z", 70)),
        ("between 9 and 10 on 2026-11-20", Span(1, "2026-11-20T10:00:00Z", 51)),
        ("since 2026-11-20", Span(60, "", 60)),
        ("on 2026-02-31", Span(24, "2026-03-04T00:00:00Z", 2_160)),
        ("at 9 today", Span(DAY, "2026-11-22T09:00:00Z", 27)),
        ("since 10:00 yesterday", Span(26, "", 26)),
    ],
)
def test_a_window_lies_where_its_words_say(words, expected):
    read, rest = window(f"BTC depth {words}?")
    assert span(read, SUNDAY_NOON, DAY) == expected
    assert rest.startswith("BTC depth ")


@pytest.mark.parametrize(
    "words",
    [
        "BTC depth now",
        "sell 24 BTC",
        "buy $3h",
        "at 99.50",
        "within 5 bps",
        "top 10 levels",
        "at 10 bps",
        "30m of BTC",
        "tomorrow",
        "next hour",
        "between 9 and 10",
        "at 9 levels",
    ],
)
def test_other_numbers_are_no_window(words):
    assert window(words) == (None, words)


@pytest.mark.parametrize("words", ["last 5 years", "the past 500 days", "10 years ago"])
def test_a_window_longer_than_can_be_looked_back_is_known_as_one(words):
    assert is_too_long(window(words)[0])
    assert not is_too_long(window("last 90 days")[0])
    assert not is_too_long(None)


@pytest.mark.parametrize("words", ["at 14:00", "at 3am", "at 9 today", "yesterday at 9", "3 hours ago", "the same time yesterday", "as of noon"])
def test_one_moment_is_told_from_a_stretch_of_time(words):
    read, _ = window(words)
    assert read.at
    assert not since(read).at


@pytest.mark.parametrize("words", ["until 14:00", "since 14:00", "since 3 hours ago", "last 3 hours", "yesterday"])
def test_a_stretch_of_time_is_no_moment(words):
    assert not window(words)[0].at


def test_from_a_moment_on_reaches_up_to_now():
    assert span(since(window("at 10:00")[0]), SUNDAY_NOON, DAY) == Span(2, "", 2)
    assert span(since(window("the same time yesterday")[0]), SUNDAY_NOON, DAY) == Span(24, "", 24)


def test_a_second_window_stays_in_the_text():
    assert window("last 6 hours and the last 2 days")[1].endswith(" and the last 2 days")


def test_what_is_not_named_is_the_usual_time_up_to_now():
    assert span(None, SUNDAY_NOON, DAY) == Span(24, "", 24)


def test_a_day_that_has_not_ended_ends_now():
    assert span(Window("today", since=Moment(0, 0), until=Moment(1_440, 0)), SUNDAY_NOON, DAY) == Span(12, "", 12)


MOMENTS = st.builds(Moment, st.integers(0, 1_440), st.one_of(st.none(), st.integers(0, 3))) | st.builds(
    Moment, st.integers(0, 1_440), weekday=st.integers(0, 6)
)
WINDOWS = st.builds(Window, st.just("words"), st.floats(0, 2_000), st.none() | MOMENTS, st.none() | MOMENTS)


@given(WINDOWS, st.integers(0, 10_080))
def test_every_window_is_of_the_past_and_has_a_length(asked, minutes):
    now = SUNDAY_NOON + timedelta(minutes=minutes)
    found = span(asked, now, DAY)
    end = datetime.fromisoformat(found.until) if found.until else now
    assert found.hours > 0
    assert end <= now
    assert found.hours_back == pytest.approx(found.hours + (now - end).total_seconds() / 3_600, abs=0.02)
