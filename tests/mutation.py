"""Mutation testing of the project's own code: is there a test that notices each small change of it?

    python tests/mutation.py [MODULE...]            try the mutants of these modules, or of all
    python tests/mutation.py --again [MODULE...]    only those that no test has killed so far
    python tests/mutation.py --page                 write docs/mutation.md from what was found

Cosmic Ray makes the mutants. The tests that reach the changed line run, the fastest first, until one fails.
All happens in copies below .mutation/, each with an installation of its own, so that tests that start
processes meet the mutant too. It needs Linux with unshare, or macOS. In the environment, MUTATION_COPIES
says how many mutants are tried at once (2), MUTATION_SECONDS for how long the last tests may take (30).
"""

import argparse
import ast
import compileall
import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
import sysconfig
import time
import tomllib
import venv
import zlib
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from queue import SimpleQueue
from typing import Any, ClassVar

import pytest

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
KEPT = ROOT / ".mutation"
RESULTS = KEPT / "results.json"
COLUMNS = ("mutants", "killed", "equivalent", "open", "changed since")
UNDECIDED = "Open: no test has noticed it, and nothing says yet that none need to."
SETTINGS = tomllib.loads(HERE.joinpath("mutation.toml").read_text(encoding="utf-8"))
BATCHES = (0.2, 1.0, float(os.environ.get("MUTATION_SECONDS", "30")))
"""Seconds of tests that are tried one after the other; a mutant that outlives them all survives."""
APART = ("unshare", "--map-root-user", "--pid", "--fork", "--mount-proc", "--kill-child")
"""What shows a mutant no process but its own: one of those that end programs would end all others."""
PLUGIN_OFF = ("-p", "no:bitsspec", "-o", "markers=bits_clause")
"""What keeps a mutant of the plugin from the pytest that is to notice it: it may switch the tests off."""


# The mutants


@dataclass(frozen=True)
class Mutant:
    """One change of one line."""

    module: str
    line: int
    scope: list[str] | None
    """The lines of the outermost function around it; None at the top of a module."""
    before: str
    after: str
    source: str
    number: int
    """Which it is of those of the module that read alike, from 1 on."""

    @property
    def key(self) -> str:
        """What names it in the results, wherever the line moves."""
        return f"{self.before}\t{self.after}\t{self.number}"


class _Bare(ast.NodeTransformer):
    """Code without what no test can notice: annotations; and with ``not a is b`` as ``a is not b``."""

    OPPOSITE: ClassVar = {
        ast.Is: ast.IsNot,
        ast.Eq: ast.NotEq,
        ast.In: ast.NotIn,
        ast.Lt: ast.GtE,
        ast.Gt: ast.LtE,
    }
    OPPOSITE |= {b: a for a, b in OPPOSITE.items()}

    def visit_arg(self, node: ast.arg) -> ast.AST:
        node.annotation = None
        return node

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        node.returns = None
        every = node.args  # without the markers / and *, which are no operators
        every.args = [*every.posonlyargs, *every.args, *every.kwonlyargs]
        every.defaults += [default for default in every.kw_defaults if default is not None]
        every.posonlyargs, every.kwonlyargs, every.kw_defaults = [], [], []
        return self.generic_visit(node)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AST:
        node.annotation = ast.Constant(None)
        return self.generic_visit(node)

    def visit_UnaryOp(self, node: ast.UnaryOp) -> ast.AST:
        self.generic_visit(node)
        inner = node.operand
        if isinstance(node.op, ast.Not) and isinstance(inner, ast.Compare) and len(inner.ops) == 1:
            inner.ops = [self.OPPOSITE[type(inner.ops[0])]()]
            return inner
        return node


def modules() -> list[str]:
    """Return the modules that are tried, as paths in the project."""
    paths = [*ROOT.glob("spec/*.py"), *ROOT.glob("src/bitsspec/**/*.py")]
    return sorted(path.relative_to(ROOT).as_posix() for path in paths)


def mutants(module: str) -> Iterator[Mutant]:
    """Yield the mutants of a module, each different from all others and from the code itself."""
    from cosmic_ray.ast import ast_nodes, get_ast
    from cosmic_ray.mutating import mutate_code
    from cosmic_ray.plugins import get_operator

    source = ROOT.joinpath(module).read_text(encoding="utf-8")
    lines = source.splitlines()
    scopes = [
        range(node.lineno, (node.end_lineno or 0) + 1)
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.FunctionDef)
    ]
    seen = {_bare(source)}
    alike: Counter[tuple[str, str]] = Counter()
    for name in SETTINGS["operators"]:
        operator = get_operator(f"core/{name}")()
        places = [place for node in ast_nodes(get_ast(source)) for place in operator.mutation_positions(node)]
        for occurrence, ((line, _), _) in enumerate(places):
            changed = mutate_code(source, operator, occurrence)
            try:
                bare = _bare(changed)
            except SyntaxError:
                continue
            if bare in seen:
                continue
            seen.add(bare)
            around = next((scope for scope in scopes if line in scope), None)
            scope = lines[around.start - 1 : around.stop - 1] if around else None
            before = lines[line - 1].strip()
            changed_lines = [text.strip() for text in changed.splitlines() if text not in lines]
            after = " / ".join(changed_lines) or "(deleted)"
            alike[before, after] += 1
            yield Mutant(module, line, scope, before, after, changed, alike[before, after])


def _bare(source: str) -> str:
    return ast.dump(_Bare().visit(ast.parse(source)))


# The copies


class Copy:
    """A copy of the project with an installation of its own, and a process that runs tests in it."""

    def __init__(self, name: str) -> None:
        self.tree = KEPT / name
        self.passed: set[str] = set()
        shutil.rmtree(self.tree, ignore_errors=True)
        leave = shutil.ignore_patterns(
            ".git",
            ".mutation",
            ".*_cache",
            ".hypothesis",
            "__pycache__",
            "build",
            "*.egg-info",
            ".venv",
        )
        shutil.copytree(ROOT, self.tree, ignore=leave)
        venv.create(self.tree / ".venv", symlinks=True, with_pip=False)
        self.python = self.tree / ".venv" / "bin" / "python"
        version = f"python{sys.version_info.major}.{sys.version_info.minor}"
        self.site = self.tree / ".venv" / "lib" / version / "site-packages"
        self.site.joinpath("dependencies.pth").write_text(sysconfig.get_path("purelib"), encoding="utf-8")
        pip = [
            sys.executable,
            "-m",
            "pip",
            "--python",
            str(self.python),
            "install",
            "-q",
            "--no-deps",
        ]
        subprocess.run([*pip, "--ignore-installed", str(self.tree)], check=True)
        shutil.rmtree(self.tree / "build", ignore_errors=True)
        compileall.compile_dir(self.tree / "tests", quiet=1)

    def installed(self, module: str) -> Path:
        """Return where a module of the project is installed."""
        return self.site / "bitsspec" / module.removeprefix("src/bitsspec/")

    def environment(self, **more: str) -> dict[str, str]:
        """Return an environment in which this copy is the one that is found."""
        path = os.pathsep.join((str(self.python.parent), os.environ["PATH"]))
        return os.environ | {"PATH": path, "PYTHONDONTWRITEBYTECODE": "1", **more}

    def serve(self) -> None:
        """Start the process that forks for each run of tests."""
        self.server = subprocess.Popen(
            [*(APART if sys.platform == "linux" else ()), self.python, __file__, "--serve"],
            cwd=self.tree,
            env=self.environment(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            encoding="utf-8",
        )

    def must_pass(self, tests: list[str]) -> None:
        """Raise where tests fail without any mutant; each is tried once."""
        if not self.passed.issuperset(tests):
            failure = self.fails(tests, 600)
            if failure:
                raise RuntimeError(f"fails without a mutant: {failure}")
            self.passed.update(tests)

    def fails(self, tests: list[str], timeout: float, options: Sequence[str] = ()) -> str | None:
        """Return which of the tests fails, or how else they end; None where all pass."""
        assert self.server.stdin is not None
        assert self.server.stdout is not None
        self.server.stdin.write(json.dumps([[*options, *tests], timeout]) + "\n")
        self.server.stdin.flush()
        failure: str | None = json.loads(self.server.stdout.readline())
        return failure


def serve() -> None:
    """Answer each request, arguments of pytest and seconds, with the test that fails or with null."""
    for name in SETTINGS["imported_before"]:
        import_module(name)

    for request in sys.stdin:
        arguments, timeout = json.loads(request)
        here, there = os.pipe()
        child = os.fork()
        if not child:
            os.setsid()
            nothing = os.open(os.devnull, os.O_RDWR)
            for descriptor in range(3):
                os.dup2(nothing, descriptor)
            options = ["-x", "-q", "-p", "no:cacheprovider", "--assert=plain"]
            os._exit(int(pytest.main([*options, *arguments], plugins=[_FirstFailure(there)])))
        os.close(there)
        code = _ends(child, timeout)
        os.set_blocking(here, False)
        failure = b""
        with suppress(BlockingIOError):
            failure = os.read(here, 4096)
        os.close(here)
        print(json.dumps((failure.decode() or f"exit code {code}") if code else None), flush=True)


class _FirstFailure:
    """The pytest plugin that tells which test fails."""

    def __init__(self, descriptor: int) -> None:
        self.descriptor = descriptor

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed:
            os.write(self.descriptor, report.nodeid.encode())


def _ends(child: int, timeout: float) -> int:
    """Return the exit code of a process, or -1 where it had to be killed with all its children."""
    code = -1
    give_up = time.monotonic() + timeout
    while time.monotonic() < give_up:
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            code = os.waitstatus_to_exitcode(status)
            break
        time.sleep(0.01)
    with suppress(ProcessLookupError):
        os.killpg(child, signal.SIGKILL)
    if code == -1:
        with suppress(ChildProcessError):
            os.waitpid(child, 0)
    return code


# Which test reaches which line


class Reach:
    """For each test its seconds and the lines it reaches, in this process or in those it starts."""

    FILE = KEPT / "reach.json"

    def __init__(self) -> None:
        self.tests: dict[str, Any] = {}
        self.files: dict[str, str] = {}
        if self.FILE.exists():
            self.files, self.tests = json.loads(self.FILE.read_text(encoding="utf-8"))

    def measure(self, copy: Copy) -> None:
        """Run the test files that are new or have changed, and remember what each test reaches."""
        digests = {
            path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in HERE.glob("test_*.py")
        }
        stale = sorted(name for name, digest in digests.items() if self.files.get(name) != digest)
        self.tests = {test: found for test, found in self.tests.items() if _file_of(test) in digests}
        if not stale:
            return
        print(f"measuring what {len(stale)} test files reach", flush=True)
        data = copy.tree / "coverage"
        shutil.rmtree(data, ignore_errors=True)
        data.mkdir()
        config = copy.tree / "coverage.ini"
        source = copy.site / "bitsspec"
        config.write_text(
            f"[run]\nparallel = true\ndata_file = {data}/c\nsource = {source}\n"
            "context = ${MUTATION_TEST-}\n"
            "disable_warnings = no-data-collected, trace-changed, module-not-imported, not-measured\n",
            encoding="utf-8",
        )
        start = copy.site / "dependencies_measured.pth"
        start.write_text("import coverage; coverage.process_startup()\n", encoding="utf-8")
        seconds = copy.tree / "seconds.json"
        environment = copy.environment(
            COVERAGE_PROCESS_START=str(config),
            PYTHONPATH=str(HERE),
            MUTATION_SECONDS_TO=str(seconds),
        )
        options = ["-q", "-n", "2", "-p", "mutation", "-p", "no:cacheprovider", "--no-header", "--tb=no"]
        command = [str(copy.python), "-m", "pytest", *options, *(f"tests/{name}" for name in stale)]
        subprocess.run(command, cwd=copy.tree, env=environment, check=False)
        start.unlink()
        self.tests = {test: found for test, found in self.tests.items() if _file_of(test) not in stale}
        for test, spent in json.loads(seconds.read_text(encoding="utf-8")).items():
            self.tests[test] = [spent, {}]
        self._read(data, source)
        self.files = digests
        self.FILE.write_text(json.dumps([self.files, self.tests]), encoding="utf-8")

    def _read(self, data: Path, source: Path) -> None:
        from coverage import CoverageData
        from coverage.exceptions import DataError

        tried = set(modules())
        for path in data.glob("c.*"):
            found = CoverageData(str(path))
            with suppress(DataError):  # of a process that was killed
                found.read()
            for file in found.measured_files():
                inside = Path(file).relative_to(source).as_posix()
                module = inside if inside.startswith("spec/") else f"src/bitsspec/{inside}"
                if module not in tried:  # the conformance tests and the benchmarks
                    continue
                lines = Path(file).read_text(encoding="utf-8").splitlines()
                for number, contexts in found.contexts_by_lineno(file).items():
                    for context in contexts:
                        for test in {
                            context.split("|")[0],
                            context.split("|")[-1],
                        } & self.tests.keys():
                            self.tests[test][1].setdefault(module, []).append(_mark(lines[number - 1]))

    def tests_for(self, mutant: Mutant) -> list[str]:
        """Return the tests that reach a mutant, fastest first; for a module's top, those in files that do."""
        for lines in [[mutant.before], mutant.scope] if mutant.scope else []:
            wanted = {_mark(line) for line in lines}
            found = [
                test
                for test, (_, reached) in self.tests.items()
                if wanted & {*reached.get(mutant.module, ())}
            ]
            if found:
                return sorted(found, key=self.seconds)
        files = {_file_of(test) for test in self.tests if mutant.module in self.tests[test][1]}
        return sorted((test for test in self.tests if _file_of(test) in files), key=self.seconds)

    def seconds(self, test: str) -> float:
        """Return how long a test takes."""
        return float(self.tests[test][0])


def _mark(line: str) -> int:
    """Return what stands for a line of code, wherever it moves."""
    return zlib.crc32(line.strip().encode())


def _file_of(test: str) -> str:
    return test.partition("::")[0].removeprefix("tests/")


def _spent() -> float:
    """Return the processor seconds of this process and of its children that have ended."""
    return sum(os.times()[:4])


class Measuring:
    """The pytest plugin that names the running test to coverage, here and in the processes it starts."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self.useless: set[str] = set()
        self.before = 0.0

    def pytest_runtest_logstart(self, nodeid: str) -> None:
        if "PYTEST_XDIST_WORKER" in os.environ:
            import coverage

            os.environ["MUTATION_TEST"] = nodeid
            self.before = _spent()
            measured = coverage.Coverage.current()
            if measured is not None:
                measured.stop()  # a test may have taken the trace function away
                measured.start()
                measured.switch_context(nodeid)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(self) -> Any:
        report = yield
        report.spent = _spent() - self.before
        return report

    def pytest_runtest_logreport(self, report: Any) -> None:
        self.seconds[report.nodeid] = report.spent
        if not report.passed:
            self.useless.add(report.nodeid)  # skipped, or fails without any mutant

    def pytest_sessionfinish(self) -> None:
        if "PYTEST_XDIST_WORKER" not in os.environ:
            good = {test: spent for test, spent in self.seconds.items() if test not in self.useless}
            Path(os.environ["MUTATION_SECONDS_TO"]).write_text(json.dumps(good), encoding="utf-8")


def pytest_configure(config: Any) -> None:
    """Load the plugin, when this file is named by ``-p``."""
    if "MUTATION_SECONDS_TO" in os.environ:
        config.pluginmanager.register(Measuring())


# Trying them


def killer_of(mutant: Mutant, copy: Copy, reach: Reach, killers: list[str]) -> str | None:
    """Return the test that kills the mutant, or None where all that reach it pass."""
    tests = reach.tests_for(mutant)
    recent = list(dict.fromkeys(killers))[:8]
    tests.sort(key=lambda test: reach.seconds(test) / (10 if test in recent else 1))
    place = copy.installed(mutant.module)
    original = place.read_text(encoding="utf-8")
    options = PLUGIN_OFF if mutant.module == "src/bitsspec/plugin.py" else ()
    for cached in place.parent.glob(f"__pycache__/{place.stem}.*"):
        cached.unlink()
    for seconds in BATCHES:
        batch: list[str] = []
        spent = 0.0
        while tests and (not batch or spent + reach.seconds(tests[0]) < seconds):
            spent += reach.seconds(tests[0])
            batch.append(tests.pop(0))
        place.write_text(mutant.source, encoding="utf-8")
        try:
            killer = copy.fails(batch, 60 + 20 * spent, options) if batch else None
        finally:
            place.write_text(original, encoding="utf-8")
        if killer is not None:
            copy.must_pass([killer] if killer in batch else batch)
            return killer
    return None


def run(names: list[str], again: bool) -> None:
    """Try the mutants of the modules, or ``again`` those not yet killed, and keep what kills each."""
    results = json.loads(RESULTS.read_text(encoding="utf-8")) if RESULTS.exists() else {}
    number_of_copies = int(os.environ.get("MUTATION_COPIES", "2"))
    copies = [Copy(f"copy-{number}") for number in range(number_of_copies)]
    reach = Reach()
    reach.measure(copies[0])
    idle: SimpleQueue[Copy] = SimpleQueue()
    for copy in copies:
        copy.serve()
        idle.put(copy)
    killers: list[str] = []

    def try_one(mutant: Mutant) -> str | None:
        copy = idle.get()
        try:
            killer = killer_of(mutant, copy, reach, killers)
        finally:  # or the others would wait for the copy for ever, and nobody be told of the error
            idle.put(copy)
        if killer:
            killers.insert(0, killer)
        else:
            print(f"SURVIVES {mutant.module}:{mutant.line}: {mutant.before}  ->  {mutant.after}", flush=True)
        return killer

    with ThreadPoolExecutor(number_of_copies) as pool:
        for name in names:
            found = list(mutants(name))
            before = results.get(name, {}) if again else {}
            left = [mutant for mutant in found if not before.get(mutant.key)]
            killed = dict(zip([mutant.key for mutant in left], pool.map(try_one, left), strict=True))
            results[name] = {mutant.key: before.get(mutant.key) or killed[mutant.key] for mutant in found}
            RESULTS.write_text(json.dumps(results, indent=1), encoding="utf-8")
            print(
                f"{name}: {len(found)} mutants, {sum(map(bool, results[name].values()))} killed", flush=True
            )
    for copy in copies:
        copy.server.terminate()


def page() -> str:
    """Return docs/mutation.md: how many mutants there are and were killed, and why the others need not be."""
    results = json.loads(RESULTS.read_text(encoding="utf-8"))
    reasons = {
        (entry["module"], before, after): entry["reason"]
        for entry in SETTINGS["equivalent"]
        for before, after in entry["changes"]
    }
    rows, lists = [], []
    total: Counter[str] = Counter()
    for module in modules():
        lines = {line.strip() for line in ROOT.joinpath(module).read_text(encoding="utf-8").splitlines()}
        survivors: dict[str, list[str]] = {}
        count: Counter[str] = Counter()
        for key, killer in results.get(module, {}).items():
            before, after, _ = key.split("\t")
            reason = reasons.get((module, before, after), UNDECIDED)
            kind = "changed since" if before not in lines else "killed" if killer else "equivalent"
            kind = "open" if kind == "equivalent" and reason is UNDECIDED else kind
            count.update(["mutants", kind])
            if kind in ("equivalent", "open"):
                survivors.setdefault(reason, []).append(f"- {_code(before)} → {_code(after)}")
        total += count
        numbers = [f"{count[column]:,}" for column in COLUMNS]
        if module not in results:
            numbers = ["not run", *("" for _ in COLUMNS[1:])]
        if count or module not in results:
            rows.append(f"| `{module}` | {' | '.join(numbers)} |")
        if survivors:
            lists += ["", f"### `{module}`"]
        for reason, alike in sorted(survivors.items()):
            lists += ["", reason, "", *sorted(alike)]
    rows.append(f"| all | {' | '.join(f'{total[column]:,}' for column in COLUMNS)} |")
    head = [f"| module | {' | '.join(COLUMNS)} |", f"| --- |{' ---: |' * len(COLUMNS)}"]
    introduction = SETTINGS["introduction"].strip()
    return "\n".join([introduction, "", *head, *rows, "", "## What survives", *lists, ""])


def _code(line: str) -> str:
    return f"`` {line} ``" if "`" in line else f"`{line}`"


def main() -> None:
    """Do what the arguments ask for."""
    if sys.argv[1:] == ["--serve"]:
        serve()
        return
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "modules", nargs="*", metavar="MODULE", help="such as src/bitsspec/text.py; default all"
    )
    parser.add_argument("--again", action="store_true", help="only those that no test has killed so far")
    parser.add_argument("--page", action="store_true", help="write docs/mutation.md from what was found")
    arguments = parser.parse_args()
    unknown = set(arguments.modules) - set(modules())
    if unknown:
        parser.error(f"no module of the project: {', '.join(sorted(unknown))}")
    if arguments.page and not RESULTS.exists():
        parser.error("nothing was tried yet in this checkout: run it without --page first")
    if arguments.page:
        ROOT.joinpath("docs", "mutation.md").write_text(page(), encoding="utf-8")
        return
    KEPT.mkdir(exist_ok=True)
    run(arguments.modules or modules(), arguments.again)


if __name__ == "__main__":
    main()
