package dev.kiln.sandbox;

import dev.kiln.KilnException;
import dev.kiln.builder.Beside;
import dev.kiln.builder.BuildListener;
import dev.kiln.builder.BuildOutcome;
import dev.kiln.builder.BuildRequest;
import dev.kiln.builder.MissingProgramException;
import dev.kiln.process.Command;
import dev.kiln.process.Exit;
import dev.kiln.process.RawText;
import dev.kiln.sandbox.SandboxSpec.Program;
import dev.kiln.sandbox.StartScript.Standard;
import dev.kiln.store.StorePath;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;

/// One run in a sandbox.
final class Isolated {
  private static final String STATUS = "status";

  private final Tools tools;
  private final Rung rung;
  private final Path run;
  private final Function<StorePath, Path> physical;

  /// The rung that the run is on at last.
  private Rung used;

  Isolated(Tools tools, Rung rung, Path run, Function<StorePath, Path> physical) {
    this.tools = tools;
    this.rung = rung;
    this.run = run;
    this.physical = physical;
    this.used = rung;
  }

  BuildOutcome build(BuildRequest request, Beside beside, BuildListener listener)
      throws KilnException, InterruptedException {
    var directory = RunDirectory.prepare(run, request, physical);
    listener.started(directory.live());
    var complaints = new Complaints(listener::stderr);
    Exit exit;
    SandboxStatus status;
    try {
      write(request, beside, directory, Standard.of(request));
      own(directory, SandboxSpec.UID, SandboxSpec.GID);
      exit = start().run(new byte[0], listener::stdout, complaints);
      status = SandboxStatus.read(run.resolve(STATUS));
      status.awaitEnd(tools.root());
      own(directory, 0, 0);
      if (!status.hasRun()) {
        throw new KilnException(
            "cannot run " + request.name() + " in a sandbox: " + complaints.last(),
            "run `kiln doctor` to see what this machine lacks");
      }
      return exit.isSuccess()
          ? new BuildOutcome.Built(finish(directory), used.isolation())
          : new BuildOutcome.Failed(exit.code(), used.isolation(), null);
    } catch (IOException e) {
      throw new KilnException("cannot use the build directory " + run, null, e);
    }
  }

  /// Runs the request with the user's standard streams and returns the exit code; what it leaves is
  /// thrown away with the run's directory.
  int enter(BuildRequest request, Beside beside) throws KilnException, InterruptedException {
    var directory = RunDirectory.prepare(run, request, physical);
    try {
      write(request, beside, directory, Standard.USERS);
      own(directory, SandboxSpec.UID, SandboxSpec.GID);
      var exit = start().attach();
      var status = SandboxStatus.read(run.resolve(STATUS));
      status.awaitEnd(tools.root());
      own(directory, 0, 0);
      if (!status.hasRun()) {
        throw new KilnException(
            "cannot enter the sandbox of " + request.name(),
            "run `kiln doctor` to see what this machine lacks");
      }
      return exit.code();
    } catch (IOException e) {
      throw new KilnException("cannot use the build directory " + run, null, e);
    }
  }

  private void write(BuildRequest request, Beside beside, RunDirectory directory, Standard standard)
      throws IOException, KilnException {
    var env = new TreeMap<>(request.env());
    env.putAll(beside.env());
    var program = new Program(request.argv(), env, request.cwd());
    var entry = new EntryPoint(tools.root(), directory.steps());
    if (entry.find(program.argv().getFirst()).isEmpty()) {
      throw new MissingProgramException(request.name(), program.argv().getFirst());
    }
    var line = List.<String>of();
    if (rung.means() == Rung.Means.BUBBLEWRAP) {
      var spec = spec(request, directory, entry.withoutExtraVariables(program));
      var bwrap = RawText.of(tools.require("bwrap"));
      line = Bubblewrap.commandLine(bwrap, spec, Proc.switches(tools.root()), rung.hasFreshProc());
    }
    if (line.isEmpty() || !Bubblewrap.takes(line, env.keySet())) {
      line = unshare(spec(request, directory, program));
    }
    var start = StartScript.of(line, run.resolve(STATUS), beside.jobserver(), standard);
    Files.write(run.resolve("start.sh"), RawText.bytes(start));
  }

  private SandboxSpec spec(BuildRequest request, RunDirectory directory, Program program) {
    return new SandboxSpec(
        directory.steps(),
        program,
        request.network(),
        RawText.of(run.resolve(STATUS)),
        RawText.of(run.resolve("root")));
  }

  /// What bubblewrap cannot take, util-linux can: the same walls, one mount after the other.
  private List<String> unshare(SandboxSpec spec) throws IOException {
    if (rung.means() == Rung.Means.BUBBLEWRAP) {
      used = new Rung(Rung.Means.UNSHARE, rung.hasFreshProc());
    }
    Files.createDirectory(run.resolve("root"));
    var mounts = Files.readAllBytes(tools.root().resolve("proc/self/mountinfo"));
    var hostMounts = MountPoint.parse(RawText.of(mounts));
    var setup = Unshare.setupScript(tools, spec, used, Proc.switches(tools.root()), hostMounts);
    Files.write(run.resolve("setup.sh"), RawText.bytes(setup));
    return Unshare.commandLine(tools, spec, used, "./setup.sh");
  }

  private Command start() {
    var sh = RawText.of(tools.require("sh"));
    return new Command(List.of(sh, "./start.sh"), run, new TreeMap<>());
  }

  private void own(RunDirectory directory, int uid, int gid) throws IOException {
    if (rung.means() == Rung.Means.SETUID) {
      for (var tree : directory.writable()) {
        Trees.giveTo(tree, uid, gid);
      }
    }
  }

  private SortedMap<String, Path> finish(RunDirectory directory) throws IOException, KilnException {
    var outputs = directory.collect();
    prune(run, outputs.values());
    return outputs;
  }

  /// Deletes everything of a directory but the outputs.
  private static void prune(Path directory, Collection<Path> outputs)
      throws IOException, KilnException {
    try (var entries = Files.newDirectoryStream(directory)) {
      for (var entry : entries) {
        if (outputs.stream().noneMatch(output -> output.startsWith(entry))) {
          LocalBuilder.discard(entry);
        } else if (!outputs.contains(entry)) {
          prune(entry, outputs);
        }
      }
    }
  }
}
