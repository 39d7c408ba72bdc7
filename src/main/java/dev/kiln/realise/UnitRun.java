package dev.kiln.realise;

import dev.kiln.build.CompilerMessage;
import dev.kiln.builder.BuildListener;
import dev.kiln.event.BuildEvent;
import dev.kiln.event.BuildEvent.UnitLabel;
import dev.kiln.event.EventSink;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Listens to one run of rustc: passes diagnostics on as they come, keeps them for replay, and says
/// when the metadata is complete.
final class UnitRun implements BuildListener {
  private final UnitLabel label;
  private final EventSink events;
  private final Consumer<Path> metadataReady;
  private final List<String> messages = new ArrayList<>();
  private @Nullable Path outputs;
  private int errors;
  private int warnings;

  UnitRun(UnitLabel label, EventSink events, Consumer<Path> metadataReady) {
    this.label = label;
    this.events = events;
    this.metadataReady = metadataReady;
  }

  @Override
  public void started(SortedMap<String, Path> liveOutputs) {
    outputs = liveOutputs.get(Requests.OUTPUT);
  }

  @Override
  public void stdout(byte[] line) {
    // what a procedural macro prints; Cargo shows it too
    events.accept(new BuildEvent.Output(label, text(line)));
  }

  @Override
  public synchronized void stderr(byte[] line) {
    var text = text(line);
    switch (CompilerMessage.parse(text)) {
      case CompilerMessage.Artifact artifact -> {
        if (artifact.emit().equals("metadata") && outputs != null) {
          metadataReady.accept(
              outputs.resolve(artifact.path().substring(artifact.path().lastIndexOf('/') + 1)));
        }
      }
      case CompilerMessage.Diagnostic diagnostic -> {
        if (!diagnostic.isSummary()) {
          errors += diagnostic.isError() ? 1 : 0;
          warnings += diagnostic.isWarning() ? 1 : 0;
          messages.add(text);
          events.accept(new BuildEvent.Diagnostic(label, diagnostic.rendered(), text, false));
        }
      }
      case CompilerMessage.Other other -> {
        if (!other.isObject()) {
          messages.add(text);
          events.accept(new BuildEvent.Output(label, other.line()));
        }
      }
    }
  }

  /// Returns the lines to replay when the unit is reused.
  synchronized List<String> messages() {
    return List.copyOf(messages);
  }

  /// Returns Cargo's ending: ` due to 1 previous error; 2 warnings emitted`.
  synchronized String counts() {
    var text = new StringBuilder();
    if (errors > 0) {
      text.append(" due to ")
          .append(errors == 1 ? "1 previous error" : errors + " previous errors");
    }
    if (warnings > 0) {
      text.append(errors > 0 ? "; " : " due to ");
      text.append(warnings == 1 ? "1 warning emitted" : warnings + " warnings emitted");
    }
    return text.toString();
  }

  /// Says whether rustc itself reported an error.
  synchronized boolean hasErrors() {
    return errors > 0;
  }

  private static String text(byte[] line) {
    return new String(line, StandardCharsets.UTF_8);
  }
}
