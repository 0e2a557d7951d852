"""Storage commitment with a real Orthanc, which reports on associations of its own."""

import pathlib
import tempfile
import unittest

import cases
import daemon
import judged
import orthanc
import proxy

# Orthanc answers "success" to what its filter throws away: a PACS that says it stored what it did not.
FORGETFUL = """
function ReceivedInstanceFilter(dicom, origin, info)
   local forgetful = io.open('{flag}')
   if forgetful then
      forgetful:close()
      return dicom.Modality ~= 'KO'
   end
   return true
end
"""


class StorageCommitment(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        if not orthanc.is_installed():
            cases.skip_loudly("Orthanc is not installed: nothing is committed by a real PACS")
        folder = cls.enterClassContext(tempfile.TemporaryDirectory(prefix="calcinode-"))
        cls.judged = judged.Judged(folder)

    def start(self, script=None, **delivery):
        """Orthanc and a daemon that has its results committed; reports come over self.line."""
        self.folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory(prefix="calcinode-")))
        scripts = {}
        if script:
            (self.folder / "script.lua").write_text(script)
            scripts = {"LuaScripts": [str(self.folder / "script.lua")]}
        self.pacs = self.enterContext(orthanc.Orthanc(self.folder / "pacs", DicomScuTimeout=60, **scripts))
        self.node = self.enterContext(self.judged.node(
            self.folder / "node",
            [{"name": "PACS", "host": "127.0.0.1", "port": self.pacs.dicom_port, "ae_title": "ORTHANC",
              "storage_commitment": True}],
            receive={"allowed_callers": ["ORTHANC"]}, delivery=delivery))
        self.line = self.enterContext(proxy.Line(self.node.sections["node"]["port"]))
        self.pacs.start(self.line.port)

    def states(self):
        return {row["sop_instance_uid"]: row["state"] for row in
                self.node.rows("SELECT sop_instance_uid, state FROM delivery WHERE destination = 'PACS'")}

    def wait_for_states(self, *wanted, seconds=60):
        def reached():
            """states of the deliveries"""
            return set(self.states().values()) == set(wanted)
        try:
            daemon.wait_for(reached, seconds, every=0.1)
        except AssertionError:
            self.fail(f"the states are {self.states()}; the log:\n" + self.node.log()[-4000:])

    def transactions(self):
        return self.node.rows("SELECT transaction_uid, answered FROM commitment ORDER BY asked")

    def test_what_the_pacs_keeps_becomes_committed(self):
        self.start()
        self.node.start()
        self.wait_for_states("committed")
        self.assertEqual(len(self.transactions()), 1)
        said = f"study {self.judged.study_uid}: {len(self.judged.objects)} objects committed by PACS"
        self.node.wait_for_line(said)
        self.assertEqual(len(self.pacs.all_instances()), len(self.judged.objects))

    def test_a_report_that_never_comes_is_asked_for_again_in_a_new_transaction(self):
        self.start(commitment_timeout_s=2)
        self.line.up = False
        self.node.start()
        daemon.wait_for(lambda: len(self.transactions()) >= 2, 30)
        self.assertEqual(set(self.states().values()), {"uncommitted"})
        self.node.wait_for_line("again for want of an answer")
        self.line.up = True
        self.wait_for_states("committed")
        self.assertEqual(len(self.pacs.all_instances()), len(self.judged.objects))

    def test_a_report_that_comes_late_and_after_a_kill_counts(self):
        self.start()
        self.line.held = True
        self.node.start()
        daemon.wait_for(lambda: self.line.connections > 0, 30)  # Orthanc wants to report
        self.assertEqual(set(self.states().values()), {"uncommitted"})
        self.node.kill()
        self.node.start()
        self.line.held = False
        self.wait_for_states("committed")
        self.assertEqual(len(self.transactions()), 1)

    def test_what_the_pacs_does_not_have_is_sent_again_and_committed(self):
        flag = "flag"
        with tempfile.TemporaryDirectory(prefix="calcinode-") as folder:
            flag = pathlib.Path(folder) / "forgetful"
            flag.touch()
            self.start(FORGETFUL.format(flag=flag))
            self.node.start()

            def found_out():
                """failure reason 0112H"""
                return "failure reason 0112H" in self.node.log()
            daemon.wait_for(found_out, 30)
            states = sorted(self.states().values())
            self.assertEqual(states.count("committed"), len(self.judged.objects) - 1, states)
            flag.unlink()
            self.wait_for_states("committed")
            self.assertEqual(len(self.pacs.all_instances()), len(self.judged.objects))


if __name__ == "__main__":
    unittest.main()
