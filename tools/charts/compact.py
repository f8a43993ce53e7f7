"""Chrome's PNGs made smaller without loss: hosts of charts refuse or cut images that are large."""

import struct
import zlib
from collections.abc import Iterator

import numpy as np

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_RGB, _RGBA = 2, 6
_FILTER_UP = 2


def compact(image: bytes) -> bytes:
    """The same picture without its (opaque) alpha channel and unfiltered, which for flat colours packs to half the size.

    Handles what Chrome sends: eight bits a channel, RGBA, each row as its difference from the one above. Anything else is returned as it is.
    """
    chunks = list(_chunks(image))
    header = struct.unpack(">IIBBBBB", dict(chunks)[b"IHDR"])
    width, height = header[:2]
    if header[2:] != (8, _RGBA, 0, 0, 0):
        return image
    rows = np.frombuffer(zlib.decompress(b"".join(data for name, data in chunks if name == b"IDAT")), np.uint8).reshape(height, 1 + 4 * width)
    if (rows[:, 0] != _FILTER_UP).any():
        return image
    pixels = np.cumsum(rows[:, 1:], axis=0, dtype=np.uint8).reshape(height, width, 4)
    if (pixels[:, :, 3] != 255).any():
        return image
    unfiltered = np.pad(pixels[:, :, :3].reshape(height, 3 * width), ((0, 0), (1, 0)))
    return _png(struct.pack(">IIBBBBB", width, height, 8, _RGB, 0, 0, 0), zlib.compress(unfiltered.tobytes(), 9))


def _chunks(image: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = len(_SIGNATURE)
    while at < len(image):
        (length,) = struct.unpack(">I", image[at : at + 4])
        yield image[at + 4 : at + 8], image[at + 8 : at + 8 + length]
        at += 12 + length


def _png(header: bytes, pixels: bytes) -> bytes:
    parts = [(b"IHDR", header), (b"IDAT", pixels), (b"IEND", b"")]
    return _SIGNATURE + b"".join(struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data)) for name, data in parts)
