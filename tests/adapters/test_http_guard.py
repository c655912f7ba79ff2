from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

from adapters.channels.http_address import Target, target_of, why_not
from adapters.channels.http_guard import GuardedHttp, Lost
from engine.protocols import Unreachable
from tests.adapters.http_server import Provider, guarded, post, providing, saying
from tests.adapters.smtp_server import Marker, certificate_in, free_port


def refused(http: GuardedHttp, url: str, told: str, marker: Marker | None = None) -> None:
    """The request is not sent, before the marker, and that is told."""
    asked = marker or Marker()
    with pytest.raises(Unreachable, match=told):
        http.send(post(url, b"a secret"), asked)
    assert asked.calls == 0


# ---------------------------------------------------------------- where a request may go

DENIED = (
    # this machine
    "127.0.0.1", "127.0.0.2", "127.1.2.3", "127.255.255.254", "0.0.0.0", "0.1.2.3", "::1", "::",
    # private networks
    "10.0.0.1", "10.255.255.255", "172.16.0.1", "172.31.255.255", "192.168.0.1", "192.168.255.255", "100.64.0.1",
    "100.127.255.255", "fc00::1", "fd12:3456:789a::1", "fdff:ffff::1", "fec0::1",
    # the local link, with the credentials of clouds
    "169.254.169.254", "169.254.0.1", "169.254.170.2", "fe80::1", "fe80::1%eth0", "fd00:ec2::254", "febf::1",
    # many machines
    "224.0.0.1", "239.255.255.250", "255.255.255.255", "ff02::1", "ff05::2", "ff0e::1",
    # reserved and documentation
    "240.0.0.1", "192.0.0.1", "192.0.0.170", "192.0.2.1", "198.18.0.1", "198.19.255.255", "198.51.100.7",
    "203.0.113.9", "192.88.99.1", "192.31.196.1", "192.52.193.1", "192.175.48.1", "2001:db8::1", "3fff::1", "100::1",
    "5f00::1",
    # an address of the older protocol inside one of the newer
    "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254", "::ffff:8.8.8.8", "::127.0.0.1",
    "::ffff:0:127.0.0.1",
    "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "64:ff9b:1::1", "2002:7f00:1::", "2002:a9fe:a9fe::1", "2002:c0a8:1::1",
    "2001:0:7f00:1::1", "2001::1", "2001:10::1", "2001:20::1", "2620:4f:8000::1",
    # no address at all
    "", "localhost", "1.2.3", "0x7f.1", "2130706433", "1.2.3.4.5", "::g",
)  # fmt: skip
CALLED = ("8.8.8.8", "1.1.1.1", "185.60.216.35", "100.63.255.255", "100.128.0.1", "172.15.0.1", "172.32.0.1",
          "192.167.255.255", "198.17.0.1", "223.255.255.254", "2606:4700:4700::1111",
          "2a00:1450:4001:82a::200e")  # fmt: skip
OWN = ("127.0.0.1", "10.1.2.3", "172.20.0.1", "192.168.1.1", "100.64.3.4", "::1", "fd12::1")
NEVER = ("169.254.169.254", "0.0.0.0", "224.0.0.1", "255.255.255.255", "fe80::1", "::ffff:127.0.0.1", "::",
         "fe80::1%lo",         "64:ff9b::7f00:1", "203.0.113.9")  # fmt: skip


def test_the_table_is_long_enough() -> None:
    assert len(set(DENIED)) + len(SPELLINGS) >= 90


@pytest.mark.parametrize("address", DENIED)
def test_addresses_that_are_never_called(address: str) -> None:
    assert why_not(address)
    marker, asked = Marker(), []

    def resolve(host: str, port: int) -> Sequence[str]:
        asked.append(host)
        return [address]

    with (
        guarded(own_hosts=(), resolve=resolve) as http,
        pytest.raises(Unreachable, match=r"api\.example is not called"),
    ):
        http.send(post("https://api.example/x"), marker)
    assert (asked, marker.calls) == (["api.example"], 0)


@pytest.mark.parametrize("address", CALLED)
def test_addresses_on_the_internet_are_called(address: str) -> None:
    assert why_not(address) is None
    assert why_not(address, own=True) is None


def test_a_host_of_ones_own_may_be_near_but_never_everywhere() -> None:
    assert [why_not(address, own=True) for address in OWN] == [None] * len(OWN)
    assert all(why_not(address, own=True) for address in NEVER)


# every spelling of this machine that its resolver knows; a server listens there and would answer
SPELLINGS = (
    "127.0.0.1", "127.1", "127.0.1", "2130706433", "0x7f000001", "0x7f.1", "0x7f.0.0.1", "017700000001", "0177.0.0.1",
    "0177.1", "127.0.0.1.", "127.000.000.001", "0", "0.0.0.0", "localhost", "LOCALHOST", "localhost.", "[::1]", "[::]",
    "[0:0:0:0:0:0:0:1]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[0000::1]", "127.255.255.254",
)  # fmt: skip


@contextmanager
def listening() -> Iterator[tuple[int, list[object]]]:
    """Something that would answer at all addresses of this machine; who came."""
    came: list[object] = []
    with socket.create_server(("", 0), family=socket.AF_INET) as server:
        server.settimeout(0.02)
        over = threading.Event()

        def run() -> None:
            while not over.is_set():
                try:
                    connection, who = server.accept()
                except OSError:
                    continue
                came.append(who)
                connection.close()

        thread = threading.Thread(target=run)
        thread.start()
        yield server.getsockname()[1], came
        over.set()
        thread.join()


def test_no_spelling_of_this_machine_is_called() -> None:
    with listening() as (port, came):
        for spelling in SPELLINGS:
            for scheme in ("https", "http"):
                marker = Marker()
                with guarded(own_hosts=()) as http, pytest.raises(Unreachable):
                    http.send(post(f"{scheme}://{spelling}:{port}/"), marker)
                assert marker.calls == 0
        assert came == []
        with socket.create_connection(("127.0.0.1", port)):
            pass


def test_one_bad_address_among_good_ones_is_enough() -> None:
    with guarded(own_hosts=(), resolve=lambda host, port: ["8.8.8.8", "10.0.0.7"]) as http:
        refused(http, "https://api.example/x", "it leads to a private network")


def test_a_name_that_changes_its_mind_is_asked_once() -> None:
    """The second answer would be this machine, at a port where somebody listens."""
    asked: list[str] = []

    def rebinding(host: str, port: int) -> Sequence[str]:
        asked.append(host)
        return ["127.0.0.1"] if len(asked) > 1 else ["192.0.2.1"]

    with providing() as provider, guarded(own_hosts=(), resolve=rebinding) as http:
        refused(http, f"https://api.example:{provider.port}/", "a network for documentation")
        assert (len(asked), provider.connections) == (1, 0)
        refused(http, f"https://api.example:{provider.port}/", "it leads to this machine")
        assert provider.connections == 0


@pytest.mark.parametrize(
    "url",
    [
        "",
        "x",
        "//api.example/x",
        "ftp://api.example/x",
        "file:///etc/passwd",
        "gopher://127.0.0.1:70/",
        "javascript:1",
        "https://",
        "https:///x",
        "https://user@api.example/",
        "https://user:word@api.example/",
        "https://api.example@10.0.0.1/",
        "https://api.example:0/",
        "https://api.example:99999/",
        "https://api.example:x/",
        "https://api.example#@evil.example/",
        "https://api.example\\@evil.example/",
        "https://api example/",
        "https://api.example/\r\nHost: evil",
        "https://[::1",
        "https://[fe80::1%25eth0]/",
        "https://[v1.x]/",
        "https://api..example/",
        "https://.example/",
        "https://%31%30.0.0.1/",
        "https://１２７.0.0.1/",
        "https://ⓔxample.com/",
        "https://api.example/\x00",
        "https://" + "a" * 3000 + "/",
        "http://api.example/",
        "HTTP://api.example/",
    ],
)
def test_what_is_no_address_of_a_request(url: str) -> None:
    assert isinstance(target_of(url), str)
    with guarded(own_hosts=(), resolve=lambda host, port: pytest.fail("nothing is resolved")) as http:
        refused(http, url, "this address is not called")


def test_the_parts_of_an_address() -> None:
    assert target_of("https://API.Example.com.:8443/a/b?c=d%20e") == Target(
        "https", "api.example.com", 8443, "/a/b?c=d%20e"
    )
    assert target_of("http://[FD00::1]/", {"fd00::1"}) == Target("http", "fd00::1", 80, "/")
    assert Target("https", "fd00::1", 8443, "/").authority == "[fd00::1]:8443"
    assert Target("https", "a.example", 443, "/").authority == "a.example"


# ---------------------------------------------------------------- the request and its answer


def test_a_request_as_it_arrives() -> None:
    heard: list[bytes] = []
    with saying(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nX-One: a\r\n\r\nok", heard=heard) as port, guarded() as http:
        answer = http.send(post(f"http://127.0.0.1:{port}/x?y=1"), Marker())
    assert answer is not None
    assert (answer.status, answer.body, answer.broken, answer.headers["x-one"]) == (200, b"ok", None, "a")
    assert heard[0].startswith(
        f"POST /x?y=1 HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Length: 5\r\nAccept-Encoding: identity\r\n"
        "User-Agent: kadenz\r\nContent-Type: text/plain\r\n\r\n".encode()
    )


def test_nothing_leaves_before_the_marker() -> None:
    heard: list[bytes] = []
    seen: list[int] = []

    def commit() -> bool:
        seen.append(len(heard))
        return True

    with saying(b"HTTP/1.1 204 No Content\r\n\r\n", heard=heard) as port, guarded() as http:
        assert http.send(post(f"http://127.0.0.1:{port}/"), commit) is not None
    assert (seen, len(heard)) == ([0], 1)


def test_a_refused_marker_sends_nothing_and_the_line_is_cut() -> None:
    heard: list[bytes] = []
    with saying(b"HTTP/1.1 204 No Content\r\n\r\n", heard=heard) as port, guarded() as http:
        assert http.send(post(f"http://127.0.0.1:{port}/"), Marker(answer=False)) is None
        assert http.send(post(f"http://127.0.0.1:{port}/"), Marker()) is not None
    assert [one[:4] for one in heard] == [b"", b"POST"]


@pytest.mark.parametrize("error", [RuntimeError("ledger gone"), OSError("disk full"), TimeoutError("busy")])
def test_a_failing_marker_sends_nothing_and_is_heard(error: Exception) -> None:
    def commit() -> bool:
        raise error

    heard: list[bytes] = []
    with (
        saying(b"HTTP/1.1 204 No Content\r\n\r\n", heard=heard) as port,
        guarded() as http,
        pytest.raises(type(error)),
    ):
        http.send(post(f"http://127.0.0.1:{port}/"), commit)
    assert b"".join(heard) == b""


def test_one_connection_carries_many_requests() -> None:
    with providing() as provider, guarded() as http:
        for _ in range(5):
            assert http.send(post(provider.url()), Marker()) is not None
    assert (len(provider.heard), provider.connections) == (5, 1)


def test_a_server_that_hung_up_in_between_is_called_again() -> None:
    heard: list[bytes] = []
    with saying(b"HTTP/1.1 204 No Content\r\n\r\n", heard=heard) as port, guarded() as http:
        for _ in range(3):
            assert http.send(post(f"http://127.0.0.1:{port}/"), Marker()) is not None
            threading.Event().wait(0.05)  # the hanging up arrives
    assert len(heard) == 3


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_no_redirect_is_followed(status: int) -> None:
    with providing() as inside, providing() as provider, guarded() as http:
        for place in (
            inside.url("/latest/meta-data/"),
            "http://169.254.169.254/",
            "//127.0.0.1/",
            "file:///etc/passwd",
        ):
            provider.will(status, None, Location=place)
            answer = http.send(post(provider.url()), Marker())
            assert answer is not None
            assert answer.status == status
    assert inside.connections == 0


def test_no_proxy_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    with providing() as proxy, providing() as provider, guarded() as http:
        for name in ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
            monkeypatch.setenv(name, proxy.url(""))
        assert http.send(post(provider.url()), Marker()) is not None
    assert (proxy.connections, len(provider.heard)) == (0, 1)


BOMB = b"HTTP/1.1 200 OK\r\n"


@pytest.mark.parametrize(
    ("pieces", "status"),
    [
        pytest.param([BOMB + b"Content-Length: 99999999\r\n\r\n", *[b"x" * 50_000] * 40], 200, id="long body"),
        pytest.param(
            [BOMB + b"Transfer-Encoding: chunked\r\n\r\n", *[b"c350\r\n" + b"x" * 50_000 + b"\r\n"] * 40],
            200,
            id="chunks",
        ),
        pytest.param([BOMB + b"Content-Encoding: gzip\r\n\r\n", *[b"\x1f\x8b" * 25_000] * 40], 200, id="packed"),
        pytest.param([BOMB, *[b"X-A: " + b"y" * 50_000 + b"\r\n"] * 40], None, id="headers"),
        pytest.param([*[b"HTTP/1.1 100 Continue\r\n\r\n" * 1_000] * 60], None, id="endless prelude"),
        pytest.param([BOMB + b"X: " + b"y" * 2_000_000], None, id="one header"),
    ],
)
def test_an_answer_that_does_not_end(pieces: Sequence[bytes], status: int | None) -> None:
    with saying(*pieces) as port, guarded(limit=1_000) as http:
        if status is None:
            with pytest.raises(Lost):
                http.send(post(f"http://127.0.0.1:{port}/"), Marker())
        else:
            answer = http.send(post(f"http://127.0.0.1:{port}/"), Marker())
            assert answer is not None
            assert (answer.status, answer.broken, len(answer.body)) == (
                200,
                "the answer is longer than 1,000 octets",
                1_000,
            )


@pytest.mark.parametrize(
    ("pieces", "clear"),
    [
        pytest.param([1.0], False, id="silence"),
        pytest.param([b"HTTP/1.1 200 OK\r\n", *[0.1, b"X: y\r\n"] * 20], False, id="slow headers"),
        pytest.param([BOMB + b"Content-Length: 100\r\n\r\n", *[0.1, b"x"] * 20], True, id="slow body"),
    ],
)  # fmt: skip
def test_an_answer_that_takes_too_long_in_all(pieces: Sequence[bytes | float], clear: bool) -> None:
    with saying(*pieces) as port, guarded(timeout=0.4) as http:
        if clear:
            answer = http.send(post(f"http://127.0.0.1:{port}/"), Marker())
            assert answer is not None
            assert answer.broken == "no whole answer within 0.4 seconds"
        else:
            with pytest.raises(Lost, match=r"no whole answer within 0\.4 seconds"):
                http.send(post(f"http://127.0.0.1:{port}/"), Marker())


@pytest.mark.parametrize(
    "pieces",
    [
        [None],
        [b"HTTP/1.1 200"],
        [b"SSH-2.0-x\r\n"],
        [b"\xff\xfe\x00" * 9],
        [b"HTTP/1.1 999999 x\r\n\r\n"],
        [b"\r\n\r\n"],
    ],
)
def test_what_is_no_answer_is_lost(pieces: Sequence[bytes | None]) -> None:
    marker = Marker()
    with saying(*pieces) as port, guarded(timeout=1) as http, pytest.raises(Lost):
        http.send(post(f"http://127.0.0.1:{port}/"), marker)
    assert marker.calls == 1


def test_nobody_listens() -> None:
    port = free_port()
    with guarded() as http:
        refused(http, f"http://127.0.0.1:{port}/", f"nobody listens at 127.0.0.1:{port}")


def test_a_name_that_is_not_known() -> None:
    def unknown(host: str, port: int) -> Sequence[str]:
        raise socket.gaierror(socket.EAI_NONAME, "unknown")

    with guarded(resolve=unknown) as http:
        refused(http, "https://api.example/", r"the name api\.example is not known")


# ---------------------------------------------------------------- encryption


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return certificate_in(tmp_path_factory.mktemp("tls"))


def serving_with(certificate: Path) -> ssl.SSLContext:
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    made.load_cert_chain(certificate)
    return made


def test_the_marker_comes_after_the_certificate(certificate: Path) -> None:
    trusting = ssl.create_default_context(cafile=str(certificate))
    with providing(tls=serving_with(certificate)) as provider:
        url = provider.url().replace("http:", "https:")
        with guarded(tls=trusting) as http:
            answer = http.send(post(url), Marker())
            assert answer is not None
            assert answer.status == 200
        with guarded() as http:
            refused(http, url, "no usable certificate")
        # the name is what is certified, not the address it leads to
        with guarded(own_hosts={"api.example"}, tls=trusting, resolve=lambda host, port: ["127.0.0.1"]) as http:
            refused(http, f"https://api.example:{provider.port}/", "no usable certificate")
    assert len(provider.heard) == 1


def test_a_server_without_encryption_is_not_spoken_to_in_the_clear() -> None:
    heard: list[bytes] = []
    with saying(b"HTTP/1.1 200 OK\r\n\r\n", heard=heard) as port, guarded() as http:
        refused(http, f"https://127.0.0.1:{port}/", "no usable certificate")
    assert b"secret" not in b"".join(heard)


def test_it_is_closed_twice_without_harm() -> None:
    http = GuardedHttp()
    http.close()
    http.close()
    assert Provider().connections == 0
