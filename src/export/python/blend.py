# SPDX-License-Identifier: Apache-2.0
def blend(pixels, rows, columns):
    """Each pixel from two rows and two columns, in the integers of OpenCV's linear resizing. `rows`
    and `columns`: for each place the first of the two, and the share of the second."""
    (row, row_share), (column, column_share) = rows, columns
    height, width = pixels.shape[:2]
    outside = (column < 0) | (column >= width - 1)
    column_share = np.where(outside, 0, column_share).astype(np.float32)
    column = np.clip(column, 0, width - 1)
    pixels = pixels.astype(np.int64)
    second = np.rint(column_share * 2048).astype(np.int64)[:, None]
    first = np.rint((1 - column_share) * 2048).astype(np.int64)[:, None]
    lines = pixels[:, column] * first + pixels[:, np.minimum(column + 1, width - 1)] * second
    lines >>= 4
    second = np.rint(row_share * 2048).astype(np.int64)[:, None, None]
    first = np.rint((1 - row_share) * 2048).astype(np.int64)[:, None, None]
    upper = lines[np.clip(row, 0, height - 1)] * first >> 16
    lower = lines[np.clip(row + 1, 0, height - 1)] * second >> 16
    return np.clip(upper + lower + 2 >> 2, 0, 255).astype(np.uint8)


