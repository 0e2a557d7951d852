"""An HTTP server for tests that keeps each POST and answers with the statuses it is told."""

import hashlib
import hmac
import http.server
import queue
import threading


class Listener:
    """Listens on 127.0.0.1. `statuses` are answered one after the other, then 204; None keeps silent, "close" ends the
    connection without a word."""

    def __init__(self, statuses=(), context=None, port=0):
        self.statuses = list(statuses)
        self.requests = []  # (path, headers, body)
        self.came = queue.Queue()
        self._go = threading.Event()
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                outer.requests.append((self.path, dict(self.headers), body))
                outer.came.put(body)
                status = outer.statuses.pop(0) if outer.statuses else 204
                if status is None:
                    outer._go.wait(60)
                    return
                if status == "close":
                    return
                self.send_response(status)
                self.end_headers()

            def log_message(self, *_):
                pass

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", port), Handler)
        self._server.handle_error = lambda *_: None  # a node that goes away: its affair
        if context:
            self._server.socket = context.wrap_socket(self._server.socket, server_side=True)
        self.port = self._server.server_address[1]
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._go.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(10)


def is_signed(headers, body, secret):
    wanted = hmac.new(secret, headers["Calcinode-Timestamp"].encode() + b"." + body, hashlib.sha256).hexdigest()
    return hmac.compare_digest(headers["Calcinode-Signature"], "sha256=" + wanted)
