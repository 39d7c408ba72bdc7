package dev.kiln.toolchain;

import dev.kiln.KilnException;
import dev.kiln.memo.Memo;
import dev.kiln.memo.Stamp;
import dev.kiln.toml.TomlReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Finds the rustc that a user means: `--toolchain`, then `RUSTC`, `build.rustc`, and `rustc` on
/// PATH (Cargo: context/mod.rs, `get_tool`), where rustup's proxies and toolchain files are
/// followed by rustup's rules without running rustup.
public final class RustcFinder {
  private final Memo memo;
  private final Runner runner;

  public RustcFinder(Memo memo, Runner runner) {
    this.memo = memo;
    this.runner = runner;
  }

  /// Returns the rustc to use; where there is none, the failure says how to get one.
  public InstalledRustc find(RustcChoice choice) throws KilnException, InterruptedException {
    var rustup = new Rustup(choice, TomlReader.remembering(memo));
    var named = choice.toolchain();
    if (named != null) {
      return named.contains("/")
          ? identify(choice, null, inToolchain(choice.directory().resolve(named)))
          : of(choice, rustup.require(named, "--toolchain"));
    }
    var told = told(choice);
    if (told != null) {
      var program = located(choice, told);
      return Rustup.isProxy(program)
          ? of(choice, rustup.active())
          : identify(choice, null, program);
    }
    var onPath = Programs.find(choice.directory(), choice.variable("PATH"), "rustc");
    if (onPath.isPresent() && Rustup.isProxy(onPath.get())) {
      return of(choice, rustup.active());
    }
    var pinned = rustup.findPin();
    if (pinned.isPresent()) {
      if (onPath.isPresent()) {
        var rustc = identify(choice, null, onPath.get());
        if (pinned.get().isSatisfiedBy(rustc.version())) {
          return rustc;
        }
      }
      return of(choice, rustup.resolve(pinned.get()));
    }
    return identify(choice, null, onPath.orElseThrow(RustcFinder::noRustc));
  }

  /// Returns what a toolchain file, an override or a variable of rustup's asks for; empty where
  /// RUSTC or `build.rustc` count before them.
  public Optional<ToolchainPin> pinned(RustcChoice choice) throws KilnException {
    return told(choice) == null
        ? new Rustup(choice, TomlReader.remembering(memo)).findPin()
        : Optional.empty();
  }

  private static @Nullable String told(RustcChoice choice) {
    var variable = choice.variable("RUSTC");
    return variable.isEmpty() ? choice.configured() : variable;
  }

  private static Path located(RustcChoice choice, String program) throws KilnException {
    if (!program.contains("/")) {
      return Programs.find(choice.directory(), choice.variable("PATH"), program)
          .orElseThrow(() ->
              new KilnException(
                  "could not execute process `" + program + " -vV` (never executed)",
                  "set RUSTC or `build.rustc` to the path of a rustc",
                  new KilnException("No such file or directory (os error 2)")));
    }
    var path = choice.directory().resolve(program).normalize();
    if (!Programs.isProgram(path)) {
      throw new KilnException(
          "could not execute process `" + path + " -vV` (never executed)",
          "set RUSTC or `build.rustc` to the path of a rustc",
          new KilnException("No such file or directory (os error 2)"));
    }
    return path;
  }

  private InstalledRustc of(RustcChoice choice, Rustup.Toolchain toolchain)
      throws KilnException, InterruptedException {
    return identify(choice, toolchain.name(), inToolchain(toolchain.directory()));
  }

  private static Path inToolchain(Path directory) throws KilnException {
    var program = directory.resolve("bin").resolve("rustc");
    if (!Programs.isProgram(program)) {
      throw new KilnException(
          "the toolchain " + directory + " has no bin/rustc",
          "install its component with `rustup component add rustc`, or choose another toolchain");
    }
    return program;
  }

  private static KilnException noRustc() {
    return new KilnException(
        "no Rust compiler: `rustc` is not on PATH",
        "install Rust with rustup or from your distribution (on Debian `apt-get install rustc`),"
            + " or set RUSTC to the path of a rustc");
  }

  /// Asks a rustc what it is, once as long as its file stays the same.
  private InstalledRustc identify(RustcChoice choice, @Nullable String name, Path program)
      throws KilnException, InterruptedException {
    try {
      var key = program + "\n" + Stamp.of(program);
      var known = memo.find("rustc", key);
      if (known.isEmpty()) {
        known = Optional.of(ask(choice, program));
        memo.keep("rustc", key, known.get());
      }
      var lines = known.get();
      int newline = lines.indexOf('\n');
      var sysroot = choice.directory().resolve(lines.substring(0, newline));
      var version = RustcVersion.parse(lines.substring(newline + 1));
      return new InstalledRustc(
          name == null ? version.release() : name, program, sysroot, version, List.of());
    } catch (IOException e) {
      throw new KilnException("cannot read " + program, null, e);
    }
  }

  /// Returns the sysroot's line and then the text of `-vV`.
  private String ask(RustcChoice choice, Path program)
      throws KilnException, InterruptedException, IOException {
    var sysroot = output(choice, program, "--print=sysroot").strip();
    var version = output(choice, program, "-vV");
    RustcVersion.parse(version);
    return Files.isDirectory(choice.directory().resolve(sysroot))
        ? choice.directory().resolve(sysroot).toRealPath() + "\n" + version
        : missing(program, sysroot);
  }

  private static String missing(Path program, String sysroot) throws KilnException {
    throw new KilnException(
        "`" + program + " --print=sysroot` names a directory that does not exist: " + sysroot);
  }

  private String output(RustcChoice choice, Path program, String argument)
      throws KilnException, InterruptedException {
    var environment = new TreeMap<>(choice.environment());
    environment.remove("RUSTC_LOG");
    var answer =
        runner.run(
            new Runner.Question(
                List.of(program.toString(), argument), environment, choice.directory()));
    if (answer.exit() != 0) {
      throw new KilnException(
          "process didn't exit successfully: `"
              + program
              + " "
              + argument
              + "` (exit status: "
              + answer.exit()
              + ")"
              + (answer.err().isBlank() ? "" : "\n--- stderr\n" + answer.err().stripTrailing()));
    }
    return answer.out();
  }
}
