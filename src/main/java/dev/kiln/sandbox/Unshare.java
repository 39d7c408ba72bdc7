package dev.kiln.sandbox;

import dev.kiln.process.RawText;
import dev.kiln.sandbox.SandboxSpec.Step;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Collectors;

/// The rungs without bubblewrap: a spec as two steps of util-linux. Pure functions.
///
/// The first step makes the namespaces and runs [#setupScript] as their init; it holds every
/// capability over the mounts. The program is started by the second: a nested user namespace, whose
/// mounts are its parent's, so that no capability in it, had the program any, would reach them
/// (`unshare -r` alone lets a builder remount its inputs, measured). As real root without user
/// namespaces the second step is an unprivileged uid instead.
///
/// The program's root is changed by chroot, not by pivot: it has no capability to leave it, the
/// kernel lets nobody in a changed root make a user namespace, and init, whose root is the host's,
/// is in a user namespace that the program may not look into.
final class Unshare {
  /// So many binds are worth a table.
  private static final int MANY = 100;

  private static final String END = "end of table";

  /// So many words on a command line are fine with any kernel.
  private static final int AT_ONCE = 500;

  private static final List<String> DEVICES =
      List.of("full", "null", "random", "tty", "urandom", "zero");
  private static final List<List<String>> DEVICE_LINKS =
      List.of(
          List.of("/proc/self/fd", "fd"),
          List.of("/proc/self/fd/0", "stdin"),
          List.of("/proc/self/fd/1", "stdout"),
          List.of("/proc/self/fd/2", "stderr"),
          List.of("pts/ptmx", "ptmx"));

  private final Tools tools;
  private final SandboxSpec spec;
  private final Rung rung;
  private final List<MountPoint> hostMounts;
  private final StringBuilder script = new StringBuilder();

  private Unshare(Tools tools, SandboxSpec spec, Rung rung, List<MountPoint> hostMounts) {
    this.tools = tools;
    this.spec = spec;
    this.rung = rung;
    this.hostMounts = hostMounts;
  }

  /// Returns the first step: `setup` is the file that holds [#setupScript].
  static List<String> commandLine(Tools tools, SandboxSpec spec, Rung rung, String setup) {
    var line = new ArrayList<String>();
    line.add(tool(tools, "setsid"));
    line.addAll(List.of(tool(tools, "setpriv"), "--pdeathsig", "KILL"));
    line.add(tool(tools, "unshare"));
    if (rung.means() == Rung.Means.UNSHARE) {
      line.addAll(List.of("--user", "--map-root-user"));
    }
    line.addAll(List.of("--mount", "--pid", "--fork", "--kill-child"));
    line.addAll(List.of("--ipc", "--uts", "--cgroup"));
    if (!spec.hasNetwork()) {
      line.add("--net");
    }
    line.addAll(List.of("--", tool(tools, "sh"), setup));
    return line;
  }

  /// Returns what init does: mounts, and then the second step. `switches` are those of [Proc],
  /// `hostMounts` the mounts that the binds' sources lie on.
  static String setupScript(
      Tools tools,
      SandboxSpec spec,
      Rung rung,
      List<String> switches,
      List<MountPoint> hostMounts) {
    var unshare = new Unshare(tools, spec, rung, hostMounts);
    unshare.mountAll(switches);
    unshare.runProgram();
    return unshare.script.toString();
  }

  private static String tool(Tools tools, String name) {
    return RawText.of(tools.require(name));
  }

  private void mountAll(List<String> switches) {
    script.append("PATH=/usr/sbin:/usr/bin:/sbin:/bin\n");
    run("mount", "-t", "tmpfs", "-o", "mode=0755,nosuid,nodev", "none", spec.root());
    makeMountPoints();
    mountProc(switches);
    mountDevices();
    bindAll();
    run("mount", "-o", "remount,bind,ro,nosuid", inside("/dev"));
    run("mount", "-o", "remount,bind,ro,nosuid,nodev", inside(""));
    if (!spec.hasNetwork() && tools.find("ip").isPresent()) {
      run("ip", "link", "set", "lo", "up");
    }
    if (tools.find("hostname").isPresent()) {
      run("hostname", SandboxSpec.HOST_NAME);
    }
  }

  /// All of them before the first mount: those that lie below another mount exist there already,
  /// and what is made here is then covered.
  private void makeMountPoints() {
    var directories = new TreeSet<String>(List.of("/proc", "/dev/pts", "/dev/shm", "/build"));
    var files = new TreeSet<String>();
    DEVICES.forEach(device -> files.add("/dev/" + device));
    for (var step : spec.steps()) {
      if (step instanceof Step.Bind bind && bind.isDirectory()) {
        directories.add(bind.at());
      } else {
        directories.add(parent(step.at()));
        if (step instanceof Step.Bind) {
          files.add(step.at());
        }
      }
    }
    command("mkdir", List.of(inside("/dev")));
    run("mount", "-t", "tmpfs", "-o", "mode=0755,nosuid", "none", inside("/dev"));
    var words = new ArrayList<String>();
    for (var directory : directories) {
      words.add(inside(directory));
      if (words.size() == AT_ONCE) {
        makeDirectories(words);
      }
    }
    makeDirectories(words);
    files.forEach(file -> script.append(": >").append(quoted(inside(file))).append(" || exit\n"));
    for (var step : spec.steps()) {
      if (step instanceof Step.Link link) {
        command("ln", List.of("-s", link.target(), inside(link.at())));
      }
    }
  }

  private void makeDirectories(List<String> words) {
    words.addFirst("-p");
    command("mkdir", words);
    words.clear();
  }

  private void mountProc(List<String> switches) {
    var proc = inside("/proc");
    if (!rung.hasFreshProc()) {
      bindReadOnly("/proc", proc);
      return;
    }
    run("mount", "-t", "proc", "-o", "nosuid,nodev,noexec", "proc", proc);
    for (var path : switches) {
      run("mount", "--bind", inside(path), inside(path));
      run("mount", "-o", "remount,bind,ro,nosuid,nodev,noexec", inside(path));
    }
  }

  private void mountDevices() {
    for (var device : DEVICES) {
      run("mount", "--bind", "/dev/" + device, inside("/dev/" + device));
    }
    run("mount", "-t", "tmpfs", "-o", "mode=1777,nosuid,nodev", "none", inside("/dev/shm"));
    var options = "newinstance,ptmxmode=0666,mode=620,nosuid,noexec";
    run("mount", "-t", "devpts", "-o", options, "devpts", inside("/dev/pts"));
    for (var link : DEVICE_LINKS) {
      command("ln", List.of("-s", link.getFirst(), inside("/dev/" + link.getLast())));
    }
  }

  /// Many plain binds together are one table for one `mount`: each call of it reads all mounts that
  /// there are, and three thousand calls would take minutes.
  private void bindAll() {
    var together = new ArrayList<Step.Bind>();
    for (var step : spec.steps()) {
      if (step instanceof Step.Bind bind) {
        if (!isPlain(bind)) {
          bindTogether(together);
          bind(bind);
        } else {
          together.add(bind);
        }
      }
    }
    bindTogether(together);
  }

  /// Answers whether a bind is read-only, and none of the host's mounts lies below its source.
  private boolean isPlain(Step.Bind bind) {
    return !bind.isWritable()
        && hostMounts.stream().noneMatch(mount -> mount.at().startsWith(bind.source() + "/"));
  }

  private void bindTogether(List<Step.Bind> binds) {
    if (binds.size() < MANY) {
      binds.forEach(this::bind);
    } else {
      script.append("cat >table <<'").append(END).append("' || exit\n");
      for (var bind : binds) {
        script.append(field(bind.source())).append(' ').append(field(inside(bind.at())));
        script.append(" none bind,").append(readOnly(MountPoint.of(bind.source(), hostMounts)));
        script.append(" 0 0\n");
      }
      script.append(END).append('\n');
      run("mount", "--fstab", "./table", "--all");
    }
    binds.clear();
  }

  /// Returns a path as fstab(5) writes it.
  private static String field(String path) {
    return path.replace("\\", "\\134")
        .replace(" ", "\\040")
        .replace("\t", "\\011")
        .replace("\n", "\\012");
  }

  private void bind(Step.Bind bind) {
    if (bind.isWritable()) {
      run("mount", "--bind", bind.source(), inside(bind.at()));
    } else {
      bindReadOnly(bind.source(), inside(bind.at()));
    }
  }

  /// A tree with other mounts in it can only be bound with them, and each is made read-only.
  private void bindReadOnly(String source, String target) {
    run("mount", "--rbind", source, target);
    readOnly(target, MountPoint.of(source, hostMounts));
    for (var mount : hostMounts) {
      if (mount.at().startsWith(source + "/")) {
        readOnly(target + mount.at().substring(source.length()), mount);
      }
    }
  }

  private void readOnly(String target, MountPoint mount) {
    run("mount", "-o", "remount,bind," + readOnly(mount), target);
  }

  private static String readOnly(MountPoint mount) {
    var flags = String.join(",", mount.flags());
    return "ro,nosuid,nodev" + (flags.isEmpty() ? "" : "," + flags);
  }

  private void runProgram() {
    var program = spec.program();
    script.append("echo '{ \"exit-code\": 0 }' >&").append(Bubblewrap.STATUS_FD).append('\n');
    var line = new ArrayList<>(List.of(tool(tools, "env"), "-i"));
    program.env().forEach((name, value) -> line.add(name + "=" + value));
    if (rung.means() == Rung.Means.SETUID) {
      line.addAll(List.of(tool(tools, "setpriv"), "--no-new-privs"));
    }
    line.add(tool(tools, "unshare"));
    if (rung.means() == Rung.Means.SETUID) {
      line.addAll(List.of("--setgid=" + SandboxSpec.GID, "--setuid=" + SandboxSpec.UID));
    } else {
      line.addAll(List.of("--user", "--map-user=" + SandboxSpec.UID));
      line.add("--map-group=" + SandboxSpec.GID);
    }
    line.addAll(List.of("--root=" + spec.root(), "--wd=" + program.cwd(), "--"));
    line.addAll(program.argv());
    script.append(line.stream().map(RawText::quoted).collect(Collectors.joining(" ")));
    script.append(' ').append(Bubblewrap.STATUS_FD).append(">&-\nexit $?\n");
  }

  private void run(String tool, String... arguments) {
    command(tool(tools, tool), List.of(arguments));
  }

  private void command(String program, List<String> arguments) {
    script.append(quoted(program));
    arguments.forEach(argument -> script.append(' ').append(quoted(argument)));
    script.append(" || exit\n");
  }

  private String inside(String path) {
    return spec.root() + path;
  }

  private static String parent(String path) {
    return path.substring(0, path.lastIndexOf('/'));
  }

  private static String quoted(String text) {
    return RawText.quoted(text);
  }
}
