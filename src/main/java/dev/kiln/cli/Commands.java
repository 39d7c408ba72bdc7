package dev.kiln.cli;

import dev.kiln.plan.CompileOptions.Intent;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// All verbs, in the order of `--list`. A command's class is loaded only when it is called.
final class Commands {
  private Commands() {}

  /// What may stand before the command's name.
  static final Syntax PREFIX =
      Syntax.of(
          Syntax.Operands.NONE,
          Flag.switched("--list", "List the commands"),
          Flag.valued("--explain", "CODE", "Say what an error code of rustc means"));

  static final List<Verb> VERBS =
      List.of(
          Verb.cargo(
              "build",
              "b",
              "Compile a local package and all of its dependencies",
              () -> new CompileCommand(Intent.BUILD)),
          Verb.cargo(
              "check",
              "c",
              "Check a local package and all of its dependencies for errors",
              () -> new CompileCommand(Intent.CHECK)),
          Verb.cargo("run", "r", "Run a binary or example of the local package", RunCommand::new),
          Verb.cargo(
              "test",
              "t",
              "Execute all unit and integration tests and build examples of a local package",
              () -> new TestCommand(Intent.TEST)),
          Verb.cargo(
              "bench",
              "",
              "Execute all benchmarks of a local package",
              () -> new TestCommand(Intent.BENCH)),
          Verb.cargo(
              "doc",
              "d",
              "Show what documentation would be built from (--unit-graph)",
              () -> new GraphCommand("doc", Intent.DOC)),
          Verb.cargo(
              "clippy",
              "",
              "Show what clippy would look at (--unit-graph)",
              () -> new GraphCommand("clippy", Intent.CHECK)),
          Verb.cargo(
              "tree", "", "Display a tree visualization of a dependency graph", TreeCommand::new),
          Verb.cargo(
              "metadata",
              "",
              "Output the resolved dependencies of a package in machine-readable format",
              MetadataCommand::new),
          Verb.cargo(
              "fetch", "", "Fetch dependencies of a package from the network", FetchCommand::new),
          Verb.cargo("install", "", "Install a Rust program", InstallCommand::new),
          Verb.cargo("log", "", "Show what a unit's builder said", LogCommand::new),
          Verb.cargo(
              "shell",
              "",
              "Enter the sandbox of a unit, or run a command there",
              ShellCommand::new),
          Verb.cargo("plan", "", "Show the units that a build would have", PlanCommand::new),
          Verb.cargo(
              "clean", "", "Drop the workspace's root record in the store", CleanCommand::new),
          Verb.cargo(
              "doctor", "", "Say what this machine lacks, and what mends it", DoctorCommand::new),
          ToolchainVerbs.toolchain(),
          StoreVerbs.store(),
          StoreVerbs.hash(),
          StoreVerbs.derivation(),
          StoreVerbs.key());

  /// Commands of the design that are for later: they are refused by name.
  static final Set<String> LATER =
      Set.of("cargo-nix", "compare", "diff", "graph", "remote", "vendor", "why");

  /// Says whether a word is a command's whole name, of now or later, so that no alias may stand for
  /// it. One may stand for `b`.
  static boolean isBuiltIn(String word) {
    return named(word).isPresent() || LATER.contains(word);
  }

  /// Says whether a word is a command that reads Cargo's configuration. Nix's do not: they run with
  /// any, and need not wait for it to be read.
  static boolean isCargos(String word) {
    return named(word).filter(verb -> verb.failure() == Verb.CARGO).isPresent();
  }

  private static Optional<Verb> named(String word) {
    return Verb.find(VERBS, word).filter(verb -> verb.name().equals(word));
  }
}
