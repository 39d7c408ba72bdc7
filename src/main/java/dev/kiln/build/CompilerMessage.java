package dev.kiln.build;

import dev.kiln.KilnException;
import dev.kiln.json.Json;
import org.jspecify.annotations.Nullable;

/// One line of rustc's standard error with `--error-format=json --json=…artifacts,future-incompat`.
public sealed interface CompilerMessage {
  /// A file is complete: `emit` is `metadata`, `link`, `dep-info`.
  record Artifact(String path, String emit) implements CompilerMessage {}

  /// A diagnostic: `json` is the object as rustc wrote it, `rendered` its text with colours.
  record Diagnostic(String level, String rendered, String json) implements CompilerMessage {
    public boolean isError() {
      return level.startsWith("error");
    }

    public boolean isWarning() {
      return level.equals("warning");
    }

    /// Says whether it is one of rustc's closing lines, which Cargo replaces by its own.
    public boolean isSummary() {
      var plain = rendered.replaceAll("\u001b\\[[0-9;]*m", "");
      return plain.startsWith("error: aborting due to")
          || plain.matches("(?s)warning: [0-9]+ warnings? emitted\\s*");
    }
  }

  /// A line that is not one of rustc's objects, such as a linker's or a macro's output, or an
  /// object that tells users nothing.
  record Other(String line, boolean isObject) implements CompilerMessage {}

  /// Reads a line.
  static CompilerMessage parse(String line) {
    if (!line.startsWith("{")) {
      return new Other(line, false);
    }
    try {
      var object = Json.parse(line).asObject();
      var artifact = text(object.get("artifact"));
      if (artifact != null) {
        var emit = text(object.get("emit"));
        return new Artifact(artifact, emit == null ? "" : emit);
      }
      var level = text(object.get("level"));
      var rendered = text(object.get("rendered"));
      return level == null || rendered == null
          ? new Other(line, true)
          : new Diagnostic(level, rendered, line);
    } catch (KilnException e) {
      return new Other(line, false);
    }
  }

  private static @Nullable String text(@Nullable Json json) {
    return json instanceof Json.Str(var value) ? value : null;
  }
}
