"""The mutant that CHOSEN_MUTANT names, as family:number, where `bitsspec check` finds it."""

import os

from mutants import FAMILIES

_family, _, _number = os.environ["CHOSEN_MUTANT"].partition(":")
_mutants = next(family.mutants() for family in FAMILIES if family.name == _family)
candidate = _mutants[int(_number)].make()
