"""A sender that does what no toolkit would: see RawPeer."""

import pathlib
import socket
import struct

import cases

CT_IMAGE_STORAGE = b"1.2.840.10008.5.1.4.1.1.2"
EXPLICIT_LITTLE_ENDIAN = b"1.2.840.10008.1.2.1"


class RawPeer:
    """An association that sends the bytes a test wants as a dataset, which no toolkit would (PS3.8 chapter 9)."""

    def __init__(self, test, port, abstract_syntax=CT_IMAGE_STORAGE, transfer_syntax=EXPLICIT_LITTLE_ENDIAN):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=20)
        test.addCleanup(self.socket.close)
        context = b"\1\0\0\0" + self.item(0x30, abstract_syntax) + self.item(0x40, transfer_syntax)
        user = self.item(0x51, struct.pack(">I", 16384)) + self.item(0x52, b"1.2.3.4")
        self.send(1, b"\0\1\0\0" + b"CALCINODE".ljust(16) + b"RAWPEER".ljust(16) + bytes(32) +
                  self.item(0x10, b"1.2.840.10008.3.1.1.1") + self.item(0x20, context) + self.item(0x50, user))
        assert self.receive()[0] == 2, "the association was not accepted"

    @staticmethod
    def item(kind, body):
        return struct.pack(">BBH", kind, 0, len(body)) + body

    def send(self, kind, body):
        self.socket.sendall(struct.pack(">BBI", kind, 0, len(body)) + body)

    def receive(self):
        head = self.exactly(6)
        return head + self.exactly(struct.unpack(">I", head[2:])[0])

    def exactly(self, count):
        data = b""
        while len(data) < count:
            block = self.socket.recv(count - len(data))
            assert block, "the connection ended"
            data += block
        return data

    def fragment(self, control, data):
        self.send(4, struct.pack(">IBB", len(data) + 2, 1, control) + data)

    def store(self, instance_uid, dataset, priority=0):
        """Returns the status of the answer. `priority`: 0 medium, 1 high, 2 low."""
        def element(number, value):
            return struct.pack("<HHI", 0, number, len(value)) + value

        def uid(value):
            return value + b"\0" * (len(value) % 2)
        self.fragment(3, element(0x2, uid(CT_IMAGE_STORAGE)) + element(0x100, b"\1\0") + element(0x110, b"\7\0") +
                      element(0x700, struct.pack("<H", priority)) + element(0x800, b"\1\0") + element(0x1000, uid(instance_uid.encode())))
        for at in range(0, max(len(dataset), 1), 16000):
            self.fragment(2 if at + 16000 >= len(dataset) else 0, dataset[at:at + 16000])
        answer = self.receive()
        return struct.unpack("<H", answer.split(b"\0\0\0\x09\2\0\0\0", 1)[1][:2])[0]


def dataset_bytes(file):
    content = file.read_bytes()
    return content[144 + struct.unpack("<I", content[140:144])[0]:]


SIDE = 128  # pixels: 32 KiB an image, so that a disk of moderate size holds many


def images(folder, count, chance):
    """{SOP Instance UID: dataset} of so many images of one series that differ, made with the random numbers given."""
    folder = pathlib.Path(folder)
    data = cases.pydicom.dcmread(cases.phantom(folder / "phantom")[100])
    data.Rows = data.Columns = SIDE
    file, made = folder / "image.dcm", {}
    for number in range(1, count + 1):
        data.SOPInstanceUID = data.file_meta.MediaStorageSOPInstanceUID = f"1.2.3.{number}"
        data.PixelData = chance.randbytes(2 * SIDE * SIDE)
        data.save_as(file)
        made[data.SOPInstanceUID] = dataset_bytes(file)
    return made
