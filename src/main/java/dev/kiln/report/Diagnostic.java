package dev.kiln.report;

import dev.kiln.KilnException;
import dev.kiln.json.Json;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// A diagnostic of rustc or rustdoc, as its JSON has it.
record Diagnostic(String level, String message, Json json) {
  private static final String CODE = "code";
  private static final String RENDERED = "rendered";

  /// Reads a line that a compiler wrote; a line that is no diagnostic has no level.
  static Diagnostic parse(String line) {
    try {
      var json = Json.parse(line);
      return new Diagnostic(text(json, "level"), text(json, "message"), json);
    } catch (KilnException e) {
      return new Diagnostic("", line, Json.of(line));
    }
  }

  /// Says whether this is a count that Cargo makes itself: `aborting due to`, `2 warnings emitted`.
  boolean isSummary() {
    return message.startsWith("aborting due to")
        || message.endsWith("warning emitted")
        || message.endsWith("warnings emitted");
  }

  /// Returns the diagnostic on one line, as `--error-format=short` renders it: place, level, code
  /// of an error, message and label of the primary span; nothing for a note about failures.
  String renderedShort() {
    if (level.equals("failure-note")) {
      return "";
    }
    var code =
        json.find(CODE)
            .map(c -> text(c, CODE))
            .filter(c -> c.matches("E\\d+"))
            .map(c -> "[" + c + "]");
    var what = level + code.orElse("") + ": " + message;
    var span = primarySpan();
    if (span.isEmpty()) {
      return what + "\n";
    }
    var label = text(span.get(), "label");
    return "%s:%s:%s: %s%s%n"
        .formatted(
            text(span.get(), "file_name"),
            number(span.get(), "line_start"),
            number(span.get(), "column_start"),
            what,
            label.isEmpty() ? "" : ": " + label);
  }

  private Optional<Json> primarySpan() {
    return json.find("spans").stream()
        .flatMap(spans -> spans instanceof Json.Arr(var items) ? items.stream() : null)
        .filter(span -> span.find("is_primary").equals(Optional.of(Json.of(true))))
        .findFirst();
  }

  /// Returns the object as Cargo passes it on: `rendered` replaced and first, `code` last, the
  /// others sorted between them (Cargo: compiler/mod.rs, its `CompilerMessage`).
  Json passedOn(String rendered) {
    if (!(json instanceof Json.Obj(Map<String, Json> fields))) {
      return json;
    }
    var others = new TreeMap<>(fields);
    var code = others.remove(CODE);
    others.remove(RENDERED);
    var object = Json.object().put(RENDERED, rendered);
    others.forEach(object::put);
    return object.put(CODE, code == null ? new Json.Null() : code).build();
  }

  private static String text(Json json, String name) {
    return json.find(name).map(value -> value instanceof Json.Str(var text) ? text : "").orElse("");
  }

  private static String number(Json json, String name) {
    return json.find(name).map(value -> value instanceof Json.Num(var text) ? text : "").orElse("");
  }
}
