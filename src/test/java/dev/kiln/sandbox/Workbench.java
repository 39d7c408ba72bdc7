package dev.kiln.sandbox;

import dev.kiln.builder.Beside;
import dev.kiln.builder.BuildListener;
import dev.kiln.builder.BuildOutcome;
import dev.kiln.builder.BuildRequest;
import dev.kiln.builder.Mount;
import dev.kiln.process.RawText;
import dev.kiln.store.Store;
import dev.kiln.store.StoreDir;
import dev.kiln.store.StorePath;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/// A store, the host's system directories, and shell scripts to run as builders.
final class Workbench {
  static final Path ROOT = Path.of("/");
  static final Tools TOOLS =
      Tools.find(ROOT, Optional.ofNullable(System.getenv("PATH")).orElse(""));

  final Path dir;
  final Store store;

  Workbench(Path dir) throws Exception {
    this.dir = dir;
    this.store = Store.open(dir.resolve("kiln"), StoreDir.DEFAULT);
  }

  /// The rungs that this machine and this user allow, and none at all.
  static List<Rung> rungs(Path scratch) throws Exception {
    var ladder = new Ladder(Store.open(scratch.resolve("probe-store"), StoreDir.DEFAULT), TOOLS);
    var rungs = new ArrayList<Rung>();
    for (var rung : Rung.LADDER) {
      if (ladder.probe(rung).isEmpty()) {
        rungs.add(rung);
      }
    }
    return rungs;
  }

  LocalBuilder builder(Rung rung) {
    return new LocalBuilder(store, TOOLS, rung, dir.resolve("kept"));
  }

  /// Adds a directory with these files to the store.
  StorePath object(String name, Map<String, String> files) throws Exception {
    var tree = Files.createTempDirectory(dir, "tree");
    for (var file : files.entrySet()) {
      var path = RawText.resolve(tree, file.getKey());
      Files.createDirectories(path.getParent());
      Files.writeString(path, file.getValue());
    }
    return store.addTree(name, tree, new TreeSet<>());
  }

  /// The host's system directories, and a writable output at /build/out.
  static List<Mount> mounts(Mount... more) {
    var mounts = new ArrayList<Mount>();
    for (var name : List.of("bin", "lib", "lib64", "usr")) {
      if (Files.isDirectory(ROOT.resolve(name))) {
        mounts.add(new Mount.Host("/" + name, ROOT.resolve(name)));
      }
    }
    if (Stream.of(more).noneMatch(Mount.Output.class::isInstance)) {
      mounts.add(new Mount.Output("/build/out", "out", List.of()));
    }
    mounts.addAll(List.of(more));
    return mounts;
  }

  static BuildRequest script(String script, Mount... more) {
    return request(List.of("/bin/sh", "-c", script), env(), "/build/out", mounts(more));
  }

  static BuildRequest request(
      List<String> argv, SortedMap<String, String> env, String cwd, List<Mount> mounts) {
    return new BuildRequest("test", argv, env, cwd, mounts, false);
  }

  static SortedMap<String, String> env() {
    return new TreeMap<>(Map.of("PATH", "/usr/bin:/bin"));
  }

  Run run(Rung rung, BuildRequest request) throws Exception {
    return run(rung, request, Beside.nothing());
  }

  Run run(Rung rung, BuildRequest request, Beside beside) throws Exception {
    var listener = new Lines();
    var outcome = builder(rung).build(request, beside, listener);
    return new Run(outcome, listener.stdout, listener.stderr);
  }

  /// What a run came to and what it printed.
  record Run(BuildOutcome outcome, List<String> stdout, List<String> stderr) {
    Path output() {
      return Objects.requireNonNull(((BuildOutcome.Built) outcome).outputs().get("out"));
    }

    int exit() {
      return outcome instanceof BuildOutcome.Failed(var exit, _, _) ? exit : 0;
    }
  }

  /// Remembers lines as text.
  static final class Lines implements BuildListener {
    final List<String> stdout = Collections.synchronizedList(new ArrayList<>());
    final List<String> stderr = Collections.synchronizedList(new ArrayList<>());

    @Override
    public void stdout(byte[] line) {
      stdout.add(RawText.of(line));
    }

    @Override
    public void stderr(byte[] line) {
      stderr.add(RawText.of(line));
    }
  }
}
