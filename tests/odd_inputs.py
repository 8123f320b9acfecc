#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Makes folders and files as users of other programs reported them: odd_inputs.py DEST [ID ...].

Each case goes to DEST/<ID>/, a folder to train on to DEST/base/. Needs Pillow and numpy. The same
arguments give the same bytes. test_odd_folders.py and test_odd_files.py say what is right on each.
"""
import io, os, shutil, struct, sys, unicodedata, zlib
import numpy as np
from PIL import Image, ImageDraw

DEST = '.'


def at(*parts):
    path = os.path.join(DEST, *parts)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    return path


def picture(kind, seed, size=(96, 72)):
    """Class 0: a warm disc, class 1: a cold square, others by their number; on noise, no two alike."""
    r = np.random.default_rng(1000 * kind + seed)
    w, h = size
    small = r.integers(40, 200, (max(1, min(6, h)), max(1, min(8, w)), 3)).astype(np.uint8)
    im = Image.fromarray(small).resize((w, h), Image.BICUBIC)
    d = ImageDraw.Draw(im)
    s = max(1, min(w, h) // 3)
    x, y = int(r.integers(0, max(1, w - s))), int(r.integers(0, max(1, h - s)))
    colour = [(230, 120, 40), (40, 90, 220), (60, 190, 80), (200, 60, 190), (240, 230, 60)][kind % 5]
    (d.ellipse if kind % 2 == 0 else d.rectangle)([x, y, x + s, y + s], fill=colour)
    return im


def coded(im, fmt='JPEG', **options):
    out = io.BytesIO()
    if fmt == 'JPEG':
        options.setdefault('quality', 90)
    im.save(out, fmt, **options)
    return out.getvalue()


def put(path, data):
    with open(path, 'wb') as f:
        f.write(data)


def folder(case, subset, names, per_class, seed=0, ending='.jpg', fmt='JPEG', first=0):
    for kind, name in enumerate(names):
        n = per_class[kind] if isinstance(per_class, (list, tuple)) else per_class
        for i in range(n):
            put(at(case, *([subset] if subset else []), name, f'{first + i}{ending}'), coded(picture(kind, seed + i), fmt))


def split(case, names, train=8, validation=3, test=3):
    folder(case, 'train', names, train, 0)
    folder(case, 'validation', names, validation, 100)
    folder(case, 'test', names, test, 200)


def base():
    split('base', ['cats', 'dogs'], 24, 10, 10)


# ---- folders ------------------------------------------------------------------------------------

def b01():
    "A class whose pictures lie in sub-folders, beside classes whose pictures do not; and one half and half."
    for i in range(6):
        put(at('b01', 'nested', 'bird', f'{i}.jpg'), coded(picture(2, i)))
        put(at('b01', 'nested', 'fish', f'{i}.jpg'), coded(picture(3, i)))
        put(at('b01', 'nested', 'horse', 'indoor' if i % 2 else 'outdoor', f'{i}.jpg'), coded(picture(4, i)))
        put(at('b01', 'half', 'bird', f'{i}.jpg'), coded(picture(2, i)))
        put(at('b01', 'half', 'fish', f'{i}.jpg'), coded(picture(3, i)))
        put(at('b01', 'half', 'fish', 'from-camera-2', f'{i}.jpg'), coded(picture(3, 50 + i)))


def b02():
    "Fractions of a class with few pictures: none is left for validation or test."
    folder('b02', '', ['common', 'rare'], [40, 5])


def b04():
    "JPEG files that a browser saved as .jfif, and one each of .jpe, .pgm, .gif, .avif, .heic among .jpg."
    split('b04', ['cats', 'dogs'], 4)
    for i in range(12):
        put(at('b04', 'train', 'cats', f'download ({i}).jfif'), coded(picture(0, 400 + i)))
        put(at('b04', 'source', 'cats', f'{i}.jpg' if i < 4 else f'download ({i}).jfif'), coded(picture(0, 400 + i)))
        put(at('b04', 'source', 'dogs', f'{i}.jpg'), coded(picture(1, 400 + i)))
        put(at('b04', 'new', f'{i}.jpg' if i < 3 else f'{i}.jfif'), coded(picture(i % 2, 500 + i)))
    put(at('b04', 'new', 'x.jpe'), coded(picture(0, 600)))
    put(at('b04', 'new', 'x.gif'), coded(picture(0, 601).convert('P'), 'GIF'))
    put(at('b04', 'new', 'x.pgm'), coded(picture(0, 602).convert('L'), 'PPM'))


def b06():
    "Class folders whose files are called <patient>.<slice>.jpg, or by a clock, HH.MM.jpg."
    for kind, name in enumerate(['healthy', 'ill']):
        for p in (4850, 10372, 15223):
            for s in range(1, 5):
                put(at('b06', 'patients', name, f'{p + kind}.{s}.jpg'), coded(picture(kind, p + s)))
    for i, t in enumerate(['12.30', '12.45', '13.05', '13.50', '14.15', '14.40']):
        put(at('b06', 'clock', 'open', f'{t}.jpg'), coded(picture(0, i)))
        put(at('b06', 'clock', 'shut', f'{i + 1}.jpg'), coded(picture(1, i)))


def b08():
    "What macOS, Windows and Jupyter leave behind."
    split('b08', ['cats', 'dogs'], 4)
    junk = b'\0\5\x16\7\0\2\0\0Mac OS X        ' + b'\0' * 40
    for where in (['train'], ['train', 'cats'], ['validation', 'dogs']):
        put(at('b08', *where, '.DS_Store'), b'\0\0\0\1Bud1' + b'\0' * 60)
        put(at('b08', *where, '._0.jpg'), junk)
        put(at('b08', *where, 'Thumbs.db'), b'\xd0\xcf\x11\xe0' + b'\0' * 60)
        put(at('b08', *where, 'desktop.ini'), b'[.ShellClassInfo]\r\n')
    put(at('b08', 'train', '.ipynb_checkpoints', '0-checkpoint.jpg'), coded(picture(0, 1)))
    put(at('b08', 'train', 'cats', '.ipynb_checkpoints', '0-checkpoint.jpg'), coded(picture(0, 1)))
    put(at('b08', 'train', '__MACOSX', 'cats', '._0.jpg'), junk)


def b10():
    "Three classes in train; the third has no picture in test, once as an empty folder, once as none; and in validation."
    for name in ('empty-folder', 'no-folder', 'no-validation'):
        shutil.rmtree(at('b10', name, 'x')[:-2], ignore_errors=True)
        for kind, c in enumerate(['ant', 'bee', 'crab']):
            for subset, n, seed in (('train', 8, 0), ('validation', 3, 100), ('test', 3, 200)):
                lacks = c == 'bee' and subset == ('validation' if name == 'no-validation' else 'test')
                if lacks and name != 'empty-folder':
                    continue
                os.makedirs(at('b10', name, subset, c, 'x')[:-2], exist_ok=True)
                for i in range(0 if lacks else n):
                    put(at('b10', name, subset, c, f'{i}.jpg'), coded(picture(kind, seed + i)))


def b11():
    "Classes called by numbers: 1, 2, 10."
    split('b11', ['1', '2', '10'], 6)


def b12():
    "The same class name composed (NFC) in train and decomposed (NFD) in validation; and one with a blank at its end."
    nfc, nfd = unicodedata.normalize('NFC', 'Äpfel'), unicodedata.normalize('NFD', 'Äpfel')
    for subset, names in (('train', [nfc, 'Birnen']), ('validation', [nfd, 'Birnen'])):
        folder('b12', os.path.join('unicode', subset), names, 4, 0 if subset == 'train' else 100)
    for subset, names in (('train', ['cats', 'dogs']), ('validation', ['cats', 'dogs '])):
        folder('b12', os.path.join('blank', subset), names, 4, 0 if subset == 'train' else 100)
    many = [f'n{n:08d}' for n in range(1000, 1300)]
    for subset, names in (('train', many), ('validation', many[:150] + many[151:])):
        for k, name in enumerate(names):
            put(at('b12', 'many', subset, name, '0.png'), coded(picture(k, 3 if subset == 'train' else 4, (12, 12)), 'PNG'))


def b14():
    "Hard class names: quotes, comma, line break, backslash, <b>, a leading dash, a percent sign, Chinese, emoji."
    names = ['a "quoted", name', "it's\\nnot <b>bold & %s", '-rf', '{{size}} 猫 🐈', 'C:\\temp\\new']
    split('b14', names, 3, 2, 2)


def b15():
    "A photograph held upright: EXIF orientation 6, made so that the turn decides what is seen."
    split('b15', ['flat', 'upright'], 0, 0, 0)

    def stripes(upright, seed):
        r = np.random.default_rng(seed)
        im = Image.new('RGB', (120, 120), (30, 30, 30))
        d = ImageDraw.Draw(im)
        for k in range(int(r.integers(0, 9)), 120, 12):
            d.rectangle([k, 0, k + 5, 119] if upright else [0, k, 119, k + 5], fill=tuple(int(v) for v in r.integers(150, 255, 3)))
        return im
    for subset, n, seed in (('train', 30, 0), ('validation', 10, 100), ('test', 10, 200)):
        for i in range(n):
            put(at('b15', subset, 'flat', f'{i}.jpg'), coded(stripes(False, seed + i)))
            put(at('b15', subset, 'upright', f'{i}.jpg'), coded(stripes(True, seed + i + 1000)))
    exif = Image.Exif()
    exif[0x0112] = 6
    for i in range(6):  # stored flat, shown upright
        put(at('b15', 'phone', f'{i}.jpg'), coded(stripes(False, 400 + i), exif=exif))


def chunk(kind, data):
    return struct.pack('>I', len(data)) + kind + data + struct.pack('>I', zlib.crc32(kind + data))


def png16(pixels):
    h, w, _ = pixels.shape
    rows = b''.join(b'\0' + row.astype('>u2').tobytes() for row in pixels)
    return (b'\x89PNG\r\n\x1a\n' + chunk(b'IHDR', struct.pack('>IIBBBBB', w, h, 16, 2, 0, 0, 0)) +
            chunk(b'IDAT', zlib.compress(rows)) + chunk(b'IEND', b''))


def b19():
    "Two PNGs that look the same on any screen, with other colours below what is transparent; LA; palette with one transparent entry."
    for name, hidden in (('hidden_black', (0, 0, 0)), ('hidden_red', (240, 30, 10))):
        im = Image.new('RGBA', (96, 72), hidden + (0,))
        ImageDraw.Draw(im).ellipse([30, 20, 66, 56], fill=(230, 120, 40, 255))
        put(at('b19', f'{name}.png'), coded(im, 'PNG'))
    put(at('b19', 'la.png'), coded(picture(0, 950).convert('LA'), 'PNG'))
    p = picture(0, 951).convert('P', palette=Image.ADAPTIVE, colors=16)
    put(at('b19', 'palette.png'), coded(p, 'PNG', transparency=3))


def b20():
    "CMYK: JPEG as Pillow writes it, and TIFF."
    for i in range(3):
        put(at('b20', f'{i}.jpg'), coded(picture(i % 2, 960 + i).convert('CMYK')))
        put(at('b20', f'{i}.tif'), coded(picture(i % 2, 960 + i).convert('CMYK'), 'TIFF'))


def b21():
    "Whole pictures with a flaw that many of the public cats and dogs have: bytes before the end marker, JFIF 0.00, zeros behind."
    for kind, name in enumerate(['Cat', 'Dog']):
        for i in range(8):
            j = coded(picture(kind, i))
            if i == 0:
                j = j[:-2] + b'\0' * 99 + j[-2:]
            if i == 1:
                j = j[:11] + b'\0\0' + j[13:]
            if i == 2:
                j += b'\0' * 300
            if i == 3:
                j = b'' if kind == 0 else j
            if i == 4 and kind == 1:
                j = coded(picture(kind, i), 'BMP')
            if i == 5 and kind == 1:
                j = coded(picture(kind, i).convert('P'), 'GIF')
            put(at('b21', 'PetImages', name, f'{i}.jpg'), j)
        put(at('b21', 'PetImages', name, 'Thumbs.db'), b'\xd0\xcf\x11\xe0' + b'\0' * 60)


def b22():
    "A telephone's photograph of 108 megapixels, and a 61-megapixel one exported as a progressive JPEG with full colour."
    r = np.random.default_rng(7)
    small = Image.fromarray(r.integers(0, 255, (90, 120, 3)).astype(np.uint8))
    put(at('b22', 'phone108.jpg'), coded(small.resize((12000, 9000), Image.BILINEAR), quality=85))
    put(at('b22', 'studio61.jpg'), coded(small.resize((9504, 6336), Image.BILINEAR), quality=90, progressive=True, subsampling=0))
    put(at('b22', 'small.jpg'), coded(small))


def b23():
    "A line scan of 70,000 x 60 pixels as a PNG, among pictures of the usual kind."
    r = np.random.default_rng(8)
    strip = Image.fromarray(np.repeat(r.integers(0, 255, (60, 700, 3)), 100, 1).astype(np.uint8))
    put(at('b23', 'a_strip.png'), coded(strip, 'PNG'))
    for i in range(3):
        put(at('b23', f'b_{i}.jpg'), coded(picture(i % 2, 970 + i)))


def b24():
    "HEIC, AVIF, WebP, GIF and a web page, all called .jpg."
    put(at('b24', 'iphone.jpg'), b'\0\0\0\x18ftypheic\0\0\0\0mif1heic' + b'\0' * 400)
    put(at('b24', 'shop.jpg'), b'\0\0\0\x1cftypavif\0\0\0\0avifmif1miaf' + b'\0' * 400)
    put(at('b24', 'news.jpg'), coded(picture(0, 980), 'WEBP'))
    put(at('b24', 'anim.jpg'), coded(picture(0, 981).convert('P'), 'GIF', save_all=True, append_images=[picture(0, 982).convert('P')]))
    put(at('b24', 'gone.jpg'), b'<!DOCTYPE html><html><body>Not found</body></html>\n')
    out = io.BytesIO()
    picture(0, 983).save(out, 'WEBP', save_all=True, append_images=[picture(0, 984)], duration=100)
    put(at('b24', 'moving.webp'), out.getvalue())
    put(at('b24', 'good.jpg'), coded(picture(0, 985)))


def b26():
    "PNGs with the broken sRGB profile that an old program wrote, interlaced ones, and ones with a wrong checksum in a comment."
    icc = bytearray(b'\0' * 3144)
    icc[0:4] = struct.pack('>I', 3144)
    icc[4:8], icc[8:12], icc[12:16], icc[16:20], icc[20:24] = b'HPLC', b'\2\x10\0\0', b'mntr', b'RGB ', b'XYZ '
    for kind, name in enumerate(['cats', 'dogs']):
        for i in range(10):
            png = coded(picture(kind, i), 'PNG')
            bad = chunk(b'iCCP', b'ICC profile\0\0' + zlib.compress(bytes(icc)))
            text = chunk(b'tEXt', b'Comment\0hello')
            if i % 3 == 1:
                bad += text[:-1] + bytes([text[-1] ^ 1])
            put(at('b26', name, f'{i}.png'), png[:33] + bad + png[33:])


def b29():
    "A training set of 33 pictures (the last batch of 32 holds one), a network whose last maps are 1 x 1, batch normalisation."
    folder('b29', 'train', ['cats', 'dogs'], [17, 16])
    folder('b29', 'validation', ['cats', 'dogs'], 3, 100)


def b30():
    "95 pictures of one class, 5 of the other; validation and test likewise."
    for subset, seed in (('train', 0), ('validation', 500), ('test', 1000)):
        for i in range(57):
            put(at('b30', subset, 'good', f'{i}.jpg'), coded(picture(0, seed + i)))
        for i in range(3):  # the same look: nothing can be learnt
            put(at('b30', subset, 'scratched', f'{i}.jpg'), coded(picture(0, seed + 100 + i)))


def b31():
    "A config that an editor on Windows saved with a byte order mark and CRLF; one with a decimal comma; one with a comment."
    put(at('b31', 'bom.json'), b'\xef\xbb\xbf{\r\n  "train": {"epochs": 1}\r\n}\r\n')
    put(at('b31', 'comma.json'), b'{"optimizer": {"lr": 0,001}}\n')
    put(at('b31', 'comment.json'), b'{\n  // shorter\n  "train": {"epochs": 1}\n}\n')


def b33():
    "A folder to be cached, then a picture replaced by another of the same size in bytes and the same time."
    split('b33', ['cats', 'dogs'], 4)
    path = at('b33', 'train', 'cats', '0.bmp')
    put(path, coded(picture(0, 1), 'BMP'))
    put(at('b33', 'other.bmp'), coded(picture(1, 1), 'BMP'))


def b34():
    "The same picture in train and in test under other names, once byte for byte and once saved again."
    folder('b34', '', ['cats', 'dogs'], 10)
    put(at('b34', 'cats', '8.jpg'), coded(picture(0, 1)))
    put(at('b34', 'cats', '9.jpg'), coded(picture(0, 2), quality=60))
    put(at('b34', 'dogs', '9.jpg'), coded(picture(0, 1)))


# A shim that makes a file system lack what some lack; built by: cc -shared -fPIC -o lacks.so lacks.c
LACKS = r'''
#define _GNU_SOURCE
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/types.h>
#include <unistd.h>
static int lacks(const char* what) { const char* all = getenv("LACKS"); return all && strstr(all, what); }
int flock(int fd, int how) { (void)fd; (void)how; if (lacks("flock")) { errno = ENOSYS; return -1; } return 0; }
int fsync(int fd) { (void)fd; if (lacks("fsync")) { errno = EINVAL; return -1; } return 0; }
int symlink(const char* a, const char* b) { if (lacks("symlink")) { errno = EPERM; return -1; } return symlinkat(a, -100, b); }
int link(const char* a, const char* b) { if (lacks("link=")) { errno = EPERM; return -1; } return linkat(-100, a, -100, b, 0); }
'''


def b35():
    "File systems without flock (Lustre), fsync (some FUSE and CIFS mounts), links (exFAT, FAT, Google Drive)."
    put(at('b35', 'lacks.c'), LACKS.encode())


def b37():
    "The same 95 to 5, but the rare class can be told: accuracy stays where it was in the first epoch while loss and ranking get better."
    for subset, seed, n in (('train', 0, 8), ('validation', 500, 3), ('test', 600, 20)):
        for i in range(19 * n):
            put(at('b37', subset, 'good', f'{i}.jpg'), coded(picture(0, seed + i)))
        for i in range(n):
            put(at('b37', subset, 'scratched', f'{i}.jpg'), coded(picture(1, seed + i)))


CASES = {f.__name__: f for f in [base, b01, b02, b04, b06, b08, b10, b11, b12, b14, b15, b19, b20, b21, b22, b23, b24, b26, b29, b30, b31, b33, b34, b35, b37]}

if __name__ == '__main__':
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    DEST = os.path.abspath(sys.argv[1])
    for name in sys.argv[2:] or list(CASES):
        CASES[name]()
        print(name, (CASES[name].__doc__ or '').strip())
