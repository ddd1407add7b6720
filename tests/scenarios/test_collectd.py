# Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
"""collectd's memcached plugin: the values of one round of it agree with what was done."""
import pytest

from program import running

CONFIGURATION = """
Hostname "site"
FQDNLookup false
BaseDir "{folder}"
PIDFile "{folder}/pid"
TypesDB "/usr/share/collectd/types.db"
LoadPlugin csv
LoadPlugin memcached
<Plugin csv>
  DataDir "{folder}/csv"
  StoreRates false
</Plugin>
<Plugin memcached>
  <Instance "under-test">
    Address "{host}"
    Port "{port}"
  </Instance>
</Plugin>
"""
VALUE_BYTES = 1000


WANTED = ("memcached_command-set", "memcached_command-get", "memcached_ops-hits",
          "memcached_ops-misses", "memcached_ops-evictions", "memcached_items-current",
          "ps_count", "memcached_octets", "df-cache")


@pytest.fixture
def read(cache, tmp_path):
    """read() starts collectd for one round, and is {name: values} of what is wanted of it."""
    host, port = cache.address
    rounds = iter(range(100))

    def ask():
        folder = tmp_path / str(next(rounds))
        folder.mkdir()
        configuration = folder / "collectd.conf"
        configuration.write_text(CONFIGURATION.format(folder=folder, host=host, port=port))
        values = folder / "csv" / "site" / "memcached-under-test"

        def line(name):
            """The newest one of a file that is named by its day as well."""
            files = sorted(values.glob(f"{name}-2*"))
            text = files[-1].read_text() if files else ""
            return text.splitlines()[-1] if text.count("\n") > 1 else ""
        with running("/usr/sbin/collectd", "-f", "-C", configuration,
                     ready=lambda _: all(line(name) for name in WANTED)):
            return {name: [float(value) for value in line(name).split(",")[1:]] for name in WANTED}
    return ask


def test_values(read, connect, cache):
    wire = connect(cache)
    before = read()
    for number in range(10):
        wire.ask(b"set key-%d 0 0 %d\r\n%s\r\n" % (number, VALUE_BYTES, b"v" * VALUE_BYTES))
    wire.send(b"get " + b" ".join(b"key-%d" % number for number in range(15)) + b"\r\n")
    wire.read_through(b"END\r\n")
    after = read()

    def grown(name):
        return [now - then for then, now in zip(before[name], after[name])]
    assert grown("memcached_command-set") == [10]
    assert grown("memcached_command-get") == [15]
    assert grown("memcached_ops-hits") == [10]
    assert grown("memcached_ops-misses") == [5]
    assert grown("memcached_ops-evictions") == [0]
    assert grown("memcached_items-current") == [10]
    assert after["ps_count"][1] == 2    # threads
    received, sent = grown("memcached_octets")
    assert received > 10 * VALUE_BYTES and sent > 10 * VALUE_BYTES
    used, free = after["df-cache"]
    assert used + free == 64 << 20 and used > 10 * VALUE_BYTES
