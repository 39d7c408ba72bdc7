package dev.kiln.sandbox;

import dev.kiln.KilnException;
import dev.kiln.builder.BuildRequest;
import dev.kiln.process.Command;
import dev.kiln.process.RawText;
import dev.kiln.sandbox.SandboxSpec.Step;
import dev.kiln.store.StorePath;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.SortedMap;
import java.util.function.Function;

/// This machine as the user has it, with a request's mounts at their sandbox paths: for tests,
/// which are the user's own programs and no builders, but were compiled where builders run and know
/// those paths. A mount namespace of bubblewrap's and nothing else: same user, same network.
final class HostView {
  private final Tools tools;
  private final Path run;
  private final Function<StorePath, Path> physical;

  HostView(Tools tools, Path run, Function<StorePath, Path> physical) {
    this.tools = tools;
    this.run = run;
    this.physical = physical;
  }

  /// Runs the request with the user's standard streams and returns the exit code, 128 plus the
  /// number of a signal. `writable` are directories of the machine by sandbox path.
  int enter(BuildRequest request, SortedMap<String, Path> writable)
      throws KilnException, InterruptedException {
    var directory = RunDirectory.prepare(run, request, physical);
    var steps = new ArrayList<>(directory.steps());
    writable.forEach((at, place) -> steps.add(new Step.Bind(RawText.of(place), at, true, true)));
    var status = run.resolve("status");
    try {
      var line = new ArrayList<>(List.of(RawText.of(tools.require("sh")), "-c"));
      line.add("exec \"$@\" " + Bubblewrap.STATUS_FD + ">\"$0\"");
      line.add(RawText.of(status));
      line.addAll(
          Bubblewrap.amid(
              RawText.of(tools.require("bwrap")), machine(steps), steps, request.cwd()));
      line.addAll(request.argv());
      var exit = new Command(line, run, request.env()).attach();
      if (!SandboxStatus.read(status).hasRun()) {
        throw new KilnException(
            "cannot run " + request.name() + " at the paths it was compiled at",
            "run `kiln doctor` to see what this machine lacks");
      }
      return exit.code();
    } catch (IOException e) {
      throw new KilnException("cannot use the directory " + run, null, e);
    }
  }

  /// Returns what lies at the root of this machine, but for what is to be seen in its place.
  private List<Step> machine(List<Step> steps) throws IOException {
    var taken = new HashSet<String>();
    for (var step : steps) {
      var at = step.at();
      int end = at.indexOf('/', 1);
      taken.add(end < 0 ? at : at.substring(0, end));
    }
    var found = new ArrayList<Step>();
    try (var entries = Files.newDirectoryStream(tools.root())) {
      for (var entry : entries) {
        var at = RawText.of(entry);
        if (taken.contains(at)) {
          continue;
        }
        found.add(
            Files.isSymbolicLink(entry)
                ? new Step.Link(at, RawText.of(Files.readSymbolicLink(entry)))
                : new Step.Bind(at, at, true, Files.isDirectory(entry)));
      }
    }
    return found;
  }
}
