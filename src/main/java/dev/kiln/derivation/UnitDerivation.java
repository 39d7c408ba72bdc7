package dev.kiln.derivation;

import dev.kiln.build.Invocation;
import dev.kiln.store.StorePath;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// Everything that one unit's run may depend on, all inputs being concrete store paths.
///
/// | part | what it holds |
/// |---|---|
/// | `invocation` | argv, environment and working directory, Cargo's but for identities |
/// | `trees` | sandbox path → object: the toolchain, the package's source, OUT_DIRs |
/// | `links` | directory → file name → object: the libraries in Cargo's `deps` directories |
/// | `local` | sandbox path → snapshot of a path package, seen through the live workspace |
/// | `sysroot` | the fingerprint of the C toolchain where the run may use it, else null |
/// | `outputs` | names, all filled from `outDirectory` |
///
/// Not in it: the number of jobs, the jobserver, colours, the user, the machine, the time.
public record UnitDerivation(
    String name, Invocation invocation, Inputs inputs, String outDirectory, List<String> outputs) {

  /// What the run sees.
  public record Inputs(
      SortedMap<String, StorePath> trees,
      SortedMap<String, SortedMap<String, StorePath>> links,
      SortedMap<String, StorePath> local,
      @Nullable String sysroot) {
    public Inputs {
      trees = Collections.unmodifiableSortedMap(new TreeMap<>(trees));
      links = Collections.unmodifiableSortedMap(new TreeMap<>(links));
      local = Collections.unmodifiableSortedMap(new TreeMap<>(local));
    }

    /// Returns every object named, local snapshots included.
    public SortedSet<StorePath> objects() {
      var objects = new TreeSet<>(trees.values());
      links.values().forEach(directory -> objects.addAll(directory.values()));
      objects.addAll(local.values());
      return objects;
    }
  }

  public UnitDerivation {
    outputs = List.copyOf(outputs);
  }

  /// Returns the derivation without the contents of path packages: the same for every state of the
  /// sources, and so the name under which runs are looked up by what they observed (design D6).
  public UnitDerivation withoutLocalContents() {
    return new UnitDerivation(
        name,
        invocation,
        new Inputs(inputs.trees(), inputs.links(), new TreeMap<>(), inputs.sysroot()),
        outDirectory,
        outputs);
  }
}
