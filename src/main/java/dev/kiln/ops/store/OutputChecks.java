package dev.kiln.ops.store;

import dev.kiln.KilnException;
import dev.kiln.json.Json;
import dev.kiln.ops.store.Outputs.Output;
import dev.kiln.ops.store.RealiseFailure.Kind;
import dev.kiln.store.PathInfo;
import dev.kiln.store.Store;
import dev.kiln.store.StorePath;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/// What a derivation allows its outputs to refer to, and how large they may be (nix-store.md §19).
final class OutputChecks {
  private final Store store;
  private final Attributes attributes;
  private final Map<StorePath, PathInfo> built = new TreeMap<>();
  private final Map<String, StorePath> byName = new TreeMap<>();

  OutputChecks(Store store, Attributes attributes, List<Output> outputs) {
    this.store = store;
    this.attributes = attributes;
    for (var output : outputs) {
      built.put(output.info().path(), output.info());
      byName.put(output.name(), output.info().path());
    }
  }

  /// The checks of one output: lists of words by their names, where they are given.
  private interface Lists {
    Optional<List<String>> find(String name) throws KilnException;
  }

  void check(Output output) throws KilnException {
    var json = attributes.findJson();
    if (json.isEmpty()) {
      references(output.info(), attributes::findWords, true);
      return;
    }
    var checks =
        json.get().find("outputChecks").flatMap(all -> all.find(output.name())).orElse(null);
    if (checks != null) {
      references(output.info(), name -> words(checks, name), false);
      sizes(output.info(), checks);
    }
  }

  private static Optional<List<String>> words(Json checks, String name) throws KilnException {
    var found = checks.find(name);
    return found.isPresent() ? Optional.of(Attributes.words(found.get())) : Optional.empty();
  }

  private void references(PathInfo info, Lists lists, boolean withoutItself) throws KilnException {
    var direct = info.references();
    allowed(info, lists.find("allowedReferences"), direct, "refer to");
    disallowed(info, lists.find("disallowedReferences"), direct, "refer to");
    var requisites = closure(info);
    if (withoutItself) {
      requisites.remove(info.path());
    }
    allowed(info, lists.find("allowedRequisites"), requisites, "have in its closure");
    disallowed(info, lists.find("disallowedRequisites"), requisites, "have in its closure");
  }

  private SortedSet<StorePath> closure(PathInfo start) throws KilnException {
    var closure = new TreeSet<StorePath>();
    var waiting = new ArrayDeque<>(List.of(start.path()));
    for (var path = waiting.poll(); path != null; path = waiting.poll()) {
      if (closure.add(path)) {
        waiting.addAll(info(path).references());
      }
    }
    return closure;
  }

  private PathInfo info(StorePath path) throws KilnException {
    var known = built.get(path);
    return known != null ? known : store.requireInfo(path);
  }

  private SortedSet<StorePath> named(PathInfo info, List<String> words) throws KilnException {
    var paths = new TreeSet<StorePath>();
    for (var word : words) {
      var output = byName.get(word);
      if (output != null) {
        paths.add(output);
      } else if (word.startsWith("/")) {
        paths.add(store.storeDir().parse(word));
      } else {
        throw fault(info, "is checked against '" + word + "', which is no output");
      }
    }
    return paths;
  }

  private void allowed(
      PathInfo info, Optional<List<String>> words, SortedSet<StorePath> found, String doing)
      throws KilnException {
    if (words.isPresent()) {
      var bad = new TreeSet<>(found);
      bad.removeAll(named(info, words.get()));
      refuse(info, bad, doing);
    }
  }

  private void disallowed(
      PathInfo info, Optional<List<String>> words, SortedSet<StorePath> found, String doing)
      throws KilnException {
    if (words.isPresent()) {
      var bad = new TreeSet<>(found);
      bad.retainAll(named(info, words.get()));
      refuse(info, bad, doing);
    }
  }

  private void refuse(PathInfo info, SortedSet<StorePath> bad, String doing) throws RealiseFailure {
    if (!bad.isEmpty()) {
      var names = bad.stream().map(store.storeDir()::resolve).toList();
      throw fault(info, "is not allowed to " + doing + " " + String.join(", ", names));
    }
  }

  private void sizes(PathInfo info, Json checks) throws KilnException {
    var size = checks.find("maxSize");
    if (size.isPresent() && info.narSize() > size.get().asLong()) {
      throw fault(info, "is larger than " + size.get().asLong() + " bytes");
    }
    var closureSize = checks.find("maxClosureSize");
    if (closureSize.isPresent()) {
      var sum = 0L;
      for (var path : closure(info)) {
        sum += info(path).narSize();
      }
      if (sum > closureSize.get().asLong()) {
        throw fault(info, "has a closure larger than " + closureSize.get().asLong() + " bytes");
      }
    }
  }

  private RealiseFailure fault(PathInfo info, String what) {
    return new RealiseFailure(
        Kind.OTHER, "output '" + store.storeDir().resolve(info.path()) + "' " + what);
  }
}
