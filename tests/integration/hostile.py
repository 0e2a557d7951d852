#!/usr/bin/python3
"""Abuses a node: many associations that no honest peer would open, from several loopback addresses.

    hostile.py PORT SEED COUNT

The same seed gives the same abuse. Silent and dripping connections are held open beside the others until the end. Runs
at the lowest priority, so that what it takes from others on the same machine is what the node's own work for it takes.
Prints how many of each kind there were, as JSON.
"""

import collections
import json
import os
import random
import socket
import struct
import sys
import threading
import time

CT_IMAGE_STORAGE, EXPLICIT_LITTLE_ENDIAN = b"1.2.840.10008.5.1.4.1.1.2", b"1.2.840.10008.1.2.1"
WORKERS = 16
# Begun in a second, by all of them. They come from the machine that the node and the honest sender run on: without a bound
# it would be measured who gets its processors.
RATE = 100
MOST_HELD = 200      # silent or dripping connections at once
PATIENCE_S = 5       # for an answer of the node
DRIP_EVERY_S = 0.5
ADDRESSES = [f"127.0.0.{number}" for number in range(2, 10)]


def item(kind, body):
    return struct.pack(">BBH", kind, 0, len(body)) + body


def pdu(kind, body, length=None):
    return struct.pack(">BBI", kind, 0, len(body) if length is None else length) + body


def data(context, control, body, length=None):
    return pdu(4, struct.pack(">IBB", len(body) + 2 if length is None else length, context, control) + body)


def request(calling=b"HOSTILE", called=b"CALCINODE"):
    context = b"\1\0\0\0" + item(0x30, CT_IMAGE_STORAGE) + item(0x40, EXPLICIT_LITTLE_ENDIAN)
    user = item(0x51, struct.pack(">I", 16384)) + item(0x52, b"1.2.3.4")
    return pdu(1, b"\0\1\0\0" + called.ljust(16) + calling.ljust(16) + bytes(32) +
               item(0x10, b"1.2.840.10008.3.1.1.1") + item(0x20, context) + item(0x50, user))


def store_command(instance=b"1.2.3.4.5.6"):
    def element(number, value):
        return struct.pack("<HHI", 0, number, len(value)) + value
    return (element(0x2, CT_IMAGE_STORAGE + b"\0") + element(0x100, b"\1\0") + element(0x110, b"\7\0") +
            element(0x700, b"\0\0") + element(0x800, b"\1\0") + element(0x1000, instance + b"\0" * (len(instance) % 2)))


class Abuse:
    """One abuse after the other, of one worker."""

    def __init__(self, port, seed, held):
        self.port, self.random, self.held = port, random.Random(seed), held
        self.kinds = [getattr(self, name) for name in dir(self) if name.startswith("abuse_")]
        self.counts = collections.Counter()

    def one(self):
        kind = self.random.choice(self.kinds)
        self.counts[kind.__name__.removeprefix("abuse_")] += 1
        try:
            self.peer = socket.create_connection(("127.0.0.1", self.port), timeout=PATIENCE_S,
                                                 source_address=(self.random.choice(ADDRESSES), 0))
        except OSError:
            self.counts["not connected"] += 1
            return
        try:
            kind()
        except OSError:
            pass  # the node has ended it
        if self.peer:
            self.peer.close()

    # --- tools

    def send(self, *parts):
        self.peer.sendall(b"".join(parts))

    def answer(self):
        return self.peer.recv(4096)

    def junk(self, most):
        return self.random.randbytes(self.random.randint(0, most))

    def hold(self, drip=b""):
        self.held.add(self.peer, drip)
        self.peer = None

    def associate(self):
        self.send(request())
        if self.answer()[:1] != b"\2":
            raise OSError("not accepted")

    # --- before an association

    def abuse_nothing(self):
        pass

    def abuse_junk(self):
        self.send(self.junk(20000))

    def abuse_other_protocols(self):
        self.send(self.random.choice([b"GET / HTTP/1.1\r\nHost: a\r\n\r\n", b"SSH-2.0-x\r\n", b"\x16\x03\x01\x02\x00\x01",
                                      b"\0" * 512, b"EHLO a\r\n"]))
        self.answer()

    def abuse_broken_request(self):
        broken = bytearray(request())
        for _ in range(self.random.randint(1, 8)):
            broken[self.random.randrange(len(broken))] = self.random.randrange(256)
        self.send(bytes(broken[:self.random.choice([len(broken), self.random.randrange(len(broken))])]))
        self.peer.shutdown(socket.SHUT_WR)
        self.answer()

    def abuse_huge_request(self):
        self.send(pdu(1, self.junk(1000), length=self.random.choice([1 << 18, (1 << 18) + 1, 1 << 31, (1 << 32) - 1])))

    def abuse_many_contexts(self):
        context = item(0x20, b"\1\0\0\0" + item(0x30, CT_IMAGE_STORAGE) + item(0x40, EXPLICIT_LITTLE_ENDIAN) * 50)
        self.send(pdu(1, request()[6:74] + item(0x10, b"1.2.840.10008.3.1.1.1") + context * 120 +
                      item(0x50, item(0x51, b"\0\0\x40\0"))))
        self.answer()

    def abuse_wrong_titles(self):
        self.send(request(called=b"SOMEBODY"))
        self.answer()

    def abuse_data_without_association(self):
        self.send(data(1, 3, store_command()), data(1, 2, self.junk(3000)))

    def abuse_half_open(self):
        self.send(request()[:self.random.randrange(180)])
        self.hold()

    def abuse_drip_of_a_request(self):
        self.hold(request())

    # --- within one

    def abuse_junk_within(self):
        self.associate()
        self.send(self.junk(50000))

    def abuse_any_pdu(self):
        self.associate()
        for _ in range(20):
            self.send(pdu(self.random.randrange(256), self.junk(2000)))

    def abuse_wrong_length(self):
        self.associate()
        self.send(data(1, self.random.randrange(4), self.junk(500), length=self.random.randrange(1 << 32)))

    def abuse_oversized_pdu(self):
        self.associate()
        self.send(pdu(4, self.junk(1000), length=self.random.choice([131073, 1 << 24, (1 << 32) - 1])))

    def abuse_endless_fragments(self):
        self.associate()
        command = self.random.random() < 0.5
        if not command:
            self.send(data(1, 3, store_command()))
        for _ in range(100):
            self.send(data(1, 1 if command else 0, b"") * 100)

    def abuse_endless_command(self):
        self.associate()
        for _ in range(20):
            self.send(data(1, 1, self.random.randbytes(4000)))

    def abuse_odd_commands(self):
        self.associate()
        command = bytearray(store_command(self.random.choice([b"../../etc/passwd", b"1" * 200, b"", b"1.2.3"])))
        for _ in range(self.random.randint(0, 4)):
            command[self.random.randrange(len(command))] = self.random.randrange(256)
        self.send(data(1, 3, bytes(command)), data(1, 2, self.junk(4000)))
        self.answer()

    def abuse_junk_as_dataset(self):
        self.associate()
        for _ in range(3):
            self.send(data(1, 3, store_command()), data(1, 0, self.junk(8000)), data(1, 2, self.junk(8000)))
            self.answer()

    def abuse_end_within_dataset(self):
        self.associate()
        self.send(data(1, 3, store_command()), data(1, 0, self.junk(16000)))
        end = self.random.randrange(3)
        if end == 0:
            self.send(pdu(7, bytes(4)))  # A-ABORT
        elif end == 1:
            self.send(pdu(5, bytes(4)))  # A-RELEASE
        else:  # a reset instead of an end
            self.peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    def abuse_drip_of_a_dataset(self):
        self.associate()
        self.send(data(1, 3, store_command()))
        self.hold(data(1, 0, b"x") * 10000)

    def abuse_deaf_peer(self):
        self.peer.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        self.associate()
        for _ in range(200):  # asks, and never reads an answer
            self.send(data(1, 3, store_command()), data(1, 2, b""))


class Held:
    """Connections that are kept open: silent, or with a byte now and then. The oldest go where there are too many."""

    def __init__(self):
        self.lock, self.peers, self.ending = threading.Lock(), collections.deque(), threading.Event()
        self.thread = threading.Thread(target=self.drip)
        self.thread.start()

    def add(self, peer, drip):
        with self.lock:
            self.peers.append((peer, collections.deque(drip)))
            oldest = self.peers.popleft() if len(self.peers) > MOST_HELD else None
        if oldest:
            oldest[0].close()

    def drip(self):
        while not self.ending.wait(DRIP_EVERY_S):
            with self.lock:
                peers = list(self.peers)
            for peer, drip in peers:
                try:
                    if drip:
                        peer.send(bytes([drip.popleft()]))
                except OSError:
                    drip.clear()

    def end(self):
        self.ending.set()
        self.thread.join()
        for peer, _ in self.peers:
            peer.close()


def main(port, seed, count):
    os.nice(19)
    held = Held()
    workers = [Abuse(port, f"{seed} {number}", held) for number in range(WORKERS)]

    begin = time.monotonic()

    def work(number):
        for turn in range(number, count, WORKERS):
            time.sleep(max(0, begin + turn / RATE - time.monotonic()))
            workers[number].one()
    threads = [threading.Thread(target=work, args=(number,)) for number in range(WORKERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    held.end()
    print(json.dumps(sum((worker.counts for worker in workers), collections.Counter()), sort_keys=True))


if __name__ == "__main__":
    main(*map(int, sys.argv[1:4]))
