package dev.kiln.store;

import dev.kiln.KilnException;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;

/// What lives, given the roots: all that they refer to; with `keepOutputs` the valid outputs of
/// every living derivation; with `keepDerivations` the valid deriver of every living path (Nix's
/// defaults are false and true, nix-store.md §11.2). All outputs of one realisation live together
/// (design D2).
final class Liveness {
  /// Answers which outputs a derivation has, as far as its text says.
  interface Outputs {
    SortedSet<StorePath> of(StorePath derivation) throws KilnException;
  }

  /// Nix's two switches.
  record Rule(boolean keepOutputs, boolean keepDerivations) {}

  private final StoreGraph graph;
  private final Rule rule;
  private final Outputs outputs;
  private final Map<StorePath, SortedSet<StorePath>> siblings = new HashMap<>();
  private final SortedSet<StorePath> live = new TreeSet<>();

  Liveness(
      StoreGraph graph, Rule rule, Outputs outputs, Collection<RealisationRecord> realisations) {
    this.graph = graph;
    this.rule = rule;
    this.outputs = outputs;
    for (var realisation : realisations) {
      for (var output : realisation.outputs().values()) {
        siblings
            .computeIfAbsent(output, _ -> new TreeSet<>())
            .addAll(realisation.outputs().values());
        if (rule.keepOutputs) {
          siblings
              .computeIfAbsent(realisation.derivation(), _ -> new TreeSet<>())
              .addAll(realisation.outputs().values());
        }
      }
    }
  }

  /// Adds what these keep alive; answers all that lives.
  SortedSet<StorePath> add(Collection<StorePath> roots) throws KilnException {
    var waiting = new ArrayDeque<>(roots);
    for (var path = waiting.poll(); path != null; path = waiting.poll()) {
      var info = graph.findInfo(path);
      if (info.isEmpty() || !live.add(path)) {
        continue;
      }
      waiting.addAll(info.get().references());
      waiting.addAll(siblings.getOrDefault(path, new TreeSet<>()));
      var deriver = info.get().deriver();
      if (rule.keepDerivations && deriver != null) {
        waiting.add(deriver);
      }
      if (rule.keepOutputs && path.isDerivation()) {
        waiting.addAll(keptOutputs(path));
      }
    }
    return live;
  }

  private List<StorePath> keptOutputs(StorePath derivation) throws KilnException {
    return List.copyOf(outputs.of(derivation));
  }
}
