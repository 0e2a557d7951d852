"""Senders that do not give up, and the ledger of what was acknowledged to them.

A Sender is a thread that sends study after study by DCMTK's storescu, each until all of its images are acknowledged,
whatever happens to the node meanwhile. What an acknowledgement promises is checked against the ledger.
"""

import hashlib
import os
import shutil
import subprocess
import threading
import time

import daemon
import small_studies
from raw_peer import dataset_bytes

SUCCESS = "Received Store Response (Success)"
AGAIN_AFTER_S = 0.1  # a sender comes back at once: its study is not quiet for long
ATTEMPT_S = 120      # none takes as long; a hang is an error


class Ledger:
    """Which instances were acknowledged, of which studies, with which bytes. Safe from any thread."""

    def __init__(self):
        self._lock = threading.Lock()
        self.instances = {}  # SOP Instance UID -> small_studies.Sent
        self.studies = {}    # study UID -> kind, once all of it is acknowledged
        self.attempts = 0    # associations that were asked for

    def acknowledged(self, study, files):
        entries = dict(small_studies.sent(study, file) for file in files)
        with self._lock:
            self.instances.update(entries)

    def complete(self, study):
        with self._lock:
            self.studies[study.uid] = study.kind

    def tried(self):
        with self._lock:
            self.attempts += 1


def send_once(port, files, calling="TEST"):
    """One storescu over one association. How many files were acknowledged, from the first on; and its output."""
    command = ["storescu", "-v", "-aet", calling, "-aec", "CALCINODE", "127.0.0.1", str(port), *map(str, files)]
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=ATTEMPT_S,
                          env=dict(os.environ, TCP_NODELAY="1"))
    output = done.stdout.decode(errors="replace")
    return output.count(SUCCESS), output


def send_all(port, study, ledger, give_up=lambda: False):
    """Sends until all is acknowledged; False where `give_up()` became true before."""
    left = list(study.files)
    while left:
        if give_up():
            return False
        ledger.tried()
        count, _ = send_once(port, left)
        ledger.acknowledged(study, left[:count])
        left = left[count:]
        if left:
            time.sleep(AGAIN_AFTER_S)
    ledger.complete(study)
    return True


class Sender(threading.Thread):
    """Sends what `next_study()` gives, until that is None. `failure` is what ended it otherwise."""

    def __init__(self, port, ledger, next_study):
        super().__init__(daemon=True)
        self.port, self.ledger, self.next_study = port, ledger, next_study
        self.failure = None

    def run(self):
        try:
            while (study := self.next_study()) is not None:
                send_all(self.port, study, self.ledger)
                shutil.rmtree(study.files[0].parent)
        except Exception as failure:  # told by the test, which joins the thread
            self.failure = failure


def judged(node):
    """How many studies have come to their end."""
    return node.rows("SELECT count(*) AS n FROM study WHERE state IN ('analysed', 'not_applicable', 'failed')")[0]["n"]


def settle(node, ledger, seconds):
    """Waits until all that was sent has its result, and each result has arrived."""
    def all_judged():
        """all studies judged"""
        return judged(node) == len(ledger.studies)

    def all_delivered():
        """all results delivered"""
        return not node.rows("SELECT 1 FROM delivery WHERE state != 'sent'")
    daemon.wait_for(all_judged, seconds)
    daemon.wait_for(all_delivered, seconds)


def assert_kept(test, node, ledger):
    """The spool and its index hold exactly what was acknowledged, each instance with the bytes that were sent."""
    rows = node.rows("SELECT sop_instance_uid, study_uid, path FROM instance")
    test.assertEqual({row["sop_instance_uid"] for row in rows}, set(ledger.instances))
    for row in rows:
        sent = ledger.instances[row["sop_instance_uid"]]
        test.assertEqual(row["study_uid"], sent.study_uid)
        kept = dataset_bytes(node.data_dir / "spool" / row["path"])
        test.assertEqual(hashlib.sha256(kept).hexdigest(), sent.sha256, row["path"])
    test.assertEqual(list((node.data_dir / "spool/incoming").iterdir()), [])


def assert_one_result_each(test, node, ledger, pacs, revisions=None):
    """Each study ended as its kind does; the PACS has one set of results of it for each revision, and nothing else."""
    expected_instances = 0
    for study_uid, kind in ledger.studies.items():
        state, objects = small_studies.KINDS[kind]
        count = (revisions or {}).get(study_uid, 1)
        row = node.study(study_uid)
        test.assertEqual((row["state"], row["revision"]), (state, count), f"{kind} {study_uid}: {row['reason']}")
        found = sorted((s["modality"], len(s["instances"])) for s in pacs.series(study_uid))
        test.assertEqual(found, sorted(objects * count), f"{kind} {study_uid} at the PACS")
        expected_instances += sum(number for _, number in objects) * count
    test.assertEqual(len(pacs.all_instances()), expected_instances)
    test.assertEqual(node.rows("SELECT count(*) AS n FROM study")[0]["n"], len(ledger.studies))
    test.assertEqual(node.rows("SELECT count(*) AS n FROM job WHERE state != 'done'")[0]["n"], 0)
    test.assertFalse(list((node.data_dir / "results").glob("*/.making-*")))
