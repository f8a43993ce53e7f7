"""A process that opens a history and appends a snapshot a second of one market, saying each time when it is stored."""

import asyncio
import sys

from make_books import NOON
from make_snapshots import PROFILE, snapshot

from tools.history import History


def say(word):
    sys.stdout.write(f"{word}\n")
    sys.stdout.flush()


async def main(url, count):
    history = History(url, "live", now=lambda: NOON)
    # Whoever started several of us lets them go at once.
    say("ready")
    await asyncio.to_thread(sys.stdin.readline)
    for number in range(count):
        await history.append([snapshot(after_s=number, profile=PROFILE)])
        say(number)
    await history.close()


asyncio.run(main(sys.argv[1], int(sys.argv[2])))
