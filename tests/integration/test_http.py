"""The HTTP interface, from outside: a real daemon, a real study, the abuse that a network brings, and Prometheus' own
tool on what it is told."""

import http.client
import json
import os
import pathlib
import re
import shutil
import socket
import subprocess
import tempfile
import threading
import time
import unittest

import cases
import daemon
import orthanc

NOBODY = "1.2.826.0.1.3680043.10.999.404"
TOKEN = "a-token-of-more-than-16-characters"
MARK = {"X-Calcinode": "1"}


class Client:
    """Each request on a connection of its own."""

    def __init__(self, port, token=None):
        self.port, self.token = port, token

    def ask(self, path, method="GET", headers=(), body=None, timeout=30):
        """(status, headers, body)"""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)
        headers = dict(headers)
        if self.token:
            headers.setdefault("Authorization", f"Bearer {self.token}")
        try:
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            return answer.status, answer.headers, answer.read()
        finally:
            connection.close()

    def json(self, path, method="GET", code=200, headers=()):
        status, _, body = self.ask(path, method, headers)
        if status != code:
            raise AssertionError(f"{method} {path}: {status} {body[:500]}")
        return json.loads(body)

    def raw(self, content, timeout=10):
        """All that comes back for these bytes until the server closes."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=timeout) as peer:
            peer.sendall(content)
            answer = b""
            while part := peer.recv(65536):
                answer += part
            return answer


def http_port(node):
    """The port that the log tells."""
    def told():
        """the log tells the HTTP port"""
        return re.findall(r"dashboard, API and metrics at http://[^ ]+:(\d+)/", node.log())
    return int(daemon.wait_for(told, 20)[-1])


def samples(text):
    """{"name{labels}": value} of the text that Prometheus reads."""
    return {line.rsplit(" ", 1)[0]: float(line.rsplit(" ", 1)[1])
            for line in text.decode().splitlines() if line and not line.startswith("#")}


class AStudy(unittest.TestCase):
    """One study with a deposit goes to a real PACS; all is asked of the same daemon."""

    @classmethod
    def setUpClass(cls):
        if not orthanc.is_installed():
            cases.skip_loudly("Orthanc is not installed: nothing is delivered to a real PACS")
        cls.folder = pathlib.Path(cls.enterClassContext(tempfile.TemporaryDirectory(prefix="calcinode-")))
        cls.pacs = cls.enterClassContext(orthanc.Orthanc(cls.folder / "pacs"))
        cls.node = cls.enterClassContext(daemon.Daemon(cls.folder / "node", destinations=[
            {"name": "PACS", "host": "127.0.0.1", "port": cls.pacs.dicom_port, "ae_title": "ORTHANC"}]))
        cls.node.start()
        cls.pacs.start(cls.node.port)
        cls.client = Client(http_port(cls.node))
        files = cases.phantom(cls.folder / "phantom", "--deposit", "C4:facet_left:4:700", "--patient-name",
                              "Secretname^Nobody")
        cls.images = len(files)
        cls.study_uid = cases.study_uid(files[0])
        assert cases.store(cls.node.port, files)[0] == 0
        cls.node.wait_for_judgement(cls.study_uid)
        cls.objects = cls.node.wait_for_deliveries(cls.study_uid)

    def path(self, *more):
        return "/".join(["/api/v1/studies", self.study_uid, *more])

    def test_the_list_has_the_study_with_its_state(self):
        answer = self.client.json(f"/api/v1/studies?search={self.study_uid}")
        study = answer["studies"][0]
        self.assertEqual((study["study_uid"], study["state"], study["verdict"], study["instances"]),
                         (self.study_uid, "analysed", "positive", self.images))
        self.assertIsNone(answer["next"])
        self.assertEqual(self.client.json("/api/v1/studies?verdict=negative")["studies"], [])
        self.assertEqual(len(self.client.json(f"/api/v1/studies?search={self.study_uid[-9:]}")["studies"]), 1)
        self.client.json("/api/v1/studies?limit=1000", code=400)

    def test_a_study_has_its_measurements_timeline_objects_and_deliveries(self):
        answer = self.client.json(self.path())
        self.assertEqual(answer["measurements"]["lesions"][0]["level"], "C4")
        self.assertEqual(answer["measurements"]["lesions"], [
            {key: value for key, value in lesion.items() if key != "evidence"}
            for lesion in self.node.result(self.study_uid)["json"]["lesions"]])
        happened = [event["what"] for event in answer["timeline"]]
        for what in ("first image received", "complete", "analysis began", "analysis ended", "result 1", "sent to PACS"):
            self.assertIn(what, happened)
        times = [event["time_ms"] for event in answer["timeline"]]
        self.assertEqual(times, sorted(times))
        self.assertEqual({d["sop_instance_uid"] for d in answer["deliveries"]}, set(self.objects))
        self.assertNotIn("Secretname", json.dumps(answer))
        self.client.json(f"/api/v1/studies/{NOBODY}", code=404)

    def test_figure_and_objects_are_the_files(self):
        folder = self.node.result(self.study_uid)["path"]
        status, headers, body = self.client.ask(self.path("figure.png"))
        self.assertEqual((status, headers["Content-Type"]), (200, "image/png"))
        self.assertEqual(body, (folder / "figure.png").read_bytes())
        for named in self.client.json(self.path())["objects"]:
            status, headers, body = self.client.ask(self.path("objects", named["name"]))
            self.assertEqual(body, (folder / named["name"]).read_bytes(), named)
            self.assertEqual(len(body), named["bytes"])

    def test_no_path_leads_out_of_the_results(self):
        for name in ("..", "../record.json", "..%2f..%2f..%2fcalcinode.db", "%2e%2e/%2e%2e/lock", "/etc/passwd",
                     "sr.dcm%00.png", "", "."):
            status, _, body = self.client.ask(self.path("objects", name))
            self.assertIn(status, (400, 404), name)
            self.assertIn("error", json.loads(body))
        for path in ("/..", "/../../etc/passwd", "/%2e%2e/etc/passwd", "/page/../../lock"):
            self.assertEqual(self.client.ask(path)[0], 404, path)

    def test_what_is_sent_again_arrives_again(self):
        before = {d["id"]: d["sent_ms"] for d in self.client.json(self.path())["deliveries"]}
        self.assertEqual(self.client.json(self.path("resend"), "POST", 202, MARK), {"objects": len(before)})

        def sent_again():
            """sent again"""
            after = self.client.json(self.path())["deliveries"]
            return all(d["state"] == "sent" and d["sent_ms"] > before[d["id"]] for d in after)
        daemon.wait_for(sent_again)
        self.assertEqual(len(self.pacs.all_instances()), len(before))
        self.client.json(self.path("resend") + "?destination=NOWHERE", "POST", 404, MARK)
        self.client.json(self.path("deliveries", "1", "release"), "POST", 409, MARK)
        self.client.json(self.path("deliveries", "999999", "park"), "POST", 404, MARK)

    def test_the_node_says_what_status_says(self):
        said = json.loads(subprocess.run(
            [daemon.CALCINODE, "status", "--json", "--config", str(self.folder / "node/calcinode.toml")],
            check=True, capture_output=True).stdout)
        answer = self.client.json("/api/v1/node")
        self.assertEqual(answer["schema"], said["schema"])
        self.assertEqual(answer["retention"], said["retention"])
        self.assertEqual(set(answer), set(said))

    def test_news_comes_when_something_changes(self):
        now = self.client.json("/api/v1/events")["revision"]
        answers = []
        waiting = threading.Thread(target=lambda: answers.append(
            self.client.json(f"/api/v1/events?since={now}")["revision"]))
        waiting.start()
        waiting.join(1.5)
        self.assertEqual(answers, [], "there is no news")
        files = cases.phantom(self.folder / "other")[:1]
        self.assertEqual(cases.store(self.node.port, files)[0], 0)
        waiting.join(20)
        self.assertNotEqual(answers[0], now)

    def test_what_a_client_has_already_is_not_sent_again(self):
        _, headers, _ = self.client.ask(self.path())
        status, _, body = self.client.ask(self.path(), headers={"If-None-Match": headers["ETag"]})
        self.assertEqual((status, body), (304, b""))

    def test_other_sites_can_change_nothing_and_no_other_name_leads_here(self):
        for headers in ({}, {**MARK, "Origin": "http://evil.example"}, {**MARK, "Origin": "null"},
                        {**MARK, "Sec-Fetch-Site": "cross-site"}):
            self.assertEqual(self.client.ask(self.path("resend"), "POST", headers)[0], 403, headers)
        self.assertEqual(self.client.ask("/api/v1/studies", headers={"Host": "evil.example"})[0], 421)
        own = {**MARK, "Origin": f"http://127.0.0.1:{self.client.port}", "Sec-Fetch-Site": "same-origin"}
        self.assertEqual(self.client.ask(self.path("deliveries", "1", "release"), "POST", own)[0], 409)

    def test_the_page_takes_nothing_from_elsewhere(self):
        status, headers, body = self.client.ask("/")
        self.assertEqual(status, 200)
        self.assertIn("default-src 'none'", headers["Content-Security-Policy"])
        self.assertIn("frame-ancestors 'none'", headers["Content-Security-Policy"])
        for address in re.findall(r"(?:src|href)=\"([^\"]+)\"", body.decode()):
            if not address.startswith("#"):
                self.assertEqual(self.client.ask(address)[0], 200, address)

    def test_every_path_of_the_description_is_there(self):
        described = self.client.json("/openapi.json")
        self.assertGreater(len(described["paths"]), 12)
        for path, methods in described["paths"].items():
            for method in methods:
                study = self.study_uid if method == "get" else NOBODY
                filled = path.replace("{study}", study).replace("{name}", "sr.dcm").replace(
                    "{id}", "999999").replace("{destination}", "PACS")
                status = self.client.ask(filled, method.upper(), MARK)[0]
                self.assertIn(str(status), methods[method]["responses"], f"{method} {path}")
                self.assertNotEqual(status, 405, f"{method} {path}")

    def test_metrics_count_what_happened(self):
        status, _, body = self.client.ask("/metrics")
        self.assertEqual(status, 200)
        found = samples(body)
        self.assertGreaterEqual(found['calcinode_instances_received_total{outcome="stored"}'], self.images)
        self.assertEqual(found['calcinode_results_total{status="analysed",verdict="positive"}'], 1)
        self.assertGreaterEqual(found["calcinode_analysis_duration_seconds_count"], 1)
        self.assertGreater(found["calcinode_disk_free_bytes"], 0)
        self.assertEqual(found['calcinode_destination_failures{destination="PACS"}'], 0)
        self.assertNotIn(b"Secretname", body)

    def test_prometheus_takes_metrics_and_alert_rules(self):
        if not shutil.which("promtool"):
            cases.skip_loudly("promtool (package prometheus) is not installed")
        _, _, body = self.client.ask("/metrics")
        done = subprocess.run(["promtool", "check", "metrics"], input=body, capture_output=True, check=False)
        self.assertEqual((done.returncode, done.stdout + done.stderr), (0, b""))
        config = orthanc.SOURCE / "config"
        done = subprocess.run(["promtool", "check", "rules", str(config / "prometheus-alerts.yml")],
                              capture_output=True, check=False)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        # Each metric that a rule or a panel asks for is one that is there.
        names = {re.sub(r"_(bucket|sum|count)$", "", sample.split("{")[0]) for sample in samples(body)}
        asked = set()
        for file in ("prometheus-alerts.yml", "grafana-dashboard.json"):
            asked |= set(re.findall(r"calcinode_\w+|process_\w+", (config / file).read_text()))
        asked = {re.sub(r"_(bucket|sum|count)$", "", name) for name in asked}
        self.assertGreater(len(asked), 10)
        self.assertEqual(asked - names, {"calcinode_certificate_expiry_seconds"})  # of a node with TLS: test_https.py

    def test_healthy_and_ready(self):
        self.assertEqual(self.client.json("/healthz"), {"alive": True})
        self.assertEqual(self.client.json("/readyz"), {"running": True, "database": True, "room_on_disk": True})


class Rules(unittest.TestCase):
    """What the alert rules fire at, by Prometheus' own reckoning."""

    def firing(self, **series):
        """The names of the alerts that fire after two hours; each of `series` has its labels, and a value a minute."""
        if not shutil.which("promtool"):
            cases.skip_loudly("promtool (package prometheus) is not installed")
        folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory(prefix="calcinode-")))
        labels = 'job="calcinode",instance="node"'
        given = [{"series": f"calcinode_{name}{{{labels}{more}}}", "values": values}
                 for name, (more, values) in series.items()]
        question = {"expr": 'count by (alertname) (ALERTS{alertstate="firing"})', "eval_time": "2h", "exp_samples": []}
        file = folder / "test.json"  # JSON is YAML
        file.write_text(json.dumps({
            "rule_files": [str(orthanc.SOURCE / "config/prometheus-alerts.yml")], "evaluation_interval": "1m",
            "tests": [{"interval": "1m", "input_series": given, "promql_expr_test": [question]}]}))
        done = subprocess.run(["promtool", "test", "rules", str(file)], capture_output=True, text=True, check=False)
        return set(re.findall(r'alertname=\\?"(\w+)', done.stdout + done.stderr))

    def test_a_study_that_failed_is_told_whether_its_job_was_parked_or_ended(self):
        quiet, once = "0x120", "0x100 1x20"
        failed, parked = ',status="failed",verdict=""', ',state="parked"'
        self.assertEqual(self.firing(jobs=(parked, quiet), results_total=(failed, quiet)), set())
        self.assertEqual(self.firing(jobs=(parked, quiet), results_total=(failed, once)), {"CalcinodeStudiesFail"})
        self.assertEqual(self.firing(jobs=(parked, once), results_total=(failed, quiet)), {"CalcinodeStudiesFail"})

    def test_a_sender_that_is_not_let_in_is_told_and_a_crowd_is_not(self):
        for reason in ("calling_ae", "called_ae", "address"):
            fired = self.firing(connections_refused_total=(f',reason="{reason}"', "0x100 1x20"))
            self.assertEqual(fired, {"CalcinodeSendersRefused"}, reason)
        self.assertEqual(self.firing(connections_refused_total=(',reason="crowded"', "0x100 1x20")), set())

    def test_what_is_given_up_is_no_alert_and_what_is_parked_is_one(self):
        self.assertEqual(self.firing(deliveries=(',destination="PACS",state="given_up"', "3x120")), set())
        self.assertEqual(self.firing(deliveries=(',destination="PACS",state="parked"', "3x120")),
                         {"CalcinodeDeliveryParked"})

    def test_a_certificate_that_ends_within_30_days_is_told(self):
        now, day = 7200, 86400  # the test's time begins with 1970
        for days, expected in ((29, {"CalcinodeCertificateExpires"}), (31, set()), (-1, {"CalcinodeCertificateExpires"})):
            until = f"{now + days * day}x120"
            self.assertEqual(self.firing(certificate_expiry_seconds=(',use="tls"', until)), expected, days)


class Access(unittest.TestCase):
    def node(self, **http_section):
        folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory(prefix="calcinode-")))
        return self.enterContext(daemon.Daemon(folder / "node", http=http_section))

    def test_patients_are_shown_only_where_that_is_configured(self):
        for shown in (True, False):
            node = self.node(show_patient_names=shown).start()
            files = cases.phantom(node.data_dir.parent / "phantom")[:3]
            self.assertEqual(cases.store(node.port, files)[0], 0)
            study = Client(http_port(node)).json("/api/v1/studies")["studies"][0]
            with self.subTest(shown=shown):
                self.assertEqual(study.get("patient"), {"name": str(cases.header(files[0]).PatientName),
                                                        "id": cases.header(files[0]).PatientID} if shown else None)

    def test_without_the_token_nothing_but_health_and_the_empty_page(self):
        file = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory(prefix="calcinode-"))) / "token"
        file.write_text(TOKEN + "\n")
        node = self.node(token_file=str(file)).start()
        port = http_port(node)
        for token in (None, TOKEN[:-1], TOKEN + "x", ""):
            for path in ("/api/v1/studies", "/api/v1/node", "/api/v1/events", "/metrics", f"/api/v1/studies/{NOBODY}"):
                status, headers, _ = Client(port, token).ask(path)
                self.assertEqual((status, headers["WWW-Authenticate"]), (401, 'Bearer realm="calcinode"'), path)
            status, _, _ = Client(port, token).ask(f"/api/v1/studies/{NOBODY}/reanalyze", "POST", MARK)
            self.assertEqual(status, 401)
        for path in ("/", "/healthz", "/readyz", "/openapi.json"):
            self.assertEqual(Client(port).ask(path)[0], 200, path)
        self.assertEqual(Client(port, TOKEN).json("/api/v1/studies")["studies"], [])
        # With a token it may be reached under any name: no other site has it.
        self.assertEqual(Client(port, TOKEN).ask("/metrics", headers={"Host": "calcinode:8090"})[0], 200)
        self.assertEqual(len(re.findall("wrong token", node.log())), 1)
        self.assertNotIn(TOKEN, node.log())

    def test_where_it_is_off_nothing_listens(self):
        node = self.node(enabled=False).start()
        self.assertNotIn("dashboard", node.log())
        listening = subprocess.run(["/usr/bin/env", "python3", "-c", LISTENING, str(node.process.pid)],
                                   capture_output=True, text=True, check=True).stdout.split()
        self.assertEqual(listening, [str(node.port)])

    def test_a_port_that_is_taken_is_named(self):
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            taken.listen()
            node = self.node(port=taken.getsockname()[1])
            node.start(wait=False)
            self.assertEqual(node.process.wait(30), 1)
        self.assertIn("http.port", node.log())

    def test_other_addresses_need_a_token(self):
        node = self.node(bind="0.0.0.0")
        node.start(wait=False)
        self.assertEqual(node.process.wait(30), 2)
        self.assertIn("http.bind", node.log())


# The ports on which a process listens by IPv4.
LISTENING = """
import os, sys
fds = f"/proc/{sys.argv[1]}/fd"
sockets = {os.readlink(f"{fds}/{fd}") for fd in os.listdir(fds)}
for line in open("/proc/net/tcp").readlines()[1:]:
    field = line.split()
    if field[3] == "0A" and f"socket:[{field[9]}]" in sockets:
        print(int(field[1].split(":")[1], 16))
"""


class Abuse(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = pathlib.Path(cls.enterClassContext(tempfile.TemporaryDirectory(prefix="calcinode-")))
        cls.node = cls.enterClassContext(daemon.Daemon(cls.folder / "node")).start()
        cls.client = Client(http_port(cls.node))

    def tearDown(self):
        self.assertEqual(self.client.json("/healthz"), {"alive": True})

    def test_wrong_methods_and_paths(self):
        for method, path, code in (("DELETE", "/api/v1/studies", 405), ("POST", "/", 405), ("PUT", "/metrics", 405),
                                   ("TRACE", "/", 405), ("OPTIONS", "/api/v1/studies", 405), ("GET", "/nothing", 404),
                                   ("GET", f"/api/v1/studies/{NOBODY}/resend", 405), ("BREW", "/", 405)):
            self.assertEqual(self.client.ask(path, method)[0], code, f"{method} {path}")
        status, headers, body = self.client.ask("/api/v1/studies", "HEAD")
        self.assertEqual((status, body), (200, b""))
        self.assertGreater(int(headers["Content-Length"]), 10)

    def test_what_is_too_large_or_no_http_is_refused_and_closed(self):
        host = b"Host: localhost\r\n"
        for sent, code in ((b"GET / HTTP/1.1\r\n" + host + b"X: " + b"y" * 100_000 + b"\r\n\r\n", b"431"),
                           (b"GET / HTTP/1.1\r\n" + host + b"X: y\r\n" * 5000 + b"\r\n", b"431"),
                           (b"POST / HTTP/1.1\r\n" + host + b"Content-Length: 100000000\r\n\r\n", b"413"),
                           (b"POST / HTTP/1.1\r\n" + host + b"Transfer-Encoding: chunked\r\n\r\n"
                            b"ffffff\r\n" + b"y" * 100_000, b"413"),
                           (b"GET /" + b"a" * 4000 + b" HTTP/1.1\r\n" + host + b"\r\n", b"400"),
                           (b"GET http://localhost/ HTTP/1.1\r\n" + host + b"\r\n", b"400"),
                           (b"GET /%zz HTTP/1.1\r\n" + host + b"\r\n", b"400"),
                           (b"GET /?a=1&a=2 HTTP/1.1\r\n" + host + b"\r\n", b"400"),
                           (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(40) + b"\r\n\r\n", b"400")):
            try:
                answer = self.client.raw(sent)
            except ConnectionError:
                continue  # closed on what it had not read yet
            self.assertEqual(answer[9:12], code, sent[:80])

    def test_a_client_that_never_ends_its_request_is_closed(self):
        begun = time.monotonic()
        with socket.create_connection(("127.0.0.1", self.client.port), timeout=20) as slow:
            slow.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\nX-Slow: ")
            self.assertEqual(slow.recv(1000), b"")
        self.assertLess(time.monotonic() - begun, 15)

    def test_a_thousand_connections_hold_up_neither_people_nor_images(self):
        resources = len(os.listdir(f"/proc/{self.node.process.pid}/fd"))
        held = []
        try:
            for number in range(1000):
                peer = socket.create_connection(("127.0.0.1", self.client.port), timeout=10)
                held.append(peer)
                if number % 2:
                    try:
                        peer.sendall(b"GET /metrics HTTP/1.1\r\nHost: ")
                    except ConnectionError:
                        pass  # closed already to make room
            began = time.monotonic()
            self.assertEqual(self.client.ask("/readyz")[0], 200)
            self.assertLess(time.monotonic() - began, 2)
            files = cases.phantom(self.folder / "phantom")[:20]
            began = time.monotonic()
            self.assertEqual(cases.store(self.node.port, files)[0], 0)
            self.assertLess(time.monotonic() - began, 5)
            self.assertLess(len(os.listdir(f"/proc/{self.node.process.pid}/fd")), resources + 200)
        finally:
            for peer in held:
                peer.close()


if __name__ == "__main__":
    unittest.main()
