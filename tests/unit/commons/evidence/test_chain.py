import hashlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commons.evidence.domain import canonical, chain
from commons.evidence.domain.chain import START, BadName, Draft, Head

TS = "2026-01-05T02:00:00.123Z"


def some_links(count=5, stream="lot:1"):
    return chain.extend(stream, START, [Draft("test", "person:1@2", b'{"n":"%d"}' % n, TS) for n in range(count)])


def test_leaf_is_the_canonical_json_of_every_column():
    entry = chain.link("lot:1", Head(6, bytes(range(32))), Draft("bid.accepted", "system:t", b"{}", TS, "k-1"))

    leaf = canonical.encode(
        {
            "seq": "7", "ts": TS, "stream": "lot:1", "actor": "system:t", "type": "bid.accepted", "key": "k-1",
            "payload_sha256": hashlib.sha256(b"{}").hexdigest(), "prev": bytes(range(32)).hex(),
        }
    )  # fmt: skip
    assert entry.hash == hashlib.sha256(b"\x00" + leaf).digest()
    assert entry.seq == 7


@given(st.from_regex(chain.NAME_PATTERN, fullmatch=True), st.none() | st.from_regex(chain.NAME_PATTERN, fullmatch=True))
def test_plain_names_need_no_escaping(name, key):
    leaf = chain.leaf(name, 1, name, name, "0" * 64, TS, key, bytes(32))

    assert canonical.encode(json.loads(leaf)) == leaf


def test_an_untouched_chain_has_no_fault():
    assert list(chain.check_links(some_links(), stream="lot:1")) == []


@pytest.mark.parametrize("field", ["type", "actor", "payload", "ts", "key", "prev", "hash", "seq", "stream"])
def test_a_change_of_any_column_is_a_fault(field):
    links = some_links()
    other = {"payload": b'{"n":"x"}', "prev": bytes(32), "hash": bytes(32), "seq": 9}.get(field, "other")
    links[2] = links[2]._replace(**{field: other})

    assert list(chain.check_links(links, stream="lot:1"))


@pytest.mark.parametrize("name", ['a"b', "a\\b", "a b", "", "é", "a\n"])
def test_names_that_would_need_escaping_are_refused(name):
    with pytest.raises(BadName):
        chain.check_names(name)


@pytest.mark.parametrize("ts", ["2026-01-05T02:00:00Z", "2026-01-05T02:00:00.123+08:00", TS + "\n", ""])
def test_instants_have_one_spelling(ts):
    with pytest.raises(BadName):
        chain.check_ts(ts)
