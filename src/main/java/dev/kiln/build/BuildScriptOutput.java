package dev.kiln.build;

import dev.kiln.KilnException;
import dev.kiln.manifest.Package;
import dev.kiln.manifest.Target;
import dev.kiln.manifest.TargetKind;
import dev.kiln.manifest.Version;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What a build script said on standard output (Cargo: compiler/custom_build.rs; cargo-build.md
/// §9.2), values as printed and in their order.
public record BuildScriptOutput(
    List<String> searchPaths,
    List<String> links,
    List<LinkArg> linkArgs,
    List<String> cfgs,
    List<String> checkCfgs,
    List<Variable> environment,
    List<Variable> metadata,
    List<String> rerunIfChanged,
    List<String> warnings,
    List<String> errors) {

  /// What a script that printed nothing said.
  public static final BuildScriptOutput NOTHING =
      new BuildScriptOutput(
          List.of(), List.of(), List.of(), List.of(), List.of(), List.of(), List.of(), List.of(),
          List.of(), List.of());

  /// A linker argument and the targets that get it; `bin` names one program for SINGLE_BIN.
  public record LinkArg(For appliesTo, @Nullable String bin, String arg) {
    /// The kinds of targets that an argument can be for.
    public enum For {
      ALL,
      CDYLIB,
      BINS,
      SINGLE_BIN,
      TESTS,
      BENCHES,
      EXAMPLES
    }

    /// Says whether a unit of this target gets the argument (Cargo: `LinkArgTarget::applies_to`).
    public boolean appliesTo(Target target, boolean anyTest) {
      return switch (appliesTo) {
        case ALL -> true;
        case CDYLIB -> !anyTest && target.isLib() && target.crateTypes().contains("cdylib");
        case BINS -> target.isBin();
        case SINGLE_BIN -> target.isBin() && target.name().equals(bin);
        case TESTS -> target.kind() == TargetKind.TEST;
        case BENCHES -> target.kind() == TargetKind.BENCH;
        case EXAMPLES -> target.kind() == TargetKind.EXAMPLE && target.isExecutable();
      };
    }
  }

  /// A name with a value.
  public record Variable(String name, String value) {}

  public BuildScriptOutput {
    searchPaths = List.copyOf(searchPaths);
    links = List.copyOf(links);
    linkArgs = List.copyOf(linkArgs);
    cfgs = List.copyOf(cfgs);
    checkCfgs = List.copyOf(checkCfgs);
    environment = List.copyOf(environment);
    metadata = List.copyOf(metadata);
    rerunIfChanged = List.copyOf(rerunIfChanged);
    warnings = List.copyOf(warnings);
    errors = List.copyOf(errors);
  }

  /// Parses the whole standard output of a package's script. Lines that are not UTF-8 are skipped.
  ///
  /// Throws where Cargo does: unknown or malformed `cargo::` directives, flags other than -l and
  /// -L, link arguments for targets that the package lacks, RUSTC_BOOTSTRAP on a stable compiler.
  public static BuildScriptOutput parse(List<byte[]> lines, Package pkg, boolean nightly)
      throws KilnException {
    var parser = new Parser(pkg, nightly);
    for (var line : lines) {
      try {
        parser.line(
            StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(line)).toString().strip());
      } catch (CharacterCodingException e) {
        // Cargo reads the lines that are text and passes over others
      }
    }
    return parser.result();
  }

  private static final class Parser {
    private static final Version DOUBLE_COLON_SINCE = new Version(1, 77, 0, "", "");
    private static final String WHERE =
        "https://doc.rust-lang.org/cargo/reference/build-scripts.html#outputs-of-the-build-script";

    private final Package pkg;
    private final boolean nightly;
    private final List<String> searchPaths = new ArrayList<>();
    private final List<String> links = new ArrayList<>();
    private final List<LinkArg> linkArgs = new ArrayList<>();
    private final List<String> cfgs = new ArrayList<>();
    private final List<String> checkCfgs = new ArrayList<>();
    private final List<Variable> environment = new ArrayList<>();
    private final List<Variable> metadata = new ArrayList<>();
    private final List<String> rerunIfChanged = new ArrayList<>();
    private final List<String> warnings = new ArrayList<>();
    private final List<String> errors = new ArrayList<>();

    Parser(Package pkg, boolean nightly) {
      this.pkg = pkg;
      this.nightly = nightly;
    }

    BuildScriptOutput result() {
      return new BuildScriptOutput(
          searchPaths,
          links,
          linkArgs,
          cfgs,
          checkCfgs,
          environment,
          metadata,
          rerunIfChanged,
          warnings,
          errors);
    }

    void line(String line) throws KilnException {
      boolean modern = line.startsWith("cargo::");
      if (!modern && !line.startsWith("cargo:")) {
        return;
      }
      if (modern) {
        requireModernRust();
      }
      var data = line.substring(modern ? 7 : 6);
      int equals = data.indexOf('=');
      if (equals < 0) {
        if (modern) {
          throw new KilnException(
              invalid(line)
                  + "Expected a line with `cargo::KEY=VALUE` with an `=` character, but none was"
                  + " found.\n"
                  + see());
        }
        return;
      }
      var key = data.substring(0, equals);
      var value = data.substring(equals + 1).stripTrailing();
      if (modern && key.equals("metadata")) {
        int inner = value.indexOf('=');
        if (inner < 0) {
          throw new KilnException(
              invalid(line)
                  + "Expected a line with `cargo::metadata=KEY=VALUE` with an `=` character, but"
                  + " none was found.\n"
                  + see());
        }
        metadata.add(
            new Variable(value.substring(0, inner), value.substring(inner + 1).stripTrailing()));
        return;
      }
      if (modern && key.equals("error")) {
        errors.add(value);
        return;
      }
      if (!reserved(line, key, value)) {
        if (modern) {
          throw new KilnException(invalid(line) + "Unknown key: `" + key + "`.\n" + see());
        }
        metadata.add(new Variable(key, value));
      }
    }

    private boolean reserved(String line, String key, String value) throws KilnException {
      switch (key) {
        case "rustc-flags" -> flags(value);
        case "rustc-link-lib" -> links.add(value);
        case "rustc-link-search" -> searchPaths.add(value);
        case "rustc-link-arg-cdylib", "rustc-cdylib-link-arg" -> {
          if (!has(TargetKind.LIB, "cdylib")) {
            warnings.add(
                "cargo:"
                    + key
                    + " was specified in the build script of "
                    + pkg
                    + " ("
                    + pkg.directory()
                    + "), but that package does not contain a cdylib target\n\n"
                    + "Allowing this was an unintended change in the 1.50 release, and may become"
                    + " an error in the future. For more information, see"
                    + " <https://github.com/rust-lang/cargo/issues/9562>.");
          }
          linkArgs.add(new LinkArg(LinkArg.For.CDYLIB, null, value));
        }
        case "rustc-link-arg-bins" -> forKind(line, TargetKind.BIN, "bin", LinkArg.For.BINS, value);
        case "rustc-link-arg-bin" -> forOneBin(line, value);
        case "rustc-link-arg-tests" ->
            forKind(line, TargetKind.TEST, "test", LinkArg.For.TESTS, value);
        case "rustc-link-arg-benches" ->
            forKind(line, TargetKind.BENCH, "benchmark", LinkArg.For.BENCHES, value);
        case "rustc-link-arg-examples" ->
            forKind(line, TargetKind.EXAMPLE, "example", LinkArg.For.EXAMPLES, value);
        case "rustc-link-arg" -> linkArgs.add(new LinkArg(LinkArg.For.ALL, null, value));
        case "rustc-cfg" -> cfgs.add(value);
        case "rustc-check-cfg" -> checkCfgs.add(value);
        case "rustc-env" -> variable(value);
        case "warning" -> warnings.add(value);
        case "rerun-if-changed" -> rerunIfChanged.add(value);
        case "rerun-if-env-changed" -> {
          // nothing of the caller's environment reaches a builder, so none can change
        }
        default -> {
          return false;
        }
      }
      return true;
    }

    private void flags(String value) throws KilnException {
      var words = new ArrayList<String>();
      for (var word : value.split("\\s+", -1)) {
        if (!word.isEmpty()) {
          words.add(word);
        }
      }
      for (int i = 0; i < words.size(); i++) {
        var word = words.get(i);
        boolean lib = word.startsWith("-l");
        if (!lib && !word.startsWith("-L")) {
          throw new KilnException(
              "only `-l` and `-L` flags are allowed in " + by() + ": `" + value + "`");
        }
        var flagged = word.substring(2);
        if (flagged.isEmpty()) {
          i++;
          if (i == words.size()) {
            throw new KilnException(
                "flag in rustc-flags has no value in " + by() + ": `" + value + "`");
          }
          flagged = words.get(i);
        }
        (lib ? links : searchPaths).add(flagged);
      }
    }

    private void forKind(
        String line, TargetKind kind, String word, LinkArg.For appliesTo, String value)
        throws KilnException {
      if (pkg.targets().stream().noneMatch(target -> target.kind() == kind)) {
        throw new KilnException(
            invalid(line)
                + "The package "
                + pkg.id()
                + " ("
                + pkg.directory()
                + ") does not have a "
                + word
                + " target.");
      }
      linkArgs.add(new LinkArg(appliesTo, null, value));
    }

    private void forOneBin(String line, String value) throws KilnException {
      int equals = value.indexOf('=');
      if (equals < 0) {
        throw new KilnException(
            invalid(line)
                + "The instruction should have the form cargo::rustc-link-arg-bin=BIN=ARG");
      }
      var bin = value.substring(0, equals);
      if (pkg.targets().stream().noneMatch(target -> target.isBin() && target.name().equals(bin))) {
        throw new KilnException(
            invalid(line)
                + "The package "
                + pkg.id()
                + " ("
                + pkg.directory()
                + ") does not have a bin target with the name `"
                + bin
                + "`.");
      }
      linkArgs.add(new LinkArg(LinkArg.For.SINGLE_BIN, bin, value.substring(equals + 1)));
    }

    private void variable(String value) throws KilnException {
      int equals = value.indexOf('=');
      if (equals < 0) {
        throw new KilnException("variable rustc-env has no value in " + by() + ": " + value);
      }
      var name = value.substring(0, equals);
      if (name.equals("RUSTC_BOOTSTRAP")) {
        if (!nightly) {
          throw new KilnException(
              "Cannot set `RUSTC_BOOTSTRAP="
                  + value.substring(equals + 1)
                  + "` from "
                  + by()
                  + ".\n"
                  + "note: Crates cannot set `RUSTC_BOOTSTRAP` themselves, as doing so would"
                  + " subvert the stability guarantees of Rust for your project.",
              "if you're sure you want to do this in your project, set it in [env] of"
                  + " .cargo/config.toml");
        }
        warnings.add(
            "Cannot set `RUSTC_BOOTSTRAP="
                + value.substring(equals + 1)
                + "` from "
                + by()
                + ".\n"
                + "note: Crates cannot set `RUSTC_BOOTSTRAP` themselves, as doing so would subvert"
                + " the stability guarantees of Rust for your project.");
        return;
      }
      environment.add(new Variable(name, value.substring(equals + 1)));
    }

    private void requireModernRust() throws KilnException {
      var rustVersion = pkg.about().rustVersion();
      if (rustVersion == null) {
        return;
      }
      var parts = rustVersion.split("[.-]", -1);
      var padded = parts[0] + "." + (parts.length > 1 ? parts[1] : "0") + ".0";
      if (Version.parse(padded).compareTo(DOUBLE_COLON_SINCE) < 0) {
        throw new KilnException(
            "the `cargo::` syntax for build script output instructions was added in Rust 1.77.0,"
                + " but the minimum supported Rust version of `"
                + pkg.id()
                + "` is "
                + rustVersion
                + ".\n"
                + see());
      }
    }

    private boolean has(TargetKind kind, String crateType) {
      return pkg.targets().stream()
          .anyMatch(target -> target.kind() == kind && target.crateTypes().contains(crateType));
    }

    private String by() {
      return "build script of `" + pkg.id() + "`";
    }

    private String invalid(String line) {
      return "invalid instruction `" + line + "` from " + by() + "\n";
    }

    private static String see() {
      return "See " + WHERE + " for more information about build script outputs.";
    }
  }
}
