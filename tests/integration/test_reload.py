#!/usr/bin/python3
"""A running daemon that is told to read its configuration again, and the signs of life that systemd and a container
engine wait for."""

import contextlib
import os
import pathlib
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).parent))
import cases  # noqa: E402
from daemon import CALCINODE, Daemon, to_toml, wait_for  # noqa: E402


WATCHDOG_S = 4  # the slowest thread that is watched moves every 2 s


def echo(port, calling="PACS"):
    return subprocess.run(["echoscu", "-aet", calling, "-aec", "CALCINODE", "127.0.0.1", str(port)],
                          stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode == 0


class Systemd:
    """What systemd is for a service of Type=notify: a socket that the service tells things. It takes about ten of them
    until it is listened to."""

    def __init__(self, folder, watchdog_s):
        self.path = str(folder / "notify")
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind(self.path)
        self.environment = {"NOTIFY_SOCKET": self.path, "WATCHDOG_USEC": str(int(watchdog_s * 1e6))}

    def hear(self, word, seconds):
        """Whether a message with `word` comes within the time."""
        deadline = time.monotonic() + seconds
        while (left := deadline - time.monotonic()) > 0:
            self.socket.settimeout(left)
            try:
                if word in self.socket.recv(4096).decode().splitlines():
                    return True
            except TimeoutError:
                break
        return False

    def forget(self):
        """What was said until now."""
        self.socket.setblocking(False)
        with contextlib.suppress(BlockingIOError):
            while True:
                self.socket.recv(4096)

    def close(self):
        self.socket.close()


class RunningDaemon(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="calcinode-reload-")
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def start(self, environment=None, **sections):
        node = Daemon(self.folder / "node", **sections)
        with contextlib.ExitStack() as stack:
            for name, value in (environment or {}).items():
                os.environ[name] = value
                stack.callback(os.environ.pop, name)
            node.start()
        self.addCleanup(node.kill)
        return node

    def hang_up(self, node, until):
        """SIGHUP, and what the log says from there on, once `until` is in it."""
        already = len(node.log())
        node.process.send_signal(signal.SIGHUP)
        wait_for(lambda: until in node.log()[already:], 20)
        return node.log()[already:]

    def change(self, running, **sections):
        for name, values in sections.items():
            running.sections.setdefault(name, {}).update(values)
        (running.folder / "calcinode.toml").write_text(to_toml(running.sections, running.destinations))


class Reload(RunningDaemon):
    def test_who_may_send_changes_at_once_and_the_log_says_so(self):
        node = self.start()
        self.assertTrue(echo(node.port))
        self.change(node, receive={"allowed_callers": ["CT1"]}, log={"level": "info"})
        said = self.hang_up(node, "allowed_callers")
        self.assertIn("receive.allowed_callers is now CT1 (was nothing)", said)
        wait_for(lambda: "log.level is now info (was debug)" in node.log(), 5)
        self.assertFalse(echo(node.port))
        self.assertTrue(echo(node.port, "CT1"))

    def test_what_needs_a_restart_is_said_and_not_done(self):
        node = self.start()
        self.change(node, node={"port": 11113, "ae_title": "OTHER"}, study={"quiet_s": 7})
        said = self.hang_up(node, "study.quiet_s is now 7") + node.log()
        wait_for(lambda: "node.port stays 0; 11113 takes effect at the next start" in node.log(), 5)
        self.assertIn("study.quiet_s is now 7 (was 1)", said)
        self.assertIn("node.ae_title stays CALCINODE; OTHER takes effect at the next start", node.log())
        self.assertTrue(echo(node.port), "it goes on as before")

    def test_a_configuration_with_a_mistake_changes_nothing(self):
        node = self.start()
        self.change(node, receive={"allowed_callers": ["CT1"], "idle_timeout_s": 0})
        said = self.hang_up(node, "stays as it was")
        self.assertIn("receive.idle_timeout_s: must be a whole number from 1 to 3600", said)
        self.assertTrue(echo(node.port), "every caller may still come")

    def test_an_unchanged_configuration_is_said_to_be_so(self):
        self.hang_up(self.start(), "nothing changed")

    def test_an_open_association_goes_on_by_the_rules_it_came_under(self):
        node = self.start()
        with socket.create_connection(("127.0.0.1", node.port)) as waiting:
            self.change(node, receive={"allowed_addresses": ["192.0.2.1"], "acse_timeout_s": 3})
            self.hang_up(node, "allowed_addresses is now 192.0.2.1")
            waiting.settimeout(0.5)
            with self.assertRaises(TimeoutError, msg="it is not closed"):
                waiting.recv(1)
        self.assertFalse(echo(node.port))


class Environment(RunningDaemon):
    def test_a_variable_takes_precedence_over_the_file(self):
        node = self.start({"CALCINODE_NODE__AE_TITLE": "BYVARIABLE"}, receive={"check_called_ae": False})
        self.assertIn("as BYVARIABLE", node.log())

    def test_check_names_the_variable_with_a_mistake(self):
        file = self.folder / "c.toml"
        file.write_text("")
        done = subprocess.run([CALCINODE, "check", "--config", file], capture_output=True, text=True,
                              env=dict(os.environ, CALCINODE_NODE__PORT="x", CALCINODE_NODE__PROT="1"))
        self.assertEqual(done.returncode, 2)
        self.assertIn("variable CALCINODE_NODE__PORT: node.port: must be a whole number from 0 to 65535", done.stdout)
        self.assertIn("variable CALCINODE_NODE__PROT: node.prot: is not known here", done.stdout)


class SignsOfLife(RunningDaemon):
    def systemd(self, watchdog_s):
        systemd = Systemd(self.folder, watchdog_s)
        self.addCleanup(systemd.close)
        return systemd

    def healthy(self, node):
        return subprocess.run([CALCINODE, "healthcheck", "--config", node.folder / "calcinode.toml"],
                              capture_output=True, text=True)

    def test_systemd_is_told_of_start_reload_and_stop_and_that_all_is_well(self):
        systemd = self.systemd(WATCHDOG_S)
        node = self.start(systemd.environment)
        self.assertTrue(systemd.hear("READY=1", 10))
        for _ in range(3):
            self.assertTrue(systemd.hear("WATCHDOG=1", WATCHDOG_S))
        node.process.send_signal(signal.SIGHUP)
        self.assertTrue(systemd.hear("RELOADING=1", 5))
        self.assertTrue(systemd.hear("READY=1", 5))
        node.process.send_signal(signal.SIGTERM)
        self.assertTrue(systemd.hear("STOPPING=1", 5))

    def test_a_stuck_thread_silences_the_watchdog(self):
        systemd = self.systemd(WATCHDOG_S)
        image = cases.phantom(self.folder / "phantom")[0]
        node = self.start(systemd.environment, study={"quiet_s": 2})
        self.assertEqual(cases.store(node.port, [image])[0], 0)
        # Whoever wants to write waits longer for this than a thread may stand still.
        with contextlib.closing(sqlite3.connect(node.data_dir / "calcinode.db", isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            while "completeness has not moved for 4 s" not in node.log():
                self.assertTrue(systemd.hear("WATCHDOG=1", 2) or "not moved" in node.log())
            systemd.forget()
            self.assertFalse(systemd.hear("WATCHDOG=1", 3))
        self.assertTrue(systemd.hear("WATCHDOG=1", 20), "and when it moves again, all is well")

    def test_an_analysis_that_does_not_end_silences_the_watchdog_and_counts_as_an_attempt(self):
        systemd = self.systemd(WATCHDOG_S)
        images = cases.phantom(self.folder / "phantom")[:3]  # no spine: soon analysed, the first time
        node = self.start(systemd.environment, study={"quiet_s": 1, "gap_wait_s": 0}, analysis={"longest_s": 5})
        self.assertEqual(cases.store(node.port, images)[0], 0)
        study, path = wait_for(lambda: node.rows("SELECT study_uid, path FROM instance JOIN study USING (study_uid) "
                                                 "WHERE state NOT IN ('receiving', 'analysing')"), 30)[0].values()
        spooled = node.data_dir / "spool" / path
        spooled.unlink()
        os.mkfifo(spooled)  # who opens it waits
        subprocess.run([CALCINODE, "reanalyze", "--study", study, "--config", node.folder / "calcinode.toml"],
                       check=True, stdout=subprocess.DEVNULL)
        wait_for(lambda: f"the analysis of study {study} takes longer than analysis.longest_s, 5 s" in node.log(), 30)
        systemd.forget()
        self.assertFalse(systemd.hear("WATCHDOG=1", 3))
        node.stop()  # as a container engine does that asks for its health; systemd's watchdog is no kinder
        self.assertEqual([tuple(job.values()) for job in node.rows("SELECT state, attempts FROM job ORDER BY id")][-1],
                         ("leased", 1))

    def test_healthcheck_follows_the_signs(self):
        node = self.start(self.systemd(WATCHDOG_S).environment)
        wait_for(lambda: self.healthy(node).returncode == 0, 10)
        alive = node.data_dir / "alive"
        node.process.send_signal(signal.SIGSTOP)
        self.addCleanup(node.process.send_signal, signal.SIGCONT)
        os.utime(alive, (time.time() - 100, time.time() - 100))
        done = self.healthy(node)
        self.assertEqual(done.returncode, 1)
        self.assertRegex(done.stderr, r"last sign of life is 10\d s old")
        node.process.send_signal(signal.SIGCONT)
        wait_for(lambda: self.healthy(node).returncode == 0, 15)
        node.process.send_signal(signal.SIGTERM)
        node.process.wait(30)
        done = self.healthy(node)
        self.assertEqual(done.returncode, 1)
        self.assertIn("no daemon runs", done.stderr)


if __name__ == "__main__":
    if not shutil.which("echoscu"):
        sys.exit("dcmtk is not installed")
    unittest.main()
