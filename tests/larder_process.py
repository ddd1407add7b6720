# Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
"""A server under test: started on a port of its own, measured from outside, stopped by pid.

    new ──start()──► serving ──stop()──► gone            `with Server(...) as s:` does both
                        │
                        └─ died, exit code not 0, sanitizer report, had to be killed: ServerFault

LARDER_BINARY names the binary (build/release/larder otherwise), LARDER_BACKENDS the backends to
test ("uring,epoll" otherwise). LARDER_PEER=memcached puts Debian's memcached in Larder's place,
which is how the tests themselves are tested. LARDER_SLOW=1 stretches every limit (sanitizers).
"""
import contextlib
import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
LARDER = pathlib.Path(
    os.environ.get("LARDER_BINARY", ROOT / "build" / "release" / "larder")).absolute()
PEER = os.environ.get("LARDER_PEER", "")
if PEER not in ("", "memcached"):
    raise RuntimeError(f"LARDER_PEER={PEER}: only memcached can stand in for larder")
BACKENDS = [PEER] if PEER else os.environ.get("LARDER_BACKENDS", "uring,epoll").split(",")

SLOW = 6 if os.environ.get("LARDER_SLOW", "0") not in ("", "0") else 1
DEADLINE_S = 10 * SLOW
# The limit under which tests and servers run; crowds are sized for it.
DESCRIPTORS = 20_000
# Larder promises to be gone five seconds after SIGTERM, whatever its clients do.
STOP_S = 5 * SLOW
# That is when it cuts its clients; on a busy machine the end of the process comes later.
GONE_S = STOP_S + 5 * SLOW

_REPORT = re.compile(
    rb"(Address|Thread|Leak|Memory|UndefinedBehavior)Sanitizer|runtime error:|LARDER_CHECK")


class ServerFault(AssertionError):
    """The server did what no server under test may do; the text carries its stderr."""


def memcached_binary():
    """Debian puts memcached into /usr/bin; a missing peer fails the test instead of skipping it."""
    found = shutil.which("memcached")
    assert found, "memcached is missing: apt-get install memcached (the tests compare with it)"
    return found


class ServerProcess:
    """One process of a command line that a subclass has; it writes its ports into a file."""

    def __init__(self):
        self.x_unix = None
        self.x_host = "127.0.0.1"
        self.x_process = None
        self.x_folder = None
        self.port = None

    @property
    def address(self):
        """What socket.connect takes: a path, or host and port."""
        return str(self.x_unix) if self.x_unix else (self.x_host, self.port)

    @property
    def pid(self):
        return self.x_process.pid

    def command(self):
        raise NotImplementedError

    def start(self):
        self.x_folder = pathlib.Path(tempfile.mkdtemp(prefix="larder-test-"))
        os.chmod(self.x_folder, 0o777)  # a server that gives up root writes its port file here
        with open(self.x_folder / "stderr", "wb") as errors:
            self.x_process = subprocess.Popen(
                self.command(), stdin=subprocess.DEVNULL, stdout=errors, stderr=errors,
                env=dict(os.environ, MEMCACHED_PORT_FILENAME=str(self.x_folder / "port")))
        try:
            self._await_ready()
        except BaseException:
            self.x_process.kill()
            self.x_process.wait()
            self._forget()
            raise
        return self

    def _await_ready(self):
        deadline = time.monotonic() + DEADLINE_S
        while not self._is_ready():
            if self.x_process.poll() is not None:
                raise ServerFault(f"exited with {self.x_process.returncode} at start: "
                                  f"{' '.join(self.command())}\n{self.stderr()}")
            if time.monotonic() > deadline:
                raise ServerFault(f"not ready after {DEADLINE_S} s\n{self.stderr()}")
            time.sleep(0.002)

    def _is_ready(self):
        if self.x_unix:
            with socket.socket(socket.AF_UNIX) as probe:
                return probe.connect_ex(self.address) == 0
        try:
            text = (self.x_folder / "port").read_text()
        except FileNotFoundError:
            return False
        found = re.search(r"TCP INET6?: (\d+)\n", text)
        self.port = int(found[1]) if found else None
        return found is not None

    def run_to_end(self):
        """Start a server that is expected to refuse; return its exit code and what it said."""
        done = subprocess.run(self.command(), stdin=subprocess.DEVNULL, capture_output=True,
                              timeout=DEADLINE_S, check=False)
        assert not _REPORT.search(done.stderr), done.stderr.decode(errors="replace")
        return done.returncode, (done.stdout + done.stderr).decode(errors="replace")

    @property
    def ports(self):
        """Of all its TCP addresses, in the order of -l."""
        text = (self.x_folder / "port").read_text()
        return [int(port) for port in re.findall(r"TCP INET6?: (\d+)\n", text)]

    @property
    def udp_ports(self):
        """The same of UDP."""
        text = (self.x_folder / "port").read_text()
        return [int(port) for port in re.findall(r"UDP INET6?: (\d+)\n", text)]

    def stderr(self):
        return (self.x_folder / "stderr").read_bytes()[-20000:].decode(errors="replace")

    def rss(self):
        """Resident bytes."""
        status = pathlib.Path(f"/proc/{self.pid}/status").read_text()
        return int(re.search(r"VmRSS:\s+(\d+) kB", status)[1]) * 1024

    def cpu_s(self):
        """Processor time of all its threads, by the clock that clock_getcpuclockid() names."""
        return time.clock_gettime(~self.pid << 3 | 2)

    def fds(self):
        return len(os.listdir(f"/proc/{self.pid}/fd"))

    @contextlib.contextmanager
    def frozen(self):
        """It does nothing meanwhile. What is sent to it then is all there when it goes on, so that
        nothing depends on how fast it was sent."""
        self.x_process.send_signal(signal.SIGSTOP)
        os.waitpid(self.pid, os.WUNTRACED)
        try:
            yield
        finally:
            self.x_process.send_signal(signal.SIGCONT)

    def terminate(self, number=signal.SIGTERM):
        """Ask it to end and return at once; await_exit() collects."""
        self.x_process.send_signal(number)

    def kill(self):
        """End it where it stands; it is collected, and its code does not matter."""
        self.x_process.kill()
        self.x_process.wait()
        self._forget()

    def stop(self):
        """End the server; raise unless it ended by itself, cleanly and in time."""
        self.terminate()
        return self.await_exit()

    def await_exit(self):
        """Collect a server that is expected to end; return how long that took."""
        began = time.monotonic()
        try:
            code = self.x_process.wait(GONE_S)
        except subprocess.TimeoutExpired:
            self.x_process.kill()
            self.x_process.wait()
            code = "killed: still running after SIGTERM"
        took_s = time.monotonic() - began
        report = _REPORT.search((self.x_folder / "stderr").read_bytes())
        text = self.stderr()
        self._forget()
        if code != 0 or report:
            raise ServerFault(f"server ended badly (exit {code}):\n{text}")
        return took_s

    @property
    def is_collected(self):
        return self.x_folder is None

    def _forget(self):
        shutil.rmtree(self.x_folder, ignore_errors=True)
        self.x_folder = None

    def __enter__(self):
        return self.start()

    def __exit__(self, *error):
        if not self.is_collected:
            self.stop()


def larder_command(*words):
    assert LARDER.exists(), f"no {LARDER}: build it, or name it in LARDER_BINARY"
    return [str(LARDER), *(str(word) for word in words)]


class Server(ServerProcess):
    """A cache; `backend` is uring, epoll or auto of larder, or "memcached" for the peer."""

    def __init__(self, backend, *args, memory_mb=64, threads=2, unix=None, port=-1,
                 host="127.0.0.1", user="root"):
        super().__init__()
        self.x_backend = backend
        self.x_unix = unix
        self.x_host = host
        self.x_args = ["-U", "0", "-t", str(threads), "-m", str(memory_mb)]
        self.x_args += ["-s", str(unix)] if unix else ["-p", str(port), "-l", host]
        if os.getuid() == 0 and user:   # nobody else may choose, and root must
            self.x_args += ["-u", user]
        self.x_args += [str(arg) for arg in args]

    @property
    def is_larder(self):
        return self.x_backend != "memcached"

    def command(self):
        if not self.is_larder:
            return [memcached_binary(), *self.x_args]
        return larder_command("cache", *self.x_args, "--io", self.x_backend)
