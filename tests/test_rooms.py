# SPDX-License-Identifier: Apache-2.0
"""No room includes a header of a room that it does not use: what CMake links, and no more."""
import pathlib
import re
import unittest

ROOT = pathlib.Path(__file__).resolve().parent.parent


def rooms_used():
    """Room → the rooms that its CMakeLists.txt names after USES, and theirs in turn."""
    direct = {}
    for file in ROOT.glob("src/*/CMakeLists.txt"):
        uses = re.search(r"catdog_room\(.*?USES(.*?)\)", file.read_text(), re.DOTALL)[1]
        direct[file.parent.name] = set(re.findall(r"catdog_(\w+)", uses)) - {"torch", "opencv"}

    def reach(room):
        return {room}.union(*(reach(used) for used in direct[room]))

    return {room: reach(room) for room in direct}


class Rooms(unittest.TestCase):
    def test_nothing_points_back(self):
        rooms = rooms_used()
        self.assertIn("core", rooms["cli"])
        checked = 0
        for room, used in rooms.items():
            for folder in (ROOT / "src" / room, ROOT / "include/catdog" / room):
                for file in folder.glob("*.?pp"):
                    included = re.findall(r'#include "catdog/(\w+)/', file.read_text())
                    self.assertLessEqual(set(included), used, file)
                    checked += len(included)
        self.assertGreater(checked, 100)


if __name__ == "__main__":
    unittest.main()
