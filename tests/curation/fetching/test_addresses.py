"""Only machines that everybody can reach are visited, however an address is written."""

from __future__ import annotations

import socket
from ipaddress import IPv4Address, IPv6Address, IPv6Network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curation.fetching.addresses import may_be_visited, place_of, visitable
from curation.fetching.failures import FetchFailed, Why


@pytest.mark.parametrize(
    "address",
    [
        *("127.0.0.1", "127.1.2.3", "10.0.0.1", "172.16.5.4", "192.168.1.1", "0.0.0.0"),  # noqa: S104
        *("169.254.169.254", "100.64.0.1", "100.100.100.200", "192.0.0.192", "198.18.0.1"),
        *("224.0.0.1", "240.0.0.1", "255.255.255.255", "192.0.2.1", "203.0.113.9"),
        *("::1", "::", "fe80::1", "fe80::1%eth0", "fc00::1", "fd00:ec2::254", "fec0::1"),
        *("ff02::1", "2001:db8::1", "::ffff:127.0.0.1", "::ffff:169.254.169.254"),
        *("::ffff:7f00:1", "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "2002:7f00:1::"),
        *("2002:a00:1::1", "2001:0:7f00:1::", "64:ff9b:1::a00:1", "::127.0.0.1", "::7f00:1"),
        *("nonsense", ""),
    ],
)
def test_what_only_we_can_reach_is_not_visited(address: str) -> None:
    assert not may_be_visited(address)


@pytest.mark.parametrize(
    "address",
    ["8.8.8.8", "1.1.1.1", "2606:4700:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808"],
)
def test_what_everybody_can_reach_is(address: str) -> None:
    assert may_be_visited(address)


@given(st.ip_addresses(v=4))
def test_wrapping_an_address_never_opens_what_is_closed(ip: IPv4Address) -> None:
    number = int(ip)
    if not may_be_visited(str(ip)):
        for prefix in (0xFFFF << 32, 0x64FF9B << 96):
            assert not may_be_visited(str(IPv6Address(prefix | number)))
        assert not may_be_visited(str(IPv6Address((0x2002 << 112) | (number << 80))))


@given(st.ip_addresses())
def test_nothing_that_python_calls_private_is_visited(ip: IPv4Address | IPv6Address) -> None:
    wraps = isinstance(ip, IPv6Address) and (ip.ipv4_mapped or ip in IPv6Network("64:ff9b::/96"))
    if not ip.is_global and not wraps:
        assert not may_be_visited(str(ip))


def test_only_this_machine_is_let_in_for_development() -> None:
    assert may_be_visited("127.0.0.1", loopback_too=True)
    assert may_be_visited("::1", loopback_too=True)
    assert not may_be_visited("10.0.0.1", loopback_too=True)
    assert not may_be_visited("169.254.169.254", loopback_too=True)


@pytest.mark.parametrize(
    "host", ["localhost", "127.1", "0x7f.1", "2130706433", "0177.0.0.1", "[::1]", "127.0.0.1."]
)
def test_other_spellings_of_this_machine_are_seen_through(host: str) -> None:
    with pytest.raises(FetchFailed) as failure:
        visitable(place_of(f"http://{host}/"), loopback_too=False)
    assert failure.value.why in {Why.NOT_PUBLIC, Why.NO_SUCH_HOST}
    assert host == "0177.0.0.1" or failure.value.why is Why.NOT_PUBLIC


def test_a_name_that_leads_to_one_private_address_among_public_ones_is_not_visited(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    _let_names_lead_to(monkeypatch, "8.8.8.8", "10.0.0.1")
    with pytest.raises(FetchFailed, match="not_public"):
        visitable(place_of("http://pictures.example/"), loopback_too=False)


def _let_names_lead_to(monkeypatch: pytest.MonkeyPatch, *addresses: str) -> None:
    """Stands for name servers, which others own and a test cannot reach."""
    found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (each, 80)) for each in addresses]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_args, **_options: found)


@pytest.mark.parametrize(
    "url",
    [
        *("ftp://a.example/1.jpg", "file:///etc/passwd", "//a.example/1.jpg", "1.jpg", ""),
        *("http://", "http:///1.jpg", "http://user:secret@a.example/", "http://user@a.example/"),
        *("http://a.example:22/", "http://a.example:0/", "http://a.example:99999/"),
        *("http://a.example:x/", "http://[::1/", "http://a b.example/", "http://a\\b.example/"),
        *("gopher://a.example/", "javascript:alert(1)", f"http://{'a' * 70}.example/"),
    ],
)
def test_what_is_no_address_of_a_file_on_the_web_is_refused(url: str) -> None:
    with pytest.raises(FetchFailed) as failure:
        place_of(url)
    assert failure.value.why is Why.ODD_ADDRESS


def test_addresses_are_written_as_they_go_over_the_wire() -> None:
    place = place_of("HTTPS://例子.测试:443/图 片/a%20b.jpg?q=图#part")
    assert place.host == "xn--fsqu00a.xn--0zwm56d"
    assert place.target == "/%E5%9B%BE%20%E7%89%87/a%20b.jpg?q=%E5%9B%BE"
    assert place.origin == "https://xn--fsqu00a.xn--0zwm56d"
    assert place_of("http://a.example?x=1").target == "/?x=1"
    assert "\r" not in place_of("http://a.example/x\r\nHost: b").target
