"""Webhooks against a real server on this machine, which the setting allows."""

import asyncio
import hashlib
import hmac
import json
import ssl
import subprocess
from contextlib import asynccontextmanager

import httpx
import make_alerts
import pytest
import stamina
from aiohttp import web
from make_books import NOON

from tools.errors import NotConfigured
from tools.settings import Settings
from tools.webhooks import ForbiddenAddress, Webhook, configured, delivery

SECRET = "shared by two"


def alert(number=1, **changes):
    return make_alerts.alert(f"a{number}", **{"severity": "HIGH", **changes})


class Receiver:
    """Answers with the statuses it is given, then with 204, and keeps every request."""

    def __init__(self, *statuses, location=""):
        self.statuses = list(statuses)
        self.headers = {"Location": location} if location else {}
        self.requests = []

    async def answer(self, request):
        self.requests.append((request.method, request.path, dict(request.headers), await request.read()))
        return web.Response(status=self.statuses.pop(0) if self.statuses else 204, headers=self.headers)

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


@pytest.fixture(autouse=True)
def _no_waiting_between_tries():
    with stamina.set_testing(True, attempts=3):
        yield


def webhook(url, said, **options):
    return Webhook(url, SECRET, now=lambda: NOON, say=said.append, **({"allow_private": True} | options))


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


async def test_a_failure_is_said_once_and_so_is_that_it_is_over():
    receiver, said = Receiver(*[500] * 6), []
    async with serving(receiver) as port, webhook(f"http://127.0.0.1:{port}/", said) as hook:
        for number in range(4):
            hook.deliver(alert(number))
    assert receiver.keys == ["a0:raised:HIGH"] * 3 + ["a1:raised:HIGH"] * 3 + ["a2:raised:HIGH", "a3:raised:HIGH"]
    assert said == ["Alerts do not reach the webhook at 127.0.0.1: HTTP 500", "Alerts reach the webhook at 127.0.0.1 again."]


async def test_a_refusal_for_good_is_not_tried_again():
    receiver, said = Receiver(401), []
    async with serving(receiver) as port, webhook(f"http://127.0.0.1:{port}/", said) as hook:
        hook.deliver(alert())
    assert (receiver.keys, said) == (["a1:raised:HIGH"], ["Alerts do not reach the webhook at 127.0.0.1: HTTP 401"])


async def test_a_redirect_is_not_followed():
    target, said = Receiver(), []
    async with serving(target) as elsewhere:
        receiver = Receiver(307, location=f"http://127.0.0.1:{elsewhere}/")
        async with serving(receiver) as port, webhook(f"http://127.0.0.1:{port}/", said) as hook:
            hook.deliver(alert())
    assert (len(receiver.requests), target.requests) == (1, [])
    assert said == ["Alerts do not reach the webhook at 127.0.0.1: HTTP 307, a redirect, which is not followed"]


async def test_nobody_listening_is_a_failure_that_is_said_and_nothing_more():
    async with serving(Receiver()) as port:
        pass
    said = []
    async with webhook(f"http://127.0.0.1:{port}/", said) as hook:
        hook.deliver(alert())
    assert [line.partition(": ")[0] for line in said] == ["Alerts do not reach the webhook at 127.0.0.1"]


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
    assert (receiver.requests, said) == ([], [f"Alerts do not reach the webhook at hooks.example: {FORBIDDEN}"])


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


async def test_over_tls_the_name_is_asked_for_and_its_certificate_is_checked(tmp_path):
    """The server's certificate is its own, so the connection must be refused after the server was told the name."""
    key, certificate, names, said = tmp_path / "key.pem", tmp_path / "certificate.pem", [], []
    command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", "/CN=hooks.example"]
    subprocess.run([*command, "-keyout", key, "-out", certificate], check=True, capture_output=True)  # noqa: ASYNC221 - milliseconds
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    context.sni_callback = lambda _, name, __: names.append(name)
    server = await asyncio.start_server(lambda _, writer: writer.close(), "127.0.0.1", 0, ssl=context)
    async with server, webhook(f"https://hooks.example:{server.sockets[0].getsockname()[1]}/", said, resolve=resolve_here) as hook:
        hook.deliver(alert())
    assert set(names) == {"hooks.example"}
    assert [line for line in said if "self-signed certificate" in line] == said != []


async def test_whoever_delivers_never_waits_and_the_oldest_makes_room_which_is_said_once(monkeypatch):
    monkeypatch.setattr(delivery, "_WAITING", 3)
    receiver, said = Receiver(), []
    async with serving(receiver) as port, webhook(f"http://127.0.0.1:{port}/", said) as hook:
        for number in range(7):
            hook.deliver(alert(number))
    assert receiver.keys == ["a4:raised:HIGH", "a5:raised:HIGH", "a6:raised:HIGH"]
    assert said == [
        "3 alerts wait for the webhook at 127.0.0.1; from now on the oldest are dropped.",
        "Alerts that the webhook at 127.0.0.1 did not take in time were dropped: 4.",
    ]


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
    assert said == ["Alerts that the webhook at hooks.example did not take in time were dropped: 3."]


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (UnicodeError("label too long in hunter2"), "UnicodeError"),
        (ValueError("no address: hunter2"), "ValueError"),
        (httpx.InvalidURL("hunter2"), "InvalidURL"),
        (KeyError("whatever else comes"), "KeyError"),
        (OSError("Name or service not known"), "Name or service not known"),
    ],
)
async def test_whatever_goes_wrong_is_said_once_and_the_next_alert_is_sent(error, words):
    receiver, said, tries = Receiver(), [], []

    async def resolve(host, port):
        tries.append(host)
        if 1 < len(tries) <= 1 + 2 * (3 if isinstance(error, OSError) else 1):
            raise error
        return ["127.0.0.1"]

    async with serving(receiver) as port, webhook(f"http://hooks.example:{port}/", said, resolve=resolve) as hook:
        for number in range(4):
            hook.deliver(alert(number))
    assert receiver.keys == ["a2:raised:HIGH", "a3:raised:HIGH"]
    assert said == [f"Alerts do not reach the webhook at hooks.example: {words}", "Alerts reach the webhook at hooks.example again."]


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
