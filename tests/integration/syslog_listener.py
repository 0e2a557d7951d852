"""A syslog server for tests: RFC 5424 by UDP, or with octet counting by TCP and TLS; DICOM audit messages taken apart."""

import queue
import re
import socket
import threading
import xml.etree.ElementTree

HEADER = re.compile(rb"<(\d+)>1 \d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ (\S+) calcinode (\d+) DICOM\+RFC3881 - \xef\xbb\xbf(.*)",
                    re.DOTALL)


def codes_of(element, name):
    return [(code.get("csd-code"), code.get("codeSystemName")) for code in element.iter(name)]


class Message:
    """What PS3.15 A.5.2 demands of every message is checked here."""

    def __init__(self, raw):
        found = HEADER.fullmatch(raw)
        assert found, raw[:100]
        facility, severity = divmod(int(found.group(1)), 8)
        assert (facility, severity) == (10, 5)
        self.root = xml.etree.ElementTree.fromstring(found.group(4))
        assert self.root.tag == "AuditMessage"
        order = [child.tag for child in self.root]
        assert order[0] == "EventIdentification" and order[1] == "ActiveParticipant"
        ranks = ["EventIdentification", "ActiveParticipant", "AuditSourceIdentification",
                 "ParticipantObjectIdentification"]
        assert order == sorted(order, key=ranks.index) and order.count("AuditSourceIdentification") == 1
        event = self.root.find("EventIdentification")
        assert event.get("EventActionCode") in "CRUDE" and event.get("EventDateTime")
        self.outcome = event.get("EventOutcomeIndicator")
        (self.event, scheme), = codes_of(event, "EventID")
        assert scheme == "DCM"
        self.type = [code for code, _ in codes_of(event, "EventTypeCode")]
        self.participants = self.root.findall("ActiveParticipant")
        for participant in self.participants:
            assert participant.get("UserID") and participant.get("UserIsRequestor") in ("true", "false")
        self.roles = [codes_of(participant, "RoleIDCode") for participant in self.participants]
        self.objects = {codes_of(entry, "ParticipantObjectIDTypeCode")[0][0]: entry
                        for entry in self.root.findall("ParticipantObjectIdentification")}


class Listener:
    def __init__(self, transport="udp", context=None, port=0):
        self.came = queue.Queue()
        self._context = context
        self._udp = transport == "udp"
        if self._udp:
            self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            self._socket.bind(("127.0.0.1", port))
        else:
            self._socket = socket.create_server(("127.0.0.1", port))
        self.port = self._socket.getsockname()[1]
        self._stop = False
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._stop = True
        self._socket.close()

    def _run(self):
        while not self._stop:
            try:
                if self._udp:
                    self.came.put(self._socket.recv(65536))
                else:
                    self._serve(self._socket.accept()[0])
            except OSError:
                continue

    def _serve(self, connection):
        if self._context:
            connection = self._context.wrap_socket(connection, server_side=True)
        with connection, connection.makefile("rb") as stream:
            while True:
                count = b""
                while not count.endswith(b" "):
                    byte = stream.read(1)
                    if not byte:
                        return
                    count += byte
                self.came.put(stream.read(int(count)))

    def next(self, seconds=20):
        return Message(self.came.get(timeout=seconds))
