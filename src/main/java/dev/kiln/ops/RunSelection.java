package dev.kiln.ops;

import dev.kiln.KilnException;
import dev.kiln.manifest.Package;
import dev.kiln.manifest.Target;
import dev.kiln.manifest.TargetKind;
import dev.kiln.plan.CompileOptions;
import dev.kiln.plan.CompileOptions.Filter;
import dev.kiln.plan.CompileOptions.Intent;
import dev.kiln.resolve.Glob;
import dev.kiln.resolve.Selection;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/// Which program `run` means (Cargo: commands/run.rs, ops/cargo_run.rs): `default-run` where it is
/// the only one, else the only program that there is.
final class RunSelection {
  private RunSelection() {}

  /// Returns the options with the program that is to run; other commands' as they are. `platforms`
  /// is how many there are to compile for, whoever asked for them.
  static CompileOptions narrow(CompileOptions options, Selection selection, int platforms)
      throws KilnException {
    if (options.intent() != Intent.RUN) {
      return options;
    }
    for (var word : options.packages().specs()) {
      if (Glob.isPattern(word)) {
        throw new KilnException(
            "`cargo run` does not support glob pattern `" + word + "` on package selection");
      }
    }
    var selected = selection.membersNamed(options.packages().specs());
    var filter = options.filter();
    if (Stream.of(filter.bins(), filter.examples(), filter.tests(), filter.benches())
        .anyMatch(names -> names.names().stream().anyMatch(Glob::isPattern))) {
      throw new KilnException("`cargo run` does not support glob patterns on target selection");
    }
    if (filter.equals(Filter.NONE)) {
      var defaults =
          selected.stream()
              .map(pkg -> pkg.settings().defaultRun())
              .filter(Objects::nonNull)
              .toList();
      if (defaults.size() == 1) {
        filter =
            new Filter(
                Filter.Lib.NONE,
                new Filter.Names(false, defaults),
                Filter.Names.NONE,
                Filter.Names.NONE,
                Filter.Names.NONE,
                false);
      }
    }
    check(filter, selected);
    if (platforms > 1) {
      throw new KilnException("only one `--target` argument is supported");
    }
    return options.withFilter(filter);
  }

  private static void check(Filter filter, List<Package> selected) throws KilnException {
    boolean any = filter.equals(Filter.NONE);
    var programs = new ArrayList<Target>();
    for (var pkg : selected) {
      for (var target : pkg.targets()) {
        if (any ? target.isBin() : isNamed(filter, target)) {
          programs.add(target);
        }
      }
    }
    if (programs.isEmpty() && any) {
      throw new KilnException("a bin target must be available for `cargo run`");
    }
    if (programs.size() == 1 && programs.getFirst().isExampleLib()) {
      throw new KilnException(
          "example target `"
              + programs.getFirst().name()
              + "` is a library and cannot be executed");
    }
    if (programs.size() > 1 && any) {
      throw new KilnException(
          "`cargo run` could not determine which binary to run. Use the `--bin` option to specify"
              + " a binary, or the `default-run` manifest key.\navailable binaries: "
              + String.join(", ", programs.stream().map(Target::name).sorted().toList()));
    }
    if (programs.size() > 1) {
      throw new KilnException(
          "`cargo run` can run at most one executable, but multiple were specified");
    }
  }

  private static boolean isNamed(Filter filter, Target target) {
    var names =
        switch (target.kind()) {
          case BIN -> filter.bins();
          case EXAMPLE -> filter.examples();
          case TEST -> filter.tests();
          case BENCH -> filter.benches();
          case LIB, BUILD_SCRIPT -> Filter.Names.NONE;
        };
    return names.all()
        || (target.kind() != TargetKind.LIB
            && names.names().stream()
                .anyMatch(name -> !Glob.isPattern(name) && name.equals(target.name())));
  }
}
