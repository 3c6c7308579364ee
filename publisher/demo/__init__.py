"""The main job on real parts, in a throw-away project, with what was seen."""

from publisher.demo.run import run

__all__ = ["run"]
