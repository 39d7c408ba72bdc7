package dev.kiln.ops;

import dev.kiln.KilnException;
import dev.kiln.build.CompilerMessage;
import dev.kiln.store.RealisationRecord;
import dev.kiln.store.Store;
import dev.kiln.store.StorePath;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;

/// Shows what the builders of units said when they ran.
///
/// A unit is named by its .drv path, by six or more characters of its hash, or by
/// `PKGSPEC[/TARGET][:MODE]` among the units of the workspace's last build; all that match are
/// shown.
public final class LogOperation {
  private static final int SHORTEST_HASH = 6;

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
    for (var derivation : find(settings, store, unit)) {
      var record = store.findRealisation(derivation);
      if (record.isPresent()) {
        logs.add(new Log(derivation, lines(record.get())));
      }
    }
    if (logs.isEmpty()) {
      throw new KilnException(
          "there is no record of the unit `%s`".formatted(unit),
          "build it first; a unit is a .drv path, six or more characters of its hash, or"
              + " PKGSPEC[/TARGET][:MODE] of the last build here");
    }
    return logs;
  }

  private static SortedSet<StorePath> find(Settings settings, Store store, String unit)
      throws KilnException {
    var found = new TreeSet<StorePath>();
    var base = unit.substring(unit.lastIndexOf('/') + 1);
    if (base.endsWith(".drv")) {
      found.add(StorePath.parse(base));
      return found;
    }
    if (unit.length() >= SHORTEST_HASH && unit.matches("[0-9a-z]{6,32}")) {
      store.validPaths().stream()
          .filter(path -> path.hashPart().startsWith(unit) && path.name().endsWith(".drv"))
          .forEach(found::add);
    }
    if (found.isEmpty()) {
      var workspace = Surroundings.load(settings).workspace();
      new LastBuild(settings, workspace.root())
          .read().stream()
              .filter(entry -> entry.matches(unit))
              .forEach(entry -> found.add(entry.derivation()));
    }
    return found;
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
