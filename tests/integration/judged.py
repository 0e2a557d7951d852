"""A data folder with a study that was judged and whose results are still to be delivered, made once and copied
for each test: deliveries alone are looked at, and need no analysis each time."""

import contextlib
import pathlib
import shutil
import sqlite3

import pydicom

import cases
import daemon
import orthanc

DESTINATIONS = ("PACS", "OTHER")  # whom the results are for


class Judged:
    def __init__(self, folder, alerts=(), change=None):
        """Below `folder`, which must outlive this. `change` is called with each image, to change its header."""
        self.folder = pathlib.Path(folder)
        nobody = orthanc.free_port()
        with daemon.Daemon(self.folder / "judge", destinations=[
                {"name": name, "host": "127.0.0.1", "port": nobody, "ae_title": name}
                for name in DESTINATIONS], alerts=alerts) as node:
            node.start()
            files = cases.phantom(self.folder / "phantom", "--deposit", "C4:facet_left:4:700")
            for file in files if change else []:
                image = pydicom.dcmread(file)
                change(image)
                file.unlink()  # it may be a link to one that other tests use
                image.save_as(file)
            assert cases.store(node.port, files)[0] == 0
            self.study_uid = cases.study_uid(files[0])
            assert node.wait_for_judgement(self.study_uid)["state"] == "analysed"
            self.objects = sorted(row["sop_instance_uid"] for row in node.rows(
                "SELECT sop_instance_uid FROM delivery WHERE destination = 'PACS'"))
            self.result = node.result(self.study_uid)
            assert node.stop() == 0
            self.data_dir = node.data_dir
        with contextlib.closing(sqlite3.connect(self.data_dir / "calcinode.db")) as database:
            database.execute("DELETE FROM destination")  # that nobody was there is no news for the tests
            database.commit()

    def node(self, folder, destinations, alerts=(), **sections):
        """A daemon, not yet started, on a copy of the data; its port is known before."""
        sections.setdefault("node", {}).setdefault("port", orthanc.free_port())
        node = daemon.Daemon(folder, destinations=destinations, alerts=alerts, **sections)
        shutil.copytree(self.data_dir, node.data_dir)
        return node
