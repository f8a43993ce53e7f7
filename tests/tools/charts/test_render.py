"""Charts as images."""

import asyncio
import os
import signal
import struct
import subprocess
import zlib
from datetime import timedelta

import make_history
import numpy as np
import pytest
import pytest_asyncio
from make_charts import KINDS, every_kind

from tools import charts
from tools.analytics.snapshot import PROFILE_EDGES_PCT
from tools.charts import Renderer, chrome_path
from tools.charts.compact import compact
from tools.errors import ChartUnavailable

CHARTS = dict(zip(KINDS, every_kind(source="simulated"), strict=True))
CHART = CHARTS["comparison"]

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def renderer():
    """One Renderer for all, since a Chrome takes seconds to start; closing it must end that Chrome."""
    if chrome_path() is None and os.environ.get("CI") != "true":
        pytest.skip("no Chrome or Chromium is found here")
    one = Renderer()
    yield one
    chrome = one._chrome and process_of(one)
    await one.close()
    await one.close()
    assert chrome is None or not living(chrome.pid)


def process_of(renderer):
    return renderer._chrome._kaleido.subprocess


def living(group):
    """The processes of a group, without those that are dead and wait for a parent to notice."""
    return [line for line in all_processes() if line.split()[0] == str(group) and not line.split()[1].startswith("Z")]


def all_processes():
    return subprocess.run(["ps", "-wweo", "pgid=,stat=,args="], capture_output=True, text=True, check=True).stdout.splitlines()


def pixels(image):
    """Shape (height, width, 3), of an RGB PNG without filters, as `compact` writes them."""
    assert image[:8] == b"\x89PNG\r\n\x1a\n"
    width, height, depth, colour = struct.unpack(">IIBB", image[16:26])
    assert (depth, colour) == (8, 2)
    data = image[41 : 41 + struct.unpack(">I", image[33:37])[0]]
    rows = np.frombuffer(zlib.decompress(data), np.uint8).reshape(height, 1 + 3 * width)
    assert not rows[:, 0].any()
    return rows[:, 1:].reshape(height, width, 3)


@pytest.mark.chrome
@pytest.mark.parametrize("kind", KINDS)
async def test_every_kind_is_drawn_as_a_png_under_100_kb(renderer, kind):
    image = await renderer.png(CHARTS[kind])
    assert pixels(image).shape == (560, 900, 3)
    assert len(image) < 100_000


@pytest.mark.chrome
async def test_the_busiest_charts_stay_under_100_kb(renderer):
    noise = np.random.default_rng(3)
    edges = [*(-edge for edge in reversed(PROFILE_EDGES_PCT)), 0.0, *PROFILE_EDGES_PCT]
    cells = 1e4 * np.exp(noise.standard_normal((len(edges) - 1, 200)))
    cells[:8, ::3] = np.nan
    raised = [make_history.START + timedelta(minutes=9 * index) for index in range(150)]
    many = [make_history.alert(raised=one, cleared=one + timedelta(minutes=25)) for one in raised]
    for chart in (charts.heatmap_over_time(make_history.timeline_of(cells, edges)), charts.trend(make_history.day(), make_history.usual(), many)):
        assert len(await renderer.png(chart, theme="dark")) < 100_000


@pytest.mark.chrome
async def test_each_theme_has_an_opaque_background_of_its_own(renderer):
    light = pixels(await renderer.png(CHART, width=700, height=450))
    dark = pixels(await renderer.png(CHART, width=700, height=450, theme="dark"))
    assert light.shape == dark.shape == (450, 700, 3)
    assert (light[0, 0].tolist(), dark[0, 0].tolist()) == ([255] * 3, [17] * 3)


@pytest.mark.chrome
async def test_charts_asked_for_at_once_are_all_drawn(renderer):
    images = await asyncio.gather(*(renderer.png(CHARTS[kind], width=300, height=300) for kind in ("depth", "depth", "impact")))
    assert images[0] == images[1] != images[2]


@pytest.mark.chrome
async def test_a_killed_chrome_is_replaced_by_the_next_chart(renderer):
    before = await renderer.png(CHART, width=300, height=300)
    first = process_of(renderer)
    os.killpg(first.pid, signal.SIGKILL)
    await asyncio.to_thread(first.wait)
    assert await renderer.png(CHART, width=300, height=300) == before
    assert process_of(renderer).pid != first.pid
    assert not living(first.pid)


async def test_closing_a_renderer_that_never_drew_is_quick_and_may_be_repeated():
    one = Renderer()
    async with asyncio.timeout(0.5):
        await one.close()
        await one.close()
    with pytest.raises(ChartUnavailable, match="renderer is closed"):
        await one.png(CHART)


async def test_without_chrome_the_error_says_what_to_do(monkeypatch, tmp_path):
    monkeypatch.setenv("BROWSER_PATH", str(tmp_path / "nowhere"))
    monkeypatch.setattr("choreographer.browsers.chromium.get_chrome_download_path", lambda **_: None)
    monkeypatch.setattr("choreographer.browsers.chromium.get_old_chrome_download_path", lambda: None)
    assert chrome_path() is None
    one = Renderer()
    with pytest.raises(ChartUnavailable, match=r"There is no Chrome or Chromium here .* run `make setup`, or install Chrome or Chromium"):
        await one.png(CHART)
    await one.close()


async def test_a_chrome_that_hangs_is_given_up_at_the_deadline_and_ended(monkeypatch, tmp_path):
    hanging = tmp_path / "chrome"
    hanging.write_text("#!/bin/sh\nsleep 600\n")
    hanging.chmod(0o755)
    monkeypatch.setattr("choreographer.browsers.chromium.Chromium.find_browser", lambda **_: str(hanging))
    one = Renderer(deadline_s=1.0)
    with pytest.raises(ChartUnavailable, match="did not draw the chart within 1 s"):
        await one.png(CHART)
    await one.close()
    assert not [line for line in all_processes() if str(hanging) in line]


async def test_an_image_that_is_not_as_chrome_sends_them_is_left_alone():
    grey = b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        for name, data in [(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)), (b"IDAT", zlib.compress(b"\0\0")), (b"IEND", b"")]
    )
    assert compact(grey) == grey
