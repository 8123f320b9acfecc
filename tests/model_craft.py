# SPDX-License-Identifier: Apache-2.0
"""Model files and checkpoints as a stranger could make them: any content under a right digest."""
import hashlib
import json
import warnings
import zipfile

LABEL = b"catdog sha256 "
COMMENT = len(LABEL) + 64  # bytes


def records_of(path):
    """[[name, bytes], …] without the folder that all of them lie in."""
    with zipfile.ZipFile(path) as file:
        return [[name.removeprefix("archive/"), file.read(name)] for name in file.namelist()]


def with_digest(content):
    """A zip that ends with a comment of COMMENT bytes, with the digest in it."""
    content = content[:-COMMENT]
    return content + LABEL + hashlib.sha256(content).hexdigest().encode()


def pack(path, records):
    """Writes a zip of these records, a name twice if it is there twice, under a right digest."""
    with warnings.catch_warnings(), zipfile.ZipFile(path, "w") as file:
        warnings.simplefilter("ignore")  # of duplicates
        for name, content in records:
            file.writestr("archive/" + name, content)
        file.comment = b"x" * COMMENT
    path.write_bytes(with_digest(path.read_bytes()))


def craft(source, path, about=None, tensor=None, records=None, raw=None):
    """A copy of a model file or checkpoint in which about(dict) changed its description, tensor(name,
    bytes) gave the bytes of each tensor or None, records(list) the records, raw(bytes) the zip."""
    content = records_of(source)
    table = json.loads(dict(content)["catdog.json"])
    if about:
        about(table["catdog"])
    for number, (name, _, _) in enumerate(table["tensors"]):
        for record in content if tensor else ():
            if record[0] == f"data/{number}":
                changed = tensor(name, record[1])
                record[1] = record[1] if changed is None else changed
    for record in content:
        if record[0] == "catdog.json":
            record[1] = json.dumps(table)
    if records:
        records(content)
    pack(path, content)
    if raw:
        path.write_bytes(with_digest(raw(path.read_bytes())))
    return path
