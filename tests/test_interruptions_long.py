# SPDX-License-Identifier: Apache-2.0
"""The tests of interrupted runs and of full disks, at many more moments and sizes."""
import os
import unittest

os.environ["CATDOG_MOMENTS"] = "many"  # read when these are imported
# pylint: disable=wrong-import-position,unused-import
from test_interruptions import Interruptions
from test_interruptions_options import Adamw, Augmented, Mixed, Resnet, Sgd
from test_run_disk import RunDisk

if __name__ == "__main__":
    unittest.main()
