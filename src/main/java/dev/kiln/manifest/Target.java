package dev.kiln.manifest;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// One library, program, example, test, benchmark or build script of a package.
///
/// `name` is as declared (hyphens kept for all but libraries); `path` is the source file relative
/// to the package's directory with `/`, lexically normal; `crateTypes` is what `--crate-type` gets
/// (`bin` for programs, examples without one, tests, benchmarks and build scripts), in the order of
/// the manifest. `explicitName` is false where Cargo inferred the name from the package's.
public record Target(
    TargetKind kind,
    String name,
    List<String> crateTypes,
    String path,
    String edition,
    Flags flags,
    @Nullable List<String> requiredFeatures) {

  /// The switches of a target, defaults applied; `scraped` where `doc-scrape-examples` is set.
  public record Flags(
      boolean test,
      boolean bench,
      boolean doc,
      boolean doctest,
      boolean harness,
      boolean scraped) {}

  public Target {
    crateTypes = List.copyOf(crateTypes);
    requiredFeatures = requiredFeatures == null ? null : List.copyOf(requiredFeatures);
  }

  /// Returns the name as rustc's `--crate-name` has it.
  public String crateName() {
    return name.replace('-', '_');
  }

  public boolean isLib() {
    return kind == TargetKind.LIB;
  }

  public boolean isBin() {
    return kind == TargetKind.BIN;
  }

  public boolean isBuildScript() {
    return kind == TargetKind.BUILD_SCRIPT;
  }

  /// Says whether this is a procedural macro: a library, or an example that is one.
  public boolean isProcMacro() {
    return crateTypes.contains("proc-macro");
  }

  /// Says whether it is an example that is not a program (Cargo's ExampleLib).
  public boolean isExampleLib() {
    return kind == TargetKind.EXAMPLE && !crateTypes.equals(List.of("bin"));
  }

  /// Says whether it yields an executable program: a bin, or an example that is one.
  public boolean isExecutable() {
    return kind == TargetKind.BIN || (kind == TargetKind.EXAMPLE && !isExampleLib());
  }

  /// Says whether other crates can link to it (Cargo's `TargetKind::linkable`).
  public boolean isLinkable() {
    return kind == TargetKind.LIB
        && crateTypes.stream()
            .anyMatch(type ->
                switch (type) {
                  case "lib", "rlib", "dylib", "proc-macro" -> true;
                  default -> false;
                });
  }
}
