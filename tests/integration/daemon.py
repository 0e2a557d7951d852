"""Starts `calcinode serve` with a folder and configuration of its own, and looks at what it keeps."""

import json
import os
import pathlib
import re
import signal
import sqlite3
import subprocess
import time

CALCINODE = os.environ.get("CALCINODE", "calcinode")
# For what waits until the disk has written everything (syncfs), and others beside this test write to it, too.
DISK_SECONDS = 300
FILES_AHEAD = 8  # empty files that a node may hold open for images to come


def wait_for(what, seconds=60, every=0.2):
    """The first true value of what(); AssertionError after `seconds`."""
    deadline = time.monotonic() + seconds
    while True:
        value = what()
        if value:
            return value
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {seconds} s: {what.__doc__ or what}")
        time.sleep(every)


def to_toml(sections, destinations=(), alerts=()):
    """Just enough TOML for our configuration; JSON's texts, numbers and lists are TOML's."""
    lines = []
    for name, values in sections.items():
        lines.append(f"[{name}]")
        lines += [f"{key} = {json.dumps(value)}" for key, value in values.items()]
    for name, tables in (("destination", destinations), ("alert", alerts)):
        for table in tables:
            lines.append(f"[[{name}]]")
            lines += [f"{key} = {json.dumps(value)}" for key, value in table.items()]
    return "\n".join(lines) + "\n"


class Daemon:
    def __init__(self, folder, destinations=(), alerts=(), **sections):
        """`sections` are added to a configuration for tests, for example study={"quiet_s": 2}."""
        self.folder = pathlib.Path(folder)
        self.sections = {
            "node": {"bind": "127.0.0.1", "port": 0, "data_dir": str(self.folder / "data")},
            # So few prepared files that most tests receive into them and into new ones.
            "receive": {"minimum_free_mib": 0, "prepared_mib": 4, "shutdown_s": 2},
            "study": {"quiet_s": 1, "gap_wait_s": 2},
            "delivery": {"retry_first_s": 1, "retry_longest_s": 2},
            "http": {"port": 0},
            "log": {"level": "debug"},
        }
        for name, values in sections.items():
            self.sections.setdefault(name, {}).update(values)
        self.data_dir = pathlib.Path(self.sections["node"]["data_dir"])
        self.destinations = list(destinations)
        self.alerts = list(alerts)
        self.process = None
        self.port = None
        self.log_file = self.folder / "calcinode.log"

    def start(self, wait=True):
        self.folder.mkdir(parents=True, exist_ok=True)
        config = self.folder / "calcinode.toml"
        config.write_text(to_toml(self.sections, self.destinations, self.alerts))
        already = len(self.log())
        with open(self.log_file, "ab") as log:
            self.process = subprocess.Popen([CALCINODE, "serve", "--config", str(config)],
                                            stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        if wait:
            self.port = int(wait_for(lambda: self.listening_since(already), DISK_SECONDS).group(1))
        return self

    def listening_since(self, since):
        """The log's line that says so, after its first `since` characters, or None. An error where the daemon ended."""
        if self.process.poll() is not None:
            raise AssertionError("the daemon ended: " + self.log()[since:])
        return re.search(r"listening on [\d.]+:(\d+) as", self.log()[since:])

    def log(self):
        return self.log_file.read_text(errors="replace") if self.log_file.exists() else ""

    def stop(self, seconds=DISK_SECONDS):
        """SIGTERM; returns the exit code."""
        if not self.process:
            return None
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(seconds)
        finally:
            self._reap()

    def kill(self):
        if self.process:
            self.process.kill()
            self._reap()

    def _reap(self):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        self.process = None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.kill()

    # --- what it keeps

    def rows(self, sql, *values):
        connection = sqlite3.connect(f"file:{self.data_dir / 'calcinode.db'}?mode=ro", uri=True, timeout=10)
        connection.row_factory = sqlite3.Row
        try:
            return [dict(row) for row in connection.execute(sql, values)]
        finally:
            connection.close()

    def study(self, study_uid):
        """The study's row, or None."""
        found = self.rows("SELECT * FROM study WHERE study_uid = ?", study_uid)
        return found[0] if found else None

    def wait_for_line(self, words, seconds=10):
        """Waits until the log holds `words`: it follows the database, and may be a moment behind it."""
        try:
            wait_for(lambda: words in self.log(), seconds, every=0.05)
        except AssertionError:
            raise AssertionError(f"not in the log within {seconds} s: {words}; the log:\n" + self.log()[-4000:])

    def wait_for_judgement(self, study_uid, seconds=120):
        """Waits until the study is analysed, not applicable or failed, and returns its row."""
        def judged():
            """study judged"""
            row = self.study(study_uid)
            return row if row and row["state"] in ("analysed", "not_applicable", "failed") else None
        try:
            return wait_for(judged, seconds)
        except AssertionError:
            raise AssertionError(f"study not judged within {seconds} s; the log:\n" + self.log()[-4000:])

    def result(self, study_uid):
        """The newest result row with the content of its result.json under "json"."""
        row = self.rows("SELECT * FROM result WHERE study_uid = ? ORDER BY revision DESC LIMIT 1", study_uid)[0]
        row["path"] = self.data_dir / "results" / row["folder"]
        row["json"] = json.loads((row["path"] / "result.json").read_text())
        return row

    def wait_for_deliveries(self, study_uid, seconds=60):
        """Waits until no delivery of the study is on its way, and returns {sop_instance_uid: state}."""
        def settled():
            """deliveries settled"""
            found = self.rows("SELECT d.sop_instance_uid, d.state FROM delivery d JOIN result r ON "
                              "r.id = d.result_id WHERE r.study_uid = ?", study_uid)
            on_its_way = ("pending", "uncommitted")
            return found if found and all(d["state"] not in on_its_way for d in found) else None
        try:
            return {d["sop_instance_uid"]: d["state"] for d in wait_for(settled, seconds)}
        except AssertionError:
            raise AssertionError(f"not delivered within {seconds} s; the log:\n" + self.log()[-4000:])
