# SPDX-License-Identifier: Apache-2.0
def taps(length):
    """The pixel before each of SIZE places, and the share of the next."""
    scale = 1 / (SIZE / length)
    place = ((np.arange(SIZE) + 0.5) * scale - 0.5).astype(np.float32)
    before = np.floor(place)
    return before.astype(int), place - before


def resize(pixels):
    """OpenCV's INTER_LINEAR, to the pixel."""
    height, width = pixels.shape[:2]
    if height == width == 2 * SIZE:  # there OpenCV takes means of four
        return (pixels.reshape(SIZE, 2, SIZE, 2, 3).sum((1, 3)) + 2 >> 2).astype(np.uint8)
    return blend(pixels, taps(height), taps(width))
