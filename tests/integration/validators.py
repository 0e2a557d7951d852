"""The validators of dicom3tools and PixelMed, each as a function from files to its complaints; and the check of a value
against a JSON Schema."""

import concurrent.futures
import os
import pathlib
import re
import shutil
import subprocess

import cases

PIXELMED = "/usr/share/java/pixelmed.jar"
# Java's own limits on the size of an XPath expression are too small for the validator's style sheets.
NO_LIMITS = [f"-Djdk.xml.xpath{limit}=0" for limit in ("ExprOpLimit", "ExprGrpLimit", "TotalOpLimit")]
# It lives for half a minute: no optimising compiler, and memory from the start.
SHORT_LIVED = ["-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xms1500m", "-Xmn1g"]
SECONDS_A_FILE = 120  # at most: reports of hundreds of images take minutes
DOCUMENTS = ("sr.dcm", "ko.dcm")


def run(*command):
    """Output of both kinds, and the exit code."""
    done = subprocess.run([str(c) for c in command], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=300)
    return done.stdout.decode("utf-8", "replace"), done.returncode


def need(program):
    if not shutil.which(program):
        cases.skip_loudly(f"{program} is not installed")


def complaints(text):
    return [line for line in text.splitlines() if line.startswith(("Error", "Warning"))]


class Pixelmed:
    """One process for all files. Where it is not installed, the tests that ask for its output are skipped loudly."""

    def __init__(self):
        self.process = None
        if shutil.which("javac") and pathlib.Path(PIXELMED).is_file():
            program = pathlib.Path(__file__).with_name("PixelmedValidators.java")
            self.process = subprocess.Popen(["java", *SHORT_LIVED, *NO_LIMITS, "-cp", PIXELMED, str(program)],
                                            stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                            stderr=subprocess.STDOUT)

    def validate(self, files):
        """Its whole output, by file. Once."""
        if not self.process:
            return None
        lines = [f"instance {file}" for file in files]
        lines += [f"document {file}" for file in files if pathlib.Path(file).name in DOCUMENTS]
        text = self.process.communicate("\n".join(lines).encode(), timeout=max(500, SECONDS_A_FILE * len(lines)))[0]
        text = text.decode("utf-8", "replace")
        if self.process.returncode != 0:
            raise RuntimeError(text[-2000:])
        answers = {}
        for part in text.split("=== ")[1:]:
            file, _, answer = part.partition("\n")
            answers[file] = answers.get(file, "") + answer
        return answers

    def stop(self):
        if self.process and self.process.poll() is None:
            self.process.kill()
            self.process.wait()


def dciodvfy(files):
    """Complaints and exit code, by file."""
    need("dciodvfy")
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        answers = pool.map(lambda file: run("dciodvfy", "-new", file), files)
        return {file: (complaints(text), code) for file, (text, code) in zip(files, answers)}


def dcentvfy(files):
    """Complaints about files of one study that contradict each other."""
    need("dcentvfy")
    text, _ = run("dcentvfy", *files)
    return complaints(text)


def violations(value, schema, root, where="result"):
    """What of `value` does not follow `schema`: the part of JSON Schema that ours uses. A key that the schema does not
    list is one, too: readers accept it, but what we write is what we document."""
    if "$ref" in schema:
        target = root["$defs"][schema["$ref"].rsplit("/", 1)[1]]
        yield from violations(value, target, root, where)
    kinds = {"object": dict, "array": list, "string": str, "integer": int, "number": (int, float),
             "boolean": bool, "null": type(None)}
    if "type" in schema:
        allowed = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
        as_kind = any(isinstance(value, kinds[k]) and (k == "boolean" or not isinstance(value, bool))
                      for k in allowed)
        if not as_kind:
            yield f"{where} is {value!r}, not {allowed}"
            return
    if "const" in schema and value != schema["const"]:
        yield f"{where} is {value!r}, not {schema['const']!r}"
    if "enum" in schema and value not in schema["enum"]:
        yield f"{where} is {value!r}, not one of {schema['enum']}"
    if isinstance(value, str):
        if not re.search(schema.get("pattern", ""), value):
            yield f"{where} {value!r} does not match {schema['pattern']}"
        if not schema.get("minLength", 0) <= len(value) <= schema.get("maxLength", 1 << 30):
            yield f"{where} has {len(value)} characters"
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        if not schema.get("minimum", value) <= value <= schema.get("maximum", value):
            yield f"{where} is {value}"
    if isinstance(value, list):
        if not schema.get("minItems", 0) <= len(value) <= schema.get("maxItems", 1 << 30):
            yield f"{where} has {len(value)} items"
        for n, item in enumerate(value):
            yield from violations(item, schema.get("items", {}), root, f"{where}[{n}]")
    if isinstance(value, dict):
        yield from (f"{where} has no {key}" for key in schema.get("required", ()) if key not in value)
        listed = schema.get("properties", {})
        if schema.get("type") == "object" and "additionalProperties" not in schema:
            yield from (f"{where}.{key} is not in the schema" for key in value if key not in listed)
        for key, item in value.items():
            part = listed.get(key, schema.get("additionalProperties", {}))
            yield from violations(item, part, root, f"{where}.{key}")
    for part in schema.get("allOf", ()):
        branch = "else" if any(violations(value, part["if"], root)) else "then"
        yield from violations(value, part[branch], root, where)
