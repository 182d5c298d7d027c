"""The wrong candidate that CHOSEN_CANDIDATE names, as family:number, where `bitsspec check` finds it."""

import os

from tests.suite.wrong import FAMILIES

_family, _, _number = os.environ["CHOSEN_CANDIDATE"].partition(":")
_candidates = next(family.candidates() for family in FAMILIES if family.name == _family)
candidate = _candidates[int(_number)].source
