"""kill -9 at random moments of the whole way, under load: nothing acknowledged is lost, no result is missing or twice.

Three senders at once, analyses and deliveries going on. CALCINODE_KILLS is how often (./run torture: 200), CALCINODE_SEED
repeats a run's choices; both are printed.
"""

import collections
import itertools
import os
import pathlib
import random
import tempfile
import threading
import time
import unittest

import cases
import daemon
import orthanc
import senders
import small_studies

KILLS = int(os.environ.get("CALCINODE_KILLS", "6"))
SEED = int(os.environ.get("CALCINODE_SEED", random.SystemRandom().randrange(1 << 32)))

SENDERS = 3
BACKLOG = 6     # studies that may wait for their result before another one is sent
QUIET_S = 5     # longer than a sender is ever away
AIM_S = 20      # so long it is waited for the moment that a kill is meant for
SETTLE_S = 600  # for the studies that are left after the last kill


class Aims:
    """Moments that a kill is meant for, each followed by a short random time: how far a step has come."""

    def __init__(self, node, chance):
        self.node, self.chance = node, chance
        self.by_name = {
            "starting": (lambda: True, 0.3),
            "receiving": (lambda: self._more_than("SELECT count(*) AS n FROM instance"), 0.05),
            "analysing": (lambda: self._any("SELECT 1 FROM study WHERE state = 'analysing'"), 1.0),
            "delivering": (lambda: self._any("SELECT 1 FROM delivery WHERE state = 'pending'"), 0.1),
            "anywhere": (lambda: True, 4.0),
        }

    def _any(self, sql):
        return bool(self.node.rows(sql))

    def _more_than(self, sql):
        now = self.node.rows(sql)[0]["n"]
        more, self.before = now > self.before, now
        return more

    def wait(self, name):
        """Returns whether the moment came."""
        reached, after_s = self.by_name[name]
        self.before = 1 << 62
        deadline = time.monotonic() + AIM_S
        while not (there := reached()) and time.monotonic() < deadline:
            time.sleep(0.005)
        time.sleep(self.chance.uniform(0, after_s))
        return there


class Kills(unittest.TestCase):
    def setUp(self):
        if not orthanc.is_installed():
            cases.skip_loudly("Orthanc is not installed")
        self.folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory(prefix="calcinode-")))
        print(f"CALCINODE_KILLS={KILLS} CALCINODE_SEED={SEED}", flush=True)
        self.chance = random.Random(SEED)
        self.templates = small_studies.Templates(self.folder)
        self.pacs = self.enterContext(orthanc.Orthanc(self.folder / "pacs")).start()
        self.node = self.enterContext(daemon.Daemon(
            self.folder / "node", destinations=[{"name": "PACS", "host": "127.0.0.1", "port": self.pacs.dicom_port,
                                                 "ae_title": self.pacs.AE_TITLE}],
            node={"port": orthanc.free_port()}, study={"quiet_s": QUIET_S},
            # A kill within an analysis is an attempt. Here the same study may meet many.
            analysis={"max_attempts": 100}))
        self.ledger = senders.Ledger()
        self.enough = threading.Event()
        self.numbers = itertools.count(1)

    def next_study(self):
        """For the senders: another study, as soon as there are not too many without a result."""
        kinds = ["positive", "negative", "localizer"]
        while not self.enough.is_set():
            if len(self.ledger.studies) - senders.judged(self.node) < BACKLOG:
                number = next(self.numbers)
                return self.templates.study(number, kinds[number % len(kinds)])
            self.enough.wait(0.2)
        return None

    def kill_at(self, aims, name):
        """Returns whether the daemon was killed at the moment it was meant for."""
        if name != "starting":
            daemon.wait_for(lambda: self.node.listening_since(self.log_before), 60, every=0.01)
        there = aims.wait(name)
        self.assertIsNone(self.node.process.poll(), "the daemon ended by itself:\n" + self.node.log()[-2000:])
        self.node.kill()
        self.log_before = len(self.node.log())
        self.node.start(wait=False)
        return there

    def test_kills_lose_nothing_and_repeat_nothing(self):
        self.node.start()
        self.log_before = 0
        sending = [senders.Sender(self.node.port, self.ledger, self.next_study) for _ in range(SENDERS)]
        for sender in sending:
            sender.start()
        aims, hits = Aims(self.node, self.chance), collections.Counter()
        names = list(aims.by_name)
        for number in range(KILLS):
            # Each aim comes up, also in a short run.
            name = names[number] if number < len(names) else self.chance.choice(names)
            hits[name] += self.kill_at(aims, name)
        self.enough.set()
        for sender in sending:
            sender.join(SETTLE_S)
            self.assertFalse(sender.is_alive(), "a sender does not come to its end")
            self.assertIsNone(sender.failure)
        senders.settle(self.node, self.ledger, SETTLE_S)

        print(f"{KILLS} kills: {dict(hits)}; {len(self.ledger.instances)} instances of {len(self.ledger.studies)} "
              f"studies in {self.ledger.attempts} associations", flush=True)
        senders.assert_kept(self, self.node, self.ledger)
        senders.assert_one_result_each(self, self.node, self.ledger, self.pacs)
        for name in names:
            self.assertGreater(hits[name], 0, f"no kill came while {name}")


if __name__ == "__main__":
    unittest.main()
