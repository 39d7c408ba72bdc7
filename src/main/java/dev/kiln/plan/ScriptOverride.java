package dev.kiln.plan;

import java.util.List;

/// What `target.TRIPLE.LINKS` of the configuration puts in the place of a build script's run
/// (cargo-build.md §4.12), or `build-script` of kiln.toml: the lines that the script would have
/// printed, `cargo:KEY=VALUE` each, so that one reader understands both.
public record ScriptOverride(List<String> lines) {
  public ScriptOverride {
    lines = List.copyOf(lines);
  }
}
