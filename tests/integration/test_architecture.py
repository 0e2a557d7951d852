#!/usr/bin/python3
"""Dependencies of src/ point down and never across stages:

    app -> stages -> store, dicom, config -> base;   analysis -> base

This reads every #include and fails with the file and line of what breaks the rule.
"""

import os
import pathlib
import re
import tempfile
import unittest

SOURCE = pathlib.Path(os.environ.get("CALCINODE_SOURCE", pathlib.Path(__file__).parents[2])) / "src"

# Each folder and the folders of which it may include headers, besides itself. A stage may use of the analysis
# only the types that are handed over: the volume and the findings.
HANDED_OVER = {"analysis/volume.hpp", "analysis/findings.hpp", "analysis/version.hpp"}
# Alerts tell what reports tell, by the same codes and words, and are one more kind of peer to the outbox.
IN_WORDS = {"report/outcome.hpp", "report/codes.hpp", "report/wording.hpp", "deliver/peer.hpp"}
ALLOWED = {
    "base": set(),
    "config": {"base"},
    "dicom": {"base"},
    "store": {"base"},
    "analysis": {"base"},
    "spool": {"base", "config", "dicom", "store"},
    "receive": {"base", "config", "dicom", "store"},
    "assemble": {"base", "config", "dicom", "store"} | HANDED_OVER,
    "report": {"base", "config", "dicom", "store"} | HANDED_OVER,
    "deliver": {"base", "config", "dicom", "store"},
    "notify": {"base", "config", "dicom", "store"} | HANDED_OVER | IN_WORDS,
    "audit": {"base"},
    "observe": {"base", "config", "store"},
    "web": {"base", "config", "store"},
    "phantom": {"base", "dicom", "analysis/volume.hpp"},
    "app": {"base", "config", "dicom", "store", "analysis", "spool", "receive", "assemble", "report", "deliver",
            "notify", "audit", "observe", "web", "phantom"},
    "": {"app"},  # main.cpp
}

# Libraries, how their headers begin, and the folders that may see them: ("folder", suffix of the file).
LIBRARIES = {
    "DCMTK": ("dcmtk/", {"dicom", "receive", "spool", "assemble", "deliver", "report", "phantom"}),
    "SQLite": ("SQLiteCpp/", {"store"}),
    "SQLite's C interface": ("sqlite3.h", {"store"}),
    "OpenJPEG": ("openjpeg", {"dicom"}),
    "Cairo": ("cairo", {"report"}),
    "toml++": ("toml++/", {"config"}),
    "systemd": ("systemd/", {"observe"}),
    "Beast": ("boost/beast", {"web"}),
}
# Headers that only their own folder includes may show DCMTK's types; whoever includes another is bound to them.
DCMTK_IN_INNER_HEADERS = {"dicom", "receive", "report", "deliver"}
PUBLIC = re.compile(r"^(receive/server|report/report|report/outcome|deliver/peer|deliver/dicom_peer|"
                    r"deliver/commitments|deliver/outbox|deliver/prior_fetch|deliver/reachability|deliver/retry)\.hpp$")

INCLUDE = re.compile(r'^\s*#\s*include\s+(?:"([^"]+)"|<([^>]+)>)')


def includes(file):
    """(line number, quoted name or None, name in angle brackets or None)"""
    for number, line in enumerate(file.read_text().splitlines(), 1):
        found = INCLUDE.match(line)
        if found:
            yield number, found.group(1), found.group(2)


def folder_of(file, root):
    parts = file.relative_to(root).parts
    return parts[0] if len(parts) > 1 else ""


def own_header_mistake(folder, file, name):
    target = name.split("/")[0] if "/" in name else ""
    if not target:
        return f'"{name}": name it with its folder'
    if target == folder:
        return None
    allowed = ALLOWED.get(folder)
    if allowed is None:
        return f"the folder {folder} has no line in the table of dependencies"
    if target in allowed or name in allowed:
        return None
    return f'{folder or "main.cpp"} must not include "{name}"'


def library_mistake(folder, file, name):
    for library, (prefix, folders) in LIBRARIES.items():
        if not name.startswith(prefix):
            continue
        if folder not in folders:
            return f"only {', '.join(sorted(folders))} may include {library} (<{name}>)"
        inner = folder in DCMTK_IN_INNER_HEADERS and not PUBLIC.match(f"{folder}/{file.name}")
        if library == "DCMTK" and file.suffix == ".hpp" and not inner:
            return f"{library} (<{name}>) belongs into the .cpp here"
    return None


def include_mistakes(root):
    mistakes = []
    for file in sorted([*root.rglob("*.hpp"), *root.rglob("*.cpp")]):
        folder = folder_of(file, root)
        for number, quoted, bracketed in includes(file):
            mistake = (own_header_mistake(folder, file, quoted) if quoted else None) or \
                library_mistake(folder, file, quoted or bracketed)
            if mistake:
                mistakes.append(f"{file.relative_to(root)}:{number}: {mistake}")
    return mistakes


def comment_mistakes(root):
    """Headers that do not begin with a comment that says what they are for."""
    mistakes = []
    for file in sorted(root.rglob("*.hpp")):
        lines = file.read_text().splitlines()
        first = lines[0] if lines else ""
        if not re.match(r"// \S.{15,}", first):
            mistakes.append(f"{file.relative_to(root)}:1: no comment that says what this header is for")
        elif "#pragma once" not in lines:
            mistakes.append(f"{file.relative_to(root)}: no #pragma once")
    return mistakes


class Rules(unittest.TestCase):
    def test_includes_point_down_and_libraries_stay_behind_their_folders(self):
        mistakes = include_mistakes(SOURCE)
        self.assertEqual(mistakes, [], "\n" + "\n".join(mistakes))

    def test_every_header_begins_with_what_it_is_for(self):
        mistakes = comment_mistakes(SOURCE)
        self.assertEqual(mistakes, [], "\n" + "\n".join(mistakes))

    def test_every_folder_has_its_line_in_the_table(self):
        self.assertEqual({folder.name for folder in SOURCE.iterdir() if folder.is_dir()} - set(ALLOWED), set())


class TheCheckItself(unittest.TestCase):
    """A check that never fails proves nothing."""

    def mistakes_of(self, path, text, check=include_mistakes):
        with tempfile.TemporaryDirectory() as folder:
            file = pathlib.Path(folder) / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text)
            return check(pathlib.Path(folder))

    def test_a_wrong_edge_is_found_with_its_line(self):
        self.assertEqual(self.mistakes_of("analysis/spine/canal.cpp", '// a\n#include "dicom/file.hpp"\n'),
                         ['analysis/spine/canal.cpp:2: analysis must not include "dicom/file.hpp"'])
        for path, include in (("base/fd.cpp", '"store/store.hpp"'), ("receive/server.cpp", '"spool/spool.hpp"'),
                              ("report/sr.cpp", '"analysis/analyse.hpp"'), ("main.cpp", '"spool/spool.hpp"'),
                              ("store/open.cpp", '"dicom/file.hpp"'), ("deliver/a.cpp", '"report/report.hpp"'),
                              ("new/a.cpp", '"base/uid.hpp"'), ("spool/a.cpp", '"layout.hpp"'),
                              ("analysis/a.cpp", "<dcmtk/dcmdata/dctk.h>"), ("app/a.cpp", "<SQLiteCpp/Database.h>"),
                              ("app/a.cpp", "<sqlite3.h>"), ("spool/spool.hpp", "<dcmtk/dcmdata/dctk.h>")):
            with self.subTest(path=path, include=include):
                self.assertEqual(len(self.mistakes_of(path, f"  #  include {include}\n")), 1)

    def test_a_right_edge_is_not(self):
        for path, include in (("report/sr.cpp", '"analysis/findings.hpp"'), ("spool/a.cpp", '"store/store.hpp"'),
                              ("report/sr.cpp", "<dcmtk/dcmsr/dsrdoc.h>"), ("app/a.cpp", '"spool/spool.hpp"'),
                              ("store/a.cpp", "<SQLiteCpp/Database.h>"), ("analysis/spine/a.cpp", '"analysis/volume.hpp"')):
            with self.subTest(path=path, include=include):
                self.assertEqual(self.mistakes_of(path, f"#include {include}\n"), [])

    def test_a_header_without_a_comment_is_found(self):
        self.assertEqual(len(self.mistakes_of("base/a.hpp", "#pragma once\n", comment_mistakes)), 1)
        self.assertEqual(len(self.mistakes_of("base/a.hpp", "// TODO\n#pragma once\n", comment_mistakes)), 1)
        self.assertEqual(len(self.mistakes_of("base/a.hpp", "// What a is for and promises.\n", comment_mistakes)), 1)
        self.assertEqual(self.mistakes_of("base/a.hpp", "// What a is for and promises.\n#pragma once\n",
                                          comment_mistakes), [])


if __name__ == "__main__":
    unittest.main()
