# SPDX-License-Identifier: Apache-2.0
def taps(length):
    """For each of SIZE places the first of its two pixels, and the share of the second, where a
    picture grows."""
    scale = 1 / (SIZE / length)
    place = np.arange(SIZE)
    first = np.floor(place * scale).astype(int)
    share = ((place + 1) - (first + 1) * (SIZE / length)).astype(np.float32)
    return first, np.where(share <= 0, 0, share - np.floor(share)).astype(np.float32)


def covered(length):
    """For each of SIZE places the pixels that it covers, and their shares: two arrays (most, SIZE),
    filled up by shares of 0."""
    scale = 1 / (SIZE / length)
    places = []
    for place in range(SIZE):
        begin, end = place * scale, place * scale + scale
        width = min(scale, length - begin)
        last = min(int(np.floor(end)), length - 1)
        first = min(int(np.ceil(begin)), last)
        pixels = [(pixel, 1 / width) for pixel in range(first, last)]
        if first - begin > 1e-3:
            pixels.insert(0, (first - 1, (first - begin) / width))
        if end - last > 1e-3:
            pixels.append((last, min(end - last, 1, width) / width))
        places.append(pixels)
    most = max(map(len, places))
    table = np.array([pixels + [(0, 0)] * (most - len(pixels)) for pixels in places])
    return table[..., 0].astype(int).T, table[..., 1].astype(np.float32).T


def resize(pixels):
    """OpenCV's INTER_AREA, to the pixel."""
    height, width = pixels.shape[:2]
    if min(height, width) < SIZE:
        return blend(pixels, taps(height), taps(width))
    if height % SIZE == 0 and width % SIZE == 0:
        rows, columns = height // SIZE, width // SIZE
        sums = pixels.reshape(SIZE, rows, SIZE, columns, 3).sum((1, 3))
        if rows == columns == 2:
            return (sums + 2 >> 2).astype(np.uint8)
        return np.rint(sums.astype(np.float32) * np.float32(1 / (rows * columns))).astype(np.uint8)
    # In this order and in these floats, for the sums' rounding decides halves.
    lines, means = np.float32(0), np.float32(0)
    for pixel, share in zip(*covered(width)):
        lines = lines + pixels[:, pixel].astype(np.float32) * share[:, None]
    for row, share in zip(*covered(height)):
        means = means + lines[row] * share[:, None, None]
    return np.clip(np.rint(means), 0, 255).astype(np.uint8)
