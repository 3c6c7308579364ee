"""Loaded by each Python with this folder in its path: Mailman's, in the harness."""

import os
from pathlib import Path

if "FAULTS_WATCHED" in os.environ:
    from tests.faults import points

    points.watch(Path(os.environ["FAULTS_WATCHED"]))
