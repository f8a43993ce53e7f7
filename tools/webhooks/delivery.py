"""Alerts posted to a webhook: signed, in order, retried while the receiver is away, told apart by a key, and never into a private network unless allowed.

A request is a `POST` of the alert as JSON with these headers:

- `Liquidity-Timestamp`: when it was sent, in seconds since 1970.
- `Liquidity-Signature`: `sha256=` and the hexadecimal HMAC-SHA256, by the shared secret, of the timestamp, a full stop and the body.
- `Idempotency-Key`: the alert's id, state and severity; a repeated delivery has the same one, an alert that has become more severe another.
"""

import asyncio
import hashlib
import hmac
from collections import Counter, deque
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager, suppress
from datetime import datetime, timedelta
from types import TracebackType
from typing import NamedTuple, Self

import httpx
import stamina

from ..analytics.alerts import LiquidityAlert
from ..errors import NotConfigured, outside_text
from ..settings import Settings
from .addresses import Resolve, addresses_of, port_of, read_address, system_resolver
from .failures import Refused, again, words

_FIRST_WAIT_S, _LONGEST_WAIT_S = 0.5, 60.0
_TRY_S, _LAST_TRIES_S, _FOUND_S = 10.0, 5.0, 2.0
# A receiver that is away for the night gets what it missed. What is older tells of a market that is no more.
_KEPT = timedelta(hours=12)
_WAITING = 1_000
# A receiver that stumbles once or twice is not worth a line.
_SAID_AFTER = 3


class _Waiting(NamedTuple):
    """An alert to be sent, and since when."""

    alert: LiquidityAlert
    since: datetime


class Webhook:
    """Sends alerts in their order while it is entered; whoever delivers never waits.

    While the receiver is away the oldest alert is tried again, at waits that grow to a minute or as long as the receiver asks, and the others wait for it:
    1,000 at most and for 12 hours. What fails for good, such as a 400 or a 401, is passed over. That alerts do not arrive is said once, and so are that
    they do again and how many never will.
    """

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
        self._waiting = deque[_Waiting]()
        self._news = asyncio.Event()
        self._trying = asyncio.Lock()
        self._failing = False
        self._why = ""
        self._lost = Counter[str]()

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
        """Alerts that still wait are tried at once and get a few seconds. How many are left is said."""
        try:
            with suppress(TimeoutError):
                async with asyncio.timeout(_LAST_TRIES_S):
                    # What is on its way may arrive; a wait between two tries ends.
                    async with self._trying:
                        self._sending.cancel()
                    await self._send_waiting()
        finally:
            self._sending.cancel()
            await asyncio.wait({self._sending})
            await self._client.aclose()
            if self._waiting and self._why:
                self._failed()
            self._lost["still waiting at the end"] += len(self._waiting)
            self._say_lost()

    def deliver(self, alert: LiquidityAlert) -> None:
        """Send an alert as soon as those before it are; where too many wait, the oldest makes room."""
        if len(self._waiting) >= _WAITING:
            # What is on its way keeps its place.
            del self._waiting[1 if self._trying.locked() else 0]
            self._lost[f"beyond the {_WAITING:,} that may wait"] += 1
        self._waiting.append(_Waiting(alert, self._now()))
        self._news.set()

    async def _send_all(self) -> None:
        while True:
            await self._news.wait()
            self._news.clear()
            await self._send_waiting()

    async def _send_waiting(self) -> None:
        """Send the oldest, again and again while that may help, and then the next, until none waits."""
        while self._waiting:
            try:
                async for attempt in stamina.retry_context(again, attempts=None, timeout=None, wait_initial=_FIRST_WAIT_S, wait_max=_LONGEST_WAIT_S):
                    with attempt:
                        await self._try_oldest(attempt.num - 1)
            # Whatever it is, the alerts after this one are still to be sent.
            except Exception:  # noqa: BLE001
                self._failed()
                self._waiting.popleft()
                self._lost["failed for good"] += 1

    async def _try_oldest(self, failed: int) -> None:
        """One try after so many in a row that failed, be it of this alert or of those that grew too old before it."""
        async with self._trying:
            self._drop_outdated()
            if not self._waiting:
                return
            try:
                async with asyncio.timeout(_TRY_S):
                    await self._post(self._waiting[0].alert, failed)
            except Exception as error:
                self._why = words(error)
                if failed + 1 >= _SAID_AFTER:
                    self._failed()
                raise
            self._waiting.popleft()
            self._worked()

    def _drop_outdated(self) -> None:
        while self._waiting and self._now() - self._waiting[0].since > _KEPT:
            self._waiting.popleft()
            self._lost[f"older than {_KEPT // timedelta(hours=1)} hours"] += 1

    async def _post(self, alert: LiquidityAlert, failed: int) -> None:
        """One request after so many that failed, to an address that was checked for it: a name may mean others the next time, and one of them be dead."""
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
                raise Refused(answer, self._now())

    async def _addresses(self) -> list[str]:
        return await addresses_of(self._url.host, port_of(self._url), self._resolve, allow_private=self._allow_private)

    def _signed(self, body: bytes) -> dict[str, str]:
        timestamp = str(int(self._now().timestamp()))
        signature = hmac.new(self._secret, f"{timestamp}.".encode() + body, hashlib.sha256).hexdigest()
        return {"Liquidity-Timestamp": timestamp, "Liquidity-Signature": f"sha256={signature}"}

    def _failed(self) -> None:
        if not self._failing:
            self._say(f"Alerts do not reach {self._name}: {outside_text(self._why)}")
        self._failing = True

    def _worked(self) -> None:
        if self._failing:
            self._say(f"Alerts reach {self._name} again.")
        self._failing, self._why = False, ""
        if not self._waiting:
            self._say_lost()

    def _say_lost(self) -> None:
        if lost := +self._lost:
            self._say(f"Alerts not delivered to {self._name}: {', '.join(f'{count:,} {why}' for why, count in lost.items())}.")
        self._lost.clear()


@asynccontextmanager
async def configured(settings: Settings, *, now: Callable[[], datetime], say: Callable[[str], None]) -> AsyncGenerator[Callable[[LiquidityAlert], None]]:
    """What delivers alerts to the webhook that the settings name, or nowhere where they name none."""
    if not settings.webhook_url:
        yield lambda _: None
        return
    secret = settings.webhook_secret.get_secret_value() if settings.webhook_secret else ""
    async with Webhook(settings.webhook_url.get_secret_value(), secret, allow_private=settings.webhook_allow_private, now=now, say=say) as webhook:
        yield webhook.deliver
