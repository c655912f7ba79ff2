from __future__ import annotations

from base64 import b64encode

import pytest

from adapters.webhook_signature import PREFIX, Refusal, key_of, refused, signature

SECRET = PREFIX + b64encode(bytes(range(32))).decode()
OLD = PREFIX + b64encode(bytes(range(32, 64))).decode()
ID, NOW, BODY = "msg_2KWPBgLlAfxdpx2AI54pPJ85f4W", 1_793_487_600, b'{"type":"purchase"}'


def key(secret: str) -> bytes:
    found = key_of(secret)
    assert found is not None
    return found


def test_the_example_of_the_specification() -> None:
    # https://github.com/standard-webhooks/standard-webhooks: the test vector of the reference libraries
    known = key("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    body = b'{"test": 2432232314}'
    made = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
    assert signature(known, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, body) == made
    assert refused([known], "msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330", made, body, 1_614_265_330) is None


def test_each_part_is_signed() -> None:
    good = signature(key(SECRET), ID, NOW, BODY)
    assert refused([key(SECRET)], ID, str(NOW), good, BODY, NOW) is None
    assert refused([key(SECRET)], ID + "x", str(NOW), good, BODY, NOW) == "no signature"
    assert refused([key(SECRET)], ID, str(NOW + 1), good, BODY, NOW) == "no signature"
    assert refused([key(SECRET)], ID, str(NOW), good, BODY + b" ", NOW) == "no signature"
    assert refused([key(OLD)], ID, str(NOW), good, BODY, NOW) == "no signature"
    assert refused([], ID, str(NOW), good, BODY, NOW) == "no signature"


@pytest.mark.parametrize(
    ("offset", "said"), [(-300, None), (300, None), (-301, "too old"), (301, "too far ahead"), (-(10**6), "too old")]
)
def test_five_minutes_either_way(offset: int, said: Refusal | None) -> None:
    made = signature(key(SECRET), ID, NOW + offset, BODY)
    assert refused([key(SECRET)], ID, str(NOW + offset), made, BODY, NOW) == said


def test_several_keys_and_several_signatures() -> None:
    old, new = signature(key(OLD), ID, NOW, BODY), signature(key(SECRET), ID, NOW, BODY)
    both = [key(SECRET), key(OLD)]
    assert refused(both, ID, str(NOW), old, BODY, NOW) is None
    assert refused([key(SECRET)], ID, str(NOW), f"{old} {new}", BODY, NOW) is None
    assert refused(both, ID, str(NOW), f"v1a,{new[3:]}", BODY, NOW) == "no signature"
    assert refused(both, ID, str(NOW), "v1,é v1, v1", BODY, NOW) == "no signature"


@pytest.mark.parametrize(
    ("id_", "time", "said"),
    [
        (None, str(NOW), "no id"),
        ("", str(NOW), "no id"),
        ("a b", str(NOW), "no id"),
        ("a" * 201, str(NOW), "no id"),
        (ID, None, "no time"),
        (ID, "", "no time"),
        (ID, "1e9", "no time"),
        (ID, "-1", "no time"),
        (ID, "\u0661" * 10, "no time"),
        (ID, "9" * 5_000, "no time"),
    ],
)
def test_headers_that_are_none(id_: str | None, time: str | None, said: Refusal) -> None:
    assert refused([key(SECRET)], id_, time, "v1,x", BODY, NOW) == said


def test_secrets_that_are_none() -> None:
    for secret in "", "whsec_", "whsec_short", "whsec_" + "é" * 32, "whsec_" + b64encode(bytes(23)).decode(), "A" * 400:
        assert key_of(secret) is None
