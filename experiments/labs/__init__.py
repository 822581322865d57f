"""Labs: a task of the course each, a skeleton to begin with, and a judge of what students write."""

from experiments.labs.catalogue import LABS
from experiments.labs.checking import check
from experiments.labs.skeletons import skeleton

__all__ = ["LABS", "check", "skeleton"]
