"""Applies one switch to this process: its module is loaded changed. Standard library only, loaded before Django."""

import importlib.util
import os
import sys
from collections.abc import Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, SourceFileLoader
from pathlib import Path
from types import CodeType, ModuleType
from typing import Final

from tests.controls.switch import Body, Edit, Sql, Switch
from tests.controls.switches import SWITCHES

VARIABLE: Final = "LIANYI_WITHOUT"
"""The name of the switch; children read it as they start (`child/sitecustomize.py`)."""
ROOT: Final = Path(__file__).resolve().parent.parent.parent
CHILD: Final = ROOT / "tests" / "controls" / "child"


class TooLate(Exception):
    """The module a switch changes was imported before the switch."""


def chosen() -> Switch | None:
    """The switch of this run. Raises KeyError for a name that is none."""
    name = os.environ.get(VARIABLE, "")
    return BY_NAME[name] if name else None


def environment(name: str) -> dict[str, str]:
    """What a process needs in its environment to be without this control."""
    known = os.environ.get("PYTHONPATH", "")
    return {VARIABLE: name, "PYTHONPATH": os.pathsep.join([str(CHILD), *known.split(os.pathsep)])}


def apply() -> None:
    """Let this process import the changed module. Once; a second call does nothing."""
    switch = chosen()
    if (
        switch is None
        or isinstance(switch.how, Sql)
        or any(isinstance(one, _Finder) for one in sys.meta_path)
    ):
        return
    finder = _Finder(switch.how)
    if finder.module in sys.modules:
        raise TooLate(f"{switch.name}: {finder.module} is imported already")
    sys.meta_path.insert(0, finder)


class _Finder(MetaPathFinder):
    def __init__(self, how: Edit | Body) -> None:
        self.how = how
        self.module = module_of(how)

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if fullname != self.module:
            return None
        file = str(ROOT / self.how.file)
        within = [str(Path(file).parent)] if file.endswith("__init__.py") else None
        loader = _Changed(fullname, file, self.how)
        return importlib.util.spec_from_file_location(
            fullname, file, loader=loader, submodule_search_locations=within
        )


class _Changed(SourceFileLoader):
    """Compiles the changed source, past the cache of compiled ones."""

    def __init__(self, fullname: str, path: str, how: Edit | Body) -> None:
        super().__init__(fullname, path)
        self.how = how

    def get_code(self, fullname: str) -> CodeType:
        source = Path(self.path).read_text(encoding="utf-8")
        return compile(self.how.applied(source), self.path, "exec", dont_inherit=True)


def module_of(how: Edit | Body) -> str:
    """The dotted name of the module a change is made to."""
    return how.file.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def statements() -> str:
    """SQL of the switch of this run, for every database it makes; "" where it has none."""
    switch = chosen()
    return switch.how.statements if switch and isinstance(switch.how, Sql) else ""


BY_NAME: Final = {switch.name: switch for switch in SWITCHES}
