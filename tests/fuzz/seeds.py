"""Seeds of the fuzz targets: small inputs that are sound, for the fuzzer to break.

The images are cut out of a real CT where CALCINODE_CT names the folder of such, else out of the phantom, and
encoded in every transfer syntax that Calcinode reads. All of it is made anew in the build folder; no real
image gets into the repository.
"""

import os
import pathlib
import struct
import subprocess
import tempfile

import gdcm
import numpy
import pydicom
import pydicom.uid

SIDE = 24  # pixels of a cut-out: enough for any code stream's structure, and quick to decode
CT_IMAGE, ENHANCED_CT = "1.2.840.10008.5.1.4.1.1.2", "1.2.840.10008.5.1.4.1.1.2.1"
# As fuzz_frames numbers them.
FRAME_SYNTAXES = ["1.2.840.10008.1.2.5"] + ["1.2.840.10008.1.2.4." + n for n in
                                            ("57", "70", "50", "51", "80", "81", "90", "91")]
CONVERTERS = {
    "implicit": ["dcmconv", "+ti"], "big": ["dcmconv", "+tb"], "deflated": ["dcmconv", "+td"],
    "rle": ["dcmcrle"], "lossless57": ["dcmcjpeg", "+el"], "lossless70": ["dcmcjpeg", "+e1"],
    "extended": ["dcmcjpeg", "+ee"], "jpegls": ["dcmcjpls", "+el"], "nearlossless": ["dcmcjpls", "+en"],
    "fragments": ["dcmcjpls", "+fs", "1"],
}
ENVIRONMENT = b"NODE__AE_TITLE=CT NODE\nRECEIVE__ALLOWED_CALLERS=[\"A\", \"B\"]\nDESTINATION__0__PORT=104\nHTTP__ENABLED=no\n"
ACKNOWLEDGEMENT = b"MSH|^~\\&|RIS|H|CALCINODE||20250101||ACK^R01|1|P|2.5.1\rMSA|%s|1.2.840.7\rERR||PID^1|101^x|E\r"
# As fuzz_request reads them: the method, then the target.
TARGETS = [b"\0/", b"\0/metrics", b"\0/readyz", b"\0/api/v1/events?since=1", b"\0/api/v1/studies/1.2.3/objects/sr.dcm",
           b"\0/api/v1/studies?verdict=positive&search=a+b%26&limit=5", b"\1/api/v1/studies/1.2.3/resend"]
JPEG2000 = {"jpeg2000lossless": gdcm.TransferSyntax.JPEG2000Lossless, "jpeg2000": gdcm.TransferSyntax.JPEG2000}


def real_image():
    """A real CT image, or None."""
    folder = os.environ.get("CALCINODE_CT")
    files = sorted(pathlib.Path(folder).glob("encodings/ge-mister-ct/*LittleEndianExplicit*")) if folder else []
    return pydicom.dcmread(files[0]) if files else None


def phantom_image(program):
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([program, "phantom", folder], check=True, stdout=subprocess.DEVNULL)
        files = sorted(pathlib.Path(folder).glob("*.dcm"))
        return pydicom.dcmread(files[len(files) // 2])


def cut_out(image):
    """The middle of the image, in the same geometry and encoding."""
    top, left = (int(image.Rows) - SIDE) // 2, (int(image.Columns) - SIDE) // 2
    words = numpy.frombuffer(image.PixelData, "<u2").reshape(image.Rows, image.Columns)
    image.Rows = image.Columns = SIDE
    image.PixelData = words[top:top + SIDE, left:left + SIDE].tobytes()
    for element in [e for e in image if e.tag.is_private or (e.VM or 0) > 16]:
        if element.tag != (0x7fe0, 0x0010):
            del image[element.tag]
    return image


def enhanced(image, frames=2):
    """The same as an Enhanced CT with each frame's own position."""
    made = pydicom.Dataset()
    for name in ("StudyInstanceUID", "SeriesInstanceUID", "FrameOfReferenceUID", "Modality", "Rows", "Columns",
                 "BitsAllocated", "BitsStored", "HighBit", "PixelRepresentation", "SamplesPerPixel",
                 "PhotometricInterpretation", "SOPInstanceUID"):
        made[name] = image[name]
    made.SOPClassUID, made.NumberOfFrames, made.PixelData = ENHANCED_CT, frames, image.PixelData * frames
    shared, groups = pydicom.Dataset(), []
    shared.PixelMeasuresSequence = [pydicom.Dataset()]
    shared.PixelMeasuresSequence[0].PixelSpacing = image.PixelSpacing
    shared.PixelMeasuresSequence[0].SliceThickness = image.SliceThickness
    shared.PlaneOrientationSequence = [pydicom.Dataset()]
    shared.PlaneOrientationSequence[0].ImageOrientationPatient = image.ImageOrientationPatient
    shared.PixelValueTransformationSequence = [pydicom.Dataset()]
    transformation = shared.PixelValueTransformationSequence[0]
    transformation.RescaleSlope, transformation.RescaleIntercept = image.RescaleSlope, image.RescaleIntercept
    transformation.RescaleType = "HU"
    for frame in range(frames):
        group = pydicom.Dataset()
        group.PlanePositionSequence = [pydicom.Dataset()]
        group.PlanePositionSequence[0].ImagePositionPatient = [0, 0, 2 * frame]
        groups.append(group)
    made.SharedFunctionalGroupsSequence, made.PerFrameFunctionalGroupsSequence = [shared], groups
    return made


def save(image, path):
    image.file_meta = pydicom.dataset.FileMetaDataset()
    image.file_meta.TransferSyntaxUID = pydicom.uid.ExplicitVRLittleEndian
    image.file_meta.MediaStorageSOPClassUID = image.SOPClassUID
    image.file_meta.MediaStorageSOPInstanceUID = image.SOPInstanceUID
    image.is_little_endian, image.is_implicit_VR = True, False
    image.save_as(path, write_like_original=False)


def encode_jpeg2000(source, target, syntax):
    reader = gdcm.ImageReader()
    reader.SetFileName(str(source))
    change = gdcm.ImageChangeTransferSyntax()
    change.SetTransferSyntax(gdcm.TransferSyntax(syntax))
    if not reader.Read():
        return
    change.SetInput(reader.GetImage())
    writer = gdcm.ImageWriter()
    if change.Change():
        writer.SetFile(reader.GetFile())
        writer.SetImage(change.GetOutput())
        writer.SetFileName(str(target))
        writer.Write()


def write_images(image, folder):
    """The image in all encodings, single and multi-frame."""
    for name, dataset in (("ct", image), ("enhanced", enhanced(image))):
        plain = folder / f"{name}.dcm"
        save(dataset, plain)
        for encoding, command in CONVERTERS.items():
            # Not every coder takes every image; what one refuses is no seed.
            subprocess.run([command[0], *command[1:], plain, folder / f"{name}-{encoding}.dcm"],
                           stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
        for encoding, syntax in JPEG2000.items():
            encode_jpeg2000(plain, folder / f"{name}-{encoding}.dcm", syntax)


def write_code_streams(images, frames_folder, jpeg2000_folder):
    """For fuzz_frames and fuzz_jpeg2000: what is in the images' fragments, in their formats."""
    for path in sorted(images.glob("*.dcm")):
        image = pydicom.dcmread(path)
        syntax = str(image.file_meta.TransferSyntaxUID)
        if syntax not in FRAME_SYNTAXES:
            continue
        frames = int(image.get("NumberOfFrames", 1))
        streams = list(pydicom.encaps.generate_pixel_data_frame(image.PixelData, frames))
        flags = (image.BitsStored - 1) | image.PixelRepresentation << 4 | frames - 1 << 5
        head = bytes([FRAME_SYNTAXES.index(syntax), SIDE - 1, SIDE - 1, flags])
        (frames_folder / path.stem).write_bytes(head + struct.pack("<H", len(streams[0]) if frames > 1 else 0) +
                                                b"".join(streams))
        if "jpeg2000" in path.stem:
            (jpeg2000_folder / path.stem).write_bytes(bytes([SIDE - 1, SIDE - 1]) + streams[0])


def item(kind, content):
    return struct.pack(">BxH", kind, len(content)) + content


def association_request():
    context = item(0x30, CT_IMAGE.encode()) + item(0x40, b"1.2.840.10008.1.2.1")
    user = item(0x51, struct.pack(">I", 16384)) + item(0x52, b"1.2.3.4") + item(0x55, b"FUZZ")
    user += item(0x54, struct.pack(">H", len(CT_IMAGE)) + CT_IMAGE.encode() + b"\1\0")
    return (struct.pack(">HH", 1, 0) + b"CALCINODE".ljust(16) + b"FUZZ".ljust(16) + bytes(32) +
            item(0x10, b"1.2.840.10008.3.1.1.1") + item(0x20, b"\1\0\0\0" + context) + item(0x50, user))


def element(number, value):
    return struct.pack("<HHI", 0, number, len(value) + len(value) % 2) + value + b"\0" * (len(value) % 2)


def command(field, instance=b"1.2.3.1"):
    body = element(2, CT_IMAGE.encode()) + element(0x100, struct.pack("<H", field))
    body += element(0x110, b"\7\0") + element(0x800, b"\1\0" if field != 0x30 else b"\1\1")
    body += element(0x1000, instance)
    return element(0, struct.pack("<I", len(body))) + body


def conversations(dataset):
    """For fuzz_peer: an instance in one piece and in many, an echo, a release, rubbish."""
    def say(kind, flags, content=b""):
        return bytes([kind | flags << 3]) + struct.pack("<H", len(content)) + content

    # Flags of a P-DATA: context ID (flags & 7) * 2 + 1; control: 8 command, 16 last fragment.
    store, release = say(1, 1 | 8 | 16, command(1)), say(3, 5, bytes(4))
    pieces = b"".join(say(1, 1, dataset[at:at + 500]) for at in range(0, len(dataset), 500)) + say(1, 1 | 16)
    yield b"\1" + store + say(1, 1 | 16, dataset) + release
    yield b"\1" + store + pieces + store + pieces + release
    yield b"\1" + say(1, 0 | 8 | 16, command(0x30)) + say(2, 1, b"12") + say(1, 1 | 16, dataset) + release
    yield b"\0" + say(4, 0, association_request()) + say(2, 0) + say(1, 16, dataset)
    yield b"\1" + say(2, 1) + say(3, 7, bytes(4)) + say(0, 0, b"\4\0\xff\xff\xff\xff")


def make(program, source, corpora):
    """Fills the folder `corpora`, one folder a target; existing inputs stay."""
    folders = {name: corpora / name for name in ("acknowledgement", "association", "command", "config", "environment",
                                                 "frames", "geometry", "image", "jpeg2000", "part10", "peer",
                                                 "request")}
    for folder in folders.values():
        folder.mkdir(parents=True, exist_ok=True)
    (folders["config"] / "sample").write_bytes((source / "config/calcinode.toml").read_bytes())
    (folders["environment"] / "sample").write_bytes(ENVIRONMENT)
    for code in (b"AA", b"AE", b"AR"):
        (folders["acknowledgement"] / code.decode()).write_bytes(ACKNOWLEDGEMENT % code)
    for number, target in enumerate(TARGETS):
        (folders["request"] / str(number)).write_bytes(target)
    (folders["geometry"] / "sound").write_bytes(bytes(4000))
    (folders["association"] / "request").write_bytes(association_request())
    for field in (0x0001, 0x0030, 0x0fff):
        (folders["command"] / f"{field:04x}").write_bytes(command(field))
    write_images(cut_out(real_image() or phantom_image(program)), folders["image"])
    for path in folders["image"].glob("*.dcm"):
        (folders["part10"] / path.name).write_bytes(path.read_bytes())
    write_code_streams(folders["image"], folders["frames"], folders["jpeg2000"])
    content = (folders["image"] / "ct.dcm").read_bytes()
    meta = struct.unpack_from("<I", content, 140)[0]
    for number, input_bytes in enumerate(conversations(content[144 + meta:])):
        (folders["peer"] / f"conversation{number}").write_bytes(input_bytes)
