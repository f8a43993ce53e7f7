"""Alerts posted to a webhook: signed, retried, told apart by a key, and never into a private network unless allowed.

A request is a `POST` of the alert as JSON with these headers:

- `Liquidity-Timestamp`: when it was sent, in seconds since 1970.
- `Liquidity-Signature`: `sha256=` and the hexadecimal HMAC-SHA256, by the shared secret, of the timestamp, a full stop and the body.
- `Idempotency-Key`: the alert's id, state and severity; a repeated delivery has the same one, an alert that has become more severe another.
"""

import asyncio
import hashlib
import hmac
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager, suppress
from datetime import datetime
from types import TracebackType
from typing import Self

import httpx
import stamina

from ..analytics.alerts import LiquidityAlert
from ..errors import LiquidityError, NotConfigured, outside_text
from ..settings import Settings
from .addresses import Resolve, addresses_of, port_of, read_address, system_resolver

_ATTEMPTS, _FIRST_WAIT_S, _LONGEST_WAIT_S = 5, 0.5, 8.0
_TRY_S, _LAST_TRIES_S, _FOUND_S = 10.0, 5.0, 2.0
_WAITING = 1_000
_TRY_AGAIN = frozenset({408, 425, 429})


class _Refused(LiquidityError):
    """The webhook did not take the alert; `again` where it may later."""

    def __init__(self, status: int) -> None:
        super().__init__(f"HTTP {status}{', a redirect, which is not followed' if 300 <= status < 400 else ''}")
        self.again = status >= 500 or status in _TRY_AGAIN


class Webhook:
    """Sends alerts in their order while it is entered. That it fails or drops some is said once, until it works again; whoever delivers never waits."""

    def __init__(
        self,
        url: str,
        secret: str,
        *,
        allow_private: bool = False,
        now: Callable[[], datetime],
        say: Callable[[str], None],
        resolve: Resolve = system_resolver,
    ) -> None:
        """Raises NotConfigured for an address that is none, or where the secret is missing. Of the address only the host is ever said."""
        self._url = read_address(url)
        self._name = f"the webhook at {outside_text(self._url.host)}"
        if not secret:
            raise NotConfigured("LIQUIDITY_WEBHOOK_URL needs LIQUIDITY_WEBHOOK_SECRET, by which the receiver knows that an alert comes from here.")
        self._secret = secret.encode()
        self._allow_private = allow_private
        self._now = now
        self._say = say
        self._resolve = resolve
        self._alerts = asyncio.Queue[LiquidityAlert](_WAITING)
        self._failing = False
        self._dropped = 0

    async def __aenter__(self) -> Self:
        """Raises ForbiddenAddress for an address that alerts would never be sent to; one that cannot be found now may be later."""
        with suppress(OSError):
            async with asyncio.timeout(_FOUND_S):
                await self._addresses()
        # Neither a proxy nor a redirect may lead elsewhere than to the address that was checked.
        self._client = httpx.AsyncClient(timeout=_TRY_S, follow_redirects=False, trust_env=False)
        self._sending = asyncio.create_task(self._send_all())
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """Alerts that still wait get a few seconds."""
        try:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._alerts.join(), _LAST_TRIES_S)
        finally:
            self._sending.cancel()
            await asyncio.wait({self._sending})
            await self._client.aclose()
            self._dropped += self._alerts.qsize()
            self._say_dropped()

    def deliver(self, alert: LiquidityAlert) -> None:
        """Send an alert as soon as those before it are; where too many wait, the oldest makes room."""
        if self._alerts.full():
            self._drop_oldest()
        self._alerts.put_nowait(alert)

    def _drop_oldest(self) -> None:
        if not self._dropped:
            self._say(f"{self._alerts.qsize():,} alerts wait for {self._name}; from now on the oldest are dropped.")
        self._alerts.get_nowait()
        self._alerts.task_done()
        self._dropped += 1

    async def _send_all(self) -> None:
        while True:
            alert = await self._alerts.get()
            try:
                await self._send(alert)
            except asyncio.CancelledError:
                self._dropped += 1
                raise
            # Whatever it is, the alerts after this one are still to be sent.
            except Exception as error:  # noqa: BLE001
                self._failed(_words(error))
            else:
                self._worked()
            finally:
                self._alerts.task_done()

    async def _send(self, alert: LiquidityAlert) -> None:
        async for attempt in stamina.retry_context(_may_pass, attempts=_ATTEMPTS, timeout=None, wait_initial=_FIRST_WAIT_S, wait_max=_LONGEST_WAIT_S):
            with attempt:
                async with asyncio.timeout(_TRY_S):
                    await self._post(alert, attempt.num - 1)

    async def _post(self, alert: LiquidityAlert, failed: int) -> None:
        """One try after so many that failed, at an address that was checked for it: a name may mean others the next time, and one of them be dead."""
        addresses = await self._addresses()
        body = alert.model_dump_json().encode()
        headers = {
            "Host": self._url.netloc.decode(),
            "Content-Type": "application/json",
            "Idempotency-Key": f"{alert.alert_id}:{alert.state}:{alert.severity}",
            **self._signed(body),
        }
        checked = self._url.copy_with(host=addresses[failed % len(addresses)])
        async with self._client.stream("POST", checked, content=body, headers=headers, extensions={"sni_hostname": self._url.host}) as answer:
            if not answer.is_success:
                raise _Refused(answer.status_code)

    async def _addresses(self) -> list[str]:
        return await addresses_of(self._url.host, port_of(self._url), self._resolve, allow_private=self._allow_private)

    def _signed(self, body: bytes) -> dict[str, str]:
        timestamp = str(int(self._now().timestamp()))
        signature = hmac.new(self._secret, f"{timestamp}.".encode() + body, hashlib.sha256).hexdigest()
        return {"Liquidity-Timestamp": timestamp, "Liquidity-Signature": f"sha256={signature}"}

    def _failed(self, why: str) -> None:
        if not self._failing:
            self._say(f"Alerts do not reach {self._name}: {outside_text(why)}")
        self._failing = True

    def _worked(self) -> None:
        if self._failing:
            self._say(f"Alerts reach {self._name} again.")
        self._failing = False
        if self._alerts.empty():
            self._say_dropped()

    def _say_dropped(self) -> None:
        if self._dropped:
            self._say(f"Alerts that {self._name} did not take in time were dropped: {self._dropped:,}.")
        self._dropped = 0


@asynccontextmanager
async def configured(settings: Settings, *, now: Callable[[], datetime], say: Callable[[str], None]) -> AsyncGenerator[Callable[[LiquidityAlert], None]]:
    """What delivers alerts to the webhook that the settings name, or nowhere where they name none."""
    if not settings.webhook_url:
        yield lambda _: None
        return
    secret = settings.webhook_secret.get_secret_value() if settings.webhook_secret else ""
    async with Webhook(settings.webhook_url.get_secret_value(), secret, allow_private=settings.webhook_allow_private, now=now, say=say) as webhook:
        yield webhook.deliver


def _words(error: Exception) -> str:
    """What an error says, of those whose words never quote the address."""
    return str(error) if isinstance(error, httpx.HTTPError | OSError | LiquidityError) and str(error) else type(error).__name__


def _may_pass(error: Exception) -> bool:
    """Whether the same request may succeed later."""
    return error.again if isinstance(error, _Refused) else isinstance(error, httpx.TransportError | OSError)
