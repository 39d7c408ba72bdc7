package dev.kiln.sandbox;

import dev.kiln.KilnException;
import dev.kiln.builder.Beside;
import dev.kiln.builder.BuildListener;
import dev.kiln.builder.BuildOutcome;
import dev.kiln.builder.BuildRequest;
import dev.kiln.builder.Isolation;
import dev.kiln.process.Command;
import dev.kiln.process.Exit;
import dev.kiln.process.RawText;
import dev.kiln.sandbox.StartScript.Standard;
import dev.kiln.store.StorePath;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;

/// One run without any isolation (`--no-sandbox`).
///
/// The sandbox's paths do not exist on the host, so they are laid out in a real directory, and
/// argv, environment, working directory and small texts are rewritten to it ([MovedPaths]); lines
/// of output and text files in outputs are written back. What else a program keeps of its paths
/// (debug information, compiled-in directories) holds that directory: such outputs differ from run
/// to run and are never shared.
final class Unisolated {
  private final Tools tools;
  private final Path run;
  private final Function<StorePath, Path> physical;

  Unisolated(Tools tools, Path run, Function<StorePath, Path> physical) {
    this.tools = tools;
    this.run = run;
    this.physical = physical;
  }

  BuildOutcome build(BuildRequest request, Beside beside, BuildListener listener)
      throws KilnException, InterruptedException {
    try {
      var root = Files.createDirectory(run.resolve("root"));
      var moved = MovedPaths.of(RawText.of(root.toAbsolutePath()), request.mounts());
      var layout = RealLayout.lay(root, request, moved, physical);
      listener.started(layout.outputs());
      write(request, beside, moved);
      Exit exit;
      try {
        exit =
            start()
                .run(
                    new byte[0],
                    line -> listener.stdout(moved.back(line)),
                    line -> listener.stderr(moved.back(line)));
      } finally {
        new Stragglers(tools.root(), moved.to()).end();
      }
      return exit.isSuccess()
          ? new BuildOutcome.Built(finish(layout, moved), Isolation.NONE)
          : new BuildOutcome.Failed(exit.code(), Isolation.NONE, null);
    } catch (IOException e) {
      throw new KilnException("cannot use the build directory " + run, null, e);
    }
  }

  private void write(BuildRequest request, Beside beside, MovedPaths moved)
      throws IOException, KilnException {
    var program = request.argv().getFirst();
    if (!Files.isExecutable(run.resolve(moved.there(program)))) {
      throw new KilnException("cannot run " + request.name() + ": there is no " + program);
    }
    var line = new ArrayList<String>();
    tools.find("setsid").ifPresent(setsid -> line.add(RawText.of(setsid)));
    line.addAll(List.of(RawText.of(tools.require("env")), "-i"));
    var env = new TreeMap<>(request.env());
    env.putAll(beside.env());
    env.forEach((name, value) -> line.add(name + "=" + moved.there(value)));
    request.argv().forEach(word -> line.add(moved.there(word)));
    var cwd = "cd " + RawText.quoted(moved.there(request.cwd())) + " || exit\n";
    var start = StartScript.of(line, null, beside.jobserver(), Standard.of(request));
    Files.write(run.resolve("start.sh"), RawText.bytes(cwd + start));
  }

  private Command start() {
    var sh = RawText.of(tools.require("sh"));
    return new Command(List.of(sh, "./start.sh"), run, new TreeMap<>());
  }

  private static SortedMap<String, Path> finish(RealLayout layout, MovedPaths moved)
      throws IOException {
    var found = new TreeMap<String, Path>();
    for (var output : layout.collect().entrySet()) {
      if (Files.exists(output.getValue(), LinkOption.NOFOLLOW_LINKS)) {
        moved.restore(output.getValue());
        found.put(output.getKey(), output.getValue());
      }
    }
    return found;
  }
}
