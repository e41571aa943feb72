"""Loads every module of the standard library. Prints the name of each that does not load, and to the error output why.

A child process loads them, so that a crash ends only that: another child goes on after the module that crashed.
"""

import contextlib
import importlib.util
import io
import os
import pkgutil
import sys
import warnings

# Python has and names these everywhere, and they load on Windows, macOS or iOS alone.
OTHER_SYSTEMS = {
    "_ios_support",
    "_msi",
    "_overlapped",
    "_pyrepl.windows_console",
    "_scproxy",
    "_winapi",
    "_wmi",
    "asyncio.windows_events",
    "asyncio.windows_utils",
    "distutils._msvccompiler",
    "distutils.msvc9compiler",
    "encodings.mbcs",
    "encodings.oem",
    "msilib",
    "msvcrt",
    "multiprocessing.popen_spawn_win32",
    "nt",
    "winreg",
    "winsound",
}
# Compiled, not run: programs and scripts, which open a window or a browser, print, or end the process.
PROGRAMS = ("antigravity", "this", "idlelib.idle", "lib2to3.pgen2.conv", "turtledemo")
# Tests of the library itself, which some distributions install with it.
TESTS = {"idle_test", "test", "tests"}


def names():
    """Every module that can be imported, and those that ought to be there."""
    for top in sorted(sys.stdlib_module_names):
        yield top
        folders = top_folders(top)
        for each in pkgutil.walk_packages(folders, f"{top}.", onerror=lambda _: None):
            if not TESTS.intersection(each.name.split(".")):
                yield each.name


def top_folders(name):
    """Where the modules of a package are; none where it is no package, or not there."""
    with contextlib.suppress(ImportError, ValueError):
        spec = importlib.util.find_spec(name)
        return spec.submodule_search_locations or [] if spec else []
    return []


def is_program(name):
    return name.split(".")[-1] == "__main__" or any(name == each or name.startswith(f"{each}.") for each in PROGRAMS)


def load(name):
    if not is_program(name):
        importlib.import_module(name)
        return
    spec = importlib.util.find_spec(name)
    if spec is None:
        raise ModuleNotFoundError(f"no module named {name}")
    spec.loader.get_code(name)


def load_all(wanted, report):
    """In the child: a line per module, before it is loaded and where it does not load, and one at the end."""
    with contextlib.redirect_stdout(io.StringIO()):
        for name in wanted:
            report(f"at {name}")
            try:
                load(name)
            except BaseException as error:
                report(f"bad {name}")
                print(f"{name}: {type(error).__name__}: {error}", file=sys.stderr)
    report("end")


def run_child(wanted):
    """Gives the names that do not load, and those that are still to do where the child crashed."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reader)
        load_all(wanted, lambda line: os.write(writer, f"{line}\n".encode()))
        sys.stderr.flush()
        os._exit(0)
    os.close(writer)
    with open(reader) as lines:
        said = [line.split() for line in lines]
    _, status = os.waitpid(child, 0)
    bad = [line[1] for line in said if line[0] == "bad"]
    if said[-1] == ["end"]:
        return bad, []
    last = said[-1][-1]
    print(f"{last}: ends the process, status {status}", file=sys.stderr)
    return [*bad, last], wanted[wanted.index(last) + 1 :]


warnings.simplefilter("ignore")
left = [name for name in names() if name not in OTHER_SYSTEMS]
print(f"{len(left)} modules", file=sys.stderr)
while left:
    failed, left = run_child(left)
    for module in failed:
        print(module)
