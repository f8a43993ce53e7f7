from datetime import UTC, datetime, timedelta

import pytest

from mcp_server.http.allowance import Allowance

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


class Clock:
    def __init__(self):
        self.time = NOON

    def __call__(self):
        return self.time

    def advance(self, **by):
        self.time += timedelta(**by)


def refused(refusal):
    return None if refusal is None else int(refusal.response.headers["retry-after"])


def test_a_minute_holds_its_requests_and_refills_evenly():
    clock = Clock()
    allowance = Allowance(6, 0, now=clock)
    assert [refused(allowance.take("a")) for _ in range(7)] == [None] * 6 + [10]
    clock.advance(seconds=10)
    assert [refused(allowance.take("a")) for _ in range(2)] == [None, 10]
    clock.advance(hours=1)
    assert [refused(allowance.take("a")) for _ in range(7)] == [None] * 6 + [10]


def test_a_day_holds_its_requests_and_ends_at_midnight_utc():
    clock = Clock()
    allowance = Allowance(0, 2, now=clock)
    assert [refused(allowance.take("a")) for _ in range(3)] == [None, None, 12 * 3_600]
    clock.advance(hours=12)
    assert refused(allowance.take("a")) is None


def test_what_was_refused_does_not_count():
    clock = Clock()
    allowance = Allowance(1, 2, now=clock)
    assert [refused(allowance.take("a")) for _ in range(3)] == [None, 60, 60]
    clock.advance(minutes=1)
    assert refused(allowance.take("a")) is None


def test_clients_do_not_share_an_allowance_and_zero_is_no_limit():
    one_each = Allowance(1, 0, now=Clock())
    unlimited = Allowance(0, 0, now=Clock())
    assert [refused(one_each.take(client)) for client in "aab"] == [None, 60, None]
    assert not any(unlimited.take("a") for _ in range(1_000))


@pytest.mark.parametrize(("limit", "words"), [({"requests_per_minute": 2}, "2 requests a minute"), ({"requests_per_day": 2}, "2 requests a day")])
async def test_a_client_who_asks_too_often_is_told_how_long_to_wait(serving, limit, words):
    async with serving(api_tokens=("first", "second"), **limit) as api:
        answers = [await api.client.get("/metrics", headers={"authorization": f"Bearer {token}"}) for token in ("first", "first", "first", "second")]
        assert [answer.status_code for answer in answers] == [200, 200, 429, 200]
        assert (answers[2].json()["kind"], int(answers[2].headers["retry-after"]) > 0) == ("too_many_requests", True)
        assert words in answers[2].json()["detail"]
