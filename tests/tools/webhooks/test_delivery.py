"""Webhooks against a real server on this machine, which the setting allows."""

import asyncio
import hashlib
import hmac
import json
import ssl
import subprocess
from contextlib import asynccontextmanager
from datetime import timedelta

import httpx
import make_alerts
import pytest
from aiohttp import web
from make_books import NOON

from tools.errors import NotConfigured
from tools.settings import Settings
from tools.webhooks import ForbiddenAddress, Webhook, configured, delivery

SECRET = "shared by two"


def alert(number=1, **changes):
    return make_alerts.alert(f"a{number}", **{"severity": "HIGH", **changes})


class Said(list):
    """What has been said, and can be waited for."""

    def __init__(self):
        super().__init__()
        self._more = asyncio.Event()

    def append(self, line):
        super().append(line)
        self._more.set()

    async def lines(self, count):
        while len(self) < count:
            self._more.clear()
            await self._more.wait()


class Receiver:
    """Answers with the statuses it is given, then with 204, and keeps every request. `meanwhile` is awaited with how many came before."""

    def __init__(self, *statuses, headers=(), meanwhile=None):
        self.statuses = list(statuses)
        self.headers = dict(headers)
        self.meanwhile = meanwhile
        self.requests = []

    async def answer(self, request):
        self.requests.append((request.method, request.path, dict(request.headers), await request.read()))
        if self.meanwhile:
            await self.meanwhile(len(self.requests) - 1)
        return web.Response(status=self.statuses.pop(0), headers=self.headers) if self.statuses else web.Response(status=204)

    @property
    def keys(self):
        return [headers["Idempotency-Key"] for _, _, headers, _ in self.requests]


@asynccontextmanager
async def serving(receiver):
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", receiver.answer)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        yield site._server.sockets[0].getsockname()[1]
    finally:
        await runner.cleanup()


class Time:
    """A clock that waiting moves, at once."""

    def __init__(self):
        self.now = NOON
        self.waits = []
        self._let_others = asyncio.sleep

    async def sleep(self, seconds, result=None):
        if seconds:
            self.waits.append(seconds)
            self.now += timedelta(seconds=seconds)
        await self._let_others(0)
        return result


@pytest.fixture(autouse=True)
def time(monkeypatch):
    moved = Time()
    monkeypatch.setattr(asyncio, "sleep", moved.sleep)
    return moved


def webhook(url, said, **options):
    return Webhook(url, SECRET, say=said.append, **({"allow_private": True, "now": lambda: NOON} | options))


def not_delivered(which, host="127.0.0.1"):
    return f"Alerts not delivered to the webhook at {host}: {which}."


AWAY, BACK = "Alerts do not reach the webhook at 127.0.0.1: HTTP 503", "Alerts reach the webhook at 127.0.0.1 again."


def first_wait(seconds):
    """Half a second and up to one more, so that not all come back at once."""
    return 0.5 <= seconds <= 1.5


async def resolve_here(host, port):
    return ["127.0.0.1"]


async def test_an_alert_arrives_as_json_signed_and_with_a_key():
    receiver, said = Receiver(), []
    async with serving(receiver) as port, webhook(f"http://127.0.0.1:{port}/alerts?team=1", said) as hook:
        hook.deliver(alert())
    [(method, path, headers, body)] = receiver.requests
    assert (method, path, headers["Content-Type"], said) == ("POST", "/alerts", "application/json", [])
    assert json.loads(body) == alert().model_dump(mode="json")
    timestamp = headers["Liquidity-Timestamp"]
    assert timestamp == "1786276800"
    expected = hmac.digest(SECRET.encode(), timestamp.encode() + b"." + body, hashlib.sha256).hex()
    assert headers["Liquidity-Signature"] == f"sha256={expected}"
    assert headers["Idempotency-Key"] == "a1:raised:HIGH"


async def test_alerts_arrive_in_their_order_and_raised_and_cleared_have_keys_of_their_own():
    receiver = Receiver()
    async with serving(receiver) as port, webhook(f"http://127.0.0.1:{port}/", []) as hook:
        for one in (alert(1), alert(2), alert(1, state="cleared")):
            hook.deliver(one)
    assert receiver.keys == ["a1:raised:HIGH", "a2:raised:HIGH", "a1:cleared:HIGH"]


async def test_a_server_that_fails_is_tried_again_under_the_same_key():
    receiver, said = Receiver(503, 429), []
    async with serving(receiver) as port, webhook(f"http://127.0.0.1:{port}/", said) as hook:
        hook.deliver(alert())
    assert (receiver.keys, said) == (["a1:raised:HIGH"] * 3, [])


async def test_a_receiver_that_restarts_for_two_minutes_gets_its_alerts_in_their_order_and_people_are_told_once(time):
    receiver, said = Receiver(*[503] * 8), Said()
    async with serving(receiver) as port, webhook(f"http://127.0.0.1:{port}/", said, now=lambda: time.now) as hook:
        for one in (alert(1), alert(2), alert(1, state="cleared")):
            hook.deliver(one)
        await said.lines(2)
    assert receiver.keys == [*["a1:raised:HIGH"] * 9, "a2:raised:HIGH", "a1:cleared:HIGH"]
    assert said == [AWAY, BACK]
    # The last try is the first that comes after two minutes.
    assert sum(time.waits[:-1]) < 120 < sum(time.waits)


async def test_waits_grow_to_a_minute_and_stay_there(time):
    receiver, said = Receiver(*[503] * 40), Said()
    async with serving(receiver) as port, webhook(f"http://127.0.0.1:{port}/", said) as hook:
        hook.deliver(alert())
        await said.lines(2)
    least = [0.5, 1, 2, 4, 8, 16, 32, *[60] * 33]
    assert [wait for wait, low in zip(time.waits, least, strict=True) if not low <= wait <= min(low + 1, 60)] == []


async def test_each_time_that_the_receiver_goes_away_is_said_and_waited_for_anew(time):
    receiver, said = Receiver(*[503] * 3, 204, *[503] * 3), []
    async with serving(receiver) as port, webhook(f"http://127.0.0.1:{port}/", said) as hook:
        for number in range(2):
            hook.deliver(alert(number))
    assert receiver.keys == ["a0:raised:HIGH"] * 4 + ["a1:raised:HIGH"] * 4
    assert said == [AWAY, BACK, AWAY, BACK]
    assert first_wait(time.waits[3])


@pytest.mark.parametrize(
    ("asked", "seconds"),
    [
        ("30", 30),
        ("1", 1),
        ("3600", 600),
        ("9" * 5_000, 600),
        ("Sun, 09 Aug 2026 12:02:00 GMT", 120),
        ("Sun Aug  9 12:02:00 2026", 120),
        ("Mon, 10 Aug 2026 12:00:00 GMT", 600),
    ],
)
async def test_what_a_receiver_asks_to_wait_is_waited_up_to_ten_minutes(time, asked, seconds):
    receiver = Receiver(503, 429, headers={"Retry-After": asked})
    async with serving(receiver) as port, webhook(f"http://127.0.0.1:{port}/", []) as hook:
        hook.deliver(alert())
    assert (receiver.keys, time.waits) == (["a1:raised:HIGH"] * 3, [seconds] * 2)


@pytest.mark.parametrize("asked", ["0", "-5", "1.5", "soon", "", "Sun, 09 Aug 2026 11:59:00 GMT", "Sun, 99 Aug 2026 12:02:00 GMT"])
async def test_a_wait_that_cannot_be_read_or_is_over_is_ours_to_choose(time, asked):
    receiver = Receiver(503, headers={"Retry-After": asked})
    async with serving(receiver) as port, webhook(f"http://127.0.0.1:{port}/", []) as hook:
        hook.deliver(alert())
    assert receiver.keys == ["a1:raised:HIGH"] * 2
    assert [first_wait(wait) for wait in time.waits] == [True]


async def test_an_alert_is_tried_for_twelve_hours_and_then_those_after_it(time):
    async def another(before):
        if before == 6:
            hook.deliver(alert(2))

    # Every ten minutes: at 0:00, 0:10, ... 12:00; the second alert is an hour younger.
    receiver, said = Receiver(*[503] * 73, headers={"Retry-After": "600"}, meanwhile=another), Said()
    async with serving(receiver) as port:
        hook = webhook(f"http://127.0.0.1:{port}/", said, now=lambda: time.now)
        async with hook:
            hook.deliver(alert(1))
            await said.lines(3)
    assert receiver.keys == ["a1:raised:HIGH"] * 73 + ["a2:raised:HIGH"]
    assert said == [AWAY, BACK, not_delivered("1 older than 12 hours")]


async def test_a_receiver_that_stays_away_is_not_asked_more_often_for_the_next_alert(time, monkeypatch):
    monkeypatch.setattr(delivery, "_KEPT", timedelta(hours=2))

    async def another(before):
        if before == 20:
            hook.deliver(alert(2))

    receiver, said = Receiver(*[503] * 1_000, meanwhile=another), []
    async with serving(receiver) as port:
        hook = webhook(f"http://127.0.0.1:{port}/", said, now=lambda: time.now)
        async with hook:
            hook.deliver(alert(1))
    assert list(dict.fromkeys(receiver.keys)) == ["a1:raised:HIGH", "a2:raised:HIGH"]
    assert set(time.waits[7:]) == {60}
    assert said == [AWAY, not_delivered("2 older than 2 hours")]


@pytest.mark.parametrize("status", [408, 425, 429, 500, 502, 503, 504])
async def test_what_may_pass_is_tried_again(status):
    receiver, said = Receiver(status), []
    async with serving(receiver) as port, webhook(f"http://127.0.0.1:{port}/", said) as hook:
        hook.deliver(alert())
    assert (receiver.keys, said) == (["a1:raised:HIGH"] * 2, [])


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410, 413, 422])
async def test_a_refusal_for_good_is_not_tried_again_whatever_it_asks_to_wait_and_the_next_alert_is_sent(time, status):
    receiver, said = Receiver(status, headers={"Retry-After": "30"}), []
    async with serving(receiver) as port, webhook(f"http://127.0.0.1:{port}/", said) as hook:
        for number in range(2):
            hook.deliver(alert(number))
    assert (receiver.keys, time.waits) == (["a0:raised:HIGH", "a1:raised:HIGH"], [])
    assert said == [f"Alerts do not reach the webhook at 127.0.0.1: HTTP {status}", BACK, not_delivered("1 failed for good")]


async def test_what_was_lost_is_said_in_one_sentence_when_nothing_waits_any_more(monkeypatch):
    monkeypatch.setattr(delivery, "_WAITING", 4)
    receiver, said = Receiver(401, 204, 400), []
    async with serving(receiver) as port, webhook(f"http://127.0.0.1:{port}/", said) as hook:
        for number in range(5):
            hook.deliver(alert(number))
    away = "Alerts do not reach the webhook at 127.0.0.1: HTTP"
    assert said == [f"{away} 401", BACK, f"{away} 400", BACK, not_delivered("1 beyond the 4 that may wait, 2 failed for good")]


async def test_a_redirect_is_not_followed():
    target, said = Receiver(), []
    async with serving(target) as elsewhere:
        receiver = Receiver(307, headers={"Location": f"http://127.0.0.1:{elsewhere}/"})
        async with serving(receiver) as port, webhook(f"http://127.0.0.1:{port}/", said) as hook:
            hook.deliver(alert())
    assert (len(receiver.requests), target.requests) == (1, [])
    assert said == ["Alerts do not reach the webhook at 127.0.0.1: HTTP 307, a redirect, which is not followed", not_delivered("1 failed for good")]


async def test_nobody_listening_is_a_failure_that_is_said_once_and_so_is_what_waits_at_the_end(monkeypatch):
    monkeypatch.setattr(delivery, "_LAST_TRIES_S", 0)
    async with serving(Receiver()) as port:
        pass
    said = Said()
    async with webhook(f"http://127.0.0.1:{port}/", said) as hook:
        hook.deliver(alert())
        await said.lines(1)
    assert said == ["Alerts do not reach the webhook at 127.0.0.1: All connection attempts failed", not_delivered("1 still waiting at the end")]


def waiting_forever(monkeypatch):
    """Waits that never end, and the event that one has begun."""
    begun = asyncio.Event()

    async def sleep(seconds, result=None):
        if seconds:
            begun.set()
            await asyncio.Event().wait()

    monkeypatch.setattr(asyncio, "sleep", sleep)
    return begun


async def test_leaving_ends_a_wait_with_another_try(monkeypatch):
    waits, receiver, said = waiting_forever(monkeypatch), Receiver(503), []
    async with serving(receiver) as port, webhook(f"http://127.0.0.1:{port}/", said) as hook:
        for number in range(2):
            hook.deliver(alert(number))
        await waits.wait()
    assert (receiver.keys, said) == (["a0:raised:HIGH", "a0:raised:HIGH", "a1:raised:HIGH"], [])


async def test_why_an_alert_is_left_is_said_at_the_end_where_it_was_not_before(monkeypatch):
    monkeypatch.setattr(delivery, "_LAST_TRIES_S", 0)
    waits, said = waiting_forever(monkeypatch), []
    async with serving(Receiver(503)) as port, webhook(f"http://127.0.0.1:{port}/", said) as hook:
        hook.deliver(alert())
        await waits.wait()
    assert said == [AWAY, not_delivered("1 still waiting at the end")]


async def test_leaving_waits_for_what_is_on_its_way_and_does_not_send_it_twice():
    asked, left, said = asyncio.Event(), asyncio.Event(), []

    async def slowly(_):
        asked.set()
        await left.wait()

    receiver = Receiver(meanwhile=slowly)
    async with serving(receiver) as port:
        async with webhook(f"http://127.0.0.1:{port}/", said) as hook:
            hook.deliver(alert())
            await asked.wait()
            # Runs when leaving has begun to wait.
            asyncio.get_running_loop().call_soon(left.set)
        assert (receiver.keys, said) == (["a1:raised:HIGH"], [])


FORBIDDEN = "hooks.example is at 127.0.0.1, which is not a public address: give another, or set LIQUIDITY_WEBHOOK_ALLOW_PRIVATE=true."


async def test_a_private_address_is_refused_before_any_alert():
    with pytest.raises(ForbiddenAddress) as raised:
        async with webhook("http://hooks.example/", [], allow_private=False, resolve=resolve_here):
            pass
    assert str(raised.value) == FORBIDDEN


async def test_an_address_that_has_become_private_is_never_connected_to():
    asked, receiver, said = [], Receiver(), []

    async def rebinding(host, port):
        asked.append(host)
        return ["1.1.1.1" if len(asked) == 1 else "127.0.0.1"]

    async with serving(receiver) as port, webhook(f"http://hooks.example:{port}/", said, allow_private=False, resolve=rebinding) as hook:
        hook.deliver(alert())
    assert (receiver.requests, said) == (
        [],
        [f"Alerts do not reach the webhook at hooks.example: {FORBIDDEN}", not_delivered("1 failed for good", "hooks.example")],
    )


async def test_where_one_of_a_host_s_addresses_is_dead_the_next_try_takes_another():
    receiver, said = Receiver(), []

    async def two(host, port):
        return ["127.0.0.2", "127.0.0.1"]

    async with serving(receiver) as port, webhook(f"http://hooks.example:{port}/", said, resolve=two) as hook:
        hook.deliver(alert())
    assert (receiver.keys, said) == (["a1:raised:HIGH"], [])


async def test_an_alert_that_has_become_more_severe_has_a_key_of_its_own():
    receiver = Receiver()
    async with serving(receiver) as port, webhook(f"http://127.0.0.1:{port}/", []) as hook:
        for severity in ("LOW", "HIGH"):
            hook.deliver(alert(severity=severity))
    assert receiver.keys == ["a1:raised:LOW", "a1:raised:HIGH"]


async def test_the_address_that_was_checked_is_the_one_connected_to_and_the_host_keeps_its_name():
    """A name that means another address with every question would reach that one if it were asked again for the connection."""
    asked, receiver = [], Receiver()

    async def rebinding(host, port):
        asked.append(host)
        return ["127.0.0.1" if len(asked) <= 2 else "192.0.2.1"]

    async with serving(receiver) as port, webhook(f"http://hooks.example:{port}/", [], resolve=rebinding) as hook:
        hook.deliver(alert())
    # Once to begin with, and once for the alert.
    assert (asked, [headers["Host"] for _, _, headers, _ in receiver.requests]) == (["hooks.example"] * 2, [f"hooks.example:{port}"])


async def test_over_tls_the_name_is_asked_for_and_its_certificate_is_checked(tmp_path, monkeypatch):
    """The server's certificate is its own, so the connection must be refused after the server was told the name."""
    key, certificate, names, said = tmp_path / "key.pem", tmp_path / "certificate.pem", [], Said()
    monkeypatch.setattr(delivery, "_LAST_TRIES_S", 0)
    command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", "/CN=hooks.example"]
    subprocess.run([*command, "-keyout", key, "-out", certificate], check=True, capture_output=True)  # noqa: ASYNC221 - milliseconds
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    context.sni_callback = lambda _, name, __: names.append(name)
    server = await asyncio.start_server(lambda _, writer: writer.close(), "127.0.0.1", 0, ssl=context)
    async with server, webhook(f"https://hooks.example:{server.sockets[0].getsockname()[1]}/", said, resolve=resolve_here) as hook:
        hook.deliver(alert())
        await said.lines(1)
    assert set(names) == {"hooks.example"}
    assert "self-signed certificate" in said[0]
    assert said[1:] == [not_delivered("1 still waiting at the end", "hooks.example")]


async def test_whoever_delivers_never_waits_and_the_oldest_makes_room_which_is_said_once(monkeypatch):
    monkeypatch.setattr(delivery, "_WAITING", 3)
    receiver, said = Receiver(), []
    async with serving(receiver) as port, webhook(f"http://127.0.0.1:{port}/", said) as hook:
        for number in range(7):
            hook.deliver(alert(number))
    assert receiver.keys == ["a4:raised:HIGH", "a5:raised:HIGH", "a6:raised:HIGH"]
    assert said == [not_delivered("4 beyond the 3 that may wait")]


async def test_what_is_on_its_way_keeps_its_place_when_too_many_wait(monkeypatch):
    monkeypatch.setattr(delivery, "_WAITING", 3)

    async def many(before):
        if before == 0:
            for number in range(2, 7):
                hook.deliver(alert(number))

    receiver, said = Receiver(503, meanwhile=many), []
    async with serving(receiver) as port:
        hook = webhook(f"http://127.0.0.1:{port}/", said)
        async with hook:
            hook.deliver(alert(1))
    assert receiver.keys == ["a1:raised:HIGH", "a1:raised:HIGH", "a5:raised:HIGH", "a6:raised:HIGH"]
    assert said == [not_delivered("3 beyond the 3 that may wait")]


async def never(host, port):
    await asyncio.Event().wait()


async def test_alerts_that_wait_when_it_is_left_are_counted_and_nothing_of_it_runs_on(monkeypatch):
    for wait in ("_FOUND_S", "_LAST_TRIES_S"):
        monkeypatch.setattr(delivery, wait, 0.01)
    said = []
    async with webhook("http://hooks.example/", said, resolve=never) as hook:
        for number in range(3):
            hook.deliver(alert(number))
    assert asyncio.all_tasks() == {asyncio.current_task()}
    assert said == [not_delivered("3 still waiting at the end", "hooks.example")]


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (UnicodeError("label too long in hunter2"), "UnicodeError"),
        (ValueError("no address: hunter2"), "ValueError"),
        (httpx.InvalidURL("hunter2"), "InvalidURL"),
        (KeyError("whatever else comes"), "KeyError"),
    ],
)
async def test_whatever_goes_wrong_is_said_once_and_the_next_alert_is_sent(error, words):
    receiver, said, tries = Receiver(), [], []

    async def resolve(host, port):
        tries.append(host)
        if 1 < len(tries) <= 3:
            raise error
        return ["127.0.0.1"]

    async with serving(receiver) as port, webhook(f"http://hooks.example:{port}/", said, resolve=resolve) as hook:
        for number in range(4):
            hook.deliver(alert(number))
    assert receiver.keys == ["a2:raised:HIGH", "a3:raised:HIGH"]
    assert said == [
        f"Alerts do not reach the webhook at hooks.example: {words}",
        "Alerts reach the webhook at hooks.example again.",
        not_delivered("2 failed for good", "hooks.example"),
    ]


async def test_a_name_that_cannot_be_found_for_a_while_loses_no_alert():
    receiver, said, tries = Receiver(), [], []

    async def resolve(host, port):
        tries.append(host)
        if len(tries) <= 4:
            raise OSError("Name or service not known")
        return ["127.0.0.1"]

    async with serving(receiver) as port, webhook(f"http://hooks.example:{port}/", said, resolve=resolve) as hook:
        for number in range(2):
            hook.deliver(alert(number))
    assert receiver.keys == ["a0:raised:HIGH", "a1:raised:HIGH"]
    assert said == ["Alerts do not reach the webhook at hooks.example: Name or service not known", "Alerts reach the webhook at hooks.example again."]


@pytest.mark.parametrize(
    ("url", "secret", "sentence"),
    [
        ("ftp://example.org/", SECRET, "LIQUIDITY_WEBHOOK_URL must be an address such as https://example.com/alerts."),
        ("example.org/alerts", SECRET, "LIQUIDITY_WEBHOOK_URL must be an address such as https://example.com/alerts."),
        ("http://[::1/", SECRET, "LIQUIDITY_WEBHOOK_URL must be an address such as https://example.com/alerts."),
        ("https://example.org/", "", "LIQUIDITY_WEBHOOK_URL needs LIQUIDITY_WEBHOOK_SECRET, "),
    ],
)
def test_a_wrong_setting_is_named(url, secret, sentence):
    with pytest.raises(NotConfigured) as raised:
        Webhook(url, secret, now=lambda: NOON, say=print)
    assert str(raised.value).startswith(sentence)


@pytest.mark.parametrize(
    "rest",
    ["{}.example/", "a..example/", ".example/", "xn--/", "exa mple.org/", "a%00b/", "example.org:0/", "example.org:65536/", "example.org:port/", ":443/", ""],
)
def test_a_host_or_a_port_that_cannot_be_is_refused_before_any_alert_and_nothing_of_it_is_quoted(rest):
    with pytest.raises(NotConfigured) as raised:
        Webhook(f"https://user:hunter2@{rest.format('a' * 64)}", SECRET, now=lambda: NOON, say=print)
    assert str(raised.value) == "LIQUIDITY_WEBHOOK_URL must be an address such as https://example.com/alerts."
    assert raised.value.__cause__ is None


@pytest.mark.parametrize("url", ["https://example.org./", f"https://{'a' * 63}.example/", "http://a_b.example:65535/", "https://[2606:4700::1]:8443/"])
def test_a_host_and_a_port_that_can_be_are_taken(url):
    assert str(Webhook(url, SECRET, now=lambda: NOON, say=print)._url) == url


async def test_the_settings_say_where_alerts_go():
    receiver = Receiver()
    async with serving(receiver) as port:
        settings = Settings(webhook_url=f"http://127.0.0.1:{port}/", webhook_secret=SECRET, webhook_allow_private=True)
        async with configured(settings, now=lambda: NOON, say=print) as deliver:
            deliver(alert())
    async with configured(Settings(), now=lambda: NOON, say=print) as deliver:
        deliver(alert())
    assert receiver.keys == ["a1:raised:HIGH"]


async def test_an_address_that_is_empty_is_none_and_needs_no_secret():
    async with configured(Settings(webhook_url=""), now=lambda: NOON, say=print) as deliver:
        deliver(alert())
