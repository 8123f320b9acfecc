# SPDX-License-Identifier: Apache-2.0
"""A folder of images as people have them: every format that catdog reads in the variants that other
readers treat differently (orientation, 16 bits, CMYK, transparency, palettes, floats), and files
that are damaged or no images.
"""
import io
import struct
import zlib

import numpy as np
from PIL import Image

ORIENTATION = 0x0112  # EXIF's tag; 1: as stored


def photo(seed=0, width=90, height=62):
    """Smooth colours, some noise, and a bright corner: no two orientations look alike."""
    random = np.random.default_rng(seed)
    y, x = np.mgrid[:height, :width]
    smooth = np.stack([255 * x / width, 255 * y / height, 128 + 100 * np.sin(x / 9 + seed)], 2)
    smooth[:height // 3, :width // 3] = 250, 240, 20
    return np.clip(smooth + random.normal(0, 12, smooth.shape), 0, 255).astype(np.uint8)


def coded(image, kind, **options):
    stream = io.BytesIO()
    image.save(stream, kind, **options)
    return stream.getvalue()


def png(pixels, colour_type, bits, interlaced=False, before_pixels=b""):
    """A PNG of pixels (height, width, channels) of 8 or 16 bits, as Pillow cannot write it."""
    height, width = pixels.shape[:2]
    passes = [(0, 0, 8, 8), (0, 4, 8, 8), (4, 0, 8, 4), (0, 2, 4, 4), (2, 0, 4, 2), (0, 1, 2, 2),
              (1, 0, 2, 1)] if interlaced else [(0, 0, 1, 1)]
    pixels = pixels.astype(">u2" if bits == 16 else np.uint8)
    rows = b"".join(b"\0" + row.tobytes() for top, left, down, across in passes
                    for row in pixels[top::down, left::across] if row.size)

    def chunk(kind, data):
        checksum = zlib.crc32(kind + data)
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", checksum)

    header = struct.pack(">IIBBBBB", width, height, bits, colour_type, 0, 0, interlaced)
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + before_pixels +
            chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))


def tiff(pixels, meaning, sample_format=1, planar=1, orientation=1):
    """An uncompressed TIFF of pixels (height, width, channels), as Pillow cannot write it.
    `meaning`: 0 grey, 0 is white; 1 grey; 2 RGB; 5 CMYK. `sample_format`: 1 unsigned, 2 signed, 3
    float."""
    height, width, channels = pixels.shape
    data = (pixels.transpose(2, 0, 1) if planar == 2 else pixels).tobytes()
    strips = channels if planar == 2 else 1
    short, long = "H", "I"
    entries = {256: (short, [width]), 257: (short, [height]),
               258: (short, [8 * pixels.itemsize] * channels), 259: (short, [1]),
               262: (short, [meaning]), 273: (long, [0] * strips), 277: (short, [channels]),
               274: (short, [orientation]), 278: (short, [height]),
               279: (long, [len(data) // strips] * strips),
               284: (short, [planar]), 339: (short, [sample_format] * channels)}
    if channels > (1, 1, 3, 0, 0, 4)[meaning]:
        entries[338] = (short, [2])  # alpha, not multiplied in
    values_at = 8 + 2 + 12 * len(entries) + 4
    data_at = values_at + sum(struct.calcsize(kind) * len(values)
                              for kind, values in entries.values() if len(values) > 1)
    data_at += data_at % 2
    entries[273] = (long, [data_at + strip * len(data) // strips for strip in range(strips)])
    table = long_values = b""
    for tag, (kind, values) in sorted(entries.items()):
        packed = struct.pack(f"<{len(values)}{kind}", *values)
        if len(packed) > 4:
            long_values += packed
            packed = struct.pack("<I", values_at + len(long_values) - len(packed))
        table += struct.pack("<HHI", tag, {short: 3, long: 4}[kind], len(values))
        table += packed.ljust(4, b"\0")
    head = b"II*\0" + struct.pack("<IH", 8, len(entries)) + table + b"\0" * 4 + long_values
    return head.ljust(data_at, b"\0") + data


def wide(seed):
    """16 bits a sample, with low bytes of their own."""
    low = np.random.default_rng(seed + 99).integers(0, 256, (62, 90, 3))
    return (photo(seed).astype(np.uint16) << 8 | low).astype(np.uint16)


def turned(image, kind, orientation, **options):
    exif = Image.Exif()
    exif[ORIENTATION] = orientation
    return coded(image, kind, exif=exif, **options)


def grey16(seed):
    return wide(seed)[..., 0]


def jpegs():
    image = Image.fromarray(photo(1))
    grey = image.convert("L")
    cmyk = image.convert("CMYK")
    yield "grey.jpg", coded(grey, "JPEG")
    yield "progressive.jpg", coded(image, "JPEG", progressive=True)
    yield "full_colour.jpg", coded(image, "JPEG", subsampling=0, quality=97)
    yield "restart_markers.jpg", coded(image, "JPEG", restart_marker_blocks=4)
    yield "rgb.jpg", coded(image, "JPEG", keep_rgb=True)
    yield "cmyk.jpg", coded(cmyk, "JPEG")
    yield "progressive_cmyk.jpg", coded(cmyk, "JPEG", progressive=True)
    for orientation in range(2, 9):
        yield f"turned_{orientation}.jpg", turned(image, "JPEG", orientation)
    yield "turned_grey.jpg", turned(grey, "JPEG", 6)
    yield "turned_cmyk.jpg", turned(cmyk, "JPEG", 6)
    yield "two_views.jpg", coded(image, "MPO", save_all=True, append_images=[image.rotate(180)])
    yield "zeros_behind.jpg", coded(image, "JPEG") + bytes(300)
    yield "large.jpg", coded(Image.fromarray(photo(2, 450, 310)), "JPEG")
    yield "profile.jpg", coded(image, "JPEG", icc_profile=b"\0" * 128)
    yield "is_png.jpg", coded(image, "PNG")


def pngs():
    image = Image.fromarray(photo(3))
    alpha = Image.fromarray(photo(4)[..., 0])
    rgba = image.copy()
    rgba.putalpha(alpha)
    la = image.convert("L")
    la.putalpha(alpha)
    palette = image.convert("P", palette=Image.ADAPTIVE, colors=16)
    yield "rgb.png", coded(image, "PNG")
    yield "grey.png", coded(image.convert("L"), "PNG")
    yield "1bit.png", coded(image.convert("1"), "PNG")
    yield "2bit.png", coded(palette.quantize(4), "PNG", bits=2)
    yield "rgba.png", coded(rgba, "PNG")
    yield "la.png", coded(la, "PNG")
    yield "palette.png", coded(palette, "PNG")
    yield "palette_transparent.png", coded(palette, "PNG", transparency=3)
    yield "palette_translucent.png", coded(palette, "PNG", transparency=bytes(range(0, 256, 16)))
    yield "rgb_one_transparent.png", coded(image, "PNG", transparency=image.getpixel((0, 0)))
    yield "grey_one_transparent.png", coded(image.convert("L"), "PNG", transparency=128)
    yield "16bit.png", png(wide(3), 2, 16)
    yield "16bit_grey.png", png(grey16(3)[..., None], 0, 16)
    yield "16bit_rgba.png", png(np.dstack([wide(3), grey16(4)]), 6, 16)
    yield "16bit_la.png", png(np.dstack([grey16(3), grey16(4)]), 4, 16)
    yield "interlaced.png", png(photo(5), 2, 8, interlaced=True)
    yield "interlaced_16bit.png", png(wide(5), 2, 16, interlaced=True)
    yield "animated.png", coded(image, "PNG", save_all=True, append_images=[image.rotate(180)])
    for orientation in range(2, 9):
        yield f"turned_{orientation}.png", turned(image, "PNG", orientation)
    gamma = struct.pack(">I", 100000)
    gamma = b"\0\0\0\4gAMA" + gamma + struct.pack(">I", zlib.crc32(b"gAMA" + gamma))
    yield "gamma.png", png(photo(3), 2, 8, before_pixels=gamma)


def tiffs():
    image = Image.fromarray(photo(6))
    grey = photo(6)[..., :1]
    for name, kept in (("rgb", image), ("grey", image.convert("L")), ("1bit", image.convert("1")),
                       ("palette", image.quantize(16)), ("cmyk", image.convert("CMYK")),
                       ("lab", image.convert("LAB")), ("ycbcr", image.convert("YCbCr"))):
        yield f"{name}.tif", coded(kept, "TIFF")
    for compression in ("tiff_lzw", "tiff_adobe_deflate", "packbits", "jpeg"):
        yield f"{compression}.tif", coded(image, "TIFF", compression=compression)
    yield "lzw_cmyk.tif", coded(image.convert("CMYK"), "TIFF", compression="tiff_lzw")
    yield "group4.tif", coded(image.convert("1"), "TIFF", compression="group4")
    yield "16bit.tif", tiff(wide(6), 2)
    yield "16bit_grey.tif", tiff(grey16(6)[..., None], 1)
    yield "16bit_grey_inverted.tif", tiff(grey16(6)[..., None], 0)
    yield "16bit_grey_signed.tif", tiff(grey16(6)[..., None].view(np.int16), 1, sample_format=2)
    yield "16bit_rgba.tif", tiff(np.dstack([wide(6), grey16(7)]), 2)
    yield "grey_inverted.tif", tiff(grey, 0)
    yield "rgba.tif", tiff(np.dstack([photo(6), photo(7)[..., 0]]), 2)
    yield "la.tif", tiff(np.dstack([grey, photo(7)[..., :1]]), 1)
    yield "planar.tif", tiff(photo(6), 2, planar=2)
    yield "planar_16bit.tif", tiff(wide(6), 2, planar=2)
    for orientation in range(2, 9):
        yield f"turned_{orientation}.tif", coded(image, "TIFF", tiffinfo={ORIENTATION: orientation})
    yield "turned_lzw.tif", coded(image, "TIFF", compression="tiff_lzw", tiffinfo={ORIENTATION: 6})
    yield "turned_grey.tif", coded(image.convert("L"), "TIFF", tiffinfo={ORIENTATION: 6})
    yield "turned_16bit.tif", tiff(wide(6), 2, orientation=8)
    yield "pages.tif", coded(image, "TIFF", save_all=True, append_images=[image.rotate(180)])


def others():
    image = Image.fromarray(photo(8))
    rgba = image.copy()
    rgba.putalpha(Image.fromarray(photo(9)[..., 0]))
    yield "lossy.webp", coded(image, "WEBP")
    yield "lossless.webp", coded(image, "WEBP", lossless=True)
    yield "alpha.webp", coded(rgba, "WEBP")
    yield "alpha_lossless.webp", coded(rgba, "WEBP", lossless=True, exact=True)
    for orientation in range(2, 9):
        yield f"turned_{orientation}.webp", turned(image, "WEBP", orientation)
    yield "rgb.bmp", coded(image, "BMP")
    yield "grey.bmp", coded(image.convert("L"), "BMP")
    yield "1bit.bmp", coded(image.convert("1"), "BMP")
    yield "palette.bmp", coded(image.quantize(16), "BMP")
    yield "rgba.bmp", coded(rgba, "BMP")
    bottom_up = coded(image, "BMP")
    stride = (3 * image.width + 3) // 4 * 4
    rows = [bottom_up[54 + row * stride:54 + (row + 1) * stride] for row in range(image.height)]
    yield "top_down.bmp", (bottom_up[:22] + struct.pack("<i", -image.height) + bottom_up[26:54] +
                           b"".join(reversed(rows)))
    yield "rgb.ppm", coded(image, "PPM")
    yield "grey.pgm", coded(image.convert("L"), "PPM")
    yield "1bit.pbm", coded(image.convert("1"), "PPM")

    def text(numbers):
        return b" ".join(b"%d" % number for number in numbers.flat) + b"\n"
    header = b"90 62\n"
    yield "16bit.ppm", b"P6\n" + header + b"65535\n" + wide(8).astype(">u2").tobytes()
    yield "16bit_grey.pgm", b"P5\n" + header + b"65535\n" + grey16(8).astype(">u2").tobytes()
    yield "12bit_grey.pgm", b"P5\n" + header + b"4095\n" + (grey16(8) >> 4).astype(">u2").tobytes()
    yield "0_to_100.pgm", b"P5\n" + header + b"100\n" + (photo(8)[..., 0] // 3).tobytes()
    yield "text.ppm", b"P3\n" + header + b"255\n" + text(photo(8))
    yield "text.pgm", b"P2\n" + header + b"255\n" + text(photo(8)[..., 0])
    yield "text.pbm", b"P1\n" + header + text(photo(8)[..., 0] > 127)


def refused():
    """Files that catdog refuses, and readers of images often do not."""
    image = Image.fromarray(photo(10))

    def half(file):
        return file[:len(file) // 2]

    jpeg = coded(image, "JPEG")
    yield "half.jpg", half(jpeg)
    yield "without_end.jpg", jpeg[:-2]
    yield "few_bytes.jpg", jpeg[:100]
    yield "half_progressive.jpg", half(coded(image, "JPEG", progressive=True))
    yield "half_cmyk.jpg", half(coded(image.convert("CMYK"), "JPEG"))
    for kind in ("PNG", "TIFF", "BMP", "PPM", "WEBP"):
        file = coded(image, kind)
        yield f"half.{kind.lower()}", half(file)
        yield f"without_end.{kind.lower()}", file[:-12]
    file = coded(image, "PNG")
    yield "damaged.png", half(file) + bytes(4) + file[len(file) // 2 + 4:]

    yield "16bit_cmyk.tif", tiff(np.dstack([wide(6), grey16(7)]), 5)
    yield "32bit_grey.tif", tiff(grey16(6)[..., None].astype(np.uint32) << 16, 1)
    yield "32bit.tif", tiff(wide(6).astype(np.uint32) << 16, 2)
    for name, highest in (("to_1", 1), ("to_255", 255)):
        floats = photo(6).astype(np.float32) / 255 * highest
        yield f"float_{name}.tif", tiff(floats, 2, sample_format=3)
        yield f"float_{name}_grey.tif", tiff(floats[..., :1], 1, sample_format=3)
    yield "double.tif", tiff(photo(6).astype(np.float64) / 255, 2, sample_format=3)
    yield "float16.tif", tiff((photo(6) / 255).astype(np.float16), 2, sample_format=3)
    yield "big.tif", coded(image, "TIFF", big_tiff=True)
    yield "animated.webp", coded(image, "WEBP", save_all=True, append_images=[image.rotate(180)])

    gif = coded(image.quantize(64), "GIF")
    yield "image.gif", gif
    yield "gif.jpg", gif
    yield "web_page.jpg", b"<!DOCTYPE html><html><title>404</title></html>\n"
    yield "empty.jpg", b""
    yield "zeros.jpg", bytes(5000)
    yield "iphone.jpg", b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(400)
    yield "jpeg2000.jpg", coded(image, "JPEG2000")
    yield "avif.jpg", coded(image, "AVIF")
    yield "tga.jpg", coded(image, "TGA")
    yield "icon.png", coded(image, "ICO")
    yield "map.pam", b"P7\nWIDTH 2\nHEIGHT 2\nDEPTH 1\nMAXVAL 255\nENDHDR\n" + bytes(4)


def write_odd_images(folder):
    """Writes them all. Returns the paths of those that catdog reads, and of those it refuses."""
    folder.mkdir(parents=True)

    def written(kinds):
        paths = []
        for kind in kinds:
            for name, content in kind():
                paths.append(folder / name)
                assert not paths[-1].exists(), name
                paths[-1].write_bytes(content)
        return paths
    return written([jpegs, pngs, tiffs, others]), written([refused])
