package dev.kiln.sandbox;

import dev.kiln.sandbox.SandboxSpec.Step;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/// The first rung: a spec as one `bwrap` command line. A pure function.
///
/// `--cap-drop ALL`, a user that is not 0, and the read-only binds over /proc's switches are what
/// keeps a builder of real root from remounting its inputs and from writing sysctls (measured,
/// design D5). The root and /dev are remounted read-only last, when every mount point exists.
final class Bubblewrap {
  /// The descriptor that `bwrap` tells its child's pid and end on.
  static final int STATUS_FD = 3;

  /// What a shell exports of its own accord before it executes `bwrap`.
  private static final List<String> SHELL_VARIABLES = List.of("PWD", "OLDPWD", "SHLVL", "_");

  /// As many words does `bwrap` take, and about as many bytes the kernel for all of them.
  private static final int MOST_WORDS = 9000;

  private static final int MOST_BYTES = 1 << 20;

  private Bubblewrap() {}

  /// Answers whether bubblewrap can take a command line, and set variables of these names.
  static boolean takes(List<String> line, Set<String> variables) {
    var bytes = 0L;
    for (var word : line) {
      bytes += word.length() + 1L;
    }
    return line.size() <= MOST_WORDS
        && bytes <= MOST_BYTES
        && variables.stream().noneMatch(name -> name.isEmpty() || name.contains("="));
  }

  /// `switches` are the paths of [Proc]. The environment holds one variable too much: bubblewrap
  /// sets `PWD` itself, which the program's command line has to undo ([EntryPoint]).
  static List<String> commandLine(
      String bwrap, SandboxSpec spec, List<String> switches, boolean hasFreshProc) {
    var line = new ArrayList<String>();
    line.add(bwrap);
    add(line, "--json-status-fd", Integer.toString(STATUS_FD));
    add(line, "--unshare-user", "--unshare-pid", "--unshare-ipc", "--unshare-uts");
    add(line, "--unshare-cgroup-try");
    if (!spec.hasNetwork()) {
      add(line, "--unshare-net");
    }
    add(line, "--uid", Integer.toString(SandboxSpec.UID));
    add(line, "--gid", Integer.toString(SandboxSpec.GID));
    add(line, "--hostname", SandboxSpec.HOST_NAME);
    add(line, "--cap-drop", "ALL", "--new-session", "--die-with-parent");
    SHELL_VARIABLES.forEach(name -> add(line, "--unsetenv", name));
    spec.program().env().forEach((name, value) -> add(line, "--setenv", name, value));
    if (hasFreshProc) {
      add(line, "--proc", "/proc");
      switches.forEach(path -> add(line, "--ro-bind", path, path));
    } else {
      add(line, "--ro-bind", "/proc", "/proc");
    }
    add(line, "--dev", "/dev", "--tmpfs", "/dev/shm");
    // those that it makes by itself are for their owner alone
    tops(spec.steps()).forEach(top -> add(line, "--dir", top));
    spec.steps().forEach(step -> addStep(line, step));
    add(line, "--remount-ro", "/dev", "--remount-ro", "/");
    add(line, "--chdir", spec.program().cwd());
    line.add("--");
    line.addAll(spec.program().argv());
    return line;
  }

  /// Returns the words before a program's that runs in a view of the `machine` with `steps` in it:
  /// its devices are there, and nothing is taken from the user.
  static List<String> amid(String bwrap, List<Step> machine, List<Step> steps, String cwd) {
    var line = new ArrayList<String>();
    line.add(bwrap);
    add(line, "--json-status-fd", Integer.toString(STATUS_FD), "--die-with-parent");
    for (var step : machine) {
      switch (step) {
        case Step.Bind(var source, var at, _, _) -> add(line, "--dev-bind", source, at);
        case Step.Link _ -> addStep(line, step);
      }
    }
    steps.forEach(step -> addStep(line, step));
    add(line, "--chdir", cwd, "--");
    return line;
  }

  /// Returns the directories at the top that hold what steps bring, and are brought by none.
  private static SortedSet<String> tops(List<Step> steps) {
    var tops = new TreeSet<String>();
    for (var step : steps) {
      var end = step.at().indexOf('/', 1);
      if (end > 0) {
        tops.add(step.at().substring(0, end));
      }
    }
    steps.forEach(step -> tops.remove(step.at()));
    tops.remove("/dev");
    return tops;
  }

  private static void addStep(List<String> line, Step step) {
    switch (step) {
      case Step.Bind(var source, var at, var isWritable, _) ->
          add(line, isWritable ? "--bind" : "--ro-bind", source, at);
      case Step.Link(var at, var target) -> add(line, "--symlink", target, at);
    }
  }

  private static void add(List<String> line, String... words) {
    line.addAll(List.of(words));
  }
}
