package dev.kiln.ops;

import dev.kiln.build.Layout;
import dev.kiln.toolchain.Sysroot;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// A linker that the user names, as builders find it.
///
/// `program` is a name on their PATH or a sandbox path; `sources` stand for it in a fingerprint;
/// `mounts` are directories that builders must see beside what the sysroot shows.
record ConfiguredLinker(String program, List<Path> sources, List<Sysroot.Directory> mounts) {
  ConfiguredLinker {
    sources = List.copyOf(sources);
    mounts = List.copyOf(mounts);
  }

  /// Finds a linker by the name or absolute path that the configuration gives it.
  static ConfiguredLinker of(String named, Settings settings, Layout layout, Sysroot sysroot) {
    if (named.contains("/")) {
      return at(settings.cwd().resolve(named), layout, sysroot);
    }
    var root = settings.cwd().resolve("/");
    for (var directory : List.of("usr/bin", "bin")) {
      var file = root.resolve(directory).resolve(named);
      if (Files.isExecutable(file)) {
        return new ConfiguredLinker(named, List.of(file), List.of());
      }
    }
    for (var entry : settings.environment().getOrDefault("PATH", "").split(":", -1)) {
      var file = settings.cwd().resolve(entry).resolve(named);
      if (Files.isRegularFile(file) && Files.isExecutable(file)) {
        return at(file.normalize(), layout, sysroot);
      }
    }
    return new ConfiguredLinker(named, List.of(), List.of());
  }

  private static ConfiguredLinker at(Path file, Layout layout, Sysroot sysroot) {
    var sources = Files.isRegularFile(file) ? List.of(file) : List.<Path>of();
    if (file.startsWith(layout.workspaceRoot())) {
      return new ConfiguredLinker(layout.place(file), sources, List.of());
    }
    boolean isShown =
        sysroot.directories().stream().anyMatch(shown -> file.startsWith(shown.source()))
            || sysroot.links().stream().anyMatch(link -> file.startsWith(link.at()));
    var directory = file.getParent();
    if (isShown || sources.isEmpty() || directory == null) {
      return new ConfiguredLinker(file.toString(), sources, List.of());
    }
    // a compiler's programs and libraries lie around its `bin`
    var above = directory.getParent();
    var shown = directory.endsWith("bin") && above != null ? above : directory;
    return new ConfiguredLinker(
        file.toString(), sources, List.of(new Sysroot.Directory(shown.toString(), shown)));
  }
}
