"""PNG files as arrays, with nothing but numpy: 8-bit grey, RGB or RGBA in, a small palette out."""

import struct
import zlib

import numpy as np

SIGNATURE = b"\x89PNG\r\n\x1a\n"
CHANNELS = {0: 1, 2: 3, 3: 1, 6: 4}  # by colour type


def chunks(data):
    assert data[:8] == SIGNATURE, data[:16]
    at = 8
    while at < len(data):
        (length,) = struct.unpack(">I", data[at:at + 4])
        yield data[at + 4:at + 8], data[at + 8:at + 8 + length]
        at += 12 + length


def unfiltered(kind, line, above, channels):
    """One line as it was before filtering (PNG specification, 9.2)."""
    line = line.astype(np.int32)
    if kind == 1:  # each channel adds up from the left
        return np.cumsum(line.reshape(-1, channels), axis=0).reshape(-1) & 255
    if kind == 2:
        return (line + above) & 255
    if kind in (3, 4):
        out = np.zeros(len(line) + channels, np.int32)
        up_left = np.concatenate([np.zeros(channels, np.int32), above])
        for x in range(len(line)):
            left, up, corner = int(out[x]), int(above[x]), int(up_left[x])
            if kind == 3:
                guess = (left + up) // 2
            else:
                p = left + up - corner
                guess = min((abs(p - left), 0, left), (abs(p - up), 1, up), (abs(p - corner), 2, corner))[2]
            out[x + channels] = (int(line[x]) + guess) & 255
        return out[channels:]
    assert kind == 0, kind
    return line


def read(data):
    """[row, column, channel], 3 channels, of the bytes of a PNG file."""
    packed, palette = b"", None
    for name, body in chunks(data):
        if name == b"IHDR":
            width, height, depth, colour, _, _, interlaced = struct.unpack(">IIBBBBB", body)
            assert depth == 8 and not interlaced, (depth, interlaced)
        elif name == b"PLTE":
            palette = np.frombuffer(body, np.uint8).reshape(-1, 3)
        elif name == b"IDAT":
            packed += body
    channels = CHANNELS[colour]
    lines = np.frombuffer(zlib.decompress(packed), np.uint8).reshape(height, 1 + width * channels)
    image, above = np.empty((height, width * channels), np.uint8), np.zeros(width * channels, np.int32)
    for y in range(height):
        above = unfiltered(lines[y, 0], lines[y, 1:], above, channels)
        image[y] = above
    image = image.reshape(height, width, channels)
    if palette is not None:
        return palette[image[:, :, 0]]
    return np.repeat(image, 3, axis=2) if channels == 1 else image[:, :, :3]


def write_palette(image, palette):
    """The bytes of a PNG file of `image` ([row, column, 3]), each pixel the palette's nearest colour."""
    pixels = image.reshape(-1, 3).astype(np.int32)
    nearest = np.empty(len(pixels), np.uint8)
    for start in range(0, len(pixels), 1 << 16):
        part = pixels[start:start + (1 << 16)]
        nearest[start:start + (1 << 16)] = ((part[:, None] - palette[None].astype(np.int32)) ** 2).sum(2).argmin(1)
    height, width = image.shape[:2]
    lines = np.concatenate([np.zeros((height, 1), np.uint8), nearest.reshape(height, width)], axis=1)
    parts = [(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)),
             (b"PLTE", palette.astype(np.uint8).tobytes()), (b"IDAT", zlib.compress(lines.tobytes(), 9)), (b"IEND", b"")]
    return SIGNATURE + b"".join(struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
                                for name, body in parts)


def shrunk(image, width):
    """To a smaller width, each new pixel the mean of what it covers."""
    for axis, size in ((1, width), (0, round(image.shape[0] * width / image.shape[1]))):
        old = image.shape[axis]
        sums = np.concatenate([np.zeros_like(np.take(image, [0], axis), float),
                               np.cumsum(image.astype(float), axis)], axis)
        at = np.arange(size + 1) * old / size
        low = np.minimum(at.astype(int), old - 1)
        part = (at - low).reshape([-1 if a == axis else 1 for a in range(3)])
        edges = np.take(sums, low, axis) * (1 - part) + np.take(sums, low + 1, axis) * part
        image = np.diff(edges, axis=axis) * size / old
    return np.rint(image).astype(np.uint8)
