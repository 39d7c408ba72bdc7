package dev.kiln.ops;

import dev.kiln.KilnException;
import dev.kiln.build.CompilerMessage;
import dev.kiln.store.RealisationRecord;
import dev.kiln.store.Store;
import dev.kiln.store.StorePath;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Shows what the builders of units said when they ran.
///
/// All units that a name means are shown ([UnitNames]).
public final class LogOperation {
  private LogOperation() {}

  /// What one unit said: its derivation, and the lines, compilers' colours in them.
  public record Log(StorePath derivation, List<String> lines) {
    public Log {
      lines = List.copyOf(lines);
    }
  }

  public static List<Log> run(Settings settings, String unit) throws KilnException {
    var places = settings.places();
    var store = Store.openForReading(places.storeRoot(), places.storeDir());
    var logs = new ArrayList<Log>();
    for (var derivation : UnitNames.find(settings, store, unit)) {
      var file = store.log(derivation); // of what was realised as any derivation
      var record = store.findRealisation(derivation);
      if (Files.exists(file)) {
        logs.add(new Log(derivation, lines(file)));
      } else if (record.isPresent()) {
        logs.add(new Log(derivation, lines(record.get())));
      }
    }
    if (logs.isEmpty()) {
      throw new KilnException(
          "there is no record of the unit `%s`".formatted(unit), UnitNames.HINT);
    }
    return logs;
  }

  private static List<String> lines(Path file) throws KilnException {
    try {
      return new String(Files.readAllBytes(file), StandardCharsets.UTF_8).lines().toList();
    } catch (IOException e) {
      throw new KilnException("cannot read the log " + file, null, e);
    }
  }

  private static List<String> lines(RealisationRecord record) {
    var lines = new ArrayList<>(record.note("stdout"));
    lines.addAll(record.note("stderr"));
    for (var message : record.note("messages")) {
      switch (CompilerMessage.parse(message)) {
        case CompilerMessage.Diagnostic diagnostic -> lines.add(diagnostic.rendered());
        case CompilerMessage.Other other -> lines.add(other.line());
        case CompilerMessage.Artifact _ -> {}
      }
    }
    return lines;
  }
}
