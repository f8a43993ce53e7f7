"""Which addresses a webhook may be at, in every spelling that reaches one."""

import pytest

from tools.webhooks.addresses import ForbiddenAddress, addresses_of, is_public, system_resolver


def resolving(*addresses):
    async def resolve(host, port):
        return list(addresses)

    return resolve


@pytest.mark.parametrize(
    "address",
    [
        *("127.0.0.1", "127.8.9.1", "0.0.0.0", "10.0.0.1", "172.16.3.4", "192.168.1.1"),  # noqa: S104 - an address to refuse
        *("169.254.169.254", "100.64.0.1", "192.0.2.1", "198.18.0.1", "224.0.0.1", "239.1.2.3", "240.0.0.1", "255.255.255.255"),
        *("::1", "::", "fe80::1", "fc00::1", "fd12:3456::1", "ff02::1", "ff0e::1"),
        # For examples alone.
        *("2001:db8::1", "3fff::1", "3fff:fff:ffff:ffff:ffff:ffff:ffff:ffff"),
        *("::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:a9fe:a9fe"),
        *("2002:7f00:0001::", "2002:c0a8:0101::1", "64:ff9b::127.0.0.1", "64:ff9b::a00:1"),
        # Teredo with a private server, then with a private client, whose bits are turned over.
        *("2001:0:7f00:1::fefe:fefe", "2001:0:101:101::80ff:fffe", "2001:0:101:101::3f57:fefe"),
        # The oldest embedding, SIIT, site-local, NAT64 of a network's own, and segment routing.
        *("::127.0.0.1", "::10.0.0.1", "::1.1.1.1", "::ffff:0:127.0.0.1", "fec0::1", "64:ff9b:1::7f00:1", "5f00::1", "4000::1"),
    ],
)
async def test_an_address_that_is_not_public_is_refused_and_allowed_only_by_the_setting(address):
    assert not is_public(address)
    with pytest.raises(ForbiddenAddress, match=r"^example\.org is at .*, which is not a public address: give another, or set LIQUIDITY_WEBHOOK_ALLOW_PRIVATE"):
        await addresses_of("example.org", 443, resolving(address), allow_private=False)
    assert await addresses_of("example.org", 443, resolving(address), allow_private=True) == [address]


@pytest.mark.parametrize(
    "address",
    [
        *("1.1.1.1", "93.184.215.14", "2606:4700:4700::1111", "2001:4860:4860::8888"),
        *("::ffff:1.1.1.1", "64:ff9b::101:101", "2002:101:101::1", "2001:0:101:101::fefe:fefe"),
    ],
)
async def test_a_public_address_is_the_one_to_connect_to(address):
    assert await addresses_of("example.org", 443, resolving(address), allow_private=False) == [address]


async def test_one_private_address_among_public_ones_refuses_the_host():
    with pytest.raises(ForbiddenAddress, match=r"10\.0\.0\.7"):
        await addresses_of("example.org", 443, resolving("1.1.1.1", "2606:4700:4700::1111", "10.0.0.7"), allow_private=False)


async def test_a_host_without_an_address_is_a_failure_that_may_pass():
    with pytest.raises(OSError, match=r"example\.org has no address"):
        await addresses_of("example.org", 443, resolving(), allow_private=False)


@pytest.mark.parametrize("host", ["127.0.0.1", "2130706433", "0x7f000001", "0x7f.1", "127.1", "0177.0.0.1", "::1", "localhost"])
async def test_the_system_reads_loopback_in_every_spelling_and_it_is_refused(host):
    with pytest.raises(ForbiddenAddress):
        await addresses_of(host, 80, system_resolver, allow_private=False)
