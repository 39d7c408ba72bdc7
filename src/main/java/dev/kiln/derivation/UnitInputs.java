package dev.kiln.derivation;

import dev.kiln.build.BuildScriptOutput;
import dev.kiln.store.StorePath;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// What is known of a unit that was realised, as far as dependents need it: the objects of its
/// outputs so far (`rmeta` comes before `lib`), and what its build script said.
public record UnitInputs(SortedMap<String, StorePath> outputs, @Nullable BuildScriptOutput script) {
  /// The output that holds a library's metadata alone.
  public static final String RMETA = "rmeta";

  /// The output that holds a library's linkable files.
  public static final String LIB = "lib";

  /// The one output of everything else.
  public static final String OUT = "out";

  public UnitInputs {
    outputs = Collections.unmodifiableSortedMap(new TreeMap<>(outputs));
  }

  /// Returns the object of an output, which must exist by the order of the schedule.
  public StorePath require(String output) {
    var path = outputs.get(output);
    if (path == null) {
      throw new IllegalStateException("output " + output + " is used before it exists");
    }
    return path;
  }
}
