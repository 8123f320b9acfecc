# SPDX-License-Identifier: Apache-2.0
"""Whether colours, as #rgb or #rrggbb, can be read and told apart."""

# What is seen of red, green and blue light: by those who see all, and by those who do not see red,
# green or blue. Machado, Oliveira and Fernandes, "A physiologically-based model for simulation of
# color vision deficiency", IEEE TVCG 15, 2009, severity 1.
SIGHTS = [
    [[1, 0, 0], [0, 1, 0], [0, 0, 1]],
    [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216],
     [-0.003882, -0.048116, 1.051998]],
    [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413],
     [-0.011820, 0.042940, 0.968881]],
    [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602],
     [0.004733, 0.691367, 0.303900]]]


def light(colour):
    """Red, green and blue from 0 to 1, linear (IEC 61966-2-1)."""
    digits = colour[1:] if len(colour) == 7 else "".join(2 * digit for digit in colour[1:])
    parts = [int(digits[i:i + 2], 16) / 255 for i in (0, 2, 4)]
    return [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]


def contrast(one, other):
    """WCAG 2.1's ratio, from 1 to 21."""
    low, high = sorted(sum(w * part for w, part in zip((0.2126, 0.7152, 0.0722), light(colour)))
                       for colour in (one, other))
    return (high + 0.05) / (low + 0.05)


def lab(red, green, blue):
    """CIELAB, white at D65."""
    def curve(t):
        return t ** (1 / 3) if t > 0.008856 else 7.787 * t + 16 / 116
    x = curve((0.4124 * red + 0.3576 * green + 0.1805 * blue) / 0.95047)
    y = curve(0.2126 * red + 0.7152 * green + 0.0722 * blue)
    z = curve((0.0193 * red + 0.1192 * green + 0.9505 * blue) / 1.08883)
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)


def difference(one, other):
    """The distance in CIELAB, to the kind of sight that sees least of it."""
    def seen(colour, sight):
        parts = [sum(w * part for w, part in zip(row, light(colour))) for row in sight]
        return lab(*(min(1, max(0, part)) for part in parts))
    return min(sum((a - b) ** 2 for a, b in zip(seen(one, sight), seen(other, sight))) ** 0.5
               for sight in SIGHTS)
