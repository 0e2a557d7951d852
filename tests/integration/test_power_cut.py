"""A power cut at the moment of an acknowledgement loses nothing that was acknowledged.

The spool lies on a loop-mounted ext4. Right after a sender saw 0000H the file behind the loop device is copied: what a
disk would hold if the power went now. The copy is mounted, and the daemon started on it. Beside it the same for DCMTK's
storescp and for Orthanc: the first shows that this way of looking sees a loss. CALCINODE_CUTS is the number of
moments (./run torture: 20), CALCINODE_SEED repeats a run's choices; both are printed.
"""

import os
import pathlib
import random
import signal
import socket
import subprocess
import tempfile
import unittest

import cases
import daemon
import loop_disk
import orthanc
from raw_peer import RawPeer, dataset_bytes, images

CUTS = int(os.environ.get("CALCINODE_CUTS", "3"))
SEED = int(os.environ.get("CALCINODE_SEED", random.SystemRandom().randrange(1 << 32)))

MOST_BETWEEN = 20      # instances that are acknowledged between two cuts
OTHERS_RECEIVE = 100   # instances that storescp and Orthanc are sent
PREPARED_MIB = 16      # so many files that all instances between two cuts find one
PREPARED_BYTES = 544 * 1024


class PowerCut(unittest.TestCase):
    def setUp(self):
        loop_disk.need()
        self.folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory(prefix="calcinode-")))
        print(f"CALCINODE_CUTS={CUTS} CALCINODE_SEED={SEED}", flush=True)
        self.chance = random.Random(SEED)
        self.disk = self.enterContext(loop_disk.LoopDisk(self.folder / "disk.image", self.folder / "disk"))

    def instances(self, count):
        return images(self.folder, count, self.chance)

    def send(self, peer, instances):
        for uid, dataset in instances.items():
            self.assertEqual(peer.store(uid, dataset), 0)

    # --- this node

    def daemon_on(self, disk, folder, prepared_mib=0):
        return daemon.Daemon(folder, node={"data_dir": str(disk.folder / "data")}, study={"quiet_s": 3600},
                             receive={"prepared_mib": prepared_mib}, retention={"free_mib": 0})

    def cut(self, process, name):
        """The power goes: a disk with what this one held. The process stands still while that is copied."""
        process.send_signal(signal.SIGSTOP)
        try:
            image = self.disk.copy(self.folder / f"{name}.image")
        finally:
            process.send_signal(signal.SIGCONT)
        return loop_disk.LoopDisk(image, self.folder / name)

    def lost_by_us(self, copy, acknowledged, name):
        """The SOP Instance UIDs that the daemon, started on the copy, does not have whole."""
        with self.daemon_on(copy, self.folder / f"node-{name}") as node:
            node.start()
            rows = {row["sop_instance_uid"]: row["path"]
                    for row in node.rows("SELECT sop_instance_uid, path FROM instance")}
            self.assertEqual(node.stop(), 0)
            return [uid for uid, dataset in acknowledged.items()
                    if uid not in rows or dataset_bytes(node.data_dir / "spool" / rows[uid]) != dataset]

    def test_nothing_is_lost_that_was_received_into_new_files(self):
        self.receive_and_cut(0)

    def test_nothing_is_lost_that_was_received_into_prepared_files(self):
        self.receive_and_cut(PREPARED_MIB)

    def receive_and_cut(self, prepared_mib):
        instances = self.instances(CUTS * MOST_BETWEEN)
        waiting, acknowledged, nameless = list(instances.items()), {}, 0
        with self.daemon_on(self.disk, self.folder / "node", prepared_mib) as node:
            node.start()
            prepared = node.data_dir / "spool/prepared"
            peer = RawPeer(self, node.port)
            for number in range(CUTS):
                if prepared_mib:
                    daemon.wait_for(lambda: len(in_stock(prepared)) >= MOST_BETWEEN, 20)
                for _ in range(self.chance.randint(1, MOST_BETWEEN)):
                    uid, dataset = waiting.pop()
                    self.send(peer, {uid: dataset})
                    acknowledged[uid] = dataset
                with self.cut(node.process, f"cut-{number}") as copy:
                    nameless += sum(holds_instance(file) and file.stat().st_nlink == 1
                                    for file in (copy.folder / "data/spool/prepared").iterdir())
                    self.assertEqual(self.lost_by_us(copy, acknowledged, number), [], f"cut {number}")
            print(f"{CUTS} cuts, {len(acknowledged)} instances: none lost; {nameless} had lost their own names",
                  flush=True)
            self.assertEqual(nameless > 0, prepared_mib > 0, "the power never went between name and name")

    # --- the others

    def test_a_receiver_that_does_not_sync_is_seen_to_lose(self):
        instances = self.instances(OTHERS_RECEIVE)
        port = orthanc.free_port()
        received = self.disk.folder / "received"
        received.mkdir()
        loop_disk.sync(received)
        scp = subprocess.Popen(["storescp", "--bit-preserving", "-od", str(received), str(port)])
        try:
            daemon.wait_for(lambda: not connection_refused(port), 20)
            self.send(RawPeer(self, port), instances)
            with self.cut(scp, "storescp") as copy:
                kept = [dataset_bytes(file) for file in (copy.folder / "received").iterdir()
                        if file.stat().st_size > 1000]
        finally:
            scp.kill()
            scp.wait()
        lost = sum(dataset not in kept for dataset in instances.values())
        print(f"storescp lost {lost} of {len(instances)}", flush=True)
        self.assertGreater(lost, 0, "what nobody synced was on the disk: these cuts prove nothing")

    def test_what_orthanc_loses_is_told(self):
        if not orthanc.is_installed():
            cases.skip_loudly("Orthanc is not installed")
        instances = self.instances(OTHERS_RECEIVE)
        with orthanc.Orthanc(self.disk.folder / "pacs", DicomCheckCalledAet=False) as pacs:
            pacs.start()
            self.send(RawPeer(self, pacs.dicom_port), instances)
            copied = self.cut(pacs.process, "orthanc")
        with copied as copy, orthanc.Orthanc(copy.folder / "pacs") as pacs:
            pacs.start()
            kept = []
            for number, instance in enumerate(pacs.all_instances()):
                try:
                    pacs.download(instance, self.folder / f"{number}.dcm")
                except OSError:  # in its index, but no longer, or not wholly, on its disk
                    continue
                kept.append(dataset_bytes(self.folder / f"{number}.dcm"))
        lost = sum(dataset not in kept for dataset in instances.values())
        print(f"Orthanc lost {lost} of {len(instances)}", flush=True)


def holds_instance(file):
    with open(file, "rb") as opened:
        return opened.read(132)[128:] == b"DICM"


def in_stock(folder):
    """The prepared files that are whole and used by nobody."""
    return [file for file in folder.iterdir() if file.stat().st_size == PREPARED_BYTES
            and file.stat().st_nlink == 1 and not holds_instance(file)]


def connection_refused(port):
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) != 0


if __name__ == "__main__":
    unittest.main()
