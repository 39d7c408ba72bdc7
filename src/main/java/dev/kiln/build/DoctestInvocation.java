package dev.kiln.build;

import dev.kiln.KilnException;
import dev.kiln.plan.UnitProfile.Panic;
import java.util.ArrayList;
import java.util.List;

/// The command line and environment of rustdoc for the documentation tests of one library, which it
/// both compiles and runs (Cargo: cargo_test.rs `run_doc_tests`, build_runner/mod.rs `compile`,
/// cargo-build.md §14.2).
///
/// Not in it: what a user gives the tests, what runs programs of a foreign target, and colours.
public final class DoctestInvocation {
  private DoctestInvocation() {}

  /// Returns the invocation of a documentation test's unit.
  public static Invocation of(BuildContext context, int index, ScriptOutputs outputs)
      throws KilnException {
    var unit = context.graph().unit(index);
    var layout = context.layout();
    var args = new ArrayList<>(List.of(ToolPaths.RUSTDOC, "--edition=" + unit.target().edition()));
    unit.target().crateTypes().forEach(type -> args.addAll(List.of("--crate-type", type)));
    args.addAll(List.of("--crate-name", unit.target().crateName(), "--test"));
    args.add(RustcInvocation.sourcePath(layout, unit));
    args.addAll(List.of("--test-run-directory", layout.packageRoot(unit.pkg())));
    if (unit.kind().triple() != null) {
      args.addAll(List.of("--target", layout.target(unit.kind())));
    }
    if (unit.profile().panic() == Panic.ABORT) {
      args.addAll(List.of("-C", "panic=abort"));
    }
    args.addAll(unit.pkg().settings().rustcLints());
    args.addAll(RustcInvocation.ofDoctest(context, index, outputs));
    args.addAll(unit.flags().rustdocflags());
    args.addAll(List.of("--error-format", "human"));
    if (unit.kind().isCustom()) {
      args.add("-Zunstable-options");
    }
    return new Invocation(
        args,
        RustcInvocation.doctestEnvironment(context, index, outputs),
        RustcInvocation.cwd(layout, unit));
  }
}
