"""What the scripts in this folder share: crates, measured commands, unit graphs, tables."""
import collections
import ctypes
import hashlib
import json
import os
import pathlib
import re
import resource
import shutil
import statistics
import subprocess
import sys
import threading
import time

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
KILN = str(ROOT / "kiln")
FIXTURE = ROOT / "fixtures" / "workshop"


def programs(*files):
    """The published programs of programs.tsv, or of the files named: name -> version."""
    rows = [row for file in files or ["programs.tsv"] for row in (HERE / file).read_text().splitlines()]
    return dict(row.split("\t")[:2] for row in rows if row and not row.startswith("#"))


def work_folder(option):
    """Where sources and builds go; kept between runs, so that nothing is fetched twice."""
    cache = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
    folder = pathlib.Path(option or os.path.join(cache, "kiln-bench")).resolve()
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def crate(name, version, folder):
    """Unpacks a published crate into a folder of its own, fetched by cargo."""
    place = folder / f"{name}-{version}"
    if not place.exists():
        quiet(["cargo", "info", "-q", f"{name}@{version}"], cwd=folder)
        home = pathlib.Path(os.environ.get("CARGO_HOME") or os.path.expanduser("~/.cargo"))
        found = sorted(home.glob(f"registry/src/*/{name}-{version}"))
        if not found:
            raise SystemExit(f"cargo did not unpack {name} {version} below {home}")
        fresh = folder / f".{name}-{version}.new"
        shutil.rmtree(fresh, ignore_errors=True)
        shutil.copytree(found[0], fresh, ignore=shutil.ignore_patterns(".cargo-ok"), symlinks=True)
        fresh.rename(place)
    return place


def fetched(name, version, folder):
    """Unpacks a published crate and has both tools fetch what its lock file names."""
    place = crate(name, version, folder)
    for tool in ("cargo", KILN):
        quiet([tool, "fetch", "--locked", "--quiet"], place)
    return place


def environment(**more):
    """The caller's environment without what would make one tool's build another one than the other's."""
    kept = {k: v for k, v in os.environ.items()
            if not k.startswith(("CARGO_", "RUST", "KILN_")) or k in ("CARGO_HOME", "RUSTUP_HOME")}
    return {**kept, "CARGO_INCREMENTAL": "0", "CARGO_TERM_COLOR": "never", **more}


def quiet(argv, cwd, env=None):
    """Runs a command that has to succeed, and gives its standard output."""
    done = subprocess.run(argv, cwd=cwd, env=env or environment(), stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    if done.returncode != 0:
        sys.stderr.write(done.stderr.decode(errors="replace")[-4000:])
        raise SystemExit(f"exit code {done.returncode} of: {' '.join(map(str, argv))}")
    return done.stdout


Run = collections.namedtuple("Run", "code seconds cpu memory out err")


def measured(argv, cwd, env=None, stdin=os.devnull):
    """Runs a command: seconds, CPU seconds of all its processes, and the peak of their anonymous memory.

    The memory is a sum over the processes that live at a time, sampled; what they share is not counted.
    """
    with open(os.path.join(cwd, stdin)) as given:
        start = time.monotonic()
        child = subprocess.Popen(argv, cwd=cwd, env=env or environment(), stdin=given,
                                 stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    peak = [0]
    over = threading.Event()

    def sample():
        while not over.wait(0.1):
            peak[0] = max(peak[0], anonymous_memory(child.pid))

    texts = {}
    readers = [threading.Thread(target=lambda n=n, s=s: texts.update({n: s.read()}))
               for n, s in (("out", child.stdout), ("err", child.stderr))]
    sampler = threading.Thread(target=sample)
    for thread in readers + [sampler]:
        thread.start()
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    _, status = os.waitpid(child.pid, 0)
    seconds = time.monotonic() - start
    reap_orphans()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    over.set()
    for thread in readers + [sampler]:
        thread.join()
    child.returncode = os.waitstatus_to_exitcode(status)
    return Run(child.returncode, seconds, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, peak[0],
               texts["out"].decode(errors="replace"), texts["err"].decode(errors="replace"))


def adopt_orphans():
    """Makes this process the parent of processes that lose theirs: bubblewrap leaves the first process of its
    namespace behind, and with it the CPU seconds of all that ran inside."""
    PR_SET_CHILD_SUBREAPER = 36
    ctypes.CDLL(None, use_errno=True).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def reap_orphans():
    while True:
        try:
            os.waitpid(-1, 0)
        except ChildProcessError:
            return


adopt_orphans()


def files(result):
    """name -> SHA-256 of everything in a result tree."""
    found = sorted(path for path in result.rglob("*") if path.is_file())
    return {str(path.relative_to(result)): hashlib.sha256(path.read_bytes()).hexdigest() for path in found}


def anonymous_memory(root):
    """The bytes of anonymous memory of a process and all below it."""
    parents, sizes = {}, {}
    for entry in os.listdir("/proc"):
        if not entry.isdigit():
            continue
        try:
            with open(f"/proc/{entry}/status", "rb") as file:
                status = file.read()
        except OSError:
            continue
        parent = re.search(rb"^PPid:\s*(\d+)", status, re.M)
        size = re.search(rb"^RssAnon:\s*(\d+)", status, re.M)
        parents[int(entry)] = int(parent[1]) if parent else 0
        sizes[int(entry)] = int(size[1]) * 1024 if size else 0

    def below(pid):
        seen = 0
        while pid and pid != root and seen < 100:
            pid, seen = parents.get(pid, 0), seen + 1
        return pid == root

    return sum(size for pid, size in sizes.items() if below(pid))


def must(run, what):
    if run.code != 0:
        sys.stderr.write(run.err[-4000:])
        raise SystemExit(f"{what}: exit code {run.code}")
    return run


Answer = collections.namedtuple("Answer", "code seconds out error warnings")


def answer(argv, cwd, env):
    """What a command says: its output, the first line of its error, its warnings."""
    start = time.monotonic()
    done = subprocess.run(argv, cwd=cwd, env=env, stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    seconds = time.monotonic() - start
    said = done.stderr.decode(errors="replace").splitlines()
    error = next((line for line in said if line.startswith("error")), "")
    return Answer(done.returncode, seconds, done.stdout.decode(), error,
                  sorted(line for line in said if line.startswith("warning: ")))


def told_apart(cargo, kiln):
    """How two answers differ beside their output, as readable lines."""
    pairs = [("exit code", cargo.code, kiln.code), ("error", cargo.error, kiln.error),
             ("warnings", cargo.warnings, kiln.warnings)]
    return [f"{what}: cargo {a!r}, kiln {b!r}" for what, a, b in pairs if a != b]


def unit_graph(argv, cwd, env):
    return json.loads(quiet(argv + ["--unit-graph", "-Z", "unstable-options"], cwd, env))


def _own(unit):
    """What a unit says of itself. A source that is not local counts from its package's folder on."""
    target = dict(unit["target"])
    if not unit["pkg_id"].startswith("path+"):
        target["src_path"] = re.sub(r"^.*/[^/]+-\d+\.\d+\.\d+[^/]*/", "", target["src_path"])
    return {**{k: unit[k] for k in ("pkg_id", "profile", "mode")}, "target": target,
            "platform": unit.get("platform"), "features": sorted(unit.get("features", [])),
            "is_std": unit.get("is_std", False)}


def _edges(unit, name):
    return sorted([name(d["index"]), d["extern_crate_name"], bool(d.get("public")),
                   bool(d.get("noprelude")), bool(d.get("nounused"))] for d in unit["dependencies"])


def graph_differences(expected, actual):
    """Units and edges on one side only, as readable lines; a unit's name covers all that is below it."""
    def canonical(graph):
        names = {}

        def name(i):
            if i not in names:
                names[i] = "in a cycle"
                unit = graph["units"][i]
                text = json.dumps([_own(unit), _edges(unit, name)], sort_keys=True)
                names[i] = hashlib.sha256(text.encode()).hexdigest()
            return names[i]

        units = collections.Counter(name(i) for i in range(len(graph["units"])))
        roots = collections.Counter(name(i) for i in graph["roots"])
        return units, roots, {name(i): u for i, u in enumerate(graph["units"])}

    sys.setrecursionlimit(100_000)
    (eu, er, en), (au, ar, an) = canonical(expected), canonical(actual)

    def label(unit):
        return f"{unit['pkg_id']} {unit['target']['name']} {unit['mode']} {unit.get('platform') or 'host'} " \
               f"[{','.join(sorted(unit.get('features', [])))}]"

    lines = [f"cargo only: {label(en[n])}" for n in (eu - au).elements()]
    lines += [f"kiln only:  {label(an[n])}" for n in (au - eu).elements()]
    if not lines and er != ar:
        lines.append("the roots differ")
    return lines


def edge_count(graph):
    return sum(len(u["dependencies"]) for u in graph["units"])


def table(head, rows):
    """Prints columns, numbers to the right."""
    cells = [[str(c) for c in row] for row in [head] + rows]
    widths = [max(len(r[i]) for r in cells) for i in range(len(head))]
    for n, row in enumerate(cells):
        print("  ".join(c.ljust(w) if i == 0 else c.rjust(w)
                        for i, (c, w) in enumerate(zip(row, widths))).rstrip(), flush=True)
        if n == 0:
            print("  ".join("-" * w for w in widths))


def median(values):
    return statistics.median(values)
