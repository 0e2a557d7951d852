"""An HL7 receiver by MLLP for tests, written from the standard's text: it keeps what came and answers as it is told.

Messages are taken apart by python3-hl7, a parser that knows nothing of ours."""

import queue
import socket
import threading

import hl7

START, END = b"\x0b", b"\x1c\r"


def acknowledgement(control_id, code="AA", error=None):
    text = f"MSH|^~\\&|RIS||CALCINODE||20260101||ACK^R01^ACK|A1|P|2.5.1\rMSA|{code}|{control_id}|words of mine\r"
    return text + (f"ERR||PID^1^3|{error}^x^HL70357|E\r" if error else "")


def control_id_of(message):
    return message.split("\r")[0].split("|")[9]


class Listener:
    """Listens on 127.0.0.1. `answer` is called with each message and gives the text to acknowledge with, None to keep
    silent, or "close" to end the connection without a word."""

    def __init__(self, answer=lambda message: acknowledgement(control_id_of(message)), context=None, port=0):
        self.answer = answer
        self.context = context
        self.came = queue.Queue()
        self.messages = []
        self._socket = socket.create_server(("127.0.0.1", port))
        self.port = self._socket.getsockname()[1]
        self._thread = threading.Thread(target=self._accept, daemon=True)
        self._thread.start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        self._thread.join(10)

    def _accept(self):
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            try:
                if self.context:
                    connection = self.context.wrap_socket(connection, server_side=True)
                self._serve(connection)
            except OSError:
                pass  # the node went away: its affair
            finally:
                connection.close()

    def _serve(self, connection):
        connection.settimeout(30)
        received = b""
        while True:
            while END not in received:
                more = connection.recv(65536)
                if not more:
                    return
                received += more
            block, received = received.split(END, 1)
            assert block.startswith(START), block[:20]
            self._take(block[1:], connection)

    def _take(self, raw, connection):
        text = raw.decode("utf-8", errors="surrogateescape")
        self.messages.append(text)
        self.came.put(text)
        answer = self.answer(text)
        if answer == "close":
            raise ConnectionAbortedError
        if answer is not None:
            connection.sendall(START + answer.encode() + END)

    def next(self, seconds=30):
        """The next message that came, as text."""
        return self.came.get(timeout=seconds)


def parsed(message):
    return hl7.parse(message, encoding="utf-8")


def observations(message):
    """{(code, sub-ID): OBX segment}"""
    return {(str(obx[3][0][0]), str(obx[4])): obx for obx in parsed(message).segments("OBX")}
