"""Do the tests bite? Each patch here is one bug that somebody could make. Built into the binary that its named test
runs, it must make that test fail; the same test passes without it.

Of a patch only the sources it touches are compiled again, apart from the working tree, and linked before the libraries
that hold the sound ones; so a mutant takes seconds, and the product has no switch for any of them.

usage: run.py BUILD [NAME ...] [--some N [--seed N]] [--json] [--list] [--keep-going]
The first lines of a patch: `# killed by: REGEX` (the names of the tests, as ctest -R takes them; the first that fails
is enough), `# says: TEXT` (optional: the failing test must say so), `# hangs` (optional: a test that does not end in time
has found it; of others that is no finding), and then in a line what the bug is.
Exit code 1: a mutant lives, a patch does not apply, or a named test fails without a mutant.
"""
import argparse
import json
import os
import random
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
SECONDS_MAX = 400
# In every draw, whatever else is: one that changes nothing and must live, and one that every test of the rules finds. A
# runner that kills what changes nothing kills anything; one that finds no such bug finds none.
CANARY = "canary"
GLARING = "debit-and-credit-swapped"


class Trouble(Exception):
    pass


def run(*command, **options):
    return subprocess.run([str(word) for word in command], capture_output=True, text=True, check=False, **options)


class Mutant:
    def __init__(self, path):
        self.path, self.name = path, path.stem
        text = path.read_text()
        self.killers = re.findall(r"^# killed by: (.+)$", text, re.MULTILINE)
        self.says = re.findall(r"^# says: (.+)$", text, re.MULTILINE)
        self.hangs = re.search(r"^# hangs$", text, re.MULTILINE) is not None
        self.sources = re.findall(r"^\+\+\+ b/(\S+)", text, re.MULTILINE)
        if not self.killers or not self.sources:
            raise Trouble(f"{self.name}: a patch says `# killed by: REGEX` and changes a source")
        headers = [source for source in self.sources if not source.endswith(".cc")]
        if headers:
            raise Trouble(f"{self.name}: only .cc files can be exchanged, not {headers[0]}")

    def apply(self, place):
        for source in self.sources:
            (place / source).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / source, place / source)
        done = run("patch", "-p1", "--batch", "--fuzz=2", "-i", self.path, cwd=place)
        if done.returncode != 0:
            raise Trouble(f"{self.name}: the patch does not apply any more: {done.stdout.strip()}")


class Build:
    """What the build system knows: how a source is compiled, a program linked, a test run."""

    def __init__(self, build):
        self.path = build.resolve()
        commands = json.loads((self.path / "compile_commands.json").read_text())
        self.compile = {os.path.relpath(entry["file"], ROOT): shlex.split(entry["command"]) for entry in commands}
        shown = run("ctest", "--test-dir", self.path, "--show-only=json-v1")
        self.tests = {test["name"]: test for test in json.loads(shown.stdout)["tests"] if "command" in test}
        self.sound = {}  # tests that have passed without a mutant
        self.is_known_sound = False

    def tests_named(self, regex):
        found = [test for name, test in self.tests.items() if re.search(regex, name)]
        if not found:
            raise Trouble(f"no test is named {regex}")
        return found

    def object_of(self, mutant, source, place):
        command = list(self.compile[source])
        made = place / (source.replace("/", "_") + ".o")
        command[command.index("-o") + 1] = str(made)
        command[command.index("-c") + 1] = str(place / source)
        for option in ("-MD", "-MT", "-MF"):
            if option in command:
                at = command.index(option)
                del command[at:at + (1 if option == "-MD" else 2)]
        done = run(*command, "-w", cwd=self.path)
        if done.returncode != 0:
            raise Trouble(f"{mutant.name}: does not compile: {done.stderr[-2000:]}")
        return made

    def holds(self, program, sources):
        """Whether any of the sources is in the program, by way of their libraries."""
        listed = run("ninja", "-C", self.path, "-t", "commands", os.path.relpath(program, self.path))
        line = listed.stdout.splitlines()[-1]
        return any(f"libdaybook_{source.split('/')[0]}.a" in line or source in line for source in sources)

    def link(self, program, objects, made):
        listed = run("ninja", "-C", self.path, "-t", "commands", os.path.relpath(program, self.path))
        line = listed.stdout.splitlines()[-1]
        command = next(part for part in line.split(" && ") if " -o " in part)
        words = shlex.split(command)
        words[words.index("-o") + 1] = str(made)
        first = next(at for at, word in enumerate(words) if word.endswith((".o", ".a")))
        words[first:first] = [str(one) for one in objects]
        done = run(*words, cwd=self.path)
        if done.returncode != 0:
            raise Trouble(f"cannot link {program}: {done.stderr[-2000:]}")

    def is_program(self, word):
        path = Path(word)
        return path.is_absolute() and path.is_relative_to(self.path) and path.is_file() and os.access(path, os.X_OK) \
            and path.suffix == ""

    def run_test(self, test, exchanged, hangs=False):
        """Whether it fails, and what it says."""
        properties = {entry["name"]: entry["value"] for entry in test.get("properties", [])}
        environment = dict(line.split("=", 1) for line in properties.get("ENVIRONMENT", []))
        # Tests that were compiled with the place of the binary take another from here.
        for sound, mutated in exchanged.items():
            if Path(sound).name == "daybook":
                environment["DAYBOOK_BINARY"] = str(mutated)
        command = [str(exchanged.get(word, word)) for word in test["command"]]
        skipped = properties.get("SKIP_RETURN_CODE")
        try:
            done = run(*command, cwd=properties.get("WORKING_DIRECTORY", self.path), timeout=SECONDS_MAX,
                       env=os.environ | environment)
        except subprocess.TimeoutExpired:
            if hangs:
                return True, "it took too long"
            raise Trouble(f"{test['name']} does not end, which is not what the patch says of it") from None
        if skipped is not None and done.returncode == skipped:
            raise Trouble(f"{test['name']} cannot run here: {done.stdout.strip()[-200:]}")
        return done.returncode != 0, done.stdout + done.stderr


def check_sound(build, test):
    if test["name"] not in build.sound and not build.is_known_sound:
        failed, said = build.run_test(test, {})
        if failed:
            raise Trouble(f"{test['name']} fails without any mutant: {said[-2000:]}")
        build.sound[test["name"]] = True


def programs_of(build, test):
    programs = {word for word in test["command"] if build.is_program(word)}
    # Named in the test's source, not in its call.
    if Path(test["command"][0]).name == "crash_test":
        programs.add(str(build.path / "cli/daybook"))
    return programs


def try_mutant(build, mutant):
    """The name of the test that killed it."""
    with tempfile.TemporaryDirectory(prefix="daybook-mutant-") as directory:
        place = Path(directory)
        mutant.apply(place)
        objects = [build.object_of(mutant, source, place) for source in mutant.sources]
        exchanged = {}
        for regex in mutant.killers:
            for test in build.tests_named(regex):
                check_sound(build, test)
                for program in programs_of(build, test) - exchanged.keys():
                    if not build.holds(program, mutant.sources):
                        continue
                    exchanged[program] = place / Path(program).name
                    build.link(program, objects, exchanged[program])
                failed, said = build.run_test(test, exchanged, mutant.hangs)
                if failed and all(text in said for text in mutant.says):
                    return test["name"]
    return None


def choose(options):
    mutants = [Mutant(path) for path in sorted(HERE.glob("*.patch")) if not options.names or path.stem in options.names]
    missing = set(options.names) - {mutant.name for mutant in mutants}
    if missing:
        raise Trouble(f"no such patch: {' '.join(sorted(missing))}")
    return mutants


def draw(options, mutants, build):
    """Some of those whose tests are built, and those that are in every draw."""
    built = [mutant for mutant in mutants
             if all(any(re.search(regex, name) for name in build.tests) for regex in mutant.killers)]
    others = [mutant for mutant in built if mutant.name not in (CANARY, GLARING)]
    return random.Random(options.seed).sample(others, min(options.some, len(others))) + \
        [mutant for mutant in mutants if mutant.name in (CANARY, GLARING)]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("build", type=Path)
    parser.add_argument("names", nargs="*")
    parser.add_argument("--some", type=int, help="so many, drawn by --seed")
    parser.add_argument("--seed", type=int, default=int(time.time() // 3600), help="default: another each hour")
    parser.add_argument("--sound", action="store_true", help="do not run the tests without a mutant: somebody else does")
    parser.add_argument("--list", action="store_true")
    parser.add_argument("--json", action="store_true", help="the counts, as the last line")
    options = parser.parse_args()
    mutants = choose(options)
    if options.list:
        for mutant in mutants:
            print(f"{mutant.name:<44} {' | '.join(mutant.killers)}")
        return 0
    if options.some:
        print(f"seed {options.seed}")
    build = Build(options.build)
    build.is_known_sound = options.sound
    if options.some:
        mutants = draw(options, mutants, build)
    killed = wrong = 0
    for mutant in mutants:
        began = time.monotonic()
        try:
            killer = try_mutant(build, mutant)
            is_right = (killer is None) == (mutant.name == CANARY)
            verdict = f"killed by {killer}" if killer else "lives"
        except Trouble as trouble:
            is_right, verdict = False, str(trouble)
        killed += is_right and mutant.name != CANARY
        wrong += not is_right
        print(f"{'' if is_right else 'WRONG '}{mutant.name}: {verdict} ({time.monotonic() - began:.0f} s)", flush=True)
    counts = {"mutants": len(mutants) - any(mutant.name == CANARY for mutant in mutants), "killed": killed, "wrong": wrong}
    print(json.dumps(counts) if options.json else f"{counts['mutants']} mutants, {killed} killed, {wrong} wrong")
    return 1 if wrong else 0


try:
    sys.exit(main())
except Trouble as trouble:
    sys.exit(f"run.py: {trouble}")
