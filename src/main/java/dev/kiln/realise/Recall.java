package dev.kiln.realise;

import dev.kiln.KilnException;
import dev.kiln.builder.Isolation;
import dev.kiln.derivation.UnitDerivation;
import dev.kiln.store.RealisationRecord;
import dev.kiln.store.Store;
import dev.kiln.store.StorePath;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

/// Finds what an earlier run gave: by the derivation itself, or, where the contents of a path
/// package differ, by what earlier runs of the same unit observed.
///
/// For the second way a record stands under the derivation without local contents; it lists the
/// last runs, as a compiler cache's manifest does.
final class Recall {
  /// The note that lists the user's files that a run read.
  static final String OBSERVED = "observed";

  /// The note that says which files a change of can alter the result: `files` (those observed) or
  /// `package` (any of the package).
  static final String COVERAGE = "coverage";

  /// The note that says on which rung of the sandbox's ladder a run was.
  static final String ISOLATION = "isolation";

  static final String FILES = "files";
  static final String PACKAGE = "package";

  private static final String CANDIDATES = "candidates";
  private static final int KEPT = 8;

  private final Store store;
  private final UnitTexts texts;
  private final Observations observations;
  private final boolean sandboxed;

  /// `sandboxed` says that what ran without isolation is not good enough: it may depend on
  /// anything, and holds paths that were never fixed.
  Recall(Store store, UnitTexts texts, Observations observations, boolean sandboxed) {
    this.store = store;
    this.texts = texts;
    this.observations = observations;
    this.sandboxed = sandboxed;
  }

  /// What was found, or why nothing was.
  record Answer(Optional<RealisationRecord> record, String reason) {}

  /// Looks a unit's derivation up.
  Answer find(UnitDerivation derivation, StorePath path) throws KilnException {
    var exact = store.findRealisation(path);
    var why = "not built before";
    if (exact.isPresent() && isUnfit(exact.get())) {
      why = "built without a sandbox before";
    } else if (exact.isPresent()) {
      var changed = observations.firstChanged(exact.get().note(OBSERVED));
      if (changed.isEmpty()) {
        return new Answer(exact, "same inputs");
      }
      why = changed.get() + " changed";
    }
    if (derivation.inputs().local().isEmpty()) {
      return new Answer(Optional.empty(), why);
    }
    for (var candidate : candidates(derivation)) {
      var record = store.findRealisation(candidate);
      if (record.isEmpty() || candidate.equals(path) || isUnfit(record.get())) {
        continue;
      }
      if (!record.get().note(COVERAGE).contains(FILES)) {
        why = "a file of the package changed";
        continue;
      }
      var changed = observations.firstChanged(record.get().note(OBSERVED));
      if (changed.isEmpty()) {
        var alias = new RealisationRecord(path, record.get().outputs(), record.get().notes());
        texts.add(derivation);
        store.register(alias);
        remember(derivation, path);
        return new Answer(Optional.of(alias), "every file that it reads is the same");
      }
      why = changed.get() + " changed";
    }
    return new Answer(Optional.empty(), why);
  }

  private boolean isUnfit(RealisationRecord record) {
    return sandboxed && record.note(ISOLATION).contains(Isolation.NONE.word());
  }

  /// Notes that a derivation has a record, for later states of its package.
  void remember(UnitDerivation derivation, StorePath path) throws KilnException {
    if (derivation.inputs().local().isEmpty()) {
      return;
    }
    var names = new ArrayList<>(List.of(path.baseName()));
    for (var candidate : candidates(derivation)) {
      if (!candidate.equals(path) && names.size() < KEPT) {
        names.add(candidate.baseName());
      }
    }
    var notes = new TreeMap<String, List<String>>();
    notes.put(CANDIDATES, names);
    store.register(
        new RealisationRecord(
            texts.path(derivation.withoutLocalContents()), new TreeMap<>(), notes));
  }

  private List<StorePath> candidates(UnitDerivation derivation) throws KilnException {
    var record = store.findRealisation(texts.path(derivation.withoutLocalContents()));
    return record.isEmpty()
        ? List.of()
        : record.get().note(CANDIDATES).stream().map(StorePath::new).toList();
  }
}
