package dev.kiln.process;

import java.util.HashSet;
import java.util.Set;

/// A child and everything that descends from it.
final class ProcessTree {
  private static final int ROUNDS = 1000;

  private ProcessTree() {}

  /// Kills the child and its descendants, as long as new ones appear, and waits until they are
  /// gone. A process that has left the tree (its parent died before) is not found; where that
  /// matters a pid namespace ends it.
  static void kill(Process child) {
    Set<ProcessHandle> known = new HashSet<>();
    for (int round = 0; round < ROUNDS; round++) {
      var found = new HashSet<ProcessHandle>();
      child.descendants().forEach(found::add);
      known.stream().flatMap(ProcessHandle::descendants).forEach(found::add);
      child.destroyForcibly();
      found.forEach(ProcessHandle::destroyForcibly);
      boolean isNothingNew = !known.addAll(found);
      if (isNothingNew && !child.isAlive() && known.stream().noneMatch(ProcessHandle::isAlive)) {
        return;
      }
      pause();
    }
  }

  private static void pause() {
    try {
      Thread.sleep(2);
    } catch (InterruptedException e) {
      // ending the tree comes first; the caller is about to throw in any case
    }
  }
}
