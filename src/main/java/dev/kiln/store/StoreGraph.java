package dev.kiln.store;

import dev.kiln.KilnException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// Questions about references between valid paths (nix-store.md §8.2). Records are read once, when
/// they are first needed; who refers to a path is known only after reading all of them.
public final class StoreGraph {
  private final Store store;
  private final Map<StorePath, PathInfo> infos = new HashMap<>();
  private @Nullable Map<StorePath, SortedSet<StorePath>> referrers;

  public StoreGraph(Store store) {
    this.store = store;
  }

  /// Knows these paths only, where the records of others cannot be read.
  StoreGraph(Store store, Collection<PathInfo> known) {
    this.store = store;
    known.forEach(info -> infos.put(info.path(), info));
    referrers = referrers(known);
  }

  public PathInfo info(StorePath path) throws KilnException {
    var known = infos.get(path);
    if (known == null) {
      known = store.requireInfo(path);
      infos.put(path, known);
    }
    return known;
  }

  /// Returns what is known of a path, nothing where it is not valid.
  public Optional<PathInfo> findInfo(StorePath path) throws KilnException {
    var known = infos.get(path);
    return known != null || !store.isValid(path) ? Optional.ofNullable(known) : find(path);
  }

  private Optional<PathInfo> find(StorePath path) throws KilnException {
    var found = store.findInfo(path);
    found.ifPresent(info -> infos.put(path, info));
    return found;
  }

  /// Returns the paths and all that they refer to, directly or not.
  public SortedSet<StorePath> closure(Collection<StorePath> paths) throws KilnException {
    var closure = new TreeSet<StorePath>();
    var waiting = new ArrayDeque<>(paths);
    for (var path = waiting.poll(); path != null; path = waiting.poll()) {
      if (closure.add(path)) {
        waiting.addAll(info(path).references());
      }
    }
    return closure;
  }

  /// Returns the paths with dependencies first: depth first, in the order of base names, as Nix
  /// prints them. References to other paths are not followed.
  public List<StorePath> sorted(SortedSet<StorePath> paths) throws KilnException {
    var sorted = new ArrayList<StorePath>();
    var seen = new HashSet<StorePath>();
    for (var path : paths) {
      visit(path, paths, seen, sorted);
    }
    return sorted;
  }

  private record Visit(StorePath path, Iterator<StorePath> left) {}

  private void visit(
      StorePath start, Set<StorePath> among, Set<StorePath> seen, List<StorePath> sorted)
      throws KilnException {
    var stack = new ArrayDeque<Visit>();
    if (seen.add(start)) {
      stack.push(new Visit(start, info(start).references().iterator()));
    }
    while (!stack.isEmpty()) {
      var visit = stack.element();
      if (!visit.left.hasNext()) {
        sorted.add(visit.path);
        stack.pop();
        continue;
      }
      var next = visit.left.next();
      if (among.contains(next) && seen.add(next)) {
        stack.push(new Visit(next, info(next).references().iterator()));
      }
    }
  }

  /// Returns the valid paths that refer to a path, itself included where it does.
  public SortedSet<StorePath> referrers(StorePath path) throws KilnException {
    var known = referrers;
    if (known == null) {
      known = readReferrers();
      referrers = known;
    }
    return known.getOrDefault(path, new TreeSet<>());
  }

  private Map<StorePath, SortedSet<StorePath>> readReferrers() throws KilnException {
    var known = new ArrayList<PathInfo>();
    for (var path : store.validPaths()) {
      findInfo(path).ifPresent(known::add);
    }
    return referrers(known);
  }

  private static Map<StorePath, SortedSet<StorePath>> referrers(Collection<PathInfo> known) {
    var all = new HashMap<StorePath, SortedSet<StorePath>>();
    for (var info : known) {
      for (var reference : info.references()) {
        all.computeIfAbsent(reference, _ -> new TreeSet<>()).add(info.path());
      }
    }
    return all;
  }

  /// Returns the paths and all that refer to them, directly or not.
  public SortedSet<StorePath> referrersClosure(Collection<StorePath> paths) throws KilnException {
    var closure = new TreeSet<StorePath>();
    var waiting = new ArrayDeque<>(paths);
    for (var path = waiting.poll(); path != null; path = waiting.poll()) {
      if (closure.add(path)) {
        waiting.addAll(referrers(path));
      }
    }
    return closure;
  }
}
