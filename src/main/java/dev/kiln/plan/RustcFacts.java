package dev.kiln.plan;

import dev.kiln.toolchain.RustcVersion;
import dev.kiln.toolchain.TargetInfo;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/// What a plan must know of rustc and of the configuration, for each platform it can touch (Cargo:
/// `RustcTargetData`).
///
/// `requested` are the kinds asked for by `--target` or `build.target`, [CompileKind#HOST] alone
/// where there is none. `kinds` has an entry for each of them and for [CompileKind#HOST].
public record RustcFacts(
    RustcVersion rustc, List<CompileKind> requested, SortedMap<CompileKind, KindFacts> kinds) {

  /// One platform: what rustc says of it with its RUSTFLAGS, the flags that rustc and rustdoc get
  /// (empty for host units when a target was asked for), and overridden build scripts by `links`.
  public record KindFacts(
      TargetInfo info,
      List<String> rustflags,
      List<String> rustdocflags,
      SortedMap<String, ScriptOverride> overrides) {
    public KindFacts {
      rustflags = List.copyOf(rustflags);
      rustdocflags = List.copyOf(rustdocflags);
      overrides = Collections.unmodifiableSortedMap(new TreeMap<>(overrides));
    }
  }

  public RustcFacts {
    requested = List.copyOf(requested);
    kinds = Collections.unmodifiableSortedMap(new TreeMap<>(kinds));
  }

  /// Returns the facts of a kind that is part of the plan.
  public KindFacts of(CompileKind kind) {
    var facts = kinds.get(kind);
    if (facts == null) {
      throw new IllegalStateException("no facts of " + kind);
    }
    return facts;
  }
}
