#!/usr/bin/python3
"""Shows the main job in one go: a PACS forwards a CT study to Calcinode and gets the results back.

A real Orthanc and the daemon run on free loopback ports, with their data in a temporary folder; both are
stopped at the end, whatever happens. What is worth keeping is in the folder given as the only argument.
"""

import json
import os
import pathlib
import shutil
import signal
import sys
import tempfile
import time

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).parent / "integration"))
import cases  # noqa: E402
import daemon  # noqa: E402
import orthanc  # noqa: E402

DEPOSIT = "C4:facet_left:4:700"  # level, site, millilitres, HU
KINDS = {"SR": "Structured Report", "SEG": "segmentation", "KO": "key object selection"}


def say(text):
    print(text, flush=True)


def kind_of(header):
    return KINDS.get(header.Modality, "secondary capture")


def results_in(pacs, study_uid):
    """The ids of the instances of the study that Calcinode made, once there are all four kinds."""
    ours = [series for series in pacs.series(study_uid) if series["manufacturer"] == "Calcinode project"]
    return [instance for series in ours for instance in series["instances"]] if len(ours) >= 4 else None


def finding_in_words(result):
    lines = [f"Calcinode's verdict on the phantom: {result['verdict']}."]
    for lesion in result.get("lesions", []):
        level = "an uncertain level" if lesion["level"] == "uncertain" else lesion["level"]
        lines.append(f"  deposit {lesion['id']} at {level}, {lesion['compartment']} {lesion['side']}: "
                     f"{lesion['volume_mm3'] / 1000:.1f} ml, mean {lesion['mean_hu']:.0f} HU, "
                     f"{lesion['long_axis_mm']:.0f} mm long, {lesion['canal_distance_mm']:.1f} mm from the canal")
    return "\n".join(lines)


def fetch_objects(pacs, instances, folder):
    """Writes what the PACS holds of ours to `folder`, named by kind, and returns [(kind, path)]."""
    fetched = []
    for instance in instances:
        temporary = folder / "object.dcm"
        pacs.download(instance, temporary)
        header = cases.header(temporary)
        name = f"{header.Modality.lower()}-{header.SeriesNumber}-{header.InstanceNumber}.dcm"
        temporary.rename(folder / name)
        fetched.append((kind_of(header), folder / name))
    return sorted(fetched)


def show(pacs, node, folder):
    pacs.start(node.port)
    say(f"1. Orthanc (a PACS) runs at 127.0.0.1:{pacs.dicom_port}, Calcinode at 127.0.0.1:{node.port}.")
    files = cases.phantom(folder / "phantom", "--deposit", DEPOSIT)
    study_uid = cases.study_uid(files[0])
    say(f"2. A synthetic neck CT of {len(files)} slices with a deposit at C4 (4 ml, 700 HU) is made.")
    begin = time.monotonic()
    pacs.upload(files)
    say("3. It is in Orthanc, whose routing rule forwards it to Calcinode ...")
    daemon.wait_for(lambda: node.study(study_uid), 60)
    say("4. Calcinode receives it, waits until it is complete, and analyses it ...")
    node.wait_for_judgement(study_uid)
    node.wait_for_deliveries(study_uid)
    instances = daemon.wait_for(lambda: results_in(pacs, study_uid), 60)
    say(f"5. The results are in Orthanc, {time.monotonic() - begin:.0f} s after the study came to it.\n")

    result = node.result(study_uid)
    say(finding_in_words(result["json"]) + "\n")
    shutil.copy(result["path"] / "result.json", folder / "result.json")
    for figure in sorted(result["path"].glob("*.png")):
        shutil.copy(figure, folder / figure.name)
        say(f"  figure: {folder / figure.name}")
    for kind, path in fetch_objects(pacs, instances, folder):
        say(f"  {kind}, as Orthanc holds it: {path}")
    say(f"  all figures as JSON: {folder / 'result.json'}")


def main():
    if not orthanc.is_installed():
        sys.exit("Orthanc is not installed (Debian package orthanc)")
    # Ctrl-C and a terminating shell go through the `with` blocks below, which stop both servers.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    folder = pathlib.Path(sys.argv[1]).absolute()
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    with tempfile.TemporaryDirectory(prefix="calcinode-demo-") as temporary:
        temporary = pathlib.Path(temporary)
        pacs = orthanc.Orthanc(temporary / "pacs", stable_age=2)
        node = daemon.Daemon(temporary / "node", study={"quiet_s": 3}, destinations=[
            {"name": "PACS", "host": "127.0.0.1", "port": pacs.dicom_port, "ae_title": "ORTHANC"}])
        try:
            with pacs, node.start():
                show(pacs, node, folder)
                code = node.stop()
        finally:
            for log in (node.log_file, temporary / "pacs/orthanc.log"):
                if log.exists():
                    shutil.copy(log, folder)
    say(f"\nBoth are stopped (Calcinode with exit code {code}). Their logs are in {folder}.")


if __name__ == "__main__":
    main()
