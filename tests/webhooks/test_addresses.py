"""Where webhooks may go: every way to write an address inside is refused, as text and as what a name stands for."""

import pytest

from pbr_ledger.webhooks.addresses import AddressRefused, Place, is_public, place_of, target_of

PUBLIC = "93.184.215.14"
INSIDE = (
    "0.0.0.0",  # noqa: S104
    "10.0.0.1",
    "100.64.0.1",
    "100.100.100.200",
    "127.0.0.1",
    "127.255.255.254",
    "168.63.129.16",
    "169.254.169.254",
    "172.16.0.1",
    "172.31.255.255",
    "192.0.0.192",
    "192.0.2.1",
    "192.88.99.1",
    "192.168.1.1",
    "198.18.0.1",
    "198.19.255.255",
    "198.51.100.1",
    "203.0.113.1",
    "224.0.0.1",
    "239.255.255.255",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::127.0.0.1",
    "::ffff:127.0.0.1",
    "::ffff:7f00:1",
    "::ffff:93.184.215.14",
    "::ffff:0:127.0.0.1",
    "64:ff9b::7f00:1",
    "64:ff9b::5db8:d70e",
    "64:ff9b:1::7f00:1",
    "100::1",
    "2001::7f00:1",
    "2001:2::1",
    "2001:10::1",
    "2001:20::1",
    "2001:db8::1",
    "2002:7f00:1::1",
    "2002:5db8:d70e::1",
    "3fff::1",
    "4000::1",
    "5f00::1",
    "fc00::1",
    "fd00:ec2::254",
    "fe80::1",
    "fe80::1%eth0",
    "fec0::1",
    "ff02::1",
    "not an address",
)


@pytest.mark.parametrize("address", INSIDE)
def test_address_inside_is_refused_whatever_name_stands_for_it(address: str):
    assert not is_public(address)
    for found in ([address], [PUBLIC, address], [address, PUBLIC]):
        with pytest.raises(AddressRefused, match="is not an address on the public internet"):
            target_of("https://hooks.example.org/", loopback=False, resolve=lambda _host, _port, found=found: found)


@pytest.mark.parametrize("address", [PUBLIC, "1.1.1.1", "172.32.0.1", "2606:4700:4700::1111", "2a00:1450:4009::200e"])
def test_public_address_is_where_it_goes(address: str):
    target = target_of("https://hooks.example.org/in?x=1", loopback=False, resolve=lambda _host, _port: [address])
    assert target.addresses == (address,)
    assert target.place == Place(True, "hooks.example.org", 443, "/in?x=1")


WRITTEN = {
    "http://hooks.example.org/": "has to begin with https://",
    "ftp://hooks.example.org/": "has to begin with https://",
    "file:///etc/passwd": "has to begin with https://",
    "gopher://hooks.example.org/": "has to begin with https://",
    "//hooks.example.org/": "has to begin with https://",
    "hooks.example.org": "has to begin with https://",
    "https://user:secret@hooks.example.org/": "name and password",
    "https://hooks.example.org@127.0.0.1/": "name and password",
    "https://@hooks.example.org/": "name and password",
    "https://hooks.example.org/#part": "part from # on",
    "https://hooks.example.org/#": "part from # on",
    "https://hooks.example.org:22/": "port 443 or 8443",
    "https://hooks.example.org:80/": "port 443 or 8443",
    "https://hooks.example.org:0/": "port 443 or 8443",
    "https://hooks.example.org:6379/": "port 443 or 8443",
    "https://hooks.example.org:99999/": "not an address such as",
    "https://hooks.example.org:x/": "not an address such as",
    "https://127.0.0.1/": "not its number",
    "https://127.1/": "not its number",
    "https://2130706433/": "not its number",
    "https://0177.0.0.1/": "not its number",
    "https://0x7f.0.0.1/": "not its number",
    "https://0x7f000001/": "not its number",
    "https://127.0.0.0x1/": "not its number",
    "https://017700000001/": "not its number",
    "https://93.184.215.14/": "not its number",
    "https://[::1]/": "not its number",
    "https://[::ffff:127.0.0.1]/": "not its number",
    "https://[fe80::1%25eth0]/": "not its number",
    "https://[2606:4700:4700::1111]/": "not its number",
    "https://[::1/": "not an address such as",
    "https://localhost/": "not the name of a host",
    "https://LOCALHOST/": "not the name of a host",
    "https://hooks.localhost/": "not the name of a host",
    "https://ledger/": "not the name of a host",
    "https://printer.local/": "not the name of a host",
    "https://metadata.google.internal/": "not the name of a host",
    "https://1.0.0.127.in-addr.arpa/": "not the name of a host",
    "https:///path": "not the name of a host",
    "https://.example.org/": "not the name of a host",
    "https://hooks..example.org/": "not the name of a host",
    "https://hooks.example.org./": "not the name of a host",
    "https://-hooks.example.org/": "not the name of a host",
    "https://hooks_1.example.org/": "not the name of a host",
    "https://hooks.example.org%2e/": "not the name of a host",
    "https://127.0.0.1%2eexample.org/": "not the name of a host",
    "https://１２７.０.０.１/": "plain characters",
    "https://①②⑦.⓪.⓪.①/": "plain characters",
    "https://127。0。0。1/": "plain characters",
    "https://hооks.example.org/": "plain characters",
    "https://hooks.example.org\\@127.0.0.1/": "plain characters",
    "https:\\\\127.0.0.1\\": "plain characters",
    "https://hooks.example.org/ HTTP/1.1": "plain characters",
    "https://hooks.example.org/\r\nHost: inside": "plain characters",
    "https://hooks.example.org/\x00": "plain characters",
    " https://hooks.example.org/": "plain characters",
    "https://hooks.example.org/\n": "plain characters",
    "": "plain characters",
    f"https://hooks.example.org/{'x' * 500}": "plain characters",
}


@pytest.mark.parametrize("url", WRITTEN)
def test_address_in_another_form_is_refused_before_anything_is_looked_up(url: str):
    def never(_host: str, _port: int) -> list[str]:
        raise AssertionError("looked up")

    with pytest.raises(AddressRefused, match=WRITTEN[url]):
        target_of(url, loopback=False, resolve=never)


def test_name_without_an_address_is_refused():
    def nothing(_host: str, _port: int) -> list[str]:
        raise OSError("no such name")

    for resolve in (nothing, lambda _host, _port: []):
        with pytest.raises(AddressRefused, match="has no address"):
            target_of("https://hooks.example.org/", loopback=False, resolve=resolve)


def test_second_port_is_allowed_and_named_in_the_host_header():
    assert place_of("https://hooks.example.org:8443", loopback=False).named == "hooks.example.org:8443"
    assert place_of("https://hooks.example.org", loopback=False) == Place(True, "hooks.example.org", 443, "/")
    assert place_of("https://Hooks.Example.org/A", loopback=False).path == "/A"


@pytest.mark.parametrize("url", ["http://127.0.0.1:8099/", "http://localhost:8099/", "https://[::1]:8443/"])
def test_this_machine_is_allowed_where_the_setting_says_so_and_nothing_else_with_it(url: str):
    here = {"127.0.0.1": "127.0.0.1", "localhost": "127.0.0.1", "[::1]": "::1"}
    host = next(name for name in here if name in url)
    assert target_of(url, loopback=True, resolve=lambda _host, _port: [here[host]]).addresses == (here[host],)
    for other in ("10.0.0.1", "::ffff:127.0.0.1", "169.254.169.254"):
        with pytest.raises(AddressRefused):
            target_of(url, loopback=True, resolve=lambda _host, _port, other=other: [other])
    with pytest.raises(AddressRefused):
        target_of("https://hooks.example.org/", loopback=True, resolve=lambda _host, _port: ["127.0.0.1"])
    for elsewhere in ("http://hooks.example.org/", "https://10.0.0.1/", "http://127.0.0.2/"):
        with pytest.raises(AddressRefused):
            place_of(elsewhere, loopback=True)
