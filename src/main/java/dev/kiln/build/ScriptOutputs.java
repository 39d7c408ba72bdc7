package dev.kiln.build;

/// What the build scripts of a graph said, by the index of the unit that ran each; only those that
/// a unit depends on are asked for.
@FunctionalInterface
public interface ScriptOutputs {
  /// Returns what the script run by a unit said.
  BuildScriptOutput of(int runUnit);
}
