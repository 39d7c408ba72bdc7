package dev.kiln.toolchain;

import dev.kiln.KilnException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// What a sysroot has to link and to compile C for another target than its own.
///
/// | part | what it holds |
/// |---|---|
/// | `linker` | what rustc is told to link with where the user names nothing; null for its default |
/// | `missing` | what to say where something has to be linked and there is no linker; null else |
/// | `environment` | variables of build scripts for the target: CC_T, AR_T, PKG_CONFIG_T, … |
/// | `files` | small files below [#AT] that the variables name: wrappers in `bin/`, CMake's file |
/// | `sources` | files of the machine that stand for the tools in a fingerprint |
public record CrossTools(
    @Nullable Linker linker,
    @Nullable KilnException missing,
    SortedMap<String, String> environment,
    SortedMap<String, String> files,
    List<Path> sources) {
  /// The sandbox path of the files.
  public static final String AT = "/build/cross";

  /// Nothing but rustc's defaults, as for the host.
  public static final CrossTools NONE =
      new CrossTools(null, null, new TreeMap<>(), new TreeMap<>(), List.of());

  /// A linker and, where its name does not tell, its flavour in rustc's words.
  public record Linker(String program, @Nullable String flavor) {}

  /// Variables that take the place of others, so that one set by the user silences both: a C
  /// compiler of the user's is not CMake's file's.
  private static final List<String> WITH_CC = List.of("CC", "CXX", "CMAKE_TOOLCHAIN_FILE");

  public CrossTools {
    environment = Collections.unmodifiableSortedMap(new TreeMap<>(environment));
    files = Collections.unmodifiableSortedMap(new TreeMap<>(files));
    sources = List.copyOf(sources);
  }

  /// Returns the variables without those that a user has set in any of the spellings that the `cc`,
  /// `pkg-config` and `cmake` crates know: `CC_x86_64-linux`, `CC_x86_64_linux`, `TARGET_CC`, `CC`.
  public SortedMap<String, String> environmentBeside(
      SortedMap<String, String> users, String triple) {
    var suffix = "_" + triple.replace('-', '_');
    var set = new TreeSet<String>();
    for (var name : environment.keySet()) {
      var base = base(name, suffix);
      for (var spelling : List.of(base + suffix, base + "_" + triple, "TARGET_" + base, base)) {
        if (users.containsKey(spelling)) {
          set.add(base);
        }
      }
    }
    if (set.contains("CC")) {
      set.addAll(WITH_CC);
    }
    var left = new TreeMap<>(environment);
    left.keySet().removeIf(name -> set.contains(base(name, suffix)));
    return left;
  }

  private static String base(String name, String suffix) {
    return name.endsWith(suffix) ? name.substring(0, name.length() - suffix.length()) : name;
  }
}
