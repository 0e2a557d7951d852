"""Who may come in, and for how long: addresses, places and times, as the configuration says and real senders see it."""

import pathlib
import re
import socket
import struct
import subprocess
import tempfile
import threading
import time
import unittest

import cases
import daemon
from raw_peer import RawPeer
import hostile


class Admission(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory(prefix="calcinode-")))

    def node(self, bind="127.0.0.1", **receive):
        return self.enterContext(daemon.Daemon(self.folder / "node", receive=receive, node={"bind": bind},
                                               study={"quiet_s": 3600}))

    def connect(self, node, source="127.0.0.1"):
        return self.enterContext(socket.create_connection(("127.0.0.1", node.port), timeout=20,
                                                          source_address=(source, 0)))

    @staticmethod
    def next_pdu(stream):
        """Its type; two of them may come in one piece."""
        kind, length = struct.unpack(">BxI", stream.read(6))
        stream.read(length)
        return kind

    def associate(self, node, source="127.0.0.1"):
        """The connection, and the first bytes of the answer: 2 accepted, 3 rejected; empty: closed."""
        peer = self.connect(node, source)
        try:
            peer.sendall(hostile.request())
            return peer, peer.recv(1000)
        except ConnectionError:
            return peer, b""

    @staticmethod
    def echo(node, host="127.0.0.1"):
        return subprocess.run(["echoscu", "-aec", "CALCINODE", host, str(node.port)], capture_output=True).returncode

    def test_only_allowed_addresses_and_networks_get_an_answer(self):
        node = self.node(allowed_addresses=["127.0.0.2", "127.1.0.0/16"]).start()
        self.assertEqual(self.associate(node, "127.0.0.1")[1], b"")
        self.assertEqual(self.associate(node, "127.0.0.2")[1][0], 2)
        self.assertEqual(self.associate(node, "127.1.2.3")[1][0], 2)
        self.assertNotEqual(self.echo(node), 0)
        self.assertRegex(node.log(), "association from 127.0.0.1: its address is not among the allowed ones")

    def test_a_node_on_ipv6_knows_ipv4_peers_by_their_ipv4_address(self):
        node = self.node(bind="::", allowed_addresses=["127.0.0.1"])
        node.start(wait=False)
        node.port = int(daemon.wait_for(lambda: re.search(r"listening on \[::\]:(\d+) as", node.log())).group(1))
        self.assertEqual(self.echo(node), 0)
        self.assertEqual(self.associate(node, "127.0.0.2")[1], b"")
        with socket.create_connection(("::1", node.port), timeout=20) as peer:
            self.assertEqual(peer.recv(1), b"")
        self.assertIn("association from ::1: its address is not among", node.log())

    def test_a_sender_whose_images_are_not_taken_is_named_in_the_log(self):
        node = self.node().start()
        RawPeer(self, node.port, transfer_syntax=b"1.2.840.10008.1.2.4.50")
        RawPeer(self, node.port, abstract_syntax=b"1.2.840.10008.5.1.4.1.1.4")
        log = daemon.wait_for(lambda: "MRImageStorage" in node.log() and node.log())
        self.assertRegex(log, r"RAWPEER at 127.0.0.1: CT images are proposed in encodings only that are not taken: "
                              r"JPEGBaseline \(1.2.840.10008.1.2.4.50\)")
        self.assertRegex(log, "RAWPEER at 127.0.0.1: nothing that it proposes is taken here, first of all MRImageStorage")
        self.assertEqual(self.echo(node), 0)
        self.assertNotRegex(node.log(), "warning association from ECHOSCU")

    def test_a_sender_beyond_its_share_is_rejected_for_now_and_another_is_not(self):
        node = self.node(max_associations=3, max_associations_per_peer=2).start()
        first = [self.associate(node, "127.0.0.2") for _ in range(3)]
        self.assertEqual([answer[0] for _, answer in first], [2, 2, 3])
        self.assertEqual(first[2][1][7:10], b"\2\3\2")  # transient, provider (presentation), local limit exceeded
        self.assertEqual(self.associate(node)[1][0], 2)
        _, output = cases.store(node.port, [cases.phantom(self.folder / "phantom")[0]])
        self.assertRegex(output, "(?i)Local Limit Exceeded")
        self.assertRegex(node.log(), "rejected HOSTILE: 2 associations from there are open")
        self.assertRegex(node.log(), "rejected TEST: 3 associations are open")
        first[0][0].close()
        daemon.wait_for(lambda: self.echo(node) == 0)

    def test_a_flood_of_silent_connections_keeps_no_sender_out(self):
        node = self.node().start()
        stop = threading.Event()

        def flood():
            held = []
            while not stop.is_set():
                try:
                    held.append(socket.create_connection(("127.0.0.1", node.port), source_address=("127.0.0.9", 0)))
                except OSError:
                    time.sleep(0.01)
                if len(held) > 300:
                    held.pop(0).close()
            for peer in held:
                peer.close()
        thread = threading.Thread(target=flood)
        thread.start()
        try:
            daemon.wait_for(lambda: "was closed to make room" in node.log(), 20)
            files = cases.phantom(self.folder / "phantom")[:20]
            for _ in range(5):
                code, output = cases.store(node.port, files)
                self.assertEqual(code, 0, output)
        finally:
            stop.set()
            thread.join()
        self.assertLess(node.log().count("was closed to make room"), 200)

    def test_a_dataset_that_drips_is_given_up_and_its_file_with_it(self):
        node = self.node(message_timeout_s=2).start()
        peer, _ = self.associate(node)
        peer.sendall(hostile.data(1, 3, hostile.store_command()))
        with self.assertRaises(OSError):
            for _ in range(600):
                peer.sendall(hostile.data(1, 0, b"drip"))
                time.sleep(0.05)
        daemon.wait_for(lambda: "a message took longer than 2 s" in node.log(), 10)
        self.assertEqual(list((node.data_dir / "spool/incoming").iterdir()), [])

    def test_an_image_within_a_long_association_is_taken_before_it_ends(self):
        node = self.node(association_timeout_s=1).start()
        peer, _ = self.associate(node)
        peer.sendall(hostile.data(1, 3, hostile.store_command()))
        time.sleep(1.2)  # the time that is configured, and a little
        peer.sendall(hostile.data(1, 2, b"x" * 100))
        answers = self.enterContext(peer.makefile("rb"))
        self.assertEqual(self.next_pdu(answers), 4)  # an answer to the C-STORE that had begun
        self.assertEqual(self.next_pdu(answers), 7)  # A-ABORT
        daemon.wait_for(lambda: "open for as long as allowed" in node.log(), 10)


if __name__ == "__main__":
    unittest.main()
