"""A hospital's day, compressed: studies of mixed kinds, senders that come and go, stops and kills of the daemon.

First with restarts, then one long life of the daemon in which its memory, files and threads must stay what they are.
At the end all counts agree: ledger, spool, database, PACS. CALCINODE_STUDIES is the number of studies (./run soak: 300),
CALCINODE_SEED repeats a run's choices; both are printed.
"""

import itertools
import os
import pathlib
import random
import shutil
import statistics
import tempfile
import threading
import time
import unittest

import cases
import daemon
import orthanc
import senders
import small_studies

STUDIES = int(os.environ.get("CALCINODE_STUDIES", "20"))
SEED = int(os.environ.get("CALCINODE_SEED", random.SystemRandom().randrange(1 << 32)))

SENDERS = 3
QUIET_S = 3
PAUSE_S = 1.5            # the longest that a sender is away between two studies
RESTARTED = 1 / 3        # of the studies come while the daemon is stopped and killed again and again
LIVES = (2, 8)           # seconds between these
PATIENT = 4              # each so many-th life lasts until a study was judged, however slow the machine is ...
PATIENCE_S = 120         # ... but not longer
BATCHES = 13             # of the long life; after each the daemon is idle and is looked at
WARM_UP = 3              # batches, in which caches and the allocator's heaps fill
COMPARED = 5             # looks at each end, by their medians: each heap's free end, of 0 to 2 MiB, is not given back
ENOUGH_TO_JUDGE = 100    # studies from which on the memory is judged, not only told
MOST_GROWTH = 0.05
RETURNED_WITHIN_S = 11   # what was freed, to the system
SETTLE_S = 900
LATE = 10                # slices that come after the others have been judged
MR_IMAGE_STORAGE = "1.2.840.10008.5.1.4.1.1.4"


class Hospital:
    """Its ways to send a study. Each returns when all is acknowledged."""

    def __init__(self, node, templates, ledger):
        self.node, self.templates, self.ledger = node, templates, ledger
        self.revisions = {}  # study UID -> results, where it is not one
        self.ways = {"positive": self.plain, "negative": self.plain, "localizer": self.plain, "broken": self.plain,
                     "again": self.again, "conflict": self.conflict, "late": self.late, "mr": self.mr}

    def send(self, number, way):
        study = self.templates.study(number, way if way in small_studies.KINDS else "negative")
        try:
            self.ways[way](study)
        finally:
            shutil.rmtree(study.files[0].parent)

    def plain(self, study):
        senders.send_all(self.node.port, study, self.ledger)

    def again(self, study):
        self.plain(study)
        self.plain(study)

    def conflict(self, study):
        """One slice comes again with other bytes, and is not taken."""
        self.plain(study)
        other = cases.changed_copy(study.files[0], study.files[0].with_suffix(".other"), ImageComments="changed")
        daemon.wait_for(lambda: "Received Store Response (Warning" in senders.send_once(self.node.port, [other])[1])

    def late(self, study):
        """The last slices come when the others have been judged: a second result."""
        first = small_studies.Study(study.number, study.kind, study.files[:-LATE])
        senders.send_all(self.node.port, first, self.ledger)
        self.node.wait_for_judgement(study.uid, SETTLE_S)
        self.revisions[study.uid] = 2
        self.plain(study)

    def mr(self, study):
        """Is not accepted, and leaves nothing behind."""
        data = cases.pydicom.dcmread(study.files[0])
        data.SOPClassUID = data.file_meta.MediaStorageSOPClassUID = MR_IMAGE_STORAGE
        data.save_as(study.files[0])
        count, output = senders.send_once(self.node.port, study.files[:1])
        if count:
            raise AssertionError("an MR image was taken:\n" + output)


class Soak(unittest.TestCase):
    def setUp(self):
        if not orthanc.is_installed():
            cases.skip_loudly("Orthanc is not installed")
        self.folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory(prefix="calcinode-")))
        print(f"CALCINODE_STUDIES={STUDIES} CALCINODE_SEED={SEED}", flush=True)
        self.chance = random.Random(SEED)
        self.pacs = self.enterContext(orthanc.Orthanc(self.folder / "pacs")).start()
        self.node = self.enterContext(daemon.Daemon(
            self.folder / "node", destinations=[{"name": "PACS", "host": "127.0.0.1", "port": self.pacs.dicom_port,
                                                 "ae_title": self.pacs.AE_TITLE}],
            node={"port": orthanc.free_port()}, study={"quiet_s": QUIET_S}, analysis={"max_attempts": 100},
            log={"level": "info"})).start()
        self.ledger = senders.Ledger()
        self.hospital = Hospital(self.node, small_studies.Templates(self.folder), self.ledger)
        self.numbers = itertools.count(1)

    def start_sending(self, count):
        """Threads that together send the next `count` studies."""
        ways = list(self.hospital.ways)
        plan = iter([(next(self.numbers), ways[(index + self.chance.randrange(2)) % len(ways)],
                      self.chance.uniform(0, PAUSE_S)) for index in range(count)])
        lock, failures = threading.Lock(), []

        def send():
            while True:
                with lock:
                    task = next(plan, None)
                if task is None or failures:
                    return
                number, way, pause_s = task
                try:
                    self.hospital.send(number, way)
                except Exception as failure:  # told by the test, which joins the thread
                    failures.append((number, way, failure))
                time.sleep(pause_s)
        threads = [threading.Thread(target=send, daemon=True) for _ in range(SENDERS)]
        for thread in threads:
            thread.start()
        return threads, failures

    def finish(self, threads, failures):
        for thread in threads:
            thread.join(SETTLE_S)
            self.assertFalse(thread.is_alive(), "a sender does not come to its end")
        self.assertEqual(failures, [])
        senders.settle(self.node, self.ledger, SETTLE_S)

    def judged(self):
        return self.node.rows("SELECT count(*) AS number FROM result")[0]["number"]

    def live_until_judged(self, threads):
        """A machine that is so busy that no life is long enough for an analysis would else never come to an end."""
        before, end = self.judged(), time.monotonic() + PATIENCE_S
        while self.judged() == before and time.monotonic() < end and any(thread.is_alive() for thread in threads):
            time.sleep(0.1)

    def with_restarts(self, count):
        threads, failures = self.start_sending(count)
        restarts = 0
        while any(thread.is_alive() for thread in threads):
            time.sleep(self.chance.uniform(*LIVES))
            if restarts % PATIENT == PATIENT - 1:
                self.live_until_judged(threads)
            if self.chance.random() < 0.5:
                self.node.kill()
            else:
                self.assertEqual(self.node.stop(), 0)
            self.node.start()
            restarts += 1
        self.finish(threads, failures)
        return restarts

    def look(self):
        """(resident kilobytes, open files, threads) of the idle daemon."""
        process = pathlib.Path(f"/proc/{self.node.process.pid}")
        status = dict(line.split(":", 1) for line in (process / "status").read_text().splitlines())
        return int(status["VmRSS"].split()[0]), len(list((process / "fd").iterdir())), int(status["Threads"])

    def one_long_life(self, count):
        looks = []
        for batch in range(BATCHES):
            self.finish(*self.start_sending(count * (batch + 1) // BATCHES - count * batch // BATCHES))
            if STUDIES >= ENOUGH_TO_JUDGE:
                time.sleep(RETURNED_WITHIN_S)
            looks.append(self.look())
        return looks

    def assert_flat(self, looks):
        warm, last = looks[WARM_UP:WARM_UP + COMPARED], looks[-COMPARED:]
        print("resident MiB: " + " ".join(f"{kib / 1024:.0f}" for kib, _, _ in looks), flush=True)
        growth = statistics.median(x[0] for x in last) / statistics.median(x[0] for x in warm) - 1
        print(f"growth after the warm-up {growth:+.1%}; files {looks[-1][1]}, threads {looks[-1][2]}", flush=True)
        self.assertLessEqual(min(x[1] for x in last), min(x[1] for x in warm) + daemon.FILES_AHEAD, "open files grow")
        self.assertLessEqual(min(x[2] for x in last), min(x[2] for x in warm), "threads grow")
        if STUDIES >= ENOUGH_TO_JUDGE:
            self.assertLess(growth, MOST_GROWTH)

    def test_a_day_leaks_nothing_and_all_counts_agree(self):
        restarted = int(STUDIES * RESTARTED)
        restarts = self.with_restarts(restarted)
        looks = self.one_long_life(STUDIES - restarted)
        print(f"{STUDIES} studies, {restarts} restarts, {len(self.ledger.instances)} instances", flush=True)
        senders.assert_kept(self, self.node, self.ledger)
        senders.assert_one_result_each(self, self.node, self.ledger, self.pacs, self.hospital.revisions)
        self.assert_flat(looks)


if __name__ == "__main__":
    unittest.main()
