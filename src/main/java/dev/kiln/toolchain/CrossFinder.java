package dev.kiln.toolchain;

import dev.kiln.KilnException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Looks in a sysroot for the tools that people install for a cross build, by the names that
/// distributions and the `cc` crate use: `aarch64-linux-gnu-gcc`, `x86_64-w64-mingw32-gcc`.
///
/// For musl a driver `ARCH-linux-musl-gcc` is taken where there is one, else GNU's compiler with
/// musl's own specs file; linking needs no driver then, since Rust brings musl's start files.
public final class CrossFinder {
  private static final List<String> DIRECTORIES = List.of("usr/bin", "bin", "usr/local/bin");
  private static final int NEWEST_LLVM = 40;
  private static final int OLDEST_LLVM = 14;
  private static final List<String> BINUTILS =
      List.of("ar", "ranlib", "nm", "strip", "objcopy", "as", "ld");

  private final Path root;
  private final String host;
  private final boolean hasRustLld;

  /// `root` is the sysroot's root directory, `host` the triple of its compiler; `hasRustLld` says
  /// whether the toolchain has a linker of its own.
  public CrossFinder(Path root, String host, boolean hasRustLld) {
    this.root = root;
    this.host = host;
    this.hasRustLld = hasRustLld;
  }

  /// Returns what there is for a target.
  public CrossTools find(String triple) {
    return triple.equals(host) ? CrossTools.NONE : find(triple, triple);
  }

  /// Returns what there is for a custom target, which `machine` says in LLVM's words.
  public CrossTools find(String triple, String machine) {
    var name = GnuName.of(machine);
    if (name.isEmpty()) {
      return hasRustLld ? CrossTools.NONE : lld(machine);
    }
    var draft = new Draft(triple, name.get());
    return name.get().isMusl() ? draft.musl() : draft.gnu();
  }

  /// Returns LLVM's linker in place of the one that rustc's own is by default where there is no
  /// system to link for, and that distributions leave out.
  private CrossTools lld(String triple) {
    var flavor = triple.startsWith("wasm") ? "wasm-ld" : triple.contains("-none") ? "ld.lld" : null;
    var found = flavor == null ? Optional.<Path>empty() : newest(flavor);
    return found
        .map(path ->
            new CrossTools(
                new CrossTools.Linker("/" + root.relativize(path), flavor),
                null,
                new TreeMap<>(),
                new TreeMap<>(),
                List.of(path)))
        .orElse(CrossTools.NONE);
  }

  /// Returns a program by its name, or the newest of those with a version behind it.
  private Optional<Path> newest(String name) {
    for (int version = NEWEST_LLVM; version >= OLDEST_LLVM; version--) {
      var found = program(name + "-" + version);
      if (found.isPresent()) {
        return found;
      }
    }
    return program(name);
  }

  private Optional<Path> file(String path) {
    var file = root.resolve(path);
    return Files.exists(file) ? Optional.of(file) : Optional.empty();
  }

  private Optional<Path> program(String name) {
    return DIRECTORIES.stream()
        .map(directory -> root.resolve(directory).resolve(name))
        .filter(Programs::isProgram)
        .findFirst();
  }

  /// Says whether the machine's own compiler makes code for a target's processor.
  private boolean isOwnProcessor(GnuName name) {
    return GnuName.of(host).filter(own -> own.processor().equals(name.processor())).isPresent();
  }

  /// What is found for one target.
  private final class Draft {
    private final String triple;
    private final GnuName name;
    private final String suffix;
    private final SortedMap<String, String> environment = new TreeMap<>();
    private final SortedMap<String, String> files = new TreeMap<>();
    private final List<Path> sources = new ArrayList<>();

    Draft(String triple, GnuName name) {
      this.triple = triple;
      this.name = name;
      this.suffix = "_" + triple.replace('-', '_');
    }

    CrossTools gnu() {
      for (var prefix : name.prefixes()) {
        var driver = program(prefix + "-gcc");
        if (driver.isPresent()) {
          sources.add(driver.get());
          prefixed(prefix);
          libraries(prefix);
          cmake(tool(prefix, "gcc"), tool(prefix, "g++"), tool(prefix, "ar"));
          return done(new CrossTools.Linker(tool(prefix, "gcc"), null), null);
        }
      }
      boolean own = isOwnProcessor(name) || (name.processor().equals("i686") && isX86());
      return done(null, own || name.isWindows() ? null : noLinker(name.prefixes().getFirst()));
    }

    CrossTools musl() {
      var driver = muslDriver();
      var gnu = name.glibc();
      if (driver == null) {
        compileWithSpecs(gnu);
      }
      if (isOwnProcessor(name)) {
        // a driver for musl would add its own start files to those that Rust brings
        boolean hasDefault = program("cc").isPresent() || hasRustLld;
        return done(hasDefault ? null : bareLinker("ld"), null);
      }
      if (driver != null) {
        return done(new CrossTools.Linker(driver, null), null);
      }
      if (hasRustLld) {
        return done(new CrossTools.Linker("rust-lld", null), null);
      }
      for (var prefix : gnu.prefixes()) {
        var ld = program(prefix + "-ld");
        if (ld.isPresent()) {
          sources.add(ld.get());
          return done(bareLinker(tool(prefix, "ld")), null);
        }
      }
      return done(null, noLinker(gnu.prefixes().getFirst()));
    }

    /// Takes a compiler that is there for musl; returns its name, null where there is none.
    private @Nullable String muslDriver() {
      for (var prefix : name.prefixes()) {
        var driver = program(prefix + "-gcc");
        if (driver.isPresent()) {
          sources.add(driver.get());
          prefixed(prefix);
          var binutils = binutils();
          environment.putIfAbsent("AR" + suffix, binutils + "ar");
          environment.putIfAbsent("RANLIB" + suffix, binutils + "ranlib");
          cmake(
              tool(prefix, "gcc"),
              tool(prefix, "g++"),
              String.valueOf(environment.get("AR" + suffix)));
          return tool(prefix, "gcc");
        }
      }
      return null;
    }

    /// Returns what the names of GNU's binutils for the processor begin with.
    private String binutils() {
      return name.glibc().prefixes().stream()
          .filter(prefix -> program(prefix + "-ar").isPresent())
          .findFirst()
          .map(prefix -> prefix + "-")
          .orElse("");
    }

    private CrossTools done(CrossTools.@Nullable Linker linker, @Nullable KilnException missing) {
      return new CrossTools(linker, missing, environment, files, sources);
    }

    private CrossTools.Linker bareLinker(String program) {
      return new CrossTools.Linker(program, "ld");
    }

    private boolean isX86() {
      return host.startsWith("x86_64-");
    }

    private KilnException noLinker(String prefix) {
      return new KilnException(
          "there is no linker for " + triple + ": `" + prefix + "-gcc` was not found",
          "install it (on Debian `apt-get install gcc-"
              + prefix.replace('_', '-')
              + "`), name another one as `target."
              + triple
              + ".linker` in .cargo/config.toml, or build with `--toolchain debian-12`");
    }

    /// Returns a tool as builders find it: by name on their PATH, else by its path.
    private String tool(String prefix, String tool) {
      var full = prefix + "-" + tool;
      return program(full)
          .filter(path -> path.startsWith(root.resolve("usr/local")))
          .map(path -> "/" + root.relativize(path))
          .orElse(full);
    }

    private void prefixed(String prefix) {
      put("CC", prefix, "gcc");
      put("CXX", prefix, "g++");
      put("AR", prefix, "ar");
      put("RANLIB", prefix, "ranlib");
    }

    private void put(String variable, String prefix, String tool) {
      if (program(prefix + "-" + tool).isPresent()) {
        environment.put(variable + suffix, tool(prefix, tool));
      }
    }

    /// Lets pkg-config find the target's libraries, and those only, where the machine has any.
    private void libraries(String prefix) {
      if (program(prefix + "-pkg-config").isPresent()) {
        put("PKG_CONFIG", prefix, "pkg-config");
      } else if (file("usr/lib/" + prefix + "/pkgconfig").isPresent()) {
        environment.put("PKG_CONFIG_ALLOW_CROSS" + suffix, "1");
        environment.put(
            "PKG_CONFIG_LIBDIR" + suffix, "/usr/lib/" + prefix + "/pkgconfig:/usr/share/pkgconfig");
      }
      if (file("usr/" + prefix + "/include").isPresent()) {
        environment.put(
            "BINDGEN_EXTRA_CLANG_ARGS" + suffix, "-isystem /usr/" + prefix + "/include");
      }
    }

    /// Makes `ARCH-linux-musl-gcc` and its binutils of GNU's and musl's specs file.
    private void compileWithSpecs(GnuName gnu) {
      var musl = name.prefixes().getFirst();
      var specs = file("usr/lib/" + musl + "/musl-gcc.specs");
      var driver = driver(gnu);
      if (specs.isEmpty() || driver == null) {
        return;
      }
      sources.add(specs.get());
      file("usr/lib/" + musl + "/libc.a").ifPresent(sources::add);
      // libgcc's helpers for outlined atomics ask glibc which of them the processor has
      var atomics = name.processor().equals("aarch64") ? " -mno-outline-atomics" : "";
      script(musl + "-gcc", driver + " -specs /usr/lib/" + musl + "/musl-gcc.specs" + atomics);
      var prefix = driver.endsWith("-gcc") ? driver.substring(0, driver.length() - 3) : "";
      for (var tool : BINUTILS) {
        if (program(prefix + tool).isPresent()) {
          script(musl + "-" + tool, prefix + tool);
        }
      }
      var bin = CrossTools.AT + "/bin/" + musl + "-";
      environment.put("CC" + suffix, bin + "gcc");
      environment.put("AR" + suffix, bin + "ar");
      environment.put("RANLIB" + suffix, bin + "ranlib");
      environment.put(
          "BINDGEN_EXTRA_CLANG_ARGS" + suffix, "-nostdinc -isystem /usr/include/" + musl);
      cmake(bin + "gcc", null, bin + "ar");
    }

    /// Returns GNU's compiler for the processor, null where there is none.
    private @Nullable String driver(GnuName gnu) {
      for (var prefix : gnu.prefixes()) {
        var driver = program(prefix + "-gcc");
        if (driver.isPresent()) {
          sources.add(driver.get());
          return tool(prefix, "gcc");
        }
      }
      var own = isOwnProcessor(name) ? program("gcc") : Optional.<Path>empty();
      own.ifPresent(sources::add);
      return own.isPresent() ? "gcc" : null;
    }

    private void script(String script, String command) {
      files.put("bin/" + script, "#!/bin/sh\nexec " + command + " \"$@\"\n");
    }

    private void cmake(String cc, @Nullable String cxx, String ar) {
      var text = new StringBuilder();
      text.append("set(CMAKE_SYSTEM_NAME ").append(name.isWindows() ? "Windows" : "Linux");
      text.append(")\nset(CMAKE_SYSTEM_PROCESSOR ").append(name.processor());
      text.append(")\nset(CMAKE_C_COMPILER ").append(cc);
      if (cxx != null && program(cxx.substring(cxx.lastIndexOf('/') + 1)).isPresent()) {
        text.append(")\nset(CMAKE_CXX_COMPILER ").append(cxx);
      }
      // CMake takes a bare name of an archiver for a file of the project
      text.append(")\nfind_program(CMAKE_AR ").append(ar).append(")\n");
      if (name.isMusl() || name.isWindows()) {
        // glibc's other architectures lie beside each other, and CMake knows their folders
        text.append("set(CMAKE_FIND_ROOT_PATH /usr/").append(name.prefixes().getFirst());
        text.append(")\nset(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)\n");
        for (var what : List.of("LIBRARY", "INCLUDE", "PACKAGE")) {
          text.append("set(CMAKE_FIND_ROOT_PATH_MODE_").append(what).append(" ONLY)\n");
        }
      }
      files.put("toolchain.cmake", text.toString());
      environment.put("CMAKE_TOOLCHAIN_FILE" + suffix, CrossTools.AT + "/toolchain.cmake");
    }
  }
}
