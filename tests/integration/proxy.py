"""A TCP line to a real peer that can be made to fail in the ways that lines and peers do, byte by byte."""

import contextlib
import socket
import threading
import time

import orthanc

A_ASSOCIATE_RJ = 3
TRANSIENT, PERMANENT = 2, 1
PRESENTATION, CONGESTION = 3, 1  # source: service provider, presentation related; reason: temporary congestion


def rejection(result, source, reason):
    return bytes([A_ASSOCIATE_RJ, 0, 0, 0, 0, 4, 0, result, source, reason])


class Line:
    """Forwards connections on `port` to `target` on loopback. Set what it does to those that come next:

    up            False: connections are refused
    silent        True: connections are accepted, and nothing ever comes of them
    held          True: connections are accepted, and forwarded once this is False again
    reject_with   bytes to answer an association request with
    cut_up_after  bytes towards the target after which the line is cut; None: never
    cut_down_after  the same towards the one who connected
    pause_s       seconds to wait before each piece is passed on
    """

    def __init__(self, target):
        self.target = target
        self.port = orthanc.free_port()
        self.silent = self.held = False
        self.reject_with = None
        self.cut_up_after = self.cut_down_after = None
        self.pause_s = 0
        self.connections = 0
        self._listener = None
        self._closing = threading.Event()
        self._open = set()
        self._lock = threading.Lock()

    @property
    def up(self):
        return self._listener is not None

    @up.setter
    def up(self, wanted):
        if wanted and not self._listener:
            self._listener = socket.create_server(("127.0.0.1", self.port))
            threading.Thread(target=self._accept, args=(self._listener,), daemon=True).start()
        elif not wanted and self._listener:
            self._listener.shutdown(socket.SHUT_RDWR)  # ends the accept() under way
            self._listener.close()
            self._listener = None

    def __enter__(self):
        self.up = True
        return self

    def __exit__(self, *_):
        self._closing.set()
        self.up = False
        self.cut()

    def cut(self):
        """Ends all connections there are, as a pulled cable and a timeout would."""
        with self._lock:
            for connection in self._open:
                with contextlib.suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)

    def _accept(self, listener):
        while True:
            try:
                client, _ = listener.accept()
            except OSError:
                return
            self.connections += 1
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client):
        with self._tracked(client), contextlib.suppress(OSError):
            if self.silent:
                while client.recv(65536):
                    pass
                return
            if self.reject_with:
                client.recv(65536)
                client.sendall(self.reject_with)
                client.recv(65536)
                return
            while self.held and not self._closing.is_set():
                time.sleep(0.02)
            with self._tracked(socket.create_connection(("127.0.0.1", self.target))) as server:
                self._both_ways(client, server)

    @contextlib.contextmanager
    def _tracked(self, connection):
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        with self._lock:
            self._open.add(connection)
        try:
            yield connection
        finally:
            with self._lock:
                self._open.discard(connection)
            connection.close()

    def _both_ways(self, client, server):
        down = threading.Thread(target=self._pass_on, args=(server, client, self.cut_down_after), daemon=True)
        down.start()
        self._pass_on(client, server, self.cut_up_after)
        down.join()

    def _pass_on(self, source, sink, cut_after):
        passed = 0
        with contextlib.suppress(OSError):
            while piece := source.recv(65536):
                if self.pause_s:
                    time.sleep(self.pause_s)
                if cut_after is not None and passed + len(piece) > cut_after:
                    sink.sendall(piece[:cut_after - passed])
                    break
                sink.sendall(piece)
                passed += len(piece)
        for end in (source, sink):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
