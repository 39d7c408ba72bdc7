package dev.kiln.ops;

import dev.kiln.KilnException;
import dev.kiln.memo.Memo;
import dev.kiln.plan.CompileKind;
import dev.kiln.toolchain.HostSysroots;
import dev.kiln.toolchain.Sysroot;
import dev.kiln.toolchain.Sysroots;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/// The sysroot of each kind of unit. The machine's own is the same for all; of a hermetic one each
/// target has a tree with its tools, so that host units do not change when a target is added.
final class KindSysroots {
  /// One of them, and what was read of it.
  record Entry(Sysroots sysroots, Sysroot sysroot) {}

  private final SortedMap<CompileKind, Entry> entries = new TreeMap<>();

  private KindSysroots() {}

  static KindSysroots of(Settings settings, Planned planned, Memo memo)
      throws KilnException, InterruptedException {
    var made = new KindSysroots();
    var packages = planned.context().toolchain().sysroot();
    if (packages == null) {
      var machine = new HostSysroots(settings.cwd().resolve("/"), memo, Runners.plain());
      var read = machine.read();
      planned
          .facts()
          .kinds()
          .keySet()
          .forEach(kind -> made.entries.put(kind, new Entry(machine, read)));
      return made;
    }
    if (!settings.choices().sandboxed()) {
      throw new KilnException(
          "the sysroot `" + packages.name() + "` can be seen in a sandbox only",
          "leave --no-sandbox out, or take the machine's own with `--sysroot host`");
    }
    var natives = NativeInputs.of(planned, packages.toolchain());
    for (var kind : planned.facts().kinds().keySet()) {
      var triples =
          kind.isHost() ? List.<String>of() : List.of(planned.facts().of(kind).info().machine());
      var tree = packages.sysroot(triples, natives);
      made.entries.put(kind, new Entry(tree, tree.read()));
    }
    return made;
  }

  Entry of(CompileKind kind) {
    var entry = entries.get(kind);
    if (entry == null) {
      throw new IllegalStateException("no sysroot was read for " + kind);
    }
    return entry;
  }
}
