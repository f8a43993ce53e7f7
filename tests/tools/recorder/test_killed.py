"""What a recorder said is stored outlives kill -9. The fifty times of it are tests/benchmarks/test_recorder_killed.py."""

from asyncio import gather

from killing import kept, killed


async def test_recorders_killed_under_load_lose_nothing_that_they_said_is_stored(sqlite_url, tmp_path):
    acknowledged = await gather(*(killed(sqlite_url, name, after) for name, after in (("A", 1), ("B", 130), ("C", 260))))
    assert [len(one) >= after for one, after in zip(acknowledged, (1, 130, 260), strict=True)] == [True] * 3
    assert {one for said in acknowledged for one in said} - kept(tmp_path / "history.db") == set()
